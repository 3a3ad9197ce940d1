// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.TestStack.Form;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NdisClCloseCall, Ndis(M)CmDispatchIncomingCloseCall: rules R148 to R163. */
class CloseCallTest {
    private static final Octets CLOSE_DATA = Octets.ofText("bye");

    // --- the client closes

    @ParameterizedTest
    @EnumSource(Form.class)
    void r148TheCallManagerHearsOfTheCloseWhenTheClientHasItsSendsBack(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(2), 0);
        vc.sendNetBufferLists(stack.nbl(1), 0);

        final CompletionStage<NdisResult<Void>> close = vc.closeCall();

        assertThat(vc.callState()).isEqualTo(CallState.CLOSING);
        stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(1), 0);
        assertThat(stack.calls).doesNotContain("CmCloseCall", "MCoDeactivateVc");
        assertThat(isPending(close)).isTrue();
        stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);
        succeeds(close);
        assertThat(stack.calls).contains("CmCloseCall");
        assertThat(stack.client.vc.statuses).hasSize(3);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r149r150AClosingCallTakesNoSendsNoCallAndNoSecondClose(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        stack.callManager.closeCall.hold();
        final CompletionStage<NdisResult<Void>> close = vc.closeCall();
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);

        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.CLOSING);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.received).isEmpty();
        stack.refusesStage(NdisStatus.CLOSING, "R150", () -> vc.makeCall(PARAMETERS));
        stack.refusesStage(NdisStatus.CLOSING, "R150", vc::closeCall);
        stack.refuses(
                NdisStatus.CLOSING,
                "R150",
                () -> stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY));

        assertThat(isPending(close)).isTrue();
        stack.callManager.closeCall.release(NdisStatus.SUCCESS);
        assertThat(isPending(close)).as("C5").isTrue();
        succeeds(stack.callManager.vc.deactivateVc());
        succeeds(close);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r150ACloseReachesTheCallManagerOnce(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        succeeds(vc.closeCall());

        assertThat(stack.calls).containsOnlyOnce("CmCloseCall");
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", vc::closeCall);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r152r163CloseDataIsCarriedToTheCallManager(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        succeeds(vc.closeCall(CLOSE_DATA));
        succeeds(vc.makeCall(PARAMETERS));
        succeeds(vc.closeCall());

        assertThat(stack.callManager.closeData).containsExactly(CLOSE_DATA, Octets.EMPTY);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r152AMediumWithoutCloseDataFailsTheCloseAndTheCallGoesOn(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        stack.callManager.closeCall.answer(NdisStatus.INVALID_DATA);

        assertThat(done(vc.closeCall(CLOSE_DATA)).status()).isEqualTo(NdisStatus.INVALID_DATA);

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.received).hasSize(1);
        stack.callManager.deactivates = true;
        stack.callManager.closeCall.asUsual();
        succeeds(vc.closeCall());
        TestStack.idle(vc);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r154r155SuccessMeansClosedAndDeactivated(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        succeeds(vc.closeCall());

        TestStack.idle(vc);
        assertThat(vc.callParameters()).isEmpty();
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r154TheClientMayDeleteItsVcFromTheCompletionOfTheClose(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.closeCall.hold();

        final CompletionStage<NdisResult<Void>> deleted = vc.closeCall().thenApply(closed -> vc.deleteVc());
        assertThat(isPending(deleted)).isTrue();
        stack.callManager.closeCall.release(NdisStatus.SUCCESS);

        succeeds(deleted);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r156TheCallManagerDeletesItsVcAfterTheClose(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedIncomingVc();
        final CmVc mine = stack.callManager.vc;
        stack.callManager.closeCall.hold();
        final CompletionStage<NdisResult<Void>> close = vc.closeCall();
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R107", mine::deleteVc);

        stack.callManager.closeCall.release(NdisStatus.SUCCESS);

        succeeds(close);
        assertThat(mine.deleteVc().isSuccess()).isTrue();
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r148AnAcceptedCallMayBeClosedBeforeItIsConnected(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        succeeds(stack.client.vc.incoming.closeCall());

        assertThat(stack.calls).endsWith("CmCloseCall");
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.8", stack.callManager.vc::dispatchCallConnected);
    }

    // --- the other side closes

    @ParameterizedTest
    @EnumSource(Form.class)
    void r157NoDataPassesFromTheIncomingClose(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.answersClose = false;

        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.DEST_OUT_OF_ORDER, CLOSE_DATA)
                        .isSuccess())
                .isTrue();

        assertThat(vc.callState()).isEqualTo(CallState.REMOTE_CLOSING);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.CLOSING);
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.miniport.returned).hasSize(1);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R158", () -> vc.makeCall(PARAMETERS));
        stack.refuses(
                NdisStatus.NOT_ACCEPTED,
                "R158",
                () -> stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY));
        succeeds(vc.closeCall());
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r157ACloseThatFailsDoesNotReviveACallThatTheOtherSideEnded(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.answersClose = false;
        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        stack.callManager.deactivates = false;
        stack.callManager.closeCall.answer(NdisStatus.RESOURCES);

        assertThat(done(vc.closeCall()).status()).isEqualTo(NdisStatus.RESOURCES);

        assertThat(vc.callState()).isEqualTo(CallState.REMOTE_CLOSING);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.CLOSING);
        stack.callManager.deactivates = true;
        stack.callManager.closeCall.asUsual();
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r158r161TheClientAnswersTheIncomingCloseWhateverItsStatus(final Form form) {
        for (final NdisStatus status : List.of(NdisStatus.SUCCESS, NdisStatus.NO_CABLE)) {
            final TestStack stack = form.start();
            final ClientVc vc = stack.connectedVc();
            stack.calls.clear();

            assertThat(stack.callManager
                            .vc
                            .dispatchIncomingCloseCall(status, CLOSE_DATA)
                            .isSuccess())
                    .isTrue();

            assertThat(stack.calls).containsSubsequence("ClIncomingCloseCall " + status, "CmCloseCall");
            assertThat(stack.client.vc.closeData).isEqualTo(CLOSE_DATA);
            TestStack.idle(vc);
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r159TheClientLeavesTheVcOfTheCallManagerAlone(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedIncomingVc();
        final CmVc mine = stack.callManager.vc;

        assertThat(mine.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        TestStack.idle(vc);
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R106", vc::deleteVc);
        assertThat(mine.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r160TheClientKeepsOrDeletesItsOwnVc(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        succeeds(vc.makeCall(PARAMETERS));

        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.NO_CABLE, Octets.EMPTY);

        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c13DeletingInsideTheIncomingCloseIsTooEarlyWhileTheCloseIsPending(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        stack.callManager.closeCall.hold();

        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", vc::deleteVc);
        succeeds(stack.callManager.vc.deactivateVc());
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R107", vc::deleteVc);
        stack.callManager.closeCall.release(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r162AClientThatOverridesNothingAnswersTheIncomingClose(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.client
                .af
                .createVc(new ClientVcContext() {
                    @Override
                    public void receiveNetBufferLists(final ClientVc on, final NetBufferList nbls, final int flags) {
                        on.returnNetBufferLists(nbls, flags);
                    }

                    @Override
                    public void sendNetBufferListsComplete(
                            final ClientVc on, final NetBufferList nbls, final int flags) {
                        nbls.freeChain();
                    }
                })
                .get();
        succeeds(vc.makeCall(PARAMETERS));

        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        TestStack.idle(vc);
    }

    // --- a close and an activation

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c5ACloseThatWaitsForAnActivationEndsWhenItFails(final Form form) {
        final TestStack stack = withPendedActivation(form);
        final CmVc vc = stack.callManager.vc;
        final CompletionStage<NdisResult<Void>> close = stack.client.vc.incoming.closeCall();
        assertThat(isPending(close)).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.ACTIVATING);

        stack.miniport.activateVc.release(NdisResult.failure(NdisStatus.RESOURCES));

        succeeds(close);
        TestStack.idle(stack.client.vc.incoming);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c5ACloseThatWaitsForAnActivationWaitsForTheDeactivationThen(final Form form) {
        final TestStack stack = withPendedActivation(form);
        final CompletionStage<NdisResult<Void>> close = stack.client.vc.incoming.closeCall();

        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));

        assertThat(isPending(close)).isTrue();
        succeeds(stack.callManager.vc.deactivateVc());
        succeeds(close);
        TestStack.idle(stack.client.vc.incoming);
    }

    /** An accepted call, on a VC whose activation is pending. */
    private static TestStack withPendedActivation(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.miniport.activateVc.hold();
        assertThat(isPending(vc.activateVc(PARAMETERS))).isTrue();
        return stack;
    }
}
