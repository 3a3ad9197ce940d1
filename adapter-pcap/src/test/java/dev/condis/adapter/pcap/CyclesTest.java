// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An adapter that is opened and closed again and again leaves no thread, no descriptor, no ring of the kernel and no memory behind. */
class CyclesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int WARM_UP = 5;
    private static final int SHORT = 25;
    private static final int LONG = 1000;
    /** What the JVM may take for itself; a snapshot buffer of 64 KiB left behind by each of a thousand would be as much. */
    private static final long MOST_GROWTH_KIB = 48 << 10;

    @TempDir
    Path folder;

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

    private static void leavesNothing(final int cycles, final IntConsumer cycle) {
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

    private static void leavesNoMemory(final int cycles, final IntConsumer cycle) throws IOException {
        leavesNothing(cycles / 2, cycle);
        System.gc();
        final long before = residentKib();
        leavesNothing(cycles / 2, cycle);
        System.gc();
        assertThat(residentKib()).isLessThan(before + MOST_GROWTH_KIB);
    }

    private static PcapSettings small(final PcapSettings settings) {
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

    private static PcapMiniport miniport(final PcapSettings settings) {
        return new PcapMiniport(settings, new PcapHost(() -> 0L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
    }

    private static void onAnInterface(final NetworkNamespace namespace, final int number) {
        final PcapMiniport miniport =
                miniport(small(PcapSettings.of("cycle" + number, "left", PcapSettings.Mode.MINIPORT)));
        assertThat(namespace.<NdisStatus>call(() -> miniport.initialize(new FakeNdis())))
                .isEqualTo(NdisStatus.SUCCESS);
        namespace.call(() -> miniport.restart().toCompletableFuture().join());
        assertThat(VcFake.on(miniport).activate("vlan:5").isSuccess()).isTrue();
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    private Path capture() throws IOException {
        Captures.requireLibpcap();
        final byte[] frame = Frames.ethernet().vlan(5).u16(0x0800).text("x").toBytes();
        return Files.write(folder.resolve("cycle.pcap"), Frames.pcap(1, List.of(frame, frame)));
    }

    /** Halted before it was read to its end, or after: both. */
    private static void onAFile(final Path capture, final int number) {
        final PcapMiniport miniport =
                miniport(small(PcapSettings.of("cycle" + number, capture.toString(), PcapSettings.Mode.MINIPORT))
                        .with(new PcapSettings.FileReading(1, 0, 1 << 20, 0)));
        assertThat(miniport.initialize(new FakeNdis())).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        if (number % 2 == 0) {
            await().atMost(PATIENCE).until(() -> vc.received().size() == 2);
        }
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    @Test
    void anInterface() {
        Captures.requireLibpcap();
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            leavesNothing(SHORT, number -> onAnInterface(namespace, number));
        }
    }

    @Test
    void aFile() throws IOException {
        final Path capture = capture();
        leavesNothing(SHORT, number -> onAFile(capture, number));
    }

    @Test
    @Tag("long")
    void anInterfaceAThousandTimes() throws IOException {
        Captures.requireLibpcap();
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            leavesNoMemory(LONG, number -> onAnInterface(namespace, number));
        }
    }

    @Test
    @Tag("long")
    void aFileAThousandTimes() throws IOException {
        final Path capture = capture();
        leavesNoMemory(LONG, number -> onAFile(capture, number));
    }

    /** An adapter that nobody can open leaves nothing either. */
    @Test
    void anInterfaceThatIsNone() {
        Captures.requireLibpcap();
        leavesNothing(SHORT, number -> {
            final PcapMiniport none =
                    miniport(small(PcapSettings.of("cycle" + number, "nonesuch0", PcapSettings.Mode.MINIPORT)));
            assertThat(none.initialize(new FakeNdis())).isEqualTo(NdisStatus.OPEN_FAILED);
            assertThat(none.link()).isEqualTo(Optional.empty());
        });
    }
}
