// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeTag;
import java.util.List;
import java.util.Optional;

/**
 * Discovery packets as the PDUs of a VC that has the stations of an EtherType: receiver (6 octets), sender (6), version and type (1), code (1), session
 * id (2), length (2), tags. Source: RFC 2516, section 4.
 *
 * <p>What is read is hostile: nothing is read past the PDU, nothing is allocated by a length that was not checked before. What stands behind the
 * length that the packet says is padding.
 */
final class DiscoveryCodec {
    /** Octets before the tags. */
    static final int HEADER = 18;

    /** Octets of tags that fit into a frame of 1500 octets. */
    static final int MAX_TAG_OCTETS = 1494;

    /** Longest PDU that is read: jumbo frames bring nothing more in discovery. */
    static final int MAX_PDU = 12 + 6 + 4096;

    private static final int SOURCE = 6;
    private static final int VERSION = 12;
    private static final int CODE = 13;
    private static final int SESSION_ID = 14;
    private static final int LENGTH = 16;
    private static final int VERSION_1_TYPE_1 = 0x11;

    /**
     * What was read.
     *
     * @param frame the packet, when it is one
     * @param problem why it is none; empty if it is
     */
    record Reading(Optional<SignalFrame> frame, Optional<Dropped> problem) {
        private static Reading bad(final Dropped problem) {
            return new Reading(Optional.empty(), Optional.of(problem));
        }
    }

    private DiscoveryCodec() {}

    /** Reads a PDU. */
    static Reading read(final byte[] pdu) {
        if (pdu.length < HEADER) {
            return Reading.bad(Dropped.CUT);
        }
        if (pdu.length > MAX_PDU) {
            return Reading.bad(Dropped.TOO_LONG);
        }
        if (u8(pdu, VERSION) != VERSION_1_TYPE_1) {
            return Reading.bad(Dropped.VERSION);
        }
        final int length = u16(pdu, LENGTH);
        if (length > pdu.length - HEADER) {
            return Reading.bad(Dropped.LENGTH);
        }
        final Optional<DiscoveryPacket.Code> code = DiscoveryPacket.Code.of(u8(pdu, CODE));
        if (code.isEmpty()) {
            return Reading.bad(Dropped.CODE);
        }
        return PppoeTag.read(pdu, HEADER, HEADER + length)
                .map(tags -> checked(pdu, new DiscoveryPacket(code.get(), u16(pdu, SESSION_ID), tags)))
                .orElseGet(() -> Reading.bad(Dropped.TAGS));
    }

    private static Reading checked(final byte[] pdu, final DiscoveryPacket packet) {
        final MacAddress destination = MacAddress.of(pdu, 0);
        final MacAddress source = MacAddress.of(pdu, SOURCE);
        if (source.isGroup() || source.value() == 0) {
            return Reading.bad(Dropped.GROUP_SOURCE);
        }
        if (destination.isGroup() && packet.code() != DiscoveryPacket.Code.PADI) {
            return Reading.bad(Dropped.GROUP_DESTINATION);
        }
        return isSessionIdRight(packet)
                ? new Reading(Optional.of(new SignalFrame(destination, source, packet)), Optional.empty())
                : Reading.bad(Dropped.SESSION_ID);
    }

    private static boolean isSessionIdRight(final DiscoveryPacket packet) {
        final int id = packet.sessionId();
        return switch (packet.code()) {
            case PADI, PADO, PADR -> id == 0;
            case PADS -> id <= DiscoveryPacket.LAST_SESSION_ID;
            case PADT -> id != 0 && id <= DiscoveryPacket.LAST_SESSION_ID;
        };
    }

    /** Whether a packet with these tags fits into a frame. */
    static boolean fits(final List<PppoeTag> tags) {
        return PppoeTag.length(tags) <= MAX_TAG_OCTETS;
    }

    /** Writes a packet to a station; whose it is the adapter writes. */
    static byte[] write(final MacAddress to, final DiscoveryPacket packet) {
        final byte[] tags = PppoeTag.write(packet.tags());
        final byte[] pdu = new byte[HEADER + tags.length];
        to.copyTo(pdu, 0);
        pdu[VERSION] = VERSION_1_TYPE_1;
        pdu[CODE] = (byte) packet.code().octet();
        putU16(pdu, SESSION_ID, packet.sessionId());
        putU16(pdu, LENGTH, tags.length);
        System.arraycopy(tags, 0, pdu, HEADER, tags.length);
        return pdu;
    }

    private static int u8(final byte[] octets, final int at) {
        return octets[at] & 0xff;
    }

    private static int u16(final byte[] octets, final int at) {
        return u8(octets, at) << 8 | u8(octets, at + 1);
    }

    private static void putU16(final byte[] octets, final int at, final int value) {
        octets[at] = (byte) (value >>> 8);
        octets[at + 1] = (byte) value;
    }
}
