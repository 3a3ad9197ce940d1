// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import dev.condis.api.client.ClientVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Sends one stream on a VC, as fast as its sends come back: at most as many PDUs are out as its pool has. It ends after a number of PDUs, or
 * when it is told to. It has no thread; it
 * goes on wherever a completion comes in, on one thread at a time.
 */
final class StreamSender {
    private static final int BATCH = 32;

    private final int stream;
    private final int pduBytes;
    private final NetBufferListPool pool;
    private final TestPdu pdu = new TestPdu();
    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicLong failed = new AtomicLong();
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final CompletableFuture<Void> drained = new CompletableFuture<>();
    private volatile boolean stopped;
    private volatile boolean ending;
    private volatile int pdus;
    private int next;

    /**
     * Makes one.
     *
     * @param stream its number in every PDU
     * @param pdus how many it sends, {@link TrafficClient.Streams#UNBOUNDED} to send until {@link #end}
     * @param pduBytes the length of each
     * @param window how many may be out at a time
     */
    StreamSender(final int stream, final int pdus, final int pduBytes, final int window) {
        this.stream = stream;
        this.pdus = pdus;
        this.pduBytes = pduBytes;
        pool = new NetBufferListPool("stream " + stream, window, pduBytes);
        if (pdus == 0) {
            done.complete(null);
        }
    }

    /** Sends what there are free NBLs for. A call while another one runs makes that one go on, so completions do not nest. */
    void pump(final ClientVc vc) {
        if (requests.getAndIncrement() != 0) {
            return;
        }
        int seen = 1;
        do {
            sendBatches(vc);
            report();
            seen = requests.addAndGet(-seen);
        } while (seen != 0);
    }

    private void report() {
        final long back = succeeded.get() + failed.get();
        if (back == pdus) {
            done.complete(null);
        }
        if (stopped && back == next) {
            drained.complete(null);
        }
    }

    private void sendBatches(final ClientVc vc) {
        if (ending && pdus == TrafficClient.Streams.UNBOUNDED) {
            pdus = next;
        }
        NetBufferList chain = fill();
        while (chain != null) {
            vc.sendNetBufferLists(chain, NblFlags.NONE);
            chain = fill();
        }
    }

    private NetBufferList fill() {
        final NetBufferListQueue batch = new NetBufferListQueue();
        while (!stopped && next < pdus && batch.size() < BATCH) {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                break;
            }
            pdu.write(nbl.data(), pduBytes, stream, next);
            next++;
            batch.add(nbl);
        }
        return batch.takeAll();
    }

    /** Takes completed sends back and goes on. */
    void completed(final ClientVc vc, final NetBufferList nbls) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            (nbl.status().isSuccess() ? succeeded : failed).incrementAndGet();
        }
        nbls.freeChain();
        pump(vc);
    }

    /**
     * Sends nothing more.
     *
     * @return completes when everything that is out has come back
     */
    CompletionStage<Void> stop(final ClientVc vc) {
        stopped = true;
        pump(vc);
        return drained;
    }

    /** The stream ends with what has been sent up to now. */
    void end(final ClientVc vc) {
        ending = true;
        pump(vc);
    }

    /** Its number in every PDU. */
    int stream() {
        return stream;
    }

    /** How many PDUs it has, or will have; valid when it is {@link #done}. */
    int pdus() {
        return pdus;
    }

    /** Completes when every PDU of the stream has been sent and has come back. */
    CompletionStage<Void> done() {
        return done;
    }

    long succeeded() {
        return succeeded.get();
    }

    long failed() {
        return failed.get();
    }

    /** How many NBLs are out. */
    int outstanding() {
        return pool.outstanding();
    }
}
