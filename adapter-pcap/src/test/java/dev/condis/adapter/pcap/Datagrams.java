// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.nio.ByteBuffer;
import java.util.stream.IntStream;

/** UDP datagrams in IPv4, with good checksums, so that a program that reads them can tell that not a bit is wrong. */
final class Datagrams {
    static final int HEADER_BYTES = 28;

    private static final int IP_BYTES = 20;
    private static final int FROM = 0xc000_0201;
    private static final int TO = 0xc000_0202;
    private static final int UDP = 17;

    private Datagrams() {}

    /** A packet whose payload has so many octets, which follow from a number. */
    static byte[] numbered(final int number, final int payloadOctets) {
        return of(payload(number, payloadOctets));
    }

    /** Octets that follow from a number: its four, as far as there is room, then a sequence of its own. */
    static byte[] payload(final int number, final int octets) {
        final byte[] payload = new byte[octets];
        for (int i = 0; i < octets; i++) {
            payload[i] = (byte) (i < 4 ? number >>> 24 - 8 * i : number * 31 + i * 7);
        }
        return payload;
    }

    /** A packet with this payload. */
    static byte[] of(final byte[] payload) {
        final int length = HEADER_BYTES + payload.length;
        final ByteBuffer packet = ByteBuffer.allocate(length);
        packet.putShort((short) 0x4500).putShort((short) length).putInt(0x0000_4000);
        packet.put((byte) 64).put((byte) UDP).putShort((short) 0).putInt(FROM).putInt(TO);
        packet.putShort(10, (short) ~sum(packet, 0, IP_BYTES, 0));
        packet.putShort((short) 40_000).putShort((short) 40_001);
        packet.putShort((short) (length - IP_BYTES)).putShort((short) 0).put(payload);
        final int pseudo = (FROM >>> 16) + (FROM & 0xffff) + (TO >>> 16) + (TO & 0xffff) + UDP + length - IP_BYTES;
        final int check = ~sum(packet, IP_BYTES, length, pseudo) & 0xffff;
        packet.putShort(IP_BYTES + 6, (short) (check == 0 ? 0xffff : check));
        return packet.array();
    }

    private static int sum(final ByteBuffer packet, final int from, final int to, final int begin) {
        int sum = begin
                + IntStream.range(from, to)
                        .map(i -> (packet.get(i) & 0xff) << ((i - from) % 2 == 0 ? 8 : 0))
                        .sum();
        while (sum >>> 16 != 0) {
            sum = (sum & 0xffff) + (sum >>> 16);
        }
        return sum;
    }
}
