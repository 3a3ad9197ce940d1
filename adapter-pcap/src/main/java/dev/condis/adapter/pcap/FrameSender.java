// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;

/** Where frames go that are sent. Thread safe. */
interface FrameSender extends AutoCloseable {

    /** The sender of an adapter that only receives. */
    FrameSender NONE = new FrameSender() {
        @Override
        public NdisStatus send(final byte[] frame, final int length, final long epochNanos) {
            return NdisStatus.FAILURE;
        }

        @Override
        public boolean canSend() {
            return false;
        }

        @Override
        public int maxFrameBytes(final boolean tagged) {
            return Integer.MAX_VALUE;
        }

        @Override
        public void close() {
            // nothing is open
        }
    };

    /**
     * Sends one frame.
     *
     * @param frame holds the frame from index 0, without FCS
     * @param length octets of the frame
     * @param epochNanos time stamp for a capture file; 0 stands for the moment of the call
     * @return {@code SUCCESS}, or the status for the NBL: {@code INVALID_LENGTH} for a frame that is too long, {@code FAILURE}
     */
    NdisStatus send(byte[] frame, int length, long epochNanos);

    default boolean canSend() {
        return true;
    }

    /**
     * Most octets a frame may have at this moment.
     *
     * @param tagged whether it begins with an 802.1Q tag, which interfaces do not count
     * @return octets with the Ethernet header and the tag, without FCS
     */
    int maxFrameBytes(boolean tagged);

    /**
     * The interface takes frames of another length from now on.
     *
     * @param mtu octets that a frame may have after its Ethernet header
     */
    default void mtuChanged(final int mtu) {
        // only an interface has one
    }

    @Override
    void close();
}
