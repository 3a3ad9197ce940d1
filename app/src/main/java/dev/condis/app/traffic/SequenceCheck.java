// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Checks the PDUs that come in on one VC: each sequence number once, in order, whole, all of one stream. Thread safe. */
final class SequenceCheck {
    private static final int NO_STREAM = -1;

    private final BitSet seen = new BitSet();
    private final TestPdu pdu = new TestPdu();
    private final CompletableFuture<Void> complete = new CompletableFuture<>();
    private int expected;
    private int stream = NO_STREAM;
    private long highest = -1;
    private long received;
    private long bytes;
    private long distinct;
    private long duplicated;
    private long outOfOrder;
    private long corrupt;

    /**
     * Makes one.
     *
     * @param expected how many PDUs the other end sends, {@link TrafficClient.Streams#UNBOUNDED} when that is told later
     */
    SequenceCheck(final int expected) {
        this.expected = expected;
        if (expected == 0) {
            complete.complete(null);
        }
    }

    /** The other end has ended its stream. */
    void expect(final int pdus) {
        final boolean all;
        synchronized (this) {
            expected = pdus;
            all = distinct == expected;
        }
        if (all) {
            complete.complete(null);
        }
    }

    /** The number of the stream that comes in, empty before the first PDU of it. */
    synchronized OptionalInt stream() {
        return stream == NO_STREAM ? OptionalInt.empty() : OptionalInt.of(stream);
    }

    /** Takes the PDU between position and limit of a buffer, which stay. */
    void accept(final ByteBuffer data) {
        final boolean all;
        synchronized (this) {
            received++;
            bytes += data.remaining();
            if (isOurs(data)) {
                count((int) pdu.sequence());
            } else {
                corrupt++;
            }
            all = distinct == expected;
        }
        if (all) {
            complete.complete(null);
        }
    }

    private boolean isOurs(final ByteBuffer data) {
        if (!pdu.read(data) || pdu.sequence() < 0 || pdu.sequence() >= expected) {
            return false;
        }
        if (stream == NO_STREAM) {
            stream = pdu.stream();
        }
        return stream == pdu.stream();
    }

    private void count(final int sequence) {
        if (seen.get(sequence)) {
            duplicated++;
            return;
        }
        seen.set(sequence);
        distinct++;
        if (sequence < highest) {
            outOfOrder++;
        }
        highest = Math.max(highest, sequence);
    }

    /** Completes when every PDU has come. */
    CompletionStage<Void> complete() {
        return complete;
    }

    /** What has come up to now; {@code sent} and {@code sendFailed} are not its business and 0. */
    synchronized TrafficCounts counts() {
        final long due = expected == TrafficClient.Streams.UNBOUNDED ? highest + 1 : expected;
        return new TrafficCounts(0, 0, received, bytes, due - distinct, duplicated, outOfOrder, corrupt);
    }
}
