// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import java.util.Arrays;
import java.util.Collections;
import java.util.Random;

/** What a step of a program is, who does it, and how often it is drawn. */
enum Op {
    /** {@code NdisClOpenAddressFamilyEx}. */
    OPEN_AF("client", 2),
    /** {@code NdisClCloseAddressFamily}. */
    CLOSE_AF("client", 2),
    /** {@code NdisClRegisterSap}. */
    REGISTER_SAP("client", 4),
    /** {@code NdisClDeregisterSap}. */
    DEREGISTER_SAP("client", 2),
    /** {@code NdisCoCreateVc}. */
    CREATE_VC("client", 5),
    /** {@code NdisClMakeCall}. */
    MAKE_CALL("client", 10),
    /** {@code NdisClMakeCall} with a party. */
    MAKE_MULTIPOINT_CALL("client", 5),
    /** {@code NdisClAddParty}. */
    ADD_PARTY("client", 5),
    /** {@code NdisClDropParty}. */
    DROP_PARTY("client", 5),
    /** {@code NdisClCloseCall} with a party. */
    CLOSE_CALL_WITH_PARTY("client", 3),
    /** {@code NdisClModifyCallQoS}. */
    MODIFY_CALL_QOS("client", 5),
    /** {@code NdisClCloseCall}. */
    CLOSE_CALL("client", 8),
    /** {@code NdisCoSendNetBufferLists}. */
    SEND("client", 10),
    /** {@code NdisReturnNetBufferLists}. */
    RETURN_RECEIVED("client", 6),
    /** {@code NdisCoDeleteVc}. */
    DELETE_VC("client", 4),

    /** {@code Ndis(M)CmNotifyCloseAddressFamily}. */
    NOTIFY_CLOSE_AF("call manager", 1),
    /** {@code NdisCoCreateVc}, {@code NdisMCmCreateVc}. */
    CM_CREATE_VC("call manager", 5),
    /** {@code Ndis(M)CmActivateVc}. */
    ACTIVATE("call manager", 8),
    /** {@code Ndis(M)CmDeactivateVc}. */
    DEACTIVATE("call manager", 6),
    /** {@code Ndis(M)CmDispatchIncomingCall}. */
    DISPATCH_INCOMING_CALL("call manager", 8),
    /** {@code Ndis(M)CmDispatchCallConnected}. */
    DISPATCH_CALL_CONNECTED("call manager", 8),
    /** {@code Ndis(M)CmDispatchIncomingCloseCall}. */
    DISPATCH_INCOMING_CLOSE_CALL("call manager", 5),
    /** {@code Ndis(M)CmDispatchIncomingDropParty}. */
    DISPATCH_INCOMING_DROP_PARTY("call manager", 4),
    /** {@code Ndis(M)CmDispatchIncomingCallQoSChange}. */
    DISPATCH_QOS_CHANGE("call manager", 5),
    /** {@code NdisCoDeleteVc}, {@code NdisMCmDeleteVc}. */
    CM_DELETE_VC("call manager", 3),

    /** {@code NdisMCoSendNetBufferListsComplete}. */
    COMPLETE_SENDS("miniport", 8),
    /** {@code NdisMCoIndicateReceiveNetBufferLists}. */
    INDICATE("miniport", 7),
    /** The same with {@code NDIS_RECEIVE_FLAGS_RESOURCES}. */
    INDICATE_LENT("miniport", 2),

    /** A driver answers a callback that it has pended: success. */
    SUCCEED("driver", 14),
    /** A driver answers a callback that it has pended: another status. */
    FAIL("driver", 5),

    /** The deadline of an operation passes. */
    PASS_DEADLINE("environment", 5),
    /** A client is unregistered. */
    UNREGISTER_CLIENT("environment", 2),
    /** A client is registered, if it is not. */
    REGISTER_CLIENT("environment", 2),
    /** A stand-alone call manager is unregistered. */
    UNREGISTER_CALL_MANAGER("environment", 1),
    /** A stand-alone call manager is registered, if it is not. */
    REGISTER_CALL_MANAGER("environment", 2),
    /** The miniport is unregistered. */
    UNREGISTER_MINIPORT("environment", 1),
    /** The miniport is registered, if it is not. */
    REGISTER_MINIPORT("environment", 2),
    /** The hardware is gone. */
    REMOVE_SURPRISINGLY("environment", 1),
    /** The adapter is paused. */
    PAUSE("environment", 2),
    /** The adapter is restarted. */
    RESTART("environment", 3),
    /** The deadlines of teardowns and pauses pass. */
    PASS_TEARDOWN_DEADLINES("environment", 2),
    /** From now on what may block waits. */
    HOLD_PASSIVE_TASKS("environment", 1),
    /** What may block runs, and does not wait any more. */
    RUN_PASSIVE_TASKS("environment", 2);

    private static final Op[] DRAWN = Arrays.stream(values())
            .flatMap(op -> Collections.nCopies(op.weight, op).stream())
            .toArray(Op[]::new);

    private final String actor;
    private final int weight;

    Op(final String actor, final int weight) {
        this.actor = actor;
        this.weight = weight;
    }

    /** Draws one, the heavier the likelier. */
    static Op draw(final Random random) {
        return DRAWN[random.nextInt(DRAWN.length)];
    }

    /** Drivers do not do it; so it is not done inside a callback. */
    boolean isOfEnvironment() {
        return actor.equals("environment");
    }

    @Override
    public String toString() {
        return actor + " " + name();
    }
}
