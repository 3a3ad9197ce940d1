// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A capture file that Wireshark reads: pcap with nanoseconds, link type SUNATM (a pseudo-header of flags, VPI and VCI
 * before each PDU) or EN10MB. An error of the file ends the capture, not the network: it is logged and told on close.
 */
final class CaptureFile implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(CaptureFile.class);

    private static final int MAGIC_NANOSECONDS = 0xa1b23c4d;
    private static final int SNAPLEN = 262_144;
    private static final int FILE_HEADER = 24;
    private static final int RECORD_HEADER = 16;
    private static final int SUNATM_HEADER = 4;
    private static final int SUNATM_FROM_NIC = 0x80;
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Path path;
    private final SimMedium medium;
    private final OutputStream out;
    private final ByteBuffer header =
            ByteBuffer.allocate(RECORD_HEADER + SUNATM_HEADER).order(ByteOrder.LITTLE_ENDIAN);
    private boolean closed;

    CaptureFile(Path path, SimMedium medium) throws IOException {
        this.path = path;
        this.medium = medium;
        this.out = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
        ByteBuffer fileHeader = ByteBuffer.allocate(FILE_HEADER).order(ByteOrder.LITTLE_ENDIAN);
        fileHeader.putInt(MAGIC_NANOSECONDS).putShort((short) 2).putShort((short) 4);
        fileHeader.putInt(0).putInt(0).putInt(SNAPLEN).putInt(medium.pcapLinkType());
        out.write(fileHeader.array());
    }

    synchronized void record(WirePdu pdu, boolean fromNic, long epochNanos) {
        if (closed) {
            return;
        }
        try {
            write(pdu, fromNic, epochNanos);
        } catch (IOException e) {
            LOG.warn("Capture into {} ends: {}", path, e.toString());
            close();
        }
    }

    private void write(WirePdu pdu, boolean fromNic, long epochNanos) throws IOException {
        int pseudo = medium == SimMedium.ATM ? SUNATM_HEADER : 0;
        int captured = pdu.length() + pseudo;
        header.clear();
        header.putInt((int) (epochNanos / NANOS_PER_SECOND)).putInt((int) (epochNanos % NANOS_PER_SECOND));
        header.putInt(captured).putInt(captured);
        if (pseudo > 0) {
            header.put((byte) (fromNic ? SUNATM_FROM_NIC : 0)).put((byte) (pdu.label() >>> 16));
            header.put((byte) (pdu.label() >>> 8)).put((byte) pdu.label());
        }
        out.write(header.array(), 0, header.position());
        out.write(pdu.array(), 0, pdu.length());
    }

    @Override
    public synchronized void close() {
        if (closed) {
            return;
        }
        closed = true;
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("Capture file {} is not complete: {}", path, e.toString());
        }
    }
}
