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
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NdisClMakeCall: rules R118 to R128, as far as they concern the core. */
class OutgoingCallTest {
    private static final CallParameters CHANGED = OTHER_PARAMETERS.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);

    @ParameterizedTest
    @EnumSource(Form.class)
    void r118TheCallManagerGetsTheParametersOfTheClient(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.hold();

        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(OTHER_PARAMETERS);

        assertThat(stack.callManager.asked).containsExactly(OTHER_PARAMETERS);
        assertThat(isPending(call)).isTrue();
        assertThat(vc.callState()).isEqualTo(CallState.MAKING);
        stack.callManager.makeCall.release(NdisResult.success(OTHER_PARAMETERS));
        assertThat(succeeds(call).get()).isEqualTo(OTHER_PARAMETERS);
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r119r126ACallThatTheCallManagerRefusesLeavesTheVcIdleAndDeletable(final Form form) {
        for (final NdisStatus status :
                List.of(NdisStatus.NOT_SUPPORTED, NdisStatus.RESOURCES, NdisStatus.NO_ROUTE_TO_DESTINATION)) {
            final TestStack stack = form.start();
            stack.callManager.activates = false;
            stack.callManager.makeCall.answer(NdisResult.failure(status));
            final ClientVc vc = stack.createVc();

            final NdisResult<CallParameters> refused = done(vc.makeCall(PARAMETERS));

            assertThat(refused.status()).isEqualTo(status);
            assertThat(refused.value()).isEmpty();
            TestStack.idle(vc);
            assertThat(vc.deleteVc().isSuccess()).isTrue();
            assertThat(stack.calls).contains("cm CoDeleteVc");
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r120r127TheClientSeesThatParametersWereChangedAndMayCloseTheCall(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.answer(NdisResult.success(CHANGED));
        final ClientVc vc = stack.createVc();

        final NdisResult<CallParameters> made = succeeds(vc.makeCall(PARAMETERS));

        assertThat(made.get()).isEqualTo(CHANGED);
        assertThat(made.get().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)).isTrue();
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r121ACallReportedOnAVcThatIsNotActiveFails(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.activates = false;
        final ClientVc vc = stack.createVc();

        final NdisResult<CallParameters> failed = done(vc.makeCall(PARAMETERS));

        assertThat(failed.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(failed.refusal().orElseThrow().rule()).isEqualTo("R121");
        TestStack.idle(vc);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r123r124APendedCallThatFailsIsOverForBothSides(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.activates = false;
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R107", vc::deleteVc);

        stack.callManager.makeCall.release(NdisResult.failure(NdisStatus.VC_NOT_AVAILABLE));

        assertThat(done(call).status()).isEqualTo(NdisStatus.VC_NOT_AVAILABLE);
        TestStack.idle(vc);
        stack.calls.clear();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls).contains("cm CoDeleteVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r125NothingIsTransferredBeforeTheCallIsMade(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.hold();
        final CompletionStage<?> call = vc.makeCall(PARAMETERS);
        assertThat(vc.state()).as("activated ahead of the report").isEqualTo(VcState.ACTIVE);

        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.NOT_ACCEPTED);
        assertThat(stack.client.vc.received).isEmpty();
        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
        assertThat(isPending(call)).isFalse();
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.NOT_ACCEPTED, NdisStatus.SUCCESS);
        assertThat(stack.client.vc.received)
                .as("what came before has waited for the report")
                .hasSize(2);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r125NothingIsTransferredOnAnActiveVcWithoutACall(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        succeeds(stack.callManager.vc.activateVc(PARAMETERS));

        vc.sendNetBufferLists(stack.nbl(1), 0);

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.NOT_ACCEPTED);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", () -> vc.makeCall(PARAMETERS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b7AnOutgoingCallKnowsNoOffersAndNoCloseBeforeItIsMade(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", vc::closeCall);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", stack.callManager.vc::dispatchCallConnected);
        stack.refuses(
                NdisStatus.NOT_ACCEPTED,
                "B.7",
                () -> stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY));
        stack.callManager.makeCall.hold();
        final CompletionStage<?> call = vc.makeCall(PARAMETERS);

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", () -> vc.makeCall(PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", vc::closeCall);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.7", stack.callManager.vc::dispatchCallConnected);
        stack.refuses(
                NdisStatus.NOT_ACCEPTED,
                "B.7",
                () -> stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY));

        assertThat(isPending(call)).isTrue();
    }

    @Test
    void r78AFailedActivationFailsTheCall() {
        final TestStack stack = TestStack.standAlone();
        stack.miniport.activateVc.answer(NdisResult.failure(NdisStatus.INVALID_DATA));
        final ClientVc vc = stack.createVc();

        assertThat(done(vc.makeCall(PARAMETERS)).status()).isEqualTo(NdisStatus.INVALID_DATA);

        TestStack.idle(vc);
    }

    // --- a failed call leaves the VC inactive

    @ParameterizedTest
    @EnumSource(Form.class)
    void c29TheVcOfAFailedCallIsDeactivatedBeforeTheClientHearsOfIt(final Form form) {
        final TestStack stack = withUnreachableParty(form);
        final ClientVc vc = stack.createVc();

        final NdisResult<CallParameters> failed = done(vc.makeCall(PARAMETERS));

        assertThat(failed.status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        if (form != Form.MCM) {
            assertThat(stack.calls).containsSubsequence("CmMakeCall", "MCoDeactivateVc");
        }
        TestStack.idle(vc);
        assertThat(vc.callParameters()).isEmpty();
        stack.callManager.makeCall.asUsual();
        succeeds(vc.makeCall(PARAMETERS));
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    /** The call manager activates the VC, learns that nobody is there, and leaves the VC as it is. */
    private static TestStack withUnreachableParty(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.answer(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));
        return stack;
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c29TheClientHearsOfTheFailedCallWhenThePendedDeactivationIsOver(final Form form) {
        final TestStack stack = withUnreachableParty(form);
        final ClientVc vc = stack.createVc();
        stack.miniport.deactivateVc.hold();

        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);

        assertThat(isPending(call)).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.DEACTIVATING);
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        assertThat(done(call).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        TestStack.idle(vc);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c29AMiniportThatDoesNotDeactivateKeepsNoClientWaiting(final Form form) {
        final TestStack stack = withUnreachableParty(form);
        final ClientVc vc = stack.createVc();
        stack.miniport.deactivateVc.answer(NdisStatus.DEVICE_FAILED);

        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);

        assertThat(done(call).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        stack.miniport.deactivateVc.asUsual();
        succeeds(stack.callManager.vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c29AnActivationThatIsUnderWayWhenTheCallFailsIsTakenBack(final Form form) {
        final TestStack stack = withUnreachableParty(form);
        stack.callManager.activates = false;
        stack.miniport.activateVc.hold();
        final List<String> heard = new ArrayList<>();
        stack.callManager.makeCall.whenCalled = () -> stack.callManager
                .vc
                .activateVc(PARAMETERS)
                .thenAccept(
                        result -> heard.add("activated " + result.isSuccess() + ", " + stack.callManager.vc.state()));
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);
        call.thenAccept(result -> heard.add("failed, " + vc.state()));
        assertThat(isPending(call)).isTrue();
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);

        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));

        assertThat(heard).containsExactly("activated true, ACTIVE", "failed, INACTIVE");
        assertThat(done(call).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(stack.calls).endsWith("MCoDeactivateVc");
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c29AnActivationThatFailsAfterTheCallLeavesNothingToDeactivate(final Form form) {
        final TestStack stack = withUnreachableParty(form);
        stack.callManager.activates = false;
        stack.miniport.activateVc.hold();
        stack.callManager.makeCall.whenCalled = () -> stack.callManager.vc.activateVc(PARAMETERS);
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);

        stack.miniport.activateVc.release(NdisResult.failure(NdisStatus.RESOURCES));

        assertThat(done(call).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(stack.calls).doesNotContain("MCoDeactivateVc");
        TestStack.idle(vc);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void c29AChangeThatIsUnderWayWhenTheCallFailsEndsInADeactivationWhateverItsOutcome(final Form form) {
        for (final NdisResult<CallParameters> change : List.of(
                NdisResult.success(OTHER_PARAMETERS), NdisResult.<CallParameters>failure(NdisStatus.RESOURCES))) {
            final TestStack stack = withUnreachableParty(form);
            stack.callManager.makeCall.whenCalled = () -> {
                stack.miniport.activateVc.hold();
                stack.callManager.vc.activateVc(OTHER_PARAMETERS);
            };
            final ClientVc vc = stack.createVc();
            final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);
            assertThat(vc.state()).isEqualTo(VcState.REACTIVATING);
            assertThat(isPending(call)).isTrue();

            stack.miniport.activateVc.release(change);

            assertThat(done(call).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
            TestStack.idle(vc);
            assertThat(vc.deleteVc().isSuccess()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r121ACallReportedBeforeItsActivationIsThroughFailsAndTheVcIsNotLeftActive(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.activates = false;
        stack.miniport.activateVc.hold();
        stack.callManager.makeCall.whenCalled = () -> stack.callManager.vc.activateVc(PARAMETERS);
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);

        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));

        assertThat(done(call).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(done(call).refusal().orElseThrow().rule()).isEqualTo("R121");
        TestStack.idle(vc);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }
}
