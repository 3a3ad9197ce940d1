// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
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
import dev.condis.api.PartyState;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.TestStack.Form;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Drivers that never complete what they pended, or complete it when nobody waits any more (contract E2): the operation fails at its
 * deadline, everybody can go on, and a late answer finds nothing that it could spoil.
 */
class OperationDeadlineTest {
    private static <T> void failsAtItsDeadline(final TestStack stack, final CompletionStage<NdisResult<T>> operation) {
        assertThat(isPending(operation)).isTrue();
        stack.passOperationDeadlines();
        final NdisResult<T> failed = done(operation);
        assertThat(failed.status()).as("%s", failed).isEqualTo(NdisStatus.FAILURE);
    }

    private static <T> void failsByName(
            final TestStack stack, final CompletionStage<NdisResult<T>> operation, final String offender) {
        failsAtItsDeadline(stack, operation);
        assertThat(done(operation).refusal().orElseThrow().rule()).isEqualTo("E2");
        assertThat(done(operation).refusal().orElseThrow().object()).contains(offender);
    }

    private static void endsInPeace(final TestStack stack) {
        succeeds(stack.client.af.closeAll());
        assertThat(stack.engine.adapters().get(0).vcs()).isEmpty();
        assertThat(stack.deadlines).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anOperationThatIsCompletedLeavesNoDeadlineBehind(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final CompletionStage<NdisResult<CallParameters>> call =
                stack.createVc().makeCall(PARAMETERS);
        assertThat(stack.deadlines).hasSize(1);

        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));

        succeeds(call);
        assertThat(stack.deadlines).isEmpty();
    }

    // --- calls

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCallThatIsNeverMadeFailsAndTheVcIsIdle(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();

        failsByName(stack, vc.makeCall(PARAMETERS), "ProtocolCmMakeCall");

        TestStack.idle(vc);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCallThatIsMadeTooLateIsClosedAgain(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        failsAtItsDeadline(stack, vc.makeCall(PARAMETERS));
        stack.calls.clear();

        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));

        assertThat(stack.calls).contains("CmCloseCall");
        TestStack.idle(vc);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aMultipointCallThatIsMadeTooLateIsClosedWithItsParty(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        failsAtItsDeadline(stack, vc.makeCall(PARAMETERS, stack.new TestClientParty()));

        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));

        assertThat(stack.callManager.closedWith).as("R153").hasSize(1);
        TestStack.idle(vc);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void anOfferThatTheClientNeverAnswersIsRejected(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        stack.client.incomingCall.hold();

        failsByName(
                stack,
                stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS),
                "ProtocolClIncomingCall");

        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
        assertThat(stack.callManager.vc.deleteVc().isSuccess()).isTrue();
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCloseThatIsNeverCompletedFailsAndCanBeTriedAgain(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.closeCall.hold();

        failsByName(stack, vc.closeCall(), "ProtocolCmCloseCall");

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        stack.callManager.closeCall.release(NdisStatus.SUCCESS);
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        stack.callManager.closeCall.asUsual();
        succeeds(vc.closeCall());
        TestStack.idle(vc);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCloseThatWaitsForSendsThatNeverComeBackFails(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.pool.allocate(), 0);

        failsAtItsDeadline(stack, vc.closeCall());

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        final NetBufferList late = stack.miniport.sent.get(0);
        late.setChainStatus(NdisStatus.SUCCESS);
        stack.wire().sendNetBufferListsComplete(late, 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        succeeds(vc.closeCall());
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aChangeThatIsNeverCompletedFails(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.hold();

        failsByName(stack, vc.modifyCallQoS(OTHER_PARAMETERS), "ProtocolCmModifyCallQoS");

        stack.callManager.modifyCallQoS.release(NdisResult.success(OTHER_PARAMETERS));
        assertThat(vc.callParameters()).contains(PARAMETERS);
        stack.callManager.modifyCallQoS.asUsual();
        stack.callManager.activates = true;
        succeeds(vc.modifyCallQoS(OTHER_PARAMETERS));
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void partiesThatAreNeverAddedOrDroppedDoNotKeepTheCall(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final ClientParty first =
                succeeds(vc.makeCall(PARAMETERS, stack.new TestClientParty())).get();
        final ClientParty second =
                succeeds(vc.addParty(PARAMETERS, stack.new TestClientParty())).get();
        stack.callManager.addParty.hold();
        stack.callManager.dropParty.hold();

        failsByName(stack, vc.addParty(PARAMETERS, stack.new TestClientParty()), "ProtocolCmAddParty");
        failsByName(stack, second.dropParty(Octets.EMPTY), "ProtocolCmDropParty");

        assertThat(vc.parties()).containsExactly(first, second);
        stack.callManager.dropParty.release(NdisStatus.SUCCESS);
        assertThat(second.state()).as("the call manager has dropped it at last").isEqualTo(PartyState.GONE);
        stack.callManager.dropParty.asUsual();
        stack.callManager.addParty.release(
                NdisResult.success(new AddedParty(stack.callManager.new TestCmParty(), PARAMETERS)));
        assertThat(stack.callManager.dropped)
                .as("the late party is dropped again")
                .hasSize(2);
        assertThat(vc.parties()).containsExactly(first);
        endsInPeace(stack);
    }

    // --- VCs

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void anActivationThatIsNeverCompletedFailsAndIsTakenBackWhenItSucceedsAtLast(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.activates = false;
        final ClientVc vc = stack.createVc();
        stack.miniport.activateVc.hold();

        failsByName(stack, stack.callManager.vc.activateVc(PARAMETERS), "MiniportCoActivateVc");

        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        final CompletionStage<NdisResult<CallParameters>> again = stack.callManager.vc.activateVc(OTHER_PARAMETERS);
        assertThat(isPending(again))
                .as("the miniport still owes an answer and is not asked twice")
                .isTrue();
        assertThat(stack.calls.stream().filter("MCoActivateVc"::equals)).hasSize(1);
        stack.calls.clear();
        stack.miniport.activateVc.asUsual();
        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(stack.calls).containsExactly("MCoDeactivateVc", "MCoActivateVc");
        assertThat(succeeds(again).get()).isEqualTo(OTHER_PARAMETERS);
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
        succeeds(stack.callManager.vc.deactivateVc());
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aChangeOfParametersThatSucceedsTooLateIsWhatIsInForce(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.activateVc.hold();

        failsAtItsDeadline(stack, stack.callManager.vc.activateVc(OTHER_PARAMETERS));

        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        stack.miniport.activateVc.asUsual();
        stack.miniport.activateVc.release(NdisResult.success(OTHER_PARAMETERS));
        assertThat(vc.callParameters()).contains(OTHER_PARAMETERS);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void anActivationThatWaitedTooLongBehindAnotherNeverReachesTheMiniport(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.activates = false;
        stack.createVc();
        stack.miniport.activateVc.hold();
        failsAtItsDeadline(stack, stack.callManager.vc.activateVc(PARAMETERS));
        failsAtItsDeadline(stack, stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        stack.calls.clear();

        stack.miniport.activateVc.release(NdisResult.failure(NdisStatus.RESOURCES));

        assertThat(stack.calls).isEmpty();
        stack.miniport.activateVc.asUsual();
        succeeds(stack.callManager.vc.activateVc(PARAMETERS));
        succeeds(stack.callManager.vc.deactivateVc());
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aDeactivationThatWaitedTooLongBehindAChangeReachesTheMiniportAllTheSame(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.deactivates = false;
        final ClientVc vc = stack.connectedVc();
        stack.miniport.activateVc.hold();
        failsAtItsDeadline(stack, stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        failsAtItsDeadline(stack, stack.callManager.vc.deactivateVc());
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        stack.calls.clear();

        stack.miniport.activateVc.release(NdisResult.success(OTHER_PARAMETERS));

        assertThat(stack.calls)
                .as("no VC is deleted while it is active at the miniport")
                .containsExactly("MCoDeactivateVc", "MCoDeleteVc");
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aDeactivationThatWaitedTooLongBehindAnotherOperationReachesTheMiniportAllTheSame(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.callManager.deactivates = false;
        stack.miniport.activateVc.hold();
        failsAtItsDeadline(stack, stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        failsAtItsDeadline(stack, stack.callManager.vc.deactivateVc());
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        stack.calls.clear();
        stack.miniport.activateVc.asUsual();

        stack.miniport.activateVc.release(NdisResult.success(OTHER_PARAMETERS));

        assertThat(stack.calls).as("the miniport still had it active").containsExactly("MCoDeactivateVc");
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls.stream().filter("MCoDeactivateVc"::equals)).hasSize(1);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aDeactivationThatIsNeverCompletedLeavesAnInactiveVc(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.deactivateVc.hold();
        stack.callManager.deactivates = false;

        failsByName(stack, stack.callManager.vc.deactivateVc(), "MiniportCoDeactivateVc");

        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(vc.callParameters()).isEmpty();
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(stack.calls).as("the miniport is at work on it").doesNotContain("MCoDeleteVc");
        stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);
        assertThat(stack.calls).endsWith("MCoDeleteVc");
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aDeactivationThatWaitsForAnNblThatTheClientKeepsIsOverAtItsDeadline(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.wire().indicateReceiveNetBufferLists(stack.pool.allocate(), 0);
        stack.callManager.deactivates = false;

        failsAtItsDeadline(stack, stack.callManager.vc.deactivateVc());

        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        vc.returnNetBufferLists(stack.client.vc.received.get(0), 0);
        assertThat(stack.miniport.returned).hasSize(1);
        assertThat(stack.pool.outstanding()).isZero();
        succeeds(vc.closeCall());
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void aVcThatIsRemovedWhileTheMiniportOwesAnAnswerIsDeletedThereWhenItHasAnswered(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.activates = false;
        stack.createVc();
        stack.miniport.activateVc.hold();
        failsAtItsDeadline(stack, stack.callManager.vc.activateVc(PARAMETERS));
        stack.client.leavesEverything = true;

        final CompletionStage<Void> gone = stack.miniportRegistration.unregister();

        assertThat(isPending(gone)).isTrue();
        assertThat(stack.calls).doesNotContain("MCoDeleteVc");
        stack.miniport.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(stack.calls).containsSubsequence("MCoDeactivateVc", "MCoDeleteVc", "HaltEx DEVICE_DISABLED");
        assertThat(isPending(gone)).isFalse();
    }

    // --- address families and SAPs

    @ParameterizedTest
    @EnumSource(Form.class)
    void anAddressFamilyThatIsNeverOpenedFailsAndIsClosedWhenItOpensAtLast(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.client.opens = false;
        stack.start();

        failsByName(stack, stack.client.open(AF), "ProtocolCmOpenAf");

        stack.calls.clear();
        stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));
        assertThat(stack.calls).containsExactly("CmCloseAf");
        stack.callManager.openAf.asUsual();
        final ClientAf af = succeeds(stack.client.open(AF)).get();
        assertThat(af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aCloseOfAnAddressFamilyThatIsNeverCompletedCanBeTriedAgain(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.closeAf.hold();

        failsByName(stack, stack.client.af.close(), "ProtocolCmCloseAf");

        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        stack.callManager.closeAf.asUsual();
        succeeds(stack.client.af.close());
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aNotificationThatTheClientNeverCompletesFails(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.hold();

        failsByName(stack, stack.callManager.af.notifyCloseAddressFamily(), "ProtocolClNotifyCloseAf");

        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        stack.client.notifyCloseAf.release(NdisStatus.SUCCESS);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aSapThatIsNeverRegisteredFailsAndIsDeregisteredWhenItSucceedsAtLast(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.registerSap.hold();

        failsByName(stack, stack.client.af.registerSap(Sap.e164("7"), stack.client), "ProtocolCmRegisterSap");

        stack.calls.clear();
        stack.callManager.registerSap.release(NdisResult.success(stack.callManager.sapContext()));
        assertThat(stack.calls).containsExactly("CmDeregisterSap");
        endsInPeace(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aSapThatIsNeverDeregisteredIsGoneAllTheSame(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        stack.callManager.deregisterSap.hold();

        failsByName(stack, sap.deregister(), "ProtocolCmDeregisterSap");

        stack.callManager.deregisterSap.release(NdisStatus.SUCCESS);
        endsInPeace(stack);
    }

    @Test
    void whatFailedAtItsDeadlineDoesNotFailAgainWhenTheVcIsGone() {
        final TestStack stack = TestStack.standAlone();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);
        stack.client.leavesEverything = true;
        stack.clientRegistration.unregister();
        assertThat(done(call).status()).isEqualTo(NdisStatus.CLOSING);

        stack.passOperationDeadlines();

        assertThat(done(call).status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }
}
