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
import dev.condis.api.PartyState;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Multipoint calls: rules R151, R153, R164 to R175, contract B.10, sequences S24 to S26. */
class MultipointTest {
    private static final Octets BYE = Octets.ofText("bye");
    private static final CallParameters CHANGED = OTHER_PARAMETERS.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);

    /** A connected multipoint call and its parties. */
    private static final class Call {
        private final TestStack stack;
        private final TestStack.TestClientParty context;
        private final ClientVc vc;
        private final List<ClientParty> parties = new ArrayList<>();

        Call(final Form form, final int parties) {
            stack = form.start();
            context = stack.new TestClientParty();
            vc = stack.createVc();
            this.parties.add(succeeds(vc.makeCall(PARAMETERS, context)).get());
            while (this.parties.size() < parties) {
                add();
            }
        }

        ClientParty add() {
            final ClientParty added = succeeds(vc.addParty(PARAMETERS, context)).get();
            parties.add(added);
            return added;
        }

        ClientParty party(final int index) {
            return parties.get(index);
        }

        CmParty atCallManager(final int index) {
            return stack.callManager.parties.get(index);
        }

        void end() {
            stack.callManager.dropParty.asUsual();
            stack.callManager.closeCall.asUsual();
            succeeds(stack.client.af.closeAll());
            assertThat(stack.engine.adapters().get(0).vcs()).isEmpty();
        }
    }

    // --- the first party

    @ParameterizedTest
    @EnumSource(Form.class)
    void r122r128ACallThatIsMadeWithAPartyHasThatPartyWhenItIsConnected(final Form form) {
        final Call call = new Call(form, 1);

        assertThat(call.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(call.vc.parties()).containsExactly(call.party(0));
        assertThat(call.party(0).state()).isEqualTo(PartyState.ACTIVE);
        assertThat(call.party(0).callParameters()).isEqualTo(PARAMETERS);
        assertThat(call.party(0).vc()).isSameAs(call.vc);
        assertThat(call.atCallManager(0).state()).isEqualTo(PartyState.ACTIVE);
        assertThat(call.atCallManager(0).vc().handle()).isSameAs(call.vc.handle());
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r122TheFirstPartyOfACallThatFailsIsGone(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final ClientVc vc = stack.createVc();

        final CompletionStage<NdisResult<ClientParty>> made = vc.makeCall(PARAMETERS, stack.new TestClientParty());
        assertThat(isPending(made)).isTrue();
        assertThat(stack.callManager.parties.get(0).state()).isEqualTo(PartyState.ADDING);
        assertThat(vc.parties()).isEmpty();
        stack.callManager.makeCall.release(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));

        assertThat(done(made).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(stack.callManager.parties.get(0).state()).isEqualTo(PartyState.GONE);
        TestStack.idle(vc);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    // --- adding

    @ParameterizedTest
    @EnumSource(Form.class)
    void r164OnlyACallThatWasMadeWithAPartyTakesFurtherOnes(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();

        stack.refuses(
                NdisStatus.NOT_SUPPORTED, "R164", () -> done(vc.addParty(PARAMETERS, stack.new TestClientParty())));

        final ClientVc idle = stack.createVc();
        stack.refuses(
                NdisStatus.NOT_ACCEPTED, "B.10", () -> done(idle.addParty(PARAMETERS, stack.new TestClientParty())));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r165APartyIsNotAddedOnADeadVc(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        stack.refuses(NdisStatus.FAILURE, "R111", () -> done(vc.addParty(PARAMETERS, stack.new TestClientParty())));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r166r167APartyMayGetOtherParametersAndBeDroppedForIt(final Form form) {
        final Call call = new Call(form, 1);
        call.stack.callManager.addParty.answer(
                NdisResult.success(new AddedParty(call.stack.callManager.new TestCmParty(), CHANGED)));

        final ClientParty added = call.add();

        assertThat(call.stack.callManager.asked).last().isEqualTo(PARAMETERS);
        assertThat(added.callParameters()).isEqualTo(CHANGED);
        assertThat(added.callParameters().has(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .isTrue();
        succeeds(added.dropParty(Octets.EMPTY));
        assertThat(call.vc.parties()).containsExactly(call.party(0));
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r166APartyThatIsRefusedIsGone(final Form form) {
        final Call call = new Call(form, 1);
        call.stack.callManager.addParty.hold();

        final CompletionStage<NdisResult<ClientParty>> adding = call.vc.addParty(PARAMETERS, call.context);
        final CmParty refused = call.atCallManager(1);
        assertThat(refused.state()).isEqualTo(PartyState.ADDING);
        assertThat(refused.dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY)
                        .status())
                .isEqualTo(NdisStatus.NOT_ACCEPTED);
        call.stack.callManager.addParty.release(NdisResult.failure(NdisStatus.RESOURCES));

        assertThat(done(adding).status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(refused.state()).isEqualTo(PartyState.GONE);
        assertThat(call.vc.parties()).containsExactly(call.party(0));
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r9APartyWhoseAdditionIsCompletedBeforeTheCallReturnsIsThereOnReturn(final Form form) {
        final Call call = new Call(form, 1);
        call.stack.callManager.addParty.hold();
        call.stack.callManager.addParty.whenCalled = () -> call.stack.callManager.addParty.release(
                NdisResult.success(new AddedParty(call.stack.callManager.new TestCmParty(), PARAMETERS)));

        assertThat(call.add().state()).isEqualTo(PartyState.ACTIVE);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r174APartyThatIsAddedWhenTheCallIsOverIsDroppedAgain(final Form form) {
        final Call call = new Call(form, 1);
        call.stack.callManager.addParty.hold();
        final CompletionStage<NdisResult<ClientParty>> adding = call.vc.addParty(PARAMETERS, call.context);
        succeeds(call.vc.closeCall());
        assertThat(done(adding).status()).isEqualTo(NdisStatus.CLOSING);

        final TestStack.TestCallManager.TestCmParty late = call.stack.callManager.new TestCmParty();
        call.stack.callManager.addParty.release(NdisResult.success(new AddedParty(late, PARAMETERS)));

        assertThat(call.stack.callManager.dropped).containsExactly(late);
        assertThat(call.vc.parties()).isEmpty();
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void aPartyThatIsAddedTooLateInsideACallbackIsDroppedAfterIt(final Form form) {
        final Call call = new Call(form, 1);
        final TestStack.TestCallManager callManager = call.stack.callManager;
        callManager.addParty.hold();
        call.vc.addParty(PARAMETERS, call.context);
        succeeds(call.vc.closeCall());
        final List<Integer> droppedInside = new ArrayList<>();
        callManager.closeCall.whenCalled = () -> {
            callManager.addParty.release(NdisResult.success(new AddedParty(callManager.new TestCmParty(), PARAMETERS)));
            droppedInside.add(callManager.dropped.size());
        };
        succeeds(call.vc.makeCall(PARAMETERS));

        succeeds(call.vc.closeCall());

        assertThat(droppedInside).as("one callback at a time").containsExactly(0);
        assertThat(callManager.dropped).hasSize(1);
        call.end();
    }

    // --- dropping

    @ParameterizedTest
    @EnumSource(Form.class)
    void r168r174ADroppedPartyIsDeadForTheClientAtOnceAndGoneWhenTheCallManagerIsThrough(final Form form) {
        final Call call = new Call(form, 2);
        call.stack.callManager.dropParty.hold();

        final CompletionStage<NdisResult<Void>> dropping = call.party(1).dropParty(BYE);

        assertThat(isPending(dropping)).isTrue();
        assertThat(call.party(1).state()).isEqualTo(PartyState.DROPPING);
        call.stack.refuses(NdisStatus.FAILURE, "R168", () -> done(call.party(1).dropParty(Octets.EMPTY)));
        call.stack.callManager.dropParty.release(NdisStatus.SUCCESS);
        succeeds(dropping);
        assertThat(call.party(1).state()).isEqualTo(PartyState.GONE);
        assertThat(call.stack.callManager.closeData).containsExactly(BYE);
        call.stack.refuses(NdisStatus.FAILURE, "R168", () -> done(call.party(1).dropParty(Octets.EMPTY)));
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r169TheLastPartyIsNotDropped(final Form form) {
        final Call call = new Call(form, 1);

        call.stack.refuses(NdisStatus.FAILURE, "R169", () -> done(call.party(0).dropParty(Octets.EMPTY)));

        assertThat(call.party(0).state()).isEqualTo(PartyState.ACTIVE);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r168ADropThatTheCallManagerRefusesLeavesThePartyInTheCall(final Form form) {
        final Call call = new Call(form, 2);
        call.stack.callManager.dropParty.answer(NdisStatus.INVALID_DATA);

        assertThat(done(call.party(0).dropParty(BYE)).status()).isEqualTo(NdisStatus.INVALID_DATA);

        assertThat(call.party(0).state()).isEqualTo(PartyState.ACTIVE);
        assertThat(call.vc.parties()).containsExactlyElementsOf(call.parties);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r170r171PartiesLeaveInAnyOrderAndTheLastOneTakesTheCallWithIt(final Form form) {
        final Call call = new Call(form, 3);

        succeeds(call.party(1).dropParty(Octets.EMPTY));
        succeeds(call.party(0).dropParty(Octets.EMPTY));
        assertThat(call.vc.parties()).containsExactly(call.party(2));
        succeeds(call.vc.closeCall(call.party(2), BYE));

        TestStack.idle(call.vc);
        assertThat(call.party(2).state()).isEqualTo(PartyState.GONE);
        assertThat(call.stack.callManager.closeData).last().isEqualTo(BYE);
        call.end();
    }

    // --- the end of the call

    @ParameterizedTest
    @EnumSource(Form.class)
    void r151ACallWithSeveralPartiesIsNotClosed(final Form form) {
        final Call call = new Call(form, 2);

        call.stack.refuses(NdisStatus.FAILURE, "R151", () -> done(call.vc.closeCall()));
        call.stack.refuses(NdisStatus.FAILURE, "R151", () -> done(call.vc.closeCall(call.party(0), Octets.EMPTY)));

        assertThat(call.vc.callState()).isEqualTo(CallState.CONNECTED);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r153TheCallManagerClosesAMultipointCallWithItsContextOfTheLastParty(final Form form) {
        final Call call = new Call(form, 2);
        succeeds(call.party(0).dropParty(Octets.EMPTY));
        final Object first = call.stack.callManager.dropped.get(0);

        succeeds(call.vc.closeCall());

        assertThat(call.stack.callManager.closedWith).hasSize(1).doesNotContainNull();
        assertThat(call.stack.callManager.closedWith.get(0)).isNotSameAs(first);
        assertThat(call.vc.state()).isEqualTo(VcState.INACTIVE);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r170ACallIsClosedWithAPartyOfItsOwnOnly(final Form form) {
        final Call call = new Call(form, 2);
        final ClientParty dropped = call.party(0);
        succeeds(dropped.dropParty(Octets.EMPTY));

        call.stack.refuses(NdisStatus.FAILURE, "R170", () -> done(call.vc.closeCall(dropped, Octets.EMPTY)));
        final ClientVc other = call.stack.connectedVc();
        call.stack.refuses(NdisStatus.FAILURE, "R170", () -> done(other.closeCall(call.party(1), Octets.EMPTY)));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r153ACloseThatFailsLeavesTheLastPartyInTheCall(final Form form) {
        final Call call = new Call(form, 1);
        call.stack.callManager.deactivates = false;
        call.stack.callManager.closeCall.answer(NdisStatus.INVALID_DATA);

        assertThat(done(call.vc.closeCall(call.party(0), BYE)).status()).isEqualTo(NdisStatus.INVALID_DATA);

        assertThat(call.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(call.party(0).state()).isEqualTo(PartyState.ACTIVE);
        call.stack.callManager.deactivates = true;
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r158TheClientDropsAllPartiesButOneBeforeItAnswersAnIncomingClose(final Form form) {
        final Call call = new Call(form, 3);

        assertThat(call.stack
                        .callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        TestStack.idle(call.vc);
        assertThat(call.stack.callManager.dropped).hasSize(2);
        assertThat(call.stack.callManager.closedWith).hasSize(1);
        assertThat(call.parties).extracting(ClientParty::state).containsOnly(PartyState.GONE);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r46AClientThatIsAskedToCloseItsFamilyDropsPartiesThenClosesCalls(final Form form) {
        final Call call = new Call(form, 3);
        call.stack.calls.clear();

        succeeds(call.stack.callManager.af.notifyCloseAddressFamily());

        assertThat(call.stack.calls)
                .containsSubsequence("ClNotifyCloseAf", "CmDropParty", "CmDropParty", "CmCloseCall", "CmCloseAf");
    }

    // --- leaving by itself

    @ParameterizedTest
    @EnumSource(Form.class)
    void r172r173APartyThatLeavesIsDroppedByTheClient(final Form form) {
        final Call call = new Call(form, 2);

        assertThat(call.atCallManager(0)
                        .dispatchIncomingDropParty(NdisStatus.SUCCESS, BYE)
                        .isSuccess())
                .isTrue();

        assertThat(call.stack.calls).containsSubsequence("ClIncomingDropParty " + NdisStatus.SUCCESS, "CmDropParty");
        assertThat(call.party(0).state()).isEqualTo(PartyState.GONE);
        assertThat(call.vc.parties()).containsExactly(call.party(1));
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r172TheLeaveOfTheLastPartyIsAnIncomingCloseOfTheCall(final Form form) {
        final Call call = new Call(form, 1);

        call.stack.refuses(NdisStatus.NOT_ACCEPTED, "R172", () -> call.atCallManager(0)
                .dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY));
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r173APartyThatHasLeftAndBecomesTheLastTakesTheCallWithIt(final Form form) {
        final Call call = new Call(form, 2);
        call.context.answersDrop = false;
        assertThat(call.atCallManager(0)
                        .dispatchIncomingDropParty(NdisStatus.DEST_OUT_OF_ORDER, Octets.EMPTY)
                        .isSuccess())
                .isTrue();
        assertThat(call.party(0).state()).isEqualTo(PartyState.REMOTE_DROPPING);
        succeeds(call.party(1).dropParty(Octets.EMPTY));

        // what the default of the callback does when the answer comes this late
        call.context.answersDrop = true;
        call.context.incomingDropParty(call.party(0), NdisStatus.DEST_OUT_OF_ORDER, Octets.EMPTY);

        TestStack.idle(call.vc);
        assertThat(call.party(0).state()).isEqualTo(PartyState.GONE);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r173ADropThatFailsAfterThePartyHasLeftMustBeTriedAgain(final Form form) {
        final Call call = new Call(form, 2);
        call.stack.callManager.dropParty.answer(NdisStatus.RESOURCES);

        assertThat(call.atCallManager(0)
                        .dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();

        assertThat(call.party(0).state()).isEqualTo(PartyState.REMOTE_DROPPING);
        call.stack.callManager.dropParty.asUsual();
        succeeds(call.party(0).dropParty(Octets.EMPTY));
        assertThat(call.party(0).state()).isEqualTo(PartyState.GONE);
        call.end();
    }

    // --- data and removal

    @ParameterizedTest
    @EnumSource(Form.class)
    void r175DataGoesByTheVc(final Form form) {
        final Call call = new Call(form, 3);

        call.vc.sendNetBufferLists(call.stack.pool.allocate(), 0);

        assertThat(call.stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        call.end();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r174PartiesGoWithAnAdapterThatGoes(final Form form) {
        final Call call = new Call(form, 2);
        call.stack.callManager.dropParty.hold();
        final CompletionStage<NdisResult<Void>> dropping = call.party(0).dropParty(Octets.EMPTY);
        call.stack.callManager.addParty.hold();
        final CompletionStage<NdisResult<ClientParty>> adding = call.vc.addParty(PARAMETERS, call.context);
        call.stack.client.leavesEverything = true;

        call.stack.miniportRegistration.unregister();

        assertThat(call.parties).extracting(ClientParty::state).containsOnly(PartyState.GONE);
        assertThat(isPending(dropping)).isFalse();
        assertThat(done(adding).isSuccess()).isFalse();
        assertThat(call.vc.parties()).isEmpty();
    }
}
