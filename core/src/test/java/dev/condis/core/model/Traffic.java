// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

/** How many NBLs went through a VC in one direction, and how many were refused. */
final class Traffic {
    private long in;
    private long out;
    private long refused;

    void enter(final int count) {
        in += count;
    }

    void leave(final int count) {
        out += count;
    }

    void refuse(final int count) {
        refused += count;
    }

    long in() {
        return in;
    }

    long out() {
        return out;
    }

    long refused() {
        return refused;
    }

    /** Nothing is on its way. */
    boolean isEmpty() {
        return in == out;
    }
}
