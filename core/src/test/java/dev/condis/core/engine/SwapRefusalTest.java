// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.DRAIN;
import static dev.condis.core.engine.SwapStack.PATIENT;
import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.SwapReport.VcReport;
import dev.condis.core.engine.SwapStack.Line;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A successor that cannot carry everything is refused before anything is switched; one that is left midway is rolled back. */
class SwapRefusalTest {
    private static final String ENDED = "ClIncomingCloseCall " + NdisStatus.ADAPTER_REMOVED;

    /** The old backend was asked nothing; traffic goes on there. */
    private static void isUntouched(final SwapStack swap, final Line line) {
        assertThat(swap.calls).allMatch(call -> call.startsWith("next "));
        assertThat(swap.active()).isZero();
        assertThat(swap.stack.engine.adapters().get(0).generation()).isEqualTo(1);
        final int before = swap.first.octets.size();
        line.send(7);
        swap.receive(swap.first, 0, 8);
        assertThat(swap.first.octets).hasSize(before + 1).endsWith(7);
        assertThat(line.received()).endsWith(8);
        assertThat(swap.next.octets).isEmpty();
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accountsForSuccess();
    }

    private static void failedLastWith(final SwapStack swap, final String why) {
        assertThat(swap.candidate(1).lastFailure())
                .hasValueSatisfying(failure -> assertThat(failure).contains(why));
        assertThat(swap.candidate(1).unavailableCause()).isPresent();
    }

    // --- refused before anything is switched

    @Test
    void aBackendThatDoesNotInitializeIsRefused() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.initialize.answer(NdisStatus.ADAPTER_NOT_FOUND);
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.explanation()).contains("initialize answered " + NdisStatus.ADAPTER_NOT_FOUND);
        assertThat(report.vcs()).isEmpty();
        assertThat(swap.calls).containsExactly("next InitializeEx");
        failedLastWith(swap, "initialize answered");
        isUntouched(swap, line);
    }

    @Test
    void aBackendThatDoesNotRestartIsRefusedAndHalted() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.restart.answer(NdisStatus.RESOURCES);
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.explanation()).contains("restart answered " + NdisStatus.RESOURCES);
        assertThat(swap.calls).containsExactly("next InitializeEx", "next Restart", "next HaltEx DEVICE_DISABLED");
        failedLastWith(swap, "restart answered");
        isUntouched(swap, line);
    }

    @Test
    void aVcThatIsNotCreatedThereIsNamedWithTheReason() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        final Line other = swap.line();
        swap.next.createVc.whenCalled = () -> {
            swap.next.createVc.whenCalled = () -> {};
            swap.next.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        };
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.explanation()).contains("2 of 2 VCs").contains("MiniportCoCreateVc answered");
        assertThat(report.vcs())
                .hasSize(2)
                .allMatch(vc -> vc.outcome() == VcOutcome.REFUSED)
                .extracting(VcReport::vc)
                .containsExactlyInAnyOrder(line.vc.toString(), other.vc.toString());
        assertThat(report.vcs())
                .extracting(VcReport::reason)
                .containsOnly(Optional.of("MiniportCoCreateVc answered " + NdisStatus.RESOURCES));
        assertThat(report.refused()).isEqualTo(2);
        assertThat(swap.calls).endsWith("next Pause", "next HaltEx DEVICE_DISABLED");
        failedLastWith(swap, "MiniportCoCreateVc answered");
        isUntouched(swap, line);
    }

    @Test
    void aVcThatIsNotActivatedThereIsDeletedThereAgain() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.activateVc.answer(NdisResult.failure(NdisStatus.INVALID_DATA));
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.vcs().get(0).reason()).contains("MiniportCoActivateVc answered " + NdisStatus.INVALID_DATA);
        assertThat(swap.calls)
                .containsExactly(
                        "next InitializeEx",
                        "next Restart",
                        "next MCoCreateVc",
                        "next MCoActivateVc",
                        "next MCoDeleteVc",
                        "next Pause",
                        "next HaltEx DEVICE_DISABLED");
        failedLastWith(swap, line.vc.toString());
        isUntouched(swap, line);
    }

    @Test
    void theOtherVcsAreTakenBackFromABackendThatRefusesOne() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        final Line other = swap.line();
        swap.next.createVc.whenCalled = () -> {
            if (swap.next.vcs.size() == 2) {
                swap.next.activateVc.answer(NdisResult.failure(NdisStatus.INVALID_DATA));
            }
        };
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.explanation()).contains("1 of 2 VCs");
        assertThat(report.vcs()).filteredOn(vc -> vc.reason().isPresent()).hasSize(1);
        assertThat(swap.calls)
                .filteredOn(call -> call.contains("DeactivateVc") || call.contains("DeleteVc"))
                .containsExactlyInAnyOrder("next MCoDeactivateVc", "next MCoDeleteVc", "next MCoDeleteVc");
        other.send(1);
        isUntouched(swap, line);
    }

    @Test
    void aBackendThatWouldChangeTheParametersInForceIsRefused() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.activateVc.answer(NdisResult.success(OTHER_PARAMETERS));
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.vcs().get(0).reason())
                .hasValueSatisfying(why -> assertThat(why).startsWith("the parameters in force would be others"));
        assertThat(swap.calls).containsSubsequence("next MCoDeactivateVc", "next MCoDeleteVc");
        assertThat(line.vc.callParameters()).contains(PARAMETERS);
        isUntouched(swap, line);
    }

    /** Whoever sends to the address of the one adapter does not reach the other. */
    @Test
    void aVcIsNotMovedAwayFromTheAddressThatItsFarEndKnows() {
        final SwapStack swap = SwapStack.pair();
        swap.first.boundAddress = () -> Optional.of("station A");
        swap.next.boundAddress = () -> Optional.of("station B");
        final Line line = swap.line();
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.vcs()).singleElement().satisfies(vc -> {
            assertThat(vc.outcome()).isEqualTo(VcOutcome.REFUSED);
            assertThat(vc.reason()).contains("its far end knows it at station A, and the next backend is station B");
        });
        assertThat(swap.next.vcs).hasSize(1);
        isUntouched(swap, line);

        swap.next.boundAddress = () -> Optional.of("station A");
        swap.swap(Outcome.SWAPPED);
        line.send(9);
        assertThat(swap.next.octets).containsExactly(9);
    }

    @Test
    void aVcThatHasNoAddressGoesWhereverItCan() {
        final SwapStack swap = SwapStack.pair();
        swap.next.boundAddress = () -> Optional.of("station B");
        swap.line();
        swap.swap(Outcome.SWAPPED);
    }

    @Test
    void aMiniportThatThrowsWhenAskedForTheAddressIsNotBelieved() {
        final SwapStack swap = SwapStack.pair();
        swap.first.boundAddress = () -> {
            throw new IllegalStateException("no address");
        };
        swap.line();
        swap.swap(Outcome.SWAPPED);
    }

    @Test
    void anActivationThatIsNotAnsweredInTimeRefusesAndItsLateSuccessIsTakenBack() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.activateVc.hold();
        swap.calls.clear();

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(isPending(running)).isTrue();
        line.send(6);
        assertThat(swap.first.octets).as("nothing is held before the switch").containsExactly(6);
        swap.passDrainDeadline();

        assertThat(isPending(running))
                .as("it is not halted while it activates a VC")
                .isTrue();
        assertThat(swap.calls).doesNotContain("next MCoDeleteVc", "next HaltEx DEVICE_DISABLED");
        swap.next.activateVc.release(NdisResult.success(PARAMETERS));

        final SwapReport report = succeeds(running).get();
        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.vcs().get(0).reason()).contains("no miniport has answered within " + DRAIN);
        assertThat(swap.calls)
                .endsWith("next MCoDeactivateVc", "next MCoDeleteVc", "next Pause", "next HaltEx DEVICE_DISABLED");
        isUntouched(swap, line);
    }

    @Test
    void anActivationThatIsNeverAnsweredDoesNotKeepTheAdapterFromGoingOn() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.activateVc.hold();
        swap.calls.clear();
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        swap.passDrainDeadline();
        swap.stack.passDeadlines();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(swap.calls).endsWith("next HaltEx DEVICE_DISABLED");
        final int before = swap.calls.size();
        swap.next.activateVc.release(NdisResult.success(PARAMETERS));
        assertThat(swap.calls).as("it is halted").hasSize(before);
        isUntouched(swap, line);
    }

    @Test
    void aRefusedBackendIsTriedAgainWhenAnOperatorAsks() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.next.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        swap.swap(Outcome.REFUSED);
        swap.next.createVc.asUsual();

        swap.swap(Outcome.SWAPPED);

        assertThat(swap.candidate(1).unavailableCause()).isEmpty();
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    // --- the one before goes in any case

    /** The first backend goes while the next one takes only the second of two VCs. */
    private static List<Line> forced(final SwapStack swap) {
        final Line parked = swap.line();
        final Line moved = swap.line();
        swap.next.takes = vc -> vc.handle() != parked.vc.handle();
        swap.calls.clear();
        assertThat(isPending(swap.stack.miniportRegistration.unregister())).isFalse();
        return List.of(parked, moved);
    }

    @Test
    void aVcThatTheOnlySuccessorDoesNotTakeIsParkedAndTheOthersMove() {
        final SwapStack swap = SwapStack.pair(PATIENT);
        final List<Line> lines = forced(swap);
        final Line parked = lines.get(0);
        final Line moved = lines.get(1);

        final SwapReport report = swap.lastReport();
        assertThat(report.cause()).isEqualTo(Cause.UNREGISTERED);
        assertThat(report.outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(report.moved()).isEqualTo(1);
        assertThat(report.parked()).isEqualTo(1);
        assertThat(report.vcs())
                .filteredOn(vc -> vc.outcome() == VcOutcome.PARKED)
                .singleElement()
                .satisfies(vc -> {
                    assertThat(vc.vc()).isEqualTo(parked.vc.toString());
                    assertThat(vc.reason()).contains("MiniportCoCreateVc answered " + NdisStatus.RESOURCES);
                });
        moved.send(1);
        parked.send(2);
        assertThat(swap.next.octets).containsExactly(1);
        assertThat(parked.held()).isEqualTo(1);
        assertThat(parked.vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accounts();
    }

    @Test
    void aVcThatNobodyTakesIsClosedByTheBookAtTheEndOfTheGracePeriod() {
        final SwapStack swap = SwapStack.pair(PATIENT);
        final List<Line> lines = forced(swap);
        lines.get(0).send(2);
        swap.calls.clear();

        swap.passGracePeriod();

        assertThat(swap.calls).contains(ENDED).noneMatch(call -> call.startsWith("next "));
        assertThat(lines.get(0).vc.state()).isEqualTo(VcState.DELETED);
        assertThat(lines.get(0).context.statuses).hasSize(1).doesNotContain(NdisStatus.SUCCESS);
        lines.get(1).send(3);
        assertThat(lines.get(1).context.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(lines.get(1).vc.callState()).isEqualTo(CallState.CONNECTED);
        swap.accounts();
    }

    @Test
    void aVcThatOneSuccessorDoesNotTakeIsTakenByAnother() {
        final SwapStack swap = SwapStack.pair(PATIENT);
        final List<Line> lines = forced(swap);
        lines.get(0).send(2, 3);
        swap.register(2, swap.third);

        final SwapReport report = succeeds(swap.swapTo(2)).get();

        assertThat(report.outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(report.moved()).isEqualTo(2);
        assertThat(swap.third.octets).containsExactly(2, 3);
        assertThat(swap.third.chains).containsExactly(2);
        swap.passGracePeriod();
        assertThat(lines).allMatch(line -> line.vc.callState() == CallState.CONNECTED);
        swap.accountsForSuccess();
    }

    @Test
    void aSuccessorThatDoesNotStartIsPassedOverWhenTheOneBeforeGoes() {
        final SwapStack swap = SwapStack.pair(POLICY);
        swap.register(2, swap.third);
        final Line line = swap.line();
        swap.next.initialize.answer(NdisStatus.FAILURE);

        assertThat(isPending(swap.stack.miniportRegistration.unregister())).isFalse();

        assertThat(swap.journal()).extracting(SwapReport::outcome).containsExactly(Outcome.REFUSED, Outcome.SWAPPED);
        line.send(1);
        assertThat(swap.third.octets).containsExactly(1);
        assertThat(swap.active()).isEqualTo(2);
        swap.accountsForSuccess();
    }

    // --- rollback

    @Test
    void everyVcIsBackWhereItWasWhenTheSendsOfOneAreNotCompletedInTime() {
        final SwapStack swap = SwapStack.pair();
        final Line stuck = swap.line();
        final Line other = swap.line();
        swap.first.completesAtOnce = false;
        stuck.send(1, 2);
        swap.calls.clear();
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        stuck.send(3);
        other.send(10);
        stuck.send(4, 5);
        assertThat(swap.next.octets).containsExactly(10);

        swap.passDrainDeadline();

        final SwapReport report = succeeds(running).get();
        assertThat(report.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(report.explanation()).contains(stuck.vc.toString());
        assertThat(report.vcs()).hasSize(2).allMatch(vc -> vc.outcome() == VcOutcome.ROLLED_BACK);
        assertThat(report.vcs())
                .filteredOn(vc -> vc.vc().equals(stuck.vc.toString()))
                .singleElement()
                .satisfies(vc -> assertThat(vc.reason())
                        .hasValueSatisfying(why -> assertThat(why).contains("not completed within " + DRAIN)));
        assertThat(report.held()).isEqualTo(3);
        assertThat(report.refused()).isEqualTo(2);
        other.send(11);
        assertThat(swap.first.octets).containsExactly(1, 2, 3, 4, 5, 11);
        assertThat(swap.first.chains).containsExactly(2, 1, 2, 1);
        assertThat(swap.next.octets).containsExactly(10);
        assertThat(swap.active()).isZero();
        assertThat(swap.calls).endsWith("next Pause", "next HaltEx DEVICE_DISABLED");
        assertThat(swap.calls).containsSubsequence("MCoDeleteVc", "MCoCreateVc", "MCoActivateVc");
        assertThat(swap.candidate(1).lastFailure()).isPresent();
        swap.first.completeSends();
        swap.accountsForSuccess();
    }

    @Test
    void aBackendThatWillNotTakeAVcBackParksIt() {
        final SwapStack swap = SwapStack.pair(PATIENT);
        final Line stuck = swap.line();
        final Line other = swap.line();
        swap.first.completesAtOnce = false;
        stuck.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        swap.first.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));

        swap.passDrainDeadline();

        final SwapReport report = succeeds(running).get();
        assertThat(report.outcome()).isEqualTo(Outcome.ROLLED_BACK);
        assertThat(report.vcs())
                .filteredOn(vc -> vc.vc().equals(other.vc.toString()))
                .singleElement()
                .satisfies(vc -> assertThat(vc.outcome()).isEqualTo(VcOutcome.PARKED));
        other.send(10);
        assertThat(other.held()).isEqualTo(1);
        swap.passGracePeriod();
        assertThat(other.vc.state()).isEqualTo(VcState.DELETED);
        swap.first.completeSends();
        assertThat(stuck.context.statuses).containsExactly(NdisStatus.SUCCESS);
        swap.accounts();
    }
}
