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
        public int maxFrameBytes() {
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
     * @return {@code SUCCESS}, or the status for the NBL
     */
    NdisStatus send(byte[] frame, int length, long epochNanos);

    default boolean canSend() {
        return true;
    }

    /** Most octets a frame may have, with its Ethernet header, without FCS. */
    int maxFrameBytes();

    @Override
    void close();
}
