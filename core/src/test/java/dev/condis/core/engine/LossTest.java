// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.GRACE;
import static dev.condis.core.engine.SwapStack.PATIENT;
import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.StaleBackendException;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.SwapPolicy.Delivery;
import dev.condis.core.engine.SwapStack.Line;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A backend is gone without having been asked: nothing is drained, its sends are taken from it, its answers are ignored (design section 6). */
class LossTest {
    private static final StatusIndication NEWS = StatusIndication.of(StatusCode.LINK_SPEED_CHANGE);

    private static CompletionStage<Void> lose(final SwapStack swap) {
        return swap.stack.miniportRegistration.surpriseRemoved("unplugged");
    }

    /** The first backend is lost, and everything that follows from it is done. */
    private static void loseForGood(final SwapStack swap) {
        final CompletionStage<Void> lost = lose(swap);
        swap.passAMoment();
        assertThat(isPending(lost)).isFalse();
    }

    // --- sends in flight

    @Test
    void atMostOnceTheSendsOfALostBackendComeBackAsFailedAndTheRestGoesOn() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        line.send(2, 3);
        swap.calls.clear();

        final CompletionStage<Void> lost = lose(swap);
        line.send(4);
        assertThat(line.held()).isEqualTo(1);
        swap.accounts();
        swap.passAMoment();

        assertThat(isPending(lost)).isFalse();
        assertThat(line.context.statuses)
                .containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE, NdisStatus.FAILURE, NdisStatus.SUCCESS);
        assertThat(swap.next.octets).containsExactly(4);
        assertThat(swap.journal())
                .extracting(SwapReport::cause, SwapReport::outcome, SwapReport::failed, SwapReport::resent)
                .containsExactly(
                        tuple(Cause.LOST, Outcome.PARKED, 3L, 0L), tuple(Cause.RETURNED, Outcome.SWAPPED, 0L, 0L));
        assertThat(swap.calls)
                .contains("SurpriseRemoved", "HaltEx SURPRISE_REMOVED")
                .doesNotContain("MCoDeactivateVc", "MCoDeleteVc");
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accounts();
    }

    @Test
    void theGapOfALossLastsFromTheLossToTheNextBackend() {
        final SwapStack swap = SwapStack.pair();
        swap.first.completesAtOnce = false;
        swap.line().send(1);

        lose(swap);
        swap.clock.advance(Duration.ofMillis(30));
        swap.passAMoment();

        assertThat(swap.lastReport().cause()).isEqualTo(Cause.RETURNED);
        assertThat(swap.lastReport().longestGap()).isEqualTo(Duration.ofMillis(30));
    }

    @Test
    void atLeastOnceTheyAreSentAgainInTheirOrderBeforeWhatCameLater() {
        final SwapStack swap = SwapStack.pair(POLICY.withDelivery(Delivery.AT_LEAST_ONCE));
        final Line line = swap.line();
        line.send(1);
        swap.first.completesAtOnce = false;
        line.send(2);
        line.send(3, 4);

        final CompletionStage<Void> lost = lose(swap);
        line.send(5);
        swap.passAMoment();

        assertThat(isPending(lost)).isFalse();
        assertThat(swap.next.octets).containsExactly(2, 3, 4, 5);
        assertThat(swap.journal()).extracting(SwapReport::resent).containsExactly(3L, 0L);
        assertThat(line.snapshot().sendsAccepted()).isEqualTo(5);
        assertThat(line.snapshot().sendsCompleted()).isEqualTo(5);
        swap.accountsForSuccess();
    }

    @Test
    void sendsOfSeveralVcsAreTakenBackEachOnItsOwn() {
        final SwapStack swap = SwapStack.pair(POLICY.withDelivery(Delivery.AT_LEAST_ONCE));
        final Line one = swap.line();
        final Line two = swap.line();
        swap.first.completesAtOnce = false;
        one.send(1);
        two.send(11);
        one.send(2);
        two.send(12);

        loseForGood(swap);

        assertThat(swap.next.octets)
                .containsSubsequence(1, 2)
                .containsSubsequence(11, 12)
                .hasSize(4);
        swap.accountsForSuccess();
    }

    @Test
    void withoutASuccessorAndWithoutGraceTheCallsEnd() {
        final SwapStack swap = SwapStack.alone(POLICY);
        final Line line = swap.line();

        assertThat(isPending(lose(swap))).isFalse();

        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(swap.journal()).isEmpty();
        assertThat(swap.calls).endsWith("HaltEx SURPRISE_REMOVED");
        swap.accounts();
    }

    @Test
    void withGraceTheVcsWaitForABackendThatComesLater() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        loseForGood(swap);
        line.send(2);
        assertThat(swap.active()).isEqualTo(-1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE);

        swap.register(1, swap.next);

        assertThat(swap.next.octets).containsExactly(2);
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.stack.passDeadlines(GRACE);
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accounts();
    }

    @Test
    void aSendThatFindsItsBackendLostOnTheWayIsLoopedBackOnce() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        line.context.whenReceived = () -> {
            line.context.whenReceived = () -> {};
            lose(swap);
        };

        line.sendLooped(5);
        swap.passAMoment();

        assertThat(line.received()).containsExactly(5);
        assertThat(swap.first.octets).isEmpty();
        assertThat(swap.next.octets).containsExactly(5);
        assertThat(line.context.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    // --- what the lost one still says

    @Test
    void whatALostBackendStillSaysIsIgnoredAndCounted() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final NetBufferList sent = swap.first.sent.get(0);
        final MiniportVc stale = swap.first.vcs.get(0);
        loseForGood(swap);
        final int outstanding = swap.stack.pool.outstanding();

        stale.sendNetBufferListsComplete(sent, 0);
        swap.indicate(stale, NblFlags.NONE, 9, 9);
        stale.indicateStatus(NEWS);

        assertThat(line.received()).isEmpty();
        assertThat(line.context.indications).isEmpty();
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE);
        assertThat(swap.stack.pool.outstanding())
                .as("its buffers go back to their pool")
                .isEqualTo(outstanding);
        assertThat(swap.candidate(0).staleCallbacks()).isEqualTo(3);
        assertThat(swap.candidate(1).staleCallbacks()).isZero();
        line.send(2);
        swap.receive(swap.next, 0, 3);
        assertThat(line.received()).containsExactly(3);
        swap.accounts();
    }

    @Test
    void theAdaptersHandleOfALostBackendNamesItsGenerationAndTheSwap() {
        final SwapStack swap = SwapStack.pair();
        swap.line();
        loseForGood(swap);

        assertThatThrownBy(() -> swap.first.adapter.indicateStatus(NEWS))
                .isInstanceOfSatisfying(StaleBackendException.class, stale -> {
                    assertThat(stale.generation()).isEqualTo(1);
                    assertThat(stale.retiredBy()).contains("swap 1").contains("unplugged");
                })
                .hasMessageContaining("generation 1");

        assertThatThrownBy(() -> swap.first.adapter.removeMiniport("again")).isInstanceOf(StaleBackendException.class);
        assertThatThrownBy(() -> swap.first.adapter.resetMiniport("again")).isInstanceOf(StaleBackendException.class);
        assertThat(swap.candidate(0).staleCallbacks()).isEqualTo(3);
        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.stack.client.indications).doesNotContain(NEWS);
    }

    @Test
    void theHandleOfABackendThatWasSwappedAwayNamesTheSwapToo() {
        final SwapStack swap = SwapStack.pair();
        swap.line();
        swap.swap(Outcome.SWAPPED);

        assertThatThrownBy(() -> swap.first.adapter.indicateStatus(NEWS))
                .isInstanceOfSatisfying(StaleBackendException.class, stale -> {
                    assertThat(stale.generation()).isEqualTo(1);
                    assertThat(stale.retiredBy()).contains("swap 1").contains("generation 2");
                });
    }

    @Test
    void nblsOfALostBackendGoToTheirPoolWhenTheClientReturnsThem() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.context.returnsAtOnce = false;
        final int outstanding = swap.stack.pool.outstanding();
        swap.receive(swap.first, 0, 1, 2);
        loseForGood(swap);

        line.vc.returnNetBufferLists(line.context.received.get(0), NblFlags.NONE);

        assertThat(swap.first.returned).isEmpty();
        assertThat(swap.stack.pool.outstanding()).isEqualTo(outstanding);
        assertThat(line.snapshot().receivesReturned()).isEqualTo(2);
        swap.accountsForSuccess();
    }

    @Test
    void aBackendThatSaysThatItCannotGoOnIsReplaced() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();

        swap.first.adapter.removeMiniport("the firmware is stuck");
        swap.passAMoment();

        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.candidate(0).lastFailure()).contains("the firmware is stuck");
        assertThat(swap.calls).contains("HaltEx DEVICE_FAILED");
        line.send(1);
        swap.accountsForSuccess();
    }

    // --- operations that are pending at the lost one

    @Test
    void anActivationThatWasPendingIsAskedOfTheNextBackend() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        swap.first.activateVc.hold();
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);

        loseForGood(swap);

        succeeds(made);
        assertThat(swap.calls).contains("next MCoActivateVc");
        swap.first.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(swap.candidate(0).staleCallbacks()).isEqualTo(1);
        assertThat(swap.calls).doesNotContain("next MCoDeactivateVc", "next MCoDeleteVc");
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void aDeactivationThatWasPendingIsOver() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.deactivateVc.hold();
        final CompletionStage<NdisResult<Void>> closed = line.vc.closeCall();
        assertThat(isPending(closed)).isTrue();

        loseForGood(swap);

        succeeds(closed);
        TestStack.idle(line.vc);
        assertThat(swap.calls).contains("next MCoCreateVc").doesNotContain("next MCoActivateVc");
        swap.first.deactivateVc.release(NdisStatus.SUCCESS);
        assertThat(swap.calls).doesNotContain("next MCoDeleteVc");
        assertThat(swap.candidate(0).staleCallbacks()).isEqualTo(1);
        succeeds(line.vc.makeCall(PARAMETERS));
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void requestsThatWerePendingAreAborted() {
        final SwapStack swap = SwapStack.pair();
        swap.first.oidRequest.hold();
        final CompletionStage<OidResult> asked =
                swap.stack.client.binding.oidRequest(OidRequest.query(Oid.GEN_CO_VENDOR_ID, 4));

        loseForGood(swap);

        assertThat(asked.toCompletableFuture().getNow(null).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }

    // --- loss in the middle of a swap

    @Test
    void aSuccessorThatIsLostWhileItIsPreparedIsRefused() {
        final SwapStack swap = SwapStack.alone(POLICY);
        final MiniportRegistration successor = swap.register(1, swap.next);
        final Line line = swap.line();
        swap.next.activateVc.whenCalled = () -> successor.surpriseRemoved("unplugged");

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.explanation()).contains("lost meanwhile");
        line.send(1);
        assertThat(swap.first.octets).containsExactly(1);
        assertThat(swap.active()).isZero();
        assertThat(swap.candidate(1).lastFailure()).isPresent();
        swap.accountsForSuccess();
    }

    @Test
    void aSuccessorThatIsLostDuringTheSwitchIsLeftAfterIt() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final MiniportRegistration successor = swap.register(1, swap.next);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(2);
        swap.next.completesAtOnce = false;

        successor.surpriseRemoved("unplugged");
        swap.first.completeSends();
        swap.first.completesAtOnce = true;
        swap.passAMoment();
        swap.passAMoment();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(swap.active()).as("the first one is a candidate still").isZero();
        assertThat(swap.journal())
                .extracting(SwapReport::outcome)
                .containsExactly(Outcome.SWAPPED, Outcome.PARKED, Outcome.SWAPPED);
        line.send(3);
        assertThat(swap.first.octets).containsExactly(1, 3);
        assertThat(line.context.statuses).containsExactly(NdisStatus.SUCCESS, NdisStatus.FAILURE, NdisStatus.SUCCESS);
        swap.accounts();
    }

    @Test
    void aBackendThatIsLostWhileItIsDrainedGivesUpWhatItHas() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1, 2);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(3);

        lose(swap);
        swap.passAMoment();
        swap.passDrainDeadline();

        final SwapReport report = succeeds(running).get();
        assertThat(report.outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(report.failed()).isEqualTo(2);
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE, NdisStatus.SUCCESS);
        assertThat(swap.next.octets).containsExactly(3);
        assertThat(swap.active()).isEqualTo(1);
        swap.accounts();
    }

    @Test
    void aBackendThatGoesWithSendsThatItDoesNotGiveBackLosesThem() {
        final SwapStack swap = SwapStack.pair(POLICY.withDelivery(Delivery.AT_LEAST_ONCE));
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1, 2);
        final CompletionStage<Void> gone = swap.stack.miniportRegistration.unregister();
        line.send(3);

        swap.passDrainDeadline();
        swap.passAMoment();

        assertThat(isPending(gone)).isFalse();
        assertThat(swap.next.octets).containsExactly(1, 2, 3);
        assertThat(swap.lastReport().cause()).isEqualTo(Cause.UNREGISTERED);
        assertThat(swap.lastReport().resent()).isEqualTo(2);
        swap.accountsForSuccess();
    }

    @Test
    void twoLossesInARowAreTwoMoves() {
        final SwapStack swap = SwapStack.pair(PATIENT);
        final MiniportRegistration other = swap.register(2, swap.third);
        final Line line = swap.line();
        line.send(1);

        loseForGood(swap);
        line.send(2);
        swap.next.adapter.removeMiniport("stuck");
        swap.passAMoment();
        line.send(3);

        assertThat(List.of(swap.first.octets, swap.next.octets, swap.third.octets))
                .containsExactly(List.of(1), List.of(2), List.of(3));
        other.surpriseRemoved("unplugged");
        swap.passAMoment();
        line.send(4);
        assertThat(line.held()).isEqualTo(1);
        swap.accounts();
    }
}
