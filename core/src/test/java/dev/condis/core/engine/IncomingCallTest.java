// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ndis(M)CmDispatchIncomingCall, Ndis(M)CmDispatchCallConnected: rules R129 to R139. */
class IncomingCallTest {
    private static final CallParameters CHANGED = OTHER_PARAMETERS.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);

    /** A SAP that was not made by the core. */
    private record ForeignSap(Sap sap, CmAf addressFamily) implements CmSap {}

    private static TestStack withVc(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        return stack;
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r129TheSapIsRegisteredByTheClientThatSharesTheVc(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        final TestStack.TestClient another = stack.anotherClient("another");
        another.register();
        final CmSap anothers = stack.callManager.sap;

        stack.refusesStage(NdisStatus.INVALID_SAP, "R129", () -> vc.dispatchIncomingCall(anothers, PARAMETERS));
        stack.refusesStage(
                NdisStatus.INVALID_SAP,
                "R129",
                () -> vc.dispatchIncomingCall(new ForeignSap(Sap.e164("1"), stack.callManager.afs.get(0)), PARAMETERS));

        assertThat(stack.client.offered).isEmpty();
        assertThat(another.offered).isEmpty();
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r130TheClientGetsVcContextAndParameters(final Form form) {
        final TestStack stack = withVc(form);
        stack.client.incomingCall.hold();

        final CompletionStage<NdisResult<CallParameters>> offer =
                stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, OTHER_PARAMETERS);

        assertThat(stack.client.offered).containsExactly(stack.client.vc);
        assertThat(stack.client.offeredParameters).containsExactly(OTHER_PARAMETERS);
        assertThat(stack.client.vc.incoming.callState()).isEqualTo(CallState.OFFERED);
        assertThat(isPending(offer)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r131ThePendedAnswerReachesTheCallManager(final Form form) {
        final TestStack stack = withVc(form);
        stack.client.incomingCall.hold();
        final CmVc vc = stack.callManager.vc;

        final CompletionStage<NdisResult<CallParameters>> accepted =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        stack.refusesStage(
                NdisStatus.NOT_ACCEPTED, "B.8", () -> vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.8", vc::dispatchCallConnected);
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));

        assertThat(succeeds(accepted).get()).isEqualTo(PARAMETERS);
        assertThat(vc.callState()).isEqualTo(CallState.ACCEPTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r132TheCallManagerSeesThatTheClientChangedTheParameters(final Form form) {
        final TestStack stack = withVc(form);
        stack.client.incomingCall.answer(NdisResult.success(CHANGED));

        final NdisResult<CallParameters> accepted =
                succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        assertThat(accepted.get()).isEqualTo(CHANGED);
        assertThat(accepted.get().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r135ARejectedCallLeavesTheVcToItsCallManager(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        succeeds(vc.activateVc(PARAMETERS));
        stack.client.incomingCall.answer(NdisResult.failure(NdisStatus.NOT_ACCEPTED));

        final NdisResult<CallParameters> rejected = done(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        assertThat(rejected.status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(rejected.refusal()).as("the client's own word").isEmpty();
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(vc.state()).as("C4: only the call manager deactivates").isEqualTo(VcState.ACTIVE);
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", vc::deleteVc);
        succeeds(vc.deactivateVc());

        stack.client.incomingCall.asUsual();
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r135ARejectedCallsVcMayBeDeleted(final Form form) {
        final TestStack stack = withVc(form);
        stack.client.incomingCall.answer(NdisResult.failure(NdisStatus.NOT_ACCEPTED));
        assertThat(done(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS))
                        .isSuccess())
                .isFalse();

        assertThat(stack.callManager.vc.deleteVc().isSuccess()).isTrue();

        assertThat(stack.calls).contains("client CoDeleteVc").doesNotContain("MCoDeactivateVc");
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r136AnAcceptedCallIsConnected(final Form form) {
        final TestStack stack = form.start();

        final ClientVc vc = stack.connectedIncomingVc();

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(stack.calls).containsSubsequence("ClIncomingCall", "ClCallConnected");
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R75", stack.callManager.vc::dispatchCallConnected);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c4TheVcMayBeActiveBeforeTheCallIsOffered(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;

        succeeds(vc.activateVc(PARAMETERS));
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        succeeds(vc.dispatchCallConnected());

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @Test
    void c4ACallIsNotOfferedOnAVcWithAPendingActivation() {
        final TestStack stack = withVc(Form.STAND_ALONE);
        final CmVc vc = stack.callManager.vc;
        stack.miniport.activateVc.hold();
        final CompletionStage<?> activation = vc.activateVc(PARAMETERS);

        stack.refusesStage(
                NdisStatus.NOT_ACCEPTED, "C4", () -> vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        assertThat(isPending(activation)).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r137AnAcceptedCallThatIsNotEstablishedIsClosedInstead(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.client.vc.answersClose = false;

        assertThat(vc.dispatchIncomingCloseCall(NdisStatus.DEST_OUT_OF_ORDER, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        assertThat(stack.calls).endsWith("ClIncomingCloseCall NDIS_STATUS_DEST_OUT_OF_ORDER");
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R158", vc::dispatchCallConnected);
        succeeds(stack.client.vc.incoming.closeCall());
        assertThat(stack.calls).contains("CmCloseCall").doesNotContain("ClCallConnected");
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r137TheRemotePartyGivesUpWhileTheClientDecides(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        stack.client.incomingCall.hold();
        final CompletionStage<NdisResult<CallParameters>> offer =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        assertThat(vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        assertThat(stack.calls).contains("ClIncomingCloseCall NDIS_STATUS_SUCCESS", "CmCloseCall");
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(isPending(offer)).isFalse();
        assertThat(vc.callState()).as("too late to accept").isEqualTo(CallState.IDLE);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.8", vc::dispatchCallConnected);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r131AnAnswerToAnEarlierOfferDoesNotAnswerThisOne(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        stack.client.incomingCall.hold();
        final CompletionStage<NdisResult<CallParameters>> first =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        final CompletionStage<NdisResult<CallParameters>> second =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));

        assertThat(isPending(first)).isFalse();
        assertThat(isPending(second)).isTrue();
        assertThat(vc.callState()).isEqualTo(CallState.OFFERED);
        stack.client.incomingCall.release(NdisResult.failure(NdisStatus.NOT_ACCEPTED));
        assertThat(done(second).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r138TheClientDoesNotSendBeforeTheCallIsConnected(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc cmVc = stack.callManager.vc;
        final ClientVc vc = stack.client.vc.incoming;
        succeeds(cmVc.activateVc(PARAMETERS));
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.client.incomingCall.hold();
        final CompletionStage<?> offer = cmVc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(isPending(offer)).isFalse();
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).hasSize(3).containsOnly(NdisStatus.NOT_ACCEPTED);

        stack.client.vc.whenConnected = () -> vc.sendNetBufferLists(stack.nbl(1), 0);
        succeeds(cmVc.dispatchCallConnected());

        assertThat(stack.client.vc.statuses).as("from inside the callback").endsWith(NdisStatus.SUCCESS);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r138DataReachesTheClientWhenItsCallbackHasReturned(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        succeeds(vc.activateVc(PARAMETERS));
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        stack.client.vc.whenConnected = () -> {
            stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
            assertThat(stack.client.vc.received).isEmpty();
        };
        succeeds(vc.dispatchCallConnected());
        assertThat(stack.client.vc.octets)
                .as("what came after the acceptance, and not what came before")
                .hasSize(2);
        assertThat(stack.miniport.returned).hasSize(3);

        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(stack.client.vc.octets).hasSize(3);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @Test
    void r139AClientThatTakesNoCallsSaysSoByDefault() {
        final ClientAfContext noCalls = new ClientAfContext() {};
        final TestStack stack = Form.STAND_ALONE.prepare();
        stack.client.opens = false;
        stack.start();
        succeeds(stack.client.binding.openAddressFamily(TestStack.AF, noCalls));

        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.NOT_SUPPORTED);

        assertThat(stack.vcs()).isEmpty();
        assertThat(stack.calls).endsWith("MCoCreateVc", "MCoDeleteVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r139AClientThatDoesNotTakeThisCallAnswersNotSupported(final Form form) {
        final TestStack stack = withVc(form);
        stack.client.incomingCall.answer(NdisResult.failure(NdisStatus.NOT_SUPPORTED));

        assertThat(done(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS))
                        .status())
                .isEqualTo(NdisStatus.NOT_SUPPORTED);

        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r131AnOfferThatTheClientHasNotAnsweredEndsWithItsCall(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        stack.client.incomingCall.hold();
        final List<NdisStatus> outcomes = new ArrayList<>();
        vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS).thenAccept(result -> outcomes.add(result.status()));

        vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        assertThat(outcomes).containsExactly(NdisStatus.CLOSING);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.calls.clear();
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(outcomes).as("late").hasSize(1);
        assertThat(stack.calls).isEmpty();
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r131AnOfferThatTheClientHasNotAnsweredEndsWhenThePendedCloseDoes(final Form form) {
        final TestStack stack = withVc(form);
        final CmVc vc = stack.callManager.vc;
        stack.client.incomingCall.hold();
        stack.callManager.closeCall.hold();
        final CompletionStage<NdisResult<CallParameters>> offer =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        assertThat(isPending(offer)).isTrue();

        stack.callManager.closeCall.release(NdisStatus.SUCCESS);

        assertThat(done(offer).status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
    }
}
