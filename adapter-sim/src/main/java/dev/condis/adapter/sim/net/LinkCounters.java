// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.concurrent.atomic.AtomicLongArray;

/** Counters of one direction of a link: written by the network's thread, read by anybody, never torn. */
final class LinkCounters {

    static final int OFFERED = 0;
    static final int DELIVERED = 1;
    static final int LOST = 2;
    static final int DUPLICATED = 3;
    static final int REORDERED = 4;
    static final int CORRUPTED = 5;
    static final int OUTAGE = 6;
    static final int CONGESTION = 7;
    static final int OCTETS = 8;

    private final AtomicLongArray counts = new AtomicLongArray(OCTETS + 1);

    void add(int counter, long amount) {
        counts.setOpaque(counter, counts.getPlain(counter) + amount);
    }

    LinkStatistics snapshot() {
        return new LinkStatistics(
                read(OFFERED),
                read(DELIVERED),
                read(LOST),
                read(DUPLICATED),
                read(REORDERED),
                read(CORRUPTED),
                read(OUTAGE),
                read(CONGESTION),
                read(OCTETS));
    }

    private long read(int counter) {
        return counts.getOpaque(counter);
    }
}
