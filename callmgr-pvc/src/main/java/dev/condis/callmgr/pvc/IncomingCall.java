// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A VC that this call manager created for a client, and the calls that it offers there: those of one permanent circuit, one
 * after the other.
 * <p>
 * Kept (no call, no circuit), Activating, Offered, Accepted, Connected, Deactivating, Kept again or Gone; from Offered, Accepted
 * and Connected also by way of RemoteClosing, when the circuit is taken away and the client has to close the call. The circuit
 * is held in all of these but Kept and Gone. Gone is terminal. Fields are guarded by the lock of the binding; nobody is called
 * while it is held.
 */
final class IncomingCall implements CmVcContext, CircuitUser {
    private static final Logger LOG = LoggerFactory.getLogger(IncomingCall.class);

    private enum Phase {
        KEPT,
        ACTIVATING,
        OFFERED,
        ACCEPTED,
        CONNECTED,
        REMOTE_CLOSING,
        DEACTIVATING,
        GONE
    }

    private final PvcBinding binding;
    private final PvcClient client;
    private final PermanentCircuit circuit;

    private Phase phase = Phase.KEPT;
    private Optional<CmVc> created = Optional.empty();
    private Optional<PvcSap> sap = Optional.empty();
    private Optional<CompletableFuture<NdisStatus>> closing = Optional.empty();
    private boolean discard;

    IncomingCall(final PvcBinding binding, final PvcClient client, final PermanentCircuit circuit) {
        this.binding = binding;
        this.client = client;
        this.circuit = circuit;
    }

    PermanentCircuit circuit() {
        return circuit;
    }

    /** Whether the next call of the circuit can be offered here. Lock held. */
    boolean isKept() {
        return phase == Phase.KEPT && !discard;
    }

    /**
     * Takes the call up. Lock held, circuit reserved.
     *
     * @return what to do when the lock is released
     */
    Runnable offer(final PvcSap to) {
        phase = Phase.ACTIVATING;
        sap = Optional.of(to);
        return () -> create().ifPresent(vc -> Outcomes.settled(vc.activateVc(CallPlan.incoming(circuit)))
                .thenAccept(result -> activated(vc, result)));
    }

    private Optional<CmVc> create() {
        final Optional<CmVc> kept;
        synchronized (binding.lock()) {
            kept = created;
        }
        if (kept.isPresent()) {
            return kept;
        }
        final NdisResult<CmVc> result = client.af().createVc(this);
        if (!result.isSuccess()) {
            LOG.info("PVC '{}' is not offered to {}: no VC: {}", circuit.name(), client, result);
            decline();
            gone();
            return Optional.empty();
        }
        synchronized (binding.lock()) {
            created = result.value();
        }
        return result.value();
    }

    private void activated(final CmVc vc, final NdisResult<CallParameters> result) {
        if (!result.isSuccess()) {
            LOG.warn("PVC '{}' ({}) cannot be activated on {}: {}", circuit.name(), circuit.flow(), binding, result);
            decline();
            delete(vc, Phase.ACTIVATING);
            return;
        }
        final boolean unwanted;
        synchronized (binding.lock()) {
            unwanted = discard;
            phase = unwanted ? Phase.DEACTIVATING : Phase.OFFERED;
        }
        if (unwanted) {
            deactivate(vc);
            return;
        }
        final CallParameters offered = CallPlan.answer(CallPlan.incoming(circuit), result.get());
        Outcomes.settled(vc.dispatchIncomingCall(sapOfCall().handle(), offered))
                .thenAccept(answer -> answered(vc, offered, answer));
    }

    private PvcSap sapOfCall() {
        synchronized (binding.lock()) {
            return sap.orElseThrow(() -> new IllegalStateException(this + " was never offered"));
        }
    }

    private void answered(final CmVc vc, final CallParameters offered, final NdisResult<CallParameters> answer) {
        synchronized (binding.lock()) {
            if (phase != Phase.OFFERED) {
                return;
            }
            phase = answer.isSuccess() ? Phase.ACCEPTED : Phase.DEACTIVATING;
        }
        if (!answer.isSuccess()) {
            decline();
            discard();
            deactivate(vc);
        } else if (isChanged(offered, answer.get())) {
            // R137: the quality of a permanent circuit is not negotiable.
            closeRemotely(NdisStatus.NOT_SUPPORTED);
        } else {
            Outcomes.settled(vc.dispatchCallConnected()).thenAccept(this::connected);
        }
    }

    private static boolean isChanged(final CallParameters offered, final CallParameters accepted) {
        return accepted.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)
                && !(accepted.media().equals(offered.media())
                        && accepted.callManager().equals(offered.callManager()));
    }

    private void connected(final NdisResult<Void> result) {
        if (!result.isSuccess()) {
            closeRemotely(result.status());
            return;
        }
        synchronized (binding.lock()) {
            if (phase == Phase.ACCEPTED) {
                phase = Phase.CONNECTED;
            }
        }
    }

    /** Has the client close its call, or gives the circuit up at once when there is no call yet. */
    void closeRemotely(final NdisStatus status) {
        final Runnable effect;
        synchronized (binding.lock()) {
            effect = endCall(status);
        }
        effect.run();
    }

    private Runnable endCall(final NdisStatus status) {
        return switch (phase) {
            case OFFERED, ACCEPTED, CONNECTED -> {
                phase = Phase.REMOTE_CLOSING;
                yield () -> created.ifPresent(vc -> dispatchClose(vc, status));
            }
            case KEPT -> {
                discard = true;
                yield this::deleteKept;
            }
            case ACTIVATING, DEACTIVATING, REMOTE_CLOSING -> {
                discard = true;
                yield () -> {};
            }
            case GONE -> () -> {};
        };
    }

    private void dispatchClose(final CmVc vc, final NdisStatus status) {
        if (vc.dispatchIncomingCloseCall(status, Octets.EMPTY).isSuccess()) {
            return;
        }
        synchronized (binding.lock()) {
            if (phase != Phase.REMOTE_CLOSING) {
                return;
            }
            phase = Phase.DEACTIVATING;
        }
        // There was no call that could be closed: the client rejected it at the same moment.
        deactivate(vc);
    }

    /** {@inheritDoc} The VC goes with the circuit. */
    @Override
    public Runnable revoke() {
        final Runnable effect = endCall(NdisStatus.VC_NOT_AVAILABLE);
        discard = true;
        return effect;
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
        return Outcomes.<CallParameters>refused(
                        NdisStatus.NOT_ACCEPTED, "R60", this, phaseNow(), "the VC belongs to incoming calls")
                .asStage();
    }

    private Phase phaseNow() {
        synchronized (binding.lock()) {
            return phase;
        }
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters asked) {
        return Outcomes.notNegotiable(this, phaseNow());
    }

    @Override
    public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
        if (closeData.length() > 0) {
            // R152: a permanent circuit has no signaling that could carry it.
            return NdisStatus.INVALID_DATA.asStage();
        }
        final CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
        final Phase before;
        synchronized (binding.lock()) {
            before = phase;
            if (before == Phase.ACTIVATING || before == Phase.KEPT || before == Phase.GONE || closing.isPresent()) {
                return NdisStatus.NOT_ACCEPTED.asStage();
            }
            closing = Optional.of(closed);
            phase = Phase.DEACTIVATING;
            if (before != Phase.REMOTE_CLOSING) {
                sap.ifPresent(s -> s.decline(circuit));
            }
        }
        if (before != Phase.DEACTIVATING) {
            created.ifPresent(this::deactivate);
        }
        return closed;
    }

    private void deactivate(final CmVc vc) {
        Outcomes.settled(vc.deactivateVc()).thenAccept(result -> deactivated(vc, result));
    }

    private void deactivated(final CmVc vc, final NdisResult<Void> result) {
        final boolean inactive = Outcomes.isInactive(result, vc);
        final Optional<CompletableFuture<NdisStatus>> waiting;
        final boolean unwanted;
        synchronized (binding.lock()) {
            waiting = closing;
            closing = Optional.empty();
            unwanted = discard || client.isClosing();
            if (inactive) {
                phase = Phase.KEPT;
                binding.release(circuit, this);
            } else if (waiting.isPresent()) {
                phase = Phase.CONNECTED;
            }
        }
        waiting.ifPresent(stage -> stage.complete(inactive ? NdisStatus.SUCCESS : result.status()));
        if (inactive && unwanted) {
            deleteKept();
        } else if (!inactive && waiting.isEmpty()) {
            LOG.error(
                    "PVC '{}': {} cannot be deactivated and is left to the core: {}",
                    circuit.name(),
                    vc.handle(),
                    result);
            gone();
        }
        if (inactive) {
            binding.offerFree();
        }
    }

    /** Deletes a VC without a call (R107). One whose close is still being reported stays until the next occasion. */
    void deleteKept() {
        final Optional<CmVc> vc;
        synchronized (binding.lock()) {
            vc = created;
        }
        vc.filter(v -> v.callState() == CallState.IDLE).ifPresent(v -> delete(v, Phase.KEPT));
    }

    private void delete(final CmVc vc, final Phase from) {
        synchronized (binding.lock()) {
            if (phase != from) {
                return;
            }
            phase = Phase.GONE;
            binding.release(circuit, this);
        }
        final NdisResult<Void> result = vc.deleteVc();
        final boolean stays;
        synchronized (binding.lock()) {
            stays = !result.isSuccess() && !client.isClosing();
            phase = stays ? Phase.KEPT : Phase.GONE;
        }
        if (!result.isSuccess()) {
            LOG.debug("{} of PVC '{}' is not deleted now: {}", vc.handle(), circuit.name(), result);
        }
        if (!stays) {
            gone();
        }
    }

    private void gone() {
        synchronized (binding.lock()) {
            phase = Phase.GONE;
            binding.release(circuit, this);
        }
        client.remove(this);
    }

    private void decline() {
        synchronized (binding.lock()) {
            sap.ifPresent(s -> s.decline(circuit));
        }
    }

    private void discard() {
        synchronized (binding.lock()) {
            discard = true;
        }
    }

    @Override
    public NdisStatus deleteVc() {
        // R106: the client does not delete what it did not create.
        return NdisStatus.NOT_ACCEPTED;
    }

    @Override
    public String toString() {
        return "an incoming call of " + client;
    }
}
