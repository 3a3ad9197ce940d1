// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.core.state.QosState;
import dev.condis.core.state.QosTable;
import dev.condis.core.state.QosTable.Event;
import dev.condis.core.state.StateTable;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Changes of the parameters of the call on one VC, by either side (contract B.9). Guarded by the lock of the VC. */
final class QosChanges {
    private static final Logger LOG = LoggerFactory.getLogger(QosChanges.class);

    private final ClientCircuit circuit;
    private final Machine<QosState, Event, QosTable.Facts> machine;
    private Optional<Change> change = Optional.empty();
    private int settledActivations;
    private Optional<CallParameters> known = Optional.empty();

    /** A change that the client asked for. */
    private static final class Change {
        private final Pending<CallParameters> pending = new Pending<>();
        private final Optional<CallParameters> before;

        /** The call manager has tried to report a change by the other side meanwhile. */
        private boolean crossed;

        Change(final Optional<CallParameters> before) {
            this.before = before;
        }
    }

    QosChanges(final ClientCircuit circuit) {
        this.circuit = circuit;
        machine = new Machine<>(QosTable.TABLE, circuit.options().clock());
    }

    /** Lock held. Client and call manager know the parameters that are in force now. */
    void settled() {
        settledActivations = circuit.activations();
        known = circuit.callParameters();
    }

    /** Lock held. The call is over. */
    void callEnded(final NdisStatus reason) {
        machine.fire(Event.CALL_ENDED, facts());
        change.ifPresent(running -> running.pending.settle(NdisResult.failure(reason), circuit.clientLane()));
        change = Optional.empty();
        known = Optional.empty();
    }

    /** Lock held. No change is under way. */
    boolean isSettled() {
        return change.isEmpty();
    }

    /** {@code NdisClModifyCallQoS}. */
    CompletionStage<NdisResult<CallParameters>> modify(final CallParameters wanted) {
        final Change started;
        synchronized (circuit.lock) {
            final StateTable.Row<QosState, Event, QosTable.Facts> row = machine.fire(Event.MODIFY, facts());
            if (!row.accepts()) {
                return this.<CallParameters>refused(row).asStage();
            }
            settledActivations = circuit.activations();
            started = new Change(circuit.callParameters());
            change = Optional.of(started);
            circuit.callManagerLane.add(circuit.whileAlive(() -> askToModify(wanted, started)));
        }
        circuit.drainLanes();
        return started.pending.returned(
                new Callout("ProtocolCmModifyCallQoS", circuit),
                circuit.options(),
                failure -> modified(failure, started));
    }

    private void askToModify(final CallParameters wanted, final Change started) {
        final Callout what = new Callout("ProtocolCmModifyCallQoS", circuit);
        Callouts.then(
                what,
                Callouts.result(what, () -> circuit.callManager().modifyCallQoS(wanted)),
                result -> modified(result, started));
    }

    private void modified(final NdisResult<CallParameters> result, final Change ended) {
        synchronized (circuit.lock) {
            if (change.filter(current -> current == ended).isEmpty()) {
                return;
            }
            change = Optional.empty();
            ended.pending.settle(result.isSuccess() ? succeeded(result) : failed(result, ended), circuit.clientLane());
            settledActivations = circuit.activations();
        }
        circuit.drainLanes();
    }

    /** Lock held. */
    private NdisResult<CallParameters> succeeded(final NdisResult<CallParameters> result) {
        final StateTable.Row<QosState, Event, QosTable.Facts> row = machine.fire(Event.MODIFY_SUCCEEDED, facts());
        if (row.accepts()) {
            known = circuit.callParameters();
            return result;
        }
        LOG.error("{}", machine.refusal(row, circuit));
        final NdisResult<CallParameters> outcome =
                NdisResult.refused(NdisStatus.FAILURE, machine.refusal(row, circuit));
        machine.fire(Event.MODIFY_FAILED, facts());
        return outcome;
    }

    /** Lock held. */
    private NdisResult<CallParameters> failed(final NdisResult<CallParameters> result, final Change ended) {
        machine.fire(Event.MODIFY_FAILED, facts());
        if (!isRestored(ended)) {
            LOG.warn("R142: the call manager fails a change on {} and has not restored the old parameters", circuit);
        }
        return result;
    }

    /**
     * Lock held. The old parameters are those in force when the change began, or those of which the client has heard: a change by the
     * other side may have been in force already, and be taken back because the client's own went before it.
     */
    private boolean isRestored(final Change ended) {
        final Optional<CallParameters> inForce = circuit.callParameters();
        return ended.crossed || inForce.equals(ended.before) || inForce.equals(known);
    }

    /** {@code Ndis(M)CmDispatchIncomingCallQoSChange}. */
    CompletionStage<NdisResult<Void>> dispatchIncoming(final CallParameters parameters) {
        final Pending<Void> pending = new Pending<>();
        synchronized (circuit.lock) {
            final StateTable.Row<QosState, Event, QosTable.Facts> row =
                    machine.fire(Event.DISPATCH_QOS_CHANGE, facts());
            if (!row.accepts()) {
                change.ifPresent(running -> running.crossed = true);
                return this.<Void>refused(row).asStage();
            }
            settled();
            circuit.clientLane().add(() -> tellClient(parameters, pending));
        }
        circuit.drainLanes();
        return pending.returned();
    }

    /** R147: the call manager answers the other side when the client has been told. */
    private void tellClient(final CallParameters parameters, final Pending<Void> pending) {
        if (circuit.state() != VcState.DELETED) {
            Callouts.run(new Callout("ProtocolClIncomingCallQoSChange", circuit), () -> circuit.clientContext()
                    .incomingCallQoSChange(circuit.clientView(), parameters));
        }
        synchronized (circuit.lock) {
            final boolean goesOn = circuit.callState() == CallState.CONNECTED;
            pending.settle(
                    goesOn ? NdisResult.success() : NdisResult.failure(NdisStatus.CLOSING), circuit.callManagerLane);
        }
        circuit.callManagerLane.drain();
    }

    private <T> NdisResult<T> refused(final StateTable.Row<QosState, Event, QosTable.Facts> row) {
        return circuit.state() == VcState.DELETED ? circuit.dead() : machine.refused(row, circuit);
    }

    private QosTable.Facts facts() {
        final boolean active = circuit.state() == VcState.ACTIVE || circuit.state() == VcState.REACTIVATING;
        return new QosTable.Facts(circuit.callState(), active, circuit.activations() > settledActivations);
    }
}
