// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;

/**
 * What the engine needs from outside. Nothing in the engine makes a thread or reads a clock of its own.
 *
 * @param clock stamps transitions
 * @param passive runs what may block: initialize, halt, bind, unbind, pause, restart, the notification of address families
 * @param timer runs deadlines
 * @param teardownDeadline how long a driver may take to unbind before the core removes what it left, to pause before the core goes on, to
 *     restart before it counts as failed
 * @param operationDeadline how long a driver may take to complete any other operation before it fails (E2)
 */
public record EngineOptions(
        Clock clock, Executor passive, Timer timer, Duration teardownDeadline, Duration operationDeadline) {
    /** How long a driver may take when nothing else is said. */
    public static final Duration DEFAULT_OPERATION_DEADLINE = Duration.ofSeconds(60);

    /** Runs something later. */
    @FunctionalInterface
    public interface Timer {
        /**
         * Runs a task once after a delay, unless it is cancelled before.
         *
         * @param task what to run; it is short and does not block
         * @param delay when to run it, counted from now
         * @return cancels the task
         */
        Runnable schedule(Runnable task, Duration delay);
    }

    /** Checks that nothing is missing. */
    public EngineOptions {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(passive, "passive");
        Objects.requireNonNull(timer, "timer");
        positive("teardownDeadline", teardownDeadline);
        positive("operationDeadline", operationDeadline);
    }

    /**
     * Options with the default deadline for operations.
     *
     * @param clock stamps transitions
     * @param passive runs what may block
     * @param timer runs deadlines
     * @param teardownDeadline how long a driver may take to unbind
     */
    public EngineOptions(
            final Clock clock, final Executor passive, final Timer timer, final Duration teardownDeadline) {
        this(clock, passive, timer, teardownDeadline, DEFAULT_OPERATION_DEADLINE);
    }

    private static void positive(final String name, final Duration deadline) {
        if (deadline.isNegative() || deadline.isZero()) {
            throw new IllegalArgumentException(name + " is not positive: " + deadline);
        }
    }
}
