// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
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
    final LongAdder resent = new LongAdder();
    private final Deque<HeldSend> heldSends = new ArrayDeque<>();

    /** What went in before the gate was closed and is sent, perhaps again, before what came later; by its place in the order. */
    private final NavigableMap<Long, HeldSend> heldAgain = new TreeMap<>();

    private volatile BackendVc current = BackendVc.nowhere(this);
    private CompletableFuture<Void> quiet = CompletableFuture.completedFuture(null);
    private CompletableFuture<Void> sendsQuiet = CompletableFuture.completedFuture(null);

    /** What waits for the client to be connected, or is just being handed over to it. */
    private Optional<EarlyReceives> early = Optional.empty();

    private Optional<String> boundAddress = Optional.empty();
    private boolean holding;
    private Instant holdingSince = Instant.MIN;
    private boolean moved;

    /** Among what is returned there may be copies. */
    private boolean copied;

    private long heldCount;
    private long heldInAll;

    /** A chain that waits until a backend can take it. */
    private record HeldSend(NetBufferList nbls, int count, int flags) {}

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

    /** Lock held. How many NBLs may wait while the VC is between two backends. */
    abstract long holdLimit();

    /** Lock held. Receives would pass if the client, which makes the call or has accepted it, were connected. */
    abstract boolean awaitsConnection();

    /** Lock held. Receives pass. */
    abstract boolean acceptsReceives();

    /** How many NBLs may wait for one connection. */
    abstract int earlyLimit();

    /** A status of the VC, from its backend. */
    abstract void indicateStatus(StatusIndication indication);

    /** The VC at the backend that carries it, or nowhere. */
    final BackendVc current() {
        return current;
    }

    /** The address of the adapter at which the VC has to stay when it leaves a place; where it is nowhere, that of the last one. */
    final Optional<String> boundAddressAt(final BackendVc place) {
        synchronized (lock) {
            return place.isSomewhere() ? place.boundAddress() : boundAddress;
        }
    }

    /** Lock held. From here on the VC is there. */
    final void moveTo(final BackendVc next) {
        moved |= current.isSomewhere();
        if (current.isSomewhere()) {
            boundAddress = current.boundAddress();
        }
        current = next;
    }

    /** {@code NdisCoSendNetBufferLists}. */
    final void send(final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        final long ordinal = sends.enter(count);
        if (ordinal >= 0) {
            pass(nbls, count, flags, ordinal);
        } else {
            sendSlowly(nbls, count, flags);
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

    private void pass(final NetBufferList nbls, final int count, final int flags, final long ordinal) {
        nbls.setSourceHandle(this);
        if ((flags & NblFlags.SEND_CHECK_FOR_LOOPBACK) != 0) {
            loopback().indicate(this, nbls);
        }
        final BackendVc to = current;
        if (!to.isSomewhere()) {
            comeTooLate(new HeldSend(nbls, count, flags & ~NblFlags.SEND_CHECK_FOR_LOOPBACK), ordinal);
            return;
        }
        try {
            // R188: the core has looped it back, the miniport does not do it again
            to.send(nbls, flags & ~NblFlags.SEND_CHECK_FOR_LOOPBACK, ordinal);
        } catch (final RuntimeException | Error e) {
            LOG.error("MiniportCoSendNetBufferLists of {} threw; its {} NBLs are completed as failed", this, count, e);
            nbls.setChainStatus(NdisStatus.FAILURE);
            completeSends(to, nbls, NblFlags.NONE);
        }
    }

    /** The backend was lost between the gate and here. */
    private void comeTooLate(final HeldSend send, final long ordinal) {
        final Rundown.Departure departure;
        synchronized (lock) {
            // together, so that whoever looks finds it either inside or held
            heldAgain.put(ordinal, send);
            heldCount += send.count();
            heldInAll += send.count();
            resent.add(send.count());
            departure = sends.leave(send.count());
        }
        departed(sends, departure, send.count());
        endHeldSends();
    }

    private void sendSlowly(final NetBufferList nbls, final int count, final int flags) {
        final NdisStatus status;
        final long ordinal;
        synchronized (lock) {
            checkCreated();
            // a gate that was closed a moment ago may have opened since, or is about to
            updateGates();
            ordinal = sends.enter(count);
            if (ordinal < 0 && holdsSends()) {
                if (heldCount + count <= holdLimit()) {
                    hold(new HeldSend(nbls, count, flags));
                    return;
                }
                status = NdisStatus.RESOURCES;
            } else {
                status = ordinal < 0 ? sendRefusal() : NdisStatus.SUCCESS;
            }
        }
        if (status.isSuccess()) {
            pass(nbls, count, flags, ordinal);
        } else {
            refuse(nbls, count, status);
        }
    }

    private void refuse(final NetBufferList nbls, final int count, final NdisStatus status) {
        sendsRefused.add(count);
        giveBackSend(nbls, status);
    }

    private void giveBackSend(final NetBufferList nbls, final NdisStatus status) {
        nbls.setChainStatus(status);
        deliverSendComplete(nbls, NblFlags.NONE);
    }

    // --- between two backends ---

    /** Lock held. Sends would pass if there were a backend to take them. */
    abstract boolean acceptsSends();

    /** Lock held. */
    private boolean holdsSends() {
        return holding && acceptsSends();
    }

    /** Lock held. */
    private void hold(final HeldSend send) {
        heldSends.add(send);
        heldCount += send.count();
        heldInAll += send.count();
    }

    /** Lock held. Sends wait from now on; those that are inside go on. */
    final void holdSends(final Instant now) {
        holdingSince = holding ? holdingSince : now;
        holding = true;
        sends.close();
    }

    /** Lock held. */
    final boolean isHolding() {
        return holding;
    }

    /** Since when sends wait; empty when they do not. */
    final Optional<Instant> holdingSince() {
        synchronized (lock) {
            return holding ? Optional.of(holdingSince) : Optional.empty();
        }
    }

    /** The backend that ought to complete sends; empty when they are held, for who holds them has a deadline of its own. */
    final Optional<Backend> sendsExpectedBackFrom() {
        synchronized (lock) {
            return holding || sends.isDrained() ? Optional.empty() : current.backend();
        }
    }

    /** NBLs that wait for a backend. */
    final long heldSends() {
        synchronized (lock) {
            return heldCount;
        }
    }

    /** NBLs that ever had to wait for a backend. */
    final long heldInAll() {
        synchronized (lock) {
            return heldInAll;
        }
    }

    /** When every send that passed the gate is completed. The gate is closed, or about to be. */
    final CompletionStage<Void> whenSendsQuiet() {
        synchronized (lock) {
            if (!nothingBelow() && sendsQuiet.isDone()) {
                sendsQuiet = new CompletableFuture<>();
            }
            return nothingBelow() ? CompletableFuture.completedStage(null) : sendsQuiet;
        }
    }

    /** Sends what has waited, in its order, then opens the gate. Lock not held. */
    final void releaseSends() {
        while (true) {
            final Optional<HeldSend> next;
            synchronized (lock) {
                next = nextHeld();
                if (next.isEmpty()) {
                    holding = false;
                    updateGates();
                    break;
                }
                heldCount -= next.get().count();
                sends.admit(next.get().count());
            }
            final HeldSend send = next.get();
            pass(send.nbls(), send.count(), send.flags(), sends.entered() - send.count());
        }
        drained();
    }

    /** Lock held. */
    private Optional<HeldSend> nextHeld() {
        return Optional.ofNullable(heldAgain.pollFirstEntry())
                .map(Map.Entry::getValue)
                .or(() -> Optional.ofNullable(heldSends.poll()));
    }

    /** Gives up what waits for a backend that will not come. Lock not held. */
    abstract void endHeldSends();

    /** What waits comes back, for nobody will ever send it. Lock not held. */
    final void failHeldSends(final NdisStatus status) {
        final List<HeldSend> failed = new ArrayList<>();
        synchronized (lock) {
            failed.addAll(heldAgain.values());
            failed.addAll(heldSends);
            heldAgain.clear();
            heldSends.clear();
            sendsRefused.add(heldCount);
            heldCount = 0;
        }
        failed.forEach(send -> giveBackSend(send.nbls(), status));
    }

    /**
     * Takes back an NBL that a lost backend had. It was claimed already.
     *
     * @param nbl a chain of one
     * @param ordinal its place in the order in which NBLs went down
     * @param again it waits, before all that came later, to be sent again; otherwise it comes back as failed
     */
    final void takeBack(final NetBufferList nbl, final long ordinal, final boolean again) {
        if (again) {
            comeTooLate(new HeldSend(nbl, 1, NblFlags.NONE), ordinal);
            return;
        }
        nbl.setStatus(NdisStatus.FAILURE);
        deliverSendComplete(nbl, NblFlags.NONE);
        departed(sends, sends.leave(1), 1);
    }

    /** {@code NdisMCoSendNetBufferListsComplete}. The NBLs are counted out when their sender has them back. */
    final void completeSends(final BackendVc from, final NetBufferList nbls, final int flags) {
        if (from.isRetired()) {
            from.stale();
            return;
        }
        final int count = lengthOf(nbls);
        if (!nbls.isFrom(this) || count > sends.inside() || !nbls.clearNdisReserved(from)) {
            LOG.error("R179: {} NBLs were completed on {} that are not on their way there: {}", count, this, nbls);
            return;
        }
        deliverSendComplete(nbls, flags);
        departed(sends, sends.leave(count), count);
    }

    /** {@code NdisMCoIndicateReceiveNetBufferLists}. */
    final void indicate(final BackendVc from, final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        nbls.setSourceHandle(this);
        final long ordinal = receives.enter(count);
        if (ordinal >= 0) {
            nbls.setNdisReserved(from, ordinal);
            handUp(nbls, count, flags);
        } else {
            indicateSlowly(from, nbls, count, flags);
        }
    }

    private void handUp(final NetBufferList nbls, final int count, final int flags) {
        boolean delivered = false;
        try {
            deliverReceive(nbls, flags);
            delivered = true;
        } catch (final RuntimeException | Error e) {
            LOG.error("ProtocolCoReceiveNetBufferLists of {} threw; its {} NBLs are returned", this, count, e);
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) != 0) {
            departed(receives, receives.leave(count), count);
        } else if (!delivered) {
            returnReceived(nbls, NblFlags.NONE);
        }
    }

    private void indicateSlowly(final BackendVc from, final NetBufferList nbls, final int count, final int flags) {
        checkCreated();
        final long ordinal;
        synchronized (lock) {
            // a gate that was closed a moment ago may have opened since
            ordinal = receives.enter(count);
            if (ordinal < 0) {
                receivesRefused.add(count - keepForClient(nbls));
            }
        }
        if (ordinal >= 0) {
            nbls.setNdisReserved(from, ordinal);
            handUp(nbls, count, flags);
        } else if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            from.giveBack(nbls, NblFlags.NONE);
        }
    }

    // --- before the client is connected ---

    /** Lock held. R125, R138: whoever makes a call, or has accepted one, gets what comes before it is connected when it is. */
    private int keepForClient(final NetBufferList nbls) {
        if (early.isEmpty() && !awaitsConnection()) {
            return 0;
        }
        copied = true;
        if (early.isEmpty()) {
            early = Optional.of(new EarlyReceives(toString(), earlyLimit()));
        }
        return early.get().keep(nbls);
    }

    /** Lock held. Nobody waits any more for what waits for him. */
    final void endEarlyReceives() {
        early.filter(waiting -> !awaitsConnection() && !acceptsReceives()).ifPresent(waiting -> {
            receivesRefused.add(waiting.waiting());
            waiting.discard();
            early = Optional.empty();
        });
    }

    /** NBLs that wait for the client to be connected. */
    final long heldReceives() {
        synchronized (lock) {
            return early.map(EarlyReceives::waiting).orElse(0);
        }
    }

    /** Lock held. What waits for this connection, for {@link #releaseReceives}. */
    final Optional<EarlyReceives> earlyReceives() {
        return early;
    }

    /** The client is connected: it gets what has waited, in its order, then the gate opens. Lock not held. */
    final void releaseReceives(final EarlyReceives mine) {
        Optional<NetBufferList> next = nextEarly(mine);
        while (next.isPresent()) {
            handUp(next.get(), next.get().chainLength(), NblFlags.NONE);
            next = nextEarly(mine);
        }
    }

    private Optional<NetBufferList> nextEarly(final EarlyReceives mine) {
        synchronized (lock) {
            if (early.filter(waiting -> waiting == mine).isEmpty()) {
                // the call is over, and there may be another one
                return Optional.empty();
            }
            final Optional<NetBufferList> next = mine.takeAll();
            if (next.isPresent()) {
                receives.admit(next.get().chainLength());
                next.get().setSourceHandle(this);
                next.get().setNdisReserved(mine, receives.entered());
            } else {
                early = Optional.empty();
                updateGates();
            }
            return next;
        }
    }

    /** {@code NdisReturnNetBufferLists}. The NBLs are counted out before the miniport sees them, so that it may deactivate then. */
    final void returnReceived(final NetBufferList nbls, final int flags) {
        final int count = lengthOf(nbls);
        if (!nbls.isFrom(this)) {
            LOG.error("R185: {} NBLs were returned on {} that were not indicated there: {}", count, this, nbls);
            return;
        }
        if (count > 1 && (moved || copied && EarlyReceives.isAmong(nbls))) {
            returnOneByOne(nbls, flags);
            return;
        }
        final BackendVc from = nbls.ndisReserved()
                .filter(BackendVc.class::isInstance)
                .map(BackendVc.class::cast)
                .orElse(current);
        final boolean copy = copied && EarlyReceives.isCopy(nbls);
        final Rundown.Departure departure = receives.leave(count);
        if (departure != Rundown.Departure.NOT_INSIDE) {
            giveBack(from, nbls, flags, copy);
        }
        departed(receives, departure, count);
    }

    private static void giveBack(final BackendVc to, final NetBufferList nbls, final int flags, final boolean copy) {
        if (copy) {
            nbls.freeChain();
        } else {
            to.giveBack(nbls, flags);
        }
    }

    /** Of a VC that has moved, the NBLs of one chain may belong to several backends; or some are copies, which belong to none. */
    private void returnOneByOne(final NetBufferList nbls, final int flags) {
        NetBufferList nbl = nbls;
        while (nbl != null) {
            final NetBufferList rest = nbl.detach();
            returnReceived(nbl, flags);
            nbl = rest;
        }
    }

    private void departed(final Rundown direction, final Rundown.Departure departure, final int count) {
        switch (departure) {
            case COUNTED -> {
                // others are still on their way, or the gate is open
            }
            case DRAINED -> {
                tellSendsQuiet();
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

    private void tellSendsQuiet() {
        final CompletableFuture<Void> waiting;
        synchronized (lock) {
            waiting = nothingBelow() ? sendsQuiet : CompletableFuture.completedFuture(null);
        }
        waiting.complete(null);
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
        endHeldSends();
    }

    /** The context below, empty until there is one. */
    final Optional<VcDataPath> below() {
        return current.context();
    }

    private boolean gatesOpen() {
        return sends.isOpen() || receives.isOpen();
    }

    private boolean nothingBelow() {
        return !sends.isOpen() && sends.isDrained();
    }

    /** Lock held. */
    final boolean sendsDrained() {
        return nothingBelow() && heldCount == 0;
    }

    final boolean isDrained() {
        return !gatesOpen() && sends.isDrained() && receives.isDrained() && heldCount == 0;
    }

    /** NBLs that are on their way in either direction; those that wait for a backend are not. */
    final long inside() {
        return sends.inside() + receives.inside();
    }
}
