// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * What drives a NIC on a simulated network. All methods are called on the network's thread, at DISPATCH level, one at a
 * time, never on the stack of a call into the network.
 */
@ConsumerType
public interface NicDriver {

    /**
     * Gives the network the next PDU to send. It belongs to the driver until {@link #transmitted}; the network takes a
     * copy and asks for the next one only when this one has left.
     *
     * @param pdu an empty PDU to fill: label or frame header, then the octets
     * @return false if there is nothing to send; {@link NicPort#requestTransmit} asks again
     */
    boolean nextToTransmit(WirePdu pdu);

    /**
     * The PDU given last has left the NIC, or never will.
     *
     * @param sent false if the link is down
     */
    void transmitted(boolean sent);

    /** No more {@link #transmitted} in this turn: time to report a batch of completions. */
    void transmitBatchEnded();

    /**
     * A PDU arrived.
     *
     * @param pdu valid during the call: the driver copies what it wants
     */
    void received(WirePdu pdu);

    /**
     * How well a PDU fits what the NIC listens to now. Asked only while NICs stand in for each other.
     *
     * @param pdu valid during the call
     * @return 0 if the NIC would not know what to do with it, more the more exactly it fits
     */
    default int fit(WirePdu pdu) {
        return 1;
    }

    /**
     * A PDU arrived that fits this NIC best of those that stand in for each other: the driver takes it as in {@link #received}, or leaves it
     * because it does not fit any more.
     *
     * @param pdu valid during the call: the driver copies what it wants
     * @return false if another NIC is to have it
     */
    default boolean offered(WirePdu pdu) {
        received(pdu);
        return true;
    }

    /** No more {@link #received} in this turn: time to indicate a batch. */
    void receiveBatchEnded();

    /**
     * The link went down or came back.
     *
     * @param up whether it carries PDUs now
     */
    void linkChanged(boolean up);

    /**
     * The speed of the link has changed.
     *
     * @param bitsPerSecond the rate now, 0 for unlimited
     */
    default void linkSpeedChanged(long bitsPerSecond) {
        // a driver that never looks at the speed need not hear of it
    }
}
