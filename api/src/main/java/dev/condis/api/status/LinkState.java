// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.status;

import dev.condis.api.Octets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Objects;
import java.util.Optional;

/**
 * The state of an adapter's link, what of {@code NDIS_LINK_STATE} concerns a VC.
 *
 * @param connect whether there is a link, {@code MediaConnectState}
 * @param transmitBps speed outbound in bits per second, 0 when unknown, {@code XmitLinkSpeed}
 * @param receiveBps speed inbound in bits per second, 0 when unknown, {@code RcvLinkSpeed}
 */
public record LinkState(MediaConnectState connect, long transmitBps, long receiveBps) {
    private static final int OCTETS = 40;
    private static final int CONNECT_OFFSET = 4;
    private static final int TRANSMIT_OFFSET = 16;
    private static final int RECEIVE_OFFSET = 24;
    private static final byte OBJECT_TYPE_DEFAULT = (byte) 0x80;
    private static final byte REVISION = 1;

    /** Whether there is a link, {@code NET_IF_MEDIA_CONNECT_STATE}. */
    public enum MediaConnectState {
        /** Not known. */
        UNKNOWN,
        /** There is a link. */
        CONNECTED,
        /** There is none. */
        DISCONNECTED
    }

    /** Checks that nothing is missing or negative. */
    public LinkState {
        Objects.requireNonNull(connect, "connect");
        if (transmitBps < 0 || receiveBps < 0) {
            throw new IllegalArgumentException("a speed is negative: " + transmitBps + ", " + receiveBps);
        }
    }

    /**
     * A link that is there.
     *
     * @param speedBps its speed in both directions in bits per second, 0 when unknown
     * @return the state
     */
    public static LinkState connected(final long speedBps) {
        return new LinkState(MediaConnectState.CONNECTED, speedBps, speedBps);
    }

    /**
     * A link that is lost.
     *
     * @return the state
     */
    public static LinkState disconnected() {
        return new LinkState(MediaConnectState.DISCONNECTED, 0, 0);
    }

    /**
     * The state in the form of {@code NDIS_LINK_STATE}: header, connect state, duplex state, speeds, pause functions, auto-negotiation flags;
     * little-endian.
     *
     * @return 40 octets
     */
    public Octets toOctets() {
        final ByteBuffer buffer = ByteBuffer.allocate(OCTETS).order(ByteOrder.LITTLE_ENDIAN);
        buffer.put(OBJECT_TYPE_DEFAULT).put(REVISION).putShort((short) OCTETS);
        buffer.putInt(connect.ordinal());
        buffer.putLong(TRANSMIT_OFFSET, transmitBps);
        buffer.putLong(RECEIVE_OFFSET, receiveBps);
        return Octets.of(buffer.array());
    }

    /**
     * Reads the buffer of a status indication.
     *
     * @param octets {@code NDIS_LINK_STATE}
     * @return the state, empty when the octets are too few or make no sense
     */
    public static Optional<LinkState> ofOctets(final Octets octets) {
        if (octets.length() < OCTETS) {
            return Optional.empty();
        }
        final ByteBuffer buffer = ByteBuffer.wrap(octets.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        final int connect = buffer.getInt(CONNECT_OFFSET);
        final long transmit = buffer.getLong(TRANSMIT_OFFSET);
        final long receive = buffer.getLong(RECEIVE_OFFSET);
        final boolean valid =
                connect >= 0 && connect < MediaConnectState.values().length && transmit >= 0 && receive >= 0;
        return valid
                ? Optional.of(new LinkState(MediaConnectState.values()[connect], transmit, receive))
                : Optional.empty();
    }
}
