// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NdisCoDeleteVc, NdisMCmDeleteVc and the reuse of VCs: rules R106 to R117. */
class DeletionAndReuseTest {
    // --- who may delete, and when

    @ParameterizedTest
    @EnumSource(Form.class)
    void r106OnlyTheCreatorDeletes(final Form form) {
        final TestStack stack = form.start();
        final ClientVc outgoing = stack.createVc();
        final CmVc clients = stack.callManager.vc;
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R106", clients::deleteVc);

        final CmVc incoming = stack.incomingVc().get();
        final ClientVc callManagers = stack.client.vc.incoming;
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R106", callManagers::deleteVc);

        assertThat(outgoing.deleteVc().isSuccess()).isTrue();
        assertThat(incoming.deleteVc().isSuccess()).isTrue();
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r106TheCreatorsRightComesBeforeTheState(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R106", stack.callManager.vc::deleteVc);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r107AnInactiveVcWithACallIsNotDeleted(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        succeeds(stack.callManager.vc.deactivateVc());

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R107", vc::deleteVc);

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r107AVcWithAnOfferedCallIsNotDeleted(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        stack.client.incomingCall.hold();
        final CompletionStage<?> offer = vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R107", vc::deleteVc);

        stack.client.incomingCall.release(NdisResult.failure(NdisStatus.NOT_ACCEPTED));
        assertThat(isPending(offer)).isFalse();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r107AVcOnWhichACallIsBeingMadeIsNotDeleted(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.activates = false;
        stack.callManager.makeCall.hold();
        final CompletionStage<?> call = vc.makeCall(PARAMETERS);

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R107", vc::deleteVc);

        stack.callManager.makeCall.release(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));
        assertThat(isPending(call)).isFalse();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r108AnActiveVcIsNotDeleted(final Form form) {
        final TestStack stack = form.start();
        final ClientVc outgoing = stack.connectedVc();
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", outgoing::deleteVc);
        assertThat(outgoing.state()).isEqualTo(VcState.ACTIVE);
        outgoing.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);

        final CmVc incoming = stack.incomingVc().get();
        succeeds(incoming.activateVc(PARAMETERS));
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", incoming::deleteVc);
    }

    @Test
    void r108AVcWithAPendingActivationIsNotDeleted() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.createVc();
        stack.miniport.activateVc.hold();
        final CompletionStage<?> first = stack.callManager.vc.activateVc(PARAMETERS);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVATING);
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", vc::deleteVc);

        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(isPending(first)).isFalse();
        final CompletionStage<?> second = stack.callManager.vc.activateVc(PARAMETERS);
        assertThat(vc.state()).isEqualTo(VcState.REACTIVATING);
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", vc::deleteVc);
        assertThat(isPending(second)).isTrue();
    }

    @Test
    void r109DeletingWhileADeactivationIsPendingAnswersClosing() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.deactivateVc.hold();
        final CompletionStage<NdisResult<Void>> deactivation = stack.callManager.vc.deactivateVc();

        stack.refuses(NdisStatus.CLOSING, "R109", vc::deleteVc);

        assertThat(isPending(deactivation)).isTrue();
        assertThat(vc.state()).isEqualTo(VcState.DEACTIVATING);
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        succeeds(deactivation);
    }

    @Test
    void r109DeletingASignalingVcWhileItsDeactivationIsPendingAnswersClosing() {
        final TestStack stack = TestStack.standAlone();
        final SignalingVc vc = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        succeeds(vc.activateVc(PARAMETERS));
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", vc::deleteVc);
        stack.miniport.deactivateVc.hold();
        final CompletionStage<NdisResult<Void>> deactivation = vc.deactivateVc();

        stack.refuses(NdisStatus.CLOSING, "R109", vc::deleteVc);

        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        succeeds(deactivation);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @Test
    void c12AnMcmThatDeletesWhileItDeactivatesIsNotAccepted() {
        final TestStack stack = TestStack.integrated();
        final CmVc vc = stack.incomingVc().get();
        succeeds(vc.activateVc(PARAMETERS));
        stack.miniport.deactivateVc.hold();
        final CompletionStage<NdisResult<Void>> deactivation = vc.deactivateVc();

        stack.refuses(NdisStatus.NOT_ACCEPTED, "C12", vc::deleteVc);

        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        succeeds(deactivation);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    // --- what a deletion does

    @ParameterizedTest
    @EnumSource(Form.class)
    void r110DeletionAsksThePeerAndThenTheMiniport(final Form form) {
        final TestStack stack = form.start();
        final ClientVc outgoing = stack.createVc();
        stack.calls.clear();
        assertThat(outgoing.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls)
                .isEqualTo(form == Form.MCM ? List.of("cm CoDeleteVc") : List.of("cm CoDeleteVc", "MCoDeleteVc"));

        final CmVc incoming = stack.incomingVc().get();
        stack.calls.clear();
        assertThat(incoming.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls)
                .isEqualTo(
                        form == Form.MCM ? List.of("client CoDeleteVc") : List.of("client CoDeleteVc", "MCoDeleteVc"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r111TheHandleIsDeadForEverybody(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        final ClientVc outgoing = stack.createVc();
        final CmVc clients = stack.callManager.vc;
        assertThat(outgoing.deleteVc().isSuccess()).isTrue();
        isDead(stack, outgoing, clients);

        final CmVc incoming = stack.incomingVc().get();
        final ClientVc callManagers = stack.client.vc.incoming;
        assertThat(incoming.deleteVc().isSuccess()).isTrue();
        isDead(stack, callManagers, incoming);
    }

    private static void isDead(final TestStack stack, final ClientVc client, final CmVc callManager) {
        assertThat(client.state()).isEqualTo(VcState.DELETED).isEqualTo(callManager.state());
        stack.refuses(NdisStatus.FAILURE, "R111", client::deleteVc);
        stack.refuses(NdisStatus.FAILURE, "R111", callManager::deleteVc);
        stack.refusesStage(NdisStatus.FAILURE, "R111", () -> client.makeCall(PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R111", client::closeCall);
        stack.refusesStage(NdisStatus.FAILURE, "R111", () -> callManager.activateVc(PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R111", callManager::deactivateVc);
        stack.refusesStage(
                NdisStatus.FAILURE, "R111", () -> callManager.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R111", callManager::dispatchCallConnected);
        stack.refuses(
                NdisStatus.FAILURE,
                "R111",
                () -> callManager.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY));

        stack.client.vc.statuses.clear();
        client.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.FAILURE);
        stack.client.vc.received.clear();
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.received).isEmpty();
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r112ThePeerMayRefuseTheDeletion(final Form form) {
        final TestStack stack = form.start();
        final ClientVc outgoing = stack.createVc();
        stack.callManager.deleteVc.answer(NdisStatus.NOT_ACCEPTED);
        peerRefuses(stack, outgoing.deleteVc(), NdisStatus.NOT_ACCEPTED);
        stack.callManager.deleteVc.answer(NdisStatus.PENDING);
        peerRefuses(stack, outgoing.deleteVc(), NdisStatus.FAILURE);
        stack.callManager.deleteVc.answerWith(() -> {
            throw new TestStack.DriverBug("call manager");
        });
        peerRefuses(stack, outgoing.deleteVc(), NdisStatus.FAILURE);
        stack.callManager.deleteVc.asUsual();
        assertThat(outgoing.state()).isEqualTo(VcState.INACTIVE);
        succeeds(outgoing.makeCall(PARAMETERS));
        succeeds(outgoing.closeCall());
        assertThat(outgoing.deleteVc().isSuccess()).isTrue();

        final CmVc incoming = stack.incomingVc().get();
        stack.client.vc.deleteVc.answer(NdisStatus.NOT_ACCEPTED);
        stack.calls.clear();
        peerRefuses(stack, incoming.deleteVc(), NdisStatus.NOT_ACCEPTED);
        stack.client.vc.deleteVc.asUsual();
        assertThat(incoming.deleteVc().isSuccess()).isTrue();
    }

    private static void peerRefuses(final TestStack stack, final NdisResult<Void> result, final NdisStatus status) {
        assertThat(result.status()).isEqualTo(status);
        assertThat(result.refusal().orElseThrow().rule()).isEqualTo("R112");
        assertThat(stack.vcs()).hasSize(1);
        assertThat(stack.vcs().get(0).state()).isEqualTo(VcState.INACTIVE);
        assertThat(stack.calls).doesNotContain("MCoDeleteVc");
        stack.calls.clear();
    }

    // --- reuse

    @ParameterizedTest
    @EnumSource(Form.class)
    void r113r115AClientMakesAnotherCallOnItsVcWithNewParameters(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        final NdisVcHandle handle = vc.handle();
        succeeds(vc.closeCall());
        stack.calls.clear();

        succeeds(vc.makeCall(OTHER_PARAMETERS));

        assertThat(vc.handle()).isSameAs(handle);
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
        assertThat(stack.callManager.asked).containsExactly(PARAMETERS, OTHER_PARAMETERS);
        assertThat(stack.calls).as("H.1.5: nothing is created again").doesNotContain("MCoCreateVc", "cm CoCreateVc");
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r113AVcIsNotReusedBeforeTheCallIsClosed(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        succeeds(stack.callManager.vc.deactivateVc());

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R75", () -> vc.makeCall(OTHER_PARAMETERS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r114r115ACallManagerOffersAnotherCallOnItsVcToTheSameClient(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedIncomingVc();
        final CmVc mine = stack.callManager.vc;
        succeeds(vc.closeCall());
        stack.calls.clear();

        succeeds(mine.dispatchIncomingCall(stack.callManager.sap, OTHER_PARAMETERS));
        succeeds(mine.activateVc(OTHER_PARAMETERS));
        succeeds(mine.dispatchCallConnected());

        assertThat(stack.client.offered).containsExactly(stack.client.vc, stack.client.vc);
        assertThat(stack.calls).doesNotContain("MCoCreateVc", "client CoCreateVc");
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r116TheContextServesUntilTheVcIsDeleted(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedIncomingVc();
        final CmVc mine = stack.callManager.vc;
        succeeds(vc.closeCall());

        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.VC_NOT_ACTIVATED);
        assertThat(mine.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls).contains("client CoDeleteVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r117AClientDoesNotUseTheVcOfTheCallManagerBetweenCalls(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedIncomingVc();
        succeeds(vc.closeCall());

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R117", () -> vc.makeCall(PARAMETERS));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.8", vc::closeCall);
        stack.refuses(NdisStatus.NOT_ACCEPTED, "R106", vc::deleteVc);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c29AVcOnWhichACallFailedMayBeUsedAgain(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.activates = false;
        stack.callManager.makeCall.answer(NdisResult.failure(NdisStatus.DEST_OUT_OF_ORDER));
        assertThat(done(vc.makeCall(PARAMETERS)).status()).isEqualTo(NdisStatus.DEST_OUT_OF_ORDER);
        TestStack.idle(vc);

        stack.callManager.activates = true;
        stack.callManager.makeCall.asUsual();

        succeeds(vc.makeCall(OTHER_PARAMETERS));
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @Test
    void r108AnIntegratedMcmDoesNotDeleteInTheMiddleOfAnActivation() {
        final TestStack stack = TestStack.integrated();
        final CmVc vc = stack.incomingVc().get();
        stack.miniport.activateVc.hold();
        final CompletionStage<?> activation = vc.activateVc(PARAMETERS);

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R108", vc::deleteVc);

        assertThat(stack.calls).doesNotContain("MCoDeleteVc", "client CoDeleteVc");
        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(isPending(activation)).isFalse();
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        succeeds(vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls).containsOnlyOnce("MCoDeleteVc", "client CoDeleteVc");
    }
}
