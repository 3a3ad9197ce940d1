// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.SapState;
import dev.condis.core.state.SapTable;
import dev.condis.core.state.SapTable.Event;
import dev.condis.core.state.StateTable;
import java.util.Optional;

/** What a SAP must be (B.5). */
final class ModelSap {
    static final String REGISTER = "ProtocolCmRegisterSap";
    static final String DEREGISTER = "ProtocolCmDeregisterSap";

    private final String name;
    private final ModelAf af;
    private final ModelLane client;
    private final ModelLane callManager;
    private Operation registering;
    private Optional<Operation> deregistering = Optional.empty();
    private SapState state = SapState.NONE;

    ModelSap(final String name, final ModelAf af, final Trace trace) {
        this.name = name;
        this.af = af;
        client = new ModelLane("the client about " + name, trace);
        callManager = new ModelLane("the call manager about " + name, trace);
    }

    ModelAf addressFamily() {
        return af;
    }

    ModelLane client() {
        return client;
    }

    ModelLane callManager() {
        return callManager;
    }

    void register(final Operation operation) {
        fire(Event.REGISTER);
        registering = operation;
        operation.failsWhenOverdue(outcome -> registered(false, outcome));
        callManager.expect(REGISTER, name);
    }

    void registered(final NdisResult<?> answer) {
        registered(answer.isSuccess(), Outcome.of(answer).withoutValue());
    }

    private void registered(final boolean success, final Outcome outcome) {
        final boolean accepted =
                fire(success ? Event.REGISTER_SUCCEEDED : Event.REGISTER_FAILED).accepts();
        if (!accepted || !success) {
            if (success) {
                callManager.expect(DEREGISTER, name);
            }
            af.removed(this);
        }
        registering.settle(accepted ? outcome : Outcome.of(NdisStatus.CLOSING));
    }

    void deregister(final Operation operation) {
        final StateTable.Row<SapState, Event, SapTable.Facts> row = fire(Event.DEREGISTER);
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
            return;
        }
        deregistering = Optional.of(operation);
        operation.failsWhenOverdue(this::deregistered);
        callManager.expect(DEREGISTER, name);
    }

    /** C20: a call manager cannot fail it, its status is passed on. */
    void deregistered(final NdisStatus status) {
        deregistered(Outcome.of(status));
    }

    private void deregistered(final Outcome outcome) {
        fire(Event.DEREGISTER_COMPLETED);
        af.removed(this);
        deregistering.ifPresent(operation -> operation.settle(outcome));
    }

    boolean acceptsCalls() {
        return Coverage.of(SapTable.TABLE.decide(state, Event.DISPATCH_INCOMING_CALL, SapTable.Facts.NONE))
                .accepts();
    }

    void remove(final NdisStatus reason) {
        if (state == SapState.REGISTERED) {
            callManager.expect(DEREGISTER, name);
        }
        fire(Event.REMOVE);
        registering.settle(Outcome.of(reason));
        deregistering.ifPresent(operation -> operation.settle(Outcome.of(reason)));
        deregistering = Optional.empty();
    }

    boolean isGone() {
        return state == SapState.GONE;
    }

    private StateTable.Row<SapState, Event, SapTable.Facts> fire(final Event event) {
        final StateTable.Row<SapState, Event, SapTable.Facts> row =
                Coverage.of(SapTable.TABLE.decide(state, event, SapTable.Facts.NONE));
        state = row.to();
        return row;
    }

    @Override
    public String toString() {
        return name;
    }
}
