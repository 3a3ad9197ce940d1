// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.nbl.NetBufferList;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.CRC32;

/**
 * What the NICs of a test are attached to: a far end for each circuit, which notes what it gets, in which order, and answers each PDU with one
 * of its own. The circuit ends at the NIC that has activated it last.
 */
final class Wire {
    static final int PDU = 64;
    private static final int HEAD = Long.BYTES + Long.BYTES;

    private final Map<MediaParameters, Circuit> circuits = new ConcurrentHashMap<>();
    private final AtomicLong delivered = new AtomicLong();

    /** Takes a PDU from the wire. */
    interface Receiver {
        /** False when it has no buffer: the far end has not sent it then. */
        boolean receive(long sequence);
    }

    /** One circuit, seen from its far end. */
    final class Circuit {
        private final List<String> faults = new ArrayList<>();
        private final List<Long> seen = new ArrayList<>();
        private Optional<Receiver> near = Optional.empty();
        private long expected;
        private long answered;
        private boolean tolerant;

        /** From here on the circuit ends there. */
        synchronized void attach(final Receiver receiver) {
            near = Optional.of(receiver);
        }

        synchronized void detach(final Receiver receiver) {
            near = near.filter(attached -> attached != receiver);
        }

        /** What comes back after a crash may be missing, or twice. */
        synchronized void tolerate() {
            tolerant = true;
        }

        synchronized void transmit(final NetBufferList nbl) {
            final long sequence = read(nbl);
            delivered.incrementAndGet();
            if (tolerant) {
                seen.add(sequence);
            } else if (sequence != expected) {
                faults.add("got " + sequence + " instead of " + expected);
            }
            expected = sequence + 1;
            if (near.isPresent() && near.get().receive(answered)) {
                answered++;
            }
        }

        synchronized List<String> faults() {
            return List.copyOf(faults);
        }

        synchronized List<Long> seen() {
            return List.copyOf(seen);
        }

        synchronized long expected() {
            return expected;
        }

        synchronized long answered() {
            return answered;
        }
    }

    Circuit circuit(final CallParameters parameters) {
        return circuits.computeIfAbsent(parameters.media().orElseThrow(), media -> new Circuit());
    }

    List<Circuit> circuits() {
        return List.copyOf(circuits.values());
    }

    long delivered() {
        return delivered.get();
    }

    // --- PDUs ---

    static NetBufferList write(final NetBufferList nbl, final long sequence) {
        final ByteBuffer data = nbl.data();
        data.clear();
        data.putLong(sequence).putLong(checksum(sequence));
        data.limit(PDU).position(0);
        return nbl;
    }

    /** The sequence number; a PDU that was garbled fails the test that reads it. */
    static long read(final NetBufferList nbl) {
        final ByteBuffer data = nbl.data();
        final long sequence = data.getLong(data.position());
        if (nbl.length() != PDU || data.getLong(data.position() + Long.BYTES) != checksum(sequence)) {
            throw new AssertionError("garbled: " + nbl);
        }
        return sequence;
    }

    private static long checksum(final long sequence) {
        final CRC32 crc = new CRC32();
        crc.update(ByteBuffer.allocate(HEAD).putLong(sequence).flip());
        return crc.getValue();
    }
}
