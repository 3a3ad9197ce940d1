// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.core.state.CallTables;
import dev.condis.core.state.CallTables.Event;
import dev.condis.core.state.CallTables.Facts;
import dev.condis.core.state.StateTable;
import java.util.List;
import java.util.Optional;

/** What the call on a VC must be (B.7, B.8), with its parties and the change of its parameters. */
final class ModelCall {
    static final String MAKE_CALL = "ProtocolCmMakeCall";
    static final String CLOSE_CALL = "ProtocolCmCloseCall";
    static final String CLOSE_LATE_CALL = "ProtocolCmCloseCall with the party of a call that was given up";
    static final String INCOMING_CALL = "ProtocolClIncomingCall";
    static final String CALL_CONNECTED = "ProtocolClCallConnected";
    static final String INCOMING_CLOSE_CALL = "ProtocolClIncomingCloseCall";

    private final ModelVc vc;
    private final ModelLane client;
    private final ModelLane callManager;
    private final StateTable<CallState, Event, Facts> table;
    private final ModelParties parties;
    private final ModelQos qos;
    private final Trace trace;

    private CallState state = CallState.IDLE;
    private Optional<Operation> making = Optional.empty();
    private Optional<Operation> offer = Optional.empty();
    private Optional<Operation> connecting = Optional.empty();
    private Optional<Closing> closing = Optional.empty();
    private Optional<Runnable> failedCall = Optional.empty();
    private boolean closedByRemote;
    private boolean toldOfClose;
    private boolean readyToReceive;
    private int number;

    /** A close that waits for the client's sends (R148), the call manager and the VC (C5). */
    private static final class Closing {
        private final Operation operation;
        private final Octets closeData;
        private final boolean waitsForSends;
        private boolean asked;
        private boolean completedByCallManager;

        Closing(final Operation operation, final Octets closeData, final boolean waitsForSends) {
            this.operation = operation;
            this.closeData = closeData;
            this.waitsForSends = waitsForSends;
        }
    }

    ModelCall(final ModelVc vc, final Trace trace) {
        this.vc = vc;
        this.trace = trace;
        client = vc.client();
        callManager = vc.callManager();
        table = vc.isByClient() ? CallTables.OUTGOING : CallTables.INCOMING;
        parties = new ModelParties(vc, this);
        qos = new ModelQos(vc, this);
    }

    // --- outgoing calls ---

    void make(final Operation operation, final CallParameters wanted, final Optional<ModelParty> first) {
        final StateTable.Row<CallState, Event, Facts> row = fire(Event.MAKE_CALL);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        begin(first);
        making = Optional.of(operation);
        operation.failsWhenOverdue(outcome -> made(operation, outcome, first));
        callManager.expectWhileAlive(MAKE_CALL, wanted, operation);
    }

    private void begin(final Optional<ModelParty> first) {
        parties.callBegins(first);
        closedByRemote = false;
        readyToReceive = false;
        toldOfClose = false;
        number++;
    }

    void made(final Operation operation, final NdisResult<CallParameters> answer, final Optional<ModelParty> first) {
        made(operation, Outcome.of(answer), first);
    }

    private void made(final Operation operation, final Outcome outcome, final Optional<ModelParty> first) {
        if (!isCurrent(making, operation)) {
            closeAgain(outcome, first);
            return;
        }
        making = Optional.empty();
        if (outcome.isSuccess()) {
            connect(operation, outcome);
        } else {
            fail(operation, outcome);
        }
        vc.runOwn();
    }

    /** R121: the VC must be active. */
    private void connect(final Operation operation, final Outcome outcome) {
        final StateTable.Row<CallState, Event, Facts> row = fire(Event.MAKE_CALL_SUCCEEDED);
        if (row.accepts()) {
            readyToReceive = true;
            parties.callMade();
            qos.settled();
            operation.settle(outcome);
        } else {
            fail(operation, Outcome.refused(NdisStatus.FAILURE, row.rule()));
        }
    }

    /** C29: the client hears of it when the VC is inactive, so that it can delete it or call again. */
    private void fail(final Operation operation, final Outcome outcome) {
        fire(Event.MAKE_CALL_FAILED);
        ended(outcome.status());
        if (vc.state() == VcState.INACTIVE || vc.state() == VcState.DEACTIVATING) {
            operation.settle(outcome);
        } else {
            failedCall = Optional.of(() -> operation.settle(outcome));
            vcIsActive();
        }
    }

    /** E2: the call manager has made a call that was given up; a multipoint call is closed with its party (R153). */
    private void closeAgain(final Outcome outcome, final Optional<ModelParty> first) {
        if (outcome.isSuccess() && vc.state() != VcState.DELETED && state == CallState.IDLE) {
            first.ifPresentOrElse(
                    party -> callManager.expectWhileAlive(CLOSE_LATE_CALL, party.toString()),
                    () -> callManager.expectWhileAlive(CLOSE_CALL, Octets.EMPTY));
        }
    }

    private void reportFailedCall() {
        final Optional<Runnable> report = failedCall;
        failedCall = Optional.empty();
        report.ifPresent(Runnable::run);
    }

    // --- incoming calls ---

    void dispatchIncoming(final Operation operation, final ModelSap sap, final CallParameters offered) {
        final boolean usable = sap.addressFamily() == vc.addressFamily() && sap.acceptsCalls();
        final StateTable.Row<CallState, Event, Facts> row = fire(Event.DISPATCH_INCOMING_CALL, usable);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        begin(Optional.empty());
        offer = Optional.of(operation);
        operation.failsWhenOverdue(outcome -> answered(operation, outcome));
        client.expectWhileAlive(INCOMING_CALL, offered, operation);
    }

    /** R131: also when the call is over meanwhile. */
    void answered(final Operation operation, final NdisResult<CallParameters> answer) {
        answered(operation, Outcome.of(answer));
    }

    private void answered(final Operation operation, final Outcome outcome) {
        if (!isCurrent(offer, operation)) {
            return;
        }
        fire(outcome.isSuccess() ? Event.INCOMING_CALL_ACCEPTED : Event.INCOMING_CALL_REJECTED);
        offer = Optional.empty();
        if (state == CallState.IDLE) {
            ended(NdisStatus.CLOSING);
        }
        operation.settle(outcome);
    }

    void dispatchConnected(final Operation operation) {
        final StateTable.Row<CallState, Event, Facts> row = fire(Event.DISPATCH_CALL_CONNECTED);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        connecting = Optional.of(operation);
        qos.settled();
        final int connected = number;
        client.expectWhileAlive(CALL_CONNECTED, vc.name(), operation, () -> connected(operation, connected));
    }

    /** R138: data reaches the client when its callback has returned. */
    private void connected(final Operation operation, final int connected) {
        if (number == connected) {
            readyToReceive = true;
        }
        operation.settle(Outcome.SUCCESS);
    }

    // --- the end of a call ---

    Outcome dispatchIncomingClose(final NdisStatus closeStatus) {
        final StateTable.Row<CallState, Event, Facts> row = fire(Event.DISPATCH_INCOMING_CLOSE_CALL);
        if (!row.accepts()) {
            return vc.refused(row);
        }
        closedByRemote = true;
        if (isNewsOfClose()) {
            client.expectWhileAlive(INCOMING_CLOSE_CALL, closeStatus);
        }
        return Outcome.SUCCESS;
    }

    /** A client hears once that its call is over. */
    private boolean isNewsOfClose() {
        final boolean news = !toldOfClose;
        toldOfClose = true;
        return news;
    }

    void close(final Operation operation, final Octets closeData) {
        final boolean connected = state == CallState.CONNECTED;
        final StateTable.Row<CallState, Event, Facts> row = fire(Event.CLOSE_CALL);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        closing = Optional.of(new Closing(operation, closeData, connected));
        operation.failsWhenOverdue(outcome -> closed(operation, outcome));
        qos.callEnded(NdisStatus.CLOSING);
        transfersEnded();
    }

    /** R148: the call manager hears of the close when the client has its sends back. */
    void transfersEnded() {
        closing.filter(c -> !c.asked && (!c.waitsForSends || vc.sends().isEmpty()))
                .ifPresent(c -> {
                    c.asked = true;
                    callManager.expectWhileAlive(CLOSE_CALL, c.closeData, c.operation);
                });
    }

    void closed(final Operation operation, final NdisStatus status) {
        closed(operation, Outcome.of(status));
    }

    private void closed(final Operation operation, final Outcome outcome) {
        final Optional<Closing> current = closing.filter(c -> c.operation == operation);
        if (current.isEmpty()) {
            return;
        }
        if (outcome.isSuccess()) {
            current.get().completedByCallManager = true;
            finishClose();
        } else {
            fire(Event.CLOSE_CALL_FAILED);
            closing = Optional.empty();
            operation.settle(outcome);
        }
    }

    /** C5: the client hears of the close when the VC is inactive. */
    private void finishClose() {
        final Optional<Closing> running = closing.filter(c -> c.completedByCallManager);
        if (running.isEmpty() || !fire(Event.CLOSE_CALL_SUCCEEDED).accepts()) {
            return;
        }
        closing = Optional.empty();
        closedByRemote = false;
        ended(NdisStatus.CLOSING);
        offer.ifPresent(operation -> operation.settle(Outcome.of(NdisStatus.CLOSING)));
        offer = Optional.empty();
        running.get().operation.settle(Outcome.SUCCESS);
    }

    private void ended(final NdisStatus reason) {
        parties.callEnded(reason);
        qos.callEnded(reason);
    }

    // --- what happens to the VC ---

    void vcBecameInactive() {
        reportFailedCall();
        finishClose();
    }

    /** R123, C29: the VC of a call that failed does not stay active. */
    void vcIsActive() {
        if (failedCall.isPresent() && vc.state() == VcState.ACTIVE) {
            callManager.expectOwn(this::deactivateForCallManager);
        }
    }

    private void deactivateForCallManager() {
        final Operation own = new Operation("the core's deactivation of " + vc.name(), callManager);
        final boolean asksNow = vc.asksMiniportNow();
        vc.deactivate(own);
        own.whenSettled(this::deactivatedForCallManager);
        if (asksNow && own.isPending()) {
            own.asksInside();
        }
    }

    private void deactivatedForCallManager(final Outcome outcome) {
        if (!outcome.isSuccess() && vc.state() == VcState.ACTIVE) {
            reportFailedCall();
        }
    }

    /** The VC is deleted: what the drivers have not heard by now they do not hear any more. */
    void forgetsWhatNeedsLife() {
        callManager.forgetWhatNeedsLife();
        client.forgetWhatNeedsLife();
    }

    /** The VC is removed (H.2); {@code known} tells whether the drivers know of it. */
    void remove(final NdisStatus reason, final boolean known) {
        final boolean inCall = state != CallState.IDLE && state != CallState.MAKING && state != CallState.CLOSING;
        fire(Event.REMOVE);
        toldOfClose = toldOfClose && !client.forget(INCOMING_CLOSE_CALL);
        callManager.forgetWhatNeedsLife();
        final List<ModelLane.Item> unheard = client.forgetWhatNeedsLife();
        settleAll(Outcome.of(reason));
        if (known) {
            callManager.expect(ModelVc.DELETE_AT_CALL_MANAGER, vc.name());
        }
        if (known && vc.addressFamily().clientStays()) {
            if (inCall && isNewsOfClose()) {
                client.expect(INCOMING_CLOSE_CALL, reason);
            }
            client.expect(ModelVc.DELETE_AT_CLIENT, vc.name());
        }
        unheard.stream()
                .filter(item -> item.callback().equals(ModelQos.INCOMING_CHANGE))
                .forEach(item -> item.of().settle(Outcome.of(NdisStatus.CLOSING)));
    }

    private void settleAll(final Outcome outcome) {
        making.ifPresent(operation -> operation.settle(outcome));
        offer.ifPresent(operation -> operation.settle(outcome));
        connecting.ifPresent(operation -> operation.settle(outcome));
        closing.ifPresent(c -> c.operation.settle(outcome));
        ended(outcome.status());
        reportFailedCall();
        making = Optional.empty();
        offer = Optional.empty();
        connecting = Optional.empty();
        closing = Optional.empty();
    }

    // --- common ---

    CallState state() {
        return state;
    }

    boolean isIdle() {
        return state == CallState.IDLE;
    }

    ModelParties parties() {
        return parties;
    }

    ModelQos qos() {
        return qos;
    }

    NdisStatus sendStatus() {
        return Coverage.of(table.decide(state, Event.SEND, facts(false))).status();
    }

    boolean takesReceives() {
        return Coverage.of(table.decide(state, Event.INDICATE, facts(false))).accepts() && readyToReceive;
    }

    /** R125, R138: the other side may send, and the client is not ready. */
    boolean awaitsConnection() {
        return state == CallState.MAKING
                || state == CallState.ACCEPTED
                || state == CallState.CONNECTED && !readyToReceive;
    }

    private static boolean isCurrent(final Optional<Operation> current, final Operation operation) {
        return current.filter(o -> o == operation).isPresent();
    }

    private Facts facts(final boolean sapUsable) {
        return new Facts(
                vc.state(),
                vc.addressFamily().isOpen(),
                sapUsable,
                closedByRemote,
                parties.connected().size() > 1);
    }

    private StateTable.Row<CallState, Event, Facts> fire(final Event event) {
        return fire(event, false);
    }

    private StateTable.Row<CallState, Event, Facts> fire(final Event event, final boolean sapUsable) {
        final StateTable.Row<CallState, Event, Facts> row = Coverage.of(table.decide(state, event, facts(sapUsable)));
        if (row.to() != state) {
            trace.say("  " + vc.name() + ": call " + state + " -> " + row.to());
        }
        state = row.to();
        return row;
    }
}
