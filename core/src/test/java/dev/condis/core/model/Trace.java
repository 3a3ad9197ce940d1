// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What has happened in a run, for people, and the first divergence: drivers' exceptions do not pass the engine, so it is kept here. */
final class Trace {
    private final List<String> lines = new ArrayList<>();
    private Optional<Divergence> divergence = Optional.empty();
    private int depth;

    void say(final String line) {
        lines.add("  ".repeat(depth + 1) + line);
    }

    void deeper() {
        depth++;
    }

    void back() {
        depth--;
    }

    /** Keeps the first divergence, and leaves what is going on. */
    Divergence diverged(final String what) {
        say("DIVERGES: " + what);
        if (divergence.isEmpty()) {
            divergence = Optional.of(new Divergence(what));
        }
        return divergence.get();
    }

    void check(final boolean holds, final String what) {
        if (!holds) {
            throw diverged(what);
        }
    }

    void same(final Object expected, final Object actual, final String what) {
        if (!expected.equals(actual)) {
            throw diverged(what + ": expected " + expected + ", was " + actual);
        }
    }

    Optional<Divergence> divergence() {
        return divergence;
    }

    @Override
    public String toString() {
        return String.join(System.lineSeparator(), lines);
    }
}
