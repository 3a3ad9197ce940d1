// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.api.NdisStatus.RESET_IN_PROGRESS;
import static dev.condis.api.management.AdapterSnapshot.State.HALTED;
import static dev.condis.api.management.AdapterSnapshot.State.HALTING;
import static dev.condis.api.management.AdapterSnapshot.State.INITIALIZING;
import static dev.condis.api.management.AdapterSnapshot.State.PAUSED;
import static dev.condis.api.management.AdapterSnapshot.State.PAUSING;
import static dev.condis.api.management.AdapterSnapshot.State.RESTARTING;
import static dev.condis.api.management.AdapterSnapshot.State.RUNNING;

import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot.State;

/**
 * The adapter (contract B.1). {@link State#HALTING} is the time in which the backend is in {@code MiniportHaltEx}; that protocols are
 * being unbound before is not a state of this table but a fact, because packets and requests pass meanwhile.
 */
public final class AdapterTable {
    /** What happens to an adapter. */
    public enum Event {
        /** {@code MiniportInitializeEx} is called. */
        INITIALIZE,
        /** {@code MiniportInitializeEx} returned success. */
        INITIALIZE_SUCCEEDED,
        /** {@code MiniportInitializeEx} returned anything else. */
        INITIALIZE_FAILED,
        /** {@code MiniportRestart}. */
        RESTART,
        /** {@code NdisMRestartComplete(SUCCESS)}. */
        RESTART_SUCCEEDED,
        /** {@code NdisMRestartComplete(error)}. */
        RESTART_FAILED,
        /** {@code MiniportPause}. */
        PAUSE,
        /** {@code NdisMPauseComplete}, and everything is back; or it took too long. */
        PAUSE_COMPLETED,
        /** {@code MiniportHaltEx} is called. */
        HALT,
        /** {@code MiniportHaltEx} has returned. */
        HALT_COMPLETED,
        /** A reset is asked for, by the miniport ({@code NdisMResetMiniport}) or by an operator. */
        RESET,
        /** An OID request to the miniport. */
        OID_REQUEST,
        /** {@code NdisMCoIndicateStatusEx}. */
        INDICATE_STATUS,
        /** {@code NdisCoSendNetBufferLists}. */
        SEND,
        /** {@code NdisMCoIndicateReceiveNetBufferLists}. */
        INDICATE
    }

    /**
     * What guards look at.
     *
     * @param resetting a reset is under way
     * @param removed the hardware is gone
     * @param leaving the adapter is being taken down
     */
    public record Facts(boolean resetting, boolean removed, boolean leaving) {}

    /** The table. */
    public static final StateTable<State, Event, Facts> TABLE = build();

    private AdapterTable() {}

    private static StateTable<State, Event, Facts> build() {
        final StateTable.Builder<State, Event, Facts> table = StateTable.of("adapter", HALTED, Event.class);
        life(table);
        for (final State initialized : new State[] {PAUSED, RESTARTING, RUNNING, PAUSING}) {
            reset(table, initialized);
            requests(table, initialized);
            data(table, initialized);
        }
        for (final State alive : State.values()) {
            if (alive != HALTED) {
                table.accept(alive, Event.INDICATE_STATUS, alive, "R207");
            }
        }
        return table.refuse(HALTED, Event.INDICATE_STATUS, NOT_ACCEPTED, "R207", "the adapter is halted")
                .build();
    }

    private static void life(final StateTable.Builder<State, Event, Facts> table) {
        table.otherwise(HALTED, NOT_ACCEPTED, "B.1", "the adapter is halted")
                .accept(HALTED, Event.INITIALIZE, INITIALIZING, "B.1")
                .otherwise(INITIALIZING, NOT_ACCEPTED, "B.1", "the adapter is being initialized")
                .accept(INITIALIZING, Event.INITIALIZE_SUCCEEDED, PAUSED, "B.1")
                .accept(INITIALIZING, Event.INITIALIZE_FAILED, HALTED, "B.1")
                .otherwise(PAUSED, NOT_ACCEPTED, "B.1", "the adapter is paused")
                .accept(PAUSED, Event.RESTART, RESTARTING, "B.1")
                .accept(PAUSED, Event.HALT, HALTING, "R219")
                .otherwise(RESTARTING, NOT_ACCEPTED, "B.1", "the adapter is being restarted")
                .accept(RESTARTING, Event.RESTART_SUCCEEDED, RUNNING, "B.1")
                .accept(RESTARTING, Event.RESTART_FAILED, PAUSED, "B.1")
                .otherwise(RUNNING, NOT_ACCEPTED, "B.1", "the adapter is running")
                .accept(RUNNING, Event.PAUSE, PAUSING, "B.1")
                .otherwise(PAUSING, NOT_ACCEPTED, "B.1", "the adapter is being paused")
                .accept(PAUSING, Event.PAUSE_COMPLETED, PAUSED, "B.1")
                .otherwise(HALTING, NOT_ACCEPTED, "R219", "the adapter is being halted")
                .accept(HALTING, Event.HALT_COMPLETED, HALTED, "B.1");
    }

    private static void reset(final StateTable.Builder<State, Event, Facts> table, final State state) {
        table.refuseWhen(
                        state,
                        Event.RESET,
                        "being taken down",
                        Facts::leaving,
                        NOT_ACCEPTED,
                        "R219",
                        "the adapter is being taken down")
                .refuseWhen(
                        state,
                        Event.RESET,
                        "during a reset",
                        Facts::resetting,
                        RESET_IN_PROGRESS,
                        "R210",
                        "the adapter is being reset already")
                .accept(state, Event.RESET, state, "B.1");
    }

    private static void requests(final StateTable.Builder<State, Event, Facts> table, final State state) {
        table.refuseWhen(
                        state,
                        Event.OID_REQUEST,
                        "the hardware is gone",
                        Facts::removed,
                        NOT_ACCEPTED,
                        "R221",
                        "the hardware is gone")
                .refuseWhen(
                        state,
                        Event.OID_REQUEST,
                        "during a reset",
                        Facts::resetting,
                        RESET_IN_PROGRESS,
                        "R210",
                        "the adapter is being reset")
                .accept(state, Event.OID_REQUEST, state, "B.1");
    }

    private static void data(final StateTable.Builder<State, Event, Facts> table, final State state) {
        table.refuseWhen(
                state,
                Event.SEND,
                "the hardware is gone",
                Facts::removed,
                NOT_ACCEPTED,
                "R221",
                "the hardware is gone");
        if (state == RUNNING) {
            table.refuseWhen(
                            state,
                            Event.SEND,
                            "during a reset",
                            Facts::resetting,
                            RESET_IN_PROGRESS,
                            "R210",
                            "the adapter is being reset")
                    .accept(state, Event.SEND, state, "B.1");
        } else {
            table.refuse(state, Event.SEND, NdisStatus.PAUSED, "R218", "the adapter is not running");
        }
        if (state == PAUSED) {
            table.refuse(state, Event.INDICATE, NdisStatus.PAUSED, "R218", "the adapter is paused");
        } else {
            table.accept(state, Event.INDICATE, state, "B.1");
        }
    }
}
