// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MediaFlow;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is done for each frame makes no garbage of its own. */
class HotPathTest {

    private static final int FRAMES = 50_000;
    /** The measurement itself allocates a little; one object for each frame would be a hundred times this. */
    private static final long NOISE_BYTES = 16_384;

    private static long allocatedBy(final Runnable work) {
        final var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        work.run();
        final long before = threads.getCurrentThreadAllocatedBytes();
        work.run();
        return threads.getCurrentThreadAllocatedBytes() - before;
    }

    @Test
    void shouldFindTheReceiverOfAFrameWithoutAllocation() {
        final List<byte[]> frames = List.of(
                Frames.ethernet().vlan(5).u16(0x8864).pppoe(0, 7, 2).text("ab").toBytes(),
                Frames.ethernet().u16(0x8847).label(501, false).label(701, true).toBytes(),
                Frames.ethernet().u16(0x88b6).text("x").toBytes(),
                Frames.ethernet().vlan(9).vlan(8).u16(0x0800).toBytes());
        final FlowTable table = new FlowTable();
        final long[] received = {0};
        final FlowReceiver receiver = (frame, from, to, nanos) -> received[0]++;
        for (final String flow : List.of("vlan:5/pppoe:7", "mpls:501/mpls:701", "vlan:9")) {
            table.want(FlowKey.of(MediaFlow.parse(flow)), receiver);
        }
        table.discover(FlowKey.of(MediaFlow.parse("peer:" + Frames.PEER + "/type:0x88b6")), receiver);
        final FlowTable.Probe probe = table.new Probe();
        final FrameParser parser = new FrameParser(LinkType.ETHERNET);
        final LinkCounters counters = new LinkCounters();
        final long bytes = allocatedBy(() -> {
            for (int i = 0; i < FRAMES; i++) {
                final byte[] frame = frames.get(i & 3);
                counters.add(LinkCounters.Received.FRAMES, 1);
                parser.parse(frame, frame.length, frame.length);
                final FlowReceiver wanted = probe.wanted(parser);
                probe.canonical(parser);
                final FlowReceiver found = wanted == null ? probe.discovered() : wanted;
                found.receive(frame, probe.from(), probe.to(), 0);
            }
        });
        assertThat(received[0]).isEqualTo(2L * FRAMES);
        assertThat(bytes).isLessThan(NOISE_BYTES);
    }

    @Test
    void shouldWriteAFrameWithoutAllocation() {
        final Encapsulation encapsulation =
                Encapsulation.of(EthernetFlow.parse("vlan:5/mpls:100/mpls:200"), Frames.LOCAL, 5);
        final ByteBuffer pdu = ByteBuffer.allocateDirect(1000);
        final byte[] frame = new byte[1600];
        final long bytes = allocatedBy(() -> {
            for (int i = 0; i < FRAMES; i++) {
                encapsulation.write(pdu, frame, frame.length);
            }
        });
        assertThat(bytes).isLessThan(NOISE_BYTES);
        assertThat(pdu.remaining()).isEqualTo(1000);
    }
}
