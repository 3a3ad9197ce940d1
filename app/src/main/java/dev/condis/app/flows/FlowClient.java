// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.flows;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** A client of one adapter that takes every flow as an incoming call and counts what comes in. Thread safe. */
public final class FlowClient implements CoClient {
    private final CompletableFuture<NdisResult<ClientAf>> opened = new CompletableFuture<>();
    private final Map<MediaFlow, FlowCounter> flows = new ConcurrentHashMap<>();
    private final LongAdder pdus = new LongAdder();

    /** Makes a client; registered as a service it is bound to its adapter. */
    public FlowClient() {
        // nothing to set up
    }

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.sameFamily(AddressFamily.PVC)) {
            binding.openAddressFamily(addressFamily, new Family())
                    .thenCompose(FlowClient::listen)
                    .thenAccept(opened::complete);
        }
    }

    private static CompletionStage<NdisResult<ClientAf>> listen(final NdisResult<ClientAf> af) {
        if (!af.isSuccess()) {
            return af.asStage();
        }
        return af.get()
                .registerSap(Sap.pvc("*"), FlowClient::accept)
                .thenApply(sap ->
                        new NdisResult<>(sap.status(), sap.isSuccess() ? af.value() : Optional.empty(), sap.refusal()));
    }

    private static CompletionStage<NdisResult<CallParameters>> accept(
            final ClientVc vc, final ClientVcContext context, final CallParameters parameters) {
        if (context instanceof FlowVc flowVc) {
            flowVc.offered(parameters);
        }
        return NdisResult.success(parameters).asStage();
    }

    /**
     * Completes when the address family is open and the SAP registered.
     *
     * @return the address family, or why not
     */
    public CompletableFuture<NdisResult<ClientAf>> opened() {
        return opened;
    }

    /**
     * How many PDUs have come in on all VCs.
     *
     * @return the number
     */
    public long pdus() {
        return pdus.sum();
    }

    /**
     * What has come in up to now.
     *
     * @return one record for each flow; calls on the same flow one after the other count as one
     */
    public List<FlowRecord> records() {
        return flows.values().stream().map(FlowCounter::record).toList();
    }

    /** The address family: every VC of an incoming call is taken. */
    private final class Family implements ClientAfContext {
        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
            return NdisResult.success(new FlowVc());
        }
    }

    /** A VC: it carries one flow at a time. */
    private final class FlowVc implements ClientVcContext {
        private volatile Optional<FlowCounter> counter = Optional.empty();

        private void offered(final CallParameters parameters) {
            counter = parameters
                    .media()
                    .flatMap(MediaParameters::specific)
                    .flatMap(MediaFlow::fromSpecificParameters)
                    .map(flow -> flows.computeIfAbsent(flow, FlowCounter::new));
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            final int length = nbls.chainLength();
            counter.ifPresent(flow -> flow.count(nbls));
            if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
                vc.returnNetBufferLists(nbls, NblFlags.NONE);
            }
            pdus.add(length);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            // this client never sends; whatever comes back all the same goes home
            nbls.freeChain();
        }
    }

    /** What was received on one flow. */
    private static final class FlowCounter {
        private final MediaFlow flow;
        private long count;
        private long bytes;
        private long first;
        private long last;

        private FlowCounter(final MediaFlow flow) {
            this.flow = flow;
        }

        private synchronized void count(final NetBufferList nbls) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                final long at = nbl.timestampNanos();
                first = count == 0 ? at : Math.min(first, at);
                last = count == 0 ? at : Math.max(last, at);
                count++;
                bytes += nbl.length();
            }
        }

        private synchronized FlowRecord record() {
            return new FlowRecord(flow, count, bytes, first, last);
        }
    }
}
