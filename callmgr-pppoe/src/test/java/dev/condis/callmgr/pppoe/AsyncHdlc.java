// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Octets;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The framing in which {@code pppoe} takes and gives PPP frames on its input and output (RFC 1662). */
final class AsyncHdlc {
    /** LCP Echo-Request with a magic number of 0 (RFC 1661, section 5.8). */
    static final Octets ECHO_REQUEST = Octets.of(
            (byte) 0xc0, (byte) 0x21, (byte) 9, (byte) 1, (byte) 0, (byte) 8, (byte) 0, (byte) 0, (byte) 0, (byte) 0);
    /** Its answer. */
    static final Octets ECHO_REPLY = Octets.of(
            (byte) 0xc0, (byte) 0x21, (byte) 10, (byte) 1, (byte) 0, (byte) 8, (byte) 0, (byte) 0, (byte) 0, (byte) 0);

    private static final int FLAG = 0x7e;
    private static final int ESCAPE = 0x7d;
    private static final int INVERT = 0x20;
    private static final int ADDRESS_AND_CONTROL = 2;
    private static final int FCS = 2;

    private AsyncHdlc() {}

    /** A frame with flags, address and control field, checksum and escapes. */
    static byte[] frame(final Octets pdu) {
        final byte[] body = new byte[pdu.length() + ADDRESS_AND_CONTROL];
        body[0] = (byte) 0xff;
        body[1] = 3;
        System.arraycopy(pdu.toByteArray(), 0, body, ADDRESS_AND_CONTROL, pdu.length());
        final int fcs = fcs(body) ^ 0xffff;
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.write(FLAG);
        for (final byte octet : body) {
            put(out, octet & 0xff);
        }
        put(out, fcs & 0xff);
        put(out, fcs >>> 8);
        out.write(FLAG);
        return out.toByteArray();
    }

    private static void put(final ByteArrayOutputStream out, final int octet) {
        if (octet < INVERT || octet == FLAG || octet == ESCAPE) {
            out.write(ESCAPE);
            out.write(octet ^ INVERT);
        } else {
            out.write(octet);
        }
    }

    private static int fcs(final byte[] octets) {
        int fcs = 0xffff;
        for (final byte octet : octets) {
            fcs ^= octet & 0xff;
            for (int bit = 0; bit < 8; bit++) {
                fcs = (fcs & 1) != 0 ? fcs >>> 1 ^ 0x8408 : fcs >>> 1;
            }
        }
        return fcs;
    }

    /** The PDUs of all whole frames in an output. */
    static List<Octets> frames(final String output) {
        final List<Octets> pdus = new ArrayList<>();
        final ByteArrayOutputStream frame = new ByteArrayOutputStream();
        boolean escaped = false;
        for (final byte octet : output.getBytes(StandardCharsets.ISO_8859_1)) {
            final int value = octet & 0xff;
            if (value == FLAG) {
                addPdu(pdus, frame.toByteArray());
                frame.reset();
            } else if (value == ESCAPE) {
                escaped = true;
            } else {
                frame.write(escaped ? value ^ INVERT : value);
                escaped = false;
            }
        }
        return pdus;
    }

    private static void addPdu(final List<Octets> pdus, final byte[] frame) {
        if (frame.length > ADDRESS_AND_CONTROL + FCS) {
            pdus.add(Octets.of(Arrays.copyOfRange(frame, ADDRESS_AND_CONTROL, frame.length - FCS)));
        }
    }
}
