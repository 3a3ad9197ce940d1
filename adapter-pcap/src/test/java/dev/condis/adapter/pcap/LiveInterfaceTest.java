// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import dev.condis.api.status.StatusCode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Both ends of a veth pair, in a namespace of its own. Skipped without root. */
@Timeout(120)
class LiveInterfaceTest {

    private static Optional<NetworkNamespace> namespace = Optional.empty();

    @TempDir
    Path folder;

    private final FakeNdis ndis = new FakeNdis();
    private final List<String> unavailable = new CopyOnWriteArrayList<>();
    private final List<PcapMiniport> started = new ArrayList<>();

    private final LinkStatus status = new LinkStatus() {
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
            unavailable.add("a live interface has no end");
        }
    };

    @BeforeAll
    static void makesANamespace() {
        Captures.requireLibpcap();
        namespace = Optional.of(NetworkNamespace.create());
    }

    @AfterAll
    static void removesTheNamespace() {
        namespace.ifPresent(NetworkNamespace::close);
    }

    @AfterEach
    void haltsEverything() {
        started.forEach(m -> m.halt(HaltAction.DEVICE_DISABLED));
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pcap-rx-")));
    }

    private static NetworkNamespace inside() {
        return namespace.orElseThrow();
    }

    private static PcapSettings.Live live(final PcapSettings.Profile profile) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return new PcapSettings.Live(
                profile, 0, 4 << 20, 10, usual.promiscuous(), usual.direction(), usual.filter(), usual.precision());
    }

    private static PcapSettings on(final String nic, final PcapSettings.Profile profile) {
        return PcapSettings.of(nic, nic, PcapSettings.Mode.MINIPORT).with(live(profile));
    }

    private PcapMiniport start(final PcapSettings settings) {
        return start(settings, new SystemLinkProbe());
    }

    private PcapMiniport start(final PcapSettings settings, final LinkProbe linkProbe) {
        final PcapMiniport miniport = new PcapMiniport(settings, new PcapHost(() -> 0L, status, linkProbe));
        started.add(miniport);
        assertThat(inside().<NdisStatus>call(() -> miniport.initialize(ndis))).isEqualTo(NdisStatus.SUCCESS);
        // the thread that looks for the link's state, and resets it, is in the namespace of the one that starts it
        assertThat(inside().<NdisStatus>call(
                                () -> miniport.restart().toCompletableFuture().join()))
                .isEqualTo(NdisStatus.SUCCESS);
        return miniport;
    }

    private static VcFake vc(final PcapMiniport miniport, final String flow) {
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(flow).refusal()).isEmpty();
        return vc;
    }

    private static byte[] pdu(final int number) {
        return ByteBuffer.allocate(100).putShort((short) 0x0800).putInt(number).array();
    }

    private static void send(final VcFake vc, final byte[] pdu) {
        final NetBufferList nbl =
                new NetBufferListPool("test", 1, 2000).allocate().fill(pdu);
        vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
    }

    private static String address(final String nic) {
        return inside().<String>call(() ->
                PcapFrameSource.findInterface(nic).address().orElseThrow().toString());
    }

    @ParameterizedTest
    @EnumSource(PcapSettings.Profile.class)
    void shouldCarryVlansBothWays_withoutHearingItself(final PcapSettings.Profile profile) {
        final VcFake left = vc(start(on("left", profile)), "svlan:200/vlan:7");
        final VcFake right = vc(start(on("right", profile)), "svlan:200/vlan:7");
        for (int i = 0; i < 200; i++) {
            send(left, pdu(i));
            send(right, pdu(1000 + i));
        }
        await().until(() -> right.received().size() >= 200 && left.received().size() >= 200);
        for (int i = 0; i < 200; i++) {
            assertThat(right.received().get(i).bytes()).isEqualTo(pdu(i));
            assertThat(left.received().get(i).bytes()).isEqualTo(pdu(1000 + i));
        }
        assertThat(left.completed()).hasSize(200).containsOnly(NdisStatus.SUCCESS);
        final long now = System.currentTimeMillis() * 1_000_000L;
        assertThat(right.received().get(0).epochNanos()).isBetween(now - 60_000_000_000L, now + 1_000_000_000L);
        assertThat(right.received()).hasSize(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"type:0x88b6", "type:llc", "pppoe:77"})
    void shouldCarryProtocolsBetweenTwoStations(final String inner) {
        final VcFake left =
                vc(start(on("left", PcapSettings.Profile.LATENCY)), "peer:" + address("right") + "/" + inner);
        final VcFake right =
                vc(start(on("right", PcapSettings.Profile.LATENCY)), "peer:" + address("left") + "/" + inner);
        final byte[] there = "x".repeat(80).getBytes(StandardCharsets.US_ASCII);
        final byte[] back = "y".repeat(90).getBytes(StandardCharsets.US_ASCII);
        send(left, there);
        send(right, back);
        await().until(() -> right.received().size() == 1 && left.received().size() == 1);
        assertThat(right.received().get(0).bytes()).isEqualTo(there);
        assertThat(left.received().get(0).bytes()).isEqualTo(back);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mpls:501/mpls:701", "vlan:9/mpls:16"})
    void shouldCarryLabelStacks(final String flow) {
        final VcFake left = vc(start(on("left", PcapSettings.Profile.LATENCY)), flow);
        final VcFake right = vc(start(on("right", PcapSettings.Profile.LATENCY)), flow);
        send(left, pdu(1));
        await().until(() -> right.received().size() == 1);
        assertThat(right.received().get(0).bytes()).isEqualTo(pdu(1));
    }

    @Test
    void shouldRefuseWhatIsLongerThanTheMtu() {
        final VcFake left = vc(start(on("left", PcapSettings.Profile.LATENCY)), "vlan:5");
        send(left, new byte[1503]);
        send(left, new byte[1502]);
        assertThat(left.completed()).containsExactly(NdisStatus.INVALID_LENGTH, NdisStatus.SUCCESS);
    }

    /** The kernel hands a block over after a second; whoever flushes waits for that, and has everything then. */
    @Test
    void shouldIndicateWhatItHasHeard_whenFlushed() {
        final PcapSettings.Live usual = live(PcapSettings.Profile.THROUGHPUT);
        final PcapSettings slow = PcapSettings.of("right", "right", PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.Live(
                        usual.profile(),
                        0,
                        4 << 20,
                        1000,
                        usual.promiscuous(),
                        usual.direction(),
                        "",
                        usual.precision()));
        final VcFake left = vc(start(on("left", PcapSettings.Profile.LATENCY)), "vlan:7");
        final PcapMiniport receiver = start(slow);
        final VcFake right = vc(receiver, "vlan:7");
        for (int round = 1; round <= 3; round++) {
            for (int i = 0; i < 50; i++) {
                send(left, pdu(i));
            }
            receiver.flushReceives().toCompletableFuture().join();
            assertThat(right.received()).hasSize(50 * round);
        }
    }

    /** Two that answer each other always have frames in their rings. */
    @ParameterizedTest
    @EnumSource(PcapSettings.Profile.class)
    void shouldEndAFlush_thoughFramesComeAsFastAsTheyAreTaken(final PcapSettings.Profile profile) {
        final PcapMiniport flushing = start(on("left", profile));
        final VcFake left = vc(flushing, "vlan:7");
        final VcFake right = vc(start(on("right", PcapSettings.Profile.LATENCY)), "vlan:7");
        final AtomicBoolean over = new AtomicBoolean();
        final AtomicInteger received = new AtomicInteger();
        left.whenReceived(() -> {
            received.incrementAndGet();
            answer(left, over);
        });
        right.whenReceived(() -> answer(right, over));
        for (int i = 0; i < 64; i++) {
            send(left, pdu(i));
        }
        for (int i = 0; i < 10; i++) {
            final int before = received.get();
            await().until(() -> received.get() > before + 100);
            assertThat(flushing.flushReceives().toCompletableFuture())
                    .as("flush %d", i)
                    .succeedsWithin(Duration.ofSeconds(30));
        }
        over.set(true);
    }

    private static void answer(final VcFake vc, final AtomicBoolean over) {
        if (!over.get()) {
            send(vc, pdu(0));
        }
    }

    @Test
    void shouldFlushAtOnce_whenNothingIsCapturedAnyMore() {
        final PcapMiniport miniport = start(on("left", PcapSettings.Profile.THROUGHPUT));
        final List<CompletableFuture<Void>> flushes = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            flushes.add(miniport.flushReceives().toCompletableFuture());
        }
        miniport.halt(HaltAction.DEVICE_DISABLED);
        flushes.add(miniport.flushReceives().toCompletableFuture());
        assertThat(flushes).allSatisfy(flush -> assertThat(flush).isCompleted());
    }

    /** A loop that is stopped before its thread has begun closes its source without having run it. */
    @Test
    void shouldSayThatItHasFlushed_whenClosedWithoutHavingRun() {
        final CompletableFuture<Void> flushed = new CompletableFuture<>();
        final PcapFrameSource source = inside().call(() ->
                PcapFrameSource.openLive(PcapFrameSource.findInterface("left"), PcapSettings.Live.DEFAULT));
        source.flush(() -> flushed.complete(null));
        assertThat(flushed).isNotDone();
        source.close();
        assertThat(flushed).isCompleted();
    }

    /** Hazards A and B: on an idle link nothing wakes the loop but a break; a halt takes no longer than that. */
    @ParameterizedTest
    @EnumSource(PcapSettings.Profile.class)
    void shouldHaltQuickly_whenTheLinkIsIdle(final PcapSettings.Profile profile) {
        final PcapMiniport miniport = start(on("left", profile));
        vc(miniport, "vlan:5");
        final long begin = System.nanoTime();
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(Duration.ofSeconds(5));
    }

    /** Hazard G is the price of opening and closing; it leaves nothing behind. */
    @Test
    void shouldLeaveNoDescriptor_whenOpenedAndHaltedAgainAndAgain() throws IOException {
        cycles(5);
        final long before = descriptors();
        cycles(40);
        assertThat(descriptors()).isLessThanOrEqualTo(before + 1);
    }

    private static byte[] withStations(final long to, final long from, final String text) {
        return ByteBuffer.allocate(12 + text.length())
                .putShort((short) (to >>> 32))
                .putInt((int) to)
                .putShort((short) (from >>> 32))
                .putInt((int) from)
                .put(text.getBytes(StandardCharsets.UTF_8))
                .array();
    }

    /** A PDU begins with both addresses; the sender's is what it is, and what is for others does not come. */
    @Test
    void shouldCarryAProtocolWithEveryStation() {
        final PcapMiniport left = start(on("left", PcapSettings.Profile.LATENCY));
        final PcapMiniport right = start(on("right", PcapSettings.Profile.LATENCY));
        final long here = left.link().orElseThrow().localAddress().value();
        final long there = right.link().orElseThrow().localAddress().value();
        final VcFake out = vc(left, "vlan:7/stations:0x8863");
        final VcFake in = vc(right, "vlan:7/stations:0x8863");
        final String padi = "a message that is longer than what is padded, so that it comes as it went";

        send(out, withStations(0x0200_0000_0077L, there, padi));
        send(out, withStations(there, there, padi));
        send(out, withStations(0xffff_ffff_ffffL, 0, padi));
        send(out, new byte[11]);

        await().untilAsserted(() -> assertThat(in.received()).hasSize(2));
        assertThat(in.received().get(0).bytes()).isEqualTo(withStations(there, here, padi));
        assertThat(in.received().get(1).bytes()).isEqualTo(withStations(0xffff_ffff_ffffL, here, padi));
    }

    private void cycles(final int count) {
        for (int i = 0; i < count; i++) {
            final PcapMiniport miniport = start(on("left", PcapSettings.Profile.LATENCY));
            miniport.halt(HaltAction.DEVICE_DISABLED);
            started.clear();
        }
    }

    private static long descriptors() throws IOException {
        try (var files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    @Test
    void shouldApplyAFilter() {
        final PcapSettings.Live usual = live(PcapSettings.Profile.LATENCY);
        final PcapSettings.Live filtered = new PcapSettings.Live(
                usual.profile(), 0, usual.bufferBytes(), 10, false, usual.direction(), "vlan 6", usual.precision());
        final PcapMiniport right = start(on("right", usual.profile()).with(filtered));
        final VcFake five = vc(right, "vlan:5");
        final VcFake six = vc(right, "vlan:6");
        final PcapMiniport left = start(on("left", usual.profile()));
        send(vc(left, "vlan:5"), pdu(5));
        send(vc(left, "vlan:6"), pdu(6));
        await().until(() -> six.received().size() == 1);
        assertThat(five.received()).isEmpty();
    }

    @Test
    void shouldSayWhyItIsUnavailable() {
        assertThat(cause(on("nonesuch0", PcapSettings.Profile.LATENCY))).contains("no interface 'nonesuch0'");
        final PcapSettings.Live usual = live(PcapSettings.Profile.LATENCY);
        final PcapSettings.Live wrong = new PcapSettings.Live(
                usual.profile(),
                0,
                usual.bufferBytes(),
                10,
                false,
                usual.direction(),
                "fish and chips",
                usual.precision());
        assertThat(cause(on("left", usual.profile()).with(wrong))).contains("filter 'fish and chips' is refused");
    }

    private String cause(final PcapSettings settings) {
        final PcapMiniport miniport = new PcapMiniport(settings, new PcapHost(() -> 0L, status, new SystemLinkProbe()));
        assertThat(inside().<NdisStatus>call(() -> miniport.initialize(ndis))).isEqualTo(NdisStatus.OPEN_FAILED);
        return unavailable.get(unavailable.size() - 1);
    }

    @Test
    void shouldReportThatTheInterfaceIsGone() {
        inside().ip("link", "add", "gone", "type", "veth", "peer", "name", "gone2");
        inside().ip("link", "set", "gone", "up");
        inside().ip("link", "set", "gone2", "up");
        start(on("gone", PcapSettings.Profile.THROUGHPUT));
        inside().ip("link", "del", "gone");
        await().until(() -> !ndis.removals().isEmpty());
        assertThat(unavailable).isNotEmpty();
    }

    @Test
    void shouldRecordWhatItReceivesAndSends() throws CaptureException {
        final Path file = folder.resolve("recorded.pcap");
        final PcapMiniport right =
                start(on("right", PcapSettings.Profile.LATENCY).withWriteFile(file));
        final VcFake there = vc(right, "vlan:5");
        send(vc(start(on("left", PcapSettings.Profile.LATENCY)), "vlan:5"), pdu(1));
        await().until(() -> there.received().size() == 1);
        send(there, pdu(2));
        right.halt(HaltAction.DEVICE_DISABLED);
        final List<Integer> numbers = new ArrayList<>();
        final PcapFrameSource written = PcapFrameSource.openFile(file.toString(), PcapSettings.FileReading.DEFAULT);
        written.run((frame, wire, nanos) -> {
            if (frame.length == 12 + 4 + 100) {
                numbers.add(ByteBuffer.wrap(frame, 18, 4).getInt());
            }
        });
        written.close();
        assertThat(numbers).containsExactly(1, 2);
    }

    @Test
    void shouldMakeCallsOfFlowsThatItHears() {
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of("mcm", "right", PcapSettings.Mode.MCM).with(live(PcapSettings.Profile.LATENCY)),
                new PcapHost(() -> 0L, LinkStatus.IGNORED, new SystemLinkProbe()));
        assertThat(inside().<NdisStatus>call(() -> mcm.initialize(ndis))).isEqualTo(NdisStatus.SUCCESS);
        inside().call(() -> mcm.restart().toCompletableFuture().join());
        try {
            ndis.openAccepting().register("/vlan:*/");
            final PcapMiniport left = start(on("left", PcapSettings.Profile.LATENCY));
            final VcFake five = vc(left, "vlan:5");
            send(five, pdu(1));
            send(vc(left, "vlan:6"), pdu(2));
            send(five, pdu(3));
            await().until(() -> ndis.created().size() == 2
                    && ndis.createdFor("vlan:5").received().size() == 2
                    && ndis.createdFor("vlan:6").received().size() == 1);
            // an incoming call on a live interface can be answered with data
            final McmVcFake call = ndis.createdFor("vlan:6");
            final NetBufferList nbl =
                    new NetBufferListPool("test", 1, 2000).allocate().fill(pdu(4));
            call.context().sendNetBufferLists(nbl, NblFlags.NONE);
            assertThat(call.completed()).containsExactly(NdisStatus.SUCCESS);
        } finally {
            mcm.halt(HaltAction.DEVICE_DISABLED);
        }
    }

    // --- pause, reset, status, OIDs
    // --------------------------------------------------------------------------------------

    private static LinkCounters counters(final PcapMiniport miniport) {
        return miniport.link().orElseThrow().counters();
    }

    @Test
    void r218APausedInterfaceIndicatesNothing_andCounts() {
        final VcFake left = vc(start(on("left", PcapSettings.Profile.LATENCY)), "vlan:5");
        final PcapMiniport miniport = start(on("right", PcapSettings.Profile.LATENCY));
        final VcFake right = vc(miniport, "vlan:5");
        send(left, pdu(1));
        await().until(() -> right.received().size() == 1);

        assertThat(miniport.pause().toCompletableFuture()).isCompletedWithValue(NdisStatus.SUCCESS);
        send(left, pdu(2));
        send(left, pdu(3));
        await().until(() -> counters(miniport).get(LinkCounters.Received.PAUSED) >= 2);
        send(right, pdu(4));
        assertThat(right.completed()).containsExactly(NdisStatus.PAUSED);
        assertThat(right.received()).hasSize(1);
        assertThat(count(miniport, Oid.GEN_CO_RCV_PDUS_NO_BUFFER)).isGreaterThanOrEqualTo(2);

        miniport.restart();
        send(left, pdu(5));
        send(right, pdu(6));
        await().until(() -> right.received().size() == 2 && left.received().size() == 1);
        assertThat(right.received().get(1).bytes()).isEqualTo(pdu(5));
        assertThat(count(miniport, Oid.GEN_CO_RCV_PDUS_OK)).isEqualTo(2);
    }

    private static long count(final PcapMiniport miniport, final Oid oid) {
        final OidResult result = miniport.oidRequest(Optional.empty(), OidRequest.query(oid, 8))
                .toCompletableFuture()
                .join();
        return OidTable.number(result.information());
    }

    @Test
    void r209r211AResetOpensTheInterfaceAnew_andVcsGoOn() {
        final VcFake left = vc(start(on("left", PcapSettings.Profile.LATENCY)), "vlan:5");
        final PcapMiniport miniport = start(on("right", PcapSettings.Profile.LATENCY));
        final VcFake right = vc(miniport, "vlan:5");
        send(left, pdu(1));
        await().until(() -> right.received().size() == 1);

        miniport.link().orElseThrow().beginReset();
        send(right, pdu(2));
        assertThat(right.completed()).containsExactly(NdisStatus.RESET_IN_PROGRESS);
        assertThat(count(miniport, Oid.GEN_CO_HARDWARE_STATUS)).isEqualTo(2);
        final NdisResult<AddressingReset> reset = inside().call(() -> miniport.reset()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join());
        assertThat(reset.value()).contains(AddressingReset.KEPT);
        assertThat(count(miniport, Oid.GEN_CO_HARDWARE_STATUS)).isZero();

        send(left, pdu(3));
        send(right, pdu(4));
        await().until(() -> right.received().size() == 2 && left.received().size() == 1);
        assertThat(right.received().get(1).bytes()).isEqualTo(pdu(3));
        assertThat(right.completed()).endsWith(NdisStatus.SUCCESS);
        assertThat(count(miniport, Oid.GEN_CO_RCV_PDUS_OK)).as("counts go on").isEqualTo(2);
        assertThat(ndis.removals()).isEmpty();
    }

    @Test
    void shouldReportThatAnInterfaceCannotBeOpenedAnew() {
        inside().ip("link", "add", "old", "type", "veth", "peer", "name", "old2");
        inside().ip("link", "set", "old", "up");
        inside().ip("link", "set", "old2", "up");
        final PcapMiniport miniport = start(on("old", PcapSettings.Profile.LATENCY));
        final VcFake vc = vc(miniport, "vlan:5");
        inside().ip("link", "set", "old", "down");
        inside().ip("link", "set", "old", "name", "new");
        final NdisResult<AddressingReset> reset = inside().call(() -> miniport.reset()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join());
        assertThat(reset.status()).isEqualTo(NdisStatus.OPEN_FAILED);
        assertThat(ndis.removals()).anySatisfy(cause -> assertThat(cause).contains("old"));
        send(vc, pdu(1));
        assertThat(vc.completed()).containsExactly(NdisStatus.NOT_ACCEPTED);
        miniport.halt(HaltAction.DEVICE_FAILED);
        assertThat(miniport.reset().toCompletableFuture().join().status()).isEqualTo(NdisStatus.ADAPTER_NOT_READY);
        inside().ip("link", "del", "new");
    }

    @Test
    void r212LosingTheLinkIsIndicated_andItsReturn() {
        inside().ip("link", "add", "wire", "type", "veth", "peer", "name", "wire2");
        // Java sees an interface in the namespace of a thread only when it has an address
        inside().ip("address", "add", "192.0.2.1/24", "dev", "wire");
        inside().ip("link", "set", "wire", "up");
        inside().ip("link", "set", "wire2", "up");
        final PcapMiniport miniport = start(on("wire", PcapSettings.Profile.LATENCY));
        final VcFake vc = vc(miniport, "vlan:5");
        inside().ip("link", "set", "wire2", "down");
        await().until(() -> states().contains(MediaConnectState.DISCONNECTED));
        inside().ip("link", "set", "wire2", "up");
        await().until(() -> !states().isEmpty() && states().get(states().size() - 1) == MediaConnectState.CONNECTED);
        assertThat(vc.context().deleteVc()).as("no call is closed").isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(ndis.removals()).isEmpty();
        send(vc, pdu(1));
        assertThat(vc.completed()).containsExactly(NdisStatus.SUCCESS);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        inside().ip("link", "del", "wire");
    }

    private List<MediaConnectState> states() {
        return ndis.statuses().stream()
                .peek(indication -> assertThat(indication.code()).isEqualTo(StatusCode.LINK_STATE))
                .map(indication ->
                        LinkState.ofOctets(indication.buffer()).orElseThrow().connect())
                .toList();
    }

    @Test
    void shouldTellSpeedAndErrorsAsTheSystemDoes() {
        final SettableLink link = new SettableLink();
        link.setCrcErrors(3);
        link.set(new LinkState(MediaConnectState.CONNECTED, 1_000_000_000L, 500_000_000L));
        final PcapMiniport miniport = start(on("left", PcapSettings.Profile.LATENCY), link);
        link.setCrcErrors(10);
        assertThat(count(miniport, Oid.GEN_CO_LINK_SPEED)).isEqualTo(5_000_000L << 32 | 10_000_000L);
        assertThat(count(miniport, Oid.GEN_CO_RCV_CRC_ERROR))
                .as("those since the start")
                .isEqualTo(7);
        assertThat(count(miniport, Oid.GEN_CO_MAC_OPTIONS)).isEqualTo(8);
        link.set(LinkState.disconnected());
        assertThat(count(miniport, Oid.GEN_CO_MEDIA_CONNECT_STATUS)).isEqualTo(1);
    }

    @Test
    void r203ClientsHearWhetherCallsCanBeMade() {
        final SettableLink link = new SettableLink();
        final PcapMcm mcm = new PcapMcm(
                PcapSettings.of("mcm", "right", PcapSettings.Mode.MCM).with(live(PcapSettings.Profile.LATENCY)),
                new PcapHost(() -> 0L, LinkStatus.IGNORED, link));
        assertThat(inside().<NdisStatus>call(() -> mcm.initialize(ndis))).isEqualTo(NdisStatus.SUCCESS);
        try {
            inside().call(() -> mcm.restart().toCompletableFuture().join());
            final FakeNdis.Client early = ndis.openAccepting();
            link.set(LinkState.disconnected());
            await().until(() -> !early.asked().isEmpty());
            final FakeNdis.Client late = ndis.openAccepting();
            assertThat(late.asked()).isEmpty();
            late.register("vlan:5");
            late.register("vlan:6");
            link.set(LinkState.connected(0));
            await().until(() -> early.asked().size() == 2 && late.asked().size() == 2);
            assertThat(early.asked())
                    .containsExactly("set of OID_CO_SIGNALING_DISABLED", "set of OID_CO_SIGNALING_ENABLED");
            assertThat(late.asked()).isEqualTo(early.asked());
            assertThat(states()).containsExactly(MediaConnectState.DISCONNECTED, MediaConnectState.CONNECTED);
        } finally {
            mcm.halt(HaltAction.DEVICE_DISABLED);
        }
    }
}
