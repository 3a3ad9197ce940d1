// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.NdisStatus.NOT_ACCEPTED;
import static dev.condis.core.state.QosState.MODIFYING;
import static dev.condis.core.state.QosState.STABLE;

import dev.condis.api.CallState;

/** The change of a call's parameters, on top of the call (contract B.9). */
public final class QosTable {
    /** What happens. */
    public enum Event {
        /** {@code NdisClModifyCallQoS}. */
        MODIFY,
        /** {@code Ndis(M)CmModifyCallQoSComplete(SUCCESS)}. */
        MODIFY_SUCCEEDED,
        /** {@code Ndis(M)CmModifyCallQoSComplete(error)}. */
        MODIFY_FAILED,
        /** {@code Ndis(M)CmDispatchIncomingCallQoSChange}. */
        DISPATCH_QOS_CHANGE,
        /** The call is closed, rejected or was removed. */
        CALL_ENDED
    }

    /**
     * What guards look at.
     *
     * @param callState the state of the call
     * @param vcActive the VC is active
     * @param activated the VC was activated since the parameters were last settled
     */
    public record Facts(CallState callState, boolean vcActive, boolean activated) {
        private boolean connected() {
            return callState == CallState.CONNECTED;
        }
    }

    /** The table. */
    public static final StateTable<QosState, Event, Facts> TABLE = build();

    private QosTable() {}

    private static StateTable<QosState, Event, Facts> build() {
        final StateTable.Builder<QosState, Event, Facts> table =
                StateTable.of("quality of service", STABLE, Event.class);
        table.otherwise(STABLE, NOT_ACCEPTED, "B.9", "no change is under way")
                .refuseWhen(
                        STABLE,
                        Event.MODIFY,
                        "the call is neither connected nor offered",
                        facts -> !facts.connected() && facts.callState() != CallState.OFFERED,
                        NOT_ACCEPTED,
                        "C38",
                        "parameters are changed on a connected call, or on one that is being offered")
                .accept(STABLE, Event.MODIFY, MODIFYING, "B.9")
                .refuseWhen(
                        STABLE,
                        Event.DISPATCH_QOS_CHANGE,
                        "the call is not connected",
                        facts -> !facts.connected() || !facts.vcActive(),
                        NOT_ACCEPTED,
                        "B.9",
                        "there is no connected call on an active VC")
                .refuseWhen(
                        STABLE,
                        Event.DISPATCH_QOS_CHANGE,
                        "the VC was not activated",
                        facts -> !facts.activated(),
                        NOT_ACCEPTED,
                        "R145",
                        "the VC has not been activated with new parameters")
                .accept(STABLE, Event.DISPATCH_QOS_CHANGE, STABLE, "R145")
                .accept(STABLE, Event.CALL_ENDED, STABLE, "B.9");
        table.otherwise(MODIFYING, NOT_ACCEPTED, "B.9", "a change is under way")
                .refuseWhen(
                        MODIFYING,
                        Event.MODIFY_SUCCEEDED,
                        "the VC of a connected call was not activated",
                        facts -> facts.connected() && !facts.activated(),
                        NOT_ACCEPTED,
                        "R141",
                        "the call manager reports a change and has not activated the VC with it")
                .accept(MODIFYING, Event.MODIFY_SUCCEEDED, STABLE, "R141")
                .accept(MODIFYING, Event.MODIFY_FAILED, STABLE, "R142")
                .accept(MODIFYING, Event.CALL_ENDED, STABLE, "B.9");
        return table.build();
    }
}
