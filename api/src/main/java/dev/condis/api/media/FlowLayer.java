// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import java.util.Objects;
import java.util.Optional;

/**
 * One layer of an {@link EthernetFlow}: what it is, and its number. Textual form {@code kind:value}.
 *
 * @param kind what the layer is
 * @param value its number in the range of its kind; a MAC address for {@link Kind#PEER}; {@link #LLC} or an EtherType for
 *     {@link Kind#TYPE}; an EtherType for {@link Kind#STATIONS}
 */
public record FlowLayer(Kind kind, long value) {

    /**
     * Value of a {@link Kind#TYPE} layer for frames that have an LLC header and a length in the place of an EtherType
     * (IEEE 802.3). Textual form {@code type:llc}.
     */
    public static final int LLC = 0;

    private static final int FIRST_ETHER_TYPE = 0x0600;
    private static final String LLC_TEXT = "llc";

    /** The kinds of layers, in the order in which they may follow each other from the outside in. */
    public enum Kind {
        /** IEEE 802.1Q tag, TPID 0x8100; value is the VLAN id, 0..4094 (0: priority tag). */
        VLAN("vlan", 0, 4094, 0),
        /** IEEE 802.1ad service tag, TPID 0x88a8; value as {@link #VLAN}. */
        SVLAN("svlan", 0, 4094, 0),
        /** Tag with the TPID 0x9100 that equipment older than 802.1ad uses; value as {@link #VLAN}. */
        VLAN9100("vlan9100", 0, 4094, 0),
        /** The other station; value is its {@link MacAddress}: source of what is received, destination of what is sent. */
        PEER("peer", 0, 0xffff_ffff_ffffL, 1),
        /** UDP as the carrier of MPLS (RFC 7510); value is the destination port. Receive only. */
        UDP("udp", 1, 65535, 2),
        /** One entry of an MPLS label stack (RFC 3032); value is the label, 0..1048575. */
        MPLS("mpls", 0, 1_048_575, 3),
        /** PPP on a link of its own, as captures of serial lines have it; value is the PPP protocol. Receive only. */
        PPP("ppp", 0, 65535, 4),
        /** PPP over Ethernet session (RFC 2516); value is the session id, 1..65535. */
        PPPOE("pppoe", 1, 65535, 4),
        /** What the frame carries; value is an EtherType 0x0600..0xffff other than a tag's, or {@link #LLC}. */
        TYPE("type", 0, 65535, 4),
        /**
         * One protocol with every station, as signaling needs it; value is an EtherType as of {@link #TYPE}, never {@link #LLC}. The PDU
         * begins with the addresses of both stations.
         */
        STATIONS("stations", 0x0600, 65535, 4);

        private final String word;
        private final long low;
        private final long high;
        private final int rank;

        Kind(final String word, final long low, final long high, final int rank) {
            this.word = word;
            this.low = low;
            this.high = high;
            this.rank = rank;
        }

        /**
         * Returns the word that stands for this kind in textual forms.
         *
         * @return the word, lower case
         */
        public String word() {
            return word;
        }

        /**
         * Tells VLAN tags of any TPID from the other kinds.
         *
         * @return whether this is a tag
         */
        public boolean isTag() {
            return rank == 0;
        }

        boolean mayFollow(final Kind outer) {
            return rank > outer.rank || rank == outer.rank && (isTag() || this == MPLS);
        }

        static Optional<Kind> ofWord(final String word) {
            for (final Kind kind : VALUES) {
                if (kind.word.equals(word)) {
                    return Optional.of(kind);
                }
            }
            return Optional.empty();
        }

        private static final Kind[] VALUES = values();
    }

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if {@code value} is out of the range of {@code kind}
     */
    public FlowLayer {
        Objects.requireNonNull(kind, "kind");
        if (value < kind.low || value > kind.high) {
            throw new IllegalArgumentException(
                    kind.word + " " + value + " is out of range " + kind.low + ".." + kind.high);
        }
        if ((kind == Kind.TYPE || kind == Kind.STATIONS) && !isTypeValue(value)) {
            throw new IllegalArgumentException(
                    "an EtherType is 0x0600..0xffff and not that of a tag: 0x" + Long.toHexString(value));
        }
    }

    private static boolean isTypeValue(final long value) {
        return value == LLC || value >= FIRST_ETHER_TYPE && value != 0x8100 && value != 0x88a8 && value != 0x9100;
    }

    /**
     * Reads the textual form.
     *
     * @param text such as {@code vlan:100}, {@code peer:02-00-00-00-00-01}, {@code type:0x88b6}, {@code type:llc},
     *     {@code stations:0x8863}
     * @return the layer
     * @throws FlowSyntaxException if {@code text} is not one; names the place and the rule
     */
    public static FlowLayer parse(final String text) {
        Objects.requireNonNull(text, "text");
        return parse(text, 0, text.length());
    }

    static FlowLayer parse(final String input, final int from, final int to) {
        final Kind kind = kindAt(input, from, to);
        final int at = from + kind.word.length() + 1;
        return new FlowLayer(kind, valueAt(kind, input, at, to));
    }

    static Kind kindAt(final String input, final int from, final int to) {
        final int colon = input.indexOf(':', from);
        if (colon < 0 || colon >= to) {
            throw new FlowSyntaxException(input, to, "a layer is kind:value");
        }
        return Kind.ofWord(input.substring(from, colon))
                .orElseThrow(() -> new FlowSyntaxException(
                        input,
                        from,
                        "a layer is one of vlan, svlan, vlan9100, peer, udp, mpls, ppp, pppoe, type, stations"));
    }

    private static long valueAt(final Kind kind, final String input, final int from, final int to) {
        return switch (kind) {
            case PEER -> MacAddress.parse(input, from, to).value();
            case TYPE -> typeAt(input, from, to);
            case STATIONS -> etherTypeAt(input, from, to);
            default -> FlowText.number(input, from, to, (int) kind.low, (int) kind.high, kind.word);
        };
    }

    private static int typeAt(final String input, final int from, final int to) {
        if (input.substring(from, to).equals(LLC_TEXT)) {
            return LLC;
        }
        return etherTypeAt(input, from, to);
    }

    private static int etherTypeAt(final String input, final int from, final int to) {
        final int type = FlowText.number(input, from, to, FIRST_ETHER_TYPE, 65535, "the EtherType");
        if (!isTypeValue(type)) {
            throw new FlowSyntaxException(input, from, "the EtherType of a tag is written as a vlan or svlan layer");
        }
        return type;
    }

    /**
     * Returns the textual form.
     *
     * @return {@code kind:value}
     */
    public String text() {
        return kind.word + ':' + valueText();
    }

    private String valueText() {
        return switch (kind) {
            case PEER -> new MacAddress(value).toString();
            case PPP, STATIONS -> String.format("0x%04x", value);
            case TYPE -> value == LLC ? LLC_TEXT : String.format("0x%04x", value);
            default -> Long.toString(value);
        };
    }

    /** Returns the textual form. */
    @Override
    public String toString() {
        return text();
    }
}
