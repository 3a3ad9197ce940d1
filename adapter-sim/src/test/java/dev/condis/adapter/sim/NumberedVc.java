// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.concurrent.atomic.AtomicInteger;

/** One end of a VC: sends numbered PDUs as fast as they come back, and remembers which ones came from the other end. */
final class NumberedVc implements ClientVcContext {

    private static final int LENGTH = 2 * Long.BYTES;
    private static final int CHAIN = 8;

    private final NetBufferListPool pool;
    private final AtomicInteger pumps = new AtomicInteger();
    private final BitSet seen = new BitSet();
    private final BitSet failed = new BitSet();
    private volatile ClientVc vc;
    private volatile boolean running;
    /** Nobody sends on into refusals, which come at once, until told to. */
    private volatile boolean refused;

    private volatile int sent;
    private int succeeded;
    private int received;
    private int doubled;
    private int outOfOrder;
    private int garbled;
    private int closed;
    private int highest = -1;

    NumberedVc(final int window) {
        pool = new NetBufferListPool("numbered", window, LENGTH);
    }

    void use(final ClientVc handle) {
        vc = handle;
    }

    ClientVc vc() {
        return vc;
    }

    void start() {
        running = true;
        refused = false;
        pump();
    }

    /** Goes on after a refusal. */
    void resume() {
        if (refused) {
            refused = false;
            pump();
        }
    }

    void stop() {
        running = false;
    }

    /** A call while another one runs makes that one go on, so that completions do not nest. */
    private void pump() {
        if (pumps.getAndIncrement() != 0) {
            return;
        }
        int seenPumps = 1;
        do {
            NetBufferList chain = fill();
            while (chain != null) {
                vc.sendNetBufferLists(chain, NblFlags.NONE);
                chain = fill();
            }
            seenPumps = pumps.addAndGet(-seenPumps);
        } while (seenPumps != 0);
    }

    private NetBufferList fill() {
        final NetBufferListQueue chain = new NetBufferListQueue();
        while (running && !refused && chain.size() < CHAIN) {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                break;
            }
            final long number = sent;
            nbl.data().putLong(0, number).putLong(Long.BYTES, ~number);
            nbl.data().limit(LENGTH);
            sent = (int) number + 1;
            chain.add(nbl);
        }
        return chain.takeAll();
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc sending, final NetBufferList nbls, final int flags) {
        synchronized (this) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                if (nbl.status().isSuccess()) {
                    succeeded++;
                } else {
                    failed.set((int) nbl.data().getLong(0));
                    refused = true;
                }
            }
        }
        nbls.freeChain();
        pump();
    }

    @Override
    public void receiveNetBufferLists(final ClientVc receiving, final NetBufferList nbls, final int flags) {
        synchronized (this) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                check(nbl.data());
            }
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            receiving.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    private void check(final ByteBuffer data) {
        final long number = data.getLong(data.position());
        received++;
        if (data.remaining() != LENGTH || data.getLong(data.position() + Long.BYTES) != ~number) {
            garbled++;
            return;
        }
        doubled += seen.get((int) number) ? 1 : 0;
        outOfOrder += number < highest ? 1 : 0;
        seen.set((int) number);
        highest = Math.max(highest, (int) number);
    }

    @Override
    public synchronized void incomingCloseCall(
            final ClientVc closing, final NdisStatus closeStatus, final Octets closeData) {
        closed++;
    }

    int outstanding() {
        return pool.outstanding();
    }

    int sent() {
        return sent;
    }

    synchronized int received() {
        return received;
    }

    synchronized int failed() {
        return failed.cardinality();
    }

    synchronized int succeeded() {
        return succeeded;
    }

    /** Everything that must be 0 when nothing but loss may happen. */
    synchronized String faults() {
        return (garbled > 0 ? garbled + " garbled " : "")
                + (doubled > 0 ? doubled + " doubled " : "")
                + (outOfOrder > 0 ? outOfOrder + " out of order " : "")
                + (closed > 0 ? "closed" : "");
    }

    /** As {@link #faults} where a PDU may come again, later. */
    synchronized String faultsButForRepetition() {
        return (garbled > 0 ? garbled + " garbled " : "") + (closed > 0 ? "closed" : "");
    }

    synchronized BitSet seen() {
        return (BitSet) seen.clone();
    }

    synchronized BitSet failures() {
        return (BitSet) failed.clone();
    }
}
