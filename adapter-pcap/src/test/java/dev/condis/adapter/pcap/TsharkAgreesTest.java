// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Each capture that lies beside the project, hostile ones too: the calls that an adapter makes of it, and the PDUs and octets on each, are those that tshark
 * finds in it, and it counts as damaged what {@link TsharkFlow} says.
 */
@Timeout(120)
class TsharkAgreesTest {

    /** Ethernet, PPP, ATM, Linux cooked, Cisco HDLC: Wireshark's numbers for the links that the adapter reads. */
    private static final Set<Integer> LINKS = Set.of(1, 4, 13, 25, 28);

    private static final int PCAP = 0xa1b2c3d4;
    private static final int PCAP_NANOS = 0xa1b23c4d;
    private static final int PCAPNG = 0x0a0d0d0a;

    private static final Map<Path, Future<List<Pdml.Frame>>> DISSECTED = new ConcurrentHashMap<>();
    private static final ExecutorService DISSECTORS = Executors.newFixedThreadPool(3, work -> {
        final Thread thread = new Thread(work, "test-tshark");
        thread.setDaemon(true);
        return thread;
    });

    /** PDUs and octets. */
    private record Amount(long pdus, long octets) {
        Amount plus(final Amount more) {
            return new Amount(pdus + more.pdus, octets + more.octets);
        }
    }

    private record Content(Map<String, Amount> flows, long frames, long damaged) {}

    private static final class Ending implements LinkStatus {
        private final CompletableFuture<LinkCounters> ended = new CompletableFuture<>();
        private final List<String> unavailable = new ArrayList<>();

        @Override
        public void opened() {
            // asserted through initialize
        }

        @Override
        public void unavailable(final String cause) {
            unavailable.add(cause);
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            ended.complete(counters);
        }
    }

    @BeforeAll
    static void dissectsEverything() {
        Tshark.requireTshark();
        Captures.requireLibpcap();
        captures().forEach(path -> DISSECTED.put(path, DISSECTORS.submit(() -> Pdml.read(path))));
    }

    @AfterAll
    static void ends() {
        DISSECTORS.shutdownNow();
    }

    static Stream<Path> captures() {
        return Stream.of("", "made", "hostile", "hostile-made").flatMap(folder -> Captures.all(folder).stream());
    }

    @ParameterizedTest
    @MethodSource("captures")
    void theCallsOfACaptureAreWhatTsharkFinds(final Path path) throws Exception {
        final List<Pdml.Frame> frames = DISSECTED.get(path).get(60, TimeUnit.SECONDS);
        final Ending ending = new Ending();
        final FakeNdis ndis = new FakeNdis();
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of("m1", path.toString(), PcapSettings.Mode.MCM)
                        .with(new PcapSettings.FileReading(1, 0, 1 << 30, 5000)),
                new PcapHost(() -> 0L, ending, LinkProbe.UNKNOWN));
        final boolean readable =
                !frames.isEmpty() && LINKS.contains(frames.get(0).encapsulation());
        final NdisStatus opened = mcm.initialize(ndis);
        if (!readable) {
            assertThat(opened).isEqualTo(NdisStatus.OPEN_FAILED);
            assertThat(ending.unavailable).singleElement().asString().contains("link type");
            return;
        }
        try {
            assertThat(opened).isEqualTo(NdisStatus.SUCCESS);
            mcm.restart().toCompletableFuture().join();
            assertThat(ndis.openAccepting().register("*")).isEqualTo(NdisStatus.SUCCESS);
            await().atMost(Duration.ofMinutes(1)).until(ending.ended::isDone);
            await().atMost(Duration.ofMinutes(1))
                    .until(() -> ndis.created().stream().allMatch(vc -> vc.state() == VcState.DELETED));
            assertThat(heard(ndis, ending.ended.join())).isEqualTo(dissected(frames, snapshotLength(path)));
        } finally {
            mcm.halt(HaltAction.DEVICE_DISABLED);
        }
    }

    private static Content heard(final FakeNdis ndis, final LinkCounters counters) {
        final Map<String, Amount> flows = new TreeMap<>();
        for (final McmVcFake vc : ndis.created()) {
            final long octets =
                    vc.received().stream().mapToLong(pdu -> pdu.bytes().length).sum();
            flows.merge(vc.flow(), new Amount(vc.received().size(), octets), Amount::plus);
        }
        assertThat(counters.lost()).isZero();
        return new Content(flows, counters.get(LinkCounters.Received.FRAMES), counters.malformed());
    }

    /** What a pcap file says of itself; a pcapng file need not say anything. */
    private static int snapshotLength(final Path path) throws IOException {
        final ByteBuffer header = ByteBuffer.wrap(Files.readAllBytes(path));
        final int magic = header.getInt(0);
        if (magic == PCAPNG) {
            return Integer.MAX_VALUE;
        }
        final ByteOrder order = magic == PCAP || magic == PCAP_NANOS ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        final int length = header.order(order).getInt(16);
        return length > 0 ? length : Integer.MAX_VALUE;
    }

    private static Content dissected(final List<Pdml.Frame> frames, final int snapshotLength) {
        final Map<String, Amount> flows = new TreeMap<>();
        long damaged = 0;
        for (final Pdml.Frame frame : frames) {
            final TsharkFlow.Found found = TsharkFlow.of(frame, snapshotLength);
            final boolean silent = found.octets() < 0;
            found.flow()
                    .ifPresent(flow ->
                            flows.merge(flow, new Amount(silent ? 0 : 1, silent ? 0 : found.octets()), Amount::plus));
            damaged += found.flow().isEmpty() ? 1 : 0;
        }
        return new Content(flows, frames.size(), damaged);
    }
}
