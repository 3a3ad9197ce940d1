// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.CLOSING;
import static dev.condis.api.NdisStatus.FAILURE;
import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.api.NdisStatus.VC_NOT_ACTIVATED;
import static dev.condis.api.VcState.ACTIVATING;
import static dev.condis.api.VcState.ACTIVE;
import static dev.condis.api.VcState.DEACTIVATING;
import static dev.condis.api.VcState.DELETED;
import static dev.condis.api.VcState.DELETING;
import static dev.condis.api.VcState.INACTIVE;
import static dev.condis.api.VcState.NONE;
import static dev.condis.api.VcState.REACTIVATING;

import dev.condis.api.VcState;

/**
 * The VC (contract B.6). {@link VcState#DELETING} is the moment in which a delete asks the others who share the VC; the contract
 * has no name for it because there the caller's thread is the only one that can see it.
 */
public final class VcTable {
    /** What happens to a VC. */
    public enum Event {
        /** Everybody who shares the VC agreed to its creation. */
        CREATE_SUCCEEDED,
        /** Somebody refused its creation. */
        CREATE_FAILED,
        /** {@code NdisCmActivateVc}. */
        ACTIVATE,
        /** {@code NdisMCoActivateVcComplete(SUCCESS)}. */
        ACTIVATE_SUCCEEDED,
        /** {@code NdisMCoActivateVcComplete(error)}. */
        ACTIVATE_FAILED,
        /** {@code NdisMCmActivateVc}. */
        MCM_ACTIVATE,
        /** {@code NdisCmDeactivateVc}. */
        DEACTIVATE,
        /** {@code NdisMCoDeactivateVcComplete(SUCCESS)}, and every transfer is over. */
        DEACTIVATE_SUCCEEDED,
        /** {@code NdisMCoDeactivateVcComplete(error)}. */
        DEACTIVATE_FAILED,
        /** A deactivation has not completed within its deadline. */
        DEACTIVATE_OVERDUE,
        /** {@code NdisMCmDeactivateVc}. */
        MCM_DEACTIVATE,
        /** {@code NdisCoDeleteVc}. */
        DELETE,
        /** {@code NdisMCmDeleteVc}. */
        MCM_DELETE,
        /** Everybody who shares the VC agreed to its deletion. */
        DELETE_SUCCEEDED,
        /** Somebody refused its deletion. */
        DELETE_REFUSED,
        /** {@code NdisCoSendNetBufferLists}. */
        SEND,
        /** {@code NdisMCoIndicateReceiveNetBufferLists}. */
        INDICATE,
        /** The adapter, the call manager or the client is gone, and the core takes the VC away. */
        REMOVE
    }

    /**
     * What guards look at.
     *
     * @param byCreator the event comes from the driver that created the VC
     * @param callIdle there is no call on the VC
     * @param drained every send has completed, every indicated NBL has been returned
     */
    public record Facts(boolean byCreator, boolean callIdle, boolean drained) {}

    /** The table. */
    public static final StateTable<VcState, Event, Facts> TABLE = build();

    private VcTable() {}

    private static StateTable<VcState, Event, Facts> build() {
        final StateTable.Builder<VcState, Event, Facts> table = StateTable.of("VC", NONE, Event.class);
        creation(table);
        activation(table);
        deactivation(table);
        deletion(table);
        data(table);
        removal(table);
        return table.build();
    }

    private static void creation(final StateTable.Builder<VcState, Event, Facts> table) {
        table.otherwise(NONE, NOT_ACCEPTED, "R63", "the VC is still being created")
                .accept(NONE, Event.CREATE_SUCCEEDED, INACTIVE, "R63")
                .accept(NONE, Event.CREATE_FAILED, DELETED, "R68");
    }

    private static void activation(final StateTable.Builder<VcState, Event, Facts> table) {
        table.accept(INACTIVE, Event.ACTIVATE, ACTIVATING, "R78")
                .accept(INACTIVE, Event.MCM_ACTIVATE, ACTIVE, "R78")
                .otherwise(ACTIVATING, NOT_ACCEPTED, "B.6.12", "an activation is pending")
                .accept(ACTIVATING, Event.ACTIVATE_SUCCEEDED, ACTIVE, "B.6.9")
                .accept(ACTIVATING, Event.ACTIVATE_FAILED, INACTIVE, "R86")
                .accept(ACTIVE, Event.ACTIVATE, REACTIVATING, "R80")
                .accept(ACTIVE, Event.MCM_ACTIVATE, ACTIVE, "R87")
                .otherwise(REACTIVATING, NOT_ACCEPTED, "B.6.12", "an activation is pending")
                .accept(REACTIVATING, Event.ACTIVATE_SUCCEEDED, ACTIVE, "B.6.11")
                .accept(REACTIVATING, Event.ACTIVATE_FAILED, ACTIVE, "R81");
    }

    private static void deactivation(final StateTable.Builder<VcState, Event, Facts> table) {
        table.otherwise(INACTIVE, NOT_ACCEPTED, "B.6", "the VC is inactive")
                .refuse(INACTIVE, Event.DEACTIVATE, NOT_ACCEPTED, "C27", "the VC is inactive already")
                .refuse(INACTIVE, Event.MCM_DEACTIVATE, NOT_ACCEPTED, "R92", "the VC is inactive already")
                .otherwise(ACTIVE, NOT_ACCEPTED, "B.6", "nothing is pending on the VC")
                .accept(ACTIVE, Event.DEACTIVATE, DEACTIVATING, "R91")
                .refuseWhen(
                        ACTIVE,
                        Event.MCM_DEACTIVATE,
                        "not drained",
                        facts -> !facts.drained(),
                        NOT_ACCEPTED,
                        "R93",
                        "the MCM has not drained the VC: sends are not completed or indicated NBLs not returned")
                .accept(ACTIVE, Event.MCM_DEACTIVATE, INACTIVE, "R91")
                .otherwise(DEACTIVATING, NOT_ACCEPTED, "B.6.21", "a deactivation is pending")
                .refuseWhen(
                        DEACTIVATING,
                        Event.DEACTIVATE_SUCCEEDED,
                        "not drained",
                        facts -> !facts.drained(),
                        NOT_ACCEPTED,
                        "R94",
                        "sends are not completed or indicated NBLs not returned")
                .accept(DEACTIVATING, Event.DEACTIVATE_SUCCEEDED, INACTIVE, "R99")
                .accept(DEACTIVATING, Event.DEACTIVATE_OVERDUE, INACTIVE, "E2")
                .accept(DEACTIVATING, Event.DEACTIVATE_FAILED, ACTIVE, "B.6.20");
    }

    private static void deletion(final StateTable.Builder<VcState, Event, Facts> table) {
        for (final Event delete : new Event[] {Event.DELETE, Event.MCM_DELETE}) {
            for (final VcState state :
                    new VcState[] {INACTIVE, ACTIVATING, ACTIVE, REACTIVATING, DEACTIVATING, DELETING}) {
                table.refuseWhen(
                        state,
                        delete,
                        "not by the creator",
                        facts -> !facts.byCreator(),
                        NOT_ACCEPTED,
                        "R106",
                        "only the driver that created the VC may delete it");
            }
            table.refuseWhen(
                            INACTIVE,
                            delete,
                            "a call is on the VC",
                            facts -> !facts.callIdle(),
                            NOT_ACCEPTED,
                            "R107",
                            "there is a call on the VC")
                    .accept(INACTIVE, delete, DELETING, "R110");
            for (final VcState active : new VcState[] {ACTIVATING, ACTIVE, REACTIVATING}) {
                table.refuse(active, delete, NOT_ACCEPTED, "R108", "the VC is active");
            }
        }
        table.refuse(DEACTIVATING, Event.DELETE, CLOSING, "R109", "a deactivation is pending")
                .refuse(DEACTIVATING, Event.MCM_DELETE, NOT_ACCEPTED, "C12", "a deactivation is pending")
                .otherwise(DELETING, CLOSING, "R110", "the VC is being deleted")
                .accept(DELETING, Event.DELETE_SUCCEEDED, DELETED, "R111")
                .accept(DELETING, Event.DELETE_REFUSED, INACTIVE, "R112")
                .otherwise(DELETED, FAILURE, "R111", "the VC is deleted, its handle is dead");
    }

    private static void data(final StateTable.Builder<VcState, Event, Facts> table) {
        for (final Event transfer : new Event[] {Event.SEND, Event.INDICATE}) {
            table.accept(ACTIVE, transfer, ACTIVE, "B.6.13").accept(REACTIVATING, transfer, REACTIVATING, "B.6.13");
            for (final VcState state : new VcState[] {INACTIVE, ACTIVATING}) {
                table.refuse(state, transfer, VC_NOT_ACTIVATED, "R76", "the VC is not active");
            }
            for (final VcState state : new VcState[] {DEACTIVATING, DELETING}) {
                table.refuse(state, transfer, VC_NOT_ACTIVATED, "R95", "the VC is being deactivated");
            }
        }
    }

    private static void removal(final StateTable.Builder<VcState, Event, Facts> table) {
        for (final VcState state : VcState.values()) {
            if (state != DELETED) {
                table.accept(state, Event.REMOVE, DELETED, "H.2");
            }
        }
    }
}
