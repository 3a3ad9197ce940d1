// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.LinkCounters.Received;
import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
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
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A flood of flows that nobody has seen before, in the real engine, with a client that looks at each and takes one: memory does not grow with the flood, and the call
 * that is up gets all of its PDUs in their order.
 */
class FlowFloodTest {

    private static final int LIMIT = 500;
    private static final int BETWEEN = 100;
    private static final String SESSION = "vlan:7";
    private static final Duration LONG = Duration.ofMinutes(10);

    /** As many flows as the limit says, as many calls that are being ended, and the one that is just made. */
    private static final int MOST_CALLS = 2 * LIMIT + 1;

    @TempDir
    Path folder;

    private final ScheduledExecutorService threads = Executors.newScheduledThreadPool(2, work -> {
        final Thread thread = new Thread(work, "test-engine");
        thread.setDaemon(true);
        return thread;
    });
    private final NdisEngine engine =
            new NdisEngine(new EngineOptions(Clock.systemUTC(), threads, this::schedule, Duration.ofSeconds(60)));
    private final CompletableFuture<LinkCounters> ended = new CompletableFuture<>();
    private final LinkStatus status = new LinkStatus() {
        @Override
        public void opened() {
            // seen by the calls
        }

        @Override
        public void unavailable(final String cause) {
            ended.completeExceptionally(new AssertionError(cause));
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            ended.complete(counters);
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
    void ends() {
        threads.shutdownNow();
    }

    /** Takes the call of one flow, or of every flow, and counts how many there are at a time. */
    private static final class Choosy implements CoClient, ClientAfContext {
        private final boolean takesAll;
        private final AtomicInteger alive = new AtomicInteger();
        private final AtomicInteger most = new AtomicInteger();
        private final AtomicInteger calls = new AtomicInteger();
        private volatile Optional<Circuit> session = Optional.empty();

        Choosy(final boolean takesAll) {
            this.takesAll = takesAll;
        }

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
            binding.openAddressFamily(addressFamily, this).thenAccept(af -> register(af.get()));
        }

        private void register(final ClientAf af) {
            af.registerSap(Sap.pvc("*"), this::incomingCall);
        }

        private CompletionStage<NdisResult<CallParameters>> incomingCall(
                final ClientVc vc, final ClientVcContext context, final CallParameters parameters) {
            calls.incrementAndGet();
            final boolean wanted = SESSION.equals(flow(parameters));
            if (wanted) {
                session = Optional.of((Circuit) context);
            }
            final NdisResult<CallParameters> answer =
                    wanted || takesAll ? NdisResult.success(parameters) : NdisResult.failure(NdisStatus.NOT_ACCEPTED);
            return answer.asStage();
        }

        private static String flow(final CallParameters parameters) {
            return parameters
                    .media()
                    .flatMap(MediaParameters::specific)
                    .flatMap(MediaFlow::fromSpecificParameters)
                    .map(MediaFlow::text)
                    .orElse("");
        }

        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
            most.accumulateAndGet(alive.incrementAndGet(), Math::max);
            return NdisResult.success(new Circuit(this));
        }
    }

    /** A VC of the client; of the session it looks at each PDU. */
    private static final class Circuit implements ClientVcContext {
        private final Choosy client;
        private final AtomicInteger next = new AtomicInteger();
        private final AtomicInteger wrong = new AtomicInteger();

        Circuit(final Choosy client) {
            this.client = client;
        }

        @Override
        public void callConnected(final ClientVc vc) {
            // PDUs will tell
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets data) {
            vc.closeCall();
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                final ByteBuffer pdu = nbl.data();
                final int number = next.getAndIncrement();
                if (pdu.remaining() != 6 || pdu.getInt(pdu.position() + 2) != number) {
                    wrong.incrementAndGet();
                }
            }
            vc.addressFamily().binding().returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }

        @Override
        public NdisStatus deleteVc(final ClientVc vc) {
            client.alive.decrementAndGet();
            return NdisStatus.SUCCESS;
        }
    }

    private static byte[] frame(final int number) {
        return number % BETWEEN == 0
                ? Frames.ethernet()
                        .vlan(7)
                        .u16(0x0800)
                        .u16(number / BETWEEN >>> 16)
                        .u16(number / BETWEEN)
                        .toBytes()
                : Frames.ethernet()
                        .u16(0x8847)
                        .label(16 + number, true)
                        .text("x")
                        .toBytes();
    }

    private Path flood(final int frames) throws CaptureException {
        final Path file = folder.resolve("flood.pcap");
        final CaptureFileWriter writer = CaptureFileWriter.open(file, LinkType.ETHERNET, () -> 1);
        for (int i = 0; i < frames; i++) {
            final byte[] frame = frame(i);
            assertThat(writer.send(frame, frame.length, 1)).isEqualTo(NdisStatus.SUCCESS);
        }
        writer.close();
        return file;
    }

    private void withstands(final int frames, final boolean takesAll) throws CaptureException {
        final Choosy client = new Choosy(takesAll);
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of("flood", flood(frames).toString(), PcapSettings.Mode.MCM)
                        .with(new PcapSettings.Limits(LIMIT, 8, 256, 256)),
                new PcapHost(() -> 0L, status, LinkProbe.UNKNOWN));
        final AdapterInfo info = new AdapterInfo("flood", Medium.ETHERNET, 0, Map.of());
        final Registration reader = engine.registerClient(DriverDescriptor.everywhere("choosy"), client);
        final Registration miniport = engine.registerMiniport(MiniportDescriptor.of(info), mcm);
        final LinkCounters counters = ended.orTimeout(10, TimeUnit.MINUTES).join();
        assertThat(counters.get(Received.FRAMES)).isEqualTo(frames);
        final int session = frames / BETWEEN;
        await().atMost(LONG).until(() -> client.session.orElseThrow().next.get() == session);
        assertThat(client.session.orElseThrow().wrong).hasValue(0);
        assertThat(mcm.link().orElseThrow().table().size()).isLessThanOrEqualTo(LIMIT);
        assertThat(client.most.get()).isLessThanOrEqualTo(MOST_CALLS);
        final int distinct = frames - session;
        if (takesAll) {
            assertThat(client.calls.get()).isEqualTo(LIMIT);
            assertThat(counters.get(Received.FLOW_LIMIT)).isEqualTo(distinct - (LIMIT - 1));
        } else {
            assertThat(counters.get(Received.REFUSED) + counters.get(Received.FLOW_LIMIT) + counters.get(Received.PDUS))
                    .isGreaterThanOrEqualTo(distinct);
        }
        reader.unregister()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.MINUTES)
                .join();
        miniport.unregister()
                .toCompletableFuture()
                .orTimeout(10, TimeUnit.MINUTES)
                .join();
        await().atMost(LONG).until(() -> client.alive.get() == 0);
    }

    @Test
    @Timeout(120)
    void callsThatAreRefusedLeaveNothing() throws CaptureException {
        withstands(20_000, false);
    }

    @Test
    @Timeout(120)
    void noMoreCallsAreMadeThanTheLimitAllows() throws CaptureException {
        withstands(20_000, true);
    }

    @Test
    @Tag("long")
    @Timeout(900)
    void aMillionCallsThatAreRefusedLeaveNothing() throws CaptureException {
        withstands(1_000_000, false);
    }
}
