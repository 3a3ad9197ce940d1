// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.ADAPTER;
import static dev.condis.core.engine.SwapStack.GRACE;
import static dev.condis.core.engine.SwapStack.PATIENT;
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
import dev.condis.api.VcState;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.SwapReport.VcReport;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.core.engine.SwapStack.Line;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** No backend is there for a while: VCs keep their calls, sends wait, within limits (design section 6). */
class ParkingTest {
    private static final String ENDED = "ClIncomingCloseCall " + NdisStatus.ADAPTER_REMOVED;

    /** The only backend goes in good order. */
    private static void park(final SwapStack swap) {
        assertThat(isPending(swap.stack.miniportRegistration.unregister())).isFalse();
        assertThat(swap.active()).isEqualTo(-1);
    }

    private static void unpark(final SwapStack swap) {
        assertThat(isPending(swap.register(1, swap.next).ready())).isFalse();
        assertThat(swap.active()).isEqualTo(1);
    }

    private static void change(final SwapStack swap, final SwapPolicy policy) {
        assertThat(isPending(swap.stack.engine.setDefaultPolicy(policy))).isFalse();
    }

    // --- parked, and back

    @Test
    void aVcIsDeactivatedOnTheWayOutAndActivatedAgainWithItsParameters() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        line.send(1);
        swap.calls.clear();

        park(swap);

        assertThat(swap.calls).containsExactly("MCoDeactivateVc", "MCoDeleteVc", "Pause", "HaltEx DEVICE_DISABLED");
        final SwapReport parked = swap.lastReport();
        assertThat(parked.outcome()).isEqualTo(Outcome.PARKED);
        assertThat(parked.cause()).isEqualTo(Cause.UNREGISTERED);
        assertThat(parked.from()).isEqualTo(OptionalLong.of(0));
        assertThat(parked.to()).isEmpty();
        assertThat(parked.parked()).isEqualTo(1);
        assertThat(line.vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(line.vc.callParameters()).contains(PARAMETERS);
        assertThat(swap.why().reason()).contains("parked");
        assertThat(swap.stack.engine.adapters().get(0).state()).isEqualTo(AdapterSnapshot.State.PAUSED);
        line.send(2);
        line.send(3, 4);
        assertThat(line.held()).isEqualTo(3);
        swap.accounts();
        swap.calls.clear();

        unpark(swap);

        assertThat(swap.calls)
                .containsExactly("next InitializeEx", "next Restart", "next MCoCreateVc", "next MCoActivateVc");
        assertThat(swap.next.octets).containsExactly(2, 3, 4);
        assertThat(swap.next.chains).containsExactly(1, 2);
        final SwapReport back = swap.lastReport();
        assertThat(back.cause()).isEqualTo(Cause.RETURNED);
        assertThat(back.outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(back.from()).isEmpty();
        assertThat(back.to()).isEqualTo(OptionalLong.of(1));
        assertThat(back.moved()).isEqualTo(1);
        swap.receive(swap.next, 0, 9);
        assertThat(line.received()).containsExactly(9);
        swap.passGracePeriod();
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accountsForSuccess();
    }

    /** The last of what has waited may still be on its way into the miniport, which may take it in another order than it was called. */
    @Test
    void whatIsSentWhileTheLastHeldSendGoesDownWaitsForIt() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        line.send(1);
        final List<Integer> takenMeanwhile = new ArrayList<>();
        swap.next.whenSent = () -> {
            swap.next.whenSent = () -> {};
            line.send(2);
            takenMeanwhile.addAll(swap.next.octets);
        };

        unpark(swap);

        assertThat(takenMeanwhile).containsExactly(1);
        assertThat(swap.next.octets).containsExactly(1, 2);
        swap.accountsForSuccess();
    }

    @Test
    void theReportOfTheReturnSaysHowLongSendersWaitedAndHowManyNblsDid() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        swap.vc();
        line.send(1);
        park(swap);
        swap.clock.advance(Duration.ofSeconds(7));
        line.send(2, 3);

        unpark(swap);

        final SwapReport back = swap.lastReport();
        assertThat(back.longestGap()).isEqualTo(Duration.ofSeconds(7));
        assertThat(back.vcs())
                .extracting(VcReport::gap)
                .containsExactlyInAnyOrder(Duration.ofSeconds(7), Duration.ZERO);
        assertThat(back.held()).isEqualTo(2);
    }

    @Test
    void sendsInFlightAreDrainedBeforeAVcIsParked() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);

        final CompletionStage<Void> gone = swap.stack.miniportRegistration.unregister();
        assertThat(isPending(gone)).isTrue();
        line.send(2);
        swap.first.completeSends();

        assertThat(isPending(gone)).isFalse();
        assertThat(line.held()).isEqualTo(1);
        assertThat(swap.lastReport().held()).isEqualTo(1);
        unpark(swap);
        assertThat(swap.next.octets).containsExactly(2);
        swap.accountsForSuccess();
    }

    @Test
    void sendsThatTheLeavingBackendDoesNotGiveBackAreTakenFromIt() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1, 2);

        final CompletionStage<Void> gone = swap.stack.miniportRegistration.unregister();
        swap.passDrainDeadline();
        swap.passAMoment();

        assertThat(isPending(gone)).isFalse();
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE, NdisStatus.FAILURE);
        assertThat(swap.lastReport().failed()).isEqualTo(2);
        line.send(3);
        unpark(swap);
        assertThat(swap.next.octets).containsExactly(3);
        swap.accounts();
    }

    // --- limits

    @Test
    void beyondTheLimitSendsComeBackWithResourcesAndNothingBlocks() {
        final SwapStack swap = SwapStack.alone(PATIENT.withHoldLimit(3));
        final Line line = swap.line();
        final Line other = swap.line();
        park(swap);

        line.send(1);
        line.send(2, 3);
        line.send(4);
        line.send(5, 6);
        other.send(11, 12, 13);

        assertThat(line.held()).isEqualTo(3);
        assertThat(other.held()).as("the limit is each VC's own").isEqualTo(3);
        assertThat(line.context.statuses)
                .containsExactly(NdisStatus.RESOURCES, NdisStatus.RESOURCES, NdisStatus.RESOURCES);
        swap.accounts();
        unpark(swap);
        line.send(7);
        assertThat(swap.next.octets)
                .containsSubsequence(1, 2, 3, 7)
                .containsSubsequence(11, 12, 13)
                .hasSize(7);
        assertThat(line.snapshot().sendsRefused()).isEqualTo(3);
        swap.accounts();
    }

    @Test
    void requestsAndOperatorsHearThatNoBackendIsThere() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        park(swap);

        assertThat(swap.stack
                        .client
                        .binding
                        .oidRequest(OidRequest.query(Oid.GEN_CO_VENDOR_ID, 4))
                        .toCompletableFuture()
                        .getNow(null)
                        .status())
                .isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.stack.engine.pause(ADAPTER)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.stack.engine.restart(ADAPTER)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.stack.engine.reset(ADAPTER)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.swapTo(1)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }

    @Test
    void aVcThatWaitsGoesToABackendWithTheAddressThatItsFarEndKnowsOnly() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        swap.first.boundAddress = () -> Optional.of("station A");
        swap.next.boundAddress = () -> Optional.of("station B");
        swap.third.boundAddress = () -> Optional.of("station A");
        final Line line = swap.line();
        park(swap);
        line.send(1);

        unpark(swap);
        assertThat(swap.lastReport().vcs()).singleElement().satisfies(vc -> assertThat(vc.reason())
                .hasValueSatisfying(why -> assertThat(why).contains("station A").contains("station B")));
        assertThat(line.held()).isEqualTo(1);

        swap.register(2, swap.third);
        assertThat(TestStack.succeeds(swap.swapTo(2)).get().outcome()).isEqualTo(SwapReport.Outcome.SWAPPED);
        assertThat(swap.third.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void whenTheGracePeriodEndsEverybodyIsToldByTheBook() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        line.send(1, 2);
        swap.calls.clear();

        swap.passGracePeriod();

        assertThat(swap.calls).contains("client UnbindAdapter", "cm UnbindAdapter");
        assertThat(swap.calls).noneMatch(call -> call.startsWith("MCo") || call.startsWith("HaltEx"));
        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(line.context.statuses).hasSize(2).doesNotContain(NdisStatus.SUCCESS);
        assertThat(swap.stack.engine.adapters()).isEmpty();
        swap.accounts();
    }

    @Test
    void aClientThatClosesNothingIsToldOfTheEndOfItsCall() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        swap.stack.client.leavesEverything = true;
        park(swap);
        line.send(1);

        swap.passGracePeriod();

        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(line.context.statuses).hasSize(1).doesNotContain(NdisStatus.SUCCESS);
        swap.accounts();
    }

    @Test
    void aBackendThatComesAfterTheGracePeriodBeginsAnew() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        swap.line();
        park(swap);
        swap.passGracePeriod();

        unpark(swap);

        final Line line = swap.line();
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
    }

    @Test
    void aVcThatTheReturningBackendRefusesWaitsOnAndTheOthersGoOn() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line refused = swap.line();
        final Line taken = swap.line();
        park(swap);
        refused.send(1);
        taken.send(2);
        swap.next.takes = vc -> vc.handle() != refused.vc.handle();

        unpark(swap);

        final SwapReport report = swap.lastReport();
        assertThat(report.moved()).isEqualTo(1);
        assertThat(report.parked()).isEqualTo(1);
        assertThat(report.vcs())
                .filteredOn(vc -> vc.outcome() == VcOutcome.PARKED)
                .singleElement()
                .satisfies(vc -> assertThat(vc.reason()).isPresent());
        assertThat(swap.next.octets).containsExactly(2);
        assertThat(refused.held()).isEqualTo(1);
        swap.calls.clear();
        swap.passGracePeriod();
        assertThat(swap.calls).contains(ENDED);
        assertThat(refused.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(taken.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accounts();
    }

    @Test
    void aBackendThatDoesNotStartLeavesTheVcsParkedForTheNext() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        line.send(1);
        swap.next.restart.answer(NdisStatus.FAILURE);
        swap.register(1, swap.next);
        assertThat(swap.active()).isEqualTo(-1);
        assertThat(swap.lastReport().outcome()).isEqualTo(Outcome.REFUSED);

        swap.register(2, swap.third);

        assertThat(swap.active()).isEqualTo(2);
        assertThat(swap.third.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    // --- what is asked meanwhile

    @Test
    void aCallCanBeClosedAndItsVcDeleted() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        line.send(1);
        swap.calls.clear();

        succeeds(line.vc.closeCall());
        assertThat(line.context.statuses).hasSize(1).doesNotContain(NdisStatus.SUCCESS);
        TestStack.idle(line.vc);
        assertThat(line.vc.deleteVc().isSuccess()).isTrue();

        assertThat(swap.calls).noneMatch(call -> call.startsWith("MCo"));
        unpark(swap);
        assertThat(swap.calls).doesNotContain("next MCoCreateVc");
        assertThat(swap.lastReport().vcs()).isEmpty();
        swap.accounts();
    }

    @Test
    void aVcCanBeDeactivatedAndActivatedAnew() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);

        succeeds(line.vc.closeCall());
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);
        assertThat(isPending(made)).as("it waits for a backend").isTrue();
        swap.calls.clear();
        unpark(swap);

        succeeds(made);
        assertThat(swap.calls).filteredOn("next MCoActivateVc"::equals).hasSize(1);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void aVcThatIsCreatedMeanwhileIsCreatedAtTheNextBackend() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        park(swap);
        swap.calls.clear();

        final Line idle = swap.vc();
        final Line calling = swap.vc();
        final CompletionStage<NdisResult<CallParameters>> made = calling.vc.makeCall(PARAMETERS);
        assertThat(swap.calls).noneMatch(call -> call.startsWith("MCo"));
        unpark(swap);

        succeeds(made);
        assertThat(swap.calls).filteredOn("next MCoCreateVc"::equals).hasSize(2);
        swap.stack.callManager.vc = idle.callManager;
        succeeds(idle.vc.makeCall(PARAMETERS));
        idle.send(1);
        calling.send(2);
        assertThat(swap.next.octets).containsExactly(1, 2);
        swap.accountsForSuccess();
    }

    @Test
    void aVcThatIsCreatedAndDeletedMeanwhileReachesNoBackend() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        park(swap);
        final Line line = swap.vc();
        assertThat(line.vc.deleteVc().isSuccess()).isTrue();
        swap.calls.clear();

        unpark(swap);

        assertThat(swap.calls).containsExactly("next InitializeEx", "next Restart");
    }

    @Test
    void anActivationThatNoBackendAnswersInTimeFails() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        park(swap);
        final Line line = swap.vc();
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);

        swap.passGracePeriod();

        assertThat(done(made).isSuccess()).isFalse();
        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
    }

    @Test
    void aChangeOfParametersWaitsForTheNextBackend() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);

        final CompletionStage<NdisResult<CallParameters>> changed = line.vc.modifyCallQoS(OTHER_PARAMETERS);
        assertThat(isPending(changed)).isTrue();
        unpark(swap);

        succeeds(changed);
        assertThat(line.vc.callParameters()).contains(OTHER_PARAMETERS);
        assertThat(swap.calls).filteredOn("next MCoActivateVc"::equals).hasSize(2);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void aLongerGracePeriodCountsForThoseThatWaitAlready() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        swap.clock.advance(Duration.ofSeconds(20));

        change(swap, PATIENT.withGracePeriod(GRACE.multipliedBy(2)));

        assertThat(swap.why().graceEnds()).contains(Instant.EPOCH.plus(GRACE.multipliedBy(2)));
        swap.passGracePeriod();
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.stack.passDeadlines(Duration.ofSeconds(40));
        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        swap.accounts();
    }

    @Test
    void aGracePeriodThatIsShortenedBelowWhatHasPassedEndsAtOnce() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        swap.clock.advance(Duration.ofSeconds(20));

        change(swap, PATIENT.withGracePeriod(Duration.ofSeconds(10)));
        swap.stack.passDeadlines(Duration.ZERO);

        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(List.copyOf(swap.stack.deadlines)).isEmpty();
        swap.accounts();
    }

    @Test
    void aPausedAdapterThatIsParkedComesBackPaused() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        succeeds(swap.stack.engine.pause(ADAPTER));
        park(swap);
        line.send(1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.PAUSED);
        swap.calls.clear();

        unpark(swap);

        assertThat(swap.calls).doesNotContain("next Restart");
        assertThat(swap.stack.engine.adapters().get(0).state()).isEqualTo(AdapterSnapshot.State.PAUSED);
        succeeds(swap.stack.engine.restart(ADAPTER));
        line.send(2);
        assertThat(swap.next.octets).containsExactly(2);
        swap.accounts();
    }

    @Test
    void aBackendThatHangsInAnActivationDoesNotKeepItsServiceFromGoing() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.vc();
        swap.first.activateVc.hold();
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);
        final CompletionStage<Void> gone = swap.stack.miniportRegistration.unregister();
        assertThat(isPending(gone)).isTrue();

        swap.passDrainDeadline();
        assertThat(isPending(gone)).isFalse();
        unpark(swap);

        succeeds(made);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void aParkedAdapterIsTakenDownByTheEngine() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        line.send(1);

        assertThat(isPending(swap.stack.engine.close())).isFalse();

        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(List.copyOf(swap.stack.deadlines)).isEmpty();
        swap.accounts();
    }

    @Test
    void anMcmThatComesForParkedVcsEndsTheirCallsAndBeginsAnew() {
        final SwapStack swap = SwapStack.alone(PATIENT);
        final Line line = swap.line();
        park(swap);
        line.send(1);

        swap.stack.engine.registerMiniport(SwapStack.candidate(1, 0), swap.stack.mcm);

        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(line.context.statuses).hasSize(1).doesNotContain(NdisStatus.SUCCESS);
        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.stack.engine.adapters().get(0).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
        swap.accounts();
    }
}
