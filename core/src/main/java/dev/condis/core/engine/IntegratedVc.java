// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's VC inside an MCM: what the call manager half sees of it, and the joint of the two halves. One control operation at a
 * time; the state of the VC is the adapter's.
 */
final class IntegratedVc implements CmVc {
    private static final Logger LOG = LoggerFactory.getLogger(IntegratedVc.class);

    private final CmAf af;
    private final AtomicBoolean busy = new AtomicBoolean();
    private final OuterContext outerContext = new OuterContext();
    private volatile McmVcView outer;
    private volatile CmVcContext callManager;
    private volatile MiniportVcContext miniport;
    private volatile boolean activeAtHalf;
    private volatile boolean goneAtHalf;

    IntegratedVc(final CmAf af) {
        this.af = af;
    }

    // --- creation and deletion
    // ----------------------------------------------------------------------------------------------

    void attachOuter(final McmVc vc) {
        outer = (McmVcView) vc;
    }

    void attachCallManager(final CmVcContext context) {
        callManager = context;
    }

    McmVcContext outerContext() {
        return outerContext;
    }

    NdisResult<Void> createAt(final CoMiniport half) {
        final NdisResult<MiniportVcContext> created = Callouts.resultNow(
                "the miniport half's creation of " + this, () -> half.createVc(new MiniportVcView(outer.circuit)));
        if (!created.isSuccess()) {
            return new NdisResult<>(created.status(), Optional.empty(), created.refusal());
        }
        miniport = created.get();
        // packets go straight to the half
        outer.circuit.attachDataPath(miniport);
        return NdisResult.success();
    }

    void deleteAtHalf() {
        final MiniportVcContext context = miniport;
        if (context != null) {
            goneAtHalf = true;
            Callouts.statusNow("the miniport half's deletion of " + this, context::deleteVc);
        }
    }

    /** The adapter has taken the VC away whatever its state: the halves follow, and neither can refuse. */
    private NdisStatus removeAtHalves() {
        if (activeAtHalf) {
            activeAtHalf = false;
            Callouts.status("the miniport half's deactivation of " + this, miniport::deactivateVc);
        }
        final NdisStatus status =
                Callouts.statusNow("the call manager half's deletion of " + this, callManager::deleteVc);
        deleteAtHalf();
        return status;
    }

    @Override
    public NdisResult<Void> deleteVc() {
        final NdisResult<Void> result = outer.deleteVc();
        if (result.isSuccess()) {
            deleteAtHalf();
        }
        return result;
    }

    // --- activation and deactivation
    // ----------------------------------------------------------------------------------------

    @Override
    public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
        Objects.requireNonNull(parameters, "parameters");
        final Optional<NdisResult<CallParameters>> refusal =
                outer.circuit.<CallParameters>refusesMcmActivate().or(this::begin);
        if (refusal.isPresent()) {
            return refusal.get().asStage();
        }
        final Pending<CallParameters> pending = new Pending<>();
        Callouts.result("the miniport half's activation of " + this, () -> miniport.activateVc(parameters))
                .thenAccept(result -> activatedAtHalf(result, pending));
        return pending.returned();
    }

    private void activatedAtHalf(final NdisResult<CallParameters> result, final Pending<CallParameters> pending) {
        final NdisResult<CallParameters> outcome =
                result.isSuccess() ? outer.circuit.mcmActivate(result.get()) : result;
        if (outcome.isSuccess()) {
            activeAtHalf = true;
        } else if (result.isSuccess() && !goneAtHalf) {
            // the VC was taken away while the half was at work
            Callouts.status("the miniport half's deactivation of " + this, miniport::deactivateVc);
        }
        busy.set(false);
        settle(pending, outcome);
    }

    @Override
    public CompletionStage<NdisResult<Void>> deactivateVc() {
        if (outer.state() != VcState.ACTIVE) {
            return outer.deactivateVc();
        }
        final Optional<NdisResult<Void>> refusal = begin();
        if (refusal.isPresent()) {
            return refusal.get().asStage();
        }
        final Pending<Void> pending = new Pending<>();
        final Joint joint = new Joint(pending);
        activeAtHalf = false;
        outer.circuit.drainForMcm(joint::transfersOver);
        Callouts.status("the miniport half's deactivation of " + this, miniport::deactivateVc)
                .thenAccept(joint::halfDeactivated);
        return pending.returned();
    }

    private <T> Optional<NdisResult<T>> begin() {
        if (busy.compareAndSet(false, true)) {
            return Optional.empty();
        }
        return Optional.of(outer.circuit.refused(
                NdisStatus.NOT_ACCEPTED, "B.6.12", "an activation or deactivation is pending inside the MCM"));
    }

    private <T> void settle(final Pending<T> pending, final NdisResult<T> result) {
        synchronized (outer.circuit.lock) {
            pending.settle(result, outer.circuit.callManagerLane);
        }
        outer.circuit.callManagerLane.drain();
    }

    /** A deactivation: over when the half has deactivated and the last transfer has come back, whichever is later. */
    private final class Joint {
        private final Pending<Void> pending;
        private boolean halfThrough;
        private boolean transfersThrough;

        Joint(final Pending<Void> pending) {
            this.pending = pending;
        }

        void transfersOver() {
            finishIf(() -> transfersThrough = true);
        }

        void halfDeactivated(final NdisStatus status) {
            if (status.isSuccess()) {
                finishIf(() -> halfThrough = true);
                return;
            }
            activeAtHalf = true;
            outer.circuit.endDrainForMcm();
            busy.set(false);
            settle(pending, NdisResult.failure(status));
        }

        private void finishIf(final Runnable step) {
            final boolean through;
            synchronized (this) {
                step.run();
                through = halfThrough && transfersThrough;
            }
            if (through) {
                final NdisResult<Void> result = outer.circuit.mcmDeactivate();
                if (!result.isSuccess()) {
                    LOG.warn("{} is deactivated at its miniport half, but {}", IntegratedVc.this, result);
                }
                busy.set(false);
                settle(pending, result);
            }
        }
    }

    // --- calls
    // --------------------------------------------------------------------------------------------------------------

    @Override
    public CompletionStage<NdisResult<CallParameters>> dispatchIncomingCall(
            final CmSap sap, final CallParameters parameters) {
        final CmSap outerSap = sap instanceof IntegratedBinding.IntegratedSap integrated ? integrated.outer() : sap;
        return outer.dispatchIncomingCall(outerSap, parameters);
    }

    @Override
    public CompletionStage<NdisResult<Void>> dispatchCallConnected() {
        return outer.dispatchCallConnected();
    }

    @Override
    public NdisResult<Void> dispatchIncomingCloseCall(final NdisStatus closeStatus, final Octets closeData) {
        return outer.dispatchIncomingCloseCall(closeStatus, closeData);
    }

    @Override
    public NdisVcHandle handle() {
        return outer.handle();
    }

    @Override
    public CmAf addressFamily() {
        return af;
    }

    @Override
    public VcState state() {
        return outer.state();
    }

    @Override
    public CallState callState() {
        return outer.callState();
    }

    @Override
    public Optional<CallParameters> callParameters() {
        return outer.callParameters();
    }

    @Override
    public String toString() {
        return String.valueOf(outer);
    }

    /** What the adapter calls. Packets do not come this way: the adapter has the half's context for them. */
    final class OuterContext implements McmVcContext {
        /** The half's context, as soon as there is one. */
        VcDataPath dataPath() {
            final VcDataPath half = miniport;
            return half == null ? this : half;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return callManager.makeCall(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            return callManager.closeCall(closeData);
        }

        @Override
        public NdisStatus deleteVc() {
            if (outer.state() == VcState.DELETED) {
                return removeAtHalves();
            }
            final NdisStatus status = callManager.deleteVc();
            if (status.isSuccess()) {
                deleteAtHalf();
            }
            return status;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            miniport.sendNetBufferLists(nbls, flags);
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            miniport.returnNetBufferLists(nbls, flags);
        }
    }
}
