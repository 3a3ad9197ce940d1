// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.FAILURE;
import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.core.state.OidRequestState.DONE;
import static dev.condis.core.state.OidRequestState.IDLE;
import static dev.condis.core.state.OidRequestState.PENDING;
import static dev.condis.core.state.OidRequestState.SUBMITTED;

/** One OID request (contract B.11). */
public final class OidRequestTable {
    /** What happens to a request. */
    public enum Event {
        /** {@code NdisCoOidRequest}, {@code NdisMCmOidRequest}. */
        SUBMIT,
        /** The target has returned and not completed the request. */
        PEND,
        /** {@code NdisCoOidRequestComplete}, {@code NdisMCmOidRequestComplete}, {@code NdisMCoOidRequestComplete}. */
        COMPLETE,
        /** {@code NdisCancelOidRequest}, or the time of the request is over. */
        CANCEL,
        /** A reset, a removal, a deadline, the end of the binding or of the address family: nobody waits any more. */
        END
    }

    /**
     * What guards look at.
     *
     * @param toMiniport the target is the miniport, not the peer of an address family
     */
    public record Facts(boolean toMiniport) {}

    /** The table. */
    public static final StateTable<OidRequestState, Event, Facts> TABLE = build();

    private OidRequestTable() {}

    private static StateTable<OidRequestState, Event, Facts> build() {
        final StateTable.Builder<OidRequestState, Event, Facts> table = StateTable.of("OID request", IDLE, Event.class);
        table.otherwise(IDLE, NOT_ACCEPTED, "B.11", "the request is not submitted yet")
                .accept(IDLE, Event.SUBMIT, SUBMITTED, "B.11")
                .accept(IDLE, Event.END, DONE, "B.11")
                .otherwise(SUBMITTED, NOT_ACCEPTED, "B.11", "the request is submitted")
                .accept(SUBMITTED, Event.PEND, PENDING, "B.11")
                .otherwise(PENDING, NOT_ACCEPTED, "B.11", "the request is pending");
        for (final OidRequestState open : new OidRequestState[] {SUBMITTED, PENDING}) {
            table.accept(open, Event.COMPLETE, DONE, "B.11")
                    .refuseWhen(
                            open,
                            Event.CANCEL,
                            "not to a miniport",
                            facts -> !facts.toMiniport(),
                            NOT_ACCEPTED,
                            "R200",
                            "only requests to miniports can be cancelled")
                    .accept(open, Event.CANCEL, open, "B.11")
                    .accept(open, Event.END, DONE, "B.11");
        }
        return table.otherwise(DONE, FAILURE, "B.11", "the request is over").build();
    }
}
