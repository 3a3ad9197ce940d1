// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The call manager below the real engine: captures become calls that a client takes and closes by the book. */
@Timeout(120)
class EngineCallTest {

    private static final String ADAPTER = "file0";

    @TempDir
    Path folder;

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, work -> {
        final Thread thread = new Thread(work, "test-engine");
        thread.setDaemon(true);
        return thread;
    });
    private final Verifier verifier = new Verifier(new VerifierOptions(
            Clock.systemUTC(),
            this::schedule,
            false,
            Duration.ofSeconds(20),
            EngineOptions.DEFAULT_OPERATION_DEADLINE));
    private final NdisEngine engine =
            new NdisEngine(new EngineOptions(Clock.systemUTC(), threads, this::schedule, Duration.ofSeconds(20))
                    .withVerifier(verifier));
    private final Reader reader = new Reader();
    private final List<PcapMcm> started = new CopyOnWriteArrayList<>();
    private final CompletableFuture<Optional<String>> ended = new CompletableFuture<>();
    private final LinkStatus status = new LinkStatus() {
        @Override
        public void opened() {
            // seen by the calls
        }

        @Override
        public void unavailable(final String cause) {
            ended.complete(Optional.of(cause));
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            ended.complete(cause);
        }
    };

    private Runnable schedule(final Runnable task, final Duration delay) {
        final ScheduledFuture<?> scheduled = threads.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    @AfterEach
    void leavesNoThread() {
        started.forEach(mcm -> mcm.halt(HaltAction.DEVICE_DISABLED));
        threads.shutdownNow();
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pcap-rx-")));
        assertThat(verifier.violations()).isEmpty();
    }

    /** A client that takes every call, counts what comes and closes when the other side does. */
    private static final class Reader implements CoClient, ClientAfContext {
        private final List<Circuit> circuits = new CopyOnWriteArrayList<>();
        private final CompletableFuture<NdisStatus> registered = new CompletableFuture<>();
        private final CompletableFuture<Void> mayAnswer = CompletableFuture.completedFuture(null);

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
            binding.openAddressFamily(addressFamily, this).thenAccept(af -> register(af.get()));
        }

        private void register(final ClientAf af) {
            af.registerSap(Sap.pvc("*"), this::incomingCall).thenAccept(sap -> registered.complete(sap.status()));
        }

        private CompletionStage<NdisResult<CallParameters>> incomingCall(
                final ClientVc vc, final ClientVcContext context, final CallParameters parameters) {
            ((Circuit) context).offered(parameters);
            // answered later, on another thread, so that PDUs come in before
            return mayAnswer.thenApplyAsync(nothing -> NdisResult.success(parameters));
        }

        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
            final Circuit circuit = new Circuit();
            circuits.add(circuit);
            return NdisResult.success(circuit);
        }

        Map<String, Integer> pdus() {
            final Map<String, Integer> counts = new ConcurrentHashMap<>();
            circuits.forEach(c -> counts.merge(c.flow(), c.pdus.get(), Integer::sum));
            return counts;
        }

        boolean isAllClosed() {
            return circuits.stream().allMatch(c -> c.deleted.get() == 1);
        }
    }

    private static final class Circuit implements ClientVcContext {
        private final AtomicInteger pdus = new AtomicInteger();
        private final AtomicInteger deleted = new AtomicInteger();
        private final AtomicInteger connected = new AtomicInteger();
        private volatile Optional<CallParameters> parameters = Optional.empty();
        private volatile Optional<NdisStatus> closeStatus = Optional.empty();
        private volatile Octets closeData = Octets.EMPTY;

        void offered(final CallParameters offer) {
            parameters = Optional.of(offer);
        }

        String flow() {
            return parameters
                    .flatMap(CallParameters::media)
                    .flatMap(dev.condis.api.MediaParameters::specific)
                    .flatMap(MediaFlow::fromSpecificParameters)
                    .map(MediaFlow::text)
                    .orElse("?");
        }

        @Override
        public void callConnected(final ClientVc vc) {
            connected.incrementAndGet();
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus status, final Octets data) {
            closeStatus = Optional.of(status);
            closeData = data;
            vc.closeCall();
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            pdus.addAndGet(nbls.chainLength());
            vc.addressFamily().binding().returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }

        @Override
        public NdisStatus deleteVc(final ClientVc vc) {
            deleted.incrementAndGet();
            return NdisStatus.SUCCESS;
        }
    }

    private PcapMcm read(final Path path) {
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of(ADAPTER, path.toString(), PcapSettings.Mode.MCM)
                        .with(new PcapSettings.Limits(4096, 8, 0, 64)),
                new PcapHost(() -> 0L, status, LinkProbe.UNKNOWN));
        started.add(mcm);
        final AdapterInfo info = new AdapterInfo(ADAPTER, Medium.ETHERNET, 0, Map.of());
        final Registration client = engine.registerClient(DriverDescriptor.everywhere("reader"), reader);
        final Registration miniport = engine.registerMiniport(MiniportDescriptor.of(info), mcm);
        miniport.ready().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        if (!mcm.link().isPresent()) {
            return mcm;
        }
        await().until(ended::isDone);
        await().until(reader::isAllClosed);
        assertThat(mcm.link().orElseThrow().outstandingBuffers()).isZero();
        client.unregister()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        miniport.unregister()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join();
        assertThat(mcm.link()).isEmpty();
        return mcm;
    }

    @Test
    void shouldTurnAFileIntoCalls_loseNothing_andCloseThem() throws IOException {
        final List<byte[]> frames = IntStream.range(0, 20_000)
                .mapToObj(i -> Frames.ethernet()
                        .vlan(1 + i % 100)
                        .u16(0x0800)
                        .text("pdu " + i)
                        .toBytes())
                .toList();
        read(Files.write(folder.resolve("in.pcap"), Frames.pcap(1, frames)));
        assertThat(ended.join()).isEmpty();
        assertThat(reader.registered.join()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(reader.pdus()).hasSize(100).allSatisfy((flow, pdus) -> assertThat(pdus)
                .isEqualTo(200));
        assertThat(reader.circuits).allSatisfy(circuit -> {
            assertThat(circuit.connected).hasValue(1);
            assertThat(circuit.closeStatus).contains(NdisStatus.SUCCESS);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "zeek-pppoe-over-qinq.pcap, vlan:3704/vlan:2474/pppoe:3847, 86",
        "tcpdump-mpls-over-udp.pcap, udp:6635/mpls:.*, 2",
        "made/linux-br2684-pvcs.pcap, atm:.*, 25",
        "zeek-vlan-pcp-dei.pcapng, vlan:10/vlan:20, 3",
    })
    void shouldDeliverRecordedTraffic(final String name, final String flows, final int pdus) {
        read(Captures.file(name));
        assertThat(ended.join()).isEmpty();
        assertThat(reader.pdus().entrySet().stream()
                        .filter(e -> e.getKey().matches(flows))
                        .mapToInt(Map.Entry::getValue)
                        .sum())
                .isEqualTo(pdus);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hostile-made/vlan.pcap", "hostile-made/pppoe.pcap", "hostile-made/sunatm-q2931.pcap"})
    void shouldSurviveHostileTraffic(final String name) {
        read(Captures.file(name));
        assertThat(ended.join()).isEmpty();
        assertThat(reader.circuits).isNotEmpty();
    }

    @Test
    void shouldCloseWithTheCause_whenTheCaptureBreaksOff() throws IOException {
        final byte[] whole = Frames.pcap(
                1,
                List.of(
                        Frames.ethernet().vlan(5).u16(0x0800).toBytes(),
                        Frames.ethernet().vlan(5).u16(0x0800).toBytes()));
        read(Files.write(folder.resolve("cut.pcap"), java.util.Arrays.copyOf(whole, whole.length - 3)));
        assertThat(ended.join()).isPresent();
        assertThat(reader.circuits).singleElement().satisfies(circuit -> {
            assertThat(circuit.pdus).hasValue(1);
            assertThat(circuit.closeStatus).contains(NdisStatus.FAILURE);
            assertThat(circuit.closeData.toText()).contains("truncated");
        });
    }

    @Test
    void shouldStayUp_whenTheFileIsNotThere() {
        read(folder.resolve("missing.pcap"));
        assertThat(ended.join()).hasValueSatisfying(cause -> assertThat(cause).contains("no such file"));
        assertThat(reader.circuits).isEmpty();
    }
}
