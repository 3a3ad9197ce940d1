// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * The PDUs that the demo sends: stream, sequence number, and a checksum over everything, then octets that follow from both.
 * Confined to one thread at a time.
 */
final class TestPdu {
    /** Shortest PDU in bytes: the header. */
    static final int MINIMUM_BYTES = 20;

    private static final int CHECKSUM_AT = 12;
    private static final int PAYLOAD_AT = 16;
    private static final long SPREAD = 0x9E37_79B9_7F4A_7C15L;

    private final CRC32C crc = new CRC32C();
    private int stream;
    private long sequence;

    /**
     * Writes a PDU; the buffer is left around it.
     *
     * @param data the buffer
     * @param length bytes, {@link #MINIMUM_BYTES} or more
     */
    void write(final ByteBuffer data, final int length, final int streamId, final long sequenceNumber) {
        data.clear();
        data.limit(length);
        data.putInt(streamId).putLong(sequenceNumber).putInt(0);
        long pattern = (sequenceNumber << 32 | streamId) * SPREAD;
        while (data.remaining() >= Long.BYTES) {
            data.putLong(pattern);
            pattern += SPREAD;
        }
        while (data.hasRemaining()) {
            data.put((byte) pattern);
        }
        data.position(0);
        data.putInt(CHECKSUM_AT, checksum(data));
    }

    /**
     * Reads a PDU between position and limit of a buffer, which stay.
     *
     * @return whether it is whole; only then {@link #stream()} and {@link #sequence()} are what it says
     */
    boolean read(final ByteBuffer data) {
        if (data.remaining() < MINIMUM_BYTES) {
            return false;
        }
        final int at = data.position();
        stream = data.getInt(at);
        sequence = data.getLong(at + Integer.BYTES);
        return data.getInt(at + CHECKSUM_AT) == checksum(data);
    }

    private int checksum(final ByteBuffer data) {
        final int from = data.position();
        final int to = data.limit();
        crc.reset();
        data.limit(from + CHECKSUM_AT);
        crc.update(data);
        data.limit(to);
        data.position(from + PAYLOAD_AT);
        crc.update(data);
        data.position(from);
        return (int) crc.getValue();
    }

    int stream() {
        return stream;
    }

    long sequence() {
        return sequence;
    }
}
