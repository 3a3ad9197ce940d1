// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLongArray;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What a cut-over on one wire rests on: several libpcap handles on an interface hear every frame, and with the same stamp of the kernel, however each of them is
 * opened. So a cut at any stamp gives each frame to exactly one of two. A handle that stamps in microseconds has the same stamp without its last three
 * digits: then a cut at a whole microsecond does.
 */
@Timeout(120)
class KernelStampsTest {

    private static final int FRAMES = 4000;
    private static final int OCTETS = 100;
    private static final int TYPE = 0x88b6;
    private static final int NUMBER_AT = 14;
    private static final int WINDOW = 256;
    private static final int CUTS = 200;
    private static final long MICRO = 1000;
    private static final Duration LONG = Duration.ofMinutes(1);

    private static Optional<NetworkNamespace> namespace = Optional.empty();

    private final List<Ear> ears = new ArrayList<>();

    /** A handle, and the stamp of each frame that it has heard. */
    private static final class Ear {
        private final AtomicLongArray stamps = new AtomicLongArray(FRAMES);
        private final AtomicLongArray times = new AtomicLongArray(FRAMES);
        private final ReceiveLoop loop;

        Ear(final String name, final PcapFrameSource source) {
            loop = new ReceiveLoop(name, source, this::heard, (stopped, cause) -> assertThat(stopped)
                    .isTrue());
            loop.start();
        }

        private void heard(final byte[] frame, final int wire, final long nanos) {
            if (frame.length == OCTETS) {
                final int number = ByteBuffer.wrap(frame).getInt(NUMBER_AT);
                times.incrementAndGet(number);
                stamps.set(number, nanos);
            }
        }

        boolean hasHeard(final int number) {
            return times.get(number) > 0;
        }
    }

    @BeforeAll
    static void makesAWire() {
        Captures.requireLibpcap();
        namespace = Optional.of(NetworkNamespace.create());
    }

    @AfterAll
    static void removesIt() {
        namespace.ifPresent(NetworkNamespace::close);
    }

    @AfterEach
    void closesAll() {
        ears.forEach(ear -> assertThat(ear.loop.stop(LONG)).isTrue());
    }

    private Ear listen(final PcapSettings.Profile profile, final PcapSettings.Precision precision) {
        final PcapSettings.Live live = new PcapSettings.Live(
                profile, 0, 32 << 20, 10, false, PcapSettings.Direction.IN, "ether proto " + TYPE, precision);
        final PcapFrameSource source = namespace
                .orElseThrow()
                .call(() -> PcapFrameSource.openLive(PcapFrameSource.findInterface("right"), live));
        final Ear ear = new Ear(profile + "-" + precision, source);
        ears.add(ear);
        return ear;
    }

    private static byte[] frame(final int number) {
        return Frames.ethernet()
                .u16(TYPE)
                .bytes(ByteBuffer.allocate(OCTETS - NUMBER_AT).putInt(number).array())
                .toBytes();
    }

    private void send(final PcapFrameSender sender, final int number) {
        assertThat(sender.send(frame(number), OCTETS, 0).isSuccess()).isTrue();
        final int before = number - WINDOW;
        if (before >= 0 && number % WINDOW == 0) {
            await().atMost(LONG).pollInterval(Duration.ofMillis(1)).until(() -> ears.stream()
                    .allMatch(ear -> ear.hasHeard(before)));
        }
    }

    @Test
    void everyHandleHearsEveryFrameWithTheSameStamp() {
        final Ear latency = listen(PcapSettings.Profile.LATENCY, PcapSettings.Precision.NANO);
        final Ear throughput = listen(PcapSettings.Profile.THROUGHPUT, PcapSettings.Precision.NANO);
        final Ear micros = listen(PcapSettings.Profile.THROUGHPUT, PcapSettings.Precision.MICRO);
        final PcapFrameSender sender =
                namespace.orElseThrow().call(() -> PcapFrameSender.open(PcapFrameSource.findInterface("left")));
        try {
            for (int i = 0; i < FRAMES; i++) {
                send(sender, i);
            }
        } finally {
            sender.close();
        }
        await().atMost(LONG).until(() -> ears.stream().allMatch(ear -> ear.hasHeard(FRAMES - 1)));
        for (int i = 0; i < FRAMES; i++) {
            final int number = i;
            assertThat(ears).allSatisfy(ear -> assertThat(ear.times.get(number)).isOne());
            final long stamp = latency.stamps.get(number);
            assertThat(throughput.stamps.get(number)).as("frame %s", number).isEqualTo(stamp);
            assertThat(micros.stamps.get(number)).as("frame %s", number).isEqualTo(stamp / MICRO * MICRO);
        }
        for (int i = 0; i < CUTS; i++) {
            final long cut = latency.stamps.get(i * (FRAMES / CUTS));
            assertExactlyOnce(latency, throughput, cut);
            assertExactlyOnce(latency, micros, cut / MICRO * MICRO);
        }
    }

    /** What the one heard before the cut, and the other from then on. */
    private static void assertExactlyOnce(final Ear before, final Ear after, final long cut) {
        for (int i = 0; i < FRAMES; i++) {
            final boolean first = before.stamps.get(i) < cut;
            final boolean second = after.stamps.get(i) >= cut;
            assertThat(first ^ second).as("frame %s, cut at %s", i, cut).isTrue();
        }
    }
}
