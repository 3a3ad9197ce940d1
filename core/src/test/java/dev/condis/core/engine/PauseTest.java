// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Pause and restart: contract B.1 and B.2, sequences S2, S36 to S39, rules R216 to R221 and R223. */
class PauseTest {
    private static final String EVERYWHERE = "dev.condis.core.engine.SequencesTest#everywhere";

    private static AdapterSnapshot adapter(final TestStack stack) {
        return stack.engine.adapters().get(0);
    }

    private static TestStack showing(final TestStack stack) {
        stack.showsPauses = true;
        stack.calls.clear();
        return stack;
    }

    private static CompletionStage<NdisResult<Void>> pause(final TestStack stack) {
        return stack.engine.pause("test0");
    }

    private static CompletionStage<NdisResult<Void>> restart(final TestStack stack) {
        return stack.engine.restart("test0");
    }

    /** What a stand-alone call manager adds to the calls of an MCM. */
    private static List<String> with(final Form form, final String callManager, final String... others) {
        final List<String> calls = new ArrayList<>();
        for (final String other : others) {
            if (!other.isEmpty()) {
                calls.add(other);
            } else if (form == Form.STAND_ALONE) {
                calls.add(callManager);
            }
        }
        return calls;
    }

    private static void sends(final TestStack stack, final ClientVc vc, final NdisStatus expected) {
        stack.client.vc.statuses.clear();
        vc.sendNetBufferLists(stack.chain(2), 0);
        assertThat(stack.client.vc.statuses).containsExactly(expected, expected);
    }

    /** Indicates a PDU and tells whether it reached the client. */
    private static boolean receives(final TestStack stack) {
        final int before = stack.client.vc.received.size();
        final int returned = stack.miniport.returned.size();
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.miniport.returned).as("it goes back in any case").hasSize(returned + 1);
        return stack.client.vc.received.size() > before;
    }

    // --- start

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void s2b1TheMiniportThenTheBindingsAreRestartedThenFamiliesAreAnnounced(final Form form, final Timing timing) {
        final TestStack stack = form.prepare();
        stack.showsPauses = true;
        stack.timing = timing;
        final List<State> states = new ArrayList<>();
        stack.client.bindAdapter.whenCalled = () -> states.add(adapter(stack).state());
        stack.miniport.restart.whenCalled = () -> states.add(adapter(stack).state());
        stack.client.restart.whenCalled = () -> states.add(adapter(stack).state());
        stack.client.whenNotified = () -> states.add(adapter(stack).state());
        stack.engine.registerClient(DriverDescriptor.everywhere("client"), stack.client);
        if (form == Form.STAND_ALONE) {
            stack.engine.registerCallManager(DriverDescriptor.everywhere("cm"), stack.callManager);
        }

        final MiniportRegistration registered =
                stack.engine.registerMiniport(MiniportDescriptor.of(TestStack.info()), stack.backend());
        stack.completePended();

        assertThat(isPending(registered.ready())).isFalse();
        assertThat(stack.calls)
                .isEqualTo(with(
                        form,
                        "cm Restart",
                        "InitializeEx",
                        "cm BindAdapter",
                        "client BindAdapter",
                        "Restart",
                        "",
                        "client Restart",
                        "CoAfRegisterNotify",
                        "CmOpenAf"));
        assertThat(states).containsExactly(State.PAUSED, State.RESTARTING, State.RUNNING, State.RUNNING);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void s2ADriverThatComesLaterIsRestartedBeforeItIsToldOfFamilies(final Form form, final Timing timing) {
        final TestStack stack = form.prepare();
        stack.showsPauses = true;
        stack.timing = timing;

        stack.start();
        stack.completePended();

        assertThat(stack.calls)
                .containsSubsequence(
                        "InitializeEx",
                        "Restart",
                        "client BindAdapter",
                        "client Restart",
                        "CoAfRegisterNotify",
                        "CmOpenAf");
        if (form == Form.STAND_ALONE) {
            assertThat(stack.calls).containsSubsequence("cm BindAdapter", "cm Restart", "CoAfRegisterNotify");
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s2AClientThatCallsWhenItHearsOfAFamilyFindsARunningAdapter(final Form form) {
        final TestStack stack = form.prepare();
        stack.client.opens = false;
        stack.client.whenNotified = () -> {
            succeeds(stack.client.open(AF));
            final ClientVc vc = stack.connectedVc();
            vc.sendNetBufferLists(stack.nbl(1), 0);
        };

        stack.start();

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b1AMiniportThatDoesNotRestartStaysPausedUntilAnOperatorTriesAgain(final Form form) {
        final TestStack stack = form.prepare();
        stack.showsPauses = true;
        stack.miniport.restart.answer(NdisStatus.RESOURCES);

        stack.start();

        assertThat(adapter(stack).state()).isEqualTo(State.PAUSED);
        assertThat(adapter(stack).unavailableCause().orElseThrow()).contains(NdisStatus.RESOURCES.toString());
        assertThat(adapter(stack).bindings()).contains("client");
        assertThat(stack.client.notified).isEmpty();
        assertThat(stack.calls).doesNotContain("client Restart", "cm Restart");
        assertThat(done(stack.client.open(AF)).status())
                .as("it has not been announced")
                .isEqualTo(NdisStatus.FAILURE);
        assertThat(done(restart(stack)).status()).isEqualTo(NdisStatus.RESOURCES);

        stack.miniport.restart.asUsual();
        succeeds(restart(stack));

        assertThat(adapter(stack).state()).isEqualTo(State.RUNNING);
        assertThat(adapter(stack).unavailableCause()).isEmpty();
        assertThat(stack.client.notified).containsExactly(AF);
        sends(stack, stack.connectedVc(), NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b2AClientThatDoesNotRestartSendsNothingAndIsToldOfNoFamily(final Form form) {
        final TestStack stack = form.prepare();
        stack.showsPauses = true;
        stack.client.restart.answer(NdisStatus.RESOURCES);

        stack.start();
        final TestStack.TestClient other = stack.anotherClient("other");

        assertThat(adapter(stack).state()).isEqualTo(State.RUNNING);
        assertThat(stack.client.notified).isEmpty();
        assertThat(other.notified).as("the others go on").containsExactly(AF);
        stack.client.restart.asUsual();
        succeeds(pause(stack));
        succeeds(restart(stack));
        assertThat(stack.client.notified).containsExactly(AF);
        assertThat(other.notified).as("once").containsExactly(AF);
    }

    @Test
    void b2ACallManagerThatDoesNotRestartIsOfferedToNobody() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        stack.showsPauses = true;
        stack.callManager.restart.answer(NdisStatus.RESOURCES);

        stack.start();

        assertThat(stack.client.notified).isEmpty();
        assertThat(done(stack.client.open(AF)).status()).isEqualTo(NdisStatus.FAILURE);
        stack.callManager.restart.asUsual();
        succeeds(pause(stack));
        succeeds(restart(stack));
        assertThat(stack.client.notified).containsExactly(AF);
    }

    // --- pause and restart

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void s39ClientsThenCallManagersThenTheMiniportArePausedAndRestartedTheOtherWayRound(
            final Form form, final Timing timing) {
        final TestStack stack = showing(form.start());
        final List<State> states = new ArrayList<>();
        stack.client.pause.whenCalled = () -> states.add(adapter(stack).state());
        stack.miniport.pause.whenCalled = () -> states.add(adapter(stack).state());
        stack.timing = timing;

        stack.ends(pause(stack));

        assertThat(stack.calls).isEqualTo(with(form, "cm Pause", "client Pause", "", "Pause"));
        assertThat(states).containsExactly(State.RUNNING, State.PAUSING);
        assertThat(adapter(stack).state()).isEqualTo(State.PAUSED);
        stack.calls.clear();

        stack.ends(restart(stack));

        assertThat(stack.calls).isEqualTo(with(form, "cm Restart", "Restart", "", "client Restart"));
        assertThat(adapter(stack).state()).isEqualTo(State.RUNNING);
        assertThat(stack.client.notified).as("no news").containsExactly(AF);
        assertThat(stack.deadlines).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r217r218r223NothingPassesAPausedAdapterAndNoCallEnds(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        assertThat(receives(stack)).isTrue();
        stack.calls.clear();

        succeeds(pause(stack));

        assertThat(stack.calls).as("no VC and no call hears of it").isEmpty();
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(vc.callParameters()).contains(PARAMETERS);
        sends(stack, vc, NdisStatus.PAUSED);
        assertThat(stack.miniport.sendFlags).isEmpty();
        assertThat(receives(stack)).isFalse();
        assertThat(stack.vcs().get(0).sendsRefused()).isEqualTo(2);
        assertThat(stack.vcs().get(0).receivesRefused()).isEqualTo(1);

        succeeds(restart(stack));

        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        sends(stack, vc, NdisStatus.SUCCESS);
        assertThat(receives(stack)).isTrue();
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r217r218ThePauseWaitsForWhatIsOnItsWayAndTakesNothingMore(final Form form) {
        final TestStack stack = showing(form.start());
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        stack.client.vc.returnsAtOnce = false;
        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        stack.calls.clear();

        final CompletionStage<NdisResult<Void>> paused = pause(stack);

        assertThat(stack.calls).containsExactly("client Pause");
        sends(stack, vc, NdisStatus.PAUSED);
        stack.client.vc.returnsAtOnce = true;
        assertThat(receives(stack)).isFalse();
        stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);
        assertThat(isPending(paused)).as("a received NBL is not back").isTrue();
        assertThat(stack.calls).containsExactly("client Pause");
        vc.returnNetBufferLists(stack.client.vc.received.get(0), 0);
        succeeds(paused);
        assertThat(stack.calls).endsWith("Pause");
        assertThat(stack.deadlines).isEmpty();
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r217AClientMayGiveBackAndCompleteInItsPause(final Form form) {
        final TestStack stack = showing(form.start());
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        stack.client.pause.whenCalled = () -> {
            sends(stack, vc, NdisStatus.PAUSED);
            stack.client.binding.returnNetBufferLists(stack.client.vc.received.get(0), 0);
        };

        succeeds(pause(stack));

        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r223CallsAreMadeClosedAndDeletedOnAPausedAdapter(final Form form) {
        final TestStack stack = form.start();
        final ClientVc before = stack.connectedVc();
        succeeds(pause(stack));

        succeeds(before.closeCall());
        assertThat(before.deleteVc().isSuccess()).isTrue();
        final ClientVc during = stack.connectedVc();
        assertThat(during.state()).isEqualTo(VcState.ACTIVE);
        sends(stack, during, NdisStatus.PAUSED);
        assertThat(receives(stack)).isFalse();

        succeeds(restart(stack));
        sends(stack, during, NdisStatus.SUCCESS);
        assertThat(receives(stack)).isTrue();
        succeeds(during.closeCall());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r76APausedAdapterSaysOfAnInactiveVcThatItIsInactive(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        succeeds(pause(stack));

        sends(stack, vc, NdisStatus.VC_NOT_ACTIVATED);
    }

    @Test
    void b2ASignalingVcFollowsTheBindingOfItsCallManager() {
        final TestStack stack = showing(TestStack.standAlone());
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(context).get();
        succeeds(vc.activateVc(PARAMETERS));
        stack.client.pause.whenCalled = () -> vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.callManager.pause.whenCalled = () -> vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.callManager.restart.whenCalled = () -> vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.client.restart.whenCalled = () -> vc.sendNetBufferLists(stack.nbl(1), 0);

        succeeds(pause(stack));
        succeeds(restart(stack));

        assertThat(context.statuses)
                .as("it runs as long as a client's binding does")
                .containsExactly(NdisStatus.SUCCESS, NdisStatus.PAUSED, NdisStatus.PAUSED, NdisStatus.SUCCESS);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
    }

    @Test
    void r88ASignalingVcInsideAnMcmIsTheMcmsOwnAffair() {
        final TestStack stack = Form.INTEGRATED.start();
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(context).get();
        succeeds(vc.activateVc(PARAMETERS));
        succeeds(pause(stack));

        vc.sendNetBufferLists(stack.nbl(1), 0);

        assertThat(context.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s39ADriverThatComesToAPausedAdapterWaitsForTheRestart(final Form form) {
        final TestStack stack = showing(form.start());
        succeeds(pause(stack));
        final TestStack.TestClient late = stack.anotherClient("late");
        assertThat(adapter(stack).bindings()).contains("late");
        assertThat(late.notified).isEmpty();

        succeeds(restart(stack));

        assertThat(late.notified).containsExactly(AF);
        assertThat(late.af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s39AnOperatorHearsWhyAnAdapterIsNotPausedOrRestarted(final Form form) {
        final TestStack stack = form.start();
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.1", () -> restart(stack));
        succeeds(pause(stack));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.1", () -> pause(stack));
        assertThat(done(stack.engine.pause("nowhere")).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);
        assertThat(done(stack.engine.restart("nowhere")).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);
        assertThatNullPointerException().isThrownBy(() -> stack.engine.pause(null));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.restart(null));
        assertThatNullPointerException().isThrownBy(() -> stack.engine.reset(null));

        stack.miniportRegistration.surpriseRemoved("unplugged");

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.1", () -> pause(stack));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.1", () -> restart(stack));
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.1", () -> stack.engine.reset("test0"));
    }

    @Test
    void s39AnOperatorIsAnsweredThoughTheThreadsHaveEnded() {
        final TestStack stack = TestStack.standAlone();
        stack.refusesPassiveTasks = true;

        assertThat(done(pause(stack)).status()).isEqualTo(NdisStatus.FAILURE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s39APauseThatIsAskedForDuringARestartWaitsForIt(final Form form) {
        final TestStack stack = showing(form.start());
        succeeds(pause(stack));
        stack.miniport.restart.hold();
        final CompletionStage<NdisResult<Void>> restarted = restart(stack);
        final CompletionStage<NdisResult<Void>> paused = pause(stack);
        assertThat(isPending(restarted)).isTrue();
        assertThat(adapter(stack).state()).isEqualTo(State.RESTARTING);

        stack.miniport.restart.release(NdisStatus.SUCCESS);

        succeeds(restarted);
        succeeds(paused);
        assertThat(adapter(stack).state()).isEqualTo(State.PAUSED);
    }

    // --- drivers that do not pause, drivers that do not answer

    @ParameterizedTest
    @EnumSource(Form.class)
    void b2APauseCannotBeRefused(final Form form) {
        final TestStack stack = showing(form.start());
        stack.client.pause.answer(NdisStatus.NOT_ACCEPTED);
        stack.miniport.pause.answer(NdisStatus.FAILURE);
        stack.callManager.pause.answerWith(() -> {
            throw new TestStack.DriverBug("call manager");
        });

        succeeds(pause(stack));

        assertThat(adapter(stack).state()).isEqualTo(State.PAUSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e2WhoeverDoesNotPauseInTimeIsNamedAndTheOthersGoOn(final Form form) {
        final TestStack stack = showing(form.start());
        stack.client.pause.hold();
        stack.callManager.pause.hold();
        stack.miniport.pause.hold();

        final CompletionStage<NdisResult<Void>> paused = pause(stack);
        final List<String> log = TestStack.logged(Patience.class, () -> {
            stack.passDeadlines();
            stack.passDeadlines();
            stack.passDeadlines();
        });

        succeeds(paused);
        assertThat(log)
                .hasSize(form == Form.STAND_ALONE ? 3 : 2)
                .anyMatch(line -> line.contains("client 'client'"))
                .anyMatch(line -> line.contains("MiniportPause"));
        assertThat(adapter(stack).state()).isEqualTo(State.PAUSED);
        stack.client.pause.release(NdisStatus.SUCCESS);
        stack.miniport.pause.release(NdisStatus.SUCCESS);
        assertThat(adapter(stack).state()).as("late").isEqualTo(State.PAUSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e2AClientThatKeepsWhatItReceivedDoesNotKeepTheAdapterRunning(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        final CompletionStage<NdisResult<Void>> paused = pause(stack);
        stack.passDeadlines();
        stack.passDeadlines();
        succeeds(paused);

        succeeds(restart(stack));
        vc.returnNetBufferLists(stack.client.vc.received.get(0), 0);

        assertThat(stack.miniport.returned).hasSize(1);
        sends(stack, vc, NdisStatus.SUCCESS);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e2ARestartThatIsNeverCompletedHasFailed(final Form form) {
        final TestStack stack = showing(form.start());
        succeeds(pause(stack));
        stack.miniport.restart.hold();
        final CompletionStage<NdisResult<Void>> restarted = restart(stack);

        stack.passDeadlines();

        assertThat(done(restarted).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(adapter(stack).state()).isEqualTo(State.PAUSED);
        stack.miniport.restart.release(NdisStatus.SUCCESS);
        assertThat(adapter(stack).state()).as("late").isEqualTo(State.PAUSED);
        stack.miniport.restart.asUsual();
        succeeds(restart(stack));
    }

    // --- the end

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r216s36AClientIsPausedBeforeItIsUnbound(final Form form, final Timing timing) {
        final TestStack stack = showing(form.start());
        final ClientVc vc = stack.connectedVc();
        stack.calls.clear();
        stack.timing = timing;
        stack.client.unbindAdapter.whenCalled = () -> {
            sends(stack, vc, NdisStatus.PAUSED);
            assertThat(receives(stack)).isFalse();
        };

        final CompletionStage<Void> unbound = stack.clientRegistration.unregister();
        stack.completePended();

        assertThat(isPending(unbound)).isFalse();
        assertThat(stack.calls)
                .startsWith("client Pause", "client UnbindAdapter")
                .containsSubsequence("CmCloseCall", "CmCloseAf")
                .doesNotContain("Pause", "cm Pause");
        assertThat(adapter(stack).state()).as("the others go on").isEqualTo(State.RUNNING);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @Test
    void r216c24s37ACallManagerSignalsTheEndOfItsCallsBeforeItIsPausedAndUnbound() {
        final TestStack stack = showing(TestStack.standAlone());
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(context).get();
        succeeds(vc.activateVc(PARAMETERS));
        stack.connectedVc();
        stack.calls.clear();
        stack.callManager.closeCall.whenCalled = () -> vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.callManager.unbindAdapter.whenCalled = () -> vc.sendNetBufferLists(stack.nbl(1), 0);

        final CompletionStage<Void> unbound =
                stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(isPending(unbound)).isFalse();
        assertThat(stack.calls)
                .containsSubsequence("ClNotifyCloseAf", "CmCloseCall", "CmCloseAf", "cm Pause", "cm UnbindAdapter");
        assertThat(context.statuses).containsExactly(NdisStatus.SUCCESS, NdisStatus.PAUSED);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
    }

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r219s38AnAdapterIsPausedWhenEverybodyIsUnboundThenHalted(final Form form, final Timing timing) {
        final TestStack stack = showing(form.start());
        final List<State> states = new ArrayList<>();
        stack.miniport.pause.whenCalled = () -> states.add(adapter(stack).state());
        stack.timing = timing;

        final CompletionStage<Void> down = stack.miniportRegistration.unregister();
        stack.completePended();

        assertThat(isPending(down)).isFalse();
        assertThat(stack.calls)
                .containsSubsequence(with(
                        form,
                        "cm UnbindAdapter",
                        "client Pause",
                        "client UnbindAdapter",
                        "CmCloseAf",
                        "",
                        "Pause",
                        "HaltEx DEVICE_DISABLED"));
        assertThat(states).as("for operators it is halting").containsExactly(State.HALTING);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r219APausedAdapterIsHaltedAsItIs(final Form form) {
        final TestStack stack = showing(form.start());
        stack.connectedVc();
        succeeds(pause(stack));
        stack.calls.clear();

        assertThat(isPending(stack.miniportRegistration.unregister())).isFalse();

        assertThat(stack.calls)
                .doesNotContain("client Pause", "cm Pause", "Pause")
                .containsSubsequence("client UnbindAdapter", "CmCloseCall", "CmCloseAf", "HaltEx DEVICE_DISABLED");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e2NobodyWhoDoesNotPauseKeepsTheAdapterUp(final Form form) {
        final TestStack stack = showing(form.start());
        stack.client.pause.hold();
        stack.callManager.pause.hold();
        stack.miniport.pause.hold();

        final CompletionStage<Void> down = stack.miniportRegistration.unregister();
        stack.passDeadlines();
        stack.passDeadlines();
        stack.passDeadlines();

        assertThat(isPending(down)).isFalse();
        assertThat(stack.calls).contains("client UnbindAdapter").endsWith("HaltEx DEVICE_DISABLED");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r220WhatHasNotComeBackWhenTheAdapterIsHaltedIsReported(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.leavesEverything = true;
        stack.miniport.completesAtOnce = false;
        stack.client.vc.returnsAtOnce = false;
        vc.sendNetBufferLists(stack.chain(2), 0);
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        final NetBufferList sent = stack.miniport.sent.get(0);

        final List<String> log = TestStack.logged(Adapter.class, () -> {
            stack.miniportRegistration.unregister();
            stack.passDeadlines();
            stack.passDeadlines();
            stack.passDeadlines();
        });

        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        assertThat(log.stream().filter(line -> line.startsWith("R220")))
                .hasSize(1)
                .allMatch(line ->
                        line.contains(vc.toString()) && line.contains("2 sends") && line.contains("1 indicated"));
        stack.wire().sendNetBufferListsComplete(sent, 0);
        assertThat(stack.client.vc.completed).as("late, and not lost").containsExactly(sent);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r220WhatComesBackInTimeIsNotReported(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.leavesEverything = true;
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(2), 0);
        stack.miniport.whenHalted = () -> stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), 0);

        final List<String> log = TestStack.logged(Adapter.class, () -> {
            stack.miniportRegistration.unregister();
            stack.passDeadlines();
            stack.passDeadlines();
        });

        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        assertThat(log).noneMatch(line -> line.startsWith("R220"));
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r221AfterASurpriseRemovalSendsFailAtOnce(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.whenSurpriseRemoved = () -> sends(stack, vc, NdisStatus.NOT_ACCEPTED);

        stack.miniportRegistration.surpriseRemoved("unplugged");

        assertThat(stack.miniport.sendFlags).as("nothing reaches the miniport").isEmpty();
        assertThat(stack.calls).endsWith("HaltEx SURPRISE_REMOVED");
        assertThat(stack.pool.outstanding()).isZero();
    }
}
