// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.util.ArrayList;
import java.util.List;

/**
 * PDUs from the link on their way to the VCs: copied into NBLs of the NIC's own pools and indicated in batches, one chain a
 * VC. Confined to the network's thread.
 */
final class ReceivePath {

    private static final int SMALL = 2048;
    private static final int SIGNALING = AtmLabel.SIGNALING.packed();

    private final SimMiniport nic;
    private final NetBufferListPool small;
    private final NetBufferListPool large;
    private final NetBufferListPool copying;
    private final boolean copyWhenExhausted;
    private final boolean atm;
    private final List<SimVc> waiting = new ArrayList<>();
    private final List<SimVc> damaged = new ArrayList<>();

    /** Stands for "no VC" in look-ups. */
    private final SimVc none;

    ReceivePath(SimMiniport nic, SimVc none) {
        this.nic = nic;
        this.none = none;
        int longest = nic.network().medium().maxPdu();
        SimNicOptions options = nic.options();
        this.small = new NetBufferListPool(nic + " receive", options.receiveBuffers(), SMALL);
        this.large = new NetBufferListPool(nic + " long receive", options.largeReceiveBuffers(), longest);
        this.copying = new NetBufferListPool(nic + " copied receive", 1, longest);
        this.copyWhenExhausted = options.copyWhenExhausted();
        this.atm = nic.network().medium() == SimMedium.ATM;
    }

    int outstanding() {
        return small.outstanding() + large.outstanding();
    }

    void received(WirePdu pdu) {
        if (!offered(pdu)) {
            nic.counters().add(PduCounters.UNKNOWN, 1);
        }
    }

    /** False if no VC of this NIC is there for the PDU. */
    boolean offered(WirePdu pdu) {
        SimVc vc = takerOf(pdu);
        if (vc == none && !waiting.isEmpty()) {
            // what came before it may be the message by which a call manager activates its VC
            batchEnded();
            vc = takerOf(pdu);
        }
        if (vc == none) {
            return false;
        }
        // A call manager has to see a message before the PDUs behind it, and after those before it.
        boolean signaling = atm && pdu.label() == SIGNALING;
        if (signaling) {
            batchEnded();
        }
        if (!take(vc, pdu)) {
            vc.release(1);
        }
        if (signaling) {
            batchEnded();
        }
        return true;
    }

    /** The VC that takes a PDU, with the PDU counted in. */
    private SimVc takerOf(WirePdu pdu) {
        SimVc vc = nic.circuits().lookup(pdu, none);
        return vc != none && vc.acquireReceive() ? vc : none;
    }

    /** True if the PDU was indicated or will be; its count is given back with the NBL. */
    private boolean take(SimVc vc, WirePdu pdu) {
        Circuit circuit = vc.circuit();
        int length = circuit.payloadLength(pdu);
        if (length < 0 || (pdu.isDamaged() && !vc.has(MediaParameters.Flag.INDICATE_ERRED_PACKETS))) {
            return damaged(vc, pdu);
        }
        if (!nic.gate().isOpen()) {
            return dropped(vc);
        }
        if (vc.has(MediaParameters.Flag.TRANSMIT_VC) && !vc.has(MediaParameters.Flag.RECEIVE_VC)) {
            nic.counters().add(PduCounters.UNKNOWN, 1);
            return false;
        }
        NetBufferList nbl = allocate(length);
        if (nbl != null) {
            fill(vc, nbl, pdu, circuit, length);
            if (vc.addReceived(nbl)) {
                waiting.add(vc);
            }
            return true;
        }
        return copyWhenExhausted ? indicateForCopying(vc, pdu, circuit, length) : dropped(vc);
    }

    private boolean damaged(SimVc vc, WirePdu pdu) {
        countDamage(vc, pdu);
        if (nic.gate().isOpen() && vc.addDamage()) {
            damaged.add(vc);
        }
        return false;
    }

    private void countDamage(SimVc vc, WirePdu pdu) {
        count(vc, PduCounters.DAMAGED, 1);
        if (pdu.isDamaged()) {
            count(vc, PduCounters.CRC, 1);
        }
    }

    private boolean dropped(SimVc vc) {
        count(vc, PduCounters.NO_BUFFER, 1);
        return false;
    }

    private NetBufferList allocate(int length) {
        NetBufferList nbl = length <= SMALL ? small.allocate() : large.allocate();
        return nbl == null && length <= SMALL ? large.allocate() : nbl;
    }

    private boolean indicateForCopying(SimVc vc, WirePdu pdu, Circuit circuit, int length) {
        vc.indicateReceived();
        waiting.remove(vc);
        NetBufferList nbl = copying.allocate();
        fill(vc, nbl, pdu, circuit, length);
        vc.indicateForCopying(nbl);
        nbl.freeChain();
        return true;
    }

    private void fill(SimVc vc, NetBufferList nbl, WirePdu pdu, Circuit circuit, int length) {
        circuit.read(pdu, nbl.data(), length);
        nbl.data().limit(length);
        if (vc.has(MediaParameters.Flag.RECEIVE_TIME_INDICATION)) {
            nbl.setTimestampNanos(nic.time().epochNanos());
        }
        if (pdu.isDamaged()) {
            nbl.setStatus(NdisStatus.INVALID_PACKET);
            countDamage(vc, pdu);
        } else {
            count(vc, PduCounters.RECEIVED, 1);
            count(vc, PduCounters.RECEIVED_OCTETS, length);
        }
    }

    private void count(SimVc vc, int counter, int amount) {
        vc.counters().add(counter, amount);
        nic.counters().add(counter, amount);
    }

    void batchEnded() {
        for (int i = 0; i < waiting.size(); i++) {
            waiting.get(i).indicateReceived();
        }
        waiting.clear();
        for (int i = 0; i < damaged.size(); i++) {
            damaged.get(i).indicateDamage();
        }
        damaged.clear();
    }

    void abort() {
        waiting.clear();
        damaged.clear();
    }
}
