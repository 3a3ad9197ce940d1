// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

/**
 * What became of the PDUs of one stream, or of several together.
 *
 * @param sent PDUs whose send was completed with success
 * @param sendFailed PDUs whose send was completed with another status
 * @param received PDUs received, duplicates and damaged ones included
 * @param bytes bytes received
 * @param lost PDUs that should have come and did not come whole
 * @param duplicated PDUs that came again
 * @param outOfOrder PDUs that came after one with a higher sequence number
 * @param corrupt PDUs that were damaged, or belong to another stream
 */
public record TrafficCounts(
        long sent,
        long sendFailed,
        long received,
        long bytes,
        long lost,
        long duplicated,
        long outOfOrder,
        long corrupt) {
    /** Nothing happened. */
    public static final TrafficCounts NONE = new TrafficCounts(0, 0, 0, 0, 0, 0, 0, 0);

    /**
     * Adds up.
     *
     * @param other what to add
     * @return the sum
     */
    public TrafficCounts plus(final TrafficCounts other) {
        return new TrafficCounts(
                sent + other.sent,
                sendFailed + other.sendFailed,
                received + other.received,
                bytes + other.bytes,
                lost + other.lost,
                duplicated + other.duplicated,
                outOfOrder + other.outOfOrder,
                corrupt + other.corrupt);
    }

    /**
     * Tells whether everything came once, whole and in order.
     *
     * @return {@code true} when nothing is wrong
     */
    public boolean isClean() {
        return lost == 0 && isCleanButForLoss();
    }

    /**
     * Tells whether what came came once, whole and in order.
     *
     * @return {@code true} when nothing but loss is wrong
     */
    public boolean isCleanButForLoss() {
        return sendFailed == 0 && duplicated == 0 && outOfOrder == 0 && corrupt == 0;
    }
}
