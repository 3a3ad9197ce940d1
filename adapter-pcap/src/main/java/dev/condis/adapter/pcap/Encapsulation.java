// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MacAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The headers of a flow, made once at activation: sending copies them before the PDU. The exact inverse of what
 * {@link FrameParser} takes off. Without a peer layer the destination is the broadcast address.
 */
final class Encapsulation {

    /** Shortest Ethernet frame without FCS; what is sent is padded with zeros to it. */
    static final int MIN_FRAME_BYTES = 60;

    /** The PDU does not fit this flow. */
    static final int TOO_LONG = -1;

    /** The PDU lacks what it must begin with. */
    static final int TOO_SHORT = -2;

    /** Octets of the addresses of both stations. */
    static final int STATIONS_BYTES = 12;

    private static final int MAC_BYTES = 6;
    private static final int TYPE_BYTES = 2;
    /** Where the EtherType or the first tag stands. */
    private static final int TYPE_AT = 2 * MAC_BYTES;

    private static final int MAX_802_3_LENGTH = 1500;
    private static final int LABEL_TTL = 255;
    private static final int BOTTOM_OF_STACK = 0x100;
    /** Where the traffic class stands in an entry of a label stack. */
    private static final int CLASS_SHIFT = 9;
    /** Where the priority code point stands in a tag. */
    private static final int PRIORITY_SHIFT = 13;

    private static final int NO_LENGTH_FIELD = -1;
    /** Room for two addresses, all tags and labels and a session header. */
    private static final int MOST_BYTES = STATIONS_BYTES + 4 * EthernetFlow.MAX_LAYERS + 8;

    private final byte[] header;
    private final int lengthFieldAt;
    private final int maxPdu;
    private final int minPdu;
    /** Octets at the beginning of a PDU that have their place in the header. */
    private final int stationsBytes;

    private Encapsulation(final byte[] header, final int lengthFieldAt, final int maxPdu, final int minPdu) {
        this(header, lengthFieldAt, maxPdu, minPdu, 0);
    }

    private Encapsulation(
            final byte[] header, final int lengthFieldAt, final int maxPdu, final int minPdu, final int stationsBytes) {
        this.header = header;
        this.lengthFieldAt = lengthFieldAt;
        this.maxPdu = maxPdu;
        this.minPdu = minPdu;
        this.stationsBytes = stationsBytes;
    }

    /**
     * Makes the headers.
     *
     * @param flow a flow without {@link EthernetFlow#sendProblems()}
     * @param local source address
     * @param priority of each tag and label, 0..7
     */
    static Encapsulation of(final EthernetFlow flow, final MacAddress local, final int priority) {
        final ByteBuffer out = ByteBuffer.allocate(MOST_BYTES);
        put(out, flow.peer().orElse(MacAddress.BROADCAST));
        put(out, local);
        boolean labels = false;
        for (int i = 0; i < flow.layers().size(); i++) {
            final FlowLayer layer = flow.layers().get(i);
            if (layer.kind() == FlowLayer.Kind.MPLS && !labels) {
                out.putShort((short) FrameParser.TYPE_MPLS);
                labels = true;
            }
            putLayer(out, layer, priority, i == flow.layers().size() - 1);
        }
        return finish(flow.innermost(), out);
    }

    private static void put(final ByteBuffer out, final MacAddress address) {
        out.putShort((short) (address.value() >>> 32)).putInt((int) address.value());
    }

    private static void putLayer(
            final ByteBuffer out, final FlowLayer layer, final int priority, final boolean innermost) {
        final int value = (int) layer.value();
        switch (layer.kind()) {
            case VLAN -> putTag(out, FrameParser.TYPE_VLAN, priority, value);
            case SVLAN -> putTag(out, FrameParser.TYPE_SVLAN, priority, value);
            case VLAN9100 -> putTag(out, FrameParser.TYPE_VLAN9100, priority, value);
            case MPLS ->
                out.putInt(value << 12 | priority << CLASS_SHIFT | (innermost ? BOTTOM_OF_STACK : 0) | LABEL_TTL);
            case PPPOE ->
                out.putShort((short) FrameParser.TYPE_PPPOE_SESSION)
                        .putShort((short) 0x1100)
                        .putShort((short) value)
                        .putShort((short) 0);
            case TYPE, STATIONS -> out.putShort((short) value);
            case PEER -> {
                // its place is the destination address
            }
            case UDP, PPP -> throw new IllegalArgumentException("receive only: " + layer);
        }
    }

    private static void putTag(final ByteBuffer out, final int type, final int priority, final int id) {
        out.putShort((short) type).putShort((short) (priority << PRIORITY_SHIFT | id));
    }

    private static Encapsulation finish(final FlowLayer innermost, final ByteBuffer out) {
        final byte[] header = new byte[out.position()];
        out.get(0, header);
        final int lengthAt = header.length - TYPE_BYTES;
        return switch (innermost.kind()) {
            case PPPOE -> new Encapsulation(header, lengthAt, 65_535, 0);
            case TYPE ->
                innermost.value() == FlowLayer.LLC
                        ? new Encapsulation(header, lengthAt, MAX_802_3_LENGTH, 0)
                        : new Encapsulation(header, NO_LENGTH_FIELD, Integer.MAX_VALUE, 0);
            case MPLS -> new Encapsulation(header, NO_LENGTH_FIELD, Integer.MAX_VALUE, 0);
            case STATIONS ->
                new Encapsulation(header, NO_LENGTH_FIELD, Integer.MAX_VALUE, STATIONS_BYTES, STATIONS_BYTES);
            default -> new Encapsulation(header, NO_LENGTH_FIELD, Integer.MAX_VALUE, TYPE_BYTES);
        };
    }

    /** Whether frames begin with an 802.1Q tag; see {@link FrameSender#maxFrameBytes}. */
    boolean isTagged() {
        return header.length > TYPE_AT + 1
                && ((header[TYPE_AT] & 0xff) << 8 | header[TYPE_AT + 1] & 0xff) == FrameParser.TYPE_VLAN;
    }

    /**
     * The longest PDU that fits.
     *
     * @param maxFrameBytes most octets the frame may have, as {@link #isTagged} says
     * @return octets, 0 if the headers leave no room
     */
    int longestPdu(final int maxFrameBytes) {
        return Math.max(0, Math.min(maxPdu, maxFrameBytes - header.length) + stationsBytes);
    }

    /** Octets before the PDU. */
    int headerBytes() {
        return header.length;
    }

    /**
     * Writes the frame of one PDU.
     *
     * @param pdu the PDU between position and limit, which stay
     * @param frame receives the frame from index 0
     * @param maxFrameBytes most octets the frame may have, as {@link #isTagged} says
     * @return the frame's length with padding; {@link #TOO_LONG} or {@link #TOO_SHORT}
     */
    int write(final ByteBuffer pdu, final byte[] frame, final int maxFrameBytes) {
        if (pdu.remaining() < minPdu) {
            return TOO_SHORT;
        }
        final int length = pdu.remaining() - stationsBytes;
        if (length > maxPdu || length > Math.min(frame.length, maxFrameBytes) - header.length) {
            return TOO_LONG;
        }
        System.arraycopy(header, 0, frame, 0, header.length);
        if (lengthFieldAt != NO_LENGTH_FIELD) {
            frame[lengthFieldAt] = (byte) (length >>> 8);
            frame[lengthFieldAt + 1] = (byte) length;
        }
        if (stationsBytes > 0) {
            // to whom; from whom is this station, whatever the PDU says
            pdu.get(pdu.position(), frame, 0, MAC_BYTES);
        }
        pdu.get(pdu.position() + stationsBytes, frame, header.length, length);
        final int end = header.length + length;
        if (end >= MIN_FRAME_BYTES) {
            return end;
        }
        Arrays.fill(frame, end, MIN_FRAME_BYTES, (byte) 0);
        return MIN_FRAME_BYTES;
    }
}
