// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PcapMiniportTest {

    private static final long FIRST_STAMP = 1_700_000_000_250_000_000L;

    @TempDir
    Path folder;

    private final FakeNdis ndis = new FakeNdis();
    private final Recorder status = new Recorder();
    private final List<PcapMiniport> started = new ArrayList<>();

    private static final class Recorder implements LinkStatus {
        private final List<String> unavailable = new CopyOnWriteArrayList<>();
        private final CompletableFuture<Optional<String>> ended = new CompletableFuture<>();

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
            ended.complete(cause);
        }
    }

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    @AfterEach
    void haltsEverything() {
        started.forEach(m -> m.halt(HaltAction.DEVICE_DISABLED));
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pcap-rx-m0")));
    }

    private Path file(final byte[]... frames) throws IOException {
        return Files.write(folder.resolve("in.pcap"), Frames.pcap(1, List.of(frames)));
    }

    private static PcapSettings reading(final Path path) {
        return PcapSettings.of("m0", path.toString(), PcapSettings.Mode.MINIPORT)
                .with(new PcapSettings.FileReading(1, 0, 1 << 20, 1000));
    }

    private PcapMiniport start(final PcapSettings settings) {
        final PcapMiniport miniport = new PcapMiniport(settings, new PcapHost(() -> 42L, status, LinkProbe.UNKNOWN));
        started.add(miniport);
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(miniport.restart().toCompletableFuture()).isCompletedWithValue(NdisStatus.SUCCESS);
        return miniport;
    }

    private static byte[] ip(final int vlan, final String text) {
        return Frames.ethernet().vlan(vlan).u16(0x0800).text(text).toBytes();
    }

    private static byte[] pdu(final String text) {
        return Frames.raw().u16(0x0800).text(text).toBytes();
    }

    private void awaitEnd() {
        await().until(status.ended::isDone);
    }

    // --- receiving
    // -------------------------------------------------------------------------------------------------------

    @Test
    void shouldIndicateThePdusOfTheFlow_withTheirTimeStamps() throws IOException {
        final PcapMiniport miniport = start(reading(file(ip(100, "one"), ip(101, "other"), ip(100, "two"))));
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate("vlan:100").isSuccess()).isTrue();
        awaitEnd();
        assertThat(vc.received()).hasSize(2);
        assertThat(vc.received().get(0).bytes()).isEqualTo(pdu("one"));
        assertThat(vc.received().get(0).epochNanos()).isEqualTo(FIRST_STAMP);
        assertThat(vc.received().get(1).bytes()).isEqualTo(pdu("two"));
        assertThat(vc.received().get(1).epochNanos()).isEqualTo(FIRST_STAMP + 2_000_000_000L);
        final PcapLink link = miniport.link().orElseThrow();
        assertThat(link.counters().get(LinkCounters.Received.FRAMES)).isEqualTo(3);
        assertThat(link.counters().get(LinkCounters.Received.OF_NO_VC)).isEqualTo(1);
        assertThat(link.outstandingBuffers()).isZero();
        assertThat(status.ended.join()).isEmpty();
    }

    @Test
    void shouldGiveEachFrameToTheFlowThatSaysMost() throws IOException {
        final byte[] inSession =
                Frames.ethernet().vlan(5).u16(0x8864).pppoe(0, 7, 2).text("ab").toBytes();
        final byte[] arp = Frames.ethernet().vlan(5).u16(0x0806).text("arp").toBytes();
        final byte[] nested =
                Frames.ethernet().vlan(5).vlan(6).u16(0x0800).text("n").toBytes();
        final byte[] damaged =
                Frames.ethernet().vlan(5).u16(0x8864).pppoe(0, 0, 0).toBytes();
        final PcapSettings settings = reading(file(inSession, arp, nested, ip(5, "ip"), damaged))
                .with(new PcapSettings.FileReading(5, 0, 1 << 20, 1000));
        final PcapMiniport miniport = start(settings);
        final VcFake session = VcFake.on(miniport);
        final VcFake type = VcFake.on(miniport);
        final VcFake inner = VcFake.on(miniport);
        final VcFake fromPeer = VcFake.on(miniport);
        final VcFake vlan = VcFake.on(miniport);
        session.activate("vlan:5/pppoe:7");
        type.activate("vlan:5/type:0x0806");
        inner.activate("vlan:5/vlan:6");
        fromPeer.activate("vlan:5/peer:" + Frames.PEER + "/type:0x0800");
        vlan.activate("vlan:5");
        awaitEnd();
        assertThat(session.received()).singleElement().satisfies(p -> assertThat(p.bytes())
                .isEqualTo(ascii("ab")));
        assertThat(type.received()).singleElement().satisfies(p -> assertThat(p.bytes())
                .isEqualTo(ascii("arp")));
        assertThat(inner.received()).singleElement().satisfies(p -> assertThat(p.bytes())
                .isEqualTo(pdu("n")));
        assertThat(fromPeer.received()).singleElement().satisfies(p -> assertThat(p.bytes())
                .isEqualTo(ascii("ip")));
        // what is damaged further in is still all that the VLAN carries
        assertThat(vlan.received()).hasSize(1);
        assertThat(miniport.link().orElseThrow().counters().get(FrameProblem.PPPOE_SESSION_ZERO))
                .isEqualTo(1);
    }

    private static byte[] ascii(final String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void shouldLoseNothingOfAFile_whenTheClientIsSlow() throws IOException {
        final byte[][] frames =
                IntStream.range(0, 500).mapToObj(i -> ip(9, "frame " + i)).toArray(byte[][]::new);
        final PcapSettings settings = reading(file(frames)).with(new PcapSettings.Limits(16, 16, 2048, 4));
        final PcapMiniport miniport = start(settings);
        final VcFake vc = VcFake.on(miniport);
        vc.keep();
        vc.activate("vlan:9");
        // the reading stands as long as every buffer is out
        await().until(() -> vc.keptCount() == 4);
        await().until(() -> Thread.getAllStackTraces().entrySet().stream()
                .filter(e -> e.getKey().getName().equals("condis-pcap-rx-m0"))
                .anyMatch(e -> e.getKey().getState() == Thread.State.TIMED_WAITING));
        assertThat(vc.received()).hasSize(4);
        vc.returnKept();
        awaitEnd();
        assertThat(vc.received()).hasSize(500);
        for (int i = 0; i < 500; i++) {
            assertThat(vc.received().get(i).bytes()).isEqualTo(pdu("frame " + i));
        }
        assertThat(miniport.link().orElseThrow().counters().lost()).isZero();
    }

    @Test
    void shouldCountPdusLongerThanABuffer() throws IOException {
        final PcapSettings settings =
                reading(file(ip(9, "x".repeat(100)), ip(9, "short"))).with(new PcapSettings.Limits(16, 16, 64, 4));
        final PcapMiniport miniport = start(settings);
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:9");
        awaitEnd();
        assertThat(vc.received()).hasSize(1);
        assertThat(miniport.link().orElseThrow().counters().get(LinkCounters.Received.TOO_LONG))
                .isEqualTo(1);
        assertThat(miniport.link().orElseThrow().outstandingBuffers()).isZero();
    }

    // --- activation and rundown
    // ------------------------------------------------------------------------------------------

    @Test
    void shouldRefuseAFlowThatIsTaken_andFreeItWithItsVc() throws IOException {
        final PcapMiniport miniport = start(PcapSettings.writing("m0", folder.resolve("out.pcap")));
        final VcFake first = VcFake.on(miniport);
        final VcFake second = VcFake.on(miniport);
        assertThat(first.activate("vlan:7").isSuccess()).isTrue();
        final NdisResult<CallParameters> refused = second.activate("vlan:7");
        assertThat(refused.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(refused.refusal().orElseThrow().explanation())
                .contains("another VC")
                .contains("vlan:7");
        assertThat(first.context().deactivateVc().toCompletableFuture().join()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(second.activate("vlan:7").isSuccess()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "vlan:0, VLAN id 0",
        "mpls:3, label 3 is reserved",
        "pppoe:5, a peer layer is missing",
        "udp:6635/mpls:20, received only",
        "atm:0/100, no such flow on a link of kind ETHERNET",
        "ppp:0x0021, no ppp on a link of kind ETHERNET",
    })
    void shouldRefuseWhatItCannotCarry_withTheReason(final String flow, final String reason) {
        final PcapMiniport miniport = start(PcapSettings.writing("m0", folder.resolve("out.pcap")));
        final NdisResult<CallParameters> refused = VcFake.on(miniport).activate(flow);
        assertThat(refused.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(refused.refusal().orElseThrow().explanation()).contains(flow).contains(reason);
    }

    @Test
    void shouldRefuseParametersThatNameNoFlow() {
        final PcapMiniport miniport = start(PcapSettings.writing("m0", folder.resolve("out.pcap")));
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(CallParameters.bestEffort())
                        .refusal()
                        .orElseThrow()
                        .explanation())
                .contains("missing");
        final var foreign = MediaParameters.duplex(new SpecificParameters(99, Octets.EMPTY));
        assertThat(vc.activate(CallParameters.permanent(foreign))
                        .refusal()
                        .orElseThrow()
                        .explanation())
                .contains("0x63");
        final var text = new SpecificParameters(MediaFlow.parse("vlan:1").paramType(), Octets.ofText("vlan:9999"));
        final NdisResult<CallParameters> refused = vc.activate(CallParameters.permanent(MediaParameters.duplex(text)));
        assertThat(refused.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(refused.refusal().orElseThrow().explanation())
                .contains("vlan:9999")
                .contains("at 5")
                .contains("0..4094");
    }

    @Test
    void shouldKeepTheOldFlow_whenAChangeIsRefused_andLeaveItWhenAccepted() {
        final PcapMiniport miniport = start(PcapSettings.writing("m0", folder.resolve("out.pcap")));
        final VcFake vc = VcFake.on(miniport);
        final VcFake other = VcFake.on(miniport);
        vc.activate("vlan:7");
        other.activate("vlan:8");
        assertThat(vc.activate("vlan:8").status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(VcFake.on(miniport).activate("vlan:7").isSuccess()).isFalse();
        assertThat(vc.activate("vlan:9").isSuccess()).isTrue();
        assertThat(VcFake.on(miniport).activate("vlan:7").isSuccess()).isTrue();
        assertThat(VcFake.on(miniport).activate("vlan:9").isSuccess()).isFalse();
    }

    @Test
    void shouldRefuseMoreFlowsThanItsLimit() {
        final PcapMiniport miniport = start(
                PcapSettings.writing("m0", folder.resolve("out.pcap")).with(new PcapSettings.Limits(2, 16, 0, 0)));
        assertThat(VcFake.on(miniport).activate("vlan:1").isSuccess()).isTrue();
        assertThat(VcFake.on(miniport).activate("vlan:2").isSuccess()).isTrue();
        assertThat(VcFake.on(miniport).activate("vlan:3").status()).isEqualTo(NdisStatus.RESOURCES);
    }

    @Test
    void shouldCompleteDeactivation_onlyWhenEveryIndicatedNblIsBack() throws IOException {
        final PcapMiniport miniport = start(reading(file(ip(9, "a"), ip(9, "b"))));
        final VcFake vc = VcFake.on(miniport);
        vc.keep();
        vc.activate("vlan:9");
        await().until(() -> vc.keptCount() == 2);
        assertThat(vc.context().deleteVc()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        final CompletableFuture<NdisStatus> done = vc.context().deactivateVc().toCompletableFuture();
        assertThat(done).isNotDone();
        vc.returnKept();
        assertThat(done).isCompletedWithValue(NdisStatus.SUCCESS);
        assertThat(vc.context().deleteVc()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(miniport.link().orElseThrow().outstandingBuffers()).isZero();
    }

    // --- sending
    // ---------------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "vlan:100",
        "svlan:200/vlan:7",
        "vlan9100:1/vlan:2",
        "mpls:501/mpls:701",
        "vlan:9/mpls:16",
        "vlan:5/peer:02-00-00-00-00-0b",
        "peer:02-00-00-00-00-0b/type:0x88b6",
        "peer:02-00-00-00-00-0b/type:llc",
        "vlan:5/type:0x88b6",
        "vlan:2474/vlan:3704/peer:02-00-00-00-00-0b/pppoe:3847",
    })
    void shouldReceiveWhatItSent(final String flow) throws IOException, CaptureException {
        final byte[] pdu = pdu("what is sent is what is received, and it is long enough not to be padded");
        final Path out = folder.resolve("out.pcap");
        final PcapSettings settings = PcapSettings.writing("m0", out);
        final PcapMiniport miniport = start(new PcapSettings(
                "m0",
                settings.source(),
                settings.mode(),
                settings.writeFile(),
                settings.live(),
                settings.file(),
                settings.limits(),
                Frames.LOCAL));
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(flow).refusal()).isEmpty();
        vc.context().sendNetBufferLists(nbl(pdu), NblFlags.NONE);
        assertThat(vc.completed()).containsExactly(NdisStatus.SUCCESS);
        miniport.halt(HaltAction.DEVICE_DISABLED);

        // a peer layer means the destination on the way out and the source on the way in
        final PcapFrameSource written = PcapFrameSource.openFile(out.toString(), PcapSettings.FileReading.DEFAULT);
        final FlowTable table = new FlowTable();
        final List<byte[]> found = new ArrayList<>();
        final FlowKey key = FlowKey.of(MediaFlow.parse(flow));
        table.want(key, (frame, from, to, nanos) -> found.add(java.util.Arrays.copyOfRange(frame, from, to)));
        final FlowTable.Probe probe = table.new Probe();
        final FrameParser parser = new FrameParser(written.linkType());
        written.run((frame, wire, nanos) -> {
            assertThat(nanos).isEqualTo(42L);
            if (flow.contains("peer")) {
                assertThat(java.util.Arrays.copyOf(frame, 6)).isEqualTo(java.util.Arrays.copyOfRange(frame, 6, 12));
            } else {
                assertThat(java.util.Arrays.copyOf(frame, 6)).containsOnly(0xff);
            }
            assertThat(parser.parse(frame, frame.length, wire)).isEqualTo(FrameProblem.NONE);
            final FlowReceiver receiver = probe.wanted(parser);
            assertThat(receiver).isNotNull();
            receiver.receive(frame, probe.from(), probe.to(), nanos);
        });
        written.close();
        assertThat(found).singleElement().isEqualTo(pdu);
    }

    private static NetBufferList nbl(final byte[] pdu) {
        return new NetBufferListPool("test", 1, 70_000).allocate().fill(pdu);
    }

    @Test
    void shouldPadShortFrames_andTrimWhatHasALength() throws IOException, CaptureException {
        final Path out = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(PcapSettings.writing("m0", out));
        final VcFake llc = VcFake.on(miniport);
        final VcFake session = VcFake.on(miniport);
        llc.activate("peer:02-00-00-00-00-0b/type:llc");
        session.activate("peer:02-00-00-00-00-0b/pppoe:9");
        llc.context().sendNetBufferLists(nbl(ascii("abc")), NblFlags.NONE);
        session.context().sendNetBufferLists(nbl(ascii("de")), NblFlags.NONE);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        final List<String> pdus = new ArrayList<>();
        final PcapFrameSource written = PcapFrameSource.openFile(out.toString(), PcapSettings.FileReading.DEFAULT);
        final FrameParser parser = new FrameParser(written.linkType());
        written.run((frame, wire, nanos) -> {
            assertThat(frame).hasSize(Encapsulation.MIN_FRAME_BYTES);
            parser.parse(frame, frame.length, wire);
            pdus.add(new String(
                    frame,
                    parser.canonicalStart(),
                    parser.canonicalEnd() - parser.canonicalStart(),
                    StandardCharsets.US_ASCII));
        });
        written.close();
        assertThat(pdus).containsExactly("abc", "de");
    }

    @Test
    void shouldCompleteEachOfAChainWithItsOwnStatus() {
        final PcapMiniport miniport = start(PcapSettings.writing("m0", folder.resolve("out.pcap")));
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        final NetBufferListPool pool = new NetBufferListPool("test", 3, 300_000);
        final NetBufferListQueue chain = new NetBufferListQueue();
        chain.add(pool.allocate().fill(pdu("ok")));
        chain.add(pool.allocate().fill(new byte[] {8}));
        chain.add(pool.allocate().fill(new byte[300_000]));
        vc.context().sendNetBufferLists(chain.takeAll(), NblFlags.NONE);
        assertThat(vc.completed())
                .containsExactly(NdisStatus.SUCCESS, NdisStatus.INVALID_LENGTH, NdisStatus.INVALID_LENGTH);
        vc.context().deactivateVc();
        vc.context().sendNetBufferLists(nbl(pdu("late")), NblFlags.NONE);
        assertThat(vc.completed()).last().isEqualTo(NdisStatus.VC_NOT_ACTIVATED);
    }

    @Test
    void shouldUseTheNblsTimeStamp_whenTheVcSaysSo() throws CaptureException {
        final Path out = folder.resolve("out.pcap");
        final PcapMiniport miniport = start(PcapSettings.writing("m0", out));
        final VcFake vc = VcFake.on(miniport);
        final MediaParameters media = new MediaParameters(
                java.util.Set.of(MediaParameters.Flag.TRANSMIT_VC, MediaParameters.Flag.USE_TIME_STAMPS),
                0,
                0,
                Optional.of(MediaFlow.parse("vlan:5").toSpecificParameters()));
        assertThat(vc.activate(CallParameters.permanent(media)).isSuccess()).isTrue();
        final NetBufferList stamped = nbl(pdu("x"));
        stamped.setTimestampNanos(1_234_567_890_123_456_789L);
        vc.context().sendNetBufferLists(stamped, NblFlags.NONE);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        final List<Long> stamps = new ArrayList<>();
        final PcapFrameSource written = PcapFrameSource.openFile(out.toString(), PcapSettings.FileReading.DEFAULT);
        written.run((frame, wire, nanos) -> stamps.add(nanos));
        written.close();
        assertThat(stamps).containsExactly(1_234_567_890_123_456_789L);
    }

    @Test
    void shouldFailSends_whenItOnlyReceives_orIsRemoved() throws IOException {
        final PcapMiniport miniport = start(reading(file(ip(9, "a"))));
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:9");
        vc.context().sendNetBufferLists(nbl(pdu("x")), NblFlags.NONE);
        miniport.surpriseRemoved();
        vc.context().sendNetBufferLists(nbl(pdu("x")), NblFlags.NONE);
        assertThat(vc.completed()).containsExactly(NdisStatus.FAILURE, NdisStatus.NOT_ACCEPTED);
    }

    // --- availability
    // ----------------------------------------------------------------------------------------------------

    @ParameterizedTest
    @CsvSource({
        "missing.pcap, no such file",
        "., not a regular file",
        "empty.pcap, ends before its header",
        "text.pcap, begins with 0x68656c6c",
        "half.pcap, capture file is unreadable",
        "linktype.pcap, link type 107",
        "text.gz, begins with",
        "cut.gz, cannot read",
        "bomb.gz, inflates to more than",
    })
    void shouldSayWhyItIsUnavailable(final String name, final String cause) throws IOException {
        makeBadFiles();
        final PcapMiniport miniport =
                new PcapMiniport(reading(folder.resolve(name)), new PcapHost(() -> 0, status, LinkProbe.UNKNOWN));
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.OPEN_FAILED);
        assertThat(status.unavailable).singleElement().asString().contains(cause);
        assertThat(miniport.createVc(new VcFake()).status()).isEqualTo(NdisStatus.ADAPTER_NOT_READY);
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    private void makeBadFiles() throws IOException {
        Files.write(folder.resolve("empty.pcap"), new byte[0]);
        Files.write(folder.resolve("text.pcap"), ascii("hello, this is no capture"));
        Files.write(folder.resolve("half.pcap"), java.util.Arrays.copyOf(Frames.pcap(1, List.of()), 20));
        Files.write(folder.resolve("linktype.pcap"), Frames.pcap(107, List.of(new byte[20])));
        gzip("text.gz", ascii("hello, this is no capture"));
        Files.write(folder.resolve("cut.gz"), new byte[] {0x1f, (byte) 0x8b, 8, 0});
        final List<byte[]> zeros =
                IntStream.range(0, 100).mapToObj(i -> new byte[60_000]).toList();
        gzip("bomb.gz", Frames.pcap(1, zeros));
    }

    private Path gzip(final String name, final byte[] content) throws IOException {
        final Path path = folder.resolve(name);
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(path))) {
            out.write(content);
        }
        return path;
    }

    @Test
    void shouldReadACompressedCapture_andLeaveNoTemporaryFile() throws IOException {
        final long before = temporaryFiles();
        final Path path = gzip("in.pcap.gz", Frames.pcap(1, List.of(ip(5, "a"), ip(5, "b"))));
        final PcapMiniport miniport = start(reading(path));
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        awaitEnd();
        assertThat(vc.received()).hasSize(2);
        await().until(() -> temporaryFiles() == before);
    }

    private static long temporaryFiles() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.filter(f -> f.getFileName().toString().matches("condis-.*\\.capture"))
                    .count();
        }
    }

    @ParameterizedTest
    @CsvSource({"in.pcap", "in.pcap.gz"})
    void shouldDeliverWhatWasReadable_whenTheCaptureBreaksOff(final String name) throws IOException {
        final byte[] whole = Frames.pcap(1, List.of(ip(5, "a"), ip(5, "b")));
        final byte[] cut = java.util.Arrays.copyOf(whole, whole.length - 3);
        final Path path = name.endsWith("gz") ? gzip(name, cut) : Files.write(folder.resolve(name), cut);
        final PcapMiniport miniport = start(reading(path));
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        awaitEnd();
        assertThat(vc.received()).hasSize(1);
        assertThat(status.ended.join())
                .hasValueSatisfying(cause -> assertThat(cause).contains("truncated"));
        assertThat(ndis.removals()).isEmpty();
    }

    @Test
    void shouldStartAgainAfterAHalt() throws IOException {
        final PcapMiniport miniport = start(reading(file(ip(5, "a"))));
        miniport.halt(HaltAction.DEVICE_DISABLED);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(miniport.restart().toCompletableFuture()).isCompletedWithValue(NdisStatus.SUCCESS);
        final VcFake vc = VcFake.on(miniport);
        vc.activate("vlan:5");
        awaitEnd();
        assertThat(vc.received()).hasSize(1);
    }

    @Test
    void shouldLeaveNoDescriptor_whenOpenedAndHaltedAgainAndAgain() throws IOException {
        final Path path = file(ip(5, "a"), ip(5, "b"));
        for (int i = 0; i < 20; i++) {
            cycle(path);
        }
        final long before = descriptors();
        for (int i = 0; i < 300; i++) {
            cycle(path);
        }
        assertThat(descriptors()).isLessThanOrEqualTo(before + 2);
    }

    private void cycle(final Path path) {
        final PcapMiniport miniport =
                new PcapMiniport(reading(path), new PcapHost(() -> 0, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(miniport.restart().toCompletableFuture()).isCompletedWithValue(NdisStatus.SUCCESS);
        VcFake.on(miniport).activate("vlan:5");
        miniport.halt(HaltAction.DEVICE_DISABLED);
    }

    private static long descriptors() throws IOException {
        final Path own = Path.of("/proc/self/fd");
        if (!Files.isDirectory(own)) {
            Captures.missing("no /proc/self/fd on this system");
        }
        try (var files = Files.list(own)) {
            return files.count();
        }
    }
}
