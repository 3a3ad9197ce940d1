// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Frames and capture files made by hand. */
final class Frames {

    static final MacAddress PEER = MacAddress.parse("02-00-00-00-00-0a");
    static final MacAddress LOCAL = MacAddress.parse("02-00-00-00-00-0b");

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Frames() {}

    /** Begins an Ethernet frame from {@link #PEER} to {@link #LOCAL}. */
    static Frames ethernet() {
        return raw().mac(LOCAL).mac(PEER);
    }

    static Frames raw() {
        return new Frames();
    }

    Frames mac(final MacAddress address) {
        final byte[] bytes = new byte[6];
        address.copyTo(bytes, 0);
        return bytes(bytes);
    }

    Frames u8(final int value) {
        out.write(value);
        return this;
    }

    Frames u16(final int value) {
        return u8(value >>> 8).u8(value);
    }

    Frames bytes(final byte... bytes) {
        out.writeBytes(bytes);
        return this;
    }

    Frames text(final String text) {
        return bytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    Frames vlan(final int id) {
        return u16(0x8100).u16(id);
    }

    Frames svlan(final int id) {
        return u16(0x88a8).u16(id);
    }

    Frames label(final int label, final boolean bottom) {
        final int entry = label << 12 | (bottom ? 0x100 : 0) | 255;
        return u16(entry >>> 16).u16(entry);
    }

    Frames pppoe(final int code, final int session, final int length) {
        return u8(0x11).u8(code).u16(session).u16(length);
    }

    byte[] toBytes() {
        return out.toByteArray();
    }

    /** A pcap file of these frames with microsecond time stamps one second apart. */
    static byte[] pcap(final int linkType, final List<byte[]> frames) {
        final int size = frames.stream().mapToInt(f -> f.length + 16).sum() + 24;
        final ByteBuffer file = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
        file.putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putInt(0)
                .putInt(0)
                .putInt(65_535)
                .putInt(linkType);
        int second = 1_700_000_000;
        for (final byte[] frame : frames) {
            file.putInt(second++)
                    .putInt(250_000)
                    .putInt(frame.length)
                    .putInt(frame.length)
                    .put(frame);
        }
        return file.array();
    }
}
