// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the core does with the VCs and families that a driver leaves behind: contract H.2, the event REMOVE of every table. */
class RemovalTest {
    private static final String TOLD_OF_THE_END = "ClIncomingCloseCall " + NdisStatus.ADAPTER_REMOVED;

    /** A client that goes without closing anything. */
    private static TestStack withCarelessClient(final Form form) {
        final TestStack stack = form.start();
        stack.client.leavesEverything = true;
        return stack;
    }

    /** A call manager that closes nothing, with a client that does not close either when it is asked to. */
    private static TestStack withCarelessCallManager() {
        final TestStack stack = TestStack.standAlone();
        stack.callManager.leavesEverything = true;
        stack.client.notifyCloseAf.answer(NdisStatus.NOT_ACCEPTED);
        return stack;
    }

    private static void clientLeaves(final TestStack stack) {
        stack.calls.clear();
        assertThat(isPending(stack.clientRegistration.unregister())).isFalse();
        nothingIsLeft(stack);
    }

    private static void callManagerLeaves(final TestStack stack) {
        stack.calls.clear();
        assertThat(isPending(stack.callManagerRegistration.orElseThrow().unregister()))
                .isFalse();
        nothingIsLeft(stack);
    }

    private static void nothingIsLeft(final TestStack stack) {
        assertThat(stack.vcs()).isEmpty();
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    /** What the miniport was told of the end of its VCs, in order. */
    private static List<String> toldToMiniport(final TestStack stack) {
        return stack.calls.stream()
                .filter(call -> call.equals("MCoDeactivateVc") || call.equals("MCoDeleteVc"))
                .toList();
    }

    private static <T> List<NdisStatus> outcomes(final CompletionStage<NdisResult<T>> stage) {
        final List<NdisStatus> outcomes = new ArrayList<>();
        stage.thenAccept(result -> outcomes.add(result.status()));
        return outcomes;
    }

    // --- creation and deletion

    @ParameterizedTest
    @EnumSource(Form.class)
    void noVcIsCreatedInAFamilyThatIsBeingRemoved(final Form form) {
        final TestStack stack = withCarelessClient(form);
        stack.client.register();
        final List<NdisResult<?>> created = new ArrayList<>();
        stack.callManager.deregisterSap.whenCalled = () -> {
            created.add(stack.incomingVc());
            created.add(stack.client.af.createVc(stack.client.vc));
        };

        clientLeaves(stack);

        assertThat(created)
                .hasSize(2)
                .allMatch(result -> result.refusal().orElseThrow().rule().equals("R39"));
        assertThat(stack.calls).doesNotContain("MCoCreateVc", "cm CoCreateVc", "client CoCreateVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aVcOfTheCallManagerWhoseClientLeavesDuringItsCreationIsNotMade(final Form form) {
        final TestStack stack = withCarelessClient(form);
        stack.client.createVc.whenCalled = () -> stack.clientRegistration.unregister();
        stack.calls.clear();

        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.CLOSING);

        nothingIsLeft(stack);
        assertThat(stack.calls).as("it has left").doesNotContain("client CoDeleteVc");
        assertThat(toldToMiniport(stack)).isEqualTo(form == Form.MCM ? List.of() : List.of("MCoDeleteVc"));
    }

    @Test
    void aClientThatAgreedToTheVcOfADyingCallManagerHearsThatItIsGone() {
        final TestStack stack = withCarelessCallManager();
        stack.client.createVc.whenCalled =
                () -> stack.callManagerRegistration.orElseThrow().unregister();
        stack.calls.clear();

        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.CLOSING);

        nothingIsLeft(stack);
        assertThat(stack.calls).containsOnlyOnce("client CoDeleteVc", "MCoDeleteVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aRefusedDeletionThatARemovalOvertookIsFinished(final Form form) {
        final TestStack stack = withCarelessClient(form);
        final ClientVc vc = stack.createVc();
        stack.callManager.deleteVc.answer(NdisStatus.NOT_ACCEPTED);
        stack.callManager.deleteVc.whenCalled = () -> stack.clientRegistration.unregister();
        stack.calls.clear();

        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        deletedOnce(stack, vc, form);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aDeletionThatARemovalOvertookIsFinishedByTheDeleter(final Form form) {
        final TestStack stack = withCarelessClient(form);
        final ClientVc vc = stack.createVc();
        stack.callManager.deleteVc.whenCalled = () -> stack.clientRegistration.unregister();
        stack.calls.clear();

        assertThat(vc.deleteVc().isSuccess()).isTrue();

        deletedOnce(stack, vc, form);
    }

    private static void deletedOnce(final TestStack stack, final ClientVc vc, final Form form) {
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        nothingIsLeft(stack);
        assertThat(stack.calls).containsOnlyOnce("cm CoDeleteVc");
        assertThat(toldToMiniport(stack)).isEqualTo(form == Form.MCM ? List.of() : List.of("MCoDeleteVc"));
        assertThat(isPending(stack.miniportRegistration.unregister())).isFalse();
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aDeletionByTheCallManagerThatARemovalOvertookIsFinished(final Form form) {
        final TestStack stack = withCarelessClient(form);
        final CmVc vc = stack.incomingVc().get();
        stack.client.vc.deleteVc.whenCalled = () -> stack.clientRegistration.unregister();
        stack.calls.clear();

        assertThat(vc.deleteVc().isSuccess()).isTrue();

        nothingIsLeft(stack);
        assertThat(stack.calls).containsOnlyOnce("client CoDeleteVc").doesNotContain("cm CoDeleteVc");
        assertThat(toldToMiniport(stack)).isEqualTo(form == Form.MCM ? List.of() : List.of("MCoDeleteVc"));
    }

    // --- what the miniport is owed

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void anActiveVcIsDeactivatedBeforeItIsDeleted(final Form form) {
        final TestStack stack = withCarelessClient(form);
        stack.connectedVc();
        stack.miniport.deactivateVc.hold();

        clientLeaves(stack);

        assertThat(toldToMiniport(stack)).containsExactly("MCoDeactivateVc");
        final CompletionStage<Void> down = stack.miniportRegistration.unregister();
        assertThat(isPending(down)).as("the miniport is not through").isTrue();
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        assertThat(isPending(down)).isFalse();
        assertThat(stack.calls).endsWith("MCoDeleteVc", "HaltEx DEVICE_DISABLED");
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aRemovalEndsAPendedActivationAndItsLateSuccessIsTakenBack(final Form form) {
        final TestStack stack = withCarelessClient(form);
        final CmVc vc = stack.incomingVc().get();
        stack.miniport.activateVc.hold();
        final List<NdisStatus> activated = outcomes(vc.activateVc(PARAMETERS));

        clientLeaves(stack);

        assertThat(activated).containsExactly(NdisStatus.CLOSING);
        assertThat(toldToMiniport(stack)).as("it is busy").isEmpty();
        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(toldToMiniport(stack)).containsExactly("MCoDeactivateVc", "MCoDeleteVc");
        assertThat(activated).hasSize(1);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(vc.callParameters()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void anActivationThatFailsAfterTheRemovalNeedsNoDeactivation(final Form form) {
        final TestStack stack = withCarelessClient(form);
        final CmVc vc = stack.incomingVc().get();
        stack.miniport.activateVc.hold();
        vc.activateVc(PARAMETERS);

        clientLeaves(stack);
        stack.miniport.activateVc.release(NdisResult.failure(NdisStatus.RESOURCES));

        assertThat(toldToMiniport(stack)).containsExactly("MCoDeleteVc");
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aChangeThatFailsAfterTheRemovalLeavesAnActiveVcToDeactivate(final Form form) {
        final TestStack stack = withCarelessClient(form);
        stack.connectedVc();
        stack.miniport.activateVc.hold();
        final List<NdisStatus> changed = outcomes(stack.callManager.vc.activateVc(OTHER_PARAMETERS));

        clientLeaves(stack);
        assertThat(toldToMiniport(stack)).isEmpty();
        stack.miniport.activateVc.release(NdisResult.failure(NdisStatus.RESOURCES));

        assertThat(toldToMiniport(stack)).containsExactly("MCoDeactivateVc", "MCoDeleteVc");
        assertThat(changed).containsExactly(NdisStatus.CLOSING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aRemovalEndsAPendedDeactivationAndItsLateCompletionLeadsToTheDeletion(final Form form) {
        for (final NdisStatus late : List.of(NdisStatus.SUCCESS, NdisStatus.DEVICE_FAILED)) {
            final TestStack stack = withCarelessClient(form);
            stack.connectedVc();
            stack.miniport.deactivateVc.hold();
            final List<NdisStatus> deactivated = outcomes(stack.callManager.vc.deactivateVc());

            clientLeaves(stack);

            assertThat(deactivated).containsExactly(NdisStatus.CLOSING);
            assertThat(toldToMiniport(stack)).isEmpty();
            stack.miniport.deactivateVc.release(late);
            assertThat(toldToMiniport(stack)).containsExactly("MCoDeleteVc");
            assertThat(deactivated).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aVcThatIsRemovedWhileADeactivationOnlyWaitsForPacketsIsDeletedAtTheMiniport(final Form form) {
        final TestStack stack = withCarelessClient(form);
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        final CompletionStage<NdisResult<Void>> deactivating = stack.callManager.vc.deactivateVc();
        assertThat(isPending(deactivating)).isTrue();

        stack.calls.clear();
        stack.clientRegistration.unregister();
        stack.passDeadlines();

        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(toldToMiniport(stack)).containsExactly("MCoDeleteVc");
        vc.returnNetBufferLists(stack.client.vc.received.get(0), 0);
        assertThat(isPending(stack.miniportRegistration.unregister()))
                .as("nothing keeps the adapter from being halted")
                .isFalse();
    }

    @Test
    void anMcmLosesItsContextOfARemovedVcAndNothingElse() {
        final TestStack stack = withCarelessClient(Form.MCM);
        final ClientVc vc = stack.connectedVc();

        clientLeaves(stack);

        assertThat(stack.calls).containsExactly("client UnbindAdapter", "cm CoDeleteVc", "CmCloseAf");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        stack.refusesStage(NdisStatus.FAILURE, "R111", () -> stack.callManager.vc.activateVc(PARAMETERS));
        stack.refusesStage(NdisStatus.FAILURE, "R111", stack.callManager.vc::deactivateVc);
    }

    @Test
    void aSignalingVcThatAnIntegratedMcmLeavesIsGoneBeforeTheHalt() {
        final TestStack stack = TestStack.integrated();
        final TestStack.TestSignaling signaling = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(signaling).get();
        succeeds(vc.activateVc(PARAMETERS));

        assertThat(isPending(stack.miniportRegistration.unregister())).isFalse();

        assertThat(stack.calls).endsWith("MCoDeactivateVc", "MCoDeleteVc", "HaltEx DEVICE_DISABLED");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        stack.miniport.whenSent = () -> stack.calls.add("sent after the halt");
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(signaling.statuses).containsExactly(NdisStatus.FAILURE);
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        stack.refuses(NdisStatus.FAILURE, "R23", () -> stack.callManager.binding.createSignalingVc(signaling));
    }

    // --- silence

    @ParameterizedTest
    @EnumSource(Form.class)
    void whatWaitsInALaneIsNotDeliveredAfterTheRemoval(final Form form) {
        final TestStack stack = withCarelessClient(form);
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        succeeds(vc.activateVc(PARAMETERS));
        stack.client.vc.whenConnected = () -> {
            assertThat(vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                            .isSuccess())
                    .isTrue();
            clientLeaves(stack);
        };

        final CompletionStage<NdisResult<Void>> connected = vc.dispatchCallConnected();

        assertThat(done(connected).status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(stack.calls)
                .contains("client UnbindAdapter")
                .noneMatch(call -> call.startsWith("ClIncomingCloseCall"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aClientThatHasLeftIsNotAskedToCloseItsFamily(final Form form) {
        final TestStack stack = withCarelessClient(form);
        stack.callManager.closeAf.hold();
        final List<NdisStatus> notified = new ArrayList<>();
        stack.client.af.close().thenAccept(closed -> {
            stack.callManager.af.notifyCloseAddressFamily().thenAccept(result -> notified.add(result.status()));
            clientLeaves(stack);
        });

        stack.callManager.closeAf.release(NdisStatus.NOT_ACCEPTED);

        assertThat(notified).containsExactly(NdisStatus.CLOSING);
        assertThat(stack.calls).contains("client UnbindAdapter").doesNotContain("ClNotifyCloseAf");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void whatIsRemovedAtTheDeadlineIsRemovedWhereDriversMayBlock(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.client.unbindAdapter.hold();
        final CompletionStage<Void> left = stack.clientRegistration.unregister();
        stack.holdsPassiveTasks = true;
        stack.calls.clear();

        stack.passDeadlines();

        assertThat(stack.calls).as("on the timer's thread").isEmpty();
        assertThat(isPending(left)).isTrue();
        stack.runPassiveTasks();
        assertThat(isPending(left)).isFalse();
        assertThat(stack.calls).contains("cm CoDeleteVc", "CmCloseAf");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    // --- the call manager goes, the client stays

    @Test
    void aClientWhoseCallManagerIsGoneHearsThatItsCallIsOverAndLosesTheVc() {
        final TestStack stack = withCarelessCallManager();
        final ClientVc vc = stack.connectedVc();
        final List<NdisResult<Void>> closed = new ArrayList<>();
        stack.client.vc.answersClose = false;

        callManagerLeaves(stack);

        assertThat(stack.calls).containsSubsequence(TOLD_OF_THE_END, "client CoDeleteVc");
        assertThat(stack.calls).containsOnlyOnce(TOLD_OF_THE_END, "client CoDeleteVc", "cm CoDeleteVc");
        assertThat(toldToMiniport(stack)).containsExactly("MCoDeactivateVc", "MCoDeleteVc");
        vc.closeCall().thenAccept(closed::add);
        assertThat(closed)
                .hasSize(1)
                .allMatch(result -> result.refusal().orElseThrow().rule().equals("R111"));
    }

    @Test
    void aClientHearsTheSameOfACallThatCameIn() {
        final TestStack stack = withCarelessCallManager();
        stack.connectedIncomingVc();

        callManagerLeaves(stack);

        assertThat(stack.calls).containsSubsequence(TOLD_OF_THE_END, "client CoDeleteVc");
        assertThat(stack.calls).as("it answers, and is refused").doesNotContain("CmCloseCall");
        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
    }

    @Test
    void aClientThatWasToldOfTheEndOfItsCallIsNotToldAgain() {
        final TestStack stack = withCarelessCallManager();
        stack.connectedVc();
        stack.client.vc.answersClose = false;
        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        callManagerLeaves(stack);

        assertThat(stack.calls)
                .containsOnlyOnce("client CoDeleteVc")
                .noneMatch(call -> call.startsWith("ClIncomingCloseCall"));
    }

    @Test
    void aClientThatWasNotToldOfTheEndOfItsCallYetIsToldOnce() {
        final TestStack stack = withCarelessCallManager();
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        succeeds(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        succeeds(vc.activateVc(PARAMETERS));
        stack.client.vc.whenConnected = () -> {
            vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
            callManagerLeaves(stack);
        };

        vc.dispatchCallConnected();

        assertThat(stack.calls.stream().filter(call -> call.startsWith("ClIncomingCloseCall")))
                .hasSize(1);
        assertThat(stack.calls).endsWith("client CoDeleteVc");
    }

    @Test
    void aClientThatIsMakingACallHearsThatItFailed() {
        final TestStack stack = withCarelessCallManager();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(PARAMETERS);

        callManagerLeaves(stack);

        assertThat(done(made).status()).isEqualTo(NdisStatus.ADAPTER_REMOVED);
        assertThat(stack.calls).containsOnlyOnce("client CoDeleteVc").doesNotContain(TOLD_OF_THE_END);
    }

    @Test
    void aClientThatIsClosingItsCallHearsTheReasonThere() {
        final TestStack stack = withCarelessCallManager();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        stack.callManager.closeCall.hold();
        final CompletionStage<NdisResult<Void>> closed = vc.closeCall();

        callManagerLeaves(stack);

        assertThat(done(closed).status()).isEqualTo(NdisStatus.ADAPTER_REMOVED);
        assertThat(stack.calls).containsOnlyOnce("client CoDeleteVc").doesNotContain(TOLD_OF_THE_END);
    }

    @Test
    void aClientThatHasNotAnsweredAnOfferHearsThatItIsOver() {
        final TestStack stack = withCarelessCallManager();
        stack.client.register();
        stack.client.incomingCall.hold();
        final CmVc vc = stack.incomingVc().get();
        final CompletionStage<NdisResult<CallParameters>> offer =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        callManagerLeaves(stack);

        assertThat(done(offer).status()).isEqualTo(NdisStatus.ADAPTER_REMOVED);
        assertThat(stack.calls).containsSubsequence(TOLD_OF_THE_END, "client CoDeleteVc");
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);
    }

    @Test
    void aClientLosesAnIdleVcWithoutHearingOfACall() {
        final TestStack stack = withCarelessCallManager();
        stack.createVc();

        callManagerLeaves(stack);

        assertThat(stack.calls).containsOnlyOnce("client CoDeleteVc").doesNotContain(TOLD_OF_THE_END);
        assertThat(toldToMiniport(stack)).containsExactly("MCoDeleteVc");
    }
}
