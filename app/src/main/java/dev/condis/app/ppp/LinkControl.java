// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.ppp;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * One end of a PPP link that keeps the link up and carries nothing: it acknowledges what the peer wants to configure, as far as PPPoE knows it, answers
 * echoes, and rejects every other protocol. Source: RFC 1661, sections 5 and 6; RFC 2516, section 7 for the options.
 *
 * <p>What comes in is hostile: lengths are checked, what is malformed is dropped silently (RFC 1661, section 5). Confined to one thread at a time.
 */
final class LinkControl {
    static final int LCP = 0xc021;

    private static final int CONFIGURE_REQUEST = 1;
    private static final int CONFIGURE_ACK = 2;
    private static final int CONFIGURE_REJECT = 4;
    private static final int TERMINATE_REQUEST = 5;
    private static final int TERMINATE_ACK = 6;
    private static final int CODE_REJECT = 7;
    private static final int PROTOCOL_REJECT = 8;
    private static final int ECHO_REQUEST = 9;
    private static final int ECHO_REPLY = 10;
    private static final int LAST_CODE = 11;

    private static final int OPTION_MRU = 1;
    private static final int OPTION_MAGIC_NUMBER = 5;
    private static final int PROTOCOL_BYTES = 2;
    private static final int HEADER = 4;
    private static final int MAGIC_NUMBER = 4;
    /** Octets of a packet that is rejected, of which a reject carries a copy. */
    private static final int MAX_COPY = 1400;

    private int identifier;
    private boolean asking;
    private boolean acknowledged;
    private boolean acknowledging;

    /** Whether both ends have acknowledged what the other wants. */
    boolean isOpened() {
        return acknowledged && acknowledging;
    }

    /** What this end says first: it has no wishes. */
    byte[] configureRequest() {
        identifier = identifier + 1 & 0xff;
        asking = true;
        return repeatedRequest();
    }

    private byte[] repeatedRequest() {
        return packet(CONFIGURE_REQUEST, identifier, new byte[0]);
    }

    /**
     * Takes a PDU of the session.
     *
     * @param pdu begins with the protocol number
     * @return what is to be sent, in order
     */
    List<byte[]> received(final byte[] pdu) {
        if (pdu.length < PROTOCOL_BYTES) {
            return List.of();
        }
        if (u16(pdu, 0) != LCP) {
            // RFC 1661, section 5.7: only when the link is opened
            return isOpened() ? List.of(protocolReject(pdu)) : List.of();
        }
        if (pdu.length < PROTOCOL_BYTES + HEADER) {
            return List.of();
        }
        final int length = u16(pdu, PROTOCOL_BYTES + 2);
        if (length < HEADER || length > pdu.length - PROTOCOL_BYTES) {
            return List.of();
        }
        final byte[] data = new byte[length - HEADER];
        System.arraycopy(pdu, PROTOCOL_BYTES + HEADER, data, 0, data.length);
        return lcp(pdu[PROTOCOL_BYTES] & 0xff, pdu[PROTOCOL_BYTES + 1] & 0xff, data);
    }

    private List<byte[]> lcp(final int code, final int id, final byte[] data) {
        return switch (code) {
            case CONFIGURE_REQUEST -> configure(id, data);
            case CONFIGURE_ACK -> acknowledged(id);
            case TERMINATE_REQUEST -> terminated(id, data);
            case ECHO_REQUEST -> isOpened() && data.length >= MAGIC_NUMBER ? List.of(echo(id, data)) : List.of();
            default -> code == 0 || code > LAST_CODE ? List.of(codeReject(code, id, data)) : List.of();
        };
    }

    private List<byte[]> acknowledged(final int id) {
        if (asking && id == identifier) {
            acknowledged = true;
            asking = false;
        }
        return List.of();
    }

    private List<byte[]> terminated(final int id, final byte[] data) {
        acknowledged = false;
        acknowledging = false;
        return List.of(packet(TERMINATE_ACK, id, data));
    }

    private List<byte[]> configure(final int id, final byte[] options) {
        final ByteBuffer rejected = ByteBuffer.allocate(options.length);
        int at = 0;
        while (at < options.length) {
            final int length = at + 1 < options.length ? options[at + 1] & 0xff : 0;
            if (length < 2 || length > options.length - at) {
                return List.of();
            }
            if (!isKnown(options[at], length)) {
                rejected.put(options, at, length);
            }
            at += length;
        }
        final List<byte[]> answers = new ArrayList<>();
        if (rejected.position() > 0) {
            final byte[] list = new byte[rejected.flip().remaining()];
            rejected.get(list);
            answers.add(packet(CONFIGURE_REJECT, id, list));
        } else {
            acknowledging = true;
            answers.add(packet(CONFIGURE_ACK, id, options));
        }
        if (!acknowledged) {
            // with the same identifier (RFC 1661, section 5.1): the answer to the first one may be on its way, and
            // two ends that ask anew each time never hear of the last one
            answers.add(asking ? repeatedRequest() : configureRequest());
        }
        return answers;
    }

    /** Of the options of LCP those that make sense over Ethernet, and whose value cannot be wrong here. */
    private static boolean isKnown(final int option, final int length) {
        return option == OPTION_MRU && length == 4 || option == OPTION_MAGIC_NUMBER && length == 6;
    }

    /** This end has no magic number: it says 0. */
    private static byte[] echo(final int id, final byte[] data) {
        final byte[] copy = data.clone();
        for (int i = 0; i < MAGIC_NUMBER; i++) {
            copy[i] = 0;
        }
        return packet(ECHO_REPLY, id, copy);
    }

    private byte[] codeReject(final int code, final int id, final byte[] data) {
        final byte[] rejected = packet(code, id, data);
        return reject(CODE_REJECT, rejected, PROTOCOL_BYTES);
    }

    private byte[] protocolReject(final byte[] pdu) {
        return reject(PROTOCOL_REJECT, pdu, 0);
    }

    private byte[] reject(final int code, final byte[] what, final int from) {
        final byte[] copy = new byte[Math.min(what.length - from, MAX_COPY)];
        System.arraycopy(what, from, copy, 0, copy.length);
        identifier = acknowledged ? identifier + 1 & 0xff : identifier;
        return packet(code, identifier, copy);
    }

    private static byte[] packet(final int code, final int id, final byte[] data) {
        return ByteBuffer.allocate(PROTOCOL_BYTES + HEADER + data.length)
                .putShort((short) LCP)
                .put((byte) code)
                .put((byte) id)
                .putShort((short) (HEADER + data.length))
                .put(data)
                .array();
    }

    private static int u16(final byte[] octets, final int at) {
        return (octets[at] & 0xff) << 8 | octets[at + 1] & 0xff;
    }
}
