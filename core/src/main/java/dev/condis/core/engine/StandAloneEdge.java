// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** The binding of a stand-alone call manager: {@code NdisCm*}. */
final class StandAloneEdge extends CallManagerEdge {
    private final Drivers.Registered<CallManager> registered;
    private final SignalingCircuits signaling;

    StandAloneEdge(final Adapter adapter, final Drivers.Registered<CallManager> registered) {
        super(adapter);
        this.registered = registered;
        signaling = new SignalingCircuits(adapter.vcFactory(), this);
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
    void removeLeftovers() {
        super.removeLeftovers();
        signaling.removeLeftovers();
    }

    @Override
    public String toString() {
        return "call manager '" + name() + "' on " + adapter;
    }
}
