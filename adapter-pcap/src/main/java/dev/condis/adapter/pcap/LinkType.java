// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.Optional;

/** The kinds of link whose frames {@link FrameParser} reads; numbers as libpcap's {@code DLT_} values. */
enum LinkType {
    /** Ethernet, {@code DLT_EN10MB}. */
    ETHERNET(1),
    /** PPP with or without address and control octets, {@code DLT_PPP}. */
    PPP(9),
    /** PPP in HDLC-like framing, or Cisco HDLC, {@code DLT_PPP_SERIAL}. */
    PPP_SERIAL(50),
    /** Cisco HDLC, {@code DLT_C_HDLC}. */
    C_HDLC(104),
    /** Linux "cooked" capture, {@code DLT_LINUX_SLL}. */
    LINUX_SLL(113),
    /** ATM PDUs with SunATM's pseudo-header, {@code DLT_SUNATM}. */
    SUNATM(123);

    private static final LinkType[] VALUES = values();

    private final int dlt;

    LinkType(final int dlt) {
        this.dlt = dlt;
    }

    int dlt() {
        return dlt;
    }

    static Optional<LinkType> ofDlt(final int dlt) {
        for (final LinkType type : VALUES) {
            if (type.dlt == dlt) {
                return Optional.of(type);
            }
        }
        return Optional.empty();
    }
}
