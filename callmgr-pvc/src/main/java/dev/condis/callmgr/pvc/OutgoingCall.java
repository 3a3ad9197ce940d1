// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/**
 * A VC that a client created, and the call it makes on a permanent circuit.
 * <p>
 * Idle, then Making while the miniport activates the VC, then Connected, then Closing while the miniport deactivates it, then
 * Idle again. The circuit is this call's from Making until it is Idle. Fields are guarded by the lock of the binding; nobody
 * is called while it is held.
 */
final class OutgoingCall implements CmVcContext, CircuitUser {
    private enum Phase {
        IDLE,
        MAKING,
        CONNECTED,
        CLOSING
    }

    private final PvcBinding binding;
    private final CmVc vc;

    private Phase phase = Phase.IDLE;
    private Optional<PermanentCircuit> circuit = Optional.empty();
    private boolean revoked;

    OutgoingCall(final PvcBinding binding, final CmVc vc) {
        this.binding = binding;
        this.vc = vc;
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters asked) {
        final NdisResult<CallPlan> plan;
        synchronized (binding.lock()) {
            plan = reserve(asked);
        }
        if (!plan.isSuccess()) {
            return new NdisResult<CallParameters>(plan.status(), Optional.empty(), plan.refusal()).asStage();
        }
        return Outcomes.settled(vc.activateVc(plan.get().activation()))
                .thenCompose(activated -> activated(plan.get().circuit(), asked, activated));
    }

    private NdisResult<CallPlan> reserve(final CallParameters asked) {
        if (phase != Phase.IDLE) {
            return Outcomes.refused(NdisStatus.NOT_ACCEPTED, "R75", this, phase, "the VC has a call already");
        }
        final NdisResult<CallPlan> plan = CallPlan.of(binding.settings(), asked, this);
        if (!plan.isSuccess()) {
            return plan;
        }
        final PermanentCircuit wanted = plan.get().circuit();
        final Optional<CircuitUser> user = binding.reserve(wanted, this);
        if (user.isPresent()) {
            return Outcomes.refused(
                    NdisStatus.RESOURCE_CONFLICT,
                    "S33",
                    this,
                    phase,
                    "PVC '" + wanted.name() + "' (" + wanted.flow() + ") is used by " + user.get());
        }
        circuit = Optional.of(wanted);
        phase = Phase.MAKING;
        revoked = false;
        return plan;
    }

    private CompletionStage<NdisResult<CallParameters>> activated(
            final PermanentCircuit used, final CallParameters asked, final NdisResult<CallParameters> activated) {
        if (!activated.isSuccess()) {
            idle();
            return activated.asStage();
        }
        final boolean gone;
        synchronized (binding.lock()) {
            gone = revoked;
            phase = gone ? Phase.CLOSING : Phase.CONNECTED;
        }
        if (!gone) {
            return NdisResult.success(CallPlan.answer(asked, activated.get())).asStage();
        }
        final NdisResult<CallParameters> refusal = Outcomes.refused(
                NdisStatus.VC_NOT_AVAILABLE,
                "S33",
                this,
                Phase.MAKING,
                "PVC '" + used.name() + "' was removed while the call was made");
        return Outcomes.settled(vc.deactivateVc()).thenApply(deactivated -> {
            idle();
            return refusal;
        });
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
        synchronized (binding.lock()) {
            if (phase != Phase.CONNECTED) {
                return NdisStatus.NOT_ACCEPTED.asStage();
            }
            phase = Phase.CLOSING;
        }
        return Outcomes.settled(vc.deactivateVc()).thenApply(this::deactivated);
    }

    private NdisStatus deactivated(final NdisResult<Void> result) {
        if (Outcomes.isInactive(result, vc)) {
            idle();
            return NdisStatus.SUCCESS;
        }
        synchronized (binding.lock()) {
            phase = Phase.CONNECTED;
        }
        return result.status();
    }

    private Phase phaseNow() {
        synchronized (binding.lock()) {
            return phase;
        }
    }

    private void idle() {
        final Optional<PermanentCircuit> used;
        synchronized (binding.lock()) {
            used = circuit;
            circuit = Optional.empty();
            phase = Phase.IDLE;
            used.ifPresent(c -> binding.release(c, this));
        }
        used.ifPresent(c -> binding.offerFree());
    }

    @Override
    public NdisStatus deleteVc() {
        synchronized (binding.lock()) {
            return phase == Phase.IDLE ? NdisStatus.SUCCESS : NdisStatus.NOT_ACCEPTED;
        }
    }

    @Override
    public Runnable revoke() {
        if (phase == Phase.MAKING) {
            revoked = true;
        }
        return phase == Phase.CONNECTED
                ? () -> vc.dispatchIncomingCloseCall(NdisStatus.VC_NOT_AVAILABLE, Octets.EMPTY)
                : () -> {};
    }

    @Override
    public String toString() {
        return vc.handle() + " of " + vc.addressFamily().clientName();
    }
}
