// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;

/** Counters of a NIC or a VC. All but the failed sends have one writer, the network's thread; anybody may read. */
final class PduCounters {

    static final int SENT = 0;
    static final int SENT_OCTETS = 1;
    static final int RECEIVED = 2;
    static final int RECEIVED_OCTETS = 3;
    static final int DAMAGED = 4;
    static final int NO_BUFFER = 5;
    static final int UNKNOWN = 6;
    static final int CRC = 7;

    private final AtomicLongArray counts = new AtomicLongArray(CRC + 1);
    private final LongAdder failed = new LongAdder();

    /** The network's thread only. */
    void add(int counter, long amount) {
        counts.setOpaque(counter, counts.getPlain(counter) + amount);
    }

    /** Any thread. */
    void addFailed(long amount) {
        failed.add(amount);
    }

    SimStatistics snapshot() {
        return new SimStatistics(
                counts.getOpaque(SENT),
                failed.sum(),
                counts.getOpaque(SENT_OCTETS),
                counts.getOpaque(RECEIVED),
                counts.getOpaque(DAMAGED),
                counts.getOpaque(NO_BUFFER),
                counts.getOpaque(UNKNOWN),
                counts.getOpaque(CRC),
                counts.getOpaque(RECEIVED_OCTETS));
    }
}
