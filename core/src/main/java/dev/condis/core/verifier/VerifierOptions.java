// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import java.time.Clock;
import java.time.Duration;
import java.util.Objects;

/**
 * What the verifier needs from outside, and how strict it is.
 *
 * @param clock stamps what it finds, and tells how old an unanswered callback is
 * @param timer looks after callbacks that do not return and answers that do not come
 * @param fatal a violation throws {@link IllegalStateException} at the driver that commits it, where that driver is on the stack
 * @param dispatchLimit how long a callback may run at DISPATCH before it counts as blocking (rule E3)
 * @param completionLimit how long a driver may take to complete what it pended (rules R3, E2)
 */
public record VerifierOptions(
        Clock clock, Timer timer, boolean fatal, Duration dispatchLimit, Duration completionLimit) {
    /** How long a callback may run at DISPATCH unless something else is said. */
    public static final Duration DISPATCH_LIMIT = Duration.ofSeconds(1);

    /** How long a driver may take to complete what it pended unless something else is said: {@code NdisTimedDataSend} has the same. */
    public static final Duration COMPLETION_LIMIT = Duration.ofSeconds(30);

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
    public VerifierOptions {
        Objects.requireNonNull(clock, "clock");
        Objects.requireNonNull(timer, "timer");
        requirePositive("dispatchLimit", dispatchLimit);
        requirePositive("completionLimit", completionLimit);
    }

    private static void requirePositive(final String name, final Duration limit) {
        if (limit.isNegative() || limit.isZero()) {
            throw new IllegalArgumentException(name + " is not positive: " + limit);
        }
    }

    /**
     * The usual limits; violations are logged and counted.
     *
     * @param clock stamps what it finds
     * @param timer looks after what does not end
     * @return the options
     */
    public static VerifierOptions of(final Clock clock, final Timer timer) {
        return new VerifierOptions(clock, timer, false, DISPATCH_LIMIT, COMPLETION_LIMIT);
    }

    /**
     * These options with violations thrown at the driver, or not.
     *
     * @param throwing whether they are
     * @return the changed options
     */
    public VerifierOptions withFatal(final boolean throwing) {
        return new VerifierOptions(clock, timer, throwing, dispatchLimit, completionLimit);
    }
}
