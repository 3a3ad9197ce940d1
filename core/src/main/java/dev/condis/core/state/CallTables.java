// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static dev.condis.api.CallState.ACCEPTED;
import static dev.condis.api.CallState.CLOSING;
import static dev.condis.api.CallState.CONNECTED;
import static dev.condis.api.CallState.IDLE;
import static dev.condis.api.CallState.MAKING;
import static dev.condis.api.CallState.OFFERED;
import static dev.condis.api.CallState.REMOTE_CLOSING;
import static dev.condis.api.NdisStatus.INVALID_SAP;
import static dev.condis.api.NdisStatus.NOT_ACCEPTED;

import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;

/** The call on a VC: the outgoing one of a VC that the client created (contract B.7), the incoming one of a VC that the call manager created (B.8). */
public final class CallTables {
    /** What happens to a call. */
    public enum Event {
        /** {@code NdisClMakeCall}. */
        MAKE_CALL,
        /** {@code Ndis(M)CmMakeCallComplete(SUCCESS)}. */
        MAKE_CALL_SUCCEEDED,
        /** {@code Ndis(M)CmMakeCallComplete(error)}. */
        MAKE_CALL_FAILED,
        /** {@code Ndis(M)CmDispatchIncomingCall}. */
        DISPATCH_INCOMING_CALL,
        /** {@code NdisClIncomingCallComplete(SUCCESS)}. */
        INCOMING_CALL_ACCEPTED,
        /** {@code NdisClIncomingCallComplete(error)}. */
        INCOMING_CALL_REJECTED,
        /** {@code Ndis(M)CmDispatchCallConnected}. */
        DISPATCH_CALL_CONNECTED,
        /** {@code Ndis(M)CmDispatchIncomingCloseCall}. */
        DISPATCH_INCOMING_CLOSE_CALL,
        /** {@code NdisClCloseCall}. */
        CLOSE_CALL,
        /** {@code Ndis(M)CmCloseCallComplete(SUCCESS)}. */
        CLOSE_CALL_SUCCEEDED,
        /** {@code Ndis(M)CmCloseCallComplete(error)}. */
        CLOSE_CALL_FAILED,
        /** {@code NdisCoSendNetBufferLists}. */
        SEND,
        /** {@code NdisMCoIndicateReceiveNetBufferLists}. */
        INDICATE,
        /** The adapter, the call manager or the client is gone, and the core takes the call away. */
        REMOVE
    }

    /**
     * What guards look at.
     *
     * @param vcState the state of the VC
     * @param afOpen the address family is open
     * @param sapUsable the SAP is registered, or being registered, by the client of the VC
     * @param closedByRemote the client was told that the call is over
     * @param severalParties more than one party is connected
     */
    public record Facts(
            VcState vcState, boolean afOpen, boolean sapUsable, boolean closedByRemote, boolean severalParties) {
        private boolean vcActive() {
            return vcState == VcState.ACTIVE || vcState == VcState.REACTIVATING;
        }

        private boolean vcInactive() {
            return vcState == VcState.INACTIVE;
        }
    }

    /** The call on a VC that the client created. */
    public static final StateTable<CallState, Event, Facts> OUTGOING = outgoing();

    /** The call on a VC that the call manager created. */
    public static final StateTable<CallState, Event, Facts> INCOMING = incoming();

    private CallTables() {}

    private static StateTable<CallState, Event, Facts> outgoing() {
        final StateTable.Builder<CallState, Event, Facts> table = StateTable.of("outgoing call", IDLE, Event.class);
        table.otherwise(IDLE, NOT_ACCEPTED, "B.7", "there is no call on the VC")
                .refuse(
                        IDLE,
                        Event.DISPATCH_INCOMING_CALL,
                        NOT_ACCEPTED,
                        "R61",
                        "a call comes in on a VC that the call manager created")
                .refuseWhen(
                        IDLE,
                        Event.MAKE_CALL,
                        "the address family is not open",
                        facts -> !facts.afOpen(),
                        NdisStatus.CLOSING,
                        "B.7",
                        "the address family is not open")
                .refuseWhen(
                        IDLE,
                        Event.MAKE_CALL,
                        "the VC is not inactive",
                        facts -> !facts.vcInactive(),
                        NOT_ACCEPTED,
                        "B.7",
                        "a call starts on an inactive VC")
                .accept(IDLE, Event.MAKE_CALL, MAKING, "R60")
                .refuse(IDLE, Event.SEND, NOT_ACCEPTED, "R125", "there is no call on the VC");
        table.otherwise(MAKING, NOT_ACCEPTED, "B.7", "the call is being made")
                .refuseWhen(
                        MAKING,
                        Event.MAKE_CALL_SUCCEEDED,
                        "the VC is not active",
                        facts -> !facts.vcActive(),
                        NOT_ACCEPTED,
                        "R121",
                        "the call manager reports a call on a VC that it has not activated")
                .accept(MAKING, Event.MAKE_CALL_SUCCEEDED, CONNECTED, "R121")
                .accept(MAKING, Event.MAKE_CALL_FAILED, IDLE, "C29")
                .refuse(MAKING, Event.SEND, NOT_ACCEPTED, "R125", "the call is not connected yet");
        table.otherwise(OFFERED, NOT_ACCEPTED, "B.7", "an outgoing call is never offered")
                .otherwise(ACCEPTED, NOT_ACCEPTED, "B.7", "an outgoing call is never accepted");
        return ending(table).build();
    }

    private static StateTable<CallState, Event, Facts> incoming() {
        final StateTable.Builder<CallState, Event, Facts> table = StateTable.of("incoming call", IDLE, Event.class);
        table.otherwise(IDLE, NOT_ACCEPTED, "B.8", "there is no call on the VC")
                .refuse(
                        IDLE,
                        Event.MAKE_CALL,
                        NOT_ACCEPTED,
                        "R117",
                        "the VC was created by the call manager; a client makes calls on its own VCs")
                .refuseWhen(
                        IDLE,
                        Event.DISPATCH_INCOMING_CALL,
                        "the SAP is not usable",
                        facts -> !facts.sapUsable(),
                        INVALID_SAP,
                        "R129",
                        "the SAP is gone or not of the client that shares the VC")
                .refuseWhen(
                        IDLE,
                        Event.DISPATCH_INCOMING_CALL,
                        "the VC is neither inactive nor active",
                        facts -> facts.vcState() != VcState.INACTIVE && facts.vcState() != VcState.ACTIVE,
                        NOT_ACCEPTED,
                        "C4",
                        "a call is offered on a VC that is inactive or active")
                .accept(IDLE, Event.DISPATCH_INCOMING_CALL, OFFERED, "R129")
                .refuse(IDLE, Event.SEND, NOT_ACCEPTED, "R138", "there is no call on the VC");
        table.otherwise(MAKING, NOT_ACCEPTED, "B.8", "an incoming call is never made");
        table.otherwise(OFFERED, NOT_ACCEPTED, "B.8", "the client is deciding")
                .accept(OFFERED, Event.INCOMING_CALL_ACCEPTED, ACCEPTED, "R136")
                .accept(OFFERED, Event.INCOMING_CALL_REJECTED, IDLE, "R135")
                .accept(OFFERED, Event.DISPATCH_INCOMING_CLOSE_CALL, REMOTE_CLOSING, "R137")
                .refuse(OFFERED, Event.SEND, NOT_ACCEPTED, "R138", "the call is not connected yet");
        table.otherwise(ACCEPTED, NOT_ACCEPTED, "B.8", "the call is accepted and not connected yet")
                .refuseWhen(
                        ACCEPTED,
                        Event.DISPATCH_CALL_CONNECTED,
                        "the VC is not active",
                        facts -> !facts.vcActive(),
                        NOT_ACCEPTED,
                        "R77",
                        "the VC is not active")
                .accept(ACCEPTED, Event.DISPATCH_CALL_CONNECTED, CONNECTED, "R136")
                .accept(ACCEPTED, Event.DISPATCH_INCOMING_CLOSE_CALL, REMOTE_CLOSING, "R137")
                .accept(ACCEPTED, Event.CLOSE_CALL, CLOSING, "B.8")
                .refuse(ACCEPTED, Event.SEND, NOT_ACCEPTED, "R138", "the call is not connected yet");
        for (final CallState late : new CallState[] {REMOTE_CLOSING, CLOSING}) {
            table.accept(late, Event.INCOMING_CALL_ACCEPTED, late, "R131")
                    .accept(late, Event.INCOMING_CALL_REJECTED, late, "R131");
        }
        return ending(table).build();
    }

    /** The rows that both kinds of call share, from the connection to the end. */
    private static StateTable.Builder<CallState, Event, Facts> ending(
            final StateTable.Builder<CallState, Event, Facts> table) {
        for (final CallState closable : new CallState[] {CONNECTED, REMOTE_CLOSING}) {
            table.refuseWhen(
                    closable,
                    Event.CLOSE_CALL,
                    "several parties",
                    Facts::severalParties,
                    NdisStatus.FAILURE,
                    "R151",
                    "more than one party is connected; all but the last are dropped first");
        }
        table.otherwise(CONNECTED, NOT_ACCEPTED, "R75", "the VC has a connected call")
                .accept(CONNECTED, Event.CLOSE_CALL, CLOSING, "R148")
                .accept(CONNECTED, Event.DISPATCH_INCOMING_CLOSE_CALL, REMOTE_CLOSING, "R157")
                .accept(CONNECTED, Event.SEND, CONNECTED, "B.7")
                .accept(CONNECTED, Event.INDICATE, CONNECTED, "B.7");
        table.otherwise(REMOTE_CLOSING, NOT_ACCEPTED, "R158", "the client was told to close the call")
                .accept(REMOTE_CLOSING, Event.CLOSE_CALL, CLOSING, "R158")
                .refuse(REMOTE_CLOSING, Event.SEND, NdisStatus.CLOSING, "R157", "the call is over")
                .refuse(REMOTE_CLOSING, Event.INDICATE, NdisStatus.CLOSING, "R157", "the call is over");
        table.otherwise(CLOSING, NdisStatus.CLOSING, "R150", "the call is being closed")
                .refuseWhen(
                        CLOSING,
                        Event.CLOSE_CALL_SUCCEEDED,
                        "the VC is not inactive",
                        facts -> !facts.vcInactive(),
                        NOT_ACCEPTED,
                        "C5",
                        "the client hears of the close when the VC is inactive")
                .accept(CLOSING, Event.CLOSE_CALL_SUCCEEDED, IDLE, "R154")
                .acceptWhen(
                        CLOSING,
                        Event.CLOSE_CALL_FAILED,
                        "the remote party had closed",
                        Facts::closedByRemote,
                        REMOTE_CLOSING,
                        "R157")
                .accept(CLOSING, Event.CLOSE_CALL_FAILED, CONNECTED, "B.7")
                .refuse(CLOSING, Event.SEND, NdisStatus.CLOSING, "R149", "the client has closed the call");
        for (final CallState state : CallState.values()) {
            table.accept(state, Event.REMOVE, IDLE, "H.2");
        }
        return table;
    }
}
