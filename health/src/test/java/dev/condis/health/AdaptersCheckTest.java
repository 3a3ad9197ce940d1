// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.management.BackendChoice;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.Result.Status;
import org.junit.jupiter.api.Test;

class AdaptersCheckTest {
    private static final OptionalLong NONE = OptionalLong.empty();
    private static final BackendChoice.Candidate FIRST = FakeLibrary.candidate(40, Optional.empty(), Optional.empty());
    private static final BackendChoice.Candidate SECOND = FakeLibrary.candidate(41, Optional.empty(), Optional.empty());

    private final FakeLibrary library = new FakeLibrary();

    private void is(final Status status, final String... words) {
        final Result result = new AdaptersCheck(library, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC)).execute();
        assertThat(result.getStatus()).as("%s", result).isEqualTo(status);
        assertThat(result.toString()).contains(words);
    }

    private void choose(final BackendChoice choice) {
        library.choices.put("atm0", choice);
    }

    @Test
    void anAdapterOnItsBestBackendIsOk() {
        library.runs("atm0", FIRST, SECOND);
        is(Status.OK, "atm0: RUNNING, carried by service 40 of 2 candidates");
    }

    @Test
    void noAdapterIsOk() {
        is(Status.OK, "0 adapters");
    }

    @Test
    void oneThatGoesMeanwhileIsOfNoInterest() {
        library.runs("atm0", FIRST);
        library.choices.clear();
        is(Status.OK, "1 adapters");
    }

    @Test
    void anAdapterWithoutAUsableBackendIsCritical() {
        library.adapters.put("atm0", FakeLibrary.adapter("atm0", State.HALTED, Optional.of("no such interface")));
        choose(FakeLibrary.choice(
                "atm0",
                NONE,
                NONE,
                Optional.empty(),
                FakeLibrary.candidate(40, Optional.of("no such interface"), Optional.empty())));
        is(Status.CRITICAL, "atm0: no backend carries it: no such interface", "service 40 cannot be used");
    }

    @Test
    void vcsThatWaitAreAWarningWithTheTimeThatIsLeft() {
        library.adapters.put(
                "atm0",
                FakeLibrary.adapter(
                        "atm0",
                        State.PAUSED,
                        Optional.of("unplugged"),
                        FakeLibrary.vc("vc#1 on atm0", 1, 1, 4, 0, 0, 0)));
        choose(FakeLibrary.choice("atm0", NONE, NONE, Optional.of(Instant.EPOCH.plusSeconds(8))));
        is(Status.WARN, "4 NBLs are held", "in 8000 ms");
    }

    @Test
    void someThatWaitWhileOthersGoOnAreAWarningToo() {
        library.runs("atm0", FIRST);
        choose(FakeLibrary.choice("atm0", OptionalLong.of(40), NONE, Optional.of(Instant.EPOCH.plusSeconds(8)), FIRST));
        is(Status.WARN, "VCs wait for a backend", "carried by service 40");
    }

    @Test
    void oneThatIsNotTheBestIsAWarning() {
        library.runs("atm0", FIRST);
        choose(FakeLibrary.choice("atm0", OptionalLong.of(41), NONE, Optional.empty(), FIRST, SECOND));
        is(Status.WARN, "service 40 would be better: a reason");
    }

    @Test
    void theBestOfThoseThatCanBeUsedIsGoodEnough() {
        library.runs("atm0", FIRST);
        choose(FakeLibrary.choice(
                "atm0",
                OptionalLong.of(41),
                NONE,
                Optional.empty(),
                FakeLibrary.candidate(40, Optional.of("on fire"), Optional.empty()),
                SECOND));
        is(Status.OK, "service 40 cannot be used: on fire");
    }

    @Test
    void oneThatAnOperatorHasPinnedIsGoodEnough() {
        library.runs("atm0", FIRST);
        choose(FakeLibrary.choice("atm0", OptionalLong.of(41), OptionalLong.of(41), Optional.empty(), FIRST, SECOND));
        is(Status.OK, "pinned");
    }

    @Test
    void oneThatIsNotWhereItIsPinnedIsAWarning() {
        library.runs("atm0", FIRST);
        choose(FakeLibrary.choice("atm0", OptionalLong.of(40), OptionalLong.of(41), Optional.empty(), FIRST, SECOND));
        is(Status.WARN, "service 41 would be better");
    }

    @Test
    void anActiveOneThatIsDemotedIsAWarning() {
        library.runs("atm0", FakeLibrary.candidate(40, Optional.empty(), Optional.of("too hot")));
        is(Status.WARN, "the active backend is demoted: too hot");
    }

    @Test
    void oneThatDidNotRestartIsCritical_andOneThatIsPausedIsNot() {
        library.runs("atm0", FIRST);
        library.adapters.put("atm0", FakeLibrary.adapter("atm0", State.PAUSED, Optional.empty()));
        is(Status.OK, "atm0: PAUSED");

        library.adapters.put(
                "atm0", FakeLibrary.adapter("atm0", State.PAUSED, Optional.of("restart answered FAILURE")));
        is(Status.CRITICAL, "restart answered FAILURE");
    }

    @Test
    void lateCallbacksAndFailuresAreSaid() {
        library.runs(
                "atm0",
                FIRST,
                new BackendChoice.Candidate(
                        41, 0, false, Optional.empty(), Optional.empty(), Optional.of("unplugged"), 3));
        is(Status.OK, "3 callbacks of service 41 came too late", "service 41 last failed: unplugged");
    }
}
