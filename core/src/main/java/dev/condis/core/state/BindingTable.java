// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.core.state.BindingState.CLOSING;
import static dev.condis.core.state.BindingState.OPENING;
import static dev.condis.core.state.BindingState.PAUSED;
import static dev.condis.core.state.BindingState.PAUSING;
import static dev.condis.core.state.BindingState.RESTARTING;
import static dev.condis.core.state.BindingState.RUNNING;
import static dev.condis.core.state.BindingState.UNBOUND;

import dev.condis.api.NdisStatus;

/** The binding of a client or of a stand-alone call manager to an adapter (contract B.2). */
public final class BindingTable {
    /** What happens to a binding. */
    public enum Event {
        /** {@code ProtocolBindAdapterEx} is called. */
        BIND,
        /** {@code ProtocolBindAdapterEx} returned success. */
        BIND_SUCCEEDED,
        /** {@code ProtocolBindAdapterEx} returned anything else. */
        BIND_FAILED,
        /** {@code NetEventRestart}. */
        RESTART,
        /** The protocol has completed {@code NetEventRestart} with success. */
        RESTART_SUCCEEDED,
        /** The protocol has completed {@code NetEventRestart} with anything else. */
        RESTART_FAILED,
        /** {@code NetEventPause}. */
        PAUSE,
        /** The protocol has completed {@code NetEventPause}, and everything is back; or it took too long. */
        PAUSE_COMPLETED,
        /** {@code ProtocolUnbindAdapterEx} is called. */
        UNBIND,
        /** {@code ProtocolUnbindAdapterEx} has completed, or took too long. */
        UNBIND_COMPLETED,
        /** {@code NdisCoOidRequest} to the miniport. */
        OID_REQUEST,
        /** {@code NdisCoSendNetBufferLists}. */
        SEND,
        /** {@code NdisMCoIndicateReceiveNetBufferLists} for a VC of the binding. */
        INDICATE
    }

    /** A binding's table has no guards. */
    public enum Facts {
        /** Nothing to look at. */
        NONE
    }

    /** The table. */
    public static final StateTable<BindingState, Event, Facts> TABLE = build();

    private BindingTable() {}

    private static StateTable<BindingState, Event, Facts> build() {
        final StateTable.Builder<BindingState, Event, Facts> table = StateTable.of("binding", UNBOUND, Event.class);
        table.otherwise(UNBOUND, NdisStatus.CLOSING, "B.2", "the binding is closed")
                .accept(UNBOUND, Event.BIND, OPENING, "B.2")
                .otherwise(OPENING, NOT_ACCEPTED, "B.2", "the binding is being opened")
                .accept(OPENING, Event.BIND_SUCCEEDED, PAUSED, "B.2")
                .accept(OPENING, Event.BIND_FAILED, UNBOUND, "B.2")
                .otherwise(PAUSED, NOT_ACCEPTED, "B.2", "the binding is paused")
                .accept(PAUSED, Event.RESTART, RESTARTING, "B.2")
                .accept(PAUSED, Event.UNBIND, CLOSING, "R216")
                .otherwise(RESTARTING, NOT_ACCEPTED, "B.2", "the binding is being restarted")
                .accept(RESTARTING, Event.RESTART_SUCCEEDED, RUNNING, "B.2")
                .accept(RESTARTING, Event.RESTART_FAILED, PAUSED, "B.2")
                .otherwise(RUNNING, NOT_ACCEPTED, "B.2", "the binding is running")
                .accept(RUNNING, Event.PAUSE, PAUSING, "B.2")
                .otherwise(PAUSING, NOT_ACCEPTED, "B.2", "the binding is being paused")
                .accept(PAUSING, Event.PAUSE_COMPLETED, PAUSED, "B.2")
                .otherwise(CLOSING, NOT_ACCEPTED, "B.2", "the protocol is being unbound")
                .accept(CLOSING, Event.UNBIND_COMPLETED, UNBOUND, "B.2");
        requests(table);
        data(table);
        return table.build();
    }

    private static void requests(final StateTable.Builder<BindingState, Event, Facts> table) {
        for (final BindingState bound : new BindingState[] {PAUSED, RESTARTING, RUNNING, PAUSING, CLOSING}) {
            table.accept(bound, Event.OID_REQUEST, bound, "C48");
        }
    }

    private static void data(final StateTable.Builder<BindingState, Event, Facts> table) {
        for (final Event transfer : new Event[] {Event.SEND, Event.INDICATE}) {
            table.accept(RUNNING, transfer, RUNNING, "B.2");
            for (final BindingState quiet : new BindingState[] {OPENING, PAUSED, RESTARTING, PAUSING, CLOSING}) {
                table.refuse(quiet, transfer, NdisStatus.PAUSED, "R217", "the binding is not running");
            }
        }
    }
}
