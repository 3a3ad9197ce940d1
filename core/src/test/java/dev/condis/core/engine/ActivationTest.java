// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NdisCmActivateVc, NdisMCmActivateVc, MiniportCoActivateVc: rules R76 to R89. */
class ActivationTest {
    private static final CallParameters ASKED = CallParameters.of(new CallManagerParameters(
                    FlowSpec.guaranteed(1_000, 1_500), FlowSpec.guaranteed(1_000, 1_500), Optional.empty()))
            .withMedia(new MediaParameters(Set.of(MediaParameters.Flag.ROUND_UP_FLOW), 0, 0, Optional.empty()));
    private static final CallParameters ROUNDED = ASKED.withCallManager(new CallManagerParameters(
            FlowSpec.guaranteed(1_024, 1_500), FlowSpec.guaranteed(1_024, 1_500), Optional.empty()));

    @ParameterizedTest
    @EnumSource(Form.class)
    void r76NothingPassesBeforeTheActivation(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();

        transfersAreRefused(stack, vc);

        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
    }

    @Test
    void r76NothingPassesWhileTheFirstActivationIsPending() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.createVc();
        stack.miniport.activateVc.hold();
        final CompletionStage<?> activation = stack.callManager.vc.activateVc(PARAMETERS);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVATING);
        assertThat(vc.callParameters()).isEmpty();

        transfersAreRefused(stack, vc);

        assertThat(isPending(activation)).isTrue();
    }

    private static void transfersAreRefused(final TestStack stack, final ClientVc vc) {
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(2), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.chain(3), 0);

        assertThat(stack.miniport.sent).isEmpty();
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED, NdisStatus.VC_NOT_ACTIVATED);
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.miniport.returned).hasSize(1);
        assertThat(stack.vcs().get(0).sendsRefused()).isEqualTo(2);
        assertThat(stack.vcs().get(0).receivesRefused()).isEqualTo(3);
        assertThat(stack.vcs().get(0).sendsAccepted()).isZero();
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r77TheVcIsActiveBeforeTheCallIsConnected(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        final CmVc vc = stack.callManager.vc;
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R77", vc::dispatchCallConnected);
        assertThat(vc.callState()).isEqualTo(CallState.ACCEPTED);

        succeeds(vc.activateVc(PARAMETERS));
        succeeds(vc.dispatchCallConnected());
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @Test
    void r78ActivationReachesTheMiniportOfAStandAloneCallManagerOnly() {
        final TestStack standAlone = TestStack.standAlone();
        standAlone.createVc();
        standAlone.calls.clear();
        succeeds(standAlone.callManager.vc.activateVc(PARAMETERS));
        assertThat(standAlone.calls).containsExactly("MCoActivateVc");

        final TestStack mcm = TestStack.mcm();
        mcm.createVc();
        mcm.calls.clear();
        succeeds(mcm.callManager.vc.activateVc(PARAMETERS));
        assertThat(mcm.calls).isEmpty();
        assertThat(mcm.callManager.vc.state()).isEqualTo(VcState.ACTIVE);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r79r86ParametersThatTheMiniportRejectsLeaveTheVcInactive(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.miniport.activateVc.answer(NdisResult.failure(NdisStatus.INVALID_DATA));

        assertThat(done(stack.callManager.vc.activateVc(PARAMETERS)).status()).isEqualTo(NdisStatus.INVALID_DATA);

        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(vc.callParameters()).isEmpty();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r85AFailedActivationMayBeRepeatedWithOtherParameters(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.miniport.activateVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        assertThat(done(stack.callManager.vc.activateVc(PARAMETERS)).status()).isEqualTo(NdisStatus.RESOURCES);
        stack.miniport.activateVc.asUsual();

        succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));

        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r80r87AnActiveVcIsActivatedAgainToChangeItsParameters(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        for (int i = 0; i < 5; i++) {
            succeeds(stack.callManager.vc.activateVc(OTHER_PARAMETERS));
            assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
            assertThat(stack.callManager.vc.callParameters()).contains(OTHER_PARAMETERS);
            succeeds(stack.callManager.vc.activateVc(PARAMETERS));
            assertThat(vc.callParameters()).contains(PARAMETERS);
        }

        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    @Test
    void r81TheOldParametersAreInForceWhileAReactivationIsPendingAndWhenItFails() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.activateVc.hold();

        final CompletionStage<NdisResult<CallParameters>> reactivation =
                stack.callManager.vc.activateVc(OTHER_PARAMETERS);

        assertThat(vc.state()).isEqualTo(VcState.REACTIVATING);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        stack.miniport.activateVc.release(NdisResult.failure(NdisStatus.INVALID_DATA));
        assertThat(done(reactivation).status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS, NdisStatus.SUCCESS);
        assertThat(stack.client.vc.received).hasSize(1);
    }

    @Test
    void r81TheOldParametersOfAnIntegratedMcmSurviveAFailedReactivation() {
        final TestStack stack = TestStack.integrated();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.activateVc.answer(NdisResult.failure(NdisStatus.INVALID_DATA));

        assertThat(done(stack.callManager.vc.activateVc(OTHER_PARAMETERS)).status())
                .isEqualTo(NdisStatus.INVALID_DATA);

        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        assertThat(stack.calls).doesNotContain("MCoDeactivateVc");
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r82r83RoundedParametersAreReportedAndInForce(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.miniport.activateVc.answer(NdisResult.success(ROUNDED));

        assertThat(succeeds(stack.callManager.vc.activateVc(ASKED)).get()).isEqualTo(ROUNDED);

        assertThat(vc.callParameters()).contains(ROUNDED);
        succeeds(stack.callManager.vc.deactivateVc());
        assertThat(vc.callParameters()).isEmpty();
    }

    @Test
    void b612NoSecondActivationOrDeactivationWhileAnActivationIsPending() {
        final TestStack stack = TestStack.standAlone();
        stack.createVc();
        stack.miniport.activateVc.hold();
        final CmVc vc = stack.callManager.vc;

        final CompletionStage<NdisResult<CallParameters>> first = vc.activateVc(PARAMETERS);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.12", () -> vc.activateVc(OTHER_PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.12", vc::deactivateVc);
        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        succeeds(first);

        final CompletionStage<NdisResult<CallParameters>> second = vc.activateVc(OTHER_PARAMETERS);
        assertThat(vc.state()).isEqualTo(VcState.REACTIVATING);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.12", () -> vc.activateVc(PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.12", vc::deactivateVc);
        stack.miniport.activateVc.release(NdisResult.success(OTHER_PARAMETERS));
        succeeds(second);
    }

    @Test
    void b612OneOperationAtATimeInsideAnIntegratedMcm() {
        final TestStack stack = TestStack.integrated();
        stack.createVc();
        stack.miniport.activateVc.hold();
        final CmVc vc = stack.callManager.vc;

        final CompletionStage<NdisResult<CallParameters>> first = vc.activateVc(PARAMETERS);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.12", () -> vc.activateVc(OTHER_PARAMETERS));
        assertThat(vc.state()).isEqualTo(VcState.ACTIVATING);
        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        succeeds(first);

        stack.miniport.deactivateVc.hold();
        final CompletionStage<NdisResult<Void>> deactivation = vc.deactivateVc();
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.21", () -> vc.activateVc(OTHER_PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.21", vc::deactivateVc);
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        succeeds(deactivation);
    }

    @Test
    void b621NothingWhileADeactivationIsPending() {
        final TestStack stack = TestStack.standAlone();
        stack.connectedVc();
        stack.miniport.deactivateVc.hold();
        final CmVc vc = stack.callManager.vc;
        final CompletionStage<NdisResult<Void>> deactivation = vc.deactivateVc();

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.21", () -> vc.activateVc(PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.6.21", vc::deactivateVc);

        assertThat(isPending(deactivation)).isTrue();
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        succeeds(deactivation);
    }

    @Test
    void r89AnIntegratedMcmThatFailsToDeactivateGoesOnWithItsParameters() {
        final TestStack stack = TestStack.integrated();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.deactivateVc.answer(NdisStatus.DEVICE_FAILED);

        assertThat(done(stack.callManager.vc.deactivateVc()).status()).isEqualTo(NdisStatus.DEVICE_FAILED);

        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        stack.miniport.deactivateVc.asUsual();
        succeeds(stack.callManager.vc.deactivateVc());
    }
}
