// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

/** Free PDUs of a network, confined to its thread. Grows with what is on the way, keeps a bounded number. */
final class PduPool {

    private static final int KEPT = 16_384;
    private static final int KEPT_OCTETS = 32 << 20;

    private WirePdu free;
    private int count;
    private long octets;

    WirePdu take() {
        WirePdu pdu = free;
        if (pdu == null) {
            return new WirePdu();
        }
        free = pdu.next;
        pdu.next = null;
        count--;
        octets -= pdu.array().length;
        return pdu;
    }

    void recycle(WirePdu pdu) {
        pdu.clear();
        pdu.previous = null;
        pdu.next = null;
        if (count < KEPT && octets + pdu.array().length <= KEPT_OCTETS) {
            pdu.next = free;
            free = pdu;
            count++;
            octets += pdu.array().length;
        }
    }
}
