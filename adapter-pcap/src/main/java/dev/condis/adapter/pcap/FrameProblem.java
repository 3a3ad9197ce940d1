// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

/** Why a received frame could not be read to the layer that names its flow. Each is counted by itself. */
enum FrameProblem {
    /** Nothing is wrong. */
    NONE("well-formed"),
    /** Shorter than the header of its link. */
    LINK_HEADER_CUT("shorter than the link's header"),
    /** A tag without room for what must follow it. */
    TAG_CUT("the frame ends within a VLAN tag"),
    /** More tags than {@link FrameParser#MAX_TAGS}. */
    TAGS_TOO_DEEP("more VLAN tags than read"),
    /** VLAN id 4095, which IEEE 802.1Q reserves. */
    VLAN_ID_RESERVED("VLAN id 4095"),
    /** Neither a length nor an EtherType (0x05dd..0x05ff). */
    TYPE_INVALID("neither a length nor an EtherType"),
    /** An 802.3 length that says more than the frame holds. */
    LENGTH_PAST_FRAME("802.3 length past the frame"),
    /** A label stack without a bottom. */
    LABEL_STACK_CUT("the frame ends within a label stack"),
    /** More labels than {@link FrameParser#MAX_LABELS}. */
    LABELS_TOO_DEEP("more labels than read"),
    /** No room for the PPPoE header. */
    PPPOE_HEADER_CUT("the frame ends within a PPPoE header"),
    /** Version or type is not 1. */
    PPPOE_VERSION("PPPoE version or type is not 1"),
    /** A code other than 0 in the session stage. */
    PPPOE_CODE("PPPoE session frame with a discovery code"),
    /** Session id 0 in the session stage. */
    PPPOE_SESSION_ZERO("PPPoE session frame with session id 0"),
    /** A PPPoE length that says more than the frame holds. */
    PPPOE_LENGTH("PPPoE length past the frame"),
    /** A control octet other than 3 (RFC 1662, 3.1). */
    PPP_CONTROL("PPP address octet without control octet 3"),
    /** No room for the PPP protocol number. */
    PPP_CUT("the frame ends within the PPP protocol number"),
    /** The header was sent, but the capture keeps fewer octets of each frame. */
    NOT_CAPTURED("headers are longer than what was captured");

    private static final FrameProblem[] VALUES = values();

    private final String text;

    FrameProblem(final String text) {
        this.text = text;
    }

    String text() {
        return text;
    }

    static int count() {
        return VALUES.length;
    }

    static FrameProblem at(final int ordinal) {
        return VALUES[ordinal];
    }
}
