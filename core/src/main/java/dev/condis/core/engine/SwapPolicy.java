// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.time.Duration;
import java.util.Objects;

/**
 * What a logical adapter does when its backend changes (design section 6).
 *
 * @param gracePeriod how long VCs wait for a backend when there is none; zero ends their calls at once
 * @param holdLimit how many NBLs of one VC may wait meanwhile; those that come after are completed with {@code RESOURCES}
 * @param delivery what becomes of NBLs that a lost backend had
 * @param failBack whether a better candidate takes over by itself
 * @param stablePeriod how long a better candidate must have been there before it takes over
 * @param drainDeadline how long a backend may take to complete what it has before a VC goes back to it
 * @param completionDeadline how long a backend may have sends of a VC and complete none of them before it is declared lost; zero when nobody
 *     watches
 */
public record SwapPolicy(
        Duration gracePeriod,
        long holdLimit,
        Delivery delivery,
        FailBack failBack,
        Duration stablePeriod,
        Duration drainDeadline,
        Duration completionDeadline) {
    /** What may wait on one VC when nothing else is said. */
    public static final long DEFAULT_HOLD_LIMIT = 4096;

    private static final Duration DEFAULT_DRAIN_DEADLINE = Duration.ofSeconds(5);

    /** What becomes of NBLs that a lost backend had. */
    public enum Delivery {
        /** They are completed as failed, though some may have been delivered. */
        AT_MOST_ONCE,
        /** They are sent again, though some may have been delivered. */
        AT_LEAST_ONCE
    }

    /** Whether a better candidate takes over by itself. */
    public enum FailBack {
        /** It does. */
        AUTOMATIC,
        /** It waits until the active backend goes, or an operator asks. */
        MANUAL
    }

    /** Checks that nothing is missing or negative. */
    public SwapPolicy {
        Objects.requireNonNull(delivery, "delivery");
        Objects.requireNonNull(failBack, "failBack");
        notNegative("gracePeriod", gracePeriod);
        notNegative("stablePeriod", stablePeriod);
        notNegative("drainDeadline", drainDeadline);
        notNegative("completionDeadline", completionDeadline);
        if (holdLimit < 0) {
            throw new IllegalArgumentException("holdLimit is negative: " + holdLimit);
        }
    }

    private static void notNegative(final String name, final Duration duration) {
        if (duration.isNegative()) {
            throw new IllegalArgumentException(name + " is negative: " + duration);
        }
    }

    /**
     * Calls end with their backend unless another candidate is there; a better candidate waits; nothing is sent twice; nobody watches whether
     * sends are completed.
     *
     * @return the policy of an engine that was told nothing else
     */
    public static SwapPolicy defaults() {
        return new SwapPolicy(
                Duration.ZERO,
                DEFAULT_HOLD_LIMIT,
                Delivery.AT_MOST_ONCE,
                FailBack.MANUAL,
                Duration.ZERO,
                DEFAULT_DRAIN_DEADLINE,
                Duration.ZERO);
    }

    /**
     * This policy with another grace period.
     *
     * @param period how long VCs wait for a backend
     * @return the changed policy
     */
    public SwapPolicy withGracePeriod(final Duration period) {
        return new SwapPolicy(period, holdLimit, delivery, failBack, stablePeriod, drainDeadline, completionDeadline);
    }

    /**
     * This policy with another limit of what may wait.
     *
     * @param limit NBLs of one VC
     * @return the changed policy
     */
    public SwapPolicy withHoldLimit(final long limit) {
        return new SwapPolicy(gracePeriod, limit, delivery, failBack, stablePeriod, drainDeadline, completionDeadline);
    }

    /**
     * This policy with another promise about what a lost backend had.
     *
     * @param promise at most or at least once
     * @return the changed policy
     */
    public SwapPolicy withDelivery(final Delivery promise) {
        return new SwapPolicy(
                gracePeriod, holdLimit, promise, failBack, stablePeriod, drainDeadline, completionDeadline);
    }

    /**
     * This policy with another answer to a better candidate.
     *
     * @param answer whether it takes over by itself
     * @param stable how long it must have been there
     * @return the changed policy
     */
    public SwapPolicy withFailBack(final FailBack answer, final Duration stable) {
        return new SwapPolicy(gracePeriod, holdLimit, delivery, answer, stable, drainDeadline, completionDeadline);
    }

    /**
     * This policy with another limit for backends that are to give back what they have.
     *
     * @param deadline how long they may take
     * @return the changed policy
     */
    public SwapPolicy withDrainDeadline(final Duration deadline) {
        return new SwapPolicy(gracePeriod, holdLimit, delivery, failBack, stablePeriod, deadline, completionDeadline);
    }

    /**
     * This policy with another limit for backends that complete nothing.
     *
     * @param deadline how long they may have sends of a VC and complete none of them; zero when nobody watches
     * @return the changed policy
     */
    public SwapPolicy withCompletionDeadline(final Duration deadline) {
        return new SwapPolicy(gracePeriod, holdLimit, delivery, failBack, stablePeriod, drainDeadline, deadline);
    }
}
