// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmVc;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An MCM's call manager half, above its miniport half. What the call manager does here becomes {@code NdisMCm*} on the adapter; what
 * it means for the hardware goes to the half, inside the driver: the arbiter sees neither the creation nor the activation of a VC at
 * the half, and no signaling VC at all.
 * <p>
 * It uses the adapter as any MCM does, and so holds what the arbiter demands of one: a VC is ready at the half before the adapter
 * hears that it is active, and drained at the half before the adapter hears that it is not.
 */
final class IntegratedBinding implements CmBinding {
    private final McmEdge adapter;
    private final CoMiniport half;
    private final VcFactory signaling;
    private final Set<SignalingCircuit> signalingCircuits = ConcurrentHashMap.newKeySet();

    IntegratedBinding(final McmEdge adapter, final CoMiniport half, final EngineOptions options) {
        this.adapter = adapter;
        this.half = Objects.requireNonNull(half, "half");
        signaling = new VcFactory(
                "the inside of " + adapter.adapter().name(), Optional.of(half), new AtomicLong(), options);
    }

    @Override
    public AdapterInfo adapter() {
        return adapter.adapter();
    }

    @Override
    public NdisResult<Void> registerAddressFamily(final AddressFamily addressFamily, final CmAddressFamily callbacks) {
        Objects.requireNonNull(callbacks, "callbacks");
        return adapter.registerAddressFamily(addressFamily, af -> open(callbacks, af));
    }

    private CompletionStage<NdisResult<CmAfContext>> open(final CmAddressFamily callbacks, final CmAf outer) {
        final Af af = new Af(outer);
        return callbacks.openAf(af).thenApply(result -> result.map(context -> new AfContext(af, context)));
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        Objects.requireNonNull(context, "context");
        if (adapter.isClosing()) {
            return adapter.refused("R23", "closing", "the binding is closing");
        }
        final NdisResult<SignalingCircuit> created = signaling.createSignaling(context, signalingCircuits::remove);
        created.value().ifPresent(signalingCircuits::add);
        return created.map(SignalingCircuit::view);
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return adapter.closeAll().thenCompose(closed -> Stages.all(signalingCircuits.stream()
                        .map(SignalingCircuit::shutDown)
                        .toList())
                .thenApply(deleted -> closed.isSuccess() ? deleted : closed));
    }

    @Override
    public String toString() {
        return "call manager half of " + adapter;
    }

    /** A client's address family as the call manager half sees it. */
    private final class Af implements CmAf {
        private final CmAf outer;

        Af(final CmAf outer) {
            this.outer = outer;
        }

        @Override
        public AddressFamily addressFamily() {
            return outer.addressFamily();
        }

        @Override
        public String clientName() {
            return outer.clientName();
        }

        @Override
        public AfState state() {
            return outer.state();
        }

        @Override
        public NdisResult<CmVc> createVc(final CmVcContext context) {
            final IntegratedVc vc = new IntegratedVc(this);
            vc.attachCallManager(Objects.requireNonNull(context, "context"));
            final NdisResult<CmVc> created = outer.createVc(vc.outerContext());
            if (!created.isSuccess()) {
                return created;
            }
            vc.attachOuter((McmVc) created.get());
            final NdisResult<Void> below = vc.createAt(half);
            if (below.isSuccess()) {
                return NdisResult.success(vc);
            }
            created.get().deleteVc();
            return new NdisResult<>(below.status(), Optional.empty(), below.refusal());
        }

        @Override
        public CompletionStage<NdisResult<Void>> notifyCloseAddressFamily() {
            return outer.notifyCloseAddressFamily();
        }

        @Override
        public String toString() {
            return outer.toString();
        }
    }

    /** What the adapter calls for a client's address family. */
    private final class AfContext implements CmAfContext {
        private final Af af;
        private final CmAfContext inner;

        AfContext(final Af af, final CmAfContext inner) {
            this.af = af;
            this.inner = inner;
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc outer) {
            final IntegratedVc vc = new IntegratedVc(af);
            vc.attachOuter((McmVc) outer);
            final NdisResult<Void> below = vc.createAt(half);
            if (!below.isSuccess()) {
                return new NdisResult<>(below.status(), Optional.empty(), below.refusal());
            }
            final NdisResult<CmVcContext> context =
                    Callouts.resultNow("the call manager half's creation of " + vc, () -> inner.createVc(vc));
            if (!context.isSuccess()) {
                vc.deleteAtHalf();
                return context;
            }
            vc.attachCallManager(context.get());
            return NdisResult.success(vc.outerContext());
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap outer) {
            return inner.registerSap(new IntegratedSap(outer, af));
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            return inner.closeAf();
        }
    }

    /** A client's SAP as the call manager half sees it. */
    record IntegratedSap(CmSap outer, CmAf addressFamily) implements CmSap {
        @Override
        public Sap sap() {
            return outer.sap();
        }

        @Override
        public String toString() {
            return outer.toString();
        }
    }
}
