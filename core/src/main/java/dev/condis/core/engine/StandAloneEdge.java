// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;

/** The binding of a stand-alone call manager: {@code NdisCm*}. */
final class StandAloneEdge extends CallManagerEdge {
    private final Drivers.Registered<CallManager> registered;
    private final Binding binding;
    private final SignalingCircuits signaling;

    StandAloneEdge(final Adapter adapter, final Drivers.Registered<CallManager> registered) {
        super(adapter);
        this.registered = registered;
        binding = adapter.binding(toString(), new Protocol());
        signaling = new SignalingCircuits(
                adapter.vcFactory(),
                this,
                new SignalingCircuit.Owner(binding.listener(), binding, adapter.vcFactory()::holdLimit));
    }

    Binding binding() {
        return binding;
    }

    @Override
    VcFactory factory() {
        return adapter.vcFactory();
    }

    @Override
    Listener listener() {
        return binding.listener();
    }

    String name() {
        return registered.descriptor().name();
    }

    CallManager callManager() {
        return registered.driver();
    }

    boolean isOf(final Drivers.Registered<?> driver) {
        return registered == driver;
    }

    @Override
    boolean isMcm() {
        return false;
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        return signaling.create(Objects.requireNonNull(context, "context"));
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return closeInstances()
                .thenCompose(
                        closed -> signaling.shutDown().thenApply(deleted -> closed.isSuccess() ? deleted : closed));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return binding.requests().submit(Objects.requireNonNull(request, "request"));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final NdisVcHandle vc, final OidRequest request) {
        Objects.requireNonNull(vc, "vc");
        Objects.requireNonNull(request, "request");
        final boolean own = signaling.stream().anyMatch(circuit -> circuit == vc)
                || vc instanceof ClientCircuit circuit
                        && circuit.addressFamily().advertisement().owner() == this;
        return binding.requests().submit(vc, own, request);
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        binding.requests().cancel(requestId);
    }

    @Override
    void removeLeftovers() {
        super.removeLeftovers();
        signaling.removeLeftovers();
    }

    @Override
    public String toString() {
        return "call manager '" + name() + "' on " + adapter;
    }

    /** What the binding asks of the call manager. */
    private final class Protocol implements Binding.Protocol {
        @Override
        public CompletionStage<NdisStatus> pause() {
            return callManager().pause(StandAloneEdge.this);
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return callManager().restart(StandAloneEdge.this);
        }

        @Override
        public void status(final StatusIndication indication) {
            callManager().status(StandAloneEdge.this, indication);
        }

        @Override
        public Stream<VirtualCircuit> circuits() {
            return signaling.stream().map(circuit -> circuit);
        }
    }
}
