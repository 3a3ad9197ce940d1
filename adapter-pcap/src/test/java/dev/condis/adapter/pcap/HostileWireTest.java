// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.McmVcFake;
import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.adapter.pcap.LinkCounters.Received;
import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A wire on which somebody sends whatever can be sent, to an adapter that makes a call of everything: the call that was there before loses nothing, every frame is in
 * one count, and the damaged ones are counted by what is wrong with them.
 */
@Timeout(120)
class HostileWireTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final int WINDOW = 8;
    private static final String SESSION = "vlan:7";
    private static final int ROUNDS = 20;
    private static final int MOST_OCTETS = 1514;
    private static final int LEAST_OCTETS = 14;

    private static Optional<NetworkNamespace> namespace = Optional.empty();

    private final FakeNdis ndis = new FakeNdis();
    private final List<PcapMiniport> peers = new ArrayList<>();
    private final List<String> unavailable = new ArrayList<>();
    private Optional<PcapMcm> mcm = Optional.empty();
    private int sent;

    @BeforeAll
    static void makesAWire() {
        Captures.requireLibpcap();
        final NetworkNamespace made = NetworkNamespace.create();
        namespace = Optional.of(made);
        // what the kernel sends by itself is nobody's
        made.ip("link", "set", "left", "mtu", "1500");
    }

    @AfterAll
    static void removesIt() {
        namespace.ifPresent(NetworkNamespace::close);
    }

    private static PcapSettings on(final String nic, final PcapSettings.Mode mode) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return PcapSettings.of(nic, nic, mode)
                .with(new PcapSettings.Live(
                        usual.profile(), 0, 16 << 20, 10, false, usual.direction(), "not ip6", usual.precision()));
    }

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

    @BeforeEach
    void startsBothEnds() {
        final NetworkNamespace inside = namespace.orElseThrow();
        final PcapMcm left =
                new PcapMcm(on("left", PcapSettings.Mode.MCM), new PcapHost(() -> 0L, status, LinkProbe.UNKNOWN));
        mcm = Optional.of(left);
        assertThat(inside.<NdisStatus>call(() -> left.initialize(ndis))).isEqualTo(NdisStatus.SUCCESS);
        inside.call(() -> left.restart().toCompletableFuture().join());
        assertThat(ndis.openAccepting().register("*")).isEqualTo(NdisStatus.SUCCESS);
        final PcapMiniport right = new PcapMiniport(
                on("right", PcapSettings.Mode.MINIPORT), new PcapHost(() -> 0L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        peers.add(right);
        assertThat(inside.<NdisStatus>call(() -> right.initialize(new FakeNdis())))
                .isEqualTo(NdisStatus.SUCCESS);
        inside.call(() -> right.restart().toCompletableFuture().join());
    }

    @AfterEach
    void halts() {
        mcm.ifPresent(driver -> driver.halt(HaltAction.DEVICE_DISABLED));
        peers.forEach(driver -> driver.halt(HaltAction.DEVICE_DISABLED));
    }

    private LinkCounters counters() {
        return mcm.orElseThrow().link().orElseThrow().counters();
    }

    /** A frame, and what is wrong with it. */
    private record Bad(FrameProblem problem, byte[] frame) {

        static Bad of(final FrameProblem problem, final Frames frame) {
            return new Bad(problem, frame.toBytes());
        }
    }

    /** Beside these there is a tag with nothing behind it: Linux itself takes no such frame. */
    private static List<Bad> badFrames() {
        final Frames tags = Frames.ethernet();
        final Frames labels = Frames.ethernet().u16(0x8847);
        for (int i = 1; i <= 20; i++) {
            tags.vlan(i);
            labels.label(100 + i, false);
        }
        return List.of(
                Bad.of(FrameProblem.TAGS_TOO_DEEP, tags.u16(0x0800)),
                Bad.of(FrameProblem.LABELS_TOO_DEEP, labels.label(16, true)),
                Bad.of(FrameProblem.LABEL_STACK_CUT, Frames.ethernet().u16(0x8847)),
                Bad.of(
                        FrameProblem.LABEL_STACK_CUT,
                        Frames.ethernet().u16(0x8847).label(9, false)),
                Bad.of(
                        FrameProblem.VLAN_ID_RESERVED,
                        Frames.ethernet().vlan(4095).u16(0x0800).u16(1)),
                Bad.of(
                        FrameProblem.VLAN_ID_RESERVED,
                        Frames.ethernet().svlan(5).vlan(4095).u16(0x0800)),
                Bad.of(FrameProblem.TYPE_INVALID, Frames.ethernet().u16(0x05ff)),
                Bad.of(
                        FrameProblem.LENGTH_PAST_FRAME,
                        Frames.ethernet().u16(1500).u16(0xaaaa)),
                Bad.of(FrameProblem.PPPOE_HEADER_CUT, Frames.ethernet().u16(0x8863)),
                Bad.of(
                        FrameProblem.PPPOE_HEADER_CUT,
                        Frames.ethernet().u16(0x8864).u16(0x1100)),
                Bad.of(
                        FrameProblem.PPPOE_VERSION,
                        Frames.ethernet().u16(0x8864).u16(0x2100).u16(1).u16(0)),
                Bad.of(
                        FrameProblem.PPPOE_CODE,
                        Frames.ethernet().vlan(7).u16(0x8864).pppoe(0xa7, 1, 0)),
                Bad.of(
                        FrameProblem.PPPOE_SESSION_ZERO,
                        Frames.ethernet().u16(0x8864).pppoe(0, 0, 0)),
                Bad.of(FrameProblem.PPPOE_LENGTH, Frames.ethernet().u16(0x8864).pppoe(0, 1, 65_535)),
                Bad.of(FrameProblem.PPPOE_LENGTH, Frames.ethernet().u16(0x8863).pppoe(0x65, 1, 1)));
    }

    private McmVcFake connected(final VcFake right) {
        sendOne(right);
        await().atMost(LONG).until(() -> ndis.created().stream()
                .anyMatch(vc -> vc.flow().equals(SESSION) && vc.received().size() == 1));
        return ndis.createdFor(SESSION);
    }

    private VcFake right() {
        final VcFake vc = VcFake.on(peers.get(0));
        assertThat(vc.activate(SESSION).refusal()).isEmpty();
        return vc;
    }

    private static byte[] pdu(final int number) {
        return ByteBuffer.allocate(100).putShort((short) 0x0800).putInt(number).array();
    }

    private void sendOne(final VcFake vc) {
        final NetBufferList nbl =
                new NetBufferListPool("test", 1, 2000).allocate().fill(pdu(sent++));
        vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
    }

    /** Sends frames with PDUs of the session between them, no more under way than the buffers hold; all that could be sent. */
    private List<byte[]> send(final List<byte[]> frames, final VcFake right, final McmVcFake session)
            throws CaptureException {
        final NetworkNamespace inside = namespace.orElseThrow();
        final PcapFrameSender raw = inside.call(() -> PcapFrameSender.open(PcapFrameSource.findInterface("right")));
        final List<byte[]> taken = new ArrayList<>();
        try {
            for (final byte[] frame : frames) {
                if (raw.send(frame, frame.length, 0).isSuccess()) {
                    taken.add(frame);
                }
                sendOne(right);
                final int least = sent - WINDOW;
                await().atMost(LONG)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> session.received().size() >= least);
            }
        } finally {
            raw.close();
        }
        return taken;
    }

    private void assertUndisturbed(final McmVcFake session) {
        await().atMost(LONG).until(() -> session.received().size() >= sent);
        assertThat(session.received()).hasSize(sent);
        for (int i = 0; i < sent; i++) {
            assertThat(session.received().get(i).bytes()).isEqualTo(pdu(i));
        }
        assertThat(session.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(unavailable).isEmpty();
        assertThat(ndis.removals()).isEmpty();
    }

    /** Every frame is a PDU of a call, or in a count that says why not. */
    private void assertAccountedFor(final long evidence) {
        final LinkCounters counters = counters();
        assertThat(counters.get(Received.PDUS)
                        + counters.get(Received.OF_NO_VC)
                        + counters.get(Received.REFUSED)
                        + counters.lost()
                        + evidence)
                .isEqualTo(counters.get(Received.FRAMES));
    }

    @Test
    void shouldCountWhatIsWrongWithAFrame_whileASessionGoesOn() throws CaptureException {
        final VcFake right = right();
        final McmVcFake session = connected(right);
        final List<Bad> bad = badFrames();
        final List<byte[]> frames = new ArrayList<>();
        final Map<FrameProblem, Long> expected = new EnumMap<>(FrameProblem.class);
        for (int round = 0; round < ROUNDS; round++) {
            bad.forEach(each -> {
                frames.add(each.frame());
                expected.merge(each.problem(), 1L, Long::sum);
            });
        }
        assertThat(send(frames, right, session)).hasSameSizeAs(frames);
        assertUndisturbed(session);
        final LinkCounters counters = counters();
        expected.forEach((problem, count) ->
                assertThat(counters.get(problem)).as("%s", problem).isEqualTo(count));
        assertThat(counters.malformed()).isEqualTo(frames.size());
        assertThat(counters.get(Received.FRAMES)).isEqualTo(frames.size() + (long) sent);
        assertAccountedFor(0);
    }

    /** With the destination address of this station, so that it does not leave them to others. */
    private static List<byte[]> capturedFrames(final MacAddress here) {
        final List<byte[]> frames = new ArrayList<>();
        Stream.of("", "made", "hostile", "hostile-made")
                .flatMap(folder -> Captures.all(folder).stream())
                .forEach(file -> framesOf(file, frame -> {
                    here.copyTo(frame, 0);
                    frames.add(frame);
                }));
        return frames;
    }

    private static void framesOf(final Path file, final Consumer<byte[]> taker) {
        try {
            final PcapFrameSource source = PcapFrameSource.openFile(file.toString(), PcapSettings.FileReading.DEFAULT);
            try {
                source.run((frame, wire, nanos) -> {
                    if (frame.length >= LEAST_OCTETS && frame.length <= MOST_OCTETS) {
                        taker.accept(frame.clone());
                    }
                });
            } finally {
                source.close();
            }
        } catch (CaptureException e) {
            assertThat(e).as(file.toString()).hasMessageContaining("link type");
        }
    }

    /** Whatever kind of link a capture is of: here it is what somebody sends on Ethernet. */
    @Test
    void shouldNotBeDisturbedByAnythingThatWasEverCaptured() throws CaptureException {
        final VcFake right = right();
        final McmVcFake session = connected(right);
        final MacAddress here = mcm.orElseThrow().link().orElseThrow().localAddress();
        final List<byte[]> taken = send(capturedFrames(here), right, session);
        assertThat(taken).hasSizeGreaterThan(400);
        assertUndisturbed(session);
        final FrameParser parser = new FrameParser(LinkType.ETHERNET);
        final long evidence = taken.stream()
                .filter(frame -> {
                    parser.parse(frame, frame.length, frame.length);
                    return parser.isEvidence();
                })
                .count();
        assertAccountedFor(evidence);
    }
}
