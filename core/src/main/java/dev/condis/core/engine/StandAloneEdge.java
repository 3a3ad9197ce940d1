// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The binding of a stand-alone call manager: {@code NdisCm*}. */
final class StandAloneEdge extends CallManagerEdge {
    private static final Logger LOG = LoggerFactory.getLogger(StandAloneEdge.class);

    private final String name;
    private final CallManager callManager;
    private final Set<SignalingCircuit> signalingCircuits = ConcurrentHashMap.newKeySet();

    StandAloneEdge(final Adapter adapter, final String name, final CallManager callManager) {
        super(adapter);
        this.name = name;
        this.callManager = callManager;
    }

    String name() {
        return name;
    }

    CallManager callManager() {
        return callManager;
    }

    @Override
    boolean isMcm() {
        return false;
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        Objects.requireNonNull(context, "context");
        if (isClosing()) {
            return refused("R23", "closing", "the binding is closing");
        }
        final NdisResult<SignalingCircuit> created =
                adapter.vcFactory().createSignaling(context, signalingCircuits::remove);
        created.value().ifPresent(signalingCircuits::add);
        return created.map(SignalingCircuit::view);
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return closeInstances().thenCompose(closed -> Stages.all(signalingCircuits.stream()
                        .map(SignalingCircuit::shutDown)
                        .toList())
                .thenApply(deleted -> closed.isSuccess() ? deleted : closed));
    }

    @Override
    void removeLeftovers() {
        super.removeLeftovers();
        for (final SignalingCircuit circuit : signalingCircuits) {
            LOG.warn("S37: {} left its signaling VC {}; it is removed", this, circuit);
            circuit.remove();
        }
    }

    @Override
    public String toString() {
        return "call manager '" + name + "' on " + adapter;
    }
}
