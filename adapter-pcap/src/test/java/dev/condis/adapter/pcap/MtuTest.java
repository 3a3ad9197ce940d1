// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.CaptureOids;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An MTU that changes while VCs are active. On a wire of the test's own; on a real one in {@code LiveInterfaceChangesTest}. */
@Timeout(120)
class MtuTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final PcapSettings SETTINGS = PcapSettings.of("nic", "nic", PcapSettings.Mode.MINIPORT);

    private final FakeNdis ndis = new FakeNdis();
    private final FakeWire wire = new FakeWire();
    private final SettableLink link = new SettableLink();
    private PcapMiniport miniport;

    @BeforeEach
    void starts() {
        start(SETTINGS);
    }

    private void start(final PcapSettings settings) {
        miniport = new PcapMiniport(settings, new PcapHost(() -> 0L, LinkStatus.IGNORED, link, wire));
        assertThat(miniport.initialize(ndis)).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart();
    }

    @AfterEach
    void halts() {
        miniport.halt(HaltAction.DEVICE_DISABLED);
        assertThat(miniport.link()).isEmpty();
    }

    private VcFake vc(final String flow) {
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(flow).refusal()).isEmpty();
        return vc;
    }

    private static NdisStatus send(final VcFake vc, final int octets) {
        vc.context()
                .sendNetBufferLists(
                        new NetBufferListPool("test", 1, 70_000).allocate().fill(new byte[octets]), NblFlags.NONE);
        return vc.completed().get(vc.completed().size() - 1);
    }

    private long ask(final Optional<VcDataPath> vc, final Oid oid) {
        return OidTable.number(miniport.oidRequest(vc, OidRequest.query(oid, 4))
                .toCompletableFuture()
                .join()
                .information());
    }

    private static int[] numbers(final StatusIndication indication) {
        assertThat(indication.code()).isEqualTo(StatusCode.WAN_CO_MTULINKPARAMS);
        final ByteBuffer octets =
                ByteBuffer.wrap(indication.buffer().toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
        return IntStream.range(0, octets.capacity() / 4)
                .map(i -> octets.getInt(4 * i))
                .toArray();
    }

    private static List<Integer> mtus(final VcFake vc) {
        return vc.indications().stream().map(i -> numbers(i)[4]).toList();
    }

    /** A tag of 802.1Q is not counted by an interface; that of 802.1ad is. */
    @ParameterizedTest
    @CsvSource({
        "type:0x88b6, 1500",
        "vlan:5, 1502",
        "svlan:5, 1498",
        "vlan:5/type:0x88b6, 1500",
        "svlan:5/vlan:6/type:0x88b6, 1492",
        "mpls:100/mpls:200, 1492",
        "peer:02-00-00-00-00-0a/pppoe:9, 1494",
        "vlan:6/peer:02-00-00-00-00-0a/pppoe:9, 1494",
        "type:llc, 1500",
        "stations:0x8863, 1512",
    })
    void shouldCarryWhatFits_andNotOneOctetMore(final String flow, final int longest) {
        final VcFake vc = vc(flow);
        assertThat(send(vc, longest)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(send(vc, longest + 1)).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(wire.sent()).hasSize(1);
        assertThat(ask(Optional.of(vc.context()), CaptureOids.MAXIMUM_FRAME_SIZE))
                .isEqualTo(longest);
    }

    @Test
    void shouldFollowAnMtuThatShrinks_andTellEachVc() {
        final VcFake vlan = vc("vlan:5");
        final VcFake session = vc("peer:02-00-00-00-00-0a/pppoe:9");
        assertThat(send(vlan, 1502)).isEqualTo(NdisStatus.SUCCESS);
        link.setMtu(1400);
        await().atMost(PATIENCE)
                .until(() -> !mtus(session).isEmpty() && !mtus(vlan).isEmpty());
        assertThat(numbers(vlan.indications().get(0))).containsExactly(1, 12_500_000, 12_500_000, -1, 1402);
        assertThat(mtus(session)).containsExactly(1394);
        assertThat(send(vlan, 1403)).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(send(vlan, 1402)).isEqualTo(NdisStatus.SUCCESS);
        assertThat(send(session, 1395)).isEqualTo(NdisStatus.INVALID_LENGTH);
        assertThat(wire.sent()).extracting(frame -> frame.length).containsExactly(1518, 1418);
        assertThat(ask(Optional.empty(), CaptureOids.MAXIMUM_FRAME_SIZE)).isEqualTo(1400);
        assertThat(ask(Optional.empty(), CaptureOids.MAXIMUM_TOTAL_SIZE)).isEqualTo(1414);
        assertThat(wire.openings()).as("smaller frames need nothing").isEqualTo(1);
        assertThat(ndis.removals()).isEmpty();
    }

    /** Buffers and snapshot length grow with it: nothing is cut, nothing is too long. */
    @Test
    void shouldFollowAnMtuThatGrows() {
        final VcFake vlan = vc("vlan:5");
        wire.limit(1500);
        wire.setMtu(9000);
        link.setMtu(9000);
        await().atMost(PATIENCE).until(() -> mtus(vlan).equals(List.of(9002)));
        assertThat(wire.openings()).isEqualTo(2);
        assertThat(send(vlan, 9002)).isEqualTo(NdisStatus.SUCCESS);
        final byte[] jumbo =
                Frames.ethernet().vlan(5).u16(0x0800).bytes(new byte[9000]).toBytes();
        wire.receive(jumbo);
        await().atMost(PATIENCE).until(() -> vlan.received().size() == 1);
        assertThat(vlan.received().get(0).bytes()).hasSize(9002);
        assertThat(ndis.removals()).isEmpty();
    }

    /** What was lent before the buffers grew comes back to where it was from, and is waited for. */
    @Test
    void r220BuffersThatWereOutgrownAreWaitedFor() {
        final VcFake vlan = vc("vlan:5");
        vlan.keep();
        wire.receive(Frames.ethernet().vlan(5).u16(0x0800).text("before").toBytes());
        await().atMost(PATIENCE).until(() -> vlan.keptCount() == 1);
        wire.setMtu(9000);
        link.setMtu(9000);
        await().atMost(PATIENCE).until(() -> mtus(vlan).equals(List.of(9002)));
        wire.receive(Frames.ethernet().vlan(5).u16(0x0800).text("after").toBytes());
        await().atMost(PATIENCE).until(() -> vlan.keptCount() == 2);
        assertThat(miniport.link().orElseThrow().outstandingBuffers()).isEqualTo(2);
        vlan.returnKept();
        assertThat(miniport.link().orElseThrow().outstandingBuffers()).isZero();
    }

    @Test
    void shouldSayThatItIsGone_whenItCannotBeOpenedAnew() {
        final VcFake vlan = vc("vlan:5");
        wire.limit(1500);
        wire.breakDown("no permission any more");
        link.setMtu(9000);
        await().atMost(PATIENCE).until(() -> ndis.removals().equals(List.of("no permission any more")));
        assertThat(send(vlan, 100)).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(vlan.indications()).isEmpty();
    }

    private static CallParameters wanting(final String flow, final long transmit, final long receive) {
        return FakeNdis.call(flow)
                .withCallManager(new CallManagerParameters(
                        FlowSpec.guaranteed(1000, transmit), FlowSpec.guaranteed(1000, receive), Optional.empty()));
    }

    @Test
    void r79ActivationLooksAtTheLengthOfPdus() {
        final VcFake vc = VcFake.on(miniport);
        final NdisResult<CallParameters> tooLong = vc.activate(wanting("vlan:5", 1503, 100));
        assertThat(tooLong.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(tooLong.refusal().orElseThrow().explanation())
                .contains("vlan:5")
                .contains("1502 octets")
                .contains("MTU 1500");
        assertThat(vc.activate(wanting("vlan:5", 100, 70_000))
                        .refusal()
                        .orElseThrow()
                        .explanation())
                .contains("received");
        assertThat(vc.activate(wanting("vlan:5", 1502, 1502)).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(VcFake.on(miniport)
                        .activate(wanting("vlan:6", FlowSpec.UNSPECIFIED, FlowSpec.UNSPECIFIED))
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void r79HeadersThatFillAFrameLeaveNoRoom() {
        miniport.halt(HaltAction.DEVICE_DISABLED);
        wire.setMtu(68);
        start(SETTINGS);
        final String labels = String.join(
                "/", IntStream.range(100, 116).mapToObj(i -> "mpls:" + i).toList());
        final String tags = String.join(
                "/", IntStream.range(1, 17).mapToObj(i -> "svlan:" + i).toList());
        final NdisResult<CallParameters> refused = VcFake.on(miniport).activate(tags + "/" + labels);
        assertThat(refused.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(refused.refusal().orElseThrow().explanation())
                .contains("no room")
                .contains("MTU 68");
    }
}
