// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * VCs through Open vSwitch: it pushes and pops tags and labels, or is configured with ports that do. What one adapter sends arrives at the other as the switch
 * should have made it, octet by octet, and the switch has counted as many frames and octets as were sent.
 */
@Timeout(120)
class OpenVswitchTest {

    private static final int PDUS = 60;
    private static final int WINDOW = 8;
    private static final int LEAST_OCTETS = 46;
    private static final int STEP = 22;
    private static final Duration LONG = Duration.ofMinutes(1);

    private static Optional<NetworkNamespace> namespace = Optional.empty();
    private static Optional<OpenVswitch> openVswitch = Optional.empty();

    @TempDir
    static Path switchFolder;

    @TempDir
    Path folder;

    /**
     * What the switch is told, and what comes of it.
     *
     * @param name says it
     * @param from port of the sender, 1 or 2; the receiver has the other
     * @param port what {@code ovs-vsctl} sets of port 2
     * @param match which of the frames that come in are meant, not what the kernel sends when it likes to
     * @param action what the switch does with them
     * @param sends flow of the sender; {@code TO} stands for the receiver's address
     * @param receives flow of the receiver; {@code FROM} stands for the sender's address
     * @param header puts the headers of what arrives after the addresses
     */
    private record Circuit(
            String name,
            int from,
            List<String> port,
            String match,
            String action,
            String sends,
            String receives,
            UnaryOperator<Frames> header) {

        @Override
        public String toString() {
            return name;
        }
    }

    private static Circuit flow(
            final String name,
            final String match,
            final String action,
            final String sends,
            final String receives,
            final UnaryOperator<Frames> header) {
        return new Circuit(name, 1, List.of(), match, action + ",output:2", sends, receives, header);
    }

    private static Frames label(final Frames frame, final int label, final boolean bottom, final int ttl) {
        final int entry = label << 12 | (bottom ? 0x100 : 0) | ttl;
        return frame.u16(entry >>> 16).u16(entry);
    }

    static Stream<Circuit> circuits() {
        return Stream.of(
                        Stream.of(flow(
                                "forwarding", "dl_vlan=7", "set_field:0->metadata", "vlan:7", "vlan:7", f -> f.vlan(7)
                                        .u16(0x0800))),
                        tags(),
                        labels(),
                        ports())
                .flatMap(circuits -> circuits);
    }

    private static Stream<Circuit> tags() {
        return Stream.of(
                flow(
                        "push 802.1Q",
                        "ip",
                        "push_vlan:0x8100,set_field:4196->vlan_vid,set_field:5->vlan_pcp",
                        "peer:TO/type:0x0800",
                        "vlan:100/peer:FROM/type:0x0800",
                        f -> f.vlan(5 << 13 | 100).u16(0x0800)),
                flow(
                        "pop 802.1Q",
                        "dl_vlan=100",
                        "pop_vlan",
                        "vlan:100/peer:TO",
                        "peer:FROM/type:0x0800",
                        f -> f.u16(0x0800)),
                flow(
                        "push 802.1ad",
                        "dl_vlan=7",
                        "push_vlan:0x88a8,set_field:4296->vlan_vid",
                        "vlan:7/peer:TO",
                        "svlan:200/vlan:7",
                        f -> f.svlan(200).vlan(7).u16(0x0800)),
                flow("pop 802.1ad", "dl_vlan=200", "pop_vlan", "svlan:200/vlan:7/peer:TO", "vlan:7", f -> f.vlan(7)
                        .u16(0x0800)),
                flow(
                        "change the VLAN",
                        "dl_vlan=7",
                        "set_field:4205->vlan_vid",
                        "vlan:7/peer:TO",
                        "vlan:109",
                        f -> f.vlan(109).u16(0x0800)),
                flow(
                        "push 802.1Q around a PPPoE session",
                        "dl_type=0x8864",
                        "push_vlan:0x8100,set_field:4105->vlan_vid",
                        "peer:TO/pppoe:513",
                        "vlan:9/peer:FROM/pppoe:513",
                        f -> f.vlan(9).u16(0x8864)));
    }

    private static Stream<Circuit> labels() {
        final int ttlOfIp = 64;
        final int ttl = 255;
        return Stream.of(
                flow(
                        "push a label",
                        "ip",
                        "push_mpls:0x8847,set_field:33->mpls_label",
                        "peer:TO/type:0x0800",
                        "mpls:33",
                        f -> label(f.u16(0x8847), 33, true, ttlOfIp)),
                flow(
                        "push two labels",
                        "ip",
                        "push_mpls:0x8847,set_field:33->mpls_label,push_mpls:0x8847,set_field:1048575->mpls_label",
                        "peer:TO/type:0x0800",
                        "mpls:1048575/mpls:33",
                        f -> label(label(f.u16(0x8847), 1_048_575, false, ttlOfIp), 33, true, ttlOfIp)),
                flow(
                        "swap a label",
                        "mpls",
                        "set_field:502->mpls_label,dec_mpls_ttl",
                        "peer:TO/mpls:501/mpls:701",
                        "mpls:502/mpls:701",
                        f -> label(label(f.u16(0x8847), 502, false, ttl - 1), 701, true, ttl)),
                flow(
                        "pop one label of two",
                        "mpls",
                        "pop_mpls:0x8847",
                        "peer:TO/mpls:501/mpls:701",
                        "mpls:701",
                        f -> label(f.u16(0x8847), 701, true, ttl)),
                flow(
                        "pop the last label",
                        "mpls",
                        "pop_mpls:0x0800",
                        "peer:TO/mpls:501",
                        "peer:FROM/type:0x0800",
                        f -> f.u16(0x0800)));
    }

    private static Stream<Circuit> ports() {
        final List<String> access = List.of("tag=100");
        final List<String> tunnel = List.of("vlan_mode=dot1q-tunnel", "tag=200", "other_config:qinq-ethtype=802.1ad");
        final String normal = "NORMAL";
        return Stream.of(
                new Circuit(
                        "out of an access port",
                        1,
                        access,
                        "dl_vlan=100",
                        normal,
                        "vlan:100",
                        "peer:FROM",
                        f -> f.u16(0x0800)),
                new Circuit("into an access port", 2, access, "ip", normal, "peer:TO", "vlan:100", f -> f.vlan(100)
                        .u16(0x0800)),
                new Circuit(
                        "out of a dot1q-tunnel",
                        1,
                        tunnel,
                        "dl_vlan=200",
                        normal,
                        "svlan:200/vlan:7",
                        "vlan:7",
                        f -> f.vlan(7).u16(0x0800)),
                new Circuit(
                        "into a dot1q-tunnel",
                        2,
                        tunnel,
                        "dl_vlan=7",
                        normal,
                        "vlan:7",
                        "svlan:200/vlan:7",
                        f -> f.svlan(200).vlan(7).u16(0x0800)));
    }

    @BeforeAll
    static void startsASwitch() throws IOException {
        Captures.requireLibpcap();
        OpenVswitch.require();
        final NetworkNamespace made = NetworkNamespace.create();
        namespace = Optional.of(made);
        for (final String number : List.of("1", "2")) {
            made.ip("link", "add", "end" + number, "type", "veth", "peer", "name", "port" + number);
            made.ip("link", "set", "end" + number, "up");
            made.ip("link", "set", "port" + number, "up");
        }
        openVswitch = Optional.of(OpenVswitch.start(made, switchFolder, "port1", "port2"));
    }

    @AfterAll
    static void endsIt() {
        openVswitch.ifPresent(OpenVswitch::close);
        namespace.ifPresent(NetworkNamespace::close);
    }

    private static PcapMiniport started(final PcapSettings settings) {
        final PcapSettings.Live usual = PcapSettings.Live.DEFAULT;
        final PcapMiniport miniport = new PcapMiniport(
                settings.with(new PcapSettings.Live(
                        usual.profile(), 0, 4 << 20, 10, false, usual.direction(), "", usual.precision())),
                new PcapHost(() -> 0L, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        final NdisStatus status = namespace.orElseThrow().call(() -> miniport.initialize(new FakeNdis()));
        assertThat(status).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart().toCompletableFuture().join();
        return miniport;
    }

    private static PcapSettings on(final int port) {
        return PcapSettings.of("end" + port, "end" + port, PcapSettings.Mode.MINIPORT);
    }

    private static VcFake vc(final PcapMiniport miniport, final String flow) {
        final VcFake vc = VcFake.on(miniport);
        assertThat(vc.activate(flow).refusal()).isEmpty();
        return vc;
    }

    private static byte[] pdu(final String flow, final byte[] packet) {
        return switch (EthernetFlow.parse(flow).innermost().kind()) {
            case TYPE, MPLS -> packet;
            case PPPOE -> Frames.raw().u16(0x0021).bytes(packet).toBytes();
            default -> Frames.raw().u16(0x0800).bytes(packet).toBytes();
        };
    }

    private static List<byte[]> packets() {
        final List<byte[]> packets = new ArrayList<>();
        for (int i = 0; i < PDUS; i++) {
            packets.add(Datagrams.numbered(i, LEAST_OCTETS + STEP * i));
        }
        return packets;
    }

    @ParameterizedTest
    @MethodSource("circuits")
    void whatIsSentArrivesAsTheSwitchMakesIt(final Circuit circuit) throws CaptureException {
        final OpenVswitch ovs = openVswitch.orElseThrow();
        ovs.configure("clear", "port", "port2", "tag", "vlan_mode", "other_config");
        circuit.port().forEach(setting -> ovs.configure("set", "port", "port2", setting));
        ovs.onlyFlow("in_port=" + circuit.from() + "," + circuit.match() + ",actions=" + circuit.action());
        final Path record = folder.resolve("arrived.pcap");
        final PcapMiniport sender = started(on(circuit.from()));
        final PcapMiniport receiver = started(on(3 - circuit.from()).withWriteFile(record));
        try {
            final MacAddress from = sender.link().orElseThrow().localAddress();
            final MacAddress to = receiver.link().orElseThrow().localAddress();
            final String sends = circuit.sends().replace("TO", to.toString());
            final String receives = circuit.receives().replace("FROM", from.toString());
            final List<byte[]> packets = packets();
            final VcFake there = vc(receiver, receives);
            final OpenVswitch.Counted before = ovs.counted();
            send(vc(sender, sends), packets.stream().map(p -> pdu(sends, p)).toList(), there);

            assertThat(there.received().stream().map(FakeNdis.Pdu::bytes))
                    .containsExactlyElementsOf(
                            packets.stream().map(p -> pdu(receives, p)).toList());
            final LinkCounters counters = sender.link().orElseThrow().counters();
            assertThat(counters.sent()).isEqualTo(PDUS);
            final OpenVswitch.Counted expected =
                    new OpenVswitch.Counted(before.frames() + counters.sent(), before.octets() + counters.sentBytes());
            await().atMost(LONG).untilAsserted(() -> assertThat(ovs.counted()).isEqualTo(expected));
            receiver.halt(HaltAction.DEVICE_DISABLED);
            assertThat(recorded(record, from))
                    .containsExactlyElementsOf(packets.stream()
                            .map(p -> arrives(circuit, sends, from, p))
                            .toList());
        } finally {
            sender.halt(HaltAction.DEVICE_DISABLED);
            receiver.halt(HaltAction.DEVICE_DISABLED);
        }
    }

    /** Sends with no more under way than every buffer on the way holds. */
    private static void send(final VcFake vc, final List<byte[]> pdus, final VcFake there) {
        for (int i = 0; i < pdus.size(); i++) {
            final NetBufferList nbl =
                    new NetBufferListPool("test", 1, 2000).allocate().fill(pdus.get(i));
            vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
            final int least = i == pdus.size() - 1 ? pdus.size() : i + 1 - WINDOW;
            await().atMost(LONG)
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> there.received().size() >= least);
        }
        assertThat(vc.completed()).hasSize(pdus.size()).containsOnly(NdisStatus.SUCCESS);
    }

    /** The frame that should arrive. */
    private static byte[] arrives(
            final Circuit circuit, final String sends, final MacAddress from, final byte[] packet) {
        final MacAddress to = EthernetFlow.parse(sends).peer().orElse(MacAddress.BROADCAST);
        final Frames frame = circuit.header().apply(Frames.raw().mac(to).mac(from));
        if (circuit.receives().contains("pppoe")) {
            frame.pppoe(0, 513, packet.length + 2).u16(0x0021);
        }
        return frame.bytes(packet).toBytes();
    }

    /** The frames of a station in a file. */
    private static List<byte[]> recorded(final Path file, final MacAddress from) throws CaptureException {
        final List<byte[]> frames = new ArrayList<>();
        final PcapFrameSource source = PcapFrameSource.openFile(file.toString(), PcapSettings.FileReading.DEFAULT);
        try {
            final FrameParser parser = new FrameParser(source.linkType());
            source.run((frame, wire, nanos) -> {
                parser.parse(frame, frame.length, wire);
                if (parser.source() == from.value()) {
                    frames.add(frame.clone());
                }
            });
        } finally {
            source.close();
        }
        return frames;
    }
}
