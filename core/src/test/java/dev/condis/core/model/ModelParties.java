// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.PartyState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.core.state.PartyTable.Event;
import dev.condis.core.state.PartyTable.Facts;
import dev.condis.core.state.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the parties of the call on one VC must be. */
final class ModelParties {
    static final String ADD = "ProtocolCmAddParty";
    static final String DROP = "ProtocolCmDropParty";
    static final String INCOMING_DROP = "ProtocolClIncomingDropParty";

    private final ModelVc vc;
    private final ModelCall call;
    private final List<ModelParty> parties = new ArrayList<>();
    private boolean multipoint;

    ModelParties(final ModelVc vc, final ModelCall call) {
        this.vc = vc;
        this.call = call;
    }

    // --- the call ---

    void callBegins(final Optional<ModelParty> first) {
        parties.clear();
        multipoint = first.isPresent();
        first.ifPresent(party -> {
            fire(party, Event.MAKE_CALL);
            parties.add(party);
        });
    }

    void callMade() {
        parties.forEach(party -> fire(party, Event.ADD_SUCCEEDED));
    }

    void callEnded(final NdisStatus reason) {
        for (final ModelParty party : parties) {
            fire(party, Event.CALL_ENDED);
            party.ended(reason).ifPresent(vc.callManager()::forget);
        }
        parties.clear();
        multipoint = false;
    }

    // --- adding ---

    void add(final ModelParty party, final Operation operation, final CallParameters wanted) {
        final StateTable.Row<PartyState, Event, Facts> row = fire(party, Event.ADD);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        parties.add(party);
        party.adding(operation);
        operation.failsWhenOverdue(outcome -> addOverdue(party, operation, outcome));
        vc.callManager().expectWhileAlive(ADD, wanted, operation);
    }

    void added(final ModelParty party, final Operation operation, final NdisResult<AddedParty> answer) {
        if (fire(party, answer.isSuccess() ? Event.ADD_SUCCEEDED : Event.ADD_FAILED)
                .accepts()) {
            party.added(answer);
            parties.removeIf(ModelParty::isGone);
            operation.settle(Outcome.of(answer).withoutValue());
        } else if (answer.isSuccess()) {
            // nobody waits for it any more
            vc.callManager().expect(DROP, party.toString());
        }
    }

    private void addOverdue(final ModelParty party, final Operation operation, final Outcome outcome) {
        if (fire(party, Event.ADD_FAILED).accepts()) {
            parties.removeIf(ModelParty::isGone);
            operation.settle(outcome);
        }
    }

    // --- dropping ---

    void drop(final ModelParty party, final Operation operation) {
        final StateTable.Row<PartyState, Event, Facts> row = fire(party, Event.DROP);
        if (!row.accepts()) {
            operation.settle(vc.refused(row));
            return;
        }
        party.dropping(operation);
        operation.failsWhenOverdue(outcome -> dropped(party, operation, outcome));
        vc.callManager().expectWhileAlive(DROP, party.toString(), operation);
    }

    void dropped(final ModelParty party, final Operation operation, final Outcome outcome) {
        if (party.isDropping(operation)) {
            fire(party, outcome.isSuccess() ? Event.DROP_SUCCEEDED : Event.DROP_FAILED);
            party.dropEnded();
            parties.removeIf(ModelParty::isGone);
            operation.settle(outcome);
        } else if (outcome.isSuccess() && !party.isGone()) {
            // the call manager has dropped it after the deadline
            fire(party, Event.CALL_ENDED);
            parties.removeIf(ModelParty::isGone);
        }
    }

    Outcome dispatchIncomingDrop(final ModelParty party, final NdisStatus status) {
        final StateTable.Row<PartyState, Event, Facts> row = fire(party, Event.DISPATCH_INCOMING_DROP);
        if (!row.accepts()) {
            return vc.refused(row);
        }
        party.leaveByRemote();
        vc.client().expectWhileAlive(INCOMING_DROP, party + " " + status);
        return Outcome.SUCCESS;
    }

    // --- who is there ---

    /** Those who take part, in the order in which they came. */
    List<ModelParty> connected() {
        return parties.stream().filter(ModelParty::isConnected).toList();
    }

    private StateTable.Row<PartyState, Event, Facts> fire(final ModelParty party, final Event event) {
        final boolean last = connected().stream().noneMatch(other -> other != party);
        return party.fire(event, call.state(), multipoint, last);
    }
}
