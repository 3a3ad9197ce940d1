// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.jna.Library;
import com.sun.jna.Memory;
import com.sun.jna.Native;
import com.sun.jna.Pointer;
import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.media.CaptureOids;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.LinkState.MediaConnectState;
import java.nio.ByteBuffer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What becomes of active VCs when the interface changes, goes, comes back, or may not be opened any more. */
@Timeout(180)
class LiveInterfaceChangesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final int CAP_NET_RAW = 13;
    private static final int CAPABILITY_VERSION_3 = 0x2008_0522;
    private static Optional<NetworkNamespace> namespace = Optional.empty();

    private final FakeNdis ndis = new FakeNdis();
    private final List<String> unavailable = new CopyOnWriteArrayList<>();
    private final List<CoMiniport> started = new ArrayList<>();

    private interface Capabilities extends Library {
        int capget(Pointer header, Pointer data);

        int capset(Pointer header, Pointer data);
    }

    @BeforeAll
    static void makesANamespace() {
        Captures.requireLibpcap();
        namespace = Optional.of(NetworkNamespace.create());
    }

    @AfterAll
    static void removesTheNamespace() {
        namespace.ifPresent(NetworkNamespace::close);
    }

    @BeforeEach
    void makesACable() {
        inside().ip("link", "add", "here", "type", "veth", "peer", "name", "there");
        // Java sees an interface in the namespace of a thread only when it has an address
        inside().ip("address", "add", "192.0.2.1/24", "dev", "here");
        inside().ip("address", "add", "192.0.2.2/24", "dev", "there");
        up("here");
        up("there");
    }

    private static void up(final String nic) {
        inside().ip("link", "set", nic, "up");
    }

    @AfterEach
    void haltsEverything() {
        started.forEach(driver -> driver.halt(HaltAction.DEVICE_DISABLED));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .noneMatch(thread -> thread.getName().startsWith("condis-pcap-rx-")));
        if (inside().call(() -> new SystemLinkProbe().mtu("here").isPresent())) {
            inside().ip("link", "del", "here");
        }
    }

    private static NetworkNamespace inside() {
        return namespace.orElseThrow();
    }

    private static PcapSettings on(final String nic, final PcapSettings.Profile profile) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return PcapSettings.of(nic, nic, PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.Live(
                        profile,
                        usual.snaplen(),
                        4 << 20,
                        usual.timeoutMillis(),
                        usual.promiscuous(),
                        usual.direction(),
                        usual.filter(),
                        usual.precision()));
    }

    private PcapMiniport initialize(final String nic) {
        return initialize(nic, PcapSettings.Live.DEFAULT.profile());
    }

    private PcapMiniport initialize(final String nic, final PcapSettings.Profile profile) {
        final LinkStatus status = new LinkStatus() {
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
        final PcapMiniport miniport =
                new PcapMiniport(on(nic, profile), new PcapHost(() -> 0L, status, new SystemLinkProbe()));
        started.add(miniport);
        assertThat(inside().<NdisStatus>call(() -> miniport.initialize(ndis))).isEqualTo(NdisStatus.SUCCESS);
        return miniport;
    }

    private PcapMiniport start(final String nic) {
        return start(nic, PcapSettings.Live.DEFAULT.profile());
    }

    private PcapMiniport start(final String nic, final PcapSettings.Profile profile) {
        final PcapMiniport miniport = initialize(nic, profile);
        inside().call(() -> miniport.restart().toCompletableFuture().join());
        return miniport;
    }

    private static VcFake vc(final CoMiniport miniport, final String flow) {
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(flow).refusal()).isEmpty();
        return vc;
    }

    private static NdisStatus send(final VcFake vc, final byte[] pdu) {
        vc.context()
                .sendNetBufferLists(
                        new NetBufferListPool("test", 1, 10_000).allocate().fill(pdu), NblFlags.NONE);
        return vc.completed().get(vc.completed().size() - 1);
    }

    private static long epochNanos() {
        return ChronoUnit.NANOS.between(Instant.EPOCH, Instant.now());
    }

    private static byte[] pdu(final int number, final int octets) {
        return ByteBuffer.allocate(octets)
                .putShort((short) 0x0800)
                .putInt(number)
                .array();
    }

    private static void carries(final VcFake from, final VcFake to, final int number, final int octets) {
        assertThat(send(from, pdu(number, octets))).isEqualTo(NdisStatus.SUCCESS);
        await().atMost(PATIENCE).until(() -> to.received().stream()
                .anyMatch(pdu -> java.util.Arrays.equals(pdu.bytes(), pdu(number, octets))));
    }

    private static long ask(final CoMiniport miniport, final Oid oid) {
        return OidTable.number(miniport.oidRequest(Optional.empty(), OidRequest.query(oid, 4))
                .toCompletableFuture()
                .join()
                .information());
    }

    private static List<Long> mtus(final VcFake vc) {
        return vc.indications().stream()
                .map(indication -> OidTable.number(
                        indication.buffer().length() == 20
                                ? dev.condis.api.Octets.of(java.util.Arrays.copyOfRange(
                                        indication.buffer().toByteArray(), 16, 20))
                                : dev.condis.api.Octets.EMPTY))
                .toList();
    }

    @Test
    void shouldFollowTheMtu_withVcsUp() {
        final PcapMiniport here = start("here");
        final PcapMiniport there = start("there");
        final VcFake left = vc(here, "vlan:5");
        final VcFake right = vc(there, "vlan:5");
        carries(left, right, 1, 1502);

        inside().ip("link", "set", "here", "mtu", "1200");
        // whether the adapter has noticed or not, what is too long is refused with the same status, and never cut
        assertThat(send(left, pdu(2, 1502))).isEqualTo(NdisStatus.INVALID_LENGTH);
        await().atMost(PATIENCE).until(() -> mtus(left).equals(List.of(1202L)));
        assertThat(ask(here, CaptureOids.MAXIMUM_FRAME_SIZE)).isEqualTo(1200);
        assertThat(send(left, pdu(3, 1203))).isEqualTo(NdisStatus.INVALID_LENGTH);
        carries(left, right, 4, 1202);

        inside().ip("link", "set", "here", "mtu", "9000");
        inside().ip("link", "set", "there", "mtu", "9000");
        await().atMost(PATIENCE).until(() -> mtus(left).equals(List.of(1202L, 9002L)));
        await().atMost(PATIENCE).until(() -> mtus(right).equals(List.of(9002L)));
        carries(left, right, 5, 9002);
        carries(right, left, 6, 9002);
        assertThat(right.received()).extracting(pdu -> pdu.bytes().length).containsExactly(1502, 1202, 9002);
        assertThat(ndis.removals()).isEmpty();
        assertThat(unavailable).isEmpty();
    }

    /** The interface is opened anew for longer frames, while others come and go: none is lost, none comes twice. */
    @ParameterizedTest
    @EnumSource(PcapSettings.Profile.class)
    void shouldLoseNothing_whenTheMtuGrows(final PcapSettings.Profile profile) throws InterruptedException {
        final PcapMiniport here = start("here");
        final PcapMiniport there = start("there", profile);
        final VcFake left = vc(here, "vlan:5");
        final VcFake right = vc(there, "vlan:5");
        final Semaphore window = new Semaphore(64);
        right.whenReceived(window::release);
        final AtomicBoolean over = new AtomicBoolean();
        final AtomicInteger sent = new AtomicInteger();
        final Thread sender = new Thread(() -> {
            final NetBufferListPool pool = new NetBufferListPool("test", 1, 100);
            while (!over.get() && acquires(window)) {
                final NetBufferList nbl = pool.allocate().fill(pdu(sent.getAndIncrement(), 100));
                left.context().sendNetBufferLists(nbl, NblFlags.NONE);
                nbl.freeChain();
            }
        });
        sender.start();
        final List<Long> told = new ArrayList<>();
        for (final int mtu : List.of(2500, 4500, 7000, 9000)) {
            final int before = right.received().size();
            await().atMost(PATIENCE).until(() -> right.received().size() > before + 100);
            inside().ip("link", "set", "there", "mtu", String.valueOf(mtu));
            told.add(mtu + 2L);
            await().atMost(PATIENCE).until(() -> mtus(right).equals(told));
        }
        final int before = right.received().size();
        await().atMost(PATIENCE).until(() -> right.received().size() > before + 100);
        over.set(true);
        sender.join();
        assertThat(left.completed()).hasSize(sent.get()).containsOnly(NdisStatus.SUCCESS);
        final List<Integer> all = IntStream.range(0, sent.get()).boxed().toList();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(missing(all, numbers(right))).isEmpty());
        assertThat(numbers(right)).doesNotHaveDuplicates().hasSameSizeAs(all);
        assertThat(ndis.removals()).isEmpty();
    }

    private static List<Integer> numbers(final VcFake vc) {
        return vc.received().stream()
                .map(pdu -> ByteBuffer.wrap(pdu.bytes()).getInt(Short.BYTES))
                .toList();
    }

    private static List<Integer> missing(final List<Integer> all, final List<Integer> received) {
        final Set<Integer> there = Set.copyOf(received);
        return all.stream().filter(number -> !there.contains(number)).toList();
    }

    private static boolean acquires(final Semaphore window) {
        try {
            return window.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Whoever knew the interface does not reach it any more: it is another one. */
    @Test
    void shouldBeGone_whenTheStationAddressChanges() {
        inside().ip("link", "set", "here", "address", "02:00:00:00:00:01");
        final PcapMiniport here = start("here");
        final VcFake left = vc(here, "peer:02-00-00-00-00-0a/type:0x88b6");
        assertThat(left.context().boundAddress()).contains("station address 02-00-00-00-00-01");
        assertThat(send(left, pdu(1, 100))).isEqualTo(NdisStatus.SUCCESS);

        inside().ip("link", "set", "here", "address", "02:00:00:00:00:02");

        await().atMost(PATIENCE).until(() -> ndis.removals().size() == 1);
        assertThat(ndis.removals())
                .singleElement()
                .isEqualTo("the station address was 02-00-00-00-00-01, and is 02-00-00-00-00-02");
        assertThat(unavailable).isEqualTo(ndis.removals());
        assertThat(send(left, pdu(2, 100))).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }

    /** What one other station sends comes to the address of this one; what a group is sent comes wherever it is. */
    @ParameterizedTest
    @CsvSource({
        "peer:02-00-00-00-00-0a/type:0x88b6, true",
        "vlan:7/peer:02-00-00-00-00-0a/pppoe:9, true",
        "vlan:7, false",
        "mpls:16, false",
        "stations:0x8863, false"
    })
    void shouldSayWhichFlowsAreBoundToTheStationAddress(final String flow, final boolean bound) {
        assertThat(vc(initialize("here"), flow).context().boundAddress().isPresent())
                .isEqualTo(bound);
    }

    private List<MediaConnectState> states() {
        return ndis.statuses().stream()
                .map(indication ->
                        LinkState.ofOctets(indication.buffer()).orElseThrow().connect())
                .toList();
    }

    /** An interface that is switched off is not gone. */
    @Test
    void r212ShouldSurviveThatTheInterfaceIsSwitchedOffAndOn() {
        final VcFake left = vc(start("here"), "vlan:5");
        final PcapMiniport there = initialize("there");
        there.restart();
        final VcFake right = vc(there, "vlan:5");
        carries(left, right, 1, 100);
        inside().ip("link", "set", "here", "down");
        await().atMost(PATIENCE).until(() -> states().contains(MediaConnectState.DISCONNECTED));
        assertThat(send(left, pdu(2, 100))).isEqualTo(NdisStatus.FAILURE);
        up("here");
        await().atMost(PATIENCE).until(() -> states().get(states().size() - 1) == MediaConnectState.CONNECTED);
        carries(left, right, 3, 100);
        carries(right, left, 4, 100);
        assertThat(ndis.removals()).isEmpty();
        assertThat(unavailable).isEmpty();
    }

    /** What is open stays open; what has to be opened anew cannot be. */
    @Test
    void shouldGoOnWithoutPermission_untilItHasToBeOpenedAnew() throws InterruptedException {
        final PcapMiniport here = initialize("here");
        final CompletableFuture<NdisStatus> restarted = new CompletableFuture<>();
        // the thread that controls the adapter is made by this one, and has its capabilities
        inside().call(() -> {
            final Thread without = new Thread(() -> {
                dropPermission();
                restarted.complete(here.restart().toCompletableFuture().join());
            });
            without.start();
            without.join();
            return without;
        });
        assertThat(restarted).isCompletedWithValue(NdisStatus.SUCCESS);
        final VcFake left = vc(here, "vlan:5");
        final VcFake right = vc(start("there"), "vlan:5");
        carries(left, right, 1, 100);
        carries(right, left, 2, 100);
        final NdisResult<AddressingReset> reset = here.reset()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), java.util.concurrent.TimeUnit.SECONDS)
                .join();
        assertThat(reset.status()).isEqualTo(NdisStatus.OPEN_FAILED);
        assertThat(ndis.removals()).singleElement().asString().containsAnyOf("CAP_NET_RAW", "permission");
        assertThat(unavailable).isEqualTo(ndis.removals());
        assertThat(send(left, pdu(3, 100))).isEqualTo(NdisStatus.NOT_ACCEPTED);
    }

    private static void dropPermission() {
        final Capabilities libc = Native.load("c", Capabilities.class);
        final Memory header = new Memory(8);
        header.setInt(0, CAPABILITY_VERSION_3);
        header.setInt(4, 0);
        final Memory sets = new Memory(24);
        if (libc.capget(header, sets) != 0) {
            throw new IllegalStateException("capget failed");
        }
        // effective and permitted, the lower 32 of each
        sets.setInt(0, sets.getInt(0) & ~(1 << CAP_NET_RAW));
        sets.setInt(4, sets.getInt(4) & ~(1 << CAP_NET_RAW));
        if (libc.capset(header, sets) != 0) {
            throw new IllegalStateException("capset failed");
        }
    }

    /** The service says that the hardware is gone, and when it is there again; whoever opens it then has a new one. */
    @Test
    void shouldBeAvailableAgain_whenTheInterfaceIsMadeAnew() {
        final FakeRegistry registry = new FakeRegistry();
        final PcapAdapter adapter = inside().call(() -> new PcapAdapter(
                registry.context(),
                FakeRegistry.config(Map.of("condis_adapter", "nic", "source", "here", "bufferBytes", 1 << 20)),
                new PcapAdapter.Machine(
                        Clock.systemUTC(), new SystemLinkProbe(), new Pcap4jBackend(), Duration.ofMillis(20)),
                Optional.empty()));
        try {
            final CoMiniport miniport = (CoMiniport) registry.services().get(CoMiniport.class.getName());
            assertThat(inside().<NdisStatus>call(() -> miniport.initialize(ndis)))
                    .isEqualTo(NdisStatus.SUCCESS);
            inside().call(() -> miniport.restart().toCompletableFuture().join());
            final VcFake before = vc(miniport, "vlan:5");
            assertThat(send(before, pdu(1, 100))).isEqualTo(NdisStatus.SUCCESS);

            inside().ip("link", "del", "here");
            await().atMost(PATIENCE)
                    .until(() -> Boolean.FALSE.equals(registry.properties().get(ServiceProperties.AVAILABLE)));
            assertThat(registry.properties()).containsKey(ServiceProperties.UNAVAILABLE_CAUSE);
            await().atMost(PATIENCE).until(() -> ndis.removals().size() == 1);
            miniport.surpriseRemoved();
            assertThat(send(before, pdu(2, 100))).isEqualTo(NdisStatus.NOT_ACCEPTED);
            before.context().deactivateVc();
            miniport.halt(HaltAction.SURPRISE_REMOVED);

            makesACable();
            await().atMost(PATIENCE)
                    .until(() -> Boolean.TRUE.equals(registry.properties().get(ServiceProperties.AVAILABLE)));
            assertThat(registry.properties()).doesNotContainKey(ServiceProperties.UNAVAILABLE_CAUSE);
            assertThat(inside().<NdisStatus>call(() -> miniport.initialize(ndis)))
                    .isEqualTo(NdisStatus.SUCCESS);
            inside().call(() -> miniport.restart().toCompletableFuture().join());
            final VcFake after = vc(miniport, "vlan:5");
            final VcFake peer = vc(start("there"), "vlan:5");
            carries(after, peer, 3, 100);
            carries(peer, after, 4, 100);
        } finally {
            adapter.deactivate();
        }
        assertThat(registry.services()).isEmpty();
    }

    /** Stamps of the kernel have nine digits. */
    @Test
    void shouldStampInNanoseconds() {
        final VcFake left = vc(start("here"), "vlan:5");
        final VcFake right = vc(start("there"), "vlan:5");
        final long began = epochNanos();
        IntStream.range(0, 50).forEach(i -> send(left, pdu(i, 100)));
        await().atMost(PATIENCE).until(() -> right.received().size() == 50);
        assertThat(right.received())
                .extracting(FakeNdis.Pdu::epochNanos)
                .allMatch(nanos -> began <= nanos && nanos <= epochNanos())
                .anyMatch(nanos -> nanos % 1000 != 0);
    }
}
