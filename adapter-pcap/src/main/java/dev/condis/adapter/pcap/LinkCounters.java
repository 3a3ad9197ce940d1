// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/**
 * What became of every frame, in 64 bits. Frames received are counted by the capture thread alone, with plain reads and opaque
 * writes; the rest happens seldom or on many threads and is counted with adders.
 */
@SuppressWarnings("EnumOrdinal") // arrays indexed by enums of this package, which are never stored anywhere
final class LinkCounters {

    /** What is counted of received frames. */
    enum Received {
        /** Frames captured. */
        FRAMES,
        /** Their octets on the wire. */
        BYTES,
        /** Frames of which the capture kept fewer octets than were on the wire. */
        CUT,
        /** PDUs taken for a VC. */
        PDUS,
        /** Their octets. */
        PDU_BYTES,
        /** Frames of no VC. */
        OF_NO_VC,
        /** PDUs lost because every receive buffer was out. */
        NO_BUFFER,
        /** PDUs longer than a receive buffer. */
        TOO_LONG,
        /** PDUs lost because their call was not connected in time. */
        NOT_CONNECTED,
        /** PDUs of flows whose call the client refused or closed. */
        REFUSED,
        /** Frames of new flows beyond the limit on flows. */
        FLOW_LIMIT,
        /** Frames received while the adapter was paused. */
        PAUSED
    }

    /** What a frame was that nobody took: the innermost that could have named a flow. */
    enum Unclaimed {
        /** To another station. */
        STATION,
        /** Of a PPPoE session. */
        PPPOE,
        /** Of a label stack. */
        MPLS,
        /** With VLAN tags. */
        VLAN,
        /** Of an EtherType. */
        TYPE,
        /** With an LLC header. */
        LLC,
        /** Of an ATM connection. */
        ATM,
        /** Of a PPP protocol. */
        PPP,
        /** Damaged. */
        MALFORMED
    }

    private static final int RECEIVED = Received.values().length;

    private final AtomicLongArray received = new AtomicLongArray(RECEIVED);
    private final AtomicLongArray problems = new AtomicLongArray(FrameProblem.count());
    private final AtomicLongArray unclaimed = new AtomicLongArray(Unclaimed.values().length);
    private final LongAdder indicated = new LongAdder();
    private final LongAdder indicatedBytes = new LongAdder();
    private final LongAdder sent = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final LongAdder sentPduBytes = new LongAdder();
    private final LongAdder sendFailures = new LongAdder();

    /** Capture thread only. */
    void add(final Received what, final long amount) {
        final int at = what.ordinal();
        received.setOpaque(at, received.getPlain(at) + amount);
    }

    /** Capture thread only. */
    void add(final FrameProblem problem) {
        final int at = problem.ordinal();
        problems.setOpaque(at, problems.getPlain(at) + 1);
    }

    /** A frame that nobody took. Capture thread only. */
    void add(final Unclaimed what) {
        final int at = what.ordinal();
        unclaimed.setOpaque(at, unclaimed.getPlain(at) + 1);
    }

    /** PDUs are handed to their VC. */
    void indicated(final int pdus, final long bytes) {
        indicated.add(pdus);
        indicatedBytes.add(bytes);
    }

    /** A frame was sent, so many octets with its headers. */
    void sent(final int bytes) {
        sent.increment();
        sentBytes.add(bytes);
    }

    /** A chain of sends is completed: octets of the PDUs that were sent, and PDUs that were not. */
    void sendsCompleted(final long pduBytes, final int failed) {
        sentPduBytes.add(pduBytes);
        sendFailures.add(failed);
    }

    long get(final Received what) {
        return received.getOpaque(what.ordinal());
    }

    long get(final FrameProblem problem) {
        return problems.getOpaque(problem.ordinal());
    }

    /** Frames with any problem. */
    long malformed() {
        long sum = 0;
        for (int i = 1; i < problems.length(); i++) {
            sum += problems.getOpaque(i);
        }
        return sum;
    }

    /** PDUs that belonged to a VC and did not reach it. */
    long lost() {
        return get(Received.NO_BUFFER)
                + get(Received.TOO_LONG)
                + get(Received.NOT_CONNECTED)
                + get(Received.FLOW_LIMIT);
    }

    long get(final Unclaimed what) {
        return unclaimed.getOpaque(what.ordinal());
    }

    long indicated() {
        return indicated.sum();
    }

    long indicatedBytes() {
        return indicatedBytes.sum();
    }

    long sent() {
        return sent.sum();
    }

    long sentPduBytes() {
        return sentPduBytes.sum();
    }

    long sentBytes() {
        return sentBytes.sum();
    }

    long sendFailures() {
        return sendFailures.sum();
    }

    /** One line: all that is not zero. */
    @Override
    public String toString() {
        final StringBuilder text = new StringBuilder();
        for (final Received what : Received.values()) {
            append(text, what.name().toLowerCase(java.util.Locale.ROOT), get(what));
        }
        for (final Unclaimed what : Unclaimed.values()) {
            append(text, "unclaimed_" + what.name().toLowerCase(java.util.Locale.ROOT), get(what));
        }
        for (int i = 1; i < FrameProblem.count(); i++) {
            append(text, FrameProblem.at(i).text(), get(FrameProblem.at(i)));
        }
        append(text, "sent", sent());
        append(text, "sent_bytes", sentBytes());
        append(text, "send_failures", sendFailures());
        return text.length() == 0 ? "nothing" : text.toString();
    }

    private static void append(final StringBuilder text, final String name, final long value) {
        if (value != 0) {
            text.append(text.length() == 0 ? "" : ", ").append(name).append(' ').append(value);
        }
    }
}
