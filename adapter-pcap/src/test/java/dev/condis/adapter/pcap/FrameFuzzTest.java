// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MediaFlow;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * Everything that reads what comes from a wire or out of a file, under coverage-guided fuzzing. In an ordinary run the inputs in {@code src/test/resources} are
 * tried; with {@code JAZZER_FUZZ=1} in the environment and one test chosen ({@code -Dtest=FrameFuzzTest#readsFrames}) it fuzzes for as long as it says.
 */
class FrameFuzzTest {

    private static final LinkType[] LINKS = LinkType.values();
    private static final int MOST_OCTETS = 1 << 16;
    private static final Set<Integer> IP = Set.of(FrameParser.TYPE_IPV4, FrameParser.TYPE_IPV6);
    private static final List<String> WANTED = List.of(
            "vlan:5",
            "vlan:5/pppoe:1",
            "svlan:5/vlan:5",
            "mpls:16",
            "mpls:16/mpls:17",
            "vlan:5/mpls:16",
            "pppoe:1",
            "type:0x0800",
            "type:llc",
            "stations:0x8863",
            "vlan:5/stations:0x8863",
            "peer:02-00-00-00-00-0a",
            "vlan:5/peer:02-00-00-00-00-0a/type:0x0800",
            "udp:6635/mpls:16",
            "ppp:0x0021",
            "atm:0/32");

    private static FlowTable table() {
        final FlowTable table = new FlowTable();
        WANTED.forEach(flow -> table.want(FlowKey.of(MediaFlow.parse(flow)), (frame, from, to, nanos) -> {}));
        return table;
    }

    /** The first octet says which kind of link, the second how many octets were on the wire beside those captured. */
    @FuzzTest(maxDuration = "4m")
    void readsFrames(final byte[] input) {
        if (input.length < 2) {
            return;
        }
        final LinkType link = LINKS[(input[0] & 0xff) % LINKS.length];
        final byte[] frame = Arrays.copyOfRange(input, 2, input.length);
        final int onWire = frame.length + (input[1] & 0xff);
        final FrameParser parser = new FrameParser(link);
        final FrameProblem problem = parser.parse(frame, frame.length, onWire);
        final FlowKey key = parser.canonical(new FlowKey());
        assertThat(key.length() > 0 && problem != FrameProblem.NONE).isFalse();
        if (key.length() > 0) {
            assertWithin(frame, parser.canonicalStart(), parser.canonicalEnd());
            assertNamed(key);
            if (onWire == frame.length) {
                assertSentAsReceived(parser, key, frame);
            }
        }
        final FlowTable.Probe probe = table().new Probe();
        if (probe.wanted(parser) != null) {
            assertWithin(frame, probe.from(), probe.to());
        }
    }

    private static void assertWithin(final byte[] frame, final int from, final int to) {
        assertThat(from).isBetween(0, to);
        assertThat(to).isBetween(0, frame.length);
    }

    /** The name of a flow can be read again. */
    private static void assertNamed(final FlowKey key) {
        final MediaFlow flow = key.toFlow();
        assertThat(FlowKey.of(flow)).isEqualTo(key).hasSameHashCodeAs(key);
        assertThat(MediaFlow.parse(flow.text())).isEqualTo(flow);
    }

    /** What was received, sent on the same flow, is of the same flow again, where the flow does not name the sender. */
    private static void assertSentAsReceived(final FrameParser parser, final FlowKey key, final byte[] frame) {
        if (!(key.toFlow() instanceof EthernetFlow flow)
                || flow.peer().isPresent()
                || !flow.sendProblems().isEmpty()
                || parser.isEvidence()
                || !parser.hasStations()) {
            return;
        }
        final int length = parser.canonicalEnd() - parser.canonicalStart();
        final ByteBuffer pdu = ByteBuffer.wrap(frame, parser.canonicalStart(), length);
        final byte[] sent = new byte[MOST_OCTETS];
        final int octets = Encapsulation.of(flow, PcapSettings.DEFAULT_LOCAL_ADDRESS, 0)
                .write(pdu, sent, frame.length + Encapsulation.MIN_FRAME_BYTES);
        if (octets == Encapsulation.MIN_FRAME_BYTES && IP.contains(parser.type())) {
            // a datagram that says that it is longer than the frame goes on in the padding
            return;
        }
        final FrameParser again = new FrameParser(LinkType.ETHERNET);
        assertThat(again.parse(sent, octets, octets)).isEqualTo(FrameProblem.NONE);
        assertThat(again.canonical(new FlowKey())).isEqualTo(key);
        assertThat(Arrays.copyOfRange(sent, again.canonicalStart(), again.canonicalStart() + length))
                .isEqualTo(Arrays.copyOfRange(frame, parser.canonicalStart(), parser.canonicalEnd()));
    }

    /** Orders for a call manager, one after the other: what its clients do, and frames. */
    @FuzzTest(maxDuration = "4m")
    void discoversFlows(final byte[] input) throws IOException, CaptureException {
        try (DiscoveryScript script = DiscoveryScript.start()) {
            final ByteBuffer orders = ByteBuffer.wrap(input);
            while (orders.remaining() > 1) {
                script.order(orders.get() & 0xff, orders);
            }
            script.assertAccountedFor();
        }
    }

    /** A file either is refused with a reason, or is read to where it breaks off. */
    @FuzzTest(maxDuration = "2m")
    void readsFiles(final byte[] input) throws IOException {
        if (Libpcap.unavailabilityCause().isPresent()) {
            return;
        }
        final Path file = Files.createTempFile("condis-fuzz-", ".pcap");
        try {
            Files.write(file, input);
            read(file);
        } catch (CaptureException e) {
            assertThat(e).hasMessageMatching("(?s).+");
        } finally {
            Files.deleteIfExists(file);
        }
    }

    private static void read(final Path file) throws CaptureException {
        final PcapSettings.FileReading reading = new PcapSettings.FileReading(1, 0, 1 << 20, 0);
        final PcapFrameSource source = PcapFrameSource.openFile(file.toString(), reading);
        try {
            final FrameParser parser = new FrameParser(source.linkType());
            source.run((frame, wire, nanos) -> {
                parser.parse(frame, frame.length, wire);
                final FlowKey key = parser.canonical(new FlowKey());
                if (key.length() > 0) {
                    assertWithin(frame, parser.canonicalStart(), parser.canonicalEnd());
                }
            });
        } finally {
            source.close();
        }
    }
}
