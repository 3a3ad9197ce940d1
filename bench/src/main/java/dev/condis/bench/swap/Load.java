// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that offers PDUs on all circuits in turn, at an even rate that does not depend on what becomes of them. What it could not offer in
 * time it offers at once as soon as it can, so that a stall of this thread does not make the load smaller.
 */
final class Load {
    private static final long REST_NANOS = 50_000;

    private final Contender contender;
    private final NetBufferListPool pool;
    private final int circuits;
    private final long perSecond;
    private final long[] sequences;
    private final Thread sender = new Thread(this::run, "sender");
    private volatile boolean stops;
    private volatile long offered;
    private volatile long refused;
    private volatile long starved;

    Load(final Contender contender, final int circuits, final long perSecond, final NetBufferListPool pool) {
        this.contender = contender;
        this.circuits = circuits;
        this.perSecond = perSecond;
        this.pool = pool;
        sequences = new long[circuits];
        sender.setDaemon(true);
    }

    void start() {
        sender.start();
    }

    private void run() {
        final long began = System.nanoTime();
        long turn = 0;
        while (!stops) {
            final long due = (System.nanoTime() - began) / 1_000 * perSecond / TimeUnit.SECONDS.toMicros(1);
            while (turn < due && !stops) {
                offer((int) (turn % circuits));
                turn++;
            }
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread writes
    private void offer(final int circuit) {
        final NetBufferList nbl = pool.allocate();
        if (nbl == null) {
            starved++;
            return;
        }
        FarEnd.write(nbl, sequences[circuit]++);
        offered++;
        if (!contender.send(circuit, nbl)) {
            refused++;
            nbl.freeChain();
        }
    }

    /** Stops and waits until every PDU is back in the pool. */
    void stop() throws InterruptedException {
        stops = true;
        sender.join();
        final long giveUp = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
        while (pool.outstanding() > 0) {
            if (System.nanoTime() > giveUp) {
                throw new IllegalStateException("PDUs do not come back: " + pool);
            }
            LockSupport.parkNanos(REST_NANOS);
        }
    }

    long offered() {
        return offered;
    }

    /** PDUs that were refused at once. */
    long refused() {
        return refused;
    }

    /** PDUs that were not offered, for there was no buffer. */
    long starved() {
        return starved;
    }
}
