// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/** Takes captured frames, all from the thread that runs the source. */
@FunctionalInterface
interface FrameSink {

    /**
     * One frame.
     *
     * @param frame the captured octets; the sink may keep the array
     * @param wireLength octets the frame had on the wire, at least as many as captured
     * @param epochNanos when it was captured, nanoseconds since 1970-01-01T00:00Z
     */
    void frame(byte[] frame, int wireLength, long epochNanos);
}
