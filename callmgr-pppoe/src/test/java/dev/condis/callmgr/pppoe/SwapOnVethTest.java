// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Sessions carry numbered PPP frames both ways while two libpcap backends take turns under the call manager, at either end of the cable: each frame
 * arrives once. Nothing is said of their order: a session's frames are sent by more than one thread, and the kernel hands over what one processor has
 * been given behind what another one was given later. Skipped without root.
 */
@Timeout(240)
class SwapOnVethTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SESSIONS = 8;
    private static final int WINDOW = 8;
    private static final int IP = 0x0021;
    private static final long FIRST = 1;
    private static final long SECOND = 2;

    /** The numbers that have arrived at one end of a session. */
    private static final class Arrivals {
        private final BitSet numbers = new BitSet();

        /** Returns whether the number is there for the first time. */
        synchronized boolean add(final int number) {
            final boolean first = !numbers.get(number);
            numbers.set(number);
            return first;
        }

        synchronized int count() {
            return numbers.cardinality();
        }
    }

    /** The frames of one session: the host sends the next one when one has come back; guarded by itself while it sends. */
    private static final class Stream {
        private final AtomicInteger sent = new AtomicInteger();
        private final Arrivals back = new Arrivals();
        private boolean over;

        synchronized void end() {
            over = true;
        }
    }

    private final Map<ClientVc, Stream> streams = new ConcurrentHashMap<>();
    private final Map<ClientVc, Arrivals> there = new ConcurrentHashMap<>();
    private final Queue<String> twice = new ConcurrentLinkedQueue<>();

    private static Octets frame(final int number) {
        return Octets.of(
                ByteBuffer.allocate(64).putShort((short) IP).putInt(number).array());
    }

    private void note(final String where, final Arrivals arrivals, final Octets frame) {
        final int number = ByteBuffer.wrap(frame.toByteArray()).getInt(Short.BYTES);
        if (!arrivals.add(number)) {
            twice.add(number + " " + where);
        }
    }

    private void arrived(final Subscriber server, final ClientVc vc, final Octets frame) {
        note("there", there.computeIfAbsent(vc, first -> new Arrivals()), frame);
        server.send(vc, frame);
    }

    private void cameBack(final Subscriber host, final ClientVc vc, final Octets frame) {
        final Stream stream = streams.get(vc);
        note("back", stream.back, frame);
        synchronized (stream) {
            if (!stream.over) {
                host.send(vc, frame(stream.sent.getAndIncrement()));
            }
        }
    }

    /** Every session carries more frames than can have been under way. */
    private void awaitProgress(final Subscriber... clients) {
        final Map<ClientVc, Integer> before = new ConcurrentHashMap<>();
        streams.forEach((vc, stream) -> before.put(vc, stream.back.count() + 2 * WINDOW));
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).untilAsserted(() -> {
            for (final Subscriber client : clients) {
                assertThat(client.notSent()).isEmpty();
            }
            assertThat(twice.stream().limit(10)).isEmpty();
            streams.forEach((vc, stream) -> assertThat(stream.back.count()).isGreaterThan(before.get(vc)));
        });
    }

    @Test
    void losesAndDoublesNothing() {
        swap(3);
    }

    @Test
    @Tag("long")
    void losesAndDoublesNothingForLong() {
        swap(10);
    }

    /** Four swaps a round, two on each side. */
    private void swap(final int rounds) {
        try (VethPair pair = VethPair.create();
                VethLab lab = new VethLab(pair)
                        .backend("left", FIRST)
                        .backend("left", SECOND)
                        .backend("right", FIRST)
                        .backend("right", SECOND)
                        .signaling("left", PppoeSettings.DEFAULT)
                        .signaling("right", PppoeSettings.DEFAULT)) {
            final Subscriber host = lab.client("left");
            final Subscriber server = lab.client("right");
            VethLab.serve(server, "internet");
            server.takes((vc, frame) -> arrived(server, vc, frame));
            host.takes((vc, frame) -> cameBack(host, vc, frame));
            final List<ClientVc> calls = IntStream.range(0, SESSIONS)
                    .mapToObj(i -> VethLab.call(host, "internet"))
                    .toList();
            await().atMost(PATIENCE)
                    .until(() ->
                            server.events().stream().filter("connected"::equals).count() == SESSIONS);
            calls.forEach(vc -> streams.put(vc, new Stream()));
            calls.forEach(vc -> begin(host, vc));

            for (int round = 0; round < rounds; round++) {
                for (final long backend : List.of(SECOND, FIRST)) {
                    awaitProgress(host, server);
                    lab.swap("left", backend);
                    awaitProgress(host, server);
                    lab.swap("right", backend);
                }
            }
            awaitProgress(host, server);
            streams.values().forEach(Stream::end);

            await().atMost(PATIENCE).untilAsserted(() -> streams.values()
                    .forEach(stream ->
                            assertThat(stream.back.count()).as("none is lost").isEqualTo(stream.sent.get())));
            assertThat(twice).isEmpty();
            assertThat(there.values().stream().mapToInt(Arrivals::count).sum())
                    .isEqualTo(streams.values().stream()
                            .mapToInt(stream -> stream.sent.get())
                            .sum());
            // new calls, and the end of the old ones, are signaled through the backends of now
            calls.forEach(VethLab::hangUp);
            VethLab.hangUp(VethLab.call(host, "internet"));
            await().atMost(PATIENCE)
                    .until(() ->
                            server.events().stream().filter("deleted"::equals).count() == SESSIONS + 1);
        }
    }

    private void begin(final Subscriber host, final ClientVc vc) {
        final Stream stream = streams.get(vc);
        synchronized (stream) {
            IntStream.range(0, WINDOW).forEach(i -> host.send(vc, frame(stream.sent.getAndIncrement())));
        }
    }
}
