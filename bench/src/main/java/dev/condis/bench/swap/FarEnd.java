// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.MediaParameters;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.nbl.NetBufferList;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;

/** Where the circuits of all NICs end. It sees what a sender would see: what is missing, what comes too late, and how long nothing comes. */
final class FarEnd {
    /** Size of each PDU in bytes. */
    static final int PDU = 64;

    private static final int OFFERED_AT = Long.BYTES;

    private static final int VPI_SHIFT = 12;
    private static final int VCI_MASK = 0xFFF;
    private static final int FIRST_VCI = 32;

    private final List<Circuit> circuits;
    private final Map<MediaParameters, Circuit> byMedia = new ConcurrentHashMap<>();

    FarEnd(final int count) {
        circuits = IntStream.range(0, count).mapToObj(number -> new Circuit()).toList();
        IntStream.range(0, count).forEach(number -> byMedia.put(media(number), circuits.get(number)));
    }

    /** What names a circuit in a call. */
    static MediaParameters media(final int number) {
        return new AtmConnection(number >> VPI_SHIFT, FIRST_VCI + (number & VCI_MASK)).toMediaParameters();
    }

    Circuit circuit(final MediaParameters media) {
        return Optional.ofNullable(byMedia.get(media)).orElseThrow();
    }

    Circuit circuit(final int number) {
        return circuits.get(number);
    }

    int size() {
        return circuits.size();
    }

    /** Forgets the silences until now. */
    void beginWindow() {
        circuits.forEach(Circuit::beginWindow);
    }

    /** The longest silence of each circuit since {@link #beginWindow()}, in nanoseconds; circuits without a PDU in that time have none. */
    long[] silences() {
        return circuits.stream()
                .mapToLong(Circuit::silence)
                .filter(nanos -> nanos >= 0)
                .toArray();
    }

    /** What has arrived in all. */
    Arrivals arrivals() {
        return circuits.stream().map(Circuit::arrivals).reduce(new Arrivals(0, 0), Arrivals::plus);
    }

    /**
     * What has arrived.
     *
     * @param delivered PDUs
     * @param late of them, those that came after one that was offered later
     */
    record Arrivals(long delivered, long late) {
        Arrivals plus(final Arrivals more) {
            return new Arrivals(delivered + more.delivered, late + more.late);
        }
    }

    /** Writes what the far end reads. */
    static void write(final NetBufferList nbl, final long sequence) {
        final ByteBuffer data = nbl.data();
        data.clear();
        data.putLong(0, sequence).putLong(OFFERED_AT, System.nanoTime()).limit(PDU);
    }

    /** One circuit. */
    static final class Circuit {
        private long expected;
        private long lastOffered;
        private long longest = -1;
        private long delivered;
        private long late;

        /** Takes a PDU from whatever NIC. */
        void deliver(final NetBufferList nbl) {
            final ByteBuffer data = nbl.data();
            deliver(data.getLong(data.position()), data.getLong(data.position() + OFFERED_AT), System.nanoTime());
        }

        private synchronized void deliver(final long sequence, final long offered, final long now) {
            delivered++;
            if (sequence < expected) {
                late++;
                return;
            }
            longest = Math.max(longest, now - firstMissing(sequence, offered));
            expected = sequence + 1;
            lastOffered = offered;
        }

        /** When the first PDU was offered that has not come before this one. Those that are missing were offered at even distances. */
        private long firstMissing(final long sequence, final long offered) {
            final long step = (offered - lastOffered) / (sequence - expected + 1);
            return sequence == expected ? offered : lastOffered + step;
        }

        private synchronized void beginWindow() {
            longest = -1;
        }

        private synchronized long silence() {
            return longest;
        }

        private synchronized Arrivals arrivals() {
            return new Arrivals(delivered, late);
        }
    }
}
