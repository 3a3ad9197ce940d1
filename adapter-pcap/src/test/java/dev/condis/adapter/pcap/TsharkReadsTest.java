// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.pcap.FakeNdis.VcFake;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Frames of each kind of flow, as tshark and tcpdump read them: fields, not text, against what was meant. */
@Timeout(120)
class TsharkReadsTest {

    private static final String PEER = "peer:02-00-00-00-00-0a";
    private static final MacAddress STATION = MacAddress.parse("02-00-00-00-00-0c");
    private static final long SECONDS = 1_700_000_000L;
    private static final long FIRST_NANOS = 123_456_789L;
    private static final long FIRST_STAMP = SECONDS * 1_000_000_000L + FIRST_NANOS;
    private static final int IPV4 = 0x0800;
    private static final int OWN_TYPE = 0x88b6;
    private static final int PPP_IPV4 = 0x0021;
    private static final int TTL = 255;

    private static final List<String> FLOWS = List.of(
            "vlan:1",
            "vlan:4094",
            "svlan:200",
            "vlan9100:77",
            "svlan:200/vlan:7",
            "vlan9100:5/vlan:6",
            "vlan:10/vlan:20/vlan:30",
            "svlan:1/svlan:2/vlan:3/vlan:4",
            "vlan:100/" + PEER,
            "mpls:16",
            "mpls:501/mpls:701",
            "mpls:1048575/mpls:17/mpls:18/mpls:19",
            "vlan:9/mpls:16",
            "svlan:8/vlan:9/mpls:100/mpls:200",
            PEER + "/mpls:33",
            PEER + "/pppoe:1",
            "vlan:2474/" + PEER + "/pppoe:65534",
            "svlan:2474/vlan:3704/" + PEER + "/pppoe:3847",
            PEER + "/type:0x0800",
            PEER + "/type:0x88b6",
            PEER + "/type:llc",
            "vlan:12/" + PEER + "/type:llc",
            "type:0x88b6",
            PEER,
            "stations:0x88b6",
            "vlan:7/stations:0x88b6");

    private static final List<Integer> PAYLOADS = List.of(0, 1, 17, 18, 200, 1400);

    private static final List<String> FIELDS = List.of(
            "frame.time_epoch",
            "frame.len",
            "frame.protocols",
            "eth.dst",
            "eth.src",
            "eth.type",
            "eth.len",
            "eth.padding",
            "eth.trailer",
            "vlan.id",
            "vlan.priority",
            "vlan.dei",
            "vlan.etype",
            "vlan.len",
            "vlan.trailer",
            "ieee8021ad.id",
            "ieee8021ad.svid",
            "ieee8021ad.cvid",
            "ieee8021ad.priority",
            "ieee8021ad.dei",
            "mpls.label",
            "mpls.exp",
            "mpls.bottom",
            "mpls.ttl",
            "pppoe.version",
            "pppoe.type",
            "pppoe.code",
            "pppoe.session_id",
            "pppoe.payload_length",
            "ppp.protocol",
            "llc.type",
            "ip.len",
            "ip.checksum.status",
            "udp.checksum.status",
            "udp.payload",
            "data.data",
            "_ws.malformed",
            "_ws.expert.severity");

    @TempDir
    Path folder;

    @BeforeEach
    void needsTshark() {
        Tshark.requireTshark();
        Tshark.requireTcpdump();
    }

    /**
     * What was sent.
     *
     * @param flow on which flow
     * @param number which PDU it is
     * @param payload what the innermost protocol carries
     * @param local from whom
     */
    private record Meant(EthernetFlow flow, int number, byte[] payload, MacAddress local) {

        Meant(final EthernetFlow flow, final int number, final int octets, final MacAddress local) {
            this(flow, number, Datagrams.payload(number, octets), local);
        }

        FlowLayer innermost() {
            return flow.innermost();
        }

        List<Long> values(final FlowLayer.Kind... kinds) {
            final List<FlowLayer.Kind> wanted = List.of(kinds);
            return flow.layers().stream()
                    .filter(layer -> wanted.contains(layer.kind()))
                    .map(FlowLayer::value)
                    .toList();
        }

        boolean carriesIp() {
            return switch (innermost().kind()) {
                case STATIONS -> false;
                case TYPE -> innermost().value() != OWN_TYPE;
                default -> true;
            };
        }

        boolean isLlc() {
            return innermost().kind() == FlowLayer.Kind.TYPE && innermost().value() == FlowLayer.LLC;
        }

        /** The octets that follow the type field or the headers of the flow. */
        byte[] content() {
            return carriesIp() ? Datagrams.of(payload) : payload;
        }

        /** The PDU that is given to the VC. */
        byte[] pdu() {
            final ByteBuffer pdu = ByteBuffer.allocate(2000);
            switch (innermost().kind()) {
                case PPPOE -> pdu.putShort((short) PPP_IPV4);
                case STATIONS -> pdu.put(address(STATION)).put(address(MacAddress.BROADCAST));
                case TYPE -> pdu.put(isLlc() ? HexFormat.of().parseHex("aaaa030000000800") : new byte[0]);
                case MPLS -> {
                    // nothing before the packet
                }
                default -> pdu.putShort((short) IPV4);
            }
            pdu.put(content());
            return Arrays.copyOf(pdu.array(), pdu.position());
        }

        /** The type fields of the frame, from the outside in; 0 for a length. */
        List<Integer> types() {
            final List<Integer> types = new ArrayList<>();
            for (final FlowLayer tag : flow.tags()) {
                types.add(
                        switch (tag.kind()) {
                            case SVLAN -> 0x88a8;
                            case VLAN9100 -> 0x9100;
                            default -> 0x8100;
                        });
            }
            types.add(
                    switch (innermost().kind()) {
                        case MPLS -> 0x8847;
                        case PPPOE -> 0x8864;
                        case TYPE, STATIONS -> (int) innermost().value();
                        default -> IPV4;
                    });
            return types;
        }

        MacAddress receiver() {
            return innermost().kind() == FlowLayer.Kind.STATIONS
                    ? STATION
                    : flow.peer().orElse(MacAddress.BROADCAST);
        }

        /** Octets of the frame before it is padded. */
        int octets() {
            final int headers = 14
                    + 4 * flow.tags().size()
                    + 4 * values(FlowLayer.Kind.MPLS).size()
                    + (innermost().kind() == FlowLayer.Kind.PPPOE ? 8 : 0)
                    + (isLlc() ? 8 : 0);
            return headers + content().length;
        }

        int frameOctets() {
            return Math.max(60, octets());
        }
    }

    private static byte[] address(final MacAddress address) {
        final byte[] octets = new byte[6];
        address.copyTo(octets, 0);
        return octets;
    }

    private static String colons(final MacAddress address) {
        return address.toString().replace('-', ':').toLowerCase(Locale.ROOT);
    }

    /** Every flow with every length, one after the other. */
    private static List<Meant> everything(final MacAddress local) {
        final List<Meant> all = new ArrayList<>();
        for (final int length : PAYLOADS) {
            for (final String flow : FLOWS) {
                all.add(new Meant(EthernetFlow.parse(flow), all.size(), length, local));
            }
        }
        return all;
    }

    /** Sends everything, each flow on a VC of its own, with a time stamp that each PDU brings. */
    private static void send(final PcapMiniport miniport, final List<Meant> all) {
        final Map<MediaFlow, VcFake> vcs = new HashMap<>();
        for (final Meant meant : all) {
            final VcFake vc = vcs.computeIfAbsent(meant.flow(), flow -> activated(miniport, flow));
            final NetBufferList nbl =
                    new NetBufferListPool("test", 1, 2000).allocate().fill(meant.pdu());
            nbl.setTimestampNanos(FIRST_STAMP + meant.number());
            vc.context().sendNetBufferLists(nbl, NblFlags.NONE);
        }
        vcs.values().forEach(vc -> assertThat(vc.completed()).containsOnly(NdisStatus.SUCCESS));
    }

    private static VcFake activated(final PcapMiniport miniport, final MediaFlow flow) {
        final VcFake vc = VcFake.on(miniport);
        final MediaParameters media = new MediaParameters(
                EnumSet.of(
                        MediaParameters.Flag.TRANSMIT_VC,
                        MediaParameters.Flag.RECEIVE_VC,
                        MediaParameters.Flag.USE_TIME_STAMPS),
                0,
                0,
                Optional.of(flow.toSpecificParameters()));
        final CallManagerParameters importance =
                new CallManagerParameters(transmit(flow), FlowSpec.bestEffort(), Optional.empty());
        assertThat(vc.activate(CallParameters.permanent(media).withCallManager(importance))
                        .refusal())
                .isEmpty();
        return vc;
    }

    /** Every other flow is one that may wait a few milliseconds at most, which is priority 6. */
    private static FlowSpec transmit(final MediaFlow flow) {
        final FlowSpec any = FlowSpec.bestEffort();
        return priority(flow) == 0
                ? any
                : new FlowSpec(
                        any.tokenRate(),
                        any.tokenBucketSize(),
                        any.peakBandwidth(),
                        1000,
                        any.delayVariation(),
                        FlowSpec.ServiceType.GUARANTEED,
                        any.maxSduSize(),
                        any.minimumPolicedSize());
    }

    private static int priority(final MediaFlow flow) {
        return FLOWS.indexOf(flow.text()) % 2 == 0 ? 0 : 6;
    }

    private static PcapMiniport started(final PcapSettings settings) {
        final PcapMiniport miniport =
                new PcapMiniport(settings, new PcapHost(() -> FIRST_STAMP, LinkStatus.IGNORED, LinkProbe.UNKNOWN));
        assertThat(miniport.initialize(new FakeNdis())).isEqualTo(NdisStatus.SUCCESS);
        miniport.restart().toCompletableFuture().join();
        return miniport;
    }

    private static void assertReadAsMeant(final List<Tshark.Row> rows, final List<Meant> all) {
        assertThat(rows).hasSameSizeAs(all);
        for (int i = 0; i < rows.size(); i++) {
            assertReadAsMeant(rows.get(i), all.get(i));
        }
    }

    private static void assertReadAsMeant(final Tshark.Row row, final Meant meant) {
        final String frame = "frame " + (meant.number() + 1) + " of " + meant.flow() + " read as " + row.values();
        assertThat(row.all("_ws.malformed")).as(frame).isEmpty();
        assertThat(row.all("_ws.expert.severity")).as(frame).isEmpty();
        assertThat(row.all("eth.src")).as(frame).containsExactly(colons(meant.local()));
        assertThat(row.all("eth.dst")).as(frame).containsExactly(colons(meant.receiver()));
        assertThat(row.numbers("frame.len")).as(frame).containsExactly((long) meant.frameOctets());
        assertTags(frame, row, meant);
        assertLabels(frame, row, meant);
        assertSession(frame, row, meant);
        assertLength(frame, row, meant);
        assertContent(frame, row, meant);
    }

    private static void assertTags(final String frame, final Tshark.Row row, final Meant meant) {
        final int priority = priority(meant.flow());
        final List<Long> services = meant.values(FlowLayer.Kind.SVLAN);
        final List<Long> others = meant.values(FlowLayer.Kind.VLAN, FlowLayer.Kind.VLAN9100);
        assertThat(row.numbers("eth.type"))
                .as(frame)
                .isEqualTo(
                        meant.types().get(0) == 0
                                ? List.of()
                                : List.of((long) meant.types().get(0)));
        // of two service tags in a row it reads the second as the customer's
        final List<Long> read = Stream.of("ieee8021ad.svid", "ieee8021ad.cvid", "ieee8021ad.id")
                .flatMap(field -> row.numbers(field).stream())
                .toList();
        assertThat(read).as(frame).isEqualTo(services);
        assertThat(row.numbers("vlan.id")).as(frame).isEqualTo(others);
        if (meant.flow().tags().size() > 0
                && meant.flow().tags().get(meant.flow().tags().size() - 1).kind() != FlowLayer.Kind.SVLAN
                && !meant.isLlc()) {
            final List<Long> inner = row.numbers("vlan.etype");
            assertThat(inner.get(inner.size() - 1))
                    .as(frame)
                    .isEqualTo(meant.types().get(meant.types().size() - 1).longValue());
        }
        assertThat(row.numbers("ieee8021ad.priority"))
                .as(frame)
                .hasSameSizeAs(services)
                .allMatch(p -> p == priority);
        assertThat(row.numbers("vlan.priority")).as(frame).hasSameSizeAs(others).allMatch(p -> p == priority);
        assertThat(row.numbers("ieee8021ad.dei"))
                .as(frame)
                .hasSameSizeAs(services)
                .allMatch(p -> p == 0);
        assertThat(row.numbers("vlan.dei")).as(frame).hasSameSizeAs(others).allMatch(p -> p == 0);
    }

    private static void assertLabels(final String frame, final Tshark.Row row, final Meant meant) {
        final List<Long> labels = meant.values(FlowLayer.Kind.MPLS);
        assertThat(row.numbers("mpls.label")).as(frame).isEqualTo(labels);
        final List<Long> bottoms = Stream.iterate(0, i -> i < labels.size(), i -> i + 1)
                .map(i -> i == labels.size() - 1 ? 1L : 0L)
                .toList();
        assertThat(row.numbers("mpls.bottom")).as(frame).isEqualTo(bottoms);
        assertThat(row.numbers("mpls.ttl")).as(frame).hasSameSizeAs(labels).allMatch(t -> t == TTL);
        assertThat(row.numbers("mpls.exp")).as(frame).hasSameSizeAs(labels).allMatch(t -> t == priority(meant.flow()));
    }

    private static void assertSession(final String frame, final Tshark.Row row, final Meant meant) {
        final List<Long> sessions = meant.values(FlowLayer.Kind.PPPOE);
        assertThat(row.numbers("pppoe.session_id")).as(frame).isEqualTo(sessions);
        if (!sessions.isEmpty()) {
            assertThat(row.numbers("pppoe.version")).as(frame).containsExactly(1L);
            assertThat(row.numbers("pppoe.type")).as(frame).containsExactly(1L);
            assertThat(row.numbers("pppoe.code")).as(frame).containsExactly(0L);
            assertThat(row.numbers("pppoe.payload_length")).as(frame).containsExactly(2L + meant.content().length);
            assertThat(row.numbers("ppp.protocol")).as(frame).containsExactly((long) PPP_IPV4);
        }
    }

    private static void assertLength(final String frame, final Tshark.Row row, final Meant meant) {
        final List<Long> lengths = Stream.of("eth.len", "vlan.len")
                .flatMap(field -> row.numbers(field).stream())
                .toList();
        final int llcHeader = 8;
        assertThat(lengths)
                .as(frame)
                .isEqualTo(meant.isLlc() ? List.of((long) llcHeader + meant.content().length) : List.of());
        assertThat(row.all("llc.type")).as(frame).isEqualTo(meant.isLlc() ? List.of("0x0800") : List.of());
        final boolean seesPadding = meant.carriesIp() && meant.innermost().kind() != FlowLayer.Kind.PPPOE;
        final String padding = "00".repeat(seesPadding ? meant.frameOctets() - meant.octets() : 0);
        assertThat(String.join("", row.all("eth.padding")) + String.join("", row.all("vlan.trailer")))
                .as(frame)
                .isEqualTo(padding);
        assertThat(row.all("eth.trailer")).as(frame).isEmpty();
    }

    private static void assertContent(final String frame, final Tshark.Row row, final Meant meant) {
        if (meant.carriesIp()) {
            assertThat(row.numbers("ip.len")).as(frame).containsExactly((long) meant.content().length);
            assertThat(row.all("ip.checksum.status")).as(frame).containsExactly("1");
            assertThat(row.all("udp.checksum.status")).as(frame).containsExactly("1");
            assertThat(String.join("", row.all("udp.payload"))).as(frame).isEqualTo(Tshark.hex(meant.payload(), 0));
        } else {
            final byte[] padded =
                    Arrays.copyOf(meant.payload(), meant.payload().length + meant.frameOctets() - meant.octets());
            assertThat(String.join("", row.all("data.data"))).as(frame).isEqualTo(Tshark.hex(padded, 0));
        }
    }

    @Test
    void aFileThatIsWrittenIsReadAsItWasMeant() {
        final Path file = folder.resolve("written.pcap");
        final List<Meant> all = everything(PcapSettings.DEFAULT_LOCAL_ADDRESS);
        final PcapMiniport miniport = started(PcapSettings.writing("written", file));
        send(miniport, all);
        miniport.halt(HaltAction.DEVICE_DISABLED);
        final List<Tshark.Row> rows = Tshark.read(file, FIELDS);
        assertReadAsMeant(rows, all);
        for (int i = 0; i < rows.size(); i++) {
            assertThat(rows.get(i).all("frame.time_epoch")).containsExactly(SECONDS + "." + (FIRST_NANOS + i));
        }
        assertTcpdumpReads(file, all);
    }

    private static void assertTcpdumpReads(final Path file, final List<Meant> all) {
        final Tshark.Said said = Tshark.tcpdump(file);
        assertThat(said.code()).as("%s", said.errors()).isZero();
        assertThat(said.errors()).allMatch(line -> line.startsWith("reading from file"));
        // of a protocol that it does not know it shows the octets, on lines of their own
        final List<String> frames =
                said.out().stream().filter(line -> !line.startsWith("\t")).toList();
        assertThat(frames).hasSameSizeAs(all).noneMatch(line -> line.contains("[|") || line.contains("invalid"));
    }

    @Test
    void whatGoesOverAWireIsReadAsItWasMeant() throws Exception {
        Captures.requireLibpcap();
        final Path file = folder.resolve("wire.pcap");
        try (NetworkNamespace namespace = NetworkNamespace.create()) {
            final PcapMiniport miniport =
                    namespace.call(() -> started(PcapSettings.of("left", "left", PcapSettings.Mode.MINIPORT)));
            final List<Meant> all = everything(miniport.link().orElseThrow().localAddress());
            final Process tcpdump = namespace.start(List.of(
                    "tcpdump",
                    "-i",
                    "right",
                    "-Z",
                    "root",
                    "-c",
                    Integer.toString(all.size()),
                    "-B",
                    "16384",
                    "-w",
                    file.toString(),
                    "not ip6"));
            try {
                awaitListening(tcpdump);
                send(miniport, all);
                assertThat(tcpdump.waitFor(60, TimeUnit.SECONDS)).isTrue();
            } finally {
                tcpdump.destroy();
                miniport.halt(HaltAction.DEVICE_DISABLED);
            }
            assertReadAsMeant(Tshark.read(file, FIELDS), all);
            assertTcpdumpReads(file, all);
        }
    }

    private static void awaitListening(final Process tcpdump) throws IOException {
        final BufferedReader output = tcpdump.inputReader();
        String line = output.readLine();
        while (line != null && !line.contains("listening on")) {
            line = output.readLine();
        }
        assertThat(line).as("tcpdump listens").isNotNull();
    }
}
