// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The data path of one VC: which flow it has, and the rundown of what is under way. {@code underWay} counts sends being carried
 * out and NBLs indicated and not returned; deactivation is complete when it is zero (rules R93, R94).
 *
 * <p>A count that rises after the gate was closed falls again without anything having been transmitted or indicated. Thread safe.
 */
final class FlowVc {

    private final PcapLink link;
    private final FlowReceiver receiver;
    private final VcIndications vc;
    private final AtomicInteger underWay = new AtomicInteger();
    private volatile Optional<FlowBinding> binding = Optional.empty();
    private volatile boolean open;
    private volatile CompletableFuture<Void> drained = new CompletableFuture<>();

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

    private void open(final FlowBinding next) {
        binding = Optional.of(next);
        if (!open) {
            drained = new CompletableFuture<>();
            open = true;
        }
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
            drained.complete(null);
        }
        return drained;
    }

    private void leave(final int count) {
        if (underWay.addAndGet(-count) == 0 && !open) {
            drained.complete(null);
        }
    }

    /** Indicates a chain, or frees it if the gate is closed. */
    void indicate(final NetBufferList nbls) {
        final int count = nbls.chainLength();
        underWay.addAndGet(count);
        if (open) {
            vc.indicateReceiveNetBufferLists(nbls, NblFlags.RECEIVE_DISPATCH_LEVEL);
        } else {
            link.free(nbls);
            leave(count);
        }
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
            final Optional<FlowBinding> bound = binding;
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                nbl.setStatus(sendOne(bound, nbl));
            }
            final boolean dispatch = (flags & NblFlags.SEND_DISPATCH_LEVEL) != 0;
            vc.sendNetBufferListsComplete(nbls, dispatch ? NblFlags.SEND_COMPLETE_DISPATCH_LEVEL : NblFlags.NONE);
        } finally {
            leave(1);
        }
    }

    private NdisStatus sendOne(final Optional<FlowBinding> bound, final NetBufferList nbl) {
        if (link.isRemoved()) {
            return NdisStatus.NOT_ACCEPTED;
        }
        if (!open || bound.isEmpty()) {
            return NdisStatus.VC_NOT_ACTIVATED;
        }
        if (bound.get().encapsulation().isEmpty()) {
            link.counters().sendFailed();
            return NdisStatus.FAILURE;
        }
        final long stamp = bound.get().stampSends() ? nbl.timestampNanos() : 0;
        return link.send(bound.get().encapsulation().get(), nbl, stamp);
    }
}
