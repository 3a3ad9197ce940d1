// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.Violation;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.TestMiniport;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The verifier on the data path: whose an NBL is, from hand to hand. */
class VerifierDataPathTest {
    private static final String SEND = "ClientVc.sendNetBufferLists";
    private static final String RETURN = "ClientVc.returnNetBufferLists";
    private static final String COMPLETE = "VcIndications.sendNetBufferListsComplete";
    private static final String INDICATE = "VcIndications.indicateReceiveNetBufferLists";
    private static final String FREE = "NetBufferList.freeChain";

    /** A client with a call whose miniport holds what is sent, and who holds what is received. */
    private static final class Held {
        final VerifiedStack verified;
        final TestStack stack;
        final ClientVc vc;

        Held(final Form form) {
            verified = VerifiedStack.of(form);
            stack = verified.stack;
            vc = stack.connectedVc();
            stack.miniport.completesAtOnce = false;
            stack.client.vc.returnsAtOnce = false;
            stack.client.vc.freesCompleted = false;
        }

        NetBufferList sent() {
            final NetBufferList nbl = stack.nbl(8);
            vc.sendNetBufferLists(nbl, NblFlags.NONE);
            return nbl;
        }

        NetBufferList received() {
            final NetBufferList nbl = stack.nbl(8);
            stack.wire().indicateReceiveNetBufferLists(nbl, NblFlags.NONE);
            return nbl;
        }

        /** Nobody waits for ever. */
        void passDeadlinesOf(final CompletionStage<Void> ending) {
            while (isPending(ending)) {
                stack.passDeadlines();
            }
        }

        void completes(final NetBufferList nbl) {
            stack.wire().sendNetBufferListsComplete(nbl, NblFlags.NONE);
        }

        void returns(final NetBufferList nbl) {
            vc.returnNetBufferLists(nbl, NblFlags.NONE);
        }
    }

    @ParameterizedTest
    @EnumSource
    void nblsThatGoFromHandToHandHaveNoFindings(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        final NetBufferList received = held.received();

        received.data().position(received.data().limit());
        held.returns(received);
        held.completes(sent);
        held.vc.sendNetBufferLists(sent, NblFlags.NONE);
        held.completes(sent);
        sent.freeChain();

        held.verified.foundNothing();
        assertThat(held.stack.pool.outstanding()).isZero();
    }

    // --- completions ---

    @ParameterizedTest
    @EnumSource
    void findsASecondCompletionWithThePlaceOfTheFirst(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        completesFirst(held, sent);

        held.completes(sent);

        final Violation violation = held.verified.found("R179", VerifiedStack.MINIPORT, COMPLETE);
        assertThat(violation.explanation()).contains("for the second time");
        assertThat(violation.before()).anyMatch(frame -> frame.getMethodName().equals("completesFirst"));
        assertThat(violation.stack()).noneMatch(frame -> frame.getMethodName().equals("completesFirst"));
    }

    private static void completesFirst(final Held held, final NetBufferList nbl) {
        held.completes(nbl);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheCompletionOfWhatWasNotSent(final Form form) {
        final Held held = new Held(form);
        final NetBufferList received = held.received();

        held.completes(held.stack.nbl(1));
        held.completes(received);

        held.verified.found("R183", VerifiedStack.MINIPORT, COMPLETE);
        assertThat(held.verified.verifier.count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheCompletionOnAnotherVc(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        final VcIndications right = held.stack.wire();
        held.stack.connectedVc();

        held.completes(sent);

        held.verified.found("R183", VerifiedStack.MINIPORT, COMPLETE);
        right.sendNetBufferListsComplete(sent, NblFlags.NONE);
        assertThat(held.verified.verifier.count()).isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheCompletionWithoutAFinalStatus(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        sent.setStatus(NdisStatus.PENDING);

        held.completes(sent);

        held.verified.found("R179", VerifiedStack.MINIPORT, COMPLETE);
    }

    @ParameterizedTest
    @EnumSource
    void findsASendThatIsNotCompletedInTime(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        held.verified.foundNothing();

        held.verified.passLimits();

        held.verified.found("R179", VerifiedStack.MINIPORT, "VcDataPath.sendNetBufferLists");
        held.completes(sent);
        held.verified.passLimits();
        assertThat(held.verified.verifier.count()).isEqualTo(1);
    }

    // --- sends ---

    @ParameterizedTest
    @EnumSource
    void findsASendOfWhatIsOnItsWay(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();

        held.vc.sendNetBufferLists(sent, NblFlags.NONE);

        held.verified.found("R182", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource
    void findsASendOfWhatWasReceived(final Form form) {
        final Held held = new Held(form);

        held.vc.sendNetBufferLists(held.received(), NblFlags.NONE);

        held.verified.found("R185", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource
    void findsASenderThatWritesIntoWhatItHasSent(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        sent.data().put(0, (byte) 7);

        held.completes(sent);

        assertThat(held.verified.found("R182", "client", COMPLETE).explanation())
                .contains("the payload", "R180");
    }

    @ParameterizedTest
    @EnumSource
    void findsASendWithoutACall(final Form form) {
        final Held held = new Held(form);
        final ClientVc idle = held.stack.createVc();

        idle.sendNetBufferLists(held.stack.nbl(1), NblFlags.NONE);

        held.verified.found("R125", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource
    void findsASendBeforeTheIncomingCallIsConnected(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        stack.client.register();
        stack.incomingVc().get();
        succeeds(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));

        stack.client.vc.incoming.sendNetBufferLists(stack.nbl(1), NblFlags.NONE);

        verified.found("R138", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource
    void findsASendAfterTheClientsOwnCloseOnly(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.callManager.vc.dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        assertThat(vc.callState()).isEqualTo(CallState.IDLE);

        vc.sendNetBufferLists(stack.nbl(1), NblFlags.NONE);
        verified.foundNothing();

        succeeds(vc.makeCall(PARAMETERS));
        succeeds(vc.closeCall());
        vc.sendNetBufferLists(stack.nbl(1), NblFlags.NONE);
        verified.found("R149", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource
    void findsDataOnADeadVc(final Form form) {
        final Held held = new Held(form);
        final NetBufferList nbl = held.stack.nbl(1);
        succeeds(held.vc.closeCall());
        assertThat(held.vc.deleteVc().isSuccess()).isTrue();

        held.vc.sendNetBufferLists(nbl, NblFlags.NONE);

        held.verified.found("R111", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource(names = "MCM", mode = EnumSource.Mode.EXCLUDE)
    void findsSignalingOnAVcThatIsNotActive(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final SignalingVc vc = verified.stack
                .callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();

        vc.sendNetBufferLists(verified.stack.nbl(1), NblFlags.NONE);

        verified.found("R76", verified.callManager(), "SignalingVc.sendNetBufferLists");
    }

    // --- receives ---

    @ParameterizedTest
    @EnumSource
    void findsASecondReturnWithThePlaceOfTheFirst(final Form form) {
        final Held held = new Held(form);
        final NetBufferList received = held.received();
        final List<NetBufferList> kept = new ArrayList<>();
        held.stack.miniport.whenReturned = kept::add;
        returnsFirst(held, received);
        assertThat(kept).containsExactly(received);

        held.returns(received);

        final Violation violation = held.verified.found("R185", "client", RETURN);
        assertThat(violation.explanation()).contains("for the second time");
        assertThat(violation.before()).anyMatch(frame -> frame.getMethodName().equals("returnsFirst"));
    }

    private static void returnsFirst(final Held held, final NetBufferList nbl) {
        held.returns(nbl);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheReturnOfWhatWasNotReceived(final Form form) {
        final Held held = new Held(form);

        held.stack.client.binding.returnNetBufferLists(held.stack.nbl(1), NblFlags.NONE);

        held.verified.found("R185", "client", "ClientBinding.returnNetBufferLists");
    }

    @ParameterizedTest
    @EnumSource
    void findsTheReturnOnAnotherVc(final Form form) {
        final Held held = new Held(form);
        final NetBufferList received = held.received();

        held.stack.connectedVc().returnNetBufferLists(received, NblFlags.NONE);

        held.verified.found("R185", "client", RETURN);
    }

    @ParameterizedTest
    @EnumSource
    void findsTheReturnOfWhatIsOnlyLentInsideTheIndicationAndAfterIt(final Form form) {
        final Held held = new Held(form);
        final NetBufferList lent = held.stack.nbl(4);
        held.stack.client.vc.whenReceived = () -> held.returns(lent);

        held.stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);

        held.verified.found("R186", "client", RETURN);
        held.stack.client.vc.whenReceived = () -> {};
        final NetBufferList late = held.stack.nbl(4);
        held.stack.wire().indicateReceiveNetBufferLists(late, NblFlags.RECEIVE_RESOURCES);
        held.returns(late);
        assertThat(held.verified.rules()).containsExactly("R186");
        assertThat(held.verified.verifier.count()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource
    void findsASendOfWhatIsOnlyLent(final Form form) {
        final Held held = new Held(form);
        final NetBufferList lent = held.stack.nbl(4);
        held.stack.client.vc.whenReceived = () -> held.vc.sendNetBufferLists(lent, NblFlags.NONE);

        held.stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);

        held.verified.alsoFound("R186", "client", SEND);
    }

    @ParameterizedTest
    @EnumSource
    void whatWasLentIsTheMiniportsAgain(final Form form) {
        final Held held = new Held(form);
        final NetBufferList lent = held.stack.nbl(4);

        held.stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);
        held.stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);
        lent.freeChain();

        held.verified.foundNothing();
    }

    @ParameterizedTest
    @EnumSource
    void findsAnIndicationOfWhatTheReceiverHas(final Form form) {
        final Held held = new Held(form);

        held.stack.wire().indicateReceiveNetBufferLists(held.received(), NblFlags.NONE);

        held.verified.found("R187", VerifiedStack.MINIPORT, INDICATE);
    }

    @ParameterizedTest
    @EnumSource
    void findsAnIndicationOfWhatWasSent(final Form form) {
        final Held held = new Held(form);

        held.stack.wire().indicateReceiveNetBufferLists(held.sent(), NblFlags.NONE);

        held.verified.alsoFound("R179", VerifiedStack.MINIPORT, INDICATE);
    }

    @ParameterizedTest
    @EnumSource
    void findsAMiniportThatWritesIntoWhatItHasIndicated(final Form form) {
        final Held held = new Held(form);
        final NetBufferList received = held.received();
        received.data().put(3, (byte) 9);

        held.returns(received);

        held.verified.found("R187", VerifiedStack.MINIPORT, RETURN);
    }

    @ParameterizedTest
    @EnumSource
    void findsAMiniportThatWritesIntoWhatItLends(final Form form) {
        final Held held = new Held(form);
        final NetBufferList lent = held.stack.nbl(4);
        held.stack.client.vc.whenReceived = () -> lent.data().put(0, (byte) 1);

        held.stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);

        held.verified.found("R187", VerifiedStack.MINIPORT, INDICATE);
    }

    @ParameterizedTest
    @EnumSource
    void findsIndicationsOnAVcThatWasNeverActivatedOrIsNoMore(final Form form) {
        final VerifiedStack verified = VerifiedStack.of(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.createVc();

        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), NblFlags.NONE);
        verified.found("R76", VerifiedStack.MINIPORT, INDICATE);

        succeeds(vc.makeCall(PARAMETERS));
        succeeds(vc.closeCall());
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), NblFlags.NONE);
        assertThat(verified.rules()).containsExactlyInAnyOrder("R76", "R95");
    }

    @ParameterizedTest
    @EnumSource
    void anIndicationWhileTheCallClosesIsNone(final Form form) {
        final Held held = new Held(form);
        held.stack.callManager.deactivates = false;
        held.stack.callManager.closeCall.hold();
        held.vc.closeCall();

        held.stack.wire().indicateReceiveNetBufferLists(held.stack.nbl(1), NblFlags.NONE);

        held.verified.foundNothing();
    }

    // --- the deactivation ---

    @ParameterizedTest
    @EnumSource(names = "MCM", mode = EnumSource.Mode.EXCLUDE)
    void findsADeactivationThatIsReportedTooEarly(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        final NetBufferList received = held.received();

        held.stack.callManager.vc.deactivateVc();

        assertThat(held.verified.rules()).containsExactlyInAnyOrder("R93", "R94");
        held.verified.alsoFound("R93", VerifiedStack.MINIPORT, "MiniportVcContext.deactivateVc");
        held.completes(sent);
        held.returns(received);
    }

    @ParameterizedTest
    @EnumSource(names = "MCM", mode = EnumSource.Mode.EXCLUDE)
    void aDeactivationThatWaitsForItsTransfersIsSound(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        final NetBufferList received = held.received();
        held.stack.miniport.deactivateVc.hold();

        final var deactivation = held.stack.callManager.vc.deactivateVc();
        held.completes(sent);
        held.returns(received);
        held.stack.miniport.deactivateVc.release(NdisStatus.SUCCESS);

        succeeds(deactivation);
        held.verified.foundNothing();
    }

    /** The VC is deactivated at the backend before when the next one has its sends already. */
    @Test
    void aVcThatMovesIsAtTwoMiniports_andEachAnswersForItsOwn() {
        final Held held = new Held(Form.STAND_ALONE);
        final TestMiniport next = held.stack.new TestMiniport("next ");
        next.completesAtOnce = false;
        held.stack.engine.registerMiniport(SwapStack.candidate(1, 0), next);
        final NetBufferList before = held.sent();
        final var swap = held.stack.engine.swap(SwapStack.ADAPTER, 1);
        held.sent();
        assertThat(next.sent).isEmpty();

        held.completes(before);

        assertThat(succeeds(swap).get().outcome()).isEqualTo(SwapReport.Outcome.SWAPPED);
        assertThat(held.stack.calls).contains("MCoDeactivateVc");
        assertThat(next.sent).hasSize(1);
        held.verified.foundNothing();
        next.completeSends();
        held.verified.foundNothing();
    }

    // --- the pool ---

    @ParameterizedTest
    @EnumSource
    void findsASenderThatFreesWhatItHasSent(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        held.stack.client.vc.whenReceived = sent::freeChain;

        held.received();

        assertThat(held.verified.found("R182", "client", FREE).before()).isNotEmpty();
        assertThat(held.stack.pool.outstanding()).as("it is freed all the same").isEqualTo(1);
    }

    @ParameterizedTest
    @EnumSource
    void findsAMiniportThatFreesWhatItShouldComplete(final Form form) {
        final Held held = new Held(form);

        held.sent().freeChain();

        held.verified.found("R179", VerifiedStack.MINIPORT, FREE);
    }

    @ParameterizedTest
    @EnumSource
    void findsAReceiverThatFreesWhatItShouldReturn(final Form form) {
        final Held held = new Held(form);

        held.received().freeChain();

        held.verified.found("R185", "client", FREE);
    }

    @ParameterizedTest
    @EnumSource
    void findsAReceiverThatFreesWhatIsLent(final Form form) {
        final Held held = new Held(form);
        final NetBufferList lent = held.stack.nbl(1);
        held.stack.client.vc.whenReceived = lent::freeChain;

        held.stack.wire().indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);

        held.verified.found("R186", "client", FREE);
    }

    @ParameterizedTest
    @EnumSource
    void whereViolationsAreFatalNothingIsFreedOutOfAnothersHands(final Form form) {
        final VerifiedStack verified = VerifiedStack.fatal(form);
        final TestStack stack = verified.stack;
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        final NetBufferList sent = stack.nbl(1);
        vc.sendNetBufferLists(sent, NblFlags.NONE);

        assertThatExceptionOfType(IllegalStateException.class)
                .isThrownBy(sent::freeChain)
                .withMessageStartingWith("R179");

        assertThat(stack.pool.outstanding()).isEqualTo(1);
        stack.wire().sendNetBufferListsComplete(sent, NblFlags.NONE);
        assertThat(stack.pool.outstanding()).isZero();
    }

    // --- the end ---

    @ParameterizedTest
    @EnumSource
    void findsAClientThatLeavesItsSendsAndWhatItHasReceived(final Form form) {
        final Held held = new Held(form);
        final NetBufferList sent = held.sent();
        final NetBufferList received = held.received();
        held.stack.client.leavesEverything = true;

        held.passDeadlinesOf(held.stack.clientRegistration.unregister());

        assertThat(held.verified.rules()).contains("R213", "R214", "R185");
        held.verified.alsoFound("R185", "client", "ClientVcContext.receiveNetBufferLists");
        held.verified.alsoFound("R214", "client", "VcDataPath.sendNetBufferLists");
        held.completes(sent);
        held.stack.client.binding.returnNetBufferLists(received, NblFlags.NONE);
    }

    @ParameterizedTest
    @EnumSource
    void findsAMiniportThatHaltsWithSendsAndIndicationsOutstanding(final Form form) {
        final Held held = new Held(form);
        held.sent();
        held.received();
        held.stack.client.unbindAdapter.hold();
        held.passDeadlinesOf(held.stack.miniportRegistration.unregister());

        held.verified.alsoFound("R179", VerifiedStack.MINIPORT, "VcDataPath.sendNetBufferLists");
        held.verified.alsoFound("R220", VerifiedStack.MINIPORT, "ClientVcContext.receiveNetBufferLists");
    }
}
