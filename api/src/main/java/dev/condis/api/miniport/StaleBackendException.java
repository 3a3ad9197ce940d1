// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

/** Thrown at a driver that uses a handle of a generation of its adapter that is over: it was halted, or another backend has taken its place. */
public final class StaleBackendException extends IllegalStateException {
    private static final long serialVersionUID = 1L;

    /** The generation whose handle was used. */
    private final int generation;

    /** What ended it. */
    private final String retiredBy;

    /**
     * Says which generation is over, and why.
     *
     * @param adapter the adapter
     * @param generation the generation that the handle belongs to
     * @param retiredBy what ended it: a swap with its number, or a halt
     */
    public StaleBackendException(final String adapter, final int generation, final String retiredBy) {
        super(adapter + " is over: " + retiredBy);
        this.generation = generation;
        this.retiredBy = retiredBy;
    }

    /**
     * The generation whose handle was used.
     *
     * @return the generation, counted from 1
     */
    public int generation() {
        return generation;
    }

    /**
     * What ended the generation.
     *
     * @return a swap with its number, or a halt
     */
    public String retiredBy() {
        return retiredBy;
    }
}
