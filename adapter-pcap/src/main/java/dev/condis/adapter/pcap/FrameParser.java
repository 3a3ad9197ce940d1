// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.FlowLayer;

/**
 * Reads the headers of one frame at a time down to the layer that names its flow. Everything received is hostile: reads stay
 * within the captured octets, nothing is allocated, nothing recurses, and each loop is bounded by {@link #MAX_TAGS} or
 * {@link #MAX_LABELS}.
 *
 * <p>Even when an inner layer is damaged ({@link #problem()}), what was read before it stays usable: a VC that takes all of a
 * VLAN gets the frame as it is.
 *
 * <p>Confined to one thread; the results hold until the next {@link #parse}.
 */
final class FrameParser {

    /** Most VLAN tags that are read. */
    static final int MAX_TAGS = 16;

    /** Most labels of a stack that are read. */
    static final int MAX_LABELS = 16;

    /** What lies inside the tags and is more than an EtherType. */
    enum Inner {
        /** Nothing more. */
        NONE(0),
        /** A label stack. */
        MPLS(1),
        /** A label stack in a UDP datagram. */
        UDP_MPLS(2),
        /** A PPPoE session. */
        PPPOE(3),
        /** PPP on a link of its own. */
        PPP(4),
        /** An ATM connection. */
        ATM(5);

        private final int index;

        Inner(final int index) {
            this.index = index;
        }

        /** Its place in a table of shapes, 0..5. */
        int index() {
            return index;
        }
    }

    /** No EtherType on this link. */
    static final int NO_TYPE = -1;

    /** No station addresses on this link. */
    static final long NO_SOURCE = -1;

    static final int TYPE_IPV4 = 0x0800;
    static final int TYPE_IPV6 = 0x86dd;
    static final int TYPE_VLAN = 0x8100;
    static final int TYPE_SVLAN = 0x88a8;
    static final int TYPE_VLAN9100 = 0x9100;
    static final int TYPE_MPLS = 0x8847;
    static final int TYPE_PPPOE_DISCOVERY = 0x8863;
    static final int TYPE_PPPOE_SESSION = 0x8864;

    private static final int MAC_BYTES = 6;
    private static final int TAG_BYTES = 4;
    private static final int LABEL_BYTES = 4;
    private static final int PPPOE_BYTES = 6;
    private static final int MAX_802_3_LENGTH = 1500;
    private static final int FIRST_ETHER_TYPE = 0x0600;
    private static final int PPPOE_PADS = 0x65;
    private static final int PPPOE_PADT = 0xa7;
    private static final int PPP_MPLS = 0x0281;
    private static final int UDP_PROTOCOL = 17;
    private static final int MPLS_IN_UDP_PORT = 6635;

    private final LinkType link;

    private byte[] frame = {};
    private int end;
    private int wireLength;

    private FrameProblem problem = FrameProblem.NONE;
    private boolean evidence;
    private long source;
    private int typeField;
    private int tagCount;
    private final long[] tags = new long[MAX_TAGS];
    private int type;
    private int typePayload;
    private int typeEnd;
    private Inner inner = Inner.NONE;
    private int labelCount;
    private final long[] labels = new long[MAX_LABELS];
    private int innerValue;
    private int innerPayload;
    private int innerEnd;

    FrameParser(final LinkType link) {
        this.link = link;
    }

    /**
     * Reads one frame.
     *
     * @param bytes holds the frame from index 0
     * @param captured octets of the frame in {@code bytes}
     * @param onWire octets the frame had on the wire, {@code captured} or more
     * @return what is wrong with it
     */
    FrameProblem parse(final byte[] bytes, final int captured, final int onWire) {
        reset(bytes, Math.min(captured, bytes.length), onWire);
        switch (link) {
            case ETHERNET -> ethernet();
            case LINUX_SLL -> cooked();
            case SUNATM -> sunAtm();
            case C_HDLC -> ciscoHdlc();
            case PPP -> ppp();
            case PPP_SERIAL -> serial();
        }
        return problem;
    }

    private void reset(final byte[] bytes, final int captured, final int onWire) {
        frame = bytes;
        end = captured;
        wireLength = Math.max(onWire, captured);
        problem = FrameProblem.NONE;
        evidence = false;
        source = NO_SOURCE;
        typeField = 0;
        tagCount = 0;
        type = NO_TYPE;
        inner = Inner.NONE;
        labelCount = 0;
    }

    private void ethernet() {
        if (lacks(0, 2 * MAC_BYTES + 2, FrameProblem.LINK_HEADER_CUT)) {
            return;
        }
        source = mac(MAC_BYTES);
        typeField = 2 * MAC_BYTES;
        if (readTags()) {
            readType(false);
        }
    }

    private void cooked() {
        if (lacks(0, 16, FrameProblem.LINK_HEADER_CUT)) {
            return;
        }
        if (u16(4) == MAC_BYTES) {
            source = mac(6);
        }
        typeField = 14;
        if (readTags()) {
            readType(tagCount == 0);
        }
    }

    private void sunAtm() {
        if (!lacks(0, 4, FrameProblem.LINK_HEADER_CUT)) {
            setInner(Inner.ATM, u8(1) << 16 | u16(2), 4, end);
        }
    }

    private void ciscoHdlc() {
        if (lacks(0, 4, FrameProblem.LINK_HEADER_CUT)) {
            return;
        }
        typeField = 2;
        type = u16(2);
        typePayload = 4;
        typeEnd = end;
        if (type == TYPE_MPLS) {
            labelStack(4, end, true, Inner.MPLS);
        } else if (type < FIRST_ETHER_TYPE) {
            problem = FrameProblem.TYPE_INVALID;
            type = NO_TYPE;
        } else if (isTag(type)) {
            problem = FrameProblem.TYPE_INVALID;
            type = NO_TYPE;
        }
    }

    private void serial() {
        final boolean cisco = end > 0 && (u8(0) == 0x0f || u8(0) == 0x8f);
        if (cisco) {
            ciscoHdlc();
        } else {
            ppp();
        }
    }

    private void ppp() {
        // RFC 1661, 6.6: no protocol number begins with the octet that is the address, which control octet 3 follows
        final int at = end > 0 && u8(0) == 0xff ? 2 : 0;
        if (lacks(at, 1, FrameProblem.PPP_CUT)) {
            return;
        }
        if (at > 0 && u8(1) != 0x03) {
            problem = FrameProblem.PPP_CONTROL;
            return;
        }
        // RFC 1661: the last octet of a protocol number is odd, those before it are even; so one octet may be
        // compressed away
        final boolean compressed = (u8(at) & 1) != 0;
        if (!compressed && lacks(at, 2, FrameProblem.PPP_CUT)) {
            return;
        }
        final int protocol = compressed ? u8(at) : u16(at);
        final int payload = compressed ? at + 1 : at + 2;
        if (protocol == PPP_MPLS) {
            labelStack(payload, end, true, Inner.MPLS);
        } else {
            setInner(Inner.PPP, protocol, payload, end);
        }
    }

    private boolean readTags() {
        int at = typeField;
        while (isTag(u16(at))) {
            if (tagCount == MAX_TAGS) {
                problem = FrameProblem.TAGS_TOO_DEEP;
                return false;
            }
            if (lacks(at, TAG_BYTES + 2, FrameProblem.TAG_CUT)) {
                return false;
            }
            final int id = u16(at + 2) & 0xfff;
            if (id == 0xfff) {
                problem = FrameProblem.VLAN_ID_RESERVED;
                return false;
            }
            tags[tagCount++] = FlowKey.word(tagKind(u16(at)), id);
            at += TAG_BYTES;
        }
        return true;
    }

    private static boolean isTag(final int type) {
        return type == TYPE_VLAN || type == TYPE_SVLAN || type == TYPE_VLAN9100;
    }

    private static FlowLayer.Kind tagKind(final int type) {
        return switch (type) {
            case TYPE_VLAN -> FlowLayer.Kind.VLAN;
            case TYPE_SVLAN -> FlowLayer.Kind.SVLAN;
            default -> FlowLayer.Kind.VLAN9100;
        };
    }

    private void readType(final boolean cookedProtocol) {
        final int at = typeFieldAfter(tagCount);
        final int value = u16(at);
        typePayload = at + 2;
        typeEnd = end;
        if (value >= FIRST_ETHER_TYPE) {
            type = value;
            readInner();
        } else if (cookedProtocol) {
            readCookedProtocol(value);
        } else if (value > MAX_802_3_LENGTH) {
            problem = FrameProblem.TYPE_INVALID;
        } else {
            readLlc(value);
        }
    }

    private void readCookedProtocol(final int value) {
        // 1: 802.3 without LLC, 4: LLC; other small numbers are Linux' own and no protocol
        if (value == 1 || value == 4) {
            type = FlowLayer.LLC;
        } else {
            problem = FrameProblem.TYPE_INVALID;
        }
    }

    private void readLlc(final int length) {
        if (typePayload + length > wireLength) {
            problem = FrameProblem.LENGTH_PAST_FRAME;
            return;
        }
        type = FlowLayer.LLC;
        typeEnd = Math.min(typePayload + length, end);
    }

    private void readInner() {
        switch (type) {
            case TYPE_MPLS -> labelStack(typePayload, end, true, Inner.MPLS);
            case TYPE_PPPOE_SESSION -> pppoeSession();
            case TYPE_PPPOE_DISCOVERY -> pppoeDiscovery();
            case TYPE_IPV4 -> mplsInIpv4();
            case TYPE_IPV6 -> mplsInIpv6();
            default -> {
                // the EtherType itself is what is known
            }
        }
    }

    /** Reads a label stack; one that is damaged is a problem of the frame only if {@code report}. */
    private void labelStack(final int from, final int to, final boolean report, final Inner kind) {
        int at = from;
        int count = 0;
        while (count < MAX_LABELS) {
            if (at + LABEL_BYTES > to) {
                reportIf(report, cutProblem(at + LABEL_BYTES, FrameProblem.LABEL_STACK_CUT));
                return;
            }
            labels[count++] = FlowKey.word(FlowLayer.Kind.MPLS, (u16(at) << 4 | u8(at + 2) >>> 4));
            at += LABEL_BYTES;
            if ((u8(at - 2) & 1) != 0) {
                labelCount = count;
                setInner(kind, 0, at, to);
                return;
            }
        }
        reportIf(report, FrameProblem.LABELS_TOO_DEEP);
    }

    private void reportIf(final boolean report, final FrameProblem found) {
        if (report) {
            problem = found;
        }
    }

    private boolean pppoeHeader() {
        if (lacks(typePayload, PPPOE_BYTES, FrameProblem.PPPOE_HEADER_CUT)) {
            return false;
        }
        if (u8(typePayload) != 0x11) {
            problem = FrameProblem.PPPOE_VERSION;
            return false;
        }
        if (typePayload + PPPOE_BYTES + u16(typePayload + 4) > wireLength) {
            problem = FrameProblem.PPPOE_LENGTH;
            return false;
        }
        return true;
    }

    private void pppoeSession() {
        if (!pppoeHeader()) {
            return;
        }
        final int session = u16(typePayload + 2);
        if (u8(typePayload + 1) != 0) {
            problem = FrameProblem.PPPOE_CODE;
        } else if (session == 0) {
            problem = FrameProblem.PPPOE_SESSION_ZERO;
        } else {
            final int payload = typePayload + PPPOE_BYTES;
            setInner(Inner.PPPOE, session, payload, Math.min(payload + u16(typePayload + 4), end));
        }
    }

    private void pppoeDiscovery() {
        if (!pppoeHeader()) {
            return;
        }
        final int code = u8(typePayload + 1);
        final int session = u16(typePayload + 2);
        if ((code == PPPOE_PADS || code == PPPOE_PADT) && session != 0) {
            setInner(Inner.PPPOE, session, end, end);
            evidence = true;
        }
    }

    private void mplsInIpv4() {
        if (typePayload + 20 > end || u8(typePayload) >>> 4 != 4) {
            return;
        }
        final int header = (u8(typePayload) & 15) * 4;
        final boolean fragment = (u16(typePayload + 6) & 0x3fff) != 0;
        if (header >= 20 && !fragment && u8(typePayload + 9) == UDP_PROTOCOL) {
            mplsInUdp(typePayload + header, typePayload + u16(typePayload + 2));
        }
    }

    private void mplsInIpv6() {
        if (typePayload + 40 <= end && u8(typePayload) >>> 4 == 6 && u8(typePayload + 6) == UDP_PROTOCOL) {
            mplsInUdp(typePayload + 40, typePayload + 40 + u16(typePayload + 4));
        }
    }

    private void mplsInUdp(final int udp, final int ipEnd) {
        if (udp + 8 > end || u16(udp + 2) != MPLS_IN_UDP_PORT) {
            return;
        }
        final int to = Math.min(Math.min(udp + u16(udp + 4), ipEnd), end);
        labelStack(udp + 8, to, false, Inner.UDP_MPLS);
    }

    private void setInner(final Inner kind, final int value, final int payload, final int payloadEnd) {
        inner = kind;
        innerValue = value;
        innerPayload = payload;
        innerEnd = payloadEnd;
    }

    private boolean lacks(final int at, final int bytes, final FrameProblem cut) {
        if (at + bytes <= end) {
            return false;
        }
        problem = cutProblem(at + bytes, cut);
        return true;
    }

    private FrameProblem cutProblem(final int needed, final FrameProblem cut) {
        return needed <= wireLength ? FrameProblem.NOT_CAPTURED : cut;
    }

    private int u8(final int at) {
        return frame[at] & 0xff;
    }

    private int u16(final int at) {
        return u8(at) << 8 | u8(at + 1);
    }

    private long mac(final int at) {
        return (long) u16(at) << 32 | (long) u16(at + 2) << 16 | u16(at + 4);
    }

    /** What is wrong with the frame. */
    FrameProblem problem() {
        return problem;
    }

    /** Whether the frame only tells that its PPPoE session exists (PADS, PADT) and carries no data of it. */
    boolean isEvidence() {
        return evidence;
    }

    /** Source address, or {@link #NO_SOURCE}. */
    long source() {
        return source;
    }

    /** Whether the frame begins with the addresses of both stations. */
    boolean hasStations() {
        return link == LinkType.ETHERNET;
    }

    int tagCount() {
        return tagCount;
    }

    /** EtherType inside the tags, {@link FlowLayer#LLC}, or {@link #NO_TYPE} if the link has none or it was not reached. */
    int type() {
        return type;
    }

    Inner inner() {
        return inner;
    }

    int labelCount() {
        return labelCount;
    }

    /** Index of the octet after the frame's last captured one. */
    int end() {
        return end;
    }

    /** Where the type field (or the next tag) stands that follows a number of tags; a PDU named by those tags begins here. */
    int typeFieldAfter(final int tagsRead) {
        return typeField + TAG_BYTES * tagsRead;
    }

    int typePayload() {
        return typePayload;
    }

    int typeEnd() {
        return typeEnd;
    }

    int innerPayload() {
        return innerPayload;
    }

    int innerEnd() {
        return innerEnd;
    }

    /** Adds the outermost tags to a key. */
    FlowKey addTags(final FlowKey key, final int count) {
        return key.addWords(tags, count);
    }

    /** Adds what {@link #inner()} names to a key. */
    FlowKey addInner(final FlowKey key) {
        switch (inner) {
            case MPLS -> key.addWords(labels, labelCount);
            case UDP_MPLS -> key.add(FlowLayer.Kind.UDP, MPLS_IN_UDP_PORT).addWords(labels, labelCount);
            case PPPOE -> key.add(FlowLayer.Kind.PPPOE, innerValue);
            case PPP -> key.add(FlowLayer.Kind.PPP, innerValue);
            case ATM -> key.addAtm(innerValue >>> 16, innerValue & 0xffff);
            case NONE -> {
                // nothing to add
            }
        }
        return key;
    }

    /**
     * Names the flow that this frame is an instance of when nobody asked for a particular one: tags with the label stack or
     * session in them; else the tags; else the source and the type.
     *
     * @return {@code key}, filled; empty if the frame is damaged
     */
    FlowKey canonical(final FlowKey key) {
        key.clear();
        if (problem != FrameProblem.NONE) {
            return key;
        }
        addTags(key, tagCount);
        if (inner != Inner.NONE) {
            return addInner(key);
        }
        if (tagCount > 0) {
            return key;
        }
        if (source != NO_SOURCE) {
            key.add(FlowLayer.Kind.PEER, source);
        }
        return type == NO_TYPE ? key : key.add(FlowLayer.Kind.TYPE, type);
    }

    /** What the frame is if nobody takes it: the innermost of what could have named a flow. */
    LinkCounters.Unclaimed unclaimed() {
        if (problem != FrameProblem.NONE) {
            return LinkCounters.Unclaimed.MALFORMED;
        }
        if (inner != Inner.NONE && !evidence) {
            return switch (inner) {
                case PPPOE -> LinkCounters.Unclaimed.PPPOE;
                case PPP -> LinkCounters.Unclaimed.PPP;
                case ATM -> LinkCounters.Unclaimed.ATM;
                case MPLS, UDP_MPLS, NONE -> LinkCounters.Unclaimed.MPLS;
            };
        }
        if (tagCount > 0) {
            return LinkCounters.Unclaimed.VLAN;
        }
        return type == FlowLayer.LLC ? LinkCounters.Unclaimed.LLC : LinkCounters.Unclaimed.TYPE;
    }

    /** Where the PDU of the {@link #canonical} flow begins. */
    int canonicalStart() {
        if (inner != Inner.NONE) {
            return innerPayload;
        }
        return tagCount > 0 ? typeFieldAfter(tagCount) : typePayload;
    }

    /** Where the PDU of the {@link #canonical} flow ends. */
    int canonicalEnd() {
        if (inner != Inner.NONE) {
            return innerEnd;
        }
        return tagCount > 0 ? end : typeEnd;
    }
}
