// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.media.MacAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LinkTest {

    private static final AtmLabel LABEL_A = new AtmLabel(0, 100);
    private static final AtmLabel LABEL_B = new AtmLabel(1, 200);

    private final VirtualTime time = new VirtualTime();

    private SimNetwork network(long seed) {
        SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, seed), time);
        assertThat(network.addPermanentCircuit(
                        new PermanentCircuit(new MacAddress(1), LABEL_A, new MacAddress(2), LABEL_B)))
                .isTrue();
        return network;
    }

    @Test
    void shouldDeliverWithTheOtherLabelAtOnce_whenLinksAreIdeal() {
        SimNetwork network = network(1);
        RecordingNic left = new RecordingNic(network, 1, LinkProfile.ideal());
        RecordingNic right = new RecordingNic(network, 2, LinkProfile.ideal());

        left.sendNumbered(LABEL_A, 3, 10);
        assertThat(right.arrivals).as("never on the stack of the sender").isEmpty();
        time.runUntilIdle();

        assertThat(right.numbers()).containsExactly(0, 1, 2);
        assertThat(right.arrivals).allMatch(arrival -> arrival.label() == LABEL_B.packed() && arrival.nanos() == 0);
        assertThat(right.receiveBatches).as("one batch").isEqualTo(1);
        right.send(LABEL_B, new byte[] {0, 0, 0, 7});
        time.runUntilIdle();
        assertThat(left.numbers()).containsExactly(7);
        assertThat(left.arrivals.get(0).label()).isEqualTo(LABEL_A.packed());
    }

    @Test
    void shouldTakeExactlyTheTimeOfItsCells_whenTheLinkHasARate() {
        SimNetwork network = network(1);
        // 155.52 Mbit/s: one cell of 424 bits takes 2726.33... ns, a PDU of 100 octets takes three cells.
        LinkProfile profile =
                LinkProfile.ideal().withRate(155_520_000).withLatency(Duration.ofNanos(1_000), Duration.ZERO);
        RecordingNic left = new RecordingNic(network, 1, profile);
        RecordingNic right = new RecordingNic(network, 2, profile);

        left.sendNumbered(LABEL_A, 3, 100);
        time.runUntilIdle();

        long send = (3L * 424 * 1_000_000_000L + 155_520_000 - 1) / 155_520_000;
        assertThat(left.sentAt).containsExactly(send, 2 * send, 3 * send);
        assertThat(right.arrivals.stream().map(RecordingNic.Arrival::nanos))
                .as("two links, each sends and propagates; they overlap")
                .containsExactly(2 * send + 2_000, 3 * send + 2_000, 4 * send + 2_000);
    }

    @Test
    void shouldCountFramesWithTheirOverhead_whenTheMediumIsEthernet() {
        assertThat(SimMedium.ETHERNET.wireBits(1)).isEqualTo((60 + 24) * 8);
        assertThat(SimMedium.ETHERNET.wireBits(1514)).isEqualTo((1514 + 24) * 8);
        assertThat(SimMedium.ATM.wireBits(40)).isEqualTo(424);
        assertThat(SimMedium.ATM.wireBits(41)).isEqualTo(848);
        assertThat(SimMedium.ATM.wireBits(0)).isEqualTo(424);
    }

    @Test
    void shouldKeepTheOrder_whenThereIsJitter() {
        SimNetwork network = network(5);
        LinkProfile profile =
                LinkProfile.ideal().withRate(10_000_000).withLatency(Duration.ofMillis(1), Duration.ofMillis(5));
        RecordingNic left = new RecordingNic(network, 1, profile);
        RecordingNic right = new RecordingNic(network, 2, profile);

        left.sendNumbered(LABEL_A, 500, 40);
        time.runUntilIdle();

        assertThat(right.numbers())
                .containsExactlyElementsOf(IntStream.range(0, 500).boxed().toList());
        assertThat(right.arrivals).isSortedAccordingTo((a, b) -> Long.compare(a.nanos(), b.nanos()));
    }

    @Test
    void shouldOvertake_onlyWhenReorderingIsAsked() {
        SimNetwork network = network(5);
        RecordingNic left = new RecordingNic(
                network, 1, LinkProfile.ideal().withRate(10_000_000).withReordering(0.1, Duration.ofNanos(200_000)));
        RecordingNic right = new RecordingNic(network, 2, LinkProfile.ideal());

        left.sendNumbered(LABEL_A, 500, 40);
        time.runUntilIdle();

        long reordered = left.port.transmitStatistics().reordered();
        assertThat(reordered).isBetween(25L, 90L);
        assertThat(right.numbers()).hasSize(500).doesNotHaveDuplicates();
        assertThat(right.numbers()).isNotEqualTo(IntStream.range(0, 500).boxed().toList());
    }

    @Test
    void shouldLoseAndDuplicateAndCorruptAsOften_asTold() {
        SimNetwork network = network(77);
        LinkProfile bad =
                LinkProfile.ideal().withLoss(0.1).withDuplication(0.05).withCorruption(0.02);
        RecordingNic left = new RecordingNic(network, 1, bad);
        RecordingNic right = new RecordingNic(network, 2, LinkProfile.ideal());

        left.sendNumbered(LABEL_A, 20_000, 40);
        time.runUntilIdle();

        LinkStatistics statistics = left.port.transmitStatistics();
        assertThat(statistics.offered()).isEqualTo(20_000);
        assertThat(statistics.lost()).isBetween(1_850L, 2_150L);
        assertThat(statistics.duplicated()).isBetween(800L, 1_000L);
        assertThat(statistics.corrupted()).isBetween(300L, 420L);
        assertThat(statistics.delivered()).isEqualTo(20_000 - statistics.lost() + statistics.duplicated());
        assertThat(right.arrivals).hasSize((int) statistics.delivered());
        assertThat(right.arrivals.stream().filter(RecordingNic.Arrival::damaged))
                .isNotEmpty();
    }

    @Test
    void shouldGiveTheSameRun_whenTheSeedIsTheSame() {
        String first = trace(4711);
        String second = trace(4711);
        String other = trace(4712);

        assertThat(second).isEqualTo(first);
        assertThat(other).isNotEqualTo(first);
    }

    private static String trace(long seed) {
        VirtualTime time = new VirtualTime();
        SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, seed), time);
        network.addPermanentCircuit(new PermanentCircuit(new MacAddress(1), LABEL_A, new MacAddress(2), LABEL_B));
        LinkProfile profile = LinkProfile.ideal()
                .withRate(2_000_000)
                .withLatency(Duration.ofNanos(300_000), Duration.ofNanos(900_000))
                .withLoss(0.05)
                .withDuplication(0.05)
                .withReordering(0.05, Duration.ofMillis(2))
                .withCorruption(0.05);
        RecordingNic left = new RecordingNic(network, 1, profile);
        RecordingNic right = new RecordingNic(network, 2, profile);
        left.sendNumbered(LABEL_A, 300, 60);
        right.sendNumbered(LABEL_B, 300, 90);
        time.runUntilIdle();
        StringBuilder trace = new StringBuilder();
        for (RecordingNic nic : List.of(left, right)) {
            nic.arrivals.forEach(arrival -> trace.append(arrival.nanos())
                    .append(' ')
                    .append(ByteBuffer.wrap(arrival.octets()).hashCode())
                    .append('\n'));
        }
        return trace.toString();
    }

    @Test
    void shouldHoldTheSenderBack_whenTheFarLinkIsSlower() {
        SimNetwork network = network(1);
        RecordingNic left = new RecordingNic(network, 1, LinkProfile.ideal().withQueue(8, false));
        RecordingNic right = new RecordingNic(
                network, 2, LinkProfile.ideal().withRate(424_000).withQueue(8, false));

        left.sendNumbered(LABEL_A, 100, 40);
        time.advance(Duration.ofMillis(10));

        assertThat(right.arrivals).hasSize(10);
        assertThat(left.sentAt)
                .as("ten delivered, one on the link, two queues of eight")
                .hasSizeLessThanOrEqualTo(28);
        time.runUntilIdle();
        assertThat(right.numbers())
                .containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(right.port.receiveStatistics().congestion()).isZero();
        assertThat(right.arrivals.get(99).nanos())
                .isEqualTo(Duration.ofMillis(100).toNanos());
    }

    @Test
    void shouldDropAndCount_whenTheQueueIsFullAndMayDrop() {
        SimNetwork network = network(1);
        RecordingNic left = new RecordingNic(network, 1, LinkProfile.ideal());
        RecordingNic right = new RecordingNic(
                network, 2, LinkProfile.ideal().withRate(424_000).withQueue(8, true));

        left.sendNumbered(LABEL_A, 100, 40);
        time.runUntilIdle();

        assertThat(left.sentAt).hasSize(100);
        assertThat(right.port.receiveStatistics().congestion()).isEqualTo(100 - right.arrivals.size());
        assertThat(right.arrivals).hasSizeBetween(8, 10);
    }

    @Test
    void shouldLoseWhatIsOnTheLinkAndRefuseTheRest_whenItIsCut() {
        SimNetwork network = network(1);
        LinkProfile slow = LinkProfile.ideal().withLatency(Duration.ofMillis(5), Duration.ZERO);
        RecordingNic left = new RecordingNic(network, 1, slow);
        RecordingNic right = new RecordingNic(network, 2, LinkProfile.ideal());

        left.sendNumbered(LABEL_A, 4, 40);
        time.advance(Duration.ofMillis(1));
        left.port.setUp(false);
        left.sendNumbered(LABEL_A, 3, 40);
        time.runUntilIdle();

        assertThat(right.arrivals).isEmpty();
        assertThat(left.notSent).isEqualTo(3);
        assertThat(left.port.transmitStatistics().outage()).isEqualTo(4);
        assertThat(left.linkChanges).containsExactly(false);

        left.port.setUp(true);
        left.sendNumbered(LABEL_A, 2, 40);
        time.runUntilIdle();
        assertThat(right.numbers()).containsExactly(0, 1);
        assertThat(left.linkChanges).containsExactly(false, true);
    }

    @Test
    void shouldNotCallTheDriverAnyMore_whenDetached() {
        SimNetwork network = network(1);
        RecordingNic left = new RecordingNic(network, 1, LinkProfile.ideal());
        RecordingNic right = new RecordingNic(network, 2, LinkProfile.ideal());
        right.port.detach();
        right.port.detach();

        left.sendNumbered(LABEL_A, 5, 40);
        time.runUntilIdle();

        assertThat(right.arrivals).isEmpty();
        assertThat(left.sentAt).hasSize(5);
        assertThat(network.statistics().unroutable()).isEqualTo(5);
        assertThat(network.port(new MacAddress(2))).isEmpty();

        RecordingNic again = new RecordingNic(network, 2, LinkProfile.ideal());
        left.sendNumbered(LABEL_A, 5, 40);
        time.runUntilIdle();
        assertThat(again.arrivals)
                .as("the permanent circuit is for the address")
                .hasSize(5);
    }

    @Test
    void shouldForwardByAddress_whenTheMediumIsEthernet() {
        SimNetwork network = new SimNetwork(NetworkOptions.of("lan", SimMedium.ETHERNET, 1), time);
        RecordingNic left = new RecordingNic(network, 0x020000000001L, LinkProfile.ideal());
        RecordingNic right = new RecordingNic(network, 0x020000000002L, LinkProfile.ideal());
        RecordingNic third = new RecordingNic(network, 0x020000000003L, LinkProfile.ideal());
        AtmLabel none = new AtmLabel(0, 0);

        left.send(none, frame(0x020000000002L, 0x020000000001L));
        left.send(none, frame(0xFFFFFFFFFFFFL, 0x020000000001L));
        left.send(none, frame(0x020000000009L, 0x020000000001L));
        time.runUntilIdle();

        assertThat(right.arrivals).hasSize(2);
        assertThat(third.arrivals).hasSize(1);
        assertThat(left.arrivals).isEmpty();
        assertThat(network.statistics().unroutable()).isEqualTo(1);
    }

    private static byte[] frame(long destination, long source) {
        byte[] frame = new byte[60];
        new MacAddress(destination).copyTo(frame, 0);
        new MacAddress(source).copyTo(frame, 6);
        return frame;
    }

    @Test
    void shouldRefuse_whenAddressOrLabelIsTaken() {
        SimNetwork network = network(1);
        RecordingNic left = new RecordingNic(network, 1, LinkProfile.ideal());

        assertThat(network.attach(new MacAddress(1), LinkProfile.ideal(), left)).isEmpty();
        assertThat(network.attach(MacAddress.BROADCAST, LinkProfile.ideal(), left))
                .isEmpty();
        PermanentCircuit taken =
                new PermanentCircuit(new MacAddress(1), new AtmLabel(0, 50), new MacAddress(2), LABEL_B);
        assertThat(network.addPermanentCircuit(taken)).isFalse();
        PermanentCircuit free =
                new PermanentCircuit(new MacAddress(1), new AtmLabel(0, 50), new MacAddress(2), new AtmLabel(0, 50));
        assertThat(network.addPermanentCircuit(free))
                .as("the failed one left nothing")
                .isTrue();
        assertThat(network.removePermanentCircuit(free)).isTrue();
        assertThat(network.removePermanentCircuit(free)).isFalse();
    }
}
