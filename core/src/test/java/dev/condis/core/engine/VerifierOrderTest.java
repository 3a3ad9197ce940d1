// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.now;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.Violation;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The verifier on the order of calls, on objects that do not belong together, and on thread levels. */
class VerifierOrderTest {
    // --- steps out of order ---

    @ParameterizedTest
    @EnumSource
    void findsACallOnTopOfACall(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();

        done(vc.makeCall(PARAMETERS));

        final Violation violation = verified.found("R75", "client", "ClientVc.makeCall");
        assertThat(violation.object()).isEqualTo(vc.handle().toString());
        assertThat(violation.explanation()).contains("NDIS_STATUS_NOT_ACCEPTED", "CONNECTED");
        assertThat(violation.before()).as("the call that is on it").isNotEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void findsASecondCloseOfTheSameClient(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();
        verified.stack.callManager.closeCall.hold();
        vc.closeCall();

        vc.closeCall();

        verified.found("R150", "client", "ClientVc.closeCall");
    }

    @ParameterizedTest
    @EnumSource
    void aCloseThatMeetsTheOtherSidesIsNone(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.callManager.closeCall.hold();
        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        assertThat(done(vc.closeCall()).status())
                .as("the client's callback has closed already")
                .isEqualTo(NdisStatus.CLOSING);
        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .status())
                .isEqualTo(NdisStatus.CLOSING);

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void aReportOfTheCloseThatTheClientHasMadeIsNone(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();
        succeeds(vc.closeCall());

        assertThat(verified.stack
                        .callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .status())
                .isEqualTo(NdisStatus.NOT_ACCEPTED);

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void findsAReportOfACloseWithoutACall(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.createVc();

        verified.stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);

        verified.found("B.7", verified.callManager(), "CmVc.dispatchIncomingCloseCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsTheDeletionOfAVcWithACall(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.connectedVc();

        assertThat(vc.deleteVc().isSuccess()).isFalse();

        verified.found("R108", "client", "ClientVc.deleteVc");
    }

    @ParameterizedTest
    @EnumSource
    void findsTheDeletionOfSomebodyElsesVc(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.createVc();

        assertThat(verified.stack.callManager.vc.deleteVc().isSuccess()).isFalse();

        verified.found("R106", verified.callManager(), "CmVc.deleteVc");
    }

    @ParameterizedTest
    @EnumSource
    void aDeletionThatTheOtherSideRefusesIsNone(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        verified.stack.callManager.deleteVc.answer(NdisStatus.NOT_ACCEPTED);

        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void findsTheUseOfADeadHandleWithThePlaceOfTheDeletion(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        assertThat(deletes(vc).isSuccess()).isTrue();

        done(vc.makeCall(PARAMETERS));

        final Violation violation = verified.found("R111", "client", "ClientVc.makeCall");
        assertThat(violation.before().get(0).getMethodName()).isEqualTo("deletes");
    }

    private static NdisResult<Void> deletes(final ClientVc vc) {
        return vc.deleteVc();
    }

    @ParameterizedTest
    @EnumSource
    void findsTheUseOfAHandleWhoseDeletionWasAgreedTo(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientVc vc = verified.stack.createVc();
        final CmVc mine = verified.stack.callManager.vc;
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        done(mine.activateVc(PARAMETERS));

        verified.found("R111", verified.callManager(), "CmVc.activateVc");
    }

    @ParameterizedTest
    @EnumSource
    void findsADeactivationOfAnInactiveVc(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.createVc();

        done(verified.stack.callManager.vc.deactivateVc());

        verified.found(form == Form.MCM ? "R92" : "C27", verified.callManager(), "CmVc.deactivateVc");
    }

    @Test
    void findsADeactivationByAnMcmThatHasNotDrained() {
        final VerifiedStack verified = VerifiedStack.of(Form.MCM);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);

        done(stack.callManager.vc.deactivateVc());

        verified.found("R93", VerifiedStack.MINIPORT, "CmVc.deactivateVc");
    }

    @ParameterizedTest
    @EnumSource
    void findsACloseWithVcsLeftAndTheUseOfWhatIsClosed(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final ClientAf af = verified.stack.client.af;
        final ClientVc vc = verified.stack.createVc();

        done(af.close());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(af.close());
        done(af.registerSap(Sap.e164("7"), verified.stack.client));

        assertThat(verified.rules()).containsExactlyInAnyOrder("R38", "R39");
        verified.alsoFound("R39", "client", "ClientAf.registerSap");
    }

    @ParameterizedTest
    @EnumSource
    void aCallManagerThatCreatesAVcWhileItsClientClosesIsNotToBlame(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.callManager.closeAf.hold();
        final CompletionStage<NdisResult<Void>> closing = stack.client.af.close();

        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.CLOSING);
        verified.foundNothing();

        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(closing);
        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.FAILURE);
        verified.found("R39", verified.callManager(), "CmAf.createVc");
    }

    @ParameterizedTest
    @EnumSource
    void findsACallOnASapThatIsDeregisteredButNotWhileItIs(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final var sap = stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        stack.callManager.deregisterSap.hold();
        final CompletionStage<NdisResult<Void>> leaving = sap.deregister();

        assertThat(done(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS))
                        .status())
                .isEqualTo(NdisStatus.INVALID_SAP);
        verified.foundNothing();

        stack.callManager.deregisterSap.release(NdisStatus.SUCCESS);
        succeeds(leaving);
        done(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        verified.found("R129", verified.callManager(), "CmVc.dispatchIncomingCall");
    }

    @Test
    void findsASecondRegistrationOfAFamilyByTheSameCallManagerOnly() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        final TestStack stack = verified.stack;
        final TestStack.TestCallManager rival = stack.new TestCallManager();

        stack.engine.registerCallManager(DriverDescriptor.everywhere("rival"), rival);
        verified.foundNothing();

        stack.callManager.register(TestStack.AF);
        verified.found("R22", "cm", "CmBinding.registerAddressFamily");
    }

    @ParameterizedTest
    @EnumSource
    void findsTheOpeningOfAFamilyThatWasNeverAnnounced(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);

        done(verified.stack.client.binding.openAddressFamily(AddressFamily.TAPI, verified.stack.client));

        verified.found("R32", "client", "ClientBinding.openAddressFamily");
    }

    @ParameterizedTest
    @EnumSource
    void findsTheDropOfTheLastPartyUnlessItHasLeftItself(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();
        final ClientParty party =
                succeeds(vc.makeCall(PARAMETERS, stack.new TestClientParty())).get();

        done(party.dropParty(Octets.EMPTY));

        verified.found("R169", "client", "ClientParty.dropParty");
    }

    @ParameterizedTest
    @EnumSource
    void findsTheReportThatTheLastPartyHasLeft(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        succeeds(stack.createVc().makeCall(PARAMETERS, stack.new TestClientParty()));

        stack.callManager.parties.get(0).dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY);

        verified.found("R172", verified.callManager(), "CmParty.dispatchIncomingDropParty");
    }

    /** The drop has not reached the call manager, which is busy with another party. */
    @ParameterizedTest
    @EnumSource
    void doesNotBlameWhoCannotKnowYetThatTheOthersAreDropped(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();
        final ClientParty first =
                succeeds(vc.makeCall(PARAMETERS, stack.new TestClientParty())).get();
        succeeds(vc.addParty(PARAMETERS, stack.new TestClientParty()));
        final List<NdisStatus> told = new ArrayList<>();
        stack.callManager.addParty.answerWith(() -> {
            first.dropParty(Octets.EMPTY);
            told.add(stack.callManager
                    .parties
                    .get(1)
                    .dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY)
                    .status());
            return NdisResult.failure(NdisStatus.DEST_OUT_OF_ORDER);
        });

        done(vc.addParty(PARAMETERS, stack.new TestClientParty()));

        assertThat(told).containsExactly(NdisStatus.NOT_ACCEPTED);
        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void aChangeThatMeetsTheOtherSidesIsNone(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.callManager.modifyCallQoS.hold();
        final CompletionStage<NdisResult<CallParameters>> change = vc.modifyCallQoS(OTHER_PARAMETERS);

        assertThat(done(stack.callManager.vc.dispatchIncomingCallQoSChange(PARAMETERS))
                        .status())
                .isEqualTo(NdisStatus.NOT_ACCEPTED);
        verified.foundNothing();

        done(vc.modifyCallQoS(PARAMETERS));
        verified.found("B.9", "client", "ClientVc.modifyCallQoS");
        stack.callManager.modifyCallQoS.release(NdisResult.failure(NdisStatus.FAILURE));
        assertThat(done(change).isSuccess()).isFalse();
    }

    @ParameterizedTest
    @EnumSource
    void aChangeThatMeetsACloseOfWhichTheCallManagerIsNotToldYetIsNone(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.callManager.activates = false;
        stack.callManager.modifyCallQoS.whenCalled = () -> {
            vc.closeCall();
            assertThat(done(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS))
                            .status())
                    .isEqualTo(NdisStatus.NOT_ACCEPTED);
        };

        assertThat(done(vc.modifyCallQoS(OTHER_PARAMETERS)).status()).isEqualTo(NdisStatus.CLOSING);

        TestStack.idle(vc);
        verified.foundNothing();
        done(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS));
        verified.foundNothing();
    }

    // --- objects that do not belong together ---

    @ParameterizedTest
    @EnumSource
    void findsASapOfAnotherClient(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        now(stack.anotherClient("another").af.registerSap(Sap.e164("2"), stack.client))
                .get();

        done(vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        verified.found("R129", verified.callManager(), "CmVc.dispatchIncomingCall");
    }

    @ParameterizedTest
    @EnumSource
    void findsAPartyOfAnotherVc(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientParty party = succeeds(stack.createVc().makeCall(PARAMETERS, stack.new TestClientParty()))
                .get();
        final ClientVc other = stack.connectedVc();

        done(other.closeCall(party, Octets.EMPTY));

        verified.found("R7", "client", "ClientVc.closeCall");
    }

    /** A SAP that the core did not make. */
    private record ForeignSap(Sap sap, CmAf addressFamily) implements CmSap {}

    @ParameterizedTest
    @EnumSource
    void findsAHandleThatTheCoreDidNotMake(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();

        assertThat(done(vc.dispatchIncomingCall(new ForeignSap(Sap.e164("1"), stack.callManager.af), PARAMETERS))
                        .status())
                .isEqualTo(NdisStatus.INVALID_SAP);

        verified.found("R6", verified.callManager(), "CmVc.dispatchIncomingCall");
    }

    // --- levels ---

    @ParameterizedTest
    @EnumSource
    void findsACallThatMayBlockInsideACallbackThatMustNot(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.callManager.makeCall.whenCalled = () -> stack.callManager.register(AddressFamily.TAPI);

        stack.connectedVc();

        final Violation violation = verified.found("E1", verified.callManager(), "CmBinding.registerAddressFamily");
        assertThat(violation.explanation())
                .contains("CmVcContext.makeCall", form == Form.MCM ? "Irql_MCM_Function" : "Irql_CallManager_Function");
    }

    @ParameterizedTest
    @EnumSource
    void findsACallThatMayBlockInsideACompletion(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.callManager.closeCall.hold();
        vc.closeCall().thenAccept(closed -> stack.client.open(AddressFamily.PVC));
        verified.foundNothing();

        stack.callManager.closeCall.release(NdisStatus.SUCCESS);

        assertThat(verified.of("E1")).singleElement().satisfies(violation -> {
            assertThat(violation.driver()).isEqualTo("client");
            assertThat(violation.explanation()).contains("ClientVc.closeCall (completion)", "Irql_Protocol");
        });
    }

    @ParameterizedTest
    @EnumSource
    void whatRunsWhereItMayBlockIsAtPassiveWhoeverBroughtIt(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenReceived = () -> stack.anotherClient("late");

        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(vc.addressFamily()).isNotNull();
        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void findsACallbackAtDispatchThatDoesNotReturn(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.miniport.whenSent = verified::passDispatchLimits;

        vc.sendNetBufferLists(stack.nbl(1), 0);

        final Violation violation = verified.found("E3", VerifiedStack.MINIPORT, "VcDataPath.sendNetBufferLists");
        assertThat(violation.stack()).as("the thread that is inside").anyMatch(frame -> frame.getMethodName()
                .equals("passDispatchLimits"));
    }

    @ParameterizedTest
    @EnumSource
    void aCallbackThatHasReturnedIsNotLookedAfter(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        verified.stack.connectedVc().sendNetBufferLists(verified.stack.nbl(1), 0);

        verified.passLimits();

        verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void theInnermostOfNestedCallbacksIsTheOneThatDoesNotReturn(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.whenCompleted = verified::passDispatchLimits;

        vc.sendNetBufferLists(stack.nbl(1), 0);

        verified.found("E3", "client", "ClientVcContext.sendNetBufferListsComplete");
    }

    // --- status ---

    @Test
    void findsAStatusAfterTheHalt() {
        final VerifiedStack verified = VerifiedStack.of(Form.STAND_ALONE);
        final TestStack stack = verified.stack;
        verified.end();
        verified.foundNothing();

        stack.miniport.adapter.indicateStatus(StatusIndication.of(StatusCode.MEDIA_CONNECT));

        verified.found("R207", VerifiedStack.MINIPORT, "MiniportAdapter.indicateStatus");
    }

    // --- signaling ---

    @ParameterizedTest
    @EnumSource(names = "MCM", mode = EnumSource.Mode.EXCLUDE)
    void findsTheSecondDeletionOfASignalingVcThatIsBeingDeactivated(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final SignalingVc vc = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        succeeds(vc.activateVc(PARAMETERS));
        stack.miniport.deactivateVc.hold();
        vc.deactivateVc();

        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.CLOSING);

        verified.found("R109", verified.callManager(), "SignalingVc.deleteVc");
    }
}
