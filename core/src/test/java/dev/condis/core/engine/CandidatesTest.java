// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.ADAPTER;
import static dev.condis.core.engine.SwapStack.PATIENT;
import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.SwapStack.candidate;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.core.engine.SwapPolicy.FailBack;
import dev.condis.core.engine.SwapStack.Line;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which candidate carries the adapter, and why: OSGi's order, pins, fail-back; the journal. */
class CandidatesTest {
    private static final SwapPolicy AUTOMATIC = POLICY.withFailBack(FailBack.AUTOMATIC, Duration.ZERO);
    private static final Duration STABLE = Duration.ofSeconds(20);

    private static MiniportRegistration better(final SwapStack swap) {
        return swap.stack.engine.registerMiniport(candidate(1, 10), swap.next);
    }

    // --- the order

    @Test
    void aBetterCandidateTakesOverByItself() {
        final SwapStack swap = SwapStack.alone(AUTOMATIC);
        final Line line = swap.line();

        better(swap);

        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.lastReport().cause()).isEqualTo(Cause.BETTER_CANDIDATE);
        assertThat(swap.lastReport().outcome()).isEqualTo(Outcome.SWAPPED);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void oneOfTheSameRankThatCameLaterDoesNot() {
        final SwapStack swap = SwapStack.pair(AUTOMATIC);

        assertThat(swap.active()).isZero();
        assertThat(swap.journal()).isEmpty();
        assertThat(swap.why().candidates())
                .extracting(BackendChoice.Candidate::serviceId)
                .containsExactly(0L, 1L);
        assertThat(swap.why().reason()).contains("highest service.ranking").contains("lowest service.id");
    }

    @Test
    void ofTheOthersTheBestFollows() {
        final SwapStack swap = SwapStack.pair(POLICY);
        swap.stack.engine.registerMiniport(candidate(2, 5), swap.third);
        final Line line = swap.line();
        assertThat(swap.why().candidates())
                .extracting(BackendChoice.Candidate::serviceId)
                .containsExactly(2L, 0L, 1L);

        swap.stack.miniportRegistration.unregister();

        assertThat(swap.active()).isEqualTo(2);
        line.send(1);
        assertThat(swap.third.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void aCandidateWhoseRankingIsRaisedTakesOver() {
        final SwapStack swap = SwapStack.alone(AUTOMATIC);
        final MiniportRegistration other = swap.register(1, swap.next);
        final Line line = swap.line();

        other.update(candidate(1, 1));
        assertThat(swap.active()).isEqualTo(1);

        swap.stack.miniportRegistration.update(candidate(0, 2));
        assertThat(swap.active()).isZero();
        line.send(1);
        assertThat(swap.first.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    // --- fail-back

    @Test
    void manualFailBackWaitsForAnOperator() {
        final SwapStack swap = SwapStack.alone(POLICY);
        swap.line();
        better(swap);

        assertThat(swap.active()).isZero();
        assertThat(swap.why().reason()).contains("fail-back is MANUAL");
        assertThat(swap.why().wouldChange())
                .anyMatch(answer -> answer.contains("service.id 1") && answer.contains("operator"))
                .anyMatch(answer -> answer.contains("the end or the loss of the backend with service.id 0"));

        swap.swap(Outcome.SWAPPED);
        assertThat(swap.active()).isEqualTo(1);
    }

    @Test
    void aBetterCandidateTakesOverWhenItHasBeenThereLongEnough() {
        final SwapStack swap = SwapStack.alone(POLICY.withFailBack(FailBack.AUTOMATIC, STABLE));
        final Line line = swap.line();
        better(swap);
        assertThat(swap.active()).isZero();

        swap.clock.advance(Duration.ofSeconds(19));
        swap.stack.passDeadlines(STABLE);
        assertThat(swap.active()).as("too early").isZero();
        swap.clock.advance(Duration.ofSeconds(1));
        swap.stack.passDeadlines(STABLE);

        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.lastReport().cause()).isEqualTo(Cause.BETTER_CANDIDATE);
        line.send(1);
        swap.accountsForSuccess();
    }

    @Test
    void oneThatComesAndGoesBeginsToCountAnew() {
        final SwapStack swap = SwapStack.alone(POLICY.withFailBack(FailBack.AUTOMATIC, STABLE));
        final MiniportRegistration flapping = better(swap);
        swap.clock.advance(Duration.ofSeconds(15));

        flapping.update(SwapStack.unavailable(1, "no carrier"));
        flapping.update(candidate(1, 10));
        swap.clock.advance(Duration.ofSeconds(15));
        swap.stack.passDeadlines(STABLE);
        assertThat(swap.active()).isZero();

        swap.clock.advance(Duration.ofSeconds(5));
        swap.stack.passDeadlines(STABLE);
        assertThat(swap.active()).isEqualTo(1);
    }

    @Test
    void aPolicyThatIsChangedCountsAtOnce() {
        final SwapStack swap = SwapStack.alone(POLICY);
        better(swap);
        assertThat(swap.active()).isZero();

        assertThat(isPending(swap.stack.engine.setPolicy("other0", Optional.of(AUTOMATIC))))
                .isFalse();
        assertThat(swap.active()).isZero();
        assertThat(isPending(swap.stack.engine.setPolicy(ADAPTER, Optional.of(AUTOMATIC))))
                .isFalse();

        assertThat(swap.active()).isEqualTo(1);
        swap.stack.engine.setPolicy(ADAPTER, Optional.empty());
        succeeds(swap.swapTo(0));
        assertThat(swap.active()).as("the default is manual").isZero();
    }

    @Test
    void aHoldLimitThatIsChangedCountsForVcsThatAreThere() {
        final SwapStack swap = SwapStack.alone(PATIENT.withHoldLimit(1));
        final Line line = swap.line();
        swap.stack.miniportRegistration.unregister();
        line.send(1);
        line.send(2);
        assertThat(line.context.statuses).containsExactly(NdisStatus.RESOURCES);

        swap.stack.engine.setDefaultPolicy(PATIENT.withHoldLimit(2));
        line.send(3);

        assertThat(line.held()).isEqualTo(2);
        swap.accounts();
    }

    // --- pins

    @Test
    void aPinMovesTheAdapterAndKeepsItThere() {
        final SwapStack swap = SwapStack.pair(AUTOMATIC);
        final Line line = swap.line();

        succeeds(swap.stack.engine.pin(ADAPTER, 1));
        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.lastReport().cause()).isEqualTo(Cause.OPERATOR);
        assertThat(swap.why().pinned()).isEqualTo(OptionalLong.of(1));
        assertThat(swap.why().reason()).contains("pinned it to service.id 1");
        swap.stack.miniportRegistration.update(candidate(0, 50));
        assertThat(swap.active()).isEqualTo(1);

        succeeds(swap.stack.engine.unpin(ADAPTER));
        assertThat(swap.active()).isZero();
        assertThat(swap.why().pinned()).isEmpty();
        line.send(1);
        swap.accountsForSuccess();
    }

    @Test
    void aPinnedBackendThatIsLostIsLeftAndTakesOverWhenItIsBack() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        succeeds(swap.stack.engine.pin(ADAPTER, 0));

        swap.stack.miniportRegistration.update(SwapStack.unavailable(0, "no carrier"));
        swap.passAMoment();
        assertThat(swap.active()).isEqualTo(1);
        swap.stack.miniportRegistration.update(candidate(0, 0));

        assertThat(swap.active()).isZero();
        line.send(1);
        swap.accountsForSuccess();
    }

    @Test
    void anAdapterIsNotPinnedToWhatIsNotThereOrCannotTakeIt() {
        final SwapStack swap = SwapStack.pair(POLICY);
        swap.line();
        assertThat(done(swap.stack.engine.pin(ADAPTER, 7)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.stack.engine.pin("other0", 0)).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);

        swap.next.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        assertThat(done(swap.stack.engine.pin(ADAPTER, 1)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(swap.active()).isZero();
        assertThat(swap.why().reason()).contains("highest service.ranking");
        assertThat(swap.why().wouldChange()).anyMatch(answer -> answer.contains("if it could be used again"));
    }

    @Test
    void aPinTriesAgainWhatWasRefusedBefore() {
        final SwapStack swap = SwapStack.pair(POLICY);
        swap.line();
        swap.next.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        swap.swap(Outcome.REFUSED);
        swap.next.createVc.asUsual();

        succeeds(swap.stack.engine.pin(ADAPTER, 1));

        assertThat(swap.active()).isEqualTo(1);
    }

    @Test
    void aRefusedCandidateIsTriedAgainWhenSomethingAboutItChanges() {
        final SwapStack swap = SwapStack.alone(AUTOMATIC);
        swap.line();
        swap.next.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        final MiniportRegistration refused = better(swap);
        assertThat(swap.active()).isZero();
        swap.next.createVc.asUsual();
        swap.stack.engine.setDefaultPolicy(AUTOMATIC);
        assertThat(swap.active()).as("nothing about it has changed").isZero();

        refused.update(candidate(1, 11));

        assertThat(swap.active()).isEqualTo(1);
    }

    // --- what operators may ask

    @Test
    void aSwapThatMakesNoSenseIsNotAccepted() {
        final SwapStack swap = SwapStack.alone(POLICY);
        final MiniportRegistration other = swap.register(1, swap.next);
        other.update(SwapStack.unavailable(1, "no carrier"));

        assertThat(done(swap.swapTo(9)).refusal().orElseThrow().explanation())
                .contains("no candidate with service.id 9");
        assertThat(done(swap.swapTo(0)).refusal().orElseThrow().explanation()).contains("carries the adapter already");
        assertThat(done(swap.swapTo(1)).refusal().orElseThrow().explanation()).contains("no carrier");
        assertThat(done(swap.stack.engine.swap("other0", 1)).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);
        assertThat(swap.journal()).isEmpty();
        assertThat(swap.stack.engine.swaps("other0")).isEmpty();
        assertThat(swap.stack.engine.why("other0")).isEmpty();
        assertThat(swap.candidate(1).unavailableCause()).contains("no carrier");
    }

    @Test
    void anUnavailableBackendIsReplacedAndAnAvailableOneReturns() {
        final SwapStack swap = SwapStack.pair(AUTOMATIC);
        final Line line = swap.line();

        swap.stack.miniportRegistration.update(SwapStack.unavailable(0, "no carrier"));
        swap.passAMoment();
        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.calls).contains("HaltEx SURPRISE_REMOVED");
        swap.stack.miniportRegistration.update(candidate(0, 0));

        assertThat(swap.active()).isZero();
        assertThat(swap.stack.engine.adapters().get(0).generation()).isEqualTo(3);
        line.send(1);
        assertThat(swap.first.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    // --- the journal

    @Test
    void theJournalKeepsTheLatestReportsAndTheDetailsOfAFew() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        for (int i = 0; i < 70; i++) {
            succeeds(swap.swapTo(1 - swap.active()));
            line.send(i);
        }

        final List<SwapReport> journal = swap.journal();
        assertThat(journal).hasSize(64);
        assertThat(journal.get(0).number()).isEqualTo(7);
        assertThat(journal.get(63).number()).isEqualTo(70);
        assertThat(journal.subList(0, 60)).allMatch(report -> report.vcs().isEmpty() && report.moved() == 1);
        assertThat(journal.subList(60, 64)).allMatch(report -> report.vcs().size() == 1);
        swap.accountsForSuccess();
    }

    @Test
    void everySwapIsAnEventOfTheFlightRecorder(@TempDir final Path directory) throws IOException {
        final Path file = directory.resolve("swaps.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("dev.condis.Swap").withoutThreshold();
            recording.start();
            final SwapStack swap = SwapStack.pair(POLICY);
            swap.line();
            swap.swap(Outcome.SWAPPED);
            recording.stop();
            recording.dump(file);
        }

        final List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        assertThat(events).singleElement().satisfies(event -> {
            assertThat(event.getString("adapter")).isEqualTo(ADAPTER);
            assertThat(event.getString("outcome")).isEqualTo("SWAPPED");
            assertThat(event.getString("cause")).isEqualTo("OPERATOR");
            assertThat(event.getLong("number")).isEqualTo(1);
            assertThat(event.getLong("moved")).isEqualTo(1);
            assertThat(event.getLong("failed")).isZero();
        });
    }
}
