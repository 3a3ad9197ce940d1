// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

import java.time.Duration;

/**
 * How long the kit waits, and how much it sends. Both times are those of a machine that is not busy; on one that is, the kit waits longer,
 * because the driver gets its turn later too.
 *
 * @param patience how long something that must happen may take
 * @param quiet how long nothing must have happened for the kit to believe that it will not
 * @param burst how many PDUs it sends at once
 */
public record KitOptions(Duration patience, Duration quiet, int burst) {
    private static final int BURST = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final Duration QUIET = Duration.ofMillis(100);

    /** Checks the numbers. */
    public KitOptions {
        if (patience.isNegative() || patience.isZero()) {
            throw new IllegalArgumentException("patience is not positive: " + patience);
        }
        if (quiet.isNegative()) {
            throw new IllegalArgumentException("quiet is negative: " + quiet);
        }
        if (burst < 1) {
            throw new IllegalArgumentException("burst is less than 1: " + burst);
        }
    }

    /**
     * What suits a driver in memory and one on a local wire: 5 s, 100 ms, 64 PDUs.
     *
     * @return the options
     */
    public static KitOptions standard() {
        return new KitOptions(PATIENCE, QUIET, BURST);
    }

    /**
     * With another patience.
     *
     * @param newPatience how long something that must happen may take
     * @return the options
     */
    public KitOptions withPatience(final Duration newPatience) {
        return new KitOptions(newPatience, quiet, burst);
    }
}
