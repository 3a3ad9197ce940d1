// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.AfState.CLOSED;
import static dev.condis.api.AfState.CLOSING;
import static dev.condis.api.AfState.NONE;
import static dev.condis.api.AfState.OPEN;
import static dev.condis.api.AfState.OPENING;
import static dev.condis.api.AfState.OPEN_NOTIFIED;
import static dev.condis.api.NdisStatus.FAILURE;
import static dev.condis.api.NdisStatus.NOT_ACCEPTED;

import dev.condis.api.AfState;
import dev.condis.api.NdisStatus;

/** The address family instance (contract B.4). */
public final class AfTable {
    /** What happens to an address family instance. */
    public enum Event {
        /** {@code NdisClOpenAddressFamilyEx}. */
        OPEN_AF,
        /** {@code Ndis(M)CmOpenAddressFamilyComplete(SUCCESS)}. */
        OPEN_SUCCEEDED,
        /** {@code Ndis(M)CmOpenAddressFamilyComplete(error)}. */
        OPEN_FAILED,
        /** {@code NdisClRegisterSap}, {@code NdisCoCreateVc}, {@code NdisMCmCreateVc}. */
        USE,
        /** {@code NdisClDeregisterSap}. */
        DEREGISTER_SAP,
        /** {@code Ndis(M)CmNotifyCloseAddressFamily}. */
        NOTIFY_CLOSE,
        /** {@code NdisClNotifyCloseAddressFamilyComplete(error)}: the client does not close it. */
        NOTIFY_REFUSED,
        /** {@code NdisClCloseAddressFamily}. */
        CLOSE_AF,
        /** {@code Ndis(M)CmCloseAddressFamilyComplete(SUCCESS)}. */
        CLOSE_SUCCEEDED,
        /** {@code ProtocolCmCloseAf} answered {@code NDIS_STATUS_NOT_ACCEPTED}. */
        CLOSE_REFUSED,
        /** The adapter, the call manager or the client is gone, and the core takes the address family away. */
        REMOVE
    }

    /**
     * What guards look at.
     *
     * @param clientObjectsLeft the client still has SAPs or VCs that it created
     * @param callManagerVcsLeft the call manager still has VCs that it created for this client
     */
    public record Facts(boolean clientObjectsLeft, boolean callManagerVcsLeft) {}

    /** The table. */
    public static final StateTable<AfState, Event, Facts> TABLE = build();

    private AfTable() {}

    private static StateTable<AfState, Event, Facts> build() {
        final StateTable.Builder<AfState, Event, Facts> table = StateTable.of("address family", NONE, Event.class);
        table.otherwise(NONE, FAILURE, "B.4", "the address family is not open")
                .accept(NONE, Event.OPEN_AF, OPENING, "R31")
                .otherwise(OPENING, NOT_ACCEPTED, "R35", "the address family is being opened")
                .accept(OPENING, Event.OPEN_SUCCEEDED, OPEN, "B.4")
                .accept(OPENING, Event.OPEN_FAILED, CLOSED, "R34")
                .otherwise(OPEN, NOT_ACCEPTED, "B.4", "the address family is open")
                .accept(OPEN, Event.NOTIFY_CLOSE, OPEN_NOTIFIED, "R46")
                .otherwise(OPEN_NOTIFIED, NOT_ACCEPTED, "B.4", "the client was asked to close the address family");
        for (final AfState open : new AfState[] {OPEN, OPEN_NOTIFIED}) {
            table.accept(open, Event.NOTIFY_REFUSED, OPEN, "R49");
            table.accept(open, Event.USE, open, "R48")
                    .accept(open, Event.DEREGISTER_SAP, open, "R48")
                    .refuseWhen(
                            open,
                            Event.CLOSE_AF,
                            "VCs or SAPs of the client are left",
                            Facts::clientObjectsLeft,
                            FAILURE,
                            "R38",
                            "SAPs or VCs of the client are left")
                    .accept(open, Event.CLOSE_AF, CLOSING, "R39");
        }
        table.otherwise(CLOSING, NdisStatus.CLOSING, "B.4", "the address family is being closed")
                .refuse(CLOSING, Event.CLOSE_AF, FAILURE, "R38", "the address family is being closed already")
                .refuse(CLOSING, Event.DEREGISTER_SAP, FAILURE, "R57", "the address family is being closed")
                .refuseWhen(
                        CLOSING,
                        Event.CLOSE_SUCCEEDED,
                        "VCs of the call manager are left",
                        Facts::callManagerVcsLeft,
                        NOT_ACCEPTED,
                        "C22",
                        "the call manager has not deleted the VCs that it created")
                .accept(CLOSING, Event.CLOSE_SUCCEEDED, CLOSED, "R42")
                .accept(CLOSING, Event.CLOSE_REFUSED, OPEN, "R41")
                .otherwise(CLOSED, FAILURE, "R39", "the address family is closed");
        for (final AfState state : AfState.values()) {
            if (state != CLOSED) {
                table.accept(state, Event.REMOVE, CLOSED, "H.2");
            }
        }
        return table.build();
    }
}
