// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.shell;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class LibraryTextTest {
    private final LibraryText text = new LibraryText(ZoneOffset.UTC);

    @Test
    void adaptersAreLinesOfATable() {
        assertThat(text.adapters(
                        List.of(FakeLibrary.running("atm0"), FakeLibrary.unavailable("eth0")),
                        name -> name.equals("atm0") ? Optional.of(FakeLibrary.choice(name)) : Optional.empty()))
                .isEqualTo(
                        """
                        ADAPTER  STATE    GENERATION  SERVICE  OF  VCS  BOUND  CAUSE
                        atm0     RUNNING           2       41   2    1      2
                        eth0     HALTED            0        -   1    0      0  no such interface""");
        assertThat(text.adapters(List.of(), name -> Optional.empty())).isEqualTo("no adapters");
    }

    @Test
    void vcsAreLinesOfATable() {
        assertThat(text.vcs(FakeLibrary.running("atm0")))
                .isEqualTo(
                        """
                        VC            NAME  CLIENT  STATE   CALL       SENT  BACK  RECEIVED  RETURNED  REFUSED
                        vc#1 on atm0  line  caller  ACTIVE  CONNECTED    10     9       120       119        3""");
        assertThat(text.vcs(FakeLibrary.unavailable("eth0"))).isEqualTo("no VCs on eth0");
    }

    @Test
    void swapsAreLinesOfATable() {
        assertThat(text.swaps("atm0", List.of(FakeLibrary.swapped(), FakeLibrary.refused(1))))
                .isEqualTo(
                        """
                        NO  BEGAN         OUTCOME  FROM  TO  MOVED  PARKED  REFUSED  HELD  FAILED  RESENT     GAP     TOOK  BECAUSE
                         1  00:00:01.500  SWAPPED    40  41   1000       0        0    12       0       0  0.8 ms  25.0 ms  a better one has come
                         2  00:00:02.000  REFUSED    41   -      0       0        1     0       0       0  0.0 ms   3.0 ms  an operator asks for it""");
        assertThat(text.swaps("atm0", List.of())).isEqualTo("no swaps of atm0");
    }

    @Test
    void aSwapHasPhases() {
        assertThat(text.swap(FakeLibrary.swapped()).lines())
                .hasSize(3)
                .last()
                .isEqualTo("phases: prepare 20.0 ms, switch 5.0 ms");
    }

    @Test
    void aSwapNamesWhatDidNotMove_butNotWithoutEnd() {
        final SwapReport few = FakeLibrary.refused(1);
        assertThat(text.swap(few).lines()).last().isEqualTo("vc#0 REFUSED: no room");

        assertThat(text.swap(FakeLibrary.refused(12)).lines())
                .contains("vc#9 REFUSED: no room")
                .doesNotContain("vc#10 REFUSED: no room")
                .last()
                .isEqualTo("and 2 more VCs");
    }

    @Test
    void whyTellsTheCandidatesAndWhatWouldChangeIt() {
        assertThat(text.why(FakeLibrary.choice("atm0")))
                .isEqualTo(
                        """
                        atm0: service 41 carries it, because it has the highest ranking
                        SERVICE  RANKING  KIND      IS              STALE CALLBACKS  DEMOTED  CANNOT BE USED  LAST FAILURE
                             41       10  miniport  active, pinned                0  -        -               -
                             40        0  MCM       -                             7  too hot  on fire         initialize answered FAILURE
                        what would change it:
                          the end of service 41""");
    }

    @Test
    void whyTellsThatThereIsNone() {
        assertThat(text.why(new BackendChoice(
                        "atm0",
                        OptionalLong.empty(),
                        OptionalLong.empty(),
                        "its VCs are parked",
                        Optional.of(Instant.parse("2026-11-21T10:00:00Z")),
                        List.of(),
                        List.of("a backend that comes"))))
                .isEqualTo(
                        """
                        atm0: no service carries it: its VCs are parked
                        calls whose VCs wait for a backend end at 10:00:00.000
                        what would change it:
                          a backend that comes""");
    }
}
