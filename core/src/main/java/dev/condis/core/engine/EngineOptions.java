// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.core.verifier.Verifier;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
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
 * @param earlyReceives how many NBLs may come on an active VC whose client makes a call, or has accepted one, before it is connected (R125, R138); those
 *     that come after them are returned unread; 0 returns all
 * @param verifier checks the drivers, when there is one
 */
public record EngineOptions(
        Clock clock,
        Executor passive,
        Timer timer,
        Duration teardownDeadline,
        Duration operationDeadline,
        int earlyReceives,
        Optional<Verifier> verifier) {
    /** How long a driver may take when nothing else is said. */
    public static final Duration DEFAULT_OPERATION_DEADLINE = Duration.ofSeconds(60);

    /** How many NBLs may come before the client is connected when nothing else is said. */
    public static final int DEFAULT_EARLY_RECEIVES = 64;

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
        Objects.requireNonNull(verifier, "verifier");
        positive("teardownDeadline", teardownDeadline);
        positive("operationDeadline", operationDeadline);
        if (earlyReceives < 0) {
            throw new IllegalArgumentException("earlyReceives is negative: " + earlyReceives);
        }
    }

    /**
     * Options without a verifier, with the usual room for what comes before the client is connected.
     *
     * @param clock stamps transitions
     * @param passive runs what may block
     * @param timer runs deadlines
     * @param teardownDeadline how long a driver may take to unbind
     * @param operationDeadline how long a driver may take to complete any other operation
     */
    public EngineOptions(
            final Clock clock,
            final Executor passive,
            final Timer timer,
            final Duration teardownDeadline,
            final Duration operationDeadline) {
        this(clock, passive, timer, teardownDeadline, operationDeadline, DEFAULT_EARLY_RECEIVES, Optional.empty());
    }

    /**
     * Options without a verifier and with the default deadline for operations.
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

    /**
     * These options with every driver checked.
     *
     * @param checking checks the drivers
     * @return the changed options
     */
    public EngineOptions withVerifier(final Verifier checking) {
        return new EngineOptions(
                clock,
                checking.passive(passive),
                timer,
                teardownDeadline,
                operationDeadline,
                earlyReceives,
                Optional.of(checking));
    }

    /**
     * These options with another bound for what comes before the client is connected.
     *
     * @param most how many NBLs, 0 or more
     * @return the changed options
     */
    public EngineOptions withEarlyReceives(final int most) {
        return new EngineOptions(clock, passive, timer, teardownDeadline, operationDeadline, most, verifier);
    }

    /** What the engine is to use in the place of a driver. */
    <D> D watched(final D driver, final String name) {
        return verifier.map(checking -> checking.watch(driver, name)).orElse(driver);
    }
}
