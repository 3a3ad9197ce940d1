// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.concurrent.atomic.AtomicLongArray;

/** What became of the PDUs of one VC since it was created. Thread safe, without lock or allocation. */
@SuppressWarnings("EnumOrdinal") // an array indexed by an enum of this class, which is never stored anywhere
final class FlowCounters {

    /** What is counted. */
    private enum Count {
        SENT,
        SENT_BYTES,
        SEND_ERRORS,
        RECEIVED,
        RECEIVED_BYTES,
        RECEIVE_ERRORS,
        NO_BUFFER
    }

    private final AtomicLongArray counts = new AtomicLongArray(Count.values().length);

    private void add(final Count what, final long amount) {
        if (amount != 0) {
            counts.getAndAdd(what.ordinal(), amount);
        }
    }

    private long get(final Count what) {
        return counts.get(what.ordinal());
    }

    /** A chain was sent: so many PDUs with so many octets, and so many that could not be. */
    void sent(final int pdus, final long bytes, final int errors) {
        add(Count.SENT, pdus);
        add(Count.SENT_BYTES, bytes);
        add(Count.SEND_ERRORS, errors);
    }

    /** PDUs were indicated. */
    void received(final int pdus, final long bytes) {
        add(Count.RECEIVED, pdus);
        add(Count.RECEIVED_BYTES, bytes);
    }

    /** A PDU was too long. */
    void receiveError() {
        add(Count.RECEIVE_ERRORS, 1);
    }

    /** A PDU was lost because there was no room for it. */
    void noBuffer() {
        add(Count.NO_BUFFER, 1);
    }

    PduCounts snapshot() {
        return new PduCounts(
                get(Count.SENT),
                get(Count.SENT_BYTES),
                get(Count.SEND_ERRORS),
                get(Count.RECEIVED),
                get(Count.RECEIVED_BYTES),
                get(Count.RECEIVE_ERRORS),
                get(Count.NO_BUFFER),
                0);
    }
}
