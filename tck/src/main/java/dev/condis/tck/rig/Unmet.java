// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

/** The driver did not do what a rule asks; the message says what was seen. */
public final class Unmet extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Makes one.
     *
     * @param seen what was seen
     */
    public Unmet(final String seen) {
        super(seen);
    }
}
