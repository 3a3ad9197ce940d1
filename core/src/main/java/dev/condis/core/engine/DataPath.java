// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The packets of one VC: a gate for each direction that counts who is inside, and what is done with those that find it closed. No lock,
 * no allocation, no thread of its own: a send is one call of the sender and one of the miniport.
 * <p>
 * The gates are opened and closed under the VC's lock, by who decides about the VC.
 */
abstract class DataPath implements NdisVcHandle {
    private static final Logger LOG = LoggerFactory.getLogger(DataPath.class);

    /** Guards everything about the VC but its packets. A leaf: nobody is called while it is held. */
    final Object lock = new Object();

    final Rundown sends = new Rundown();
    final Rundown receives = new Rundown();
    final LongAdder sendsRefused = new LongAdder();
    final LongAdder receivesRefused = new LongAdder();
    private VcDataPath down;
    private CompletableFuture<Void> quiet = CompletableFuture.completedFuture(null);

    /** Lock not held. A direction is closed and has nothing left on its way. */
    abstract void drained();

    /** Lock held. Opens and closes the gates as everything that decides about them says now. */
    abstract void updateGates();

    /** Lock held. The status with which a send is refused, never a success. */
    abstract NdisStatus sendRefusal();

    /** Indicates what a sender wants to see itself. */
    abstract Loopback loopback();

    /** Until the VC is created there is nobody to give NBLs back to; they stay the caller's. */
    abstract void checkCreated();

    abstract void deliverReceive(NetBufferList nbls, int flags);

    abstract void deliverSendComplete(NetBufferList nbls, int flags);

    /** Lock held. */
    final void connect(final VcDataPath miniport) {
        down = miniport;
    }

    /** {@code NdisCoSendNetBufferLists}. */
    final void send(final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        if (sends.enter(count)) {
            pass(nbls, count, flags);
        } else {
            refuseSend(nbls, count, flags);
        }
    }

    /** The number of NBLs in a chain; an NBL from the middle of one has no number. */
    private static int lengthOf(final NetBufferList nbls) {
        final int count = nbls.chainLength();
        if (count < 1) {
            throw new IllegalArgumentException("not the head of a chain: " + nbls);
        }
        return count;
    }

    private void pass(final NetBufferList nbls, final int count, final int flags) {
        nbls.setSourceHandle(this);
        if ((flags & NblFlags.SEND_CHECK_FOR_LOOPBACK) != 0) {
            loopback().indicate(this, nbls);
        }
        try {
            // R188: the core has looped it back, the miniport does not do it again
            down.sendNetBufferLists(nbls, flags & ~NblFlags.SEND_CHECK_FOR_LOOPBACK);
        } catch (final RuntimeException | Error e) {
            LOG.error("MiniportCoSendNetBufferLists of {} threw; its {} NBLs are completed as failed", this, count, e);
            nbls.setChainStatus(NdisStatus.FAILURE);
            completeSends(nbls, NblFlags.NONE);
        }
    }

    private void refuseSend(final NetBufferList nbls, final int count, final int flags) {
        final NdisStatus status;
        synchronized (lock) {
            checkCreated();
            // a gate that was closed a moment ago may have opened since, or is about to
            updateGates();
            status = sends.enter(count) ? NdisStatus.SUCCESS : sendRefusal();
        }
        if (status.isSuccess()) {
            pass(nbls, count, flags);
            return;
        }
        sendsRefused.add(count);
        nbls.setChainStatus(status);
        deliverSendComplete(nbls, NblFlags.NONE);
    }

    /** {@code NdisMCoSendNetBufferListsComplete}. The NBLs are counted out when their sender has them back. */
    final void completeSends(final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        if (!nbls.isFrom(this) || count > sends.inside()) {
            LOG.error("R179: {} NBLs were completed on {} that are not on their way there: {}", count, this, nbls);
            return;
        }
        deliverSendComplete(nbls, flags);
        departed(sends, sends.leave(count), count);
    }

    /** {@code NdisMCoIndicateReceiveNetBufferLists}. */
    final void indicate(final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        final boolean lent = (flags & NblFlags.RECEIVE_RESOURCES) != 0;
        nbls.setSourceHandle(this);
        if (!receives.enter(count)) {
            checkCreated();
            receivesRefused.add(count);
            if (!lent) {
                giveBack(nbls, NblFlags.NONE);
            }
            return;
        }
        boolean delivered = false;
        try {
            deliverReceive(nbls, flags);
            delivered = true;
        } catch (final RuntimeException | Error e) {
            LOG.error("ProtocolCoReceiveNetBufferLists of {} threw; its {} NBLs are returned", this, count, e);
        }
        if (lent) {
            departed(receives, receives.leave(count), count);
        } else if (!delivered) {
            returnReceived(nbls, NblFlags.NONE);
        }
    }

    /** {@code NdisReturnNetBufferLists}. The NBLs are counted out before the miniport sees them, so that it may deactivate then. */
    final void returnReceived(final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        if (!nbls.isFrom(this)) {
            LOG.error("R185: {} NBLs were returned on {} that were not indicated there: {}", count, this, nbls);
            return;
        }
        final Rundown.Departure departure = receives.leave(count);
        if (departure != Rundown.Departure.NOT_INSIDE) {
            giveBack(nbls, flags);
        }
        departed(receives, departure, count);
    }

    private void giveBack(final NetBufferList nbls, final int flags) {
        try {
            down.returnNetBufferLists(nbls, flags);
        } catch (final RuntimeException | Error e) {
            LOG.error("MiniportReturnNetBufferLists of {} threw", this, e);
        }
    }

    private void departed(final Rundown direction, final Rundown.Departure departure, final int count) {
        switch (departure) {
            case COUNTED -> {
                // others are still on their way, or the gate is open
            }
            case DRAINED -> {
                drained();
                tellQuiet();
            }
            case NOT_INSIDE ->
                LOG.error(
                        "R179, R185: {} more NBLs came back on {} than were on their way there ({} {})",
                        count,
                        this,
                        direction.inside(),
                        direction == sends ? "sends" : "receives");
        }
    }

    /** When both gates are closed and nothing is on its way any more. Whoever waits has seen to it that the gates are closed. */
    final CompletionStage<Void> whenQuiet() {
        synchronized (lock) {
            if (!isDrained() && quiet.isDone()) {
                quiet = new CompletableFuture<>();
            }
            return isDrained() ? CompletableFuture.completedStage(null) : quiet;
        }
    }

    private void tellQuiet() {
        final CompletableFuture<Void> waiting;
        synchronized (lock) {
            waiting = isDrained() ? quiet : CompletableFuture.completedFuture(null);
        }
        waiting.complete(null);
    }

    /** The binding or the adapter has changed its mind about packets. */
    final void refreshGates() {
        synchronized (lock) {
            updateGates();
        }
    }

    /** The context below, empty until there is one. */
    final Optional<VcDataPath> below() {
        synchronized (lock) {
            return Optional.ofNullable(down);
        }
    }

    private boolean gatesOpen() {
        return sends.isOpen() || receives.isOpen();
    }

    final boolean sendsDrained() {
        return !sends.isOpen() && sends.isDrained();
    }

    final boolean isDrained() {
        return !gatesOpen() && sends.isDrained() && receives.isDrained();
    }

    /** NBLs that are on their way in either direction. */
    final long inside() {
        return sends.inside() + receives.inside();
    }
}
