// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.time.Instant;
import java.util.Objects;

/**
 * One step of an object's state machine.
 *
 * @param from the state before
 * @param event what happened, by its DDI name
 * @param to the state after
 * @param at when it happened, on the clock of the core
 */
public record Transition(String from, String event, String to, Instant at) {
    /** Checks that nothing is missing. */
    public Transition {
        Objects.requireNonNull(from, "from");
        Objects.requireNonNull(event, "event");
        Objects.requireNonNull(to, "to");
        Objects.requireNonNull(at, "at");
    }

    @Override
    public String toString() {
        return from + " -> " + to + " by " + event + " at " + at;
    }
}
