// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.PartyState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.core.state.PartyTable;
import dev.condis.core.state.PartyTable.Event;
import dev.condis.core.state.StateTable;
import java.util.Optional;

/** What a party of a multipoint call must be (B.10). */
final class ModelParty {
    private final String name;
    private PartyState state = PartyState.NONE;
    private CallParameters parameters;
    private Optional<Operation> adding = Optional.empty();
    private Optional<Operation> dropping = Optional.empty();
    private boolean leftByRemote;

    ModelParty(final String name, final CallParameters wanted) {
        this.name = name;
        parameters = wanted;
    }

    StateTable.Row<PartyState, Event, PartyTable.Facts> fire(
            final Event event, final CallState call, final boolean multipoint, final boolean last) {
        final StateTable.Row<PartyState, Event, PartyTable.Facts> row = Coverage.of(
                PartyTable.TABLE.decide(state, event, new PartyTable.Facts(call, multipoint, last, leftByRemote)));
        state = row.to();
        return row;
    }

    boolean isConnected() {
        return state == PartyState.ACTIVE || state == PartyState.REMOTE_DROPPING;
    }

    boolean isGone() {
        return state == PartyState.GONE;
    }

    void adding(final Operation operation) {
        adding = Optional.of(operation);
    }

    /** The call manager has added it. */
    void added(final NdisResult<AddedParty> answer) {
        answer.value().ifPresent(added -> parameters = added.parameters());
    }

    void dropping(final Operation operation) {
        dropping = Optional.of(operation);
    }

    boolean isDropping(final Operation operation) {
        return dropping.filter(current -> current == operation).isPresent();
    }

    void dropEnded() {
        dropping = Optional.empty();
    }

    void leaveByRemote() {
        leftByRemote = true;
    }

    /** The call is over; a party that was being dropped is dropped. Answers the drop that nobody has to carry out any more. */
    Optional<Operation> ended(final NdisStatus reason) {
        adding.ifPresent(operation -> operation.settle(Outcome.of(reason)));
        dropping.ifPresent(operation -> operation.settle(Outcome.SUCCESS));
        final Optional<Operation> dropped = dropping;
        adding = Optional.empty();
        dropping = Optional.empty();
        return dropped;
    }

    PartyState state() {
        return state;
    }

    CallParameters parameters() {
        return parameters;
    }

    @Override
    public String toString() {
        return name;
    }
}
