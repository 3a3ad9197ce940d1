// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.apache.felix.hc.api.FormattingResultLog;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.Result.Status;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TargetedChecksTest {
    private static final String TARGET = "(version=1)";
    private static final String BOTH = "(version=*)";
    private static final Map<String, List<Demotions.Backend>> BACKENDS = Map.of(
            TARGET, List.of(new Demotions.Backend("atm0", 40)),
            BOTH, List.of(new Demotions.Backend("atm0", 40), new Demotions.Backend("atm0", 41)));

    private final FakeLibrary library = new FakeLibrary();
    private final Queue<Runnable> waiting = new ArrayDeque<>();
    private final TargetedChecks checks = new TargetedChecks(BACKENDS::get, new Demotions(library), waiting::add);
    private Result result = new Result(Status.OK, "fine");

    @BeforeEach
    void twoBackends() {
        library.runs(
                "atm0",
                FakeLibrary.candidate(40, Optional.empty(), Optional.empty()),
                FakeLibrary.candidate(41, Optional.empty(), Optional.empty()));
    }

    private void add(final long id, final HealthCheck check, final String target) {
        checks.add(id, check, "thermometer", target);
    }

    private void round() {
        checks.round();
        runWaiting();
    }

    private void runWaiting() {
        while (!waiting.isEmpty()) {
            waiting.remove().run();
        }
    }

    private void says(final Status status, final String message) {
        result = new Result(status, message);
        round();
    }

    @Test
    void aCriticalCheckDemotesItsTarget_andAnotherWordPromotesIt() {
        add(1, () -> result, TARGET);
        round();
        assertThat(library.asked).isEmpty();

        says(Status.CRITICAL, "too hot");
        assertThat(library.demotion("atm0", 40)).contains("health check 'thermometer': too hot");
        assertThat(library.demotion("atm0", 41)).isEmpty();

        says(Status.WARN, "warm");
        assertThat(library.demotion("atm0", 40)).isEmpty();
        assertThat(library.asked).containsExactly("demote 40", "promote 40");
    }

    @Test
    void whileItStaysCriticalTheFirstCauseStays() {
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "90 degrees");
        says(Status.CRITICAL, "91 degrees");

        assertThat(library.demotion("atm0", 40).orElseThrow()).endsWith("90 degrees");
        assertThat(library.asked).hasSize(1);
    }

    @Test
    void theCauseIsWhatItSaysOfTheWorst() {
        final FormattingResultLog log = new FormattingResultLog();
        log.info("measured twice");
        log.critical("{} degrees", 99);
        result = new Result(log);
        add(1, () -> result, TARGET);
        round();

        assertThat(library.demotion("atm0", 40).orElseThrow()).endsWith("99 degrees");
    }

    @ParameterizedTest
    @EnumSource(
            value = Status.class,
            names = {"OK", "WARN", "TEMPORARILY_UNAVAILABLE", "HEALTH_CHECK_ERROR"})
    void nothingElseDemotes(final Status status) {
        add(1, () -> result, TARGET);
        says(status, "a word");
        assertThat(library.asked).isEmpty();
    }

    @Test
    void aCheckThatCannotCheckSaysNothing() {
        final Queue<HealthCheck> answers = new ArrayDeque<>(List.of(
                () -> new Result(Status.CRITICAL, "too hot"),
                () -> {
                    throw new IllegalStateException("no sensor");
                },
                () -> new Result(Status.HEALTH_CHECK_ERROR, "no sensor"),
                () -> null));
        add(1, () -> answers.remove().execute(), TARGET);

        round();
        round();
        round();
        round();

        assertThat(answers).isEmpty();
        assertThat(library.demotion("atm0", 40)).isPresent();
        assertThat(library.asked).hasSize(1);
    }

    @Test
    void oneThatDoesNotReturnIsNotRunTwice_andTheOthersGoOn() {
        add(1, () -> result, TARGET);
        checks.round();
        final Runnable hanging = waiting.remove();
        add(2, () -> new Result(Status.CRITICAL, "too hot"), BOTH);

        checks.round();
        assertThat(waiting).hasSize(1);
        runWaiting();

        assertThat(library.asked).containsExactlyInAnyOrder("demote 40", "demote 41");
        hanging.run();
        checks.round();
        assertThat(waiting).hasSize(2);
    }

    @Test
    void whatTwoDemoteIsDemotedUntilNeitherDoes() {
        add(1, () -> result, TARGET);
        add(2, () -> new Result(Status.CRITICAL, "old"), BOTH);
        says(Status.CRITICAL, "too hot");
        says(Status.OK, "fine");
        assertThat(library.demotion("atm0", 40)).isPresent();
        assertThat(library.demotion("atm0", 41)).isPresent();

        checks.remove(2);
        assertThat(library.demotion("atm0", 40)).isEmpty();
        assertThat(library.demotion("atm0", 41)).isEmpty();
    }

    @Test
    void whatSomebodyElseDemotesIsLeftAlone() {
        library.demote("atm0", 40, "an operator does not like it");
        library.asked.clear();
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "too hot");
        says(Status.OK, "fine");

        assertThat(library.asked).isEmpty();
        assertThat(library.demotion("atm0", 40)).contains("an operator does not like it");
    }

    @Test
    void whatAnOperatorDemotesForAnotherCauseStays() {
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "too hot");
        library.demote("atm0", 40, "an operator does not like it");
        says(Status.OK, "fine");

        assertThat(library.demotion("atm0", 40)).contains("an operator does not like it");
    }

    @Test
    void aCoreThatWasStartedAnewIsToldAgain() {
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "too hot");
        twoBackends();
        round();

        assertThat(library.demotion("atm0", 40)).isPresent();
    }

    @Test
    void aBackendThatIsGoneIsForgotten() {
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "too hot");
        library.runs("atm0", FakeLibrary.candidate(41, Optional.empty(), Optional.empty()));
        round();
        says(Status.OK, "fine");

        assertThat(library.asked).containsExactly("demote 40");
    }

    @Test
    void theEndPromotesAndNothingIsDemotedAfterIt() {
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "too hot");
        checks.round();

        checks.end();
        runWaiting();

        assertThat(library.asked).containsExactly("demote 40", "promote 40");
    }

    @Test
    void aCoreThatIsGoneIsNoReasonToFail() {
        add(1, () -> result, TARGET);
        says(Status.CRITICAL, "too hot");
        library.isGone = true;

        checks.end();

        assertThat(library.asked).endsWith("promote 40");
    }

    @Test
    void threadsThatHaveEndedAreNoReasonToFail() {
        final TargetedChecks late = new TargetedChecks(BACKENDS::get, new Demotions(library), task -> {
            throw new RejectedExecutionException("ended");
        });
        late.add(1, () -> result, "late", TARGET);

        late.round();

        assertThat(library.asked).isEmpty();
    }
}
