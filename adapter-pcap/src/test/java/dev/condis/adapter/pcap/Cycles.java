// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/** Does something with an adapter again and again, and looks for what is left of it: threads, descriptors, rings of the kernel, memory. */
final class Cycles {
    static final Duration PATIENCE = Duration.ofMinutes(1);
    static final int SHORT = 25;
    static final int LONG = 1000;

    private static final int WARM_UP = 5;
    /** What the JVM may take for itself; a snapshot buffer of 64 KiB left behind by each of a thousand would be as much. */
    private static final long MOST_GROWTH_KIB = 48 << 10;

    private Cycles() {}

    /** What a process has. */
    private record Held(long descriptors, long rings, long threads) {
        static Held now() {
            return new Held(lines("fd"), count("maps"), ours());
        }

        private static long lines(final String what) {
            try (var files = Files.list(Path.of("/proc/self", what))) {
                return files.count();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        /** Kernel buffers of packet sockets are mapped as sockets. */
        private static long count(final String what) {
            try (var lines = Files.lines(Path.of("/proc/self", what))) {
                return lines.filter(line -> line.contains("socket:[")).count();
            } catch (IOException e) {
                throw new java.io.UncheckedIOException(e);
            }
        }

        private static long ours() {
            return Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("condis-pcap-rx-cycle"))
                    .count();
        }
    }

    private static long residentKib() throws IOException {
        return Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .map(line -> line.replaceAll("[^0-9]", ""))
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElseThrow();
    }

    static void leavesNothing(final int cycles, final IntConsumer cycle) {
        IntStream.range(0, WARM_UP).forEach(cycle);
        final Held before = Held.now();
        IntStream.range(WARM_UP, WARM_UP + cycles).forEach(cycle);
        await().atMost(PATIENCE).untilAsserted(() -> {
            final Held after = Held.now();
            assertThat(after.rings()).isEqualTo(before.rings());
            assertThat(after.threads()).isZero();
            // the JVM opens a jar or a file of random numbers when it likes
            assertThat(after.descriptors()).isLessThan(before.descriptors() + 3);
        });
    }

    static void leavesNoMemory(final int cycles, final IntConsumer cycle) throws IOException {
        leavesNothing(cycles / 2, cycle);
        System.gc();
        final long before = residentKib();
        leavesNothing(cycles / 2, cycle);
        System.gc();
        assertThat(residentKib()).isLessThan(before + MOST_GROWTH_KIB);
    }

    static PcapSettings small(final PcapSettings settings) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return settings.with(new PcapSettings.Limits(16, 16, 2048, 4))
                .with(new PcapSettings.Live(
                        usual.profile(),
                        usual.snaplen(),
                        1 << 20,
                        usual.timeoutMillis(),
                        usual.promiscuous(),
                        usual.direction(),
                        usual.filter(),
                        usual.precision()));
    }

    static PcapMiniport miniport(final PcapSettings settings) {
        return new PcapMiniport(settings, new PcapHost(() -> 0L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
    }
}
