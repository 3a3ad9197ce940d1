// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.observe;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.nbl.NetBufferList;
import java.util.ArrayList;
import java.util.List;

/**
 * An NBL as it was when it passed the membrane.
 *
 * @param nbl which NBL; only its identity means anything later
 * @param content its PDU then
 * @param status its status then
 */
public record Pdu(NetBufferList nbl, Octets content, NdisStatus status) {
    /** A driver that links a chain into a ring must not keep the kit here for ever. */
    private static final int LONGEST_CHAIN = 1 << 16;

    /** Notes every NBL of a chain; the chain must belong to the calling thread at this moment. */
    static List<Pdu> ofChain(final NetBufferList chain) {
        final List<Pdu> pdus = new ArrayList<>();
        for (NetBufferList nbl = chain; nbl != null && pdus.size() < LONGEST_CHAIN; nbl = nbl.next()) {
            pdus.add(new Pdu(nbl, Octets.of(nbl.toByteArray()), nbl.status()));
        }
        return List.copyOf(pdus);
    }

    /**
     * What a chain holds now; it must belong to the calling thread at this moment.
     *
     * @param chain the chain
     * @return the PDUs
     */
    public static List<Octets> contentsOf(final NetBufferList chain) {
        return ofChain(chain).stream().map(Pdu::content).toList();
    }

    /**
     * Tells whether this is the same NBL, whatever it holds.
     *
     * @param other another moment
     * @return {@code true} if it is one NBL
     */
    public boolean isSameNblAs(final Pdu other) {
        return nbl == other.nbl;
    }
}
