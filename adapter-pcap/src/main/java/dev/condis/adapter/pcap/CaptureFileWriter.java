// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.NdisStatus;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a capture file: pcap with nanosecond time stamps, link type Ethernet (or another for a recording). Needs no libpcap.
 * Thread safe. What does not fit the buffer is written out at once; the rest on {@link #close}.
 */
final class CaptureFileWriter implements FrameSender {

    private static final Logger LOG = LoggerFactory.getLogger(CaptureFileWriter.class);
    private static final int MAGIC_NANOS = 0xa1b23c4d;
    private static final int RECORD_BYTES = 16;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Path path;
    private final FileChannel channel;
    private final LongSupplier epochNanos;
    private final ByteBuffer buffer =
            ByteBuffer.allocateDirect(PcapSettings.MAX_SNAPLEN + RECORD_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    private boolean failed;

    private CaptureFileWriter(final Path path, final FileChannel channel, final LongSupplier epochNanos) {
        this.path = path;
        this.channel = channel;
        this.epochNanos = epochNanos;
    }

    /**
     * Creates the file, or empties the one that is there.
     *
     * @param path the file
     * @param linkType kind of the frames
     * @param epochNanos the clock for frames without a time stamp
     */
    static CaptureFileWriter open(final Path path, final LinkType linkType, final LongSupplier epochNanos)
            throws CaptureException {
        try {
            final FileChannel channel = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
            final CaptureFileWriter writer = new CaptureFileWriter(path, channel, epochNanos);
            writer.putFileHeader(linkType);
            return writer;
        } catch (IOException e) {
            throw new CaptureException("cannot write " + path + ": " + CaptureFiles.describe(e), e);
        }
    }

    private void putFileHeader(final LinkType linkType) {
        buffer.putInt(MAGIC_NANOS)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(PcapSettings.MAX_SNAPLEN)
                .putInt(linkType.dlt());
    }

    @Override
    public NdisStatus send(final byte[] frame, final int length, final long epochNanosOfFrame) {
        return write(frame, length, length, epochNanosOfFrame) ? NdisStatus.SUCCESS : NdisStatus.FAILURE;
    }

    /**
     * Writes one record.
     *
     * @return whether it was taken; false once writing has failed
     */
    synchronized boolean write(final byte[] frame, final int length, final int wireLength, final long stamp) {
        if (failed || length > PcapSettings.MAX_SNAPLEN || buffer.remaining() < RECORD_BYTES + length && !drain()) {
            return false;
        }
        final long nanos = stamp == 0 ? epochNanos.getAsLong() : stamp;
        buffer.putInt((int) Math.floorDiv(nanos, NANOS_PER_SECOND))
                .putInt((int) Math.floorMod(nanos, NANOS_PER_SECOND))
                .putInt(length)
                .putInt(wireLength)
                .put(frame, 0, length);
        return true;
    }

    private boolean drain() {
        buffer.flip();
        try {
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            return true;
        } catch (IOException e) {
            failed = true;
            LOG.error("writing {} failed, the capture ends here: {}", path, CaptureFiles.describe(e));
            return false;
        } finally {
            buffer.clear();
        }
    }

    @Override
    public int maxFrameBytes(final boolean tagged) {
        return PcapSettings.MAX_SNAPLEN;
    }

    @Override
    public synchronized void close() {
        if (!channel.isOpen()) {
            return;
        }
        if (!failed) {
            drain();
        }
        failed = true;
        try {
            channel.close();
        } catch (IOException e) {
            LOG.error("closing {} failed: {}", path, CaptureFiles.describe(e));
        }
    }
}
