// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/**
 * An MCM's call manager half, above its miniport half. It offers its address families as the MCM, but its clients' VCs are created at
 * the half, which is asked for each activation and deactivation as a miniport is. Its signaling VCs are the half's too, and nobody
 * else sees them.
 */
final class IntegratedBinding implements CmBinding {
    private final McmEdge adapter;
    private final CoMiniport half;
    private final VcFactory factory;
    private final Listener listener;
    private final MiniportRequests requests;
    private final SignalingCircuits signaling;

    IntegratedBinding(final McmEdge adapter, final CoMiniport half) {
        this.adapter = adapter;
        this.half = Objects.requireNonNull(half, "half");
        factory = adapter.adapter.vcFactory().above(half, adapter.backend());
        listener = new Listener(toString());
        requests = adapter.adapter.requests(half, listener);
        signaling = new SignalingCircuits(
                factory.unseen(),
                adapter,
                new SignalingCircuit.Owner(listener, Traffic.OF_THE_DRIVER, factory::holdLimit));
    }

    @Override
    public AdapterInfo adapter() {
        return adapter.adapter();
    }

    @Override
    public NdisResult<Void> registerAddressFamily(final AddressFamily addressFamily, final CmAddressFamily callbacks) {
        return adapter.register(addressFamily, callbacks, factory, listener);
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        return signaling.create(Objects.requireNonNull(context, "context"));
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return adapter.closeAll()
                .thenCompose(
                        closed -> signaling.shutDown().thenApply(deleted -> closed.isSuccess() ? deleted : closed));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return requests.submit(Objects.requireNonNull(request, "request"));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final NdisVcHandle vc, final OidRequest request) {
        Objects.requireNonNull(vc, "vc");
        Objects.requireNonNull(request, "request");
        final boolean own = signaling.stream().anyMatch(circuit -> circuit == vc)
                || vc instanceof ClientCircuit circuit
                        && circuit.addressFamily().factory() == factory;
        return requests.submit(vc, own, request);
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        requests.cancel(requestId);
    }

    CoMiniport half() {
        return half;
    }

    MiniportRequests requests() {
        return requests;
    }

    void cancelSend(final long cancelId) {
        Callouts.run(new Callout("MiniportCancelSend of the half", adapter), () -> half.cancelSend(cancelId));
    }

    CompletionStage<NdisResult<Void>> shutDownSignaling() {
        return signaling.shutDown();
    }

    void removeLeftovers() {
        signaling.removeLeftovers();
    }

    @Override
    public String toString() {
        return "call manager half of " + adapter;
    }
}
