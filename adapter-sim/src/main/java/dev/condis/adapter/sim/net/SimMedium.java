// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

/** What runs on the links of a simulated network, and what a PDU costs on them. */
public enum SimMedium {
    /**
     * ATM-like: a PDU is one AAL5 frame, labelled VPI/VCI, and costs whole cells: 53 octets for every 48 octets of PDU,
     * 8-octet trailer and padding.
     */
    ATM(65_535, 123),
    /**
     * Ethernet-like: a PDU is one frame with its addresses, without FCS, and costs at least 60 octets, FCS, preamble and
     * the gap between frames: 24 octets more.
     */
    ETHERNET(1_522, 1);

    private static final int CELL_PAYLOAD = 48;
    private static final int CELL_BITS = 53 * 8;
    private static final int AAL5_TRAILER = 8;
    private static final int MINIMUM_FRAME = 60;
    private static final int FRAME_OVERHEAD = 4 + 8 + 12;

    private final int maxPdu;
    private final int pcapLinkType;

    SimMedium(int maxPdu, int pcapLinkType) {
        this.maxPdu = maxPdu;
        this.pcapLinkType = pcapLinkType;
    }

    /**
     * The longest PDU.
     *
     * @return octets; on Ethernet with header and up to two tags, without FCS
     */
    public int maxPdu() {
        return maxPdu;
    }

    /**
     * What a PDU costs on the wire.
     *
     * @param octets length of the PDU
     * @return bits
     */
    public long wireBits(int octets) {
        if (this == ATM) {
            return (long) ((octets + AAL5_TRAILER + CELL_PAYLOAD - 1) / CELL_PAYLOAD) * CELL_BITS;
        }
        return (Math.max(octets, MINIMUM_FRAME) + FRAME_OVERHEAD) * 8L;
    }

    /** LINKTYPE of a capture file: 123 is SUNATM, 1 is EN10MB. */
    int pcapLinkType() {
        return pcapLinkType;
    }
}
