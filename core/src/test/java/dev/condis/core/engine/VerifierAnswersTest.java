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
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.Violation;
import dev.condis.core.engine.TestStack.DriverBug;
import dev.condis.core.engine.TestStack.Form;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The verifier on what drivers answer, what they never answer, and what they leave behind. */
class VerifierAnswersTest {
    // --- answers that are none ---

    @ParameterizedTest
    @EnumSource
    void findsNullInTheWayOfAnAnswer(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.activates = false;
        verified.stack.callManager.makeCall.breakWith(() -> {
            final CompletionStage<NdisResult<CallParameters>> none = null;
            return none;
        });

        assertThat(done(vc.makeCall(PARAMETERS)).status()).isEqualTo(NdisStatus.FAILURE);

        verified.found("R3", verified.callManager(), "CmVcContext.makeCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsAnExceptionOutOfACallback(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.client.register();
        verified.stack.incomingVc().get();
        verified.stack.client.incomingCall.answerWith(() -> {
            throw new DriverBug("client");
        });

        done(verified.stack.callManager.vc.dispatchIncomingCall(verified.stack.callManager.sap, PARAMETERS));

        final Violation violation = verified.found("R3", "client", "ClientSapContext.incomingCall");
        assertThat(violation.explanation()).contains("thrown by the client");
    }

    @ParameterizedTest
    @EnumSource
    void findsAnAnswerThatEndsWithAnException(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();
        verified.stack.callManager.closeCall.hold();
        vc.closeCall();

        verified.stack.callManager.closeCall.fail();

        verified.found("R3", verified.callManager(), "CmVcContext.closeCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsPendingAsAFinalStatus(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientAf af = verified.stack.client.af;
        verified.stack.callManager.closeAf.answer(NdisStatus.PENDING);

        done(af.close());

        verified.found("R4", verified.callManager(), "CmAfContext.closeAf");
    }

    @ParameterizedTest
    @EnumSource
    void findsPendingFromADeletion(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.deleteVc.answer(NdisStatus.PENDING);

        assertThat(vc.deleteVc().isSuccess()).isFalse();

        verified.found("R112", verified.callManager(), "CmVcContext.deleteVc");
    }

    @Test
    void findsPendingFromTheDeletionAtTheMiniport() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.miniport.deleteVc.answer(NdisStatus.PENDING);

        assertThat(vc.deleteVc().isSuccess()).isTrue();

        verified.found("R70", VerifiedStack.MINIPORT, "MiniportVcContext.deleteVc");
    }

    @ParameterizedTest
    @EnumSource
    void findsASuccessWithoutWhatBelongsToIt(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.callManager.createVc.answer(
                new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty()));

        assertThat(verified.stack.client.af.createVc(verified.stack.client.vc).isSuccess())
                .isFalse();

        verified.found("R9", verified.callManager(), "CmAfContext.createVc");
    }

    @Test
    void findsAnMcmWhoseContextCarriesNoPackets() {
        final VerifiedStack verified = VerifiedStack.of(Form.MCM);
        final TestStack stack = verified.stack;
        stack.callManager.createVc.answerWith(() -> NdisResult.success(stack.callManager.new TestCmVc()));

        assertThat(stack.client.af.createVc(stack.client.vc).isSuccess()).isFalse();

        verified.found("R16", VerifiedStack.MINIPORT, "CmAfContext.createVc");
    }

    // --- answers that are not true ---

    @ParameterizedTest
    @EnumSource
    void findsACallThatIsReportedOnAnInactiveVcAndDoesNotBlameTheClient(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.activates = false;

        assertThat(done(vc.makeCall(PARAMETERS)).isSuccess()).isFalse();

        verified.found("R121", verified.callManager(), "CmVcContext.makeCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsACallThatFailsAndLeavesItsVcActive(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.makeCall.answer(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));

        assertThat(done(vc.makeCall(PARAMETERS)).isSuccess()).isFalse();

        verified.found("R123", verified.callManager(), "CmVcContext.makeCall");
        TestStack.idle(vc);
    }

    @ParameterizedTest
    @EnumSource
    void findsACloseThatLeavesTheVcActive(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();
        verified.stack.callManager.deactivates = false;

        assertThat(isPending(vc.closeCall())).isTrue();

        verified.found("R154", verified.callManager(), "CmVcContext.closeCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsAChangeThatIsReportedWithoutAnActivation(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();
        verified.stack.callManager.activates = false;

        assertThat(done(vc.modifyCallQoS(OTHER_PARAMETERS)).isSuccess()).isFalse();

        verified.found("R141", verified.callManager(), "CmVcContext.modifyCallQoS");
    }

    @ParameterizedTest
    @EnumSource
    void findsANotificationThatClaimsAClose(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.client.notifyCloseAf.answer(NdisStatus.SUCCESS);

        done(verified.stack.callManager.af.notifyCloseAddressFamily());

        verified.found("R47", "client", "ClientAfContext.notifyCloseAf");
    }

    @ParameterizedTest
    @EnumSource
    void findsADeregistrationThatIsRefused(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.callManager.deregisterSap.answer(NdisStatus.FAILURE);

        done(verified.stack.client.register().deregister());

        verified.found("R58", verified.callManager(), "CmSapContext.deregisterSap");
    }

    @ParameterizedTest
    @EnumSource
    void findsACloseOfTheFamilyThatFailsButNotOneThatIsRefused(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.callManager.closeAf.answer(NdisStatus.NOT_ACCEPTED);
        done(verified.stack.client.af.close());
        verified.foundNothing();

        verified.stack.callManager.closeAf.answer(NdisStatus.FAILURE);
        done(verified.stack.client.af.close());

        verified.found("R42", verified.callManager(), "CmAfContext.closeAf");
    }

    @Test
    void findsParametersThatAreRoundedWithoutLeave() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        verified.stack.miniport.activateVc.answer(NdisResult.success(OTHER_PARAMETERS));

        verified.stack.connectedVc();

        verified.found("R82", VerifiedStack.MINIPORT, "MiniportVcContext.activateVc");
    }

    @ParameterizedTest
    @EnumSource
    void findsParametersThatTheClientChangesWithoutSayingSo(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.client.register();
        stack.incomingVc().get();
        stack.client.incomingCall.answer(
                NdisResult.success(OTHER_PARAMETERS.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED)));
        succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        verified.foundNothing();

        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        stack.client.incomingCall.answer(NdisResult.success(OTHER_PARAMETERS));
        succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        verified.found("R132", "client", "ClientSapContext.incomingCall");
    }

    // --- answers that do not come ---

    @ParameterizedTest
    @EnumSource
    void findsWhatIsNotCompletedInTimeOnce(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.makeCall.hold();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(PARAMETERS);
        verified.foundNothing();

        verified.passLimits();
        verified.passLimits();

        final Violation violation = verified.found("R3", verified.callManager(), "CmVcContext.makeCall");
        assertThat(verified.verifier.count()).isEqualTo(1);
        assertThat(violation.explanation()).contains("PT30S");
        assertThat(violation.before()).as("where it was called").isNotEmpty();
        verified.stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
        succeeds(made);
    }

    @ParameterizedTest
    @EnumSource
    void findsAnOfferThatIsNotAnsweredWhenTheVcGoes(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        stack.client.incomingCall.hold();
        vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        verified.foundNothing();

        assertThat(vc.deleteVc().isSuccess()).isTrue();

        verified.found("R131", "client", "ClientSapContext.incomingCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsAnIncomingCloseThatIsNotAnswered(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.answersClose = false;
        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        verified.passLimits();

        verified.found("R158", "client", "ClientVcContext.incomingCloseCall");
        succeeds(vc.closeCall());
    }

    @ParameterizedTest
    @EnumSource
    void findsAnIncomingDropThatIsNotAnswered(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();
        final TestStack.TestClientParty careless = stack.new TestClientParty();
        careless.answersDrop = false;
        final ClientParty party = succeeds(vc.makeCall(PARAMETERS, careless)).get();
        succeeds(vc.addParty(PARAMETERS, stack.new TestClientParty()));
        stack.callManager.parties.get(0).dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY);

        verified.passLimits();

        verified.found("R173", "client", "ClientPartyContext.incomingDropParty");
        succeeds(party.dropParty(Octets.EMPTY));
    }

    @ParameterizedTest
    @EnumSource
    void anAnswerInTimeIsSound(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.answersClose = false;
        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        succeeds(vc.closeCall());

        verified.passLimits();
        verified.passLimits();

        verified.foundNothing();
        assertThat(verified.limitsRunning())
                .as("nothing is looked after any more")
                .isZero();
    }

    // --- what is left ---

    @ParameterizedTest
    @EnumSource
    void findsAClientThatLeavesItsFamilyOpen(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.createVc();
        verified.stack.client.leavesEverything = true;

        verified.stack.clientRegistration.unregister();

        final Violation violation = verified.found("R213", "client", "CoClient.unbindAdapter");
        assertThat(violation.object()).contains("client 'client'");
    }

    @Test
    void findsACallManagerThatLeavesItsSignaling() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        final TestStack stack = verified.stack;
        stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        stack.callManager.leavesEverything = true;

        stack.callManagerRegistration.orElseThrow().unregister();

        verified.found("S37", "cm", "CallManager.unbindAdapter");
    }

    @Test
    void aCallManagerWhoseClientDoesNotCloseIsNotToBlame() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        verified.stack.client.notifyCloseAf.answer(NdisStatus.NOT_ACCEPTED);
        verified.stack.callManager.leavesEverything = true;

        verified.stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(verified.stack.client.af.state()).isEqualTo(AfState.CLOSED);
        verified.foundNothing();
    }

    @Test
    void aClientOwesNoCloseOnAVcThatTheCoreHasTakenAway() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        final TestStack stack = verified.stack;
        stack.connectedVc();
        stack.client.vc.answersClose = false;
        stack.client.notifyCloseAf.answer(NdisStatus.NOT_ACCEPTED);
        stack.callManager.leavesEverything = true;
        stack.callManagerRegistration.orElseThrow().unregister();
        assertThat(stack.calls).contains("ClIncomingCloseCall " + NdisStatus.ADAPTER_REMOVED, "client CoDeleteVc");

        verified.passLimits();
        stack.clientRegistration.unregister();
        verified.passLimits();

        assertThat(verified.of("R158")).isEmpty();
        assertThat(verified.limitsRunning())
                .as("nothing is looked after any more")
                .isZero();
    }

    @ParameterizedTest
    @EnumSource
    void findsAnOperationThatItsDriverLeavesUnanswered(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();
        stack.callManager.makeCall.hold();
        vc.makeCall(PARAMETERS);
        stack.client.leavesEverything = true;
        stack.callManager.leavesEverything = true;

        verified.end();

        verified.alsoFound("R3", verified.callManager(), "CmVcContext.makeCall");
    }
}
