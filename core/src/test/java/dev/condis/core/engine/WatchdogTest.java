// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.ADAPTER;
import static dev.condis.core.engine.SwapStack.PATIENT;
import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.SwapPolicy.Delivery;
import dev.condis.core.engine.SwapStack.Line;
import dev.condis.core.engine.TestStack.Form;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A backend that completes nothing, and says nothing about it, is found and declared lost. */
class WatchdogTest {
    private static final Duration LIMIT = Duration.ofSeconds(2);
    private static final Duration LOOK = LIMIT.dividedBy(Watchdog.LOOKS);
    private static final SwapPolicy WATCHED = POLICY.withCompletionDeadline(LIMIT);
    private static final SwapPolicy WATCHED_PATIENTLY = PATIENT.withCompletionDeadline(LIMIT);

    /** Time passes in which the watchdog looks once. */
    private static void look(final TestStack stack) {
        stack.passDeadlines(LOOK);
    }

    private static void look(final SwapStack swap, final int times) {
        for (int i = 0; i < times; i++) {
            look(swap.stack);
        }
    }

    /** The first look sees what there is, the others see that nothing has changed. What follows from it comes a moment later. */
    private static void passLimit(final SwapStack swap) {
        look(swap, 1 + Watchdog.LOOKS);
        swap.passAMoment();
    }

    private static long timers(final SwapStack swap) {
        return swap.stack.deadlines.stream()
                .filter(deadline -> deadline.delay().equals(LOOK))
                .count();
    }

    // --- who is declared lost

    @Test
    void aBackendThatCompletesNothingIsLostAndTheNextOneCarriesTheAdapter() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        line.send(2, 3);

        passLimit(swap);

        assertThat(swap.active()).isEqualTo(1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE, NdisStatus.FAILURE);
        assertThat(swap.journal()).extracting(SwapReport::cause).containsExactly(Cause.LOST, Cause.RETURNED);
        assertThat(swap.candidate(0).unavailableCause().orElseThrow())
                .contains("R3", "3 sends", line.vc.toString(), "PT2S");
        assertThat(swap.candidate(0).lastFailure()).isEqualTo(swap.candidate(0).unavailableCause());
        assertThat(swap.journal().get(0).explanation())
                .isEqualTo(swap.candidate(0).unavailableCause().orElseThrow());
        assertThat(swap.calls).contains("SurpriseRemoved", "HaltEx DEVICE_FAILED");
        line.send(4);
        assertThat(swap.next.octets).containsExactly(4);
        swap.accounts();
    }

    @Test
    void notBeforeTheLimitHasPassed() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);

        look(swap, Watchdog.LOOKS);
        assertThat(swap.active()).isZero();
        swap.first.completeSends();
        line.send(2);
        look(swap, Watchdog.LOOKS);
        assertThat(swap.active()).as("the second send is a new one").isZero();
        assertThat(swap.journal()).isEmpty();

        look(swap, 1);
        swap.passAMoment();
        assertThat(swap.active()).isEqualTo(1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.SUCCESS, NdisStatus.FAILURE);
        swap.accounts();
    }

    @Test
    void atLeastOnceItsSendsGoToTheNextOneInTheirOrder() {
        final SwapStack swap = SwapStack.pair(WATCHED.withDelivery(Delivery.AT_LEAST_ONCE));
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        line.send(2, 3);

        passLimit(swap);

        assertThat(swap.next.octets).containsExactly(1, 2, 3);
        swap.accountsForSuccess();
    }

    @Test
    void whatItCompletesAfterwardsIsIgnoredAndCounted() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final NetBufferList sent = swap.first.sent.get(0);
        final MiniportVc stale = swap.first.vcs.get(0);
        passLimit(swap);

        stale.sendNetBufferListsComplete(sent, NblFlags.NONE);

        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE);
        assertThat(swap.candidate(0).staleCallbacks()).isEqualTo(1);
        assertThatThrownBy(() -> swap.first.adapter.resetMiniport("late"))
                .hasMessageContaining("has completed none within PT2S");
        swap.accounts();
    }

    @Test
    void oneVcIsEnoughWhateverTheOthersDo() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line stuck = swap.line();
        final Line lively = swap.line();
        swap.first.completesAtOnce = false;
        stuck.send(1);
        swap.first.completesAtOnce = true;
        for (int i = 0; i < 1 + Watchdog.LOOKS; i++) {
            lively.send(i);
            look(swap.stack);
        }
        swap.passAMoment();

        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.candidate(0).lastFailure().orElseThrow())
                .contains(stuck.vc.toString())
                .doesNotContain("other VCs");
        assertThat(stuck.context.statuses).containsExactly(NdisStatus.FAILURE);
        assertThat(lively.context.statuses).containsOnly(NdisStatus.SUCCESS);
        swap.accounts();
    }

    @Test
    void ofManyStuckVcsOneIsNamedAndTheOthersAreCounted() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        swap.line();
        swap.line();
        swap.line();
        swap.first.completesAtOnce = false;
        swap.lines.forEach(line -> line.send(1));

        passLimit(swap);

        assertThat(swap.candidate(0).lastFailure().orElseThrow()).contains("the same of 2 other VCs");
        assertThat(swap.journal()).hasSize(2);
        swap.accounts();
    }

    @Test
    void slowIsNotStuck() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(0);
        for (int i = 1; i <= 10; i++) {
            line.send(i);
            look(swap, Watchdog.LOOKS);
            swap.first.completeOldest();
        }

        assertThat(swap.active()).isZero();
        assertThat(swap.candidate(0).lastFailure()).isEmpty();
        swap.first.completeSends();
        swap.accountsForSuccess();
    }

    @Test
    void aVcThatIsBeingDeactivatedCountsToo() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<Void>> closed = line.vc.closeCall();
        assertThat(isPending(closed)).isTrue();

        passLimit(swap);

        succeeds(closed);
        assertThat(swap.active()).isEqualTo(1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE);
        swap.accounts();
    }

    @Test
    void withoutAnotherBackendTheVcsWait() {
        final SwapStack swap = SwapStack.alone(WATCHED_PATIENTLY);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);

        passLimit(swap);
        line.send(2);

        assertThat(swap.active()).isEqualTo(-1);
        assertThat(line.held()).isEqualTo(1);
        assertThat(swap.why().graceEnds()).contains(swap.clock.instant().plus(SwapStack.GRACE));
        passLimit(swap);
        assertThat(line.context.statuses)
                .as("what waits for a backend is not stuck")
                .containsExactly(NdisStatus.FAILURE);
        swap.register(1, swap.next);
        assertThat(swap.why().graceEnds()).isEmpty();
        assertThat(swap.next.octets).containsExactly(2);
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accounts();
    }

    @Test
    void withoutAnotherBackendAndWithoutGraceTheCallsEndAndNothingIsKept() {
        final SwapStack swap = SwapStack.alone(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        line.send(2, 3);

        passLimit(swap);

        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE, NdisStatus.FAILURE);
        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(swap.calls).endsWith("HaltEx DEVICE_FAILED");
        assertThat(swap.stack.pool.outstanding()).isZero();
        assertThat(swap.stack.deadlines).isEmpty();
        swap.accounts();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void anMcmGivesUpWhatItHasAndItsCallsEnd(final Form form) {
        final TestStack stack = form.start();
        stack.engine.setDefaultPolicy(WATCHED);
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(3), NblFlags.NONE);

        for (int i = 0; i < 1 + Watchdog.LOOKS; i++) {
            look(stack);
        }
        look(stack);

        assertThat(stack.client.vc.statuses)
                .containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE, NdisStatus.FAILURE);
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.pool.outstanding()).isZero();
        assertThat(stack.engine.why(ADAPTER).orElseThrow().candidates().get(0).unavailableCause())
                .hasValueSatisfying(cause -> assertThat(cause).contains("3 sends"));
    }

    @Test
    void theNextBackendIsWatchedAsWell() {
        final SwapStack swap = SwapStack.pair(WATCHED_PATIENTLY);
        swap.register(2, swap.third);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        swap.next.completesAtOnce = false;
        line.send(1);
        passLimit(swap);
        line.send(2);
        passLimit(swap);
        line.send(3);

        assertThat(swap.active()).isEqualTo(2);
        assertThat(swap.third.octets).containsExactly(3);
        assertThat(timers(swap)).isEqualTo(1);
        swap.accounts();
    }

    // --- who is not

    @Test
    void anAdapterThatIsPausedIsLeftAlone() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<Void>> paused = swap.stack.engine.pause(ADAPTER);
        swap.stack.passDeadlines();
        swap.stack.passDeadlines();
        succeeds(paused);

        look(swap, 3 * Watchdog.LOOKS);
        assertThat(swap.journal()).isEmpty();
        assertThat(swap.candidate(0).lastFailure()).isEmpty();

        succeeds(swap.stack.engine.restart(ADAPTER));
        look(swap, Watchdog.LOOKS);
        assertThat(swap.active()).as("the time of the pause does not count").isZero();
        look(swap, 1);
        swap.passAMoment();
        assertThat(swap.active()).isEqualTo(1);
        swap.accounts();
    }

    @Test
    void anAdapterThatIsBeingResetIsLeftAlone() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        swap.first.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = swap.stack.engine.reset(ADAPTER);

        look(swap, 3 * Watchdog.LOOKS);
        assertThat(swap.journal()).isEmpty();
        swap.first.reset.release(NdisResult.success(AddressingReset.KEPT));
        succeeds(reset);
        look(swap, Watchdog.LOOKS);
        assertThat(swap.active()).as("the time of the reset does not count").isZero();
        swap.first.completeSends();

        swap.accountsForSuccess();
    }

    @Test
    void aVcThatMovesHasADeadlineOfItsOwn() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(2);

        look(swap, 3 * Watchdog.LOOKS);

        assertThat(swap.candidate(0).lastFailure()).isEmpty();
        swap.first.completeSends();
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        swap.accountsForSuccess();
    }

    @Test
    void anIdleBackendIsNotStuck() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        line.send(1);

        look(swap, 3 * Watchdog.LOOKS);

        assertThat(swap.active()).isZero();
        swap.accountsForSuccess();
    }

    // --- the policy, and the timer

    @Test
    void nobodyIsWatchedUnlessThePolicySaysSo() {
        final SwapStack swap = SwapStack.pair(POLICY);
        swap.line();

        assertThat(swap.stack.deadlines).isEmpty();
    }

    @Test
    void aPolicyThatIsChangedCountsAtOnce() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);

        swap.stack.engine.setPolicy(ADAPTER, Optional.of(WATCHED));
        look(swap, Watchdog.LOOKS);
        assertThat(timers(swap)).isEqualTo(1);
        swap.stack.engine.setPolicy(ADAPTER, Optional.of(WATCHED.withHoldLimit(5)));
        assertThat(timers(swap)).as("the limit is what it was").isEqualTo(1);
        swap.stack.engine.setPolicy(ADAPTER, Optional.empty());
        assertThat(swap.stack.deadlines).isEmpty();

        swap.stack.engine.setDefaultPolicy(WATCHED);
        look(swap, Watchdog.LOOKS);
        assertThat(swap.active()).as("what was seen before does not count").isZero();
        look(swap, 1);
        swap.passAMoment();
        assertThat(swap.active()).isEqualTo(1);
        swap.accounts();
    }

    @Test
    void noTimerIsLeftWhenTheEngineIsClosed() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        swap.line();
        assertThat(timers(swap)).isEqualTo(1);

        assertThat(isPending(swap.stack.engine.close())).isFalse();

        assertThat(timers(swap)).isZero();
        swap.stack.engine.setDefaultPolicy(WATCHED.withCompletionDeadline(LOOK));
        assertThat(swap.stack.deadlines).isEmpty();
    }

    @Test
    void aLookThatComesAfterTheEndSeesNothing() {
        final SwapStack swap = SwapStack.pair(WATCHED);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        look(swap, Watchdog.LOOKS);
        swap.stack.holdsPassiveTasks = true;
        look(swap, 1);
        swap.first.completeSends();
        swap.stack.engine.setDefaultPolicy(POLICY);

        swap.stack.runPassiveTasks();

        assertThat(swap.active()).isZero();
        assertThat(swap.stack.deadlines).isEmpty();
        swap.accountsForSuccess();
    }

    // --- operations

    @Test
    void operationsThatAreNotCompletedInTimeAreCountedAsTheLastFailure() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line two = swap.line();
        final Line one = swap.vc();
        swap.first.activateVc.hold();
        one.vc.makeCall(PARAMETERS);
        swap.stack.passOperationDeadlines();

        assertThat(swap.candidate(0).lastFailure())
                .contains("E2: 1 operation was not completed in time: MiniportCoActivateVc of " + one.vc);
        assertThat(swap.candidate(0).unavailableCause()).as("it goes on").isEmpty();
        swap.stack.callManager.vc = two.callManager;
        swap.first.deactivateVc.hold();
        two.vc.closeCall();
        swap.stack.passOperationDeadlines();

        assertThat(swap.candidate(0).lastFailure())
                .contains("E2: 2 operations were not completed in time, the last: MiniportCoDeactivateVc of " + two.vc);
        assertThat(swap.candidate(1).lastFailure()).isEmpty();
    }

    @Test
    void aResetThatIsNotCompletedInTimeCountsToo() {
        final SwapStack swap = SwapStack.pair(POLICY);
        swap.first.reset.hold();
        swap.stack.engine.reset(ADAPTER);

        swap.stack.passOperationDeadlines();

        assertThat(swap.candidate(0).lastFailure().orElseThrow()).endsWith("MiniportResetEx");
    }

    @Test
    void aReceiverThatKeepsNblsIsNotTheBackendsFault() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        line.context.returnsAtOnce = false;
        swap.receive(swap.first, 0, 1);
        line.vc.closeCall();

        swap.stack.passOperationDeadlines();

        assertThat(swap.candidate(0).lastFailure()).isEmpty();
    }
}
