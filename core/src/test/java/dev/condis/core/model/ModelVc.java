// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.core.state.StateTable;
import dev.condis.core.state.VcTable;
import dev.condis.core.state.VcTable.Event;
import dev.condis.core.state.VcTable.Facts;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * What a VC must be (B.6), and who must hear what. Every step is decided by the tables; what follows from one is written here a second
 * time, after the contract.
 */
final class ModelVc {
    /** How many NBLs may wait for one connection. */
    static final int EARLY = 4;

    static final String CREATE_AT_MINIPORT = "MiniportCoCreateVc";
    static final String CREATE_AT_CALL_MANAGER = "ProtocolCoCreateVc of the call manager";
    static final String CREATE_AT_CLIENT = "ProtocolCoCreateVc of the client";
    static final String DELETE_AT_MINIPORT = "MiniportCoDeleteVc";
    static final String DELETE_AT_CALL_MANAGER = "ProtocolCoDeleteVc of the call manager";
    static final String DELETE_AT_CLIENT = "ProtocolCoDeleteVc of the client";
    static final String ACTIVATE = "MiniportCoActivateVc";
    static final String DEACTIVATE = "MiniportCoDeactivateVc";

    private final String name;
    private final Form form;
    private final boolean byClient;
    private final ModelAf af;
    private final Trace trace;
    private final ModelLane client;
    private final ModelLane callManager;
    private final ModelLane miniport;
    private final ModelLane direct;
    private final ModelCall call;
    private final Traffic sends = new Traffic();
    private final Traffic receives = new Traffic();
    private int early;
    private int everEarly;
    private final Set<Operation> late = new HashSet<>();

    private VcState state = VcState.NONE;
    private Optional<CallParameters> parameters = Optional.empty();
    private Optional<Operation> activation = Optional.empty();
    private Optional<Deactivation> deactivation = Optional.empty();
    private Optional<NdisStatus> doom = Optional.empty();
    private VcState removedFrom = VcState.NONE;
    private boolean created;
    private boolean miniportOwesAnswer;
    private boolean activeAtMiniport;
    private boolean bringsBack;
    private boolean wasActiveBefore;

    /** A deactivation that waits for the miniport and for the last transfer (R93, R94). */
    private static final class Deactivation {
        private final Operation operation;
        private boolean completedByMiniport;

        Deactivation(final Operation operation) {
            this.operation = operation;
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
        call = new ModelCall(this, trace);
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
        created =
                answer.isSuccess() && fire(Event.CREATE_SUCCEEDED, facts(false)).accepts();
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
        fire(Event.CREATE_FAILED, facts(false));
        af.removed(this);
    }

    Outcome createOutcome(final NdisStatus answer) {
        final NdisStatus removed = created ? NdisStatus.SUCCESS : NdisStatus.CLOSING;
        return Outcome.of(answer.isSuccess() ? removed : answer);
    }

    // --- activation ---

    void activate(final Operation operation, final CallParameters wanted) {
        final StateTable.Row<VcState, Event, Facts> row =
                fire(form.asksMiniport() ? Event.ACTIVATE : Event.MCM_ACTIVATE, facts(false));
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
        } else if (form.asksMiniport()) {
            activation = Optional.of(operation);
            operation.failsWhenOverdue(outcome -> activationOverdue(operation, outcome));
            miniport.expect(ACTIVATE, wanted, operation);
        } else {
            inForce(Optional.of(wanted));
            call.vcIsActive();
            operation.settle(Outcome.success(wanted));
        }
    }

    private void inForce(final Optional<CallParameters> activated) {
        parameters = activated;
        call.qos().activated();
    }

    void askToActivate() {
        askMiniport();
    }

    void askToDeactivate() {
        askMiniport();
        trace.check(activeAtMiniport, "R92: the miniport is to deactivate " + name + ", which is not active there");
    }

    /** Until the miniport answers it is not asked anything else. */
    private void askMiniport() {
        trace.check(!miniportOwesAnswer, "the miniport is asked about " + name + " before it has answered");
        miniportOwesAnswer = true;
    }

    void activated(final Operation operation, final NdisResult<CallParameters> answer) {
        miniportOwesAnswer = false;
        activeAtMiniport |= answer.isSuccess();
        if (late.remove(operation)) {
            activatedLate(answer);
        } else if (activation.filter(current -> current == operation).isPresent()) {
            activation = Optional.empty();
            operation.settle(Outcome.of(answer));
            endActivation(answer);
        } else {
            endBelowAfterActivation(answer.isSuccess());
        }
        runOwn();
    }

    private void endActivation(final NdisResult<CallParameters> answer) {
        fire(answer.isSuccess() ? Event.ACTIVATE_SUCCEEDED : Event.ACTIVATE_FAILED, facts(false));
        if (answer.isSuccess()) {
            inForce(answer.value());
        }
        if (state == VcState.INACTIVE) {
            call.vcBecameInactive();
        } else {
            call.vcIsActive();
        }
    }

    /** E2: the VC is as if the miniport had refused. */
    private void activationOverdue(final Operation operation, final Outcome outcome) {
        if (activation.filter(current -> current == operation).isEmpty()) {
            return;
        }
        activation = Optional.empty();
        if (!miniport.forget(operation)) {
            late.add(operation);
            wasActiveBefore = state == VcState.REACTIVATING;
        }
        operation.settle(outcome);
        endActivation(NdisResult.failure(outcome.status()));
        runOwn();
    }

    /** The miniport is brought back to what everybody else believes; new parameters of an active VC are in force. */
    private void activatedLate(final NdisResult<CallParameters> answer) {
        if (answer.isSuccess() && !wasActiveBefore) {
            bringsBack = true;
            miniport.expectFirst(DEACTIVATE, name);
        } else if (answer.isSuccess() && state == VcState.ACTIVE) {
            parameters = answer.value();
        }
    }

    // --- deactivation ---

    void deactivate(final Operation operation) {
        if (!form.asksMiniport()) {
            operation.settle(mcmDeactivate());
            return;
        }
        final StateTable.Row<VcState, Event, Facts> row = fire(Event.DEACTIVATE, facts(false));
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
            return;
        }
        deactivation = Optional.of(new Deactivation(operation));
        operation.failsWhenOverdue(outcome -> deactivationOverdue(operation, outcome));
        miniport.expect(DEACTIVATE, name, operation);
    }

    /** The MCM has drained the VC itself (R93). */
    private Outcome mcmDeactivate() {
        final StateTable.Row<VcState, Event, Facts> row = fire(Event.MCM_DEACTIVATE, facts(false));
        if (!row.accepts()) {
            return Outcome.refused(row);
        }
        parameters = Optional.empty();
        call.vcBecameInactive();
        return Outcome.SUCCESS;
    }

    /** The miniport has answered a deactivation; one without an operation was the core's own, at the end of the VC. */
    void deactivated(final Optional<Operation> operation, final NdisStatus status) {
        miniportOwesAnswer = false;
        final boolean broughtBack = bringsBack;
        bringsBack = false;
        if (!broughtBack && operation.filter(late::remove).isEmpty()) {
            deactivatedInTime(operation, status);
        }
        // one that fails when nobody asks the miniport again counts as done
        activeAtMiniport = state == VcState.ACTIVE;
        runOwn();
    }

    private void deactivatedInTime(final Optional<Operation> operation, final NdisStatus status) {
        final Optional<Deactivation> current =
                deactivation.filter(d -> operation.filter(o -> o == d.operation).isPresent());
        if (current.isEmpty()) {
            miniport.expect(DELETE_AT_MINIPORT, name);
        } else if (status.isSuccess()) {
            current.get().completedByMiniport = true;
            finishDeactivation();
        } else if (fire(Event.DEACTIVATE_FAILED, facts(false)).accepts()) {
            deactivation = Optional.empty();
            current.get().operation.settle(Outcome.of(status));
        }
    }

    /** E2: the VC is inactive, whatever is still on its way. */
    private void deactivationOverdue(final Operation operation, final Outcome outcome) {
        if (deactivation.filter(d -> d.operation == operation).isEmpty()
                || !fire(Event.DEACTIVATE_OVERDUE, facts(false)).accepts()) {
            return;
        }
        if (deactivation.filter(d -> d.completedByMiniport).isEmpty()) {
            // also when it waits for its turn: the VC must not stay active at the miniport
            late.add(operation);
        }
        deactivation = Optional.empty();
        parameters = Optional.empty();
        operation.settle(outcome);
        call.vcBecameInactive();
        runOwn();
    }

    private void finishDeactivation() {
        final Optional<Deactivation> running = deactivation.filter(d -> d.completedByMiniport);
        if (running.isEmpty() || !fire(Event.DEACTIVATE_SUCCEEDED, facts(false)).accepts()) {
            return;
        }
        deactivation = Optional.empty();
        parameters = Optional.empty();
        running.get().operation.settle(Outcome.SUCCESS);
        call.vcBecameInactive();
    }

    // --- deletion ---

    /** Empty when the other driver that shares the VC is asked. */
    Optional<Outcome> delete(final boolean clientDeletes) {
        final Event event = !clientDeletes && form.isMcm() ? Event.MCM_DELETE : Event.DELETE;
        final StateTable.Row<VcState, Event, Facts> row = fire(event, facts(clientDeletes == byClient));
        if (!row.accepts()) {
            return Optional.of(Outcome.refused(row));
        }
        direct.expect(byClient ? DELETE_AT_CALL_MANAGER : DELETE_AT_CLIENT, name);
        return Optional.empty();
    }

    void deletedAtPeer(final NdisStatus answer) {
        if (!answer.isSuccess()) {
            if (!fire(Event.DELETE_REFUSED, facts(true)).accepts()) {
                // it was removed meanwhile
                deleteAtMiniport(direct);
            }
        } else if (form.asksMiniport() && !miniportOwesAnswer) {
            deleteAtMiniport(direct);
        } else {
            deleted();
            deleteAtMiniport(miniport);
        }
    }

    private void deleteAtMiniport(final ModelLane lane) {
        if (form.asksMiniport()) {
            lane.expect(DELETE_AT_MINIPORT, name);
        }
    }

    void deletedAtMiniport() {
        trace.check(!miniportOwesAnswer, "the miniport is told of the end of " + name + " before it has answered");
        trace.check(!activeAtMiniport, "R108: " + name + " is deleted while it is active at the miniport");
        if (state == VcState.DELETING) {
            deleted();
        } else if (state == VcState.NONE) {
            notCreated();
        }
    }

    private void deleted() {
        fire(Event.DELETE_SUCCEEDED, facts(true));
        call.forgetsWhatNeedsLife();
        af.removed(this);
    }

    static Outcome deleteOutcome(final NdisStatus answer) {
        return answer.isSuccess() ? Outcome.SUCCESS : Outcome.refused(answer, "R112");
    }

    // --- data ---

    /** With which status a send would come back now: success when it would reach the miniport. */
    NdisStatus sendStatus() {
        final NdisStatus ofVc = Coverage.of(VcTable.TABLE.decide(state, Event.SEND, facts(false)))
                .status();
        if (!ofVc.isSuccess()) {
            return ofVc;
        }
        final NdisStatus ofCall = call.sendStatus();
        return ofCall.isSuccess() ? af.binding().sendStatus() : ofCall;
    }

    boolean takesReceives() {
        settleEarly();
        return everEarly == 0 && receivesPass();
    }

    private boolean receivesPass() {
        return Coverage.of(VcTable.TABLE.decide(state, Event.INDICATE, facts(false)))
                        .accepts()
                && call.takesReceives()
                && af.binding().receivesPass();
    }

    /** NBLs have left the VC. */
    void drained() {
        finishDeactivation();
        call.transfersEnded();
        runOwn();
    }

    // --- before the client is connected ---

    /** R138: how many of those that are received now wait for the client. */
    int keep(final int count) {
        settleEarly();
        final boolean waits = everEarly > 0 || awaitsConnection();
        final int kept = waits ? Math.min(count, EARLY - everEarly) : 0;
        early += kept;
        everEarly += kept;
        return kept;
    }

    private boolean awaitsConnection() {
        return call.awaitsConnection()
                && Coverage.of(VcTable.TABLE.decide(state, Event.INDICATE, facts(false)))
                        .accepts()
                && af.binding().receivesPass();
    }

    /** Nobody waits any more for what waits for him. */
    void settleEarly() {
        if (everEarly > 0 && !awaitsConnection() && !receivesPass()) {
            receives.refuse(early);
            endEarly();
        }
    }

    private void endEarly() {
        early = 0;
        everEarly = 0;
    }

    /** The client, which is connected, gets what has waited: how many that are. */
    int takeEarly() {
        settleEarly();
        trace.check(!awaitsConnection(), "what came early on " + name + " reaches a client that is not connected");
        final int taken = early;
        receives.enter(taken);
        early = 0;
        return taken;
    }

    /** The client has what it got: more may have come meanwhile, else what comes passes. */
    void tookEarly() {
        if (early == 0) {
            endEarly();
        }
    }

    /** The client is connected, and has not got what waits for it. */
    boolean owesEarly() {
        settleEarly();
        return everEarly > 0 && !awaitsConnection();
    }

    int early() {
        return early;
    }

    Traffic sends() {
        return sends;
    }

    Traffic receives() {
        return receives;
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
        final Outcome outcome = Outcome.of(doom.orElseThrow());
        final boolean known = state != VcState.NONE && state != VcState.DELETING;
        final boolean onlyDraining =
                deactivation.filter(d -> d.completedByMiniport).isPresent();
        removedFrom = state;
        fire(Event.REMOVE, facts(true));
        parameters = Optional.empty();
        activation.ifPresent(operation -> operation.settle(outcome));
        deactivation.ifPresent(d -> d.operation.settle(outcome));
        removeBelow(onlyDraining);
        call.remove(outcome.status(), known);
        af.removed(this);
    }

    /** A VC that the miniport has active is deactivated before it is deleted; what it has pending is awaited. */
    private void removeBelow(final boolean onlyDraining) {
        final boolean wasActivating = activation.isPresent();
        activation = Optional.empty();
        deactivation = Optional.empty();
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

    ModelCall call() {
        return call;
    }

    VcState state() {
        return state;
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

    /** Nothing more comes to the miniport before it has answered. */
    boolean miniportOwesAnswer() {
        return miniportOwesAnswer;
    }

    /** Whether the miniport is the next to be called when it is asked something now. */
    boolean asksMiniportNow() {
        return form.asksMiniport() && miniport.isEmpty() && !miniportOwesAnswer;
    }

    /** Does what the core does itself when its turn comes. */
    void runOwn() {
        if (miniport.isBusy() || miniport.isEmpty() || miniportOwesAnswer) {
            callManager.runOwn();
        }
    }

    /** How a function of the call is refused. */
    Outcome refused(final StateTable.Row<?, ?, ?> row) {
        return state == VcState.DELETED ? Outcome.refused(NdisStatus.FAILURE, "R111") : Outcome.refused(row);
    }

    private Facts facts(final boolean byCreator) {
        return new Facts(byCreator, call.isIdle(), sends.isEmpty() && receives.isEmpty());
    }

    private StateTable.Row<VcState, Event, Facts> fire(final Event event, final Facts facts) {
        final StateTable.Row<VcState, Event, Facts> row = Coverage.of(VcTable.TABLE.decide(state, event, facts));
        if (row.to() != state) {
            trace.say("  " + name + ": " + state + " -> " + row.to());
        }
        state = row.to();
        return row;
    }

    @Override
    public String toString() {
        return name;
    }
}
