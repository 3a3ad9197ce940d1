// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.VcSnapshot;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.felix.hc.api.Result;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccountingCheckTest {
    private static final String VC = "vc#7 on atm0";

    private final FakeLibrary library = new FakeLibrary();
    private final AccountingCheck check = new AccountingCheck(library);

    private Result look(final VcSnapshot... vcs) {
        library.adapters.put("atm0", FakeLibrary.adapter("atm0", AdapterSnapshot.State.RUNNING, Optional.empty(), vcs));
        return check.execute();
    }

    private static void isCritical(final Result result, final String... words) {
        assertThat(result.getStatus()).isEqualTo(Result.Status.CRITICAL);
        assertThat(result.toString()).contains(words);
    }

    @Test
    void whatAddsUpIsOk() {
        final Result result = look(
                FakeLibrary.vc("vc#1 on atm0", 10, 8, 3, 2, 20, 19), FakeLibrary.vc("vc#2 on atm0", 0, 0, 0, 0, 0, 0));

        assertThat(result.getStatus()).isEqualTo(Result.Status.OK);
        assertThat(result.toString()).contains("2 VCs: 15 NBLs offered, 10 back, 3 held, 2 under way");
    }

    @Test
    void anEmptyHouseIsOk() {
        assertThat(check.execute().getStatus()).isEqualTo(Result.Status.OK);
    }

    @ParameterizedTest
    @CsvSource({
        "10, 11, 0, 0,  0, 0, sends under way is -1",
        "-1, -1, 0, 0,  0, 0, sends accepted is -1",
        " 0,  0,-2, 0,  0, 0, sends held is -2",
        " 0,  0, 0,-3,  0, 0, sends refused is -3",
        " 0,  0, 0, 0,  4, 5, receives not returned is -1"
    })
    void whatIsNegativeIsCriticalAndTheVcIsNamed(
            final long accepted,
            final long completed,
            final long held,
            final long refused,
            final long indicated,
            final long returned,
            final String finding) {
        isCritical(look(FakeLibrary.vc(VC, accepted, completed, held, refused, indicated, returned)), VC, finding);
    }

    @ParameterizedTest
    @CsvSource({
        "9, 8, 3, 2, 20, 19, sends offered went from 15 to 14",
        "10, 7, 3, 2, 20, 19, sends back went from 10 to 9",
        "10, 8, 3, 2, 19, 19, receives indicated went from 20 to 19",
        "10, 8, 3, 2, 20, 18, receives returned went from 19 to 18"
    })
    void whatGetsLessIsCriticalAndTheVcIsNamed(
            final long accepted,
            final long completed,
            final long held,
            final long refused,
            final long indicated,
            final long returned,
            final String finding) {
        assertThat(look(FakeLibrary.vc(VC, 10, 8, 3, 2, 20, 19)).isOk()).isTrue();

        isCritical(look(FakeLibrary.vc(VC, accepted, completed, held, refused, indicated, returned)), VC, finding);
    }

    @Test
    void whatIsHeldMayBecomeAcceptedAndRefused() {
        assertThat(look(FakeLibrary.vc(VC, 10, 8, 3, 2, 0, 0)).isOk()).isTrue();
        assertThat(look(FakeLibrary.vc(VC, 12, 12, 0, 3, 0, 0)).isOk()).isTrue();
    }

    @Test
    void aVcOfACoreThatWasStartedAnewIsAnotherOne() {
        final VcSnapshot vc = FakeLibrary.vc(VC, 10, 8, 3, 2, 20, 19);
        assertThat(look(vc).isOk()).isTrue();
        final VcSnapshot other = new VcSnapshot(
                vc.name(),
                vc.instanceName(),
                vc.client(),
                vc.creator(),
                Instant.EPOCH.plusSeconds(1),
                vc.state(),
                vc.callState(),
                vc.parameters(),
                1,
                1,
                0,
                0,
                0,
                0,
                0,
                0,
                vc.lastTransition());

        assertThat(look(other).isOk()).isTrue();
    }

    @Test
    void ofManyTheFirstAreNamed() {
        final Result result = look(IntStream.range(0, 1000)
                .mapToObj(i -> FakeLibrary.vc("vc#" + i + " on atm0", 0, 1, 0, 0, 0, 0))
                .toArray(VcSnapshot[]::new));

        isCritical(result, "vc#0 on", "and 980 more");
        assertThat(result).hasSize(22);
    }
}
