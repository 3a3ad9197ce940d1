// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

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

/** What the change of a call's parameters must be (B.9). */
final class ModelQos {
    static final String MODIFY = "ProtocolCmModifyCallQoS";
    static final String INCOMING_CHANGE = "ProtocolClIncomingCallQoSChange";

    private final ModelVc vc;
    private final ModelCall call;
    private QosState state = QosState.STABLE;
    private Optional<Operation> change = Optional.empty();
    private boolean activatedSince;

    ModelQos(final ModelVc vc, final ModelCall call) {
        this.vc = vc;
        this.call = call;
    }

    void activated() {
        activatedSince = true;
    }

    /** Client and call manager know the parameters in force. */
    void settled() {
        activatedSince = false;
    }

    void callEnded(final NdisStatus reason) {
        fire(Event.CALL_ENDED);
        change.ifPresent(operation -> operation.settle(Outcome.of(reason)));
        change = Optional.empty();
    }

    void modify(final Operation operation, final CallParameters wanted) {
        final StateTable.Row<QosState, Event, QosTable.Facts> row = fire(Event.MODIFY);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        settled();
        change = Optional.of(operation);
        operation.failsWhenOverdue(outcome -> modified(operation, outcome));
        vc.callManager().expectWhileAlive(MODIFY, wanted, operation);
    }

    void modified(final Operation operation, final NdisResult<CallParameters> answer) {
        modified(operation, Outcome.of(answer));
    }

    private void modified(final Operation operation, final Outcome outcome) {
        if (change.filter(current -> current == operation).isEmpty()) {
            return;
        }
        change = Optional.empty();
        operation.settle(outcome.isSuccess() ? succeeded(outcome) : failed(outcome));
        settled();
    }

    private Outcome succeeded(final Outcome outcome) {
        final StateTable.Row<QosState, Event, QosTable.Facts> row = fire(Event.MODIFY_SUCCEEDED);
        return row.accepts() ? outcome : failed(Outcome.refused(NdisStatus.FAILURE, row.rule()));
    }

    private Outcome failed(final Outcome outcome) {
        fire(Event.MODIFY_FAILED);
        return outcome;
    }

    void dispatchIncomingChange(final Operation operation, final CallParameters parameters) {
        final StateTable.Row<QosState, Event, QosTable.Facts> row = fire(Event.DISPATCH_QOS_CHANGE);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        settled();
        vc.client()
                .expectWhileAlive(
                        INCOMING_CHANGE, parameters, operation, () -> operation.settle(afterIncomingChange()));
    }

    /** R146, R147: returning accepts, unless the client closes the call. */
    private Outcome afterIncomingChange() {
        return call.state() == CallState.CONNECTED ? Outcome.SUCCESS : Outcome.of(NdisStatus.CLOSING);
    }

    private StateTable.Row<QosState, Event, QosTable.Facts> fire(final Event event) {
        final boolean active = vc.state() == VcState.ACTIVE || vc.state() == VcState.REACTIVATING;
        final StateTable.Row<QosState, Event, QosTable.Facts> row = Coverage.of(
                QosTable.TABLE.decide(state, event, new QosTable.Facts(call.state(), active, activatedSince)));
        state = row.to();
        return row;
    }
}
