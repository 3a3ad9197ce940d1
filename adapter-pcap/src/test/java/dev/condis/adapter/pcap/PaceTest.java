// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** When the frames of a recording come, by a clock of the test's own. */
@Timeout(120)
class PaceTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long START = 1_700_000_000 * SECOND;
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private long now = 77;
    private final List<Long> parked = new ArrayList<>();

    private Pace pace(final double speed) {
        return new Pace(speed, () -> now, nanos -> {
            parked.add(nanos);
            now += nanos;
        });
    }

    /** How long after the first each one came. */
    private List<Long> times(final Pace pace, final long... stampMillis) {
        final long first = now;
        final List<Long> times = new ArrayList<>();
        for (final long millis : stampMillis) {
            pace.await(START + millis * MILLI, () -> false);
            times.add((now - first) / MILLI);
        }
        return times;
    }

    @Test
    void shouldKeepTheirDistance() {
        assertThat(times(pace(1), 0, 10, 10, 35, 1035)).containsExactly(0L, 10L, 10L, 35L, 1035L);
        assertThat(parked).as("waits short enough to notice a stop").allMatch(nanos -> nanos <= 100 * MILLI);
    }

    @Test
    void shouldBeFasterOrSlower() {
        assertThat(times(pace(10), 0, 100, 1000)).containsExactly(0L, 10L, 100L);
        assertThat(times(pace(0.5), 0, 100, 200)).containsExactly(0L, 200L, 400L);
    }

    @Test
    void shouldMakeUpForALittleDelay_butNotForAPause() {
        final Pace pace = pace(1);
        pace.await(START, () -> false);
        now += 30 * MILLI;
        pace.await(START + 10 * MILLI, () -> false);
        assertThat(parked).isEmpty();
        pace.await(START + 50 * MILLI, () -> false);
        assertThat(parked).containsExactly(20 * MILLI);
        now += 5 * SECOND;
        pace.await(START + 60 * MILLI, () -> false);
        assertThat(parked).as("late, and the rest with it").hasSize(1);
        pace.await(START + 100 * MILLI, () -> false);
        assertThat(parked).containsExactly(20 * MILLI, 40 * MILLI);
    }

    @Test
    void shouldBearStampsThatGoBack() {
        assertThat(times(pace(1), 100, 90, 110))
                .as("frames overtook each other")
                .containsExactly(0L, 0L, 10L);
        assertThat(times(pace(1), 3_600_000, 0, 20)).as("a clock was set").containsExactly(0L, 0L, 20L);
    }

    @Test
    void shouldNotOverflow_andEndWhenStopped() {
        final Pace pace = pace(1e-9);
        pace.await(0, () -> false);
        pace.await(Long.MAX_VALUE, () -> parked.size() == 3);
        assertThat(parked).hasSize(3);
    }

    @Test
    void shouldRefuseASpeedThatIsNone() {
        for (final double speed : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
            assertThatThrownBy(() -> new PcapSettings.FileReading(1, 0, 1 << 20, 0, speed))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("speed");
        }
    }

    private static PcapMiniport reading(final Path path, final double speed, final LinkStatus status) {
        final PcapMiniport miniport = new PcapMiniport(
                PcapSettings.of("paced", path.toString(), PcapSettings.Mode.MINIPORT)
                        .with(new PcapSettings.FileReading(1, 0, 1 << 20, 0, speed)),
                new PcapHost(() -> 0L, status, LinkProbe.UNKNOWN));
        assertThat(miniport.initialize(new FakeNdis())).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        return miniport;
    }

    private static Path file(final Path folder) throws IOException {
        final byte[] frame = Frames.ethernet().vlan(5).u16(0x0800).text("x").toBytes();
        return Files.write(folder.resolve("paced.pcap"), Frames.pcap(1, Collections.nCopies(3, frame)));
    }

    /** Frames a second apart, a thousand times as fast. */
    @Test
    void shouldPaceARealFile(@TempDir final Path folder) throws IOException {
        Captures.requireLibpcap();
        final CompletableFuture<Optional<String>> ended = new CompletableFuture<>();
        final PcapMiniport miniport = reading(file(folder), 1000, new EndOf(ended));
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        await().atMost(PATIENCE).until(ended::isDone);
        assertThat(vc.received())
                .extracting(FakeNdis.Pdu::epochNanos)
                .as("the stamps stay what they were")
                .containsExactly(START + SECOND / 4, START + SECOND + SECOND / 4, START + 2 * SECOND + SECOND / 4);
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    /** Whoever waits for the next frame for weeks is stopped all the same. */
    @Test
    void shouldStopWhileItWaits(@TempDir final Path folder) throws IOException {
        Captures.requireLibpcap();
        final PcapMiniport miniport = reading(file(folder), 1e-6, LinkStatus.IGNORED);
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        await().atMost(PATIENCE).until(() -> vc.received().size() == 1);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .noneMatch(thread -> thread.getName().equals("condis-pcap-rx-paced")));
        assertThat(vc.received()).hasSize(1);
    }

    private record EndOf(CompletableFuture<Optional<String>> end) implements LinkStatus {
        @Override
        public void opened() {
            // asserted through initialize
        }

        @Override
        public void unavailable(final String cause) {
            end.completeExceptionally(new AssertionError(cause));
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            end.complete(cause);
        }
    }
}
