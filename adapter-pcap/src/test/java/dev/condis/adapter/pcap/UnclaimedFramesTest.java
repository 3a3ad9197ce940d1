// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.adapter.pcap.LinkCounters.Received;
import dev.condis.adapter.pcap.LinkCounters.Unclaimed;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.CaptureOids;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidTable;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Frames that are nobody's: whose they could be, how many there are, and what they cost. */
@Timeout(120)
class UnclaimedFramesTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final MacAddress OTHER = MacAddress.parse("02-00-00-00-00-77");
    private static final MacAddress GROUP = MacAddress.parse("01-00-5e-00-00-01");
    private static final int MILLION = 1_000_000;

    private final FakeNdis ndis = new FakeNdis();
    private final FakeWire wire = new FakeWire();
    private final SettableLink link = new SettableLink();
    private final List<MiniportDriver> started = new ArrayList<>();

    @AfterEach
    void halts() {
        started.forEach(driver -> driver.halt(HaltAction.DEVICE_DISABLED));
    }

    private static PcapSettings settings(
            final PcapSettings.Mode mode, final boolean promiscuous, final PcapSettings.Direction direction) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        return PcapSettings.of("nic", "nic", mode)
                .with(new PcapSettings.Live(
                        usual.profile(),
                        usual.snaplen(),
                        usual.bufferBytes(),
                        usual.timeoutMillis(),
                        promiscuous,
                        direction,
                        usual.filter(),
                        usual.precision()));
    }

    private PcapHost host() {
        return new PcapHost(() -> 0L, LinkStatus.IGNORED, link, wire);
    }

    private PcapMiniport miniport(final boolean promiscuous, final PcapSettings.Direction direction) {
        final PcapMiniport miniport =
                new PcapMiniport(settings(PcapSettings.Mode.MINIPORT, promiscuous, direction), host());
        started.add(miniport);
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
        return miniport;
    }

    private PcapMiniport miniport() {
        return miniport(false, PcapSettings.Direction.IN);
    }

    private PcapMcm mcm(final PcapSettings.Limits limits) {
        final PcapMcm mcm = new PcapMcm(
                settings(PcapSettings.Mode.MCM, false, PcapSettings.Direction.IN)
                        .with(limits),
                host());
        started.add(mcm);
        assertThat(mcm.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        mcm.restart();
        return mcm;
    }

    private static VcFake vc(final PcapMiniport miniport, final String flow) {
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(flow).refusal()).isEmpty();
        return vc;
    }

    private static long ask(final MiniportDriver driver, final Oid oid) {
        return OidTable.number(driver.oidRequest(Optional.empty(), OidRequest.query(oid, 8))
                .toCompletableFuture()
                .join()
                .information());
    }

    private static Frames session(final MacAddress to, final int session) {
        return Frames.raw()
                .mac(to)
                .mac(Frames.PEER)
                .u16(0x8864)
                .pppoe(0, session, 4)
                .text("data");
    }

    private void awaitFrames(final MiniportDriver driver, final long count) {
        await().atMost(PATIENCE).until(() -> ask(driver, CaptureOids.ADAPTER_RECEIVED) == count);
    }

    /** The VC sees {@code count} PDUs, the last of which was received last of all: so nothing is on the way any more. */
    private static void awaitPdus(final VcFake vc, final int count) {
        await().atMost(PATIENCE).until(() -> vc.received().size() == count);
    }

    private static String text(final FakeNdis.Pdu pdu) {
        return new String(pdu.bytes(), StandardCharsets.US_ASCII);
    }

    @Test
    void shouldCountEachByTheInnermostThatNamesAFlow() {
        final PcapMiniport miniport = miniport();
        final VcFake last = vc(miniport, "vlan:4094");
        final byte[] short802 =
                Frames.ethernet().u16(4).text("llc!").bytes(new byte[40]).toBytes();
        wire.receive(Frames.ethernet().vlan(7).u16(0x0800).text("x").toBytes());
        wire.receive(Frames.ethernet().svlan(7).vlan(8).u16(0x0800).text("x").toBytes());
        wire.receive(
                Frames.ethernet().vlan(7).u16(0x8864).pppoe(0, 9, 2).text("ab").toBytes());
        wire.receive(Frames.ethernet().u16(0x8847).label(100, true).text("x").toBytes());
        wire.receive(Frames.ethernet()
                .vlan(7)
                .u16(0x8847)
                .label(100, false)
                .label(101, true)
                .text("x")
                .toBytes());
        wire.receive(Frames.ethernet().u16(0x88b6).text("x").toBytes());
        wire.receive(short802);
        wire.receive(session(OTHER, 9).toBytes());
        wire.receive(Frames.ethernet().u16(0x8864).pppoe(0, 0, 2).text("ab").toBytes());
        wire.receive(Frames.ethernet().vlan(4095).u16(0x0800).toBytes());
        wire.receive(Frames.ethernet().vlan(4094).u16(0x0800).text("mine").toBytes());
        awaitPdus(last, 1);
        final Map<Oid, Long> expected = Map.of(
                CaptureOids.UNCLAIMED_STATION, 1L,
                CaptureOids.UNCLAIMED_PPPOE, 1L,
                CaptureOids.UNCLAIMED_MPLS, 2L,
                CaptureOids.UNCLAIMED_VLAN, 2L,
                CaptureOids.UNCLAIMED_TYPE, 1L,
                CaptureOids.UNCLAIMED_LLC, 1L,
                CaptureOids.UNCLAIMED_ATM, 0L,
                CaptureOids.UNCLAIMED_PPP, 0L,
                CaptureOids.UNCLAIMED_MALFORMED, 2L);
        expected.forEach(
                (oid, count) -> assertThat(ask(miniport, oid)).as("%s", oid).isEqualTo(count));
        final LinkCounters counters = miniport.link().orElseThrow().counters();
        assertThat(counters.get(Received.OF_NO_VC)).as("all of them").isEqualTo(10);
        assertThat(counters.get(FrameProblem.PPPOE_SESSION_ZERO)).isEqualTo(1);
        assertThat(counters.get(FrameProblem.VLAN_ID_RESERVED)).isEqualTo(1);
        assertThat(ask(miniport, CaptureOids.MALFORMED)).isEqualTo(2);
        final String summary = new String(
                miniport.oidRequest(Optional.empty(), OidRequest.query(CaptureOids.SUMMARY, 4096))
                        .toCompletableFuture()
                        .join()
                        .information()
                        .toByteArray(),
                StandardCharsets.US_ASCII);
        assertThat(summary).contains("frames 11").contains("unclaimed_mpls 2").contains("VLAN id 4095 1");
    }

    /** A flow of several stations is still only this station's part of it. */
    @Test
    void shouldLeaveToAnotherStationWhatIsItsOwn() {
        final PcapMiniport miniport = miniport();
        final VcFake vc = vc(miniport, "peer:02-00-00-00-00-0a/pppoe:9");
        final VcFake typed = vc(miniport, "peer:02-00-00-00-00-0a/type:0x88b6");
        wire.receive(session(OTHER, 9).toBytes());
        wire.receive(session(FakeWire.ADDRESS, 9).toBytes());
        wire.receive(Frames.raw()
                .mac(OTHER)
                .mac(Frames.PEER)
                .u16(0x88b6)
                .text("other")
                .toBytes());
        wire.receive(Frames.raw()
                .mac(GROUP)
                .mac(Frames.PEER)
                .u16(0x88b6)
                .text("group")
                .toBytes());
        wire.receive(Frames.raw()
                .mac(FakeWire.ADDRESS)
                .mac(Frames.PEER)
                .u16(0x88b6)
                .text("here")
                .toBytes());
        awaitPdus(typed, 2);
        assertThat(typed.received()).extracting(UnclaimedFramesTest::text).containsExactly("group", "here");
        assertThat(vc.received()).hasSize(1);
        assertThat(ask(miniport, CaptureOids.UNCLAIMED_STATION)).isEqualTo(2);
    }

    @Test
    void shouldHearEverybody_whenPromiscuous() {
        final PcapMiniport miniport = miniport(true, PcapSettings.Direction.IN);
        final VcFake vc = vc(miniport, "peer:02-00-00-00-00-0a/pppoe:9");
        final VcFake stations = vc(miniport, "stations:0x8863");
        wire.receive(Frames.raw()
                .mac(OTHER)
                .mac(Frames.PEER)
                .u16(0x8863)
                .text("padx")
                .toBytes());
        wire.receive(session(OTHER, 9).toBytes());
        wire.receive(session(FakeWire.ADDRESS, 9).toBytes());
        awaitPdus(vc, 2);
        assertThat(stations.received())
                .as("signaling is for this station in any case")
                .isEmpty();
        assertThat(ask(miniport, CaptureOids.UNCLAIMED_STATION)).isEqualTo(1);
    }

    /** What goes out goes to others; who listens to it wants it. */
    @Test
    void shouldHearItself_whenAskedTo() {
        final PcapMiniport miniport = miniport(false, PcapSettings.Direction.INOUT);
        final VcFake vc = vc(miniport, "peer:" + FakeWire.ADDRESS + "/type:0x88b6");
        wire.receive(Frames.raw()
                .mac(OTHER)
                .mac(FakeWire.ADDRESS)
                .u16(0x88b6)
                .text("own")
                .toBytes());
        awaitPdus(vc, 1);
        wire.receive(Frames.raw()
                .mac(OTHER)
                .mac(Frames.PEER)
                .u16(0x88b6)
                .text("theirs")
                .toBytes());
        await().atMost(PATIENCE).until(() -> ask(miniport, CaptureOids.UNCLAIMED_STATION) == 1);
    }

    /** Label stacks of two labels, or the source's address: a flow of its own in each frame. */
    private static byte[] frame(final int number) {
        final Frames frame = Frames.raw().mac(FakeWire.ADDRESS);
        return switch (number % 4) {
            case 0 ->
                frame.mac(new MacAddress(0x0200_0000_0000L + number))
                        .u16(0x88b6)
                        .text("x")
                        .toBytes();
            case 1 ->
                frame.mac(Frames.PEER)
                        .u16(0x8847)
                        .label(16 + number, false)
                        .label(17, true)
                        .text("x")
                        .toBytes();
            case 2 ->
                frame.mac(Frames.PEER)
                        .vlan(1 + (number >> 4) % 4094)
                        .u16(0x8864)
                        .pppoe(0, 1 + number % 65_000, 1)
                        .text("x")
                        .toBytes();
            default ->
                frame.mac(Frames.PEER)
                        .svlan(1 + number % 4094)
                        .vlan(1 + (number >> 8) % 4094)
                        .u16(0x0800)
                        .text("x")
                        .toBytes();
        };
    }

    @Test
    void shouldNotRememberAMillionFlows() {
        final PcapMiniport miniport = miniport();
        vc(miniport, "vlan:5/type:0x9999");
        wire.receive(MILLION, UnclaimedFramesTest::frame);
        awaitFrames(miniport, MILLION);
        final LinkCounters counters = miniport.link().orElseThrow().counters();
        await().atMost(PATIENCE).until(() -> counters.get(Received.OF_NO_VC) == MILLION);
        assertThat(Arrays.stream(Unclaimed.values()).mapToLong(counters::get).sum())
                .isEqualTo(MILLION);
        assertThat(counters.get(Unclaimed.TYPE)).isEqualTo(MILLION / 4);
        assertThat(counters.get(Unclaimed.MPLS)).isEqualTo(MILLION / 4);
        assertThat(counters.get(Unclaimed.PPPOE)).isEqualTo(MILLION / 4);
        assertThat(counters.get(Unclaimed.VLAN)).isEqualTo(MILLION / 4);
        assertThat(miniport.link().orElseThrow().table().size()).isEqualTo(1);
    }

    /** A call manager whose clients might want each of them remembers only so many, and a call that is up is not disturbed. */
    @Test
    void shouldRememberNoMoreFlowsThanItsLimit_withACallUp() {
        final PcapMcm mcm = mcm(new PcapSettings.Limits(500, 16, 2048, 64));
        ndis.openAccepting().register("/vlan:9/");
        wire.receive(Frames.ethernet().vlan(9).u16(0x0800).text("first").toBytes());
        await().atMost(PATIENCE)
                .until(() -> ndis.created().size() == 1
                        && ndis.created().get(0).received().size() == 1);
        wire.receive(MILLION, UnclaimedFramesTest::frame);
        awaitFrames(mcm, MILLION + 1L);
        wire.receive(Frames.ethernet().vlan(9).u16(0x0800).text("last").toBytes());
        await().atMost(PATIENCE)
                .until(() -> ndis.createdFor("vlan:9").received().size() == 2);
        assertThat(ndis.created()).hasSize(1);
        assertThat(mcm.link().orElseThrow().table().size()).isLessThanOrEqualTo(500);
        final LinkCounters counters = mcm.link().orElseThrow().counters();
        assertThat(counters.get(Received.OF_NO_VC)).isEqualTo(MILLION);
    }

    @Test
    void shouldTellWhereFramesWereLost() {
        link.setCounts(new LinkProbe.InterfaceCounts(100, 10, 20, 30));
        final PcapMiniport miniport = miniport();
        link.setCounts(new LinkProbe.InterfaceCounts(1100, 11, 22, 33));
        final VcFake vc = vc(miniport, "vlan:5");
        wire.receive(
                Frames.ethernet().vlan(5).u16(0x0800).bytes(new byte[10_000]).toBytes());
        wire.receive(Frames.ethernet().vlan(5).u16(0x0800).text("fits").toBytes());
        awaitPdus(vc, 1);
        final Map<Oid, Long> expected = Map.of(
                CaptureOids.INTERFACE_RECEIVED, 1000L,
                CaptureOids.INTERFACE_DROPPED, 1L,
                CaptureOids.INTERFACE_ERRORS, 2L,
                CaptureOids.INTERFACE_MISSED, 3L,
                CaptureOids.KERNEL_RECEIVED, 2L,
                CaptureOids.KERNEL_DROPPED, 5L,
                CaptureOids.CAPTURE_INTERFACE_DROPPED, 7L,
                CaptureOids.ADAPTER_RECEIVED, 2L,
                CaptureOids.TOO_LONG_DROPPED, 1L,
                CaptureOids.BUFFER_DROPPED, 0L);
        expected.forEach(
                (oid, count) -> assertThat(ask(miniport, oid)).as("%s", oid).isEqualTo(count));
        assertThat(ask(miniport, Oid.GEN_CO_RCV_PDUS_ERROR)).isEqualTo(1);
        assertThat(ask(miniport, Oid.GEN_CO_RCV_PDUS_NO_BUFFER))
                .as("kernel and interface")
                .isEqualTo(12);
    }
}
