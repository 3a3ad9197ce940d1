// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;

/** {@code WAN_CO_MTULINKPARAMS}: version, speed outbound and inbound in octets per second, send window in PDUs, MTU; 32 bits each, little-endian. */
final class MtuLinkParams {

    private static final int VERSION = 1;
    private static final long BITS = 8;
    /** Sends are carried out at once: any number may be handed over. */
    private static final int WINDOW = -1;

    private MtuLinkParams() {}

    /**
     * That the PDUs of a VC can have another length.
     *
     * @param state the link
     * @param longestPdu octets
     * @return the indication of the VC
     */
    static StatusIndication indication(final LinkState state, final int longestPdu) {
        return StatusIndication.of(
                StatusCode.WAN_CO_MTULINKPARAMS,
                OidTable.u32(VERSION, octets(state.transmitBps()), octets(state.receiveBps()), WINDOW, longestPdu));
    }

    private static int octets(final long bitsPerSecond) {
        return (int) Math.min(bitsPerSecond / BITS, 0xFFFF_FFFFL);
    }
}
