// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MediaFlow;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The flows of recorded captures are those that tshark and a scan of the headers find in them. */
class CaptureFlowsTest {

    @BeforeEach
    void needsLibpcap() {
        Captures.requireLibpcap();
    }

    private record Content(int frames, TreeMap<String, Long> pdus, LinkCounters counters) {

        Set<Long> values(final FlowLayer.Kind... kinds) {
            return pdus.keySet().stream()
                    .map(MediaFlow::parse)
                    .filter(EthernetFlow.class::isInstance)
                    .flatMap(flow -> ((EthernetFlow) flow).layers().stream())
                    .filter(layer -> Arrays.asList(kinds).contains(layer.kind()))
                    .map(FlowLayer::value)
                    .collect(Collectors.toSet());
        }

        long deepest(final FlowLayer.Kind kind) {
            return pdus.keySet().stream()
                    .map(MediaFlow::parse)
                    .mapToLong(flow -> ((EthernetFlow) flow)
                            .layers().stream().filter(l -> l.kind() == kind).count())
                    .max()
                    .orElse(0);
        }
    }

    private static Content read(final Path path) throws CaptureException {
        final PcapFrameSource source = PcapFrameSource.openFile(path.toString(), PcapSettings.FileReading.DEFAULT);
        final FrameParser parser = new FrameParser(source.linkType());
        final LinkCounters counters = new LinkCounters();
        final TreeMap<String, Long> pdus = new TreeMap<>();
        final int[] frames = {0};
        try {
            source.run((frame, wire, nanos) -> {
                frames[0]++;
                counters.add(parser.parse(frame, frame.length, wire));
                final FlowKey key = parser.canonical(new FlowKey());
                if (key.length() > 0) {
                    pdus.merge(key.toString(), parser.isEvidence() ? 0L : 1L, Long::sum);
                }
            });
        } finally {
            source.close();
        }
        return new Content(frames[0], pdus, counters);
    }

    private static Set<Long> numbers(final String text) {
        return Arrays.stream(text.split(" "))
                .filter(s -> !s.isEmpty())
                .map(Long::decode)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @CsvSource({
        "zeek-pppoe.pcap, 65, 0x0011",
        "zeek-pppoe-over-qinq.pcap, 86, 0x0f07",
        "suricata-verify-pppoe.pcap, 37, 1 2",
        "pcapplusplus-PPPoEDiscovery.pcap, 2, 0x0011",
    })
    void shouldFindPppoeSessions(final String name, final int frames, final String sessions) throws CaptureException {
        final Content content = read(Captures.file(name));
        assertThat(content.frames()).isEqualTo(frames);
        assertThat(content.values(FlowLayer.Kind.PPPOE)).isEqualTo(numbers(sessions));
    }

    @ParameterizedTest
    @CsvSource({
        "zeek-pppoe-over-qinq.pcap, 86, 2474 3704",
        "zeek-mixed-vlan-mpls.pcap, 47, 4093",
        "zeek-mpls-in-vlan.pcap, 3, 0 3199 3399",
        "zeek-vlan-qinqinq.pcap, 14, 10 20 30",
        "tcpdump-802.1ad_QinQ.pcap, 2, 200 2001",
        "pcapplusplus-VlanPackets.pcap, 26, 10 20 118 209",
        "zeek-vlan-pcp-dei.pcapng, 9, 10 20",
        "made/linux-vlan-qinq-mpls.pcap, 46, 7 100 200",
    })
    void shouldFindVlans(final String name, final int frames, final String ids) throws CaptureException {
        final Content content = read(Captures.file(name));
        assertThat(content.frames()).isEqualTo(frames);
        assertThat(content.values(FlowLayer.Kind.VLAN, FlowLayer.Kind.SVLAN, FlowLayer.Kind.VLAN9100))
                .isEqualTo(numbers(ids));
        assertThat(content.counters().malformed()).isZero();
    }

    @ParameterizedTest
    @CsvSource({
        "zeek-mixed-vlan-mpls.pcap, 1, 1",
        "zeek-mpls-in-vlan.pcap, 3, 2",
        "tcpdump-mpls-traceroute.pcap, 1, 1",
        "tcpdump-mpls-over-udp.pcap, 2, 1",
        "made/linux-vlan-qinq-mpls.pcap, 4, 2",
    })
    void shouldFindLabelStacks(final String name, final int labels, final int deepest) throws CaptureException {
        final Content content = read(Captures.file(name));
        assertThat(content.values(FlowLayer.Kind.MPLS)).hasSize(labels);
        assertThat(content.deepest(FlowLayer.Kind.MPLS)).isEqualTo(deepest);
    }

    @ParameterizedTest
    @CsvSource({
        "made/linux-br2684-pvcs.pcap, 25, 0/100 0/101 1/102 1/200",
        "made/linux-atm-svc-call.pcap, 50, 0/5 0/32",
        "made/synthetic-q2931-all-messages.pcap, 16, 0/5",
    })
    void shouldFindAtmConnections(final String name, final int frames, final String connections)
            throws CaptureException {
        final Content content = read(Captures.file(name));
        assertThat(content.frames()).isEqualTo(frames);
        assertThat(content.pdus().keySet())
                .isEqualTo(Arrays.stream(connections.split(" "))
                        .map(text -> AtmConnection.parse("atm:" + text).text())
                        .collect(Collectors.toSet()));
        assertThat(content.pdus().values().stream().mapToLong(Long::longValue).sum())
                .isEqualTo(frames);
    }

    @Test
    void shouldFindLabelSwitchedPathsOfTwoLabels() throws CaptureException {
        assertThat(read(Captures.file("made/linux-vlan-qinq-mpls.pcap")).pdus())
                .containsKeys("vlan:100", "svlan:200/vlan:7", "mpls:501/mpls:701", "mpls:502/mpls:702");
    }

    @ParameterizedTest
    @CsvSource({
        "made/rp-pppoe-discovery.pcap, 2",
        "made/linux-pppoe-full-session.pcap, 1",
        "made/rp-pppoe-server-slirp-linux-client.pcap, 1"
    })
    void shouldFindSessionsOfRealPeers(final String name, final int sessions) throws CaptureException {
        assertThat(read(Captures.file(name)).values(FlowLayer.Kind.PPPOE)).hasSize(sessions);
    }

    @ParameterizedTest
    @CsvSource({"hostile", "hostile-made"})
    void shouldReadHostileCapturesWithoutHarm(final String folder) {
        int readable = 0;
        for (final Path path : Captures.all(folder)) {
            try {
                final Content content = read(path);
                assertThat(content.frames()).as(path.toString()).isPositive();
                readable++;
            } catch (CaptureException e) {
                assertThat(e)
                        .as(path.toString())
                        .hasMessageMatching("(?s)(link type|capture file|truncated|not a capture).*");
            }
        }
        assertThat(readable).isPositive();
    }
}
