// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.now;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.McmVc;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** NdisCmDeactivateVc, MiniportCoDeactivateVc, NdisMCmDeactivateVc: rules R90 to R105. */
class DeactivationTest {
    @Test
    void r92RedundantMcmDeactivationIsNotAcceptedAndChangesNothing() {
        final TestStack stack = TestStack.mcm();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        final McmVc mcmVc = (McmVc) stack.callManager.vc;
        vc.closeCall();
        assertThat(now(mcmVc.deactivateVc()).status()).isEqualTo(NdisStatus.SUCCESS);
        final var before = stack.vcs();

        final NdisResult<Void> redundant = now(mcmVc.deactivateVc());

        assertThat(redundant.status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(redundant.refusal().orElseThrow().rule()).isEqualTo("R92");
        assertThat(redundant
                        .refusal()
                        .orElseThrow()
                        .lastTransition()
                        .orElseThrow()
                        .event())
                .isEqualTo("MCM_DEACTIVATE");
        assertThat(stack.vcs()).isEqualTo(before);
    }

    @Test
    void c27RedundantDeactivationOfAStandAloneCallManagerDoesNotReachTheMiniport() {
        final TestStack stack = TestStack.standAlone();
        stack.createVc();
        stack.calls.clear();

        final NdisResult<Void> redundant = now(stack.callManager.vc.deactivateVc());

        assertThat(redundant.status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(redundant.refusal().orElseThrow().rule()).isEqualTo("C27");
        assertThat(stack.calls).isEmpty();
    }

    @Test
    void r91DeactivationReachesTheMiniportOfAStandAloneCallManagerOnly() {
        final TestStack standAlone = TestStack.standAlone();
        final ClientVc vc = standAlone.connectedVc();
        vc.closeCall();
        assertThat(standAlone.calls).contains("MCoDeactivateVc");

        final TestStack mcm = TestStack.mcm();
        mcm.connectedVc().closeCall();
        assertThat(mcm.calls).doesNotContain("MCoDeactivateVc", "MCoActivateVc", "MCoCreateVc", "MCoDeleteVc");
    }

    @Test
    void r93DeactivationWaitsForSends() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(3), 0);

        final CompletionStage<NdisResult<Void>> deactivation = stack.callManager.vc.deactivateVc();

        assertThat(isPending(deactivation)).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.DEACTIVATING);
        stack.miniport.vc.sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);
        assertThat(now(deactivation).isSuccess()).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(stack.client.vc.statuses).hasSize(3);
    }

    @Test
    void r94DeactivationWaitsForReturnedReceives() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.miniport.vc.indicateReceiveNetBufferLists(stack.chain(2), 0);

        final CompletionStage<NdisResult<Void>> deactivation = stack.callManager.vc.deactivateVc();

        assertThat(isPending(deactivation)).isTrue();
        vc.returnNetBufferLists(stack.client.vc.received.get(0), 0);
        assertThat(now(deactivation).isSuccess()).isTrue();
        assertThat(stack.pool.outstanding()).isZero();
    }

    @Test
    void r94McmThatHasNotDrainedIsNotAccepted() {
        final TestStack stack = TestStack.mcm();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);

        final NdisResult<Void> early = now(stack.callManager.vc.deactivateVc());

        assertThat(early.status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(early.refusal().orElseThrow().rule()).isEqualTo("R93");
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        ((McmVc) stack.callManager.vc).sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.miniport.sent).as("the gate is open again").hasSize(2);
    }

    @Test
    void r95NothingPassesAfterDeactivation() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        assertThat(now(stack.callManager.vc.deactivateVc()).isSuccess()).isTrue();

        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.miniport.vc.indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(stack.miniport.sent).isEmpty();
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED);
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.miniport.returned).hasSize(1);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @Test
    void r99r101TheHandleOutlivesDeactivationAndTheParametersDoNot() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        final NdisVcHandle handle = vc.handle();
        assertThat(vc.callParameters()).contains(TestStack.PARAMETERS);

        now(vc.closeCall());

        assertThat(vc.callParameters()).isEmpty();
        assertThat(stack.callManager.vc.callParameters()).isEmpty();
        assertThat(vc.handle()).isSameAs(handle).isSameAs(stack.miniport.vc.handle());
        assertThat(now(vc.makeCall(TestStack.OTHER_PARAMETERS)).isSuccess()).isTrue();
        assertThat(vc.callParameters()).contains(TestStack.OTHER_PARAMETERS);
    }

    @Test
    void r98OneDeactivationEndsAnEpochOfSeveralActivations() {
        final TestStack stack = TestStack.standAlone();
        stack.connectedVc();
        assertThat(now(stack.callManager.vc.activateVc(TestStack.OTHER_PARAMETERS))
                        .isSuccess())
                .isTrue();
        assertThat(now(stack.callManager.vc.activateVc(TestStack.PARAMETERS)).isSuccess())
                .isTrue();

        assertThat(now(stack.callManager.vc.deactivateVc()).isSuccess()).isTrue();

        assertThat(now(stack.callManager.vc.deactivateVc()).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }

    @Test
    void aFailedDeactivationLeavesTheVcActiveAndItsDataPathOpen() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.deactivateVc.answer(NdisStatus.DEVICE_FAILED);

        assertThat(now(stack.callManager.vc.deactivateVc()).status()).isEqualTo(NdisStatus.DEVICE_FAILED);

        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    @Test
    void r104r105ThePendedCloseCompletesFromTheDeactivation() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.deactivateVc.hold();

        final CompletionStage<NdisResult<Void>> close = vc.closeCall();

        assertThat(isPending(close)).isTrue();
        assertThat(vc.callState()).isEqualTo(CallState.CLOSING);
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        assertThat(now(close).isSuccess()).isTrue();
        TestStack.idle(vc);
    }

    @Test
    void c5CloseReportedBeforeDeactivationWaitsForIt() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;

        final CompletionStage<NdisResult<Void>> close = vc.closeCall();

        assertThat(isPending(close)).isTrue();
        assertThat(now(stack.callManager.vc.deactivateVc()).isSuccess()).isTrue();
        assertThat(now(close).isSuccess()).isTrue();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @Test
    void integratedHalvesDrainBeforeTheAdapterHearsOfIt() {
        final TestStack stack = TestStack.integrated();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);

        final CompletionStage<NdisResult<Void>> close = vc.closeCall();
        assertThat(isPending(close)).isTrue();
        assertThat(stack.calls).as("R148").doesNotContain("CmCloseCall");
        stack.miniport.vc.sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);

        assertThat(now(close).isSuccess()).isTrue();
        assertThat(stack.calls).containsSubsequence("MCoActivateVc", "CmMakeCall", "MCoDeactivateVc", "CmCloseCall");
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls).endsWith("cm CoDeleteVc", "MCoDeleteVc");
    }

    @Test
    void integratedDeactivationOfAConnectedVcWaitsForItsTransfers() {
        final TestStack stack = TestStack.integrated();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);

        final CompletionStage<NdisResult<Void>> deactivation = stack.callManager.vc.deactivateVc();
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED);
        assertThat(isPending(deactivation)).isTrue();
        stack.miniport.vc.sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);

        assertThat(now(deactivation).isSuccess()).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        final NdisResult<CallParameters> redundant =
                now(stack.callManager.vc.deactivateVc()).map(none -> TestStack.PARAMETERS);
        assertThat(redundant.status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }
}
