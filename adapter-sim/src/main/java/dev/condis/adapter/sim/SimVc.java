// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.WirePdu;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * A VC in a simulated NIC. INACTIVE -> ACTIVE on activate; ACTIVE -> DEACTIVATING on deactivate; DEACTIVATING -> INACTIVE
 * when every send is transmitted and completed and every indicated NBL is back; INACTIVE -> DELETED, which is terminal.
 *
 * <p>One word counts sends not completed and receives not returned; its sign bit is set while the VC is not active. Who
 * takes the word to "closed and nothing out" looks whether a deactivation is to be ended.
 */
final class SimVc implements MiniportVcContext {

    enum State {
        INACTIVE,
        ACTIVE,
        DEACTIVATING,
        DELETED
    }

    private static final long CLOSED = Long.MIN_VALUE;

    /** {@code NDIS_WAN_CO_FRAGMENT.Errors}: {@code WAN_ERROR_CRC}. */
    private static final StatusIndication FRAGMENT = StatusIndication.of(StatusCode.WAN_CO_FRAGMENT, OidTable.u32(0x1));

    private final SimMiniport nic;
    private final MiniportVc vc;
    private final PduCounters counters = new PduCounters();
    private final LongAdder queuedPdus = new LongAdder();
    private final LongAdder queuedOctets = new LongAdder();
    private final AtomicLong outstanding = new AtomicLong(CLOSED);

    /** Guards the state, the parameters and the deactivation; never held while somebody else is called. */
    private final Object control = new Object();

    /** The deactivation that is under way, while {@link State#DEACTIVATING}. */
    private CompletableFuture<NdisStatus> deactivation = new CompletableFuture<>();

    private volatile State state = State.INACTIVE;
    private volatile Circuit circuit;
    private volatile int flags;

    /** Guards what senders and the network's thread share. */
    private final Object sendLock = new Object();

    private NetBufferListQueue pending = new NetBufferListQueue();
    private boolean queued;

    /** Next VC of the stack of VCs that have something to send; owned by {@link TransmitPath}. */
    SimVc nextReady;

    // Confined to the network's thread.
    private NetBufferListQueue sending = new NetBufferListQueue();
    private final NetBufferListQueue sent = new NetBufferListQueue();
    private final NetBufferListQueue received = new NetBufferListQueue();
    private boolean sentListed;
    private boolean receivedListed;
    private boolean damageSeen;

    SimVc(SimMiniport nic, MiniportVc vc) {
        this.nic = nic;
        this.vc = vc;
    }

    MiniportVc vc() {
        return vc;
    }

    State state() {
        return state;
    }

    SimStatistics statistics() {
        return counters.snapshot();
    }

    PduCounters counters() {
        return counters;
    }

    boolean has(MediaParameters.Flag flag) {
        return (flags & flag.bit()) != 0;
    }

    // ---- control

    @Override
    public CompletionStage<NdisResult<CallParameters>> activateVc(CallParameters parameters) {
        NdisResult<CallParameters> result = tryActivate(parameters);
        CompletableFuture<NdisResult<CallParameters>> stage = new CompletableFuture<>();
        nic.faults().complete(Operation.ACTIVATE, () -> stage.complete(result));
        return stage;
    }

    private NdisResult<CallParameters> tryActivate(CallParameters parameters) {
        if (nic.gate().isRemoved()) {
            return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
        }
        if (nic.faults().isExhausted(Operation.ACTIVATE)) {
            return NdisResult.failure(NdisStatus.RESOURCES);
        }
        NdisResult<Activation> checked = Activation.check(nic, parameters);
        if (!checked.isSuccess()) {
            return checked.map(Activation::parameters);
        }
        return program(checked.get());
    }

    private NdisResult<CallParameters> program(Activation activation) {
        synchronized (control) {
            if (state != State.INACTIVE && state != State.ACTIVE) {
                return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
            }
            if (!nic.circuits().bind(activation.circuit(), this)) {
                return NdisResult.failure(NdisStatus.INVALID_DATA);
            }
            Circuit previous = circuit;
            circuit = activation.circuit();
            flags = bits(activation.flags());
            if (state == State.INACTIVE) {
                state = State.ACTIVE;
                outstanding.addAndGet(CLOSED);
            } else if (!previous.equals(circuit)) {
                nic.circuits().unbind(previous, this);
            }
        }
        return NdisResult.success(activation.parameters());
    }

    private static int bits(Set<MediaParameters.Flag> set) {
        return set.stream().mapToInt(MediaParameters.Flag::bit).reduce(0, (left, right) -> left | right);
    }

    @Override
    public CompletionStage<NdisStatus> deactivateVc() {
        CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        synchronized (control) {
            if (state != State.ACTIVE) {
                return NdisStatus.NOT_ACCEPTED.asStage();
            }
            state = State.DEACTIVATING;
            deactivation = stage;
            nic.circuits().unbind(circuit, this);
        }
        // What is queued is transmitted yet (R93). Held while the rest is done here, so that nobody else can end the
        // deactivation before this has begun.
        outstanding.addAndGet(CLOSED + 1);
        nic.transmitPath().wake();
        release(1);
        return stage;
    }

    /**
     * Ends the deactivation if there is one and nothing is out. Both are looked at again: who has found the word "closed and
     * nothing out" may have found that while the VC was inactive before, when a send was refused, and comes here only now.
     */
    private void endDeactivation() {
        CompletableFuture<NdisStatus> stage;
        synchronized (control) {
            if (state != State.DEACTIVATING || outstanding.get() != CLOSED) {
                return;
            }
            state = State.INACTIVE;
            stage = deactivation;
        }
        nic.faults().complete(Operation.DEACTIVATE, () -> stage.complete(NdisStatus.SUCCESS));
    }

    @Override
    public NdisStatus deleteVc() {
        synchronized (control) {
            if (state != State.INACTIVE) {
                return NdisStatus.NOT_ACCEPTED;
            }
            state = State.DELETED;
        }
        nic.deleted(this);
        return NdisStatus.SUCCESS;
    }

    // ---- sending, any thread

    @Override
    public void sendNetBufferLists(NetBufferList nbls, int sendFlags) {
        nic.faults().beforeSend();
        int count = nbls.chainLength();
        if (outstanding.getAndAdd(count) < 0) {
            release(count);
            refuse(nbls, nic.gate().isRemoved() ? NdisStatus.NOT_ACCEPTED : NdisStatus.VC_NOT_ACTIVATED);
            return;
        }
        NdisStatus status = mayTransmit() ? enqueue(nbls) : NdisStatus.FAILURE;
        if (!status.isSuccess()) {
            refuse(nbls, nic.gate().isRemoved() ? NdisStatus.NOT_ACCEPTED : status);
            release(count);
        }
    }

    /** A VC of which neither direction is named has both. */
    private boolean mayTransmit() {
        return has(MediaParameters.Flag.TRANSMIT_VC) || !has(MediaParameters.Flag.RECEIVE_VC);
    }

    /** Success when the chain is queued, or why it is not. */
    private NdisStatus enqueue(NetBufferList nbls) {
        int count = nbls.chainLength();
        long octets = octets(nbls);
        boolean wake;
        synchronized (sendLock) {
            // Looked at under the lock under which a removal, a pause and a reset sweep: nothing is queued behind the
            // sweep.
            NdisStatus gate = nic.gate().status();
            if (!gate.isSuccess()) {
                return gate;
            }
            queuedPdus.add(count);
            queuedOctets.add(octets);
            pending.add(nbls);
            wake = !queued;
            queued = true;
        }
        if (wake) {
            nic.transmitPath().ready(this);
        }
        return NdisStatus.SUCCESS;
    }

    private static long octets(NetBufferList nbls) {
        long octets = 0;
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            octets += nbl.length();
        }
        return octets;
    }

    /** PDUs that were accepted and have neither left nor come back. */
    long queuedPdus() {
        return queuedPdus.sum();
    }

    long queuedOctets() {
        return queuedOctets.sum();
    }

    private void refuse(NetBufferList nbls, NdisStatus status) {
        nbls.setChainStatus(status);
        counters.addFailed(nbls.chainLength());
        nic.counters().addFailed(nbls.chainLength());
        vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
    }

    /** Completes what the network's thread has not taken yet. */
    void abortPending(NdisStatus status) {
        NetBufferList aborted;
        synchronized (sendLock) {
            aborted = pending.takeAll();
        }
        if (aborted != null) {
            giveBack(aborted, status);
        }
    }

    private void giveBack(NetBufferList aborted, NdisStatus status) {
        int count = aborted.chainLength();
        queuedPdus.add(-count);
        queuedOctets.add(-octets(aborted));
        refuse(aborted, status);
        release(count);
    }

    // ---- sending, network's thread

    /** Completes what is queued and has this cancel id (S28). */
    void cancel(long cancelId) {
        NetBufferListQueue cancelled = new NetBufferListQueue();
        sending = without(cancelId, sending, cancelled);
        synchronized (sendLock) {
            pending = without(cancelId, pending, cancelled);
        }
        NetBufferList aborted = cancelled.takeAll();
        if (aborted != null) {
            giveBack(aborted, NdisStatus.SEND_ABORTED);
        }
    }

    private static NetBufferListQueue without(long cancelId, NetBufferListQueue from, NetBufferListQueue cancelled) {
        NetBufferListQueue kept = new NetBufferListQueue();
        NetBufferList nbl = from.poll();
        while (nbl != null) {
            (nbl.cancelId() == cancelId ? cancelled : kept).add(nbl);
            nbl = from.poll();
        }
        return kept;
    }

    /** The next NBL to send; {@code null} if there is none, and then the VC has to be made ready again. */
    NetBufferList nextToSend() {
        if (sending.isEmpty()) {
            synchronized (sendLock) {
                NetBufferListQueue taken = pending;
                pending = sending;
                sending = taken;
                queued = !sending.isEmpty();
            }
        }
        return sending.poll();
    }

    /** False if the PDU is too long for the medium. */
    boolean fill(WirePdu pdu, NetBufferList nbl) {
        Circuit now = circuit;
        int length = nbl.length();
        if (now.headerLength() + length > nic.network().medium().maxPdu()) {
            return false;
        }
        return now.write(pdu, nbl.data());
    }

    /** Adds to the batch of completed sends; true if it is the first of the batch. */
    boolean addSent(NetBufferList nbl, NdisStatus status) {
        nbl.setStatus(status);
        queuedPdus.decrement();
        queuedOctets.add(-nbl.length());
        if (status.isSuccess()) {
            counters.add(PduCounters.SENT, 1);
            counters.add(PduCounters.SENT_OCTETS, nbl.length());
        } else {
            counters.addFailed(1);
        }
        sent.add(nbl);
        boolean first = !sentListed;
        sentListed = true;
        return first;
    }

    void completeSent() {
        sentListed = false;
        NetBufferList chain = sent.takeAll();
        if (chain == null) {
            return;
        }
        int count = chain.chainLength();
        if (nic.faults().areSendsNormal()) {
            vc.sendNetBufferListsComplete(chain, NblFlags.SEND_COMPLETE_DISPATCH_LEVEL);
            release(count);
        } else {
            nic.faults().completeNow(Operation.SEND, () -> {
                vc.sendNetBufferListsComplete(chain, NblFlags.SEND_COMPLETE_DISPATCH_LEVEL);
                release(count);
            });
        }
    }

    /** Completes what the network's thread had taken, except for the one in transmission. */
    void abortTaken(NdisStatus status) {
        NetBufferList nbl = sending.poll();
        while (nbl != null) {
            addSent(nbl, status);
            nic.counters().addFailed(1);
            nbl = sending.poll();
        }
        completeSent();
    }

    /** The NIC is off the network: what was not indicated yet never will be, and counts as lost for want of a taker. */
    void abortReceived() {
        NetBufferList unindicated = received.takeAll();
        receivedListed = false;
        if (unindicated != null) {
            int count = unindicated.chainLength();
            long octets = octets(unindicated);
            for (PduCounters affected : List.of(counters, nic.counters())) {
                affected.add(PduCounters.RECEIVED, -count);
                affected.add(PduCounters.RECEIVED_OCTETS, -octets);
                affected.add(PduCounters.NO_BUFFER, count);
            }
            unindicated.freeChain();
            release(count);
        }
    }

    // ---- receiving

    Circuit circuit() {
        return circuit;
    }

    /** Counts one NBL that will be indicated; false if the VC is not active (any more). */
    boolean acquireReceive() {
        if (outstanding.getAndAdd(1) < 0) {
            release(1);
            return false;
        }
        return true;
    }

    /** A damaged PDU was dropped; true if it is the first of the batch. */
    boolean addDamage() {
        boolean first = !damageSeen;
        damageSeen = true;
        return first;
    }

    void indicateDamage() {
        damageSeen = false;
        vc.indicateStatus(FRAGMENT);
    }

    /** Adds to the batch of received PDUs; true if it is the first of the batch. */
    boolean addReceived(NetBufferList nbl) {
        received.add(nbl);
        boolean first = !receivedListed;
        receivedListed = true;
        return first;
    }

    void indicateReceived() {
        receivedListed = false;
        NetBufferList chain = received.takeAll();
        if (chain != null) {
            vc.indicateReceiveNetBufferLists(chain, NblFlags.RECEIVE_DISPATCH_LEVEL);
        }
    }

    /** Indicates one PDU that the receiver has to copy; afterwards the NBL is the NIC's again. */
    void indicateForCopying(NetBufferList nbl) {
        vc.indicateReceiveNetBufferLists(nbl, NblFlags.RECEIVE_DISPATCH_LEVEL | NblFlags.RECEIVE_RESOURCES);
        release(1);
    }

    @Override
    public void returnNetBufferLists(NetBufferList nbls, int returnFlags) {
        int count = nbls.chainLength();
        nbls.freeChain();
        nic.returned();
        release(count);
    }

    void release(int count) {
        if (outstanding.addAndGet(-count) == CLOSED && state == State.DEACTIVATING) {
            endDeactivation();
        }
        nic.cameBack();
    }

    /** Nothing is on its way in either direction. */
    boolean isQuiet() {
        return (outstanding.get() & ~CLOSED) == 0;
    }

    @Override
    public String toString() {
        return vc.handle() + " " + state;
    }
}
