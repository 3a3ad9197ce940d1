// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.FAILURE;
import static dev.condis.api.NdisStatus.INVALID_SAP;
import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.api.SapState.DEREGISTERING;
import static dev.condis.api.SapState.GONE;
import static dev.condis.api.SapState.NONE;
import static dev.condis.api.SapState.REGISTERED;
import static dev.condis.api.SapState.REGISTERING;

import dev.condis.api.SapState;

/** The SAP (contract B.5). */
public final class SapTable {
    /** What happens to a SAP. */
    public enum Event {
        /** {@code NdisClRegisterSap}. */
        REGISTER,
        /** {@code Ndis(M)CmRegisterSapComplete(SUCCESS)}. */
        REGISTER_SUCCEEDED,
        /** {@code Ndis(M)CmRegisterSapComplete(error)}. */
        REGISTER_FAILED,
        /** {@code Ndis(M)CmDispatchIncomingCall}. */
        DISPATCH_INCOMING_CALL,
        /** {@code NdisClDeregisterSap}. */
        DEREGISTER,
        /** {@code Ndis(M)CmDeregisterSapComplete}, whatever its status (C20). */
        DEREGISTER_COMPLETED,
        /** The adapter, the call manager or the client is gone, and the core takes the SAP away. */
        REMOVE
    }

    /** A SAP's table has no guards. */
    public enum Facts {
        /** Nothing to look at. */
        NONE
    }

    /** The table. */
    public static final StateTable<SapState, Event, Facts> TABLE = build();

    private SapTable() {}

    private static StateTable<SapState, Event, Facts> build() {
        final StateTable.Builder<SapState, Event, Facts> table = StateTable.of("SAP", NONE, Event.class);
        table.otherwise(NONE, FAILURE, "B.5", "the SAP is not registered")
                .accept(NONE, Event.REGISTER, REGISTERING, "B.5")
                .otherwise(REGISTERING, NOT_ACCEPTED, "B.5", "the SAP is being registered")
                .accept(REGISTERING, Event.REGISTER_SUCCEEDED, REGISTERED, "R9")
                .accept(REGISTERING, Event.REGISTER_FAILED, GONE, "R54")
                .accept(REGISTERING, Event.DISPATCH_INCOMING_CALL, REGISTERING, "R53")
                .otherwise(REGISTERED, NOT_ACCEPTED, "B.5", "the SAP is registered")
                .accept(REGISTERED, Event.DISPATCH_INCOMING_CALL, REGISTERED, "B.5")
                .accept(REGISTERED, Event.DEREGISTER, DEREGISTERING, "R56")
                .otherwise(DEREGISTERING, FAILURE, "R57", "the SAP is being deregistered")
                .refuse(
                        DEREGISTERING,
                        Event.DISPATCH_INCOMING_CALL,
                        INVALID_SAP,
                        "B.5",
                        "the SAP is being deregistered")
                .accept(DEREGISTERING, Event.DEREGISTER_COMPLETED, GONE, "R58")
                .otherwise(GONE, FAILURE, "R56", "the SAP is gone")
                .refuse(GONE, Event.DISPATCH_INCOMING_CALL, INVALID_SAP, "B.5", "the SAP is gone");
        for (final SapState state : SapState.values()) {
            if (state != GONE) {
                table.accept(state, Event.REMOVE, GONE, "H.2");
            }
        }
        return table.build();
    }
}
