// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Transition;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.VcTable;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A call manager's VC to the switch: no client, no call; the data path is open while the VC is active. */
final class SignalingCircuit extends VirtualCircuit {
    private static final Logger LOG = LoggerFactory.getLogger(SignalingCircuit.class);

    private final SignalingVcContext context;
    private final Consumer<SignalingCircuit> whenGone;
    private final Owner owner;
    private final Loopback loopback;
    private final View view = new View();

    /**
     * The call manager of a signaling VC.
     *
     * @param listener hears of statuses
     * @param traffic what lets packets pass
     * @param holdLimit how many NBLs may wait while no backend can take them
     */
    record Owner(Listener listener, Traffic traffic, LongSupplier holdLimit) {}

    SignalingCircuit(
            final VcName name,
            final SignalingVcContext context,
            final Owner owner,
            final Loopback loopback,
            final EngineOptions options,
            final Consumer<SignalingCircuit> whenGone) {
        super(name, VcSnapshot.Creator.CALL_MANAGER_SIGNALING, options);
        this.context = context;
        this.owner = owner;
        this.loopback = loopback;
        this.whenGone = whenGone;
    }

    SignalingVc view() {
        return view;
    }

    NdisResult<Void> delete() {
        final Optional<NdisResult<Void>> refusal = refusesDelete(VcTable.Event.DELETE, true);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        deleted();
        whenGone.accept(this);
        return NdisResult.success();
    }

    /** Deactivates and deletes; completes when the VC is gone or nothing more can be done. */
    CompletionStage<NdisResult<Void>> shutDown() {
        return switch (state()) {
            case DELETED -> NdisResult.success().asStage();
            case ACTIVE ->
                deactivate().thenCompose(result -> result.isSuccess() ? delete().asStage() : result.asStage());
            case DEACTIVATING -> whenInactive().thenCompose(inactive -> delete().asStage());
            default -> delete().asStage();
        };
    }

    @Override
    boolean isMcmVc() {
        return false;
    }

    @Override
    void expire(final NdisStatus reason) {
        remove();
    }

    @Override
    long holdLimit() {
        return owner.holdLimit().getAsLong();
    }

    void remove() {
        synchronized (lock) {
            remove(NdisStatus.ADAPTER_REMOVED);
        }
        drainLanes();
        whenGone.accept(this);
    }

    @Override
    void indicateStatus(final StatusIndication indication) {
        final Runnable callback = () -> context.status(view, indication);
        StatusIndications.indicate(this, indication, List.of(new StatusIndications.Hearer(owner.listener(), callback)));
    }

    @Override
    Traffic traffic() {
        return owner.traffic();
    }

    @Override
    Loopback loopback() {
        return loopback;
    }

    @Override
    CallState callState() {
        return CallState.IDLE;
    }

    @Override
    boolean callAccepts(final VcTable.Event transfer) {
        return true;
    }

    @Override
    boolean callAwaitsConnection() {
        return false;
    }

    @Override
    NdisStatus callRefusesSend() {
        return NdisStatus.VC_NOT_ACTIVATED;
    }

    @Override
    void becameInactive() {
        // nothing is above
    }

    @Override
    void becameActive() {
        // nothing is above
    }

    @Override
    void transfersEnded() {
        // nothing is above
    }

    @Override
    void drainLanesAbove() {
        // the call manager's lane is the only one
    }

    @Override
    void deliverReceive(final NetBufferList nbls, final int flags) {
        context.receiveNetBufferLists(view, nbls, flags);
    }

    @Override
    void deliverSendComplete(final NetBufferList nbls, final int flags) {
        try {
            context.sendNetBufferListsComplete(view, nbls, flags);
        } catch (final RuntimeException | Error e) {
            LOG.error("ProtocolCoSendNetBufferListsComplete of {} threw", this, e);
        }
    }

    @Override
    Optional<String> clientName() {
        return Optional.empty();
    }

    @Override
    Optional<Transition> lastCallTransition() {
        return Optional.empty();
    }

    private final class View implements SignalingVc {
        @Override
        public NdisVcHandle handle() {
            return SignalingCircuit.this;
        }

        @Override
        public VcState state() {
            return SignalingCircuit.this.state();
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            return activate(Objects.requireNonNull(parameters, "parameters"));
        }

        @Override
        public CompletionStage<NdisResult<Void>> deactivateVc() {
            return deactivate();
        }

        @Override
        public NdisResult<Void> deleteVc() {
            return delete();
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            send(nbls, flags);
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            returnReceived(nbls, flags);
        }

        @Override
        public String toString() {
            return SignalingCircuit.this.toString();
        }
    }
}
