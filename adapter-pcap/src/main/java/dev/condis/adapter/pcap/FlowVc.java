// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.LinkState;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The data path of one VC: which flow it has, and the rundown of what is under way. {@code underWay} counts sends
 * being carried out and NBLs indicated and not returned; deactivation is complete when it is zero (rules R93, R94).
 *
 * <p>A count that rises after the gate was closed falls again without anything having been transmitted or indicated.
 * The same holds for a pause of the adapter, which closes the gates of all VCs and leaves them as they are otherwise
 * (rules R218, R223). Thread safe.
 */
final class FlowVc {

    private final PcapLink link;
    private final FlowReceiver receiver;
    private final VcIndications vc;
    private final FlowCounters counters = new FlowCounters();
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile Optional<FlowBinding> binding = Optional.empty();
    private volatile boolean open;
    private CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile CompletableFuture<Void> quiet = new CompletableFuture<>();

    FlowVc(final PcapLink link, final FlowReceiver receiver, final VcIndications vc) {
        this.link = link;
        this.receiver = receiver;
        this.vc = vc;
    }

    /**
     * Takes a flow that somebody named, or changes to another; a failure leaves the old one in force (rule R81).
     *
     * @return the parameters, or a refusal
     */
    synchronized NdisResult<CallParameters> activate(final CallParameters parameters) {
        final String object = vc.handle().toString();
        final NdisResult<FlowBinding> chosen = FlowBinding.of(parameters, link, object);
        if (!chosen.isSuccess()) {
            return new NdisResult<>(chosen.status(), Optional.empty(), chosen.refusal());
        }
        final FlowBinding next = chosen.get();
        final Optional<FlowBinding> before = binding;
        final boolean same = before.map(b -> b.key().equals(next.key())).orElse(false);
        if (!same) {
            final Optional<NdisResult<CallParameters>> refusal = take(next, object);
            if (refusal.isPresent()) {
                return refusal.get();
            }
            before.ifPresent(b -> link.table().release(b.key(), receiver));
        }
        open(next);
        return NdisResult.success(parameters);
    }

    private Optional<NdisResult<CallParameters>> take(final FlowBinding next, final String object) {
        if (link.table().size() >= link.settings().limits().flows()) {
            return Optional.of(FlowBinding.refuse(
                    NdisStatus.RESOURCES,
                    object,
                    "the adapter has its " + link.table().size() + " flows"));
        }
        return link.table().want(next.key(), receiver)
                ? Optional.empty()
                : Optional.of(FlowBinding.refuse(object, "another VC of this adapter has flow " + next.flow()));
    }

    /** Takes a discovered flow, which the caller has put into the table. */
    synchronized NdisResult<FlowBinding> activateDiscovered(final CallParameters parameters) {
        final NdisResult<FlowBinding> chosen =
                FlowBinding.of(parameters, link, vc.handle().toString());
        chosen.value().ifPresent(this::open);
        return chosen;
    }

    /**
     * Puts other parameters for the same flow in force; a failure leaves the old ones (rule R142).
     *
     * @return the parameters; {@code NOT_ACCEPTED} of a VC that is not active, {@code INVALID_DATA} for another flow
     */
    synchronized NdisResult<CallParameters> change(final CallParameters parameters) {
        final String object = vc.handle().toString();
        if (!open || binding.isEmpty()) {
            return FlowBinding.refuse(NdisStatus.NOT_ACCEPTED, object, "the VC is not active");
        }
        final NdisResult<FlowBinding> chosen = FlowBinding.of(parameters, link, object);
        if (!chosen.isSuccess()) {
            return new NdisResult<>(chosen.status(), Optional.empty(), chosen.refusal());
        }
        if (!chosen.get().key().equals(binding.get().key())) {
            return FlowBinding.refuse(object, "a change of quality of service cannot change the flow");
        }
        binding = Optional.of(chosen.get());
        return NdisResult.success(parameters);
    }

    private void open(final FlowBinding next) {
        binding = Optional.of(next);
        if (!open) {
            drained = new CompletableFuture<>();
            link.rundown().add(this);
            open = true;
        }
    }

    /**
     * Tells whoever has the VC how long its PDUs can be now ({@code NDIS_STATUS_WAN_CO_MTULINKPARAMS}), if it is active.
     *
     * @param state the link, for its speeds
     */
    void indicateMtu(final LinkState state) {
        if (open) {
            vc.indicateStatus(MtuLinkParams.indication(state, longestPdu()));
        }
    }

    /** How long a PDU that is sent can be at this moment, octets; of a VC that sends none, the longest that it can receive. */
    int longestPdu() {
        return binding.flatMap(FlowBinding::encapsulation)
                .map(headers -> headers.longestPdu(link.maxFrameBytes(headers.isTagged())))
                .orElseGet(link::longestReceived);
    }

    /** The station address to which the other station sends, if there is one other station; frames of a group come wherever this one is. */
    Optional<String> boundAddress() {
        return binding.filter(FlowBinding::isWithOneStation)
                .filter(bound -> link.isLive())
                .map(bound -> "station address " + link.localAddress());
    }

    FlowCounters counters() {
        return counters;
    }

    boolean isOpen() {
        return open;
    }

    /**
     * Gives the flow up and closes the gate.
     *
     * @return completes when nothing is under way any more
     */
    synchronized CompletionStage<Void> deactivate() {
        binding.ifPresent(b -> link.table().release(b.key(), receiver));
        binding = Optional.empty();
        open = false;
        if (underWay.get() == 0) {
            link.rundown().remove(this);
            drained.complete(null);
        }
        return drained;
    }

    /** Of a paused adapter: completes when nothing is under way on this VC. */
    CompletableFuture<Void> quiet() {
        final CompletableFuture<Void> next = new CompletableFuture<>();
        quiet = next;
        if (underWay.get() == 0) {
            next.complete(null);
        }
        return next;
    }

    private void leave(final int count) {
        if (underWay.addAndGet(-count) == 0 && !(open && !link.isPaused())) {
            idle();
        }
    }

    private void idle() {
        // the one of the pause that is seen below: a later pause has another, and its own look at what is under way
        final CompletableFuture<Void> ofPause = quiet;
        final Optional<CompletableFuture<Void>> over;
        synchronized (this) {
            // an activation may have come meanwhile, and has a rundown of its own
            over = open || underWay.get() != 0 ? Optional.empty() : Optional.of(drained);
            over.ifPresent(last -> link.rundown().remove(this));
        }
        over.ifPresent(last -> last.complete(null));
        if (link.isPaused() && underWay.get() == 0) {
            ofPause.complete(null);
        }
    }

    /**
     * Counts PDUs as under way if they can be indicated now.
     *
     * @return whether they can; then {@link #deliver} follows
     */
    boolean enter(final int count) {
        underWay.addAndGet(count);
        final boolean entered = open && !link.isPaused();
        if (!entered) {
            leave(count);
        }
        return entered;
    }

    /** Indicates a chain for which {@link #enter} has made room. */
    void deliver(final NetBufferList nbls) {
        int pdus = 0;
        long bytes = 0;
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            pdus++;
            bytes += nbl.data().remaining();
        }
        counters.received(pdus, bytes);
        link.counters().indicated(pdus, bytes);
        vc.indicateReceiveNetBufferLists(nbls, NblFlags.RECEIVE_DISPATCH_LEVEL);
    }

    /** Indicates a PDU, or frees it if the gate is closed; a file waits for the end of a pause. Capture thread only. */
    void indicate(final NetBufferList nbl) {
        boolean entered = enter(1);
        while (!entered && open && link.awaitRestart()) {
            entered = enter(1);
        }
        if (entered) {
            deliver(nbl);
            return;
        }
        if (open) {
            link.counters().add(LinkCounters.Received.PAUSED, 1);
            counters.noBuffer();
        }
        link.free(nbl);
    }

    /**
     * Copies a PDU into a receive buffer. Capture thread only.
     *
     * @return the NBL, or {@code null} if the PDU is lost or for another station, which is counted
     */
    NetBufferList fill(final byte[] frame, final int from, final int to, final long epochNanos) {
        final Optional<FlowBinding> bound = binding;
        final boolean withStations = bound.isPresent() && bound.get().withStations();
        if (withStations && !link.isForHere(frame)) {
            link.unclaimed(LinkCounters.Unclaimed.STATION);
            final NetBufferList ofAnother = null;
            return ofAnother;
        }
        final int prefix = withStations ? Encapsulation.STATIONS_BYTES : 0;
        final NetBufferList nbl = link.fill(frame, prefix, from, to, epochNanos);
        if (nbl == null) {
            if (link.isTooLong(prefix + to - from)) {
                counters.receiveError();
            } else {
                counters.noBuffer();
            }
        }
        return nbl;
    }

    /** Takes indicated NBLs back. */
    void returned(final NetBufferList nbls) {
        final int count = nbls.chainLength();
        link.free(nbls);
        leave(count);
    }

    /** Sends a chain in its order and completes it before returning. */
    void send(final NetBufferList nbls, final int flags) {
        underWay.incrementAndGet();
        try {
            sendEach(nbls);
            final boolean dispatch = (flags & NblFlags.SEND_DISPATCH_LEVEL) != 0;
            vc.sendNetBufferListsComplete(nbls, dispatch ? NblFlags.SEND_COMPLETE_DISPATCH_LEVEL : NblFlags.NONE);
        } finally {
            leave(1);
        }
    }

    private void sendEach(final NetBufferList nbls) {
        final Optional<FlowBinding> bound = binding;
        int sent = 0;
        int failed = 0;
        long bytes = 0;
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final NdisStatus status = sendOne(bound, nbl);
            nbl.setStatus(status);
            if (status.isSuccess()) {
                sent++;
                bytes += nbl.data().remaining();
            } else {
                failed++;
            }
        }
        counters.sent(sent, bytes, failed);
        link.counters().sendsCompleted(bytes, failed);
    }

    private NdisStatus sendOne(final Optional<FlowBinding> bound, final NetBufferList nbl) {
        final NdisStatus gate = link.sendGate();
        if (!gate.isSuccess()) {
            return gate;
        }
        if (!open || bound.isEmpty()) {
            return NdisStatus.VC_NOT_ACTIVATED;
        }
        if (bound.get().encapsulation().isEmpty()) {
            return NdisStatus.FAILURE;
        }
        final long stamp = bound.get().stampSends() ? nbl.timestampNanos() : 0;
        return link.send(bound.get().encapsulation().get(), nbl, stamp);
    }
}
