// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.FAILURE;
import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.api.NdisStatus.NOT_SUPPORTED;
import static dev.condis.api.PartyState.ACTIVE;
import static dev.condis.api.PartyState.ADDING;
import static dev.condis.api.PartyState.DROPPING;
import static dev.condis.api.PartyState.GONE;
import static dev.condis.api.PartyState.NONE;
import static dev.condis.api.PartyState.REMOTE_DROPPING;

import dev.condis.api.CallState;
import dev.condis.api.PartyState;

/** One party of a multipoint call (contract B.10). */
public final class PartyTable {
    /** What happens to a party. */
    public enum Event {
        /** {@code NdisClMakeCall} with a party context. */
        MAKE_CALL,
        /** {@code NdisClAddParty}. */
        ADD,
        /** {@code Ndis(M)CmAddPartyComplete(SUCCESS)}; for the first party {@code Ndis(M)CmMakeCallComplete(SUCCESS)}. */
        ADD_SUCCEEDED,
        /** {@code Ndis(M)CmAddPartyComplete(error)}; for the first party {@code Ndis(M)CmMakeCallComplete(error)}. */
        ADD_FAILED,
        /** {@code Ndis(M)CmDispatchIncomingDropParty}. */
        DISPATCH_INCOMING_DROP,
        /** {@code NdisClDropParty}. */
        DROP,
        /** {@code Ndis(M)CmDropPartyComplete(SUCCESS)}. */
        DROP_SUCCEEDED,
        /** {@code Ndis(M)CmDropPartyComplete(error)}. */
        DROP_FAILED,
        /** The call is closed, or was removed, and its parties with it. */
        CALL_ENDED
    }

    /**
     * What guards look at.
     *
     * @param callState the state of the call
     * @param multipoint the call was made with a party
     * @param last no other party is connected
     * @param leftByRemote the client was told that the party has left
     */
    public record Facts(CallState callState, boolean multipoint, boolean last, boolean leftByRemote) {}

    /** The table. */
    public static final StateTable<PartyState, Event, Facts> TABLE = build();

    private PartyTable() {}

    private static StateTable<PartyState, Event, Facts> build() {
        final StateTable.Builder<PartyState, Event, Facts> table = StateTable.of("party", NONE, Event.class);
        adding(table);
        dropping(table);
        for (final PartyState state : PartyState.values()) {
            if (state != GONE) {
                table.accept(state, Event.CALL_ENDED, GONE, "B.10");
            }
        }
        return table.build();
    }

    private static void adding(final StateTable.Builder<PartyState, Event, Facts> table) {
        table.otherwise(NONE, NOT_ACCEPTED, "B.10", "the party is not there yet")
                .accept(NONE, Event.MAKE_CALL, ADDING, "R122")
                .refuseWhen(
                        NONE,
                        Event.ADD,
                        "the call is not connected",
                        facts -> facts.callState() != CallState.CONNECTED,
                        NOT_ACCEPTED,
                        "B.10",
                        "a party is added to a connected call")
                .refuseWhen(
                        NONE,
                        Event.ADD,
                        "the call was made without a party",
                        facts -> !facts.multipoint(),
                        NOT_SUPPORTED,
                        "R164",
                        "the call was made without a party and takes none")
                .accept(NONE, Event.ADD, ADDING, "R164")
                .otherwise(ADDING, NOT_ACCEPTED, "B.10", "the party is being added")
                .accept(ADDING, Event.ADD_SUCCEEDED, ACTIVE, "R9")
                .accept(ADDING, Event.ADD_FAILED, GONE, "R8");
    }

    private static void dropping(final StateTable.Builder<PartyState, Event, Facts> table) {
        table.otherwise(ACTIVE, NOT_ACCEPTED, "B.10", "nothing is pending on the party")
                .refuseWhen(
                        ACTIVE,
                        Event.DISPATCH_INCOMING_DROP,
                        "the last party",
                        Facts::last,
                        NOT_ACCEPTED,
                        "R172",
                        "the last party leaves with an incoming close of the call")
                .accept(ACTIVE, Event.DISPATCH_INCOMING_DROP, REMOTE_DROPPING, "R173")
                .otherwise(REMOTE_DROPPING, NOT_ACCEPTED, "R173", "the client was told to drop the party");
        for (final PartyState connected : new PartyState[] {ACTIVE, REMOTE_DROPPING}) {
            table.refuseWhen(
                            connected,
                            Event.DROP,
                            "the last party",
                            Facts::last,
                            FAILURE,
                            "R169",
                            "the last party leaves with the call")
                    .accept(connected, Event.DROP, DROPPING, "R168");
        }
        table.otherwise(DROPPING, FAILURE, "R168", "the party is being dropped, its handle is dead")
                .accept(DROPPING, Event.DROP_SUCCEEDED, GONE, "R174")
                .acceptWhen(
                        DROPPING, Event.DROP_FAILED, "the party had left", Facts::leftByRemote, REMOTE_DROPPING, "B.10")
                .accept(DROPPING, Event.DROP_FAILED, ACTIVE, "B.10")
                .otherwise(GONE, FAILURE, "R168", "the party is gone, its handle is dead");
    }
}
