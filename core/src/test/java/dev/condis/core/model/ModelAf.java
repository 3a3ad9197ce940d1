// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.core.state.AfTable;
import dev.condis.core.state.AfTable.Event;
import dev.condis.core.state.StateTable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What an address family instance must be (B.4). */
final class ModelAf {
    static final String OPEN = "ProtocolCmOpenAf";
    static final String CLOSE = "ProtocolCmCloseAf";
    static final String NOTIFY = "ProtocolClNotifyCloseAf";

    private final String name;
    private final ModelBinding binding;
    private final ModelLane client;
    private final ModelLane callManager;
    private final ModelLane passive;
    private final ModelLane direct;
    private final Set<ModelVc> vcs = new LinkedHashSet<>();
    private final Set<ModelSap> saps = new LinkedHashSet<>();
    private final Operation opening;
    private AfState state = AfState.NONE;
    private Optional<Operation> closing = Optional.empty();
    private Optional<Operation> notifying = Optional.empty();
    private boolean openAtCallManager;
    private boolean closedByCallManager;
    private boolean clientStays;

    ModelAf(final String name, final ModelBinding binding, final Trace trace) {
        this.name = name;
        this.binding = binding;
        client = new ModelLane("the client about " + name, trace);
        callManager = new ModelLane("the call manager about " + name, trace);
        passive = new ModelLane("the client at PASSIVE about " + name, trace);
        direct = new ModelLane("the call manager, at once, about " + name, trace);
        opening = new Operation("opening " + name, passive);
    }

    // --- opening ---

    Operation open() {
        fire(Event.OPEN_AF);
        opening.failsWhenOverdue(outcome -> opened(false, outcome));
        direct.expect(OPEN, name);
        return opening;
    }

    void opened(final NdisResult<?> answer) {
        opened(answer.isSuccess(), Outcome.of(answer).withoutValue());
    }

    private void opened(final boolean success, final Outcome outcome) {
        final boolean accepted =
                fire(success ? Event.OPEN_SUCCEEDED : Event.OPEN_FAILED).accepts();
        openAtCallManager |= accepted && success;
        if (!accepted && success) {
            direct.expect(CLOSE, name);
        }
        opening.settle(accepted ? outcome : Outcome.of(NdisStatus.FAILURE));
    }

    // --- what is in it ---

    /** Whether something can be made of the address family now: empty when it can. */
    Optional<Outcome> refuses(final Event event) {
        final StateTable.Row<AfState, Event, AfTable.Facts> row =
                Coverage.of(AfTable.TABLE.decide(state, event, facts()));
        return row.accepts() ? Optional.empty() : Optional.of(Outcome.refused(row));
    }

    void added(final ModelVc vc) {
        vcs.add(vc);
    }

    void added(final ModelSap sap) {
        saps.add(sap);
    }

    void removed(final ModelSap sap) {
        saps.remove(sap);
    }

    void removed(final ModelVc vc) {
        vcs.remove(vc);
        finishClose();
    }

    // --- closing ---

    void close(final Operation operation) {
        final StateTable.Row<AfState, Event, AfTable.Facts> row = fire(Event.CLOSE_AF);
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
            return;
        }
        closing = Optional.of(operation);
        closedByCallManager = false;
        operation.failsWhenOverdue(outcome -> closed(operation, outcome));
        callManager.expect(CLOSE, name, operation);
    }

    void closed(final Operation operation, final NdisStatus status) {
        closed(operation, Outcome.of(status));
    }

    private void closed(final Operation operation, final Outcome outcome) {
        if (closing.filter(current -> current == operation).isEmpty()) {
            return;
        }
        if (outcome.isSuccess()) {
            closedByCallManager = true;
            finishClose();
        } else if (fire(Event.CLOSE_REFUSED).accepts()) {
            operation.settle(outcome);
            closing = Optional.empty();
        }
    }

    /** C22: the close is over when the call manager is through and has deleted its VCs. */
    private void finishClose() {
        if (closedByCallManager && fire(Event.CLOSE_SUCCEEDED).accepts()) {
            closing.ifPresent(operation -> operation.settle(Outcome.SUCCESS));
        }
    }

    void notifyClose(final Operation operation) {
        if (state == AfState.OPEN && notifying.isPresent()) {
            operation.settle(Outcome.refused(NdisStatus.NOT_ACCEPTED, "B.4"));
            return;
        }
        final StateTable.Row<AfState, Event, AfTable.Facts> row = fire(Event.NOTIFY_CLOSE);
        if (!row.accepts()) {
            operation.settle(Outcome.refused(row));
            return;
        }
        notifying = Optional.of(operation);
        operation.failsWhenOverdue(outcome -> notified(operation, outcome));
        client.expectWhileAlive(NOTIFY, name, operation);
    }

    /** The call manager leaves without having asked, so the core asks. */
    void notifyCloseByCore() {
        final Operation own = new Operation("the core's notification of the close of " + name, callManager);
        notifyClose(own);
        own.whenSettled(outcome -> {});
    }

    /** R47, R49: success means that the client has closed it. */
    void notified(final Operation operation, final NdisStatus status) {
        notified(operation, Outcome.of(status));
    }

    private void notified(final Operation operation, final Outcome outcome) {
        if (notifying.filter(current -> current == operation).isEmpty()) {
            return;
        }
        notifying = Optional.empty();
        final boolean open = fire(Event.NOTIFY_REFUSED).accepts();
        operation.settle(outcome.isSuccess() && open ? Outcome.of(NdisStatus.FAILURE) : outcome);
        callManager.runOwn();
    }

    // --- removal ---

    /** The adapter, the call manager or the client is gone (H.2). The VCs follow one by one. */
    void remove(final NdisStatus reason, final boolean staying) {
        final boolean known = openAtCallManager && state != AfState.CLOSING;
        if (!fire(Event.REMOVE).accepts()) {
            return;
        }
        clientStays = staying;
        client.forgetWhatNeedsLife();
        opening.settle(Outcome.of(reason));
        closing.ifPresent(operation -> operation.settle(Outcome.of(reason)));
        notifying.ifPresent(operation -> operation.settle(Outcome.of(reason)));
        List.copyOf(vcs).forEach(vc -> vc.doom(reason));
        List.copyOf(saps).forEach(sap -> sap.remove(reason));
        saps.clear();
        if (known) {
            direct.expect(CLOSE, name);
        }
    }

    boolean clientStays() {
        return clientStays;
    }

    // --- common ---

    ModelBinding binding() {
        return binding;
    }

    boolean isOpen() {
        return state == AfState.OPEN || state == AfState.OPEN_NOTIFIED;
    }

    AfState state() {
        return state;
    }

    ModelLane client() {
        return client;
    }

    ModelLane callManager() {
        return callManager;
    }

    ModelLane passive() {
        return passive;
    }

    ModelLane direct() {
        return direct;
    }

    private AfTable.Facts facts() {
        return new AfTable.Facts(
                !saps.isEmpty() || vcs.stream().anyMatch(ModelVc::isByClient),
                vcs.stream().anyMatch(vc -> !vc.isByClient()));
    }

    private StateTable.Row<AfState, Event, AfTable.Facts> fire(final Event event) {
        final StateTable.Row<AfState, Event, AfTable.Facts> row =
                Coverage.of(AfTable.TABLE.decide(state, event, facts()));
        state = row.to();
        return row;
    }

    @Override
    public String toString() {
        return name;
    }
}
