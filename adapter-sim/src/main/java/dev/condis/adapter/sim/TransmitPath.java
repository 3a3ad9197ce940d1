// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.NicPort;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.NdisStatus;
import dev.condis.api.nbl.NetBufferList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Sends of all VCs of a NIC on their way to the link. VCs that have something to send take turns in the order in which they
 * became ready, a bounded number of PDUs each; the PDUs of one VC keep their order (rule R178).
 */
final class TransmitPath {

    /** PDUs of one VC in a row while others wait. */
    private static final int QUANTUM = 32;

    private final SimMiniport nic;
    private final AtomicReference<SimVc> ready = new AtomicReference<>();
    private volatile Optional<NicPort> port = Optional.empty();

    // Confined to the network's thread.
    private final Deque<SimVc> turns = new ArrayDeque<>();
    private final List<SimVc> completed = new ArrayList<>();
    private int quantum;
    private NetBufferList inTransmission;
    private SimVc inTransmissionVc;

    TransmitPath(SimMiniport nic) {
        this.nic = nic;
    }

    void attach(NicPort newPort) {
        port = Optional.of(newPort);
    }

    /** Any thread: the VC has something to send and is not ready yet. */
    void ready(SimVc vc) {
        SimVc head;
        do {
            head = ready.get();
            vc.nextReady = head;
        } while (!ready.compareAndSet(head, vc));
        wake();
    }

    /** Any thread: looks at the queues again. */
    void wake() {
        if (port.isPresent()) {
            port.get().requestTransmit();
        }
    }

    /** Network's thread: fills the next PDU. */
    boolean next(WirePdu pdu) {
        while (true) {
            SimVc vc = current();
            if (vc == null) {
                return false;
            }
            NetBufferList nbl = vc.nextToSend();
            if (nbl == null) {
                turns.pollFirst();
                quantum = 0;
            } else if (take(vc, nbl, pdu)) {
                return true;
            }
        }
    }

    private SimVc current() {
        takeReady();
        if (quantum >= QUANTUM) {
            quantum = 0;
            if (turns.size() > 1) {
                turns.addLast(turns.pollFirst());
            }
        }
        return turns.peekFirst();
    }

    private void takeReady() {
        if (ready.get() == null) {
            return;
        }
        SimVc stack = ready.getAndSet(null);
        SimVc queue = null;
        while (stack != null) {
            SimVc following = stack.nextReady;
            stack.nextReady = queue;
            queue = stack;
            stack = following;
        }
        while (queue != null) {
            SimVc following = queue.nextReady;
            queue.nextReady = null;
            turns.addLast(queue);
            queue = following;
        }
    }

    private boolean take(SimVc vc, NetBufferList nbl, WirePdu pdu) {
        quantum++;
        if (!nic.faults().areSendsNormal() && nic.faults().isExhausted(Operation.SEND)) {
            complete(vc, nbl, NdisStatus.RESOURCES);
        } else if (!vc.fill(pdu, nbl)) {
            complete(vc, nbl, NdisStatus.INVALID_LENGTH);
        } else {
            inTransmission = nbl;
            inTransmissionVc = vc;
            return true;
        }
        return false;
    }

    void transmitted(boolean sent) {
        NetBufferList nbl = inTransmission;
        inTransmission = null;
        if (sent) {
            nic.counters().add(PduCounters.SENT, 1);
            nic.counters().add(PduCounters.SENT_OCTETS, nbl.length());
        }
        complete(inTransmissionVc, nbl, sent ? NdisStatus.SUCCESS : NdisStatus.FAILURE);
    }

    private void complete(SimVc vc, NetBufferList nbl, NdisStatus status) {
        if (!status.isSuccess()) {
            nic.counters().addFailed(1);
        }
        if (vc.addSent(nbl, status)) {
            completed.add(vc);
        }
    }

    void batchEnded() {
        for (int i = 0; i < completed.size(); i++) {
            completed.get(i).completeSent();
        }
        completed.clear();
    }

    /** The NIC is off the network: whoever waits for a PDU to leave waits in vain. */
    void abortTaken(NdisStatus status) {
        if (inTransmission != null) {
            NetBufferList nbl = inTransmission;
            inTransmission = null;
            nic.counters().addFailed(1);
            inTransmissionVc.addSent(nbl, status);
            inTransmissionVc.completeSent();
        }
        completed.clear();
        turns.clear();
        quantum = 0;
    }
}
