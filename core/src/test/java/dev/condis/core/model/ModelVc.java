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
import dev.condis.core.state.StateTable;
import dev.condis.core.state.VcTable;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a VC and the call on it must be (B.6, B.7, B.8), and who must hear what. Every step is decided by the tables; what follows from
 * one is written here a second time, after the contract.
 */
final class ModelVc {
    static final String CREATE_AT_MINIPORT = "MiniportCoCreateVc";
    static final String CREATE_AT_CALL_MANAGER = "ProtocolCoCreateVc of the call manager";
    static final String CREATE_AT_CLIENT = "ProtocolCoCreateVc of the client";
    static final String DELETE_AT_MINIPORT = "MiniportCoDeleteVc";
    static final String DELETE_AT_CALL_MANAGER = "ProtocolCoDeleteVc of the call manager";
    static final String DELETE_AT_CLIENT = "ProtocolCoDeleteVc of the client";
    static final String ACTIVATE = "MiniportCoActivateVc";
    static final String DEACTIVATE = "MiniportCoDeactivateVc";
    static final String MAKE_CALL = "ProtocolCmMakeCall";
    static final String CLOSE_CALL = "ProtocolCmCloseCall";
    static final String CLOSE_LATE_CALL = "ProtocolCmCloseCall with the party of a call that was given up";
    static final String INCOMING_CALL = "ProtocolClIncomingCall";
    static final String CALL_CONNECTED = "ProtocolClCallConnected";
    static final String INCOMING_CLOSE_CALL = "ProtocolClIncomingCloseCall";

    private final String name;
    private final Form form;
    private final boolean byClient;
    private final ModelAf af;
    private final Trace trace;
    private final ModelLane client;
    private final ModelLane callManager;
    private final ModelLane miniport;
    private final ModelLane direct;
    private final StateTable<CallState, CallTables.Event, CallTables.Facts> callTable;

    private VcState state = VcState.NONE;
    private CallState call = CallState.IDLE;
    private Optional<CallParameters> parameters = Optional.empty();
    private Optional<Operation> activation = Optional.empty();
    private Optional<Deactivation> deactivation = Optional.empty();
    private Optional<Operation> making = Optional.empty();
    private Optional<Operation> offer = Optional.empty();
    private Optional<Operation> connecting = Optional.empty();
    private Optional<Closing> closing = Optional.empty();
    private Optional<Runnable> failedCall = Optional.empty();
    private Optional<NdisStatus> doom = Optional.empty();
    private VcState removedFrom = VcState.NONE;
    private boolean created;
    private boolean closedByRemote;
    private boolean toldOfClose;
    private boolean readyToReceive;
    private int callNumber;
    private final Traffic sends = new Traffic();
    private final Traffic receives = new Traffic();
    private final ModelParties parties = new ModelParties(this);
    private final ModelQos qos = new ModelQos(this);
    private final Set<Operation> late = new HashSet<>();
    private boolean miniportOwesAnswer;
    private boolean again;

    /** How many NBLs went in and out in one direction, and how many were refused. */
    static final class Traffic {
        private long in;
        private long out;
        private long refused;

        long in() {
            return in;
        }

        long out() {
            return out;
        }

        long refused() {
            return refused;
        }

        private boolean isEmpty() {
            return in == out;
        }
    }

    /** A deactivation that waits for the miniport and for the last transfer (R93, R94). */
    private static final class Deactivation {
        private final Operation operation;
        private boolean completedByMiniport;

        Deactivation(final Operation operation) {
            this.operation = operation;
        }
    }

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

    ModelVc(final String name, final Form form, final boolean byClient, final ModelAf af, final Trace trace) {
        this.name = name;
        this.form = form;
        this.byClient = byClient;
        this.af = af;
        this.trace = trace;
        client = new ModelLane("the client about " + name, trace);
        callManager = new ModelLane("the call manager about " + name, trace);
        miniport = new ModelLane("the miniport about " + name, trace);
        direct = new ModelLane("the drivers, at once, about " + name, trace);
        callTable = byClient ? CallTables.OUTGOING : CallTables.INCOMING;
    }

    // --- creation ---

    /** R63 to R66, C30: the miniport first, when there is one, then the other driver. */
    void create() {
        af.added(this);
        if (form.asksMiniport()) {
            direct.expect(CREATE_AT_MINIPORT, name);
        } else {
            createAtPeer();
        }
    }

    void createdAtMiniport(final NdisStatus answer) {
        if (!answer.isSuccess()) {
            notCreated();
        } else if (state == VcState.DELETED) {
            // it was removed meanwhile: the other driver does not hear of it
            direct.expect(DELETE_AT_MINIPORT, name);
        } else {
            createAtPeer();
        }
    }

    private void createAtPeer() {
        direct.expect(byClient ? CREATE_AT_CALL_MANAGER : CREATE_AT_CLIENT, name);
    }

    /** R68: what was agreed is taken back when the other refuses; and when the VC was removed while it was being created. */
    void createdAtPeer(final NdisStatus answer) {
        created = answer.isSuccess()
                && fire(VcTable.Event.CREATE_SUCCEEDED, false).accepts();
        if (created) {
            return;
        }
        if (form.asksMiniport()) {
            direct.expect(DELETE_AT_MINIPORT, name);
        } else {
            notCreated();
        }
        if (answer.isSuccess() && byClient) {
            direct.expect(DELETE_AT_CALL_MANAGER, name);
        } else if (answer.isSuccess() && af.clientStays()) {
            direct.expect(DELETE_AT_CLIENT, name);
        }
    }

    /** A failed creation leaves nothing. */
    private void notCreated() {
        fire(VcTable.Event.CREATE_FAILED, false);
        af.removed(this);
    }

    Outcome createOutcome(final NdisStatus answer) {
        return answer.isSuccess() && created
                ? Outcome.SUCCESS
                : Outcome.of(answer.isSuccess() ? NdisStatus.CLOSING : answer);
    }

    // --- activation ---

    void activate(final Operation operation, final CallParameters wanted) {
        final StateTable.Row<VcState, VcTable.Event, VcTable.Facts> row =
                fire(form.asksMiniport() ? VcTable.Event.ACTIVATE : VcTable.Event.MCM_ACTIVATE, false);
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
        } else if (form.asksMiniport()) {
            activation = Optional.of(operation);
            operation.failsWhenOverdue(outcome -> activationOverdue(operation, outcome));
            miniport.expect(ACTIVATE, wanted, operation);
        } else {
            parameters = Optional.of(wanted);
            qos.activated();
            becameActive();
            operation.settle(Outcome.success(wanted));
        }
    }

    /** The miniport is asked: until it answers it is not asked anything else. */
    void askMiniport() {
        trace.check(!miniportOwesAnswer, "the miniport is asked about " + name + " before it has answered");
        miniportOwesAnswer = true;
    }

    void activated(final Operation operation, final NdisResult<CallParameters> answer) {
        miniportOwesAnswer = false;
        if (late.contains(operation)) {
            activatedLate(operation, answer);
        } else if (isCurrent(activation, operation)) {
            activation = Optional.empty();
            operation.settle(Outcome.of(answer));
            endActivation(answer);
        } else {
            endBelowAfterActivation(answer.isSuccess());
        }
        runOwn();
    }

    private void endActivation(final NdisResult<CallParameters> answer) {
        fire(answer.isSuccess() ? VcTable.Event.ACTIVATE_SUCCEEDED : VcTable.Event.ACTIVATE_FAILED, false);
        if (answer.isSuccess()) {
            parameters = answer.value();
            qos.activated();
        }
        if (state == VcState.INACTIVE) {
            becameInactive();
        } else {
            becameActive();
        }
    }

    /** E2: the VC is as if the miniport had refused. */
    private void activationOverdue(final Operation operation, final Outcome outcome) {
        if (!isCurrent(activation, operation)) {
            return;
        }
        activation = Optional.empty();
        if (!miniport.forget(operation)) {
            late.add(operation);
            again = state == VcState.REACTIVATING;
        }
        operation.settle(outcome);
        endActivation(NdisResult.failure(outcome.status()));
        runOwn();
    }

    /** The miniport is brought back to what everybody else believes; new parameters of an active VC are in force. */
    private void activatedLate(final Operation operation, final NdisResult<CallParameters> answer) {
        late.remove(operation);
        if (answer.isSuccess() && !again) {
            direct.expect(DEACTIVATE, name);
        } else if (answer.isSuccess() && state == VcState.ACTIVE) {
            parameters = answer.value();
        }
    }

    void deactivatedAfterLateActivation() {
        miniportOwesAnswer = false;
        runOwn();
    }

    // --- deactivation ---

    void deactivate(final Operation operation) {
        if (!form.asksMiniport()) {
            operation.settle(mcmDeactivate());
            return;
        }
        final StateTable.Row<VcState, VcTable.Event, VcTable.Facts> row = fire(VcTable.Event.DEACTIVATE, false);
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
            return;
        }
        deactivation = Optional.of(new Deactivation(operation));
        operation.failsWhenOverdue(outcome -> deactivationOverdue(operation, outcome));
        miniport.expect(DEACTIVATE, name, operation);
    }

    /** E2: the VC is inactive, whatever is still on its way. */
    private void deactivationOverdue(final Operation operation, final Outcome outcome) {
        if (deactivation.filter(d -> d.operation == operation).isEmpty()
                || !fire(VcTable.Event.DEACTIVATE_OVERDUE, false).accepts()) {
            return;
        }
        deactivation = Optional.empty();
        parameters = Optional.empty();
        if (!miniport.forget(operation)) {
            late.add(operation);
        }
        operation.settle(outcome);
        becameInactive();
        runOwn();
    }

    /** The MCM has drained the VC itself (R93). */
    private Outcome mcmDeactivate() {
        final StateTable.Row<VcState, VcTable.Event, VcTable.Facts> row =
                fire(VcTable.Event.MCM_DEACTIVATE, new VcTable.Facts(false, call == CallState.IDLE, nothingInside()));
        if (!row.accepts()) {
            return Outcome.refused(row);
        }
        parameters = Optional.empty();
        becameInactive();
        return Outcome.SUCCESS;
    }

    /** The miniport has answered a deactivation; one without an operation was the core's own, at the end of the VC. */
    void deactivated(final Optional<Operation> operation, final NdisStatus status) {
        miniportOwesAnswer = false;
        if (operation.filter(late::remove).isPresent()) {
            runOwn();
            return;
        }
        final Optional<Deactivation> current =
                deactivation.filter(d -> operation.filter(o -> o == d.operation).isPresent());
        if (current.isEmpty()) {
            miniport.expect(DELETE_AT_MINIPORT, name);
        } else if (status.isSuccess()) {
            current.get().completedByMiniport = true;
            finishDeactivation();
        } else if (fire(VcTable.Event.DEACTIVATE_FAILED, false).accepts()) {
            deactivation = Optional.empty();
            current.get().operation.settle(Outcome.of(status));
        }
        runOwn();
    }

    private void finishDeactivation() {
        final Optional<Deactivation> running = deactivation.filter(d -> d.completedByMiniport);
        if (running.isEmpty()
                || !fire(VcTable.Event.DEACTIVATE_SUCCEEDED, false).accepts()) {
            return;
        }
        deactivation = Optional.empty();
        parameters = Optional.empty();
        running.get().operation.settle(Outcome.SUCCESS);
        becameInactive();
    }

    private void becameInactive() {
        reportFailedCall();
        finishClose();
    }

    /** R123, C29: the VC of a call that failed does not stay active. */
    private void becameActive() {
        if (failedCall.isPresent() && state == VcState.ACTIVE) {
            callManager.expectOwn(this::deactivateForCallManager);
        }
    }

    private void deactivateForCallManager() {
        final Operation own = new Operation("the core's deactivation of " + name, callManager);
        deactivate(own);
        own.whenSettled(this::deactivatedForCallManager);
    }

    private void deactivatedForCallManager(final Outcome outcome) {
        if (!outcome.isSuccess() && state == VcState.ACTIVE) {
            reportFailedCall();
        }
    }

    private void reportFailedCall() {
        final Optional<Runnable> report = failedCall;
        failedCall = Optional.empty();
        report.ifPresent(Runnable::run);
    }

    // --- outgoing calls ---

    void makeCall(final Operation operation, final CallParameters wanted, final Optional<ModelParty> first) {
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row = fire(CallTables.Event.MAKE_CALL);
        if (!row.accepts()) {
            operation.settle(refusedCall(row));
            return;
        }
        beginCall(first);
        making = Optional.of(operation);
        operation.failsWhenOverdue(outcome -> made(operation, outcome, first));
        callManager.expectWhileAlive(MAKE_CALL, wanted, operation);
    }

    private void beginCall(final Optional<ModelParty> first) {
        parties.callBegins(first);
        closedByRemote = false;
        readyToReceive = false;
        toldOfClose = false;
        callNumber++;
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
            madeWell(operation, outcome);
        } else {
            failCall(operation, outcome);
        }
        runOwn();
    }

    /** R121: the VC must be active. */
    private void madeWell(final Operation operation, final Outcome outcome) {
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row =
                fire(CallTables.Event.MAKE_CALL_SUCCEEDED);
        if (row.accepts()) {
            readyToReceive = true;
            parties.callMade();
            qos.settled();
            operation.settle(outcome);
        } else {
            failCall(operation, Outcome.refused(NdisStatus.FAILURE, row.rule()));
        }
    }

    /** E2: the call manager has made a call that was given up; a multipoint call is closed with its party (R153). */
    private void closeAgain(final Outcome outcome, final Optional<ModelParty> first) {
        if (outcome.isSuccess() && state != VcState.DELETED && call == CallState.IDLE) {
            first.ifPresentOrElse(
                    party -> callManager.expectWhileAlive(CLOSE_LATE_CALL, party.toString()),
                    () -> callManager.expectWhileAlive(CLOSE_CALL, Octets.EMPTY));
        }
    }

    private void callEnded(final NdisStatus reason) {
        parties.callEnded(reason);
        qos.callEnded(reason);
    }

    /** C29: the client hears of it when the VC is inactive, so that it can delete it or call again. */
    private void failCall(final Operation operation, final Outcome outcome) {
        fire(CallTables.Event.MAKE_CALL_FAILED);
        callEnded(outcome.status());
        if (state == VcState.INACTIVE || state == VcState.DEACTIVATING) {
            operation.settle(outcome);
        } else {
            failedCall = Optional.of(() -> operation.settle(outcome));
            becameActive();
        }
    }

    // --- incoming calls ---

    void dispatchIncomingCall(final Operation operation, final ModelSap sap, final CallParameters offered) {
        final boolean usable = sap.addressFamily() == af && sap.acceptsCalls();
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row =
                fire(CallTables.Event.DISPATCH_INCOMING_CALL, usable);
        if (!row.accepts()) {
            operation.settle(refusedCall(row));
            return;
        }
        beginCall(Optional.empty());
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
        fire(outcome.isSuccess() ? CallTables.Event.INCOMING_CALL_ACCEPTED : CallTables.Event.INCOMING_CALL_REJECTED);
        offer = Optional.empty();
        if (call == CallState.IDLE) {
            callEnded(NdisStatus.CLOSING);
        }
        operation.settle(outcome);
    }

    void dispatchCallConnected(final Operation operation) {
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row =
                fire(CallTables.Event.DISPATCH_CALL_CONNECTED);
        if (!row.accepts()) {
            operation.settle(refusedCall(row));
            return;
        }
        connecting = Optional.of(operation);
        qos.settled();
        final int number = callNumber;
        client.expectWhileAlive(CALL_CONNECTED, name, operation, () -> connected(operation, number));
    }

    /** R138: data reaches the client when its callback has returned. */
    private void connected(final Operation operation, final int number) {
        if (callNumber == number) {
            readyToReceive = true;
        }
        operation.settle(Outcome.SUCCESS);
    }

    // --- the end of a call ---

    Outcome dispatchIncomingCloseCall(final NdisStatus closeStatus) {
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row =
                fire(CallTables.Event.DISPATCH_INCOMING_CLOSE_CALL);
        if (!row.accepts()) {
            return refusedCall(row);
        }
        closedByRemote = true;
        tellOfClose(closeStatus, true);
        return Outcome.SUCCESS;
    }

    /** A client hears once that its call is over. */
    private void tellOfClose(final NdisStatus closeStatus, final boolean whileAlive) {
        if (toldOfClose) {
            return;
        }
        toldOfClose = true;
        if (whileAlive) {
            client.expectWhileAlive(INCOMING_CLOSE_CALL, closeStatus);
        } else {
            client.expect(INCOMING_CLOSE_CALL, closeStatus);
        }
    }

    void closeCall(final Operation operation, final Octets closeData) {
        final boolean connected = call == CallState.CONNECTED;
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row = fire(CallTables.Event.CLOSE_CALL);
        if (!row.accepts()) {
            operation.settle(refusedCall(row));
            return;
        }
        closing = Optional.of(new Closing(operation, closeData, connected));
        operation.failsWhenOverdue(outcome -> closed(operation, outcome));
        qos.callEnded(NdisStatus.CLOSING);
        askToClose();
    }

    /** R148: the call manager hears of the close when the client has its sends back. */
    private void askToClose() {
        closing.filter(c -> !c.asked && (!c.waitsForSends || sends.isEmpty())).ifPresent(c -> {
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
            fire(CallTables.Event.CLOSE_CALL_FAILED);
            closing = Optional.empty();
            operation.settle(outcome);
        }
    }

    /** C5: the client hears of the close when the VC is inactive. */
    private void finishClose() {
        final Optional<Closing> running = closing.filter(c -> c.completedByCallManager);
        if (running.isEmpty() || !fire(CallTables.Event.CLOSE_CALL_SUCCEEDED).accepts()) {
            return;
        }
        closing = Optional.empty();
        closedByRemote = false;
        callEnded(NdisStatus.CLOSING);
        offer.ifPresent(operation -> operation.settle(Outcome.of(NdisStatus.CLOSING)));
        offer = Optional.empty();
        running.get().operation.settle(Outcome.SUCCESS);
    }

    // --- deletion ---

    /** Empty when the other driver that shares the VC is asked. */
    Optional<Outcome> delete(final boolean clientDeletes) {
        final VcTable.Event event = !clientDeletes && form.isMcm() ? VcTable.Event.MCM_DELETE : VcTable.Event.DELETE;
        final StateTable.Row<VcState, VcTable.Event, VcTable.Facts> row = fire(event, clientDeletes == byClient);
        if (!row.accepts()) {
            return Optional.of(Outcome.refused(row));
        }
        direct.expect(byClient ? DELETE_AT_CALL_MANAGER : DELETE_AT_CLIENT, name);
        return Optional.empty();
    }

    void deletedAtPeer(final NdisStatus answer) {
        if (answer.isSuccess() && form.asksMiniport() && !miniportOwesAnswer) {
            direct.expect(DELETE_AT_MINIPORT, name);
        } else if (answer.isSuccess()) {
            deleted();
            deleteAtMiniportInItsTurn();
        } else if (!fire(VcTable.Event.DELETE_REFUSED, true).accepts() && form.asksMiniport()) {
            // it was removed meanwhile
            direct.expect(DELETE_AT_MINIPORT, name);
        }
    }

    private void deleteAtMiniportInItsTurn() {
        if (form.asksMiniport()) {
            miniport.expect(DELETE_AT_MINIPORT, name);
        }
    }

    void deletedAtMiniport() {
        trace.check(!miniportOwesAnswer, "the miniport is told of the end of " + name + " before it has answered");
        if (state == VcState.DELETING) {
            deleted();
        } else if (state == VcState.NONE) {
            notCreated();
        }
    }

    private void deleted() {
        fire(VcTable.Event.DELETE_SUCCEEDED, true);
        af.removed(this);
    }

    static Outcome deleteOutcome(final NdisStatus answer) {
        return answer.isSuccess() ? Outcome.SUCCESS : Outcome.refused(answer, "R112");
    }

    // --- data ---

    /** With which status a send would come back now: success when it would reach the miniport. */
    NdisStatus sendStatus() {
        final NdisStatus ofVc = Coverage.of(VcTable.TABLE.decide(state, VcTable.Event.SEND, facts(false)))
                .status();
        if (!ofVc.isSuccess()) {
            return ofVc;
        }
        final NdisStatus ofCall = Coverage.of(callTable.decide(call, CallTables.Event.SEND, callFacts(false)))
                .status();
        return ofCall.isSuccess() ? af.binding().sendStatus() : ofCall;
    }

    boolean takesReceives() {
        return Coverage.of(VcTable.TABLE.decide(state, VcTable.Event.INDICATE, facts(false)))
                        .accepts()
                && Coverage.of(callTable.decide(call, CallTables.Event.INDICATE, callFacts(false)))
                        .accepts()
                && readyToReceive
                && af.binding().receivesPass();
    }

    void sendsEntered(final int count) {
        sends.in += count;
    }

    void sendsRefused(final int count) {
        sends.refused += count;
    }

    void sendsLeft(final int count) {
        sends.out += count;
        drained();
    }

    void receivesEntered(final int count) {
        receives.in += count;
    }

    void receivesRefused(final int count) {
        receives.refused += count;
    }

    /** Counted out before the miniport has them back; what follows comes when it has. */
    void receivesReturning(final int count) {
        receives.out += count;
    }

    void drained() {
        finishDeactivation();
        askToClose();
        runOwn();
    }

    Traffic sends() {
        return sends;
    }

    Traffic receives() {
        return receives;
    }

    private boolean nothingInside() {
        return sends.isEmpty() && receives.isEmpty();
    }

    // --- removal ---

    /** The address family is gone; the VC follows at some moment. */
    void doom(final NdisStatus reason) {
        doom = Optional.of(reason);
        if (state == VcState.NONE) {
            remove();
        }
    }

    boolean isDoomed() {
        return doom.isPresent() && state != VcState.DELETED;
    }

    /** The moment has come (H.2): everybody who stays loses the VC in the order that is owed to him. */
    void remove() {
        final NdisStatus reason = doom.orElseThrow();
        final boolean known = state != VcState.NONE && state != VcState.DELETING;
        final boolean inCall = call != CallState.IDLE && call != CallState.MAKING && call != CallState.CLOSING;
        removedFrom = state;
        fire(VcTable.Event.REMOVE, true);
        fire(CallTables.Event.REMOVE);
        parameters = Optional.empty();
        final boolean wasToldOfClose = toldOfClose && !client.forget(INCOMING_CLOSE_CALL);
        toldOfClose = wasToldOfClose;
        final boolean onlyDraining =
                deactivation.filter(d -> d.completedByMiniport).isPresent();
        callManager.forgetWhatNeedsLife();
        miniport.forgetWhatNeedsLife();
        final List<ModelLane.Item> unheard = client.forgetWhatNeedsLife();
        settleAll(Outcome.of(reason));
        removeBelow(onlyDraining);
        if (known) {
            callManager.expect(DELETE_AT_CALL_MANAGER, name);
        }
        if (known && af.clientStays()) {
            if (inCall) {
                tellOfClose(reason, false);
            }
            client.expect(DELETE_AT_CLIENT, name);
        }
        unheard.stream()
                .filter(item -> item.callback().equals(ModelQos.INCOMING_CHANGE))
                .forEach(item -> item.of().settle(Outcome.of(NdisStatus.CLOSING)));
        af.removed(this);
    }

    private void settleAll(final Outcome outcome) {
        activation.ifPresent(operation -> operation.settle(outcome));
        deactivation.ifPresent(d -> d.operation.settle(outcome));
        making.ifPresent(operation -> operation.settle(outcome));
        offer.ifPresent(operation -> operation.settle(outcome));
        connecting.ifPresent(operation -> operation.settle(outcome));
        closing.ifPresent(c -> c.operation.settle(outcome));
        callEnded(outcome.status());
        reportFailedCall();
        deactivation = Optional.empty();
        making = Optional.empty();
        offer = Optional.empty();
        connecting = Optional.empty();
        closing = Optional.empty();
    }

    /** A VC that the miniport has active is deactivated before it is deleted; what it has pending is awaited. */
    private void removeBelow(final boolean onlyDraining) {
        final boolean wasActivating = activation.isPresent();
        activation = Optional.empty();
        if (!form.asksMiniport()) {
            return;
        }
        if (wasActivating && miniport.forget(ACTIVATE)) {
            endBelowAfterActivation(false);
        } else if (removedFrom == VcState.INACTIVE || onlyDraining) {
            miniport.expect(DELETE_AT_MINIPORT, name);
        } else if (removedFrom == VcState.ACTIVE) {
            miniport.expect(DEACTIVATE, name);
        }
    }

    private void endBelowAfterActivation(final boolean succeeded) {
        final boolean active = succeeded || removedFrom == VcState.REACTIVATING;
        miniport.expect(active ? DEACTIVATE : DELETE_AT_MINIPORT, name);
    }

    // --- common ---

    String name() {
        return name;
    }

    boolean isByClient() {
        return byClient;
    }

    ModelAf addressFamily() {
        return af;
    }

    VcState state() {
        return state;
    }

    CallState callState() {
        return call;
    }

    Optional<CallParameters> parameters() {
        return parameters;
    }

    ModelLane client() {
        return client;
    }

    ModelLane callManager() {
        return callManager;
    }

    ModelLane miniport() {
        return miniport;
    }

    ModelLane direct() {
        return direct;
    }

    ModelParties parties() {
        return parties;
    }

    ModelQos qos() {
        return qos;
    }

    /** Nothing more comes to the miniport before it has answered. */
    boolean miniportOwesAnswer() {
        return miniportOwesAnswer;
    }

    /** Does what the core does itself when its turn comes. */
    void runOwn() {
        if (miniport.isBusy() || miniport.isEmpty() || miniportOwesAnswer) {
            callManager.runOwn();
        }
    }

    private static boolean isCurrent(final Optional<Operation> current, final Operation operation) {
        return current.filter(o -> o == operation).isPresent();
    }

    private Outcome refusedCall(final StateTable.Row<?, ?, ?> row) {
        return state == VcState.DELETED ? Outcome.refused(NdisStatus.FAILURE, "R111") : Outcome.refused(row);
    }

    private VcTable.Facts facts(final boolean byCreator) {
        return new VcTable.Facts(byCreator, call == CallState.IDLE, nothingInside());
    }

    private CallTables.Facts callFacts(final boolean sapUsable) {
        return new CallTables.Facts(
                state,
                af.isOpen(),
                sapUsable,
                closedByRemote,
                parties.connected().size() > 1);
    }

    private StateTable.Row<VcState, VcTable.Event, VcTable.Facts> fire(
            final VcTable.Event event, final boolean byCreator) {
        return fire(event, facts(byCreator));
    }

    private StateTable.Row<VcState, VcTable.Event, VcTable.Facts> fire(
            final VcTable.Event event, final VcTable.Facts facts) {
        final StateTable.Row<VcState, VcTable.Event, VcTable.Facts> row =
                Coverage.of(VcTable.TABLE.decide(state, event, facts));
        if (row.to() != state) {
            trace.say("  " + name + ": " + state + " -> " + row.to());
        }
        state = row.to();
        return row;
    }

    private StateTable.Row<CallState, CallTables.Event, CallTables.Facts> fire(final CallTables.Event event) {
        return fire(event, false);
    }

    private StateTable.Row<CallState, CallTables.Event, CallTables.Facts> fire(
            final CallTables.Event event, final boolean sapUsable) {
        final StateTable.Row<CallState, CallTables.Event, CallTables.Facts> row =
                Coverage.of(callTable.decide(call, event, callFacts(sapUsable)));
        if (row.to() != call) {
            trace.say("  " + name + ": call " + call + " -> " + row.to());
        }
        call = row.to();
        return row;
    }

    @Override
    public String toString() {
        return name + " (" + state + ", call " + call + ")";
    }
}
