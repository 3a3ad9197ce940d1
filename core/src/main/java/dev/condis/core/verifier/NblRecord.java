// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListGuard;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.zip.CRC32;

/** Whose an NBL is (contract B.12). It stands in the NBL itself, and goes when that is freed. Guarded by itself. */
final class NblRecord implements NetBufferListGuard {
    /** Who has it. */
    enum State {
        /** Whoever allocated it. */
        HOME,
        /** Sent, and with the core. */
        SENT,
        /** Sent, and with the miniport. */
        AT_MINIPORT,
        /** Completed, and on its way back to the sender. */
        COMPLETED,
        /** Received, and the receiver's until it is returned. */
        INDICATED,
        /** Received, and the receiver's until the indication returns. */
        LENT,
        /** Returned, and on its way back to the miniport. */
        RETURNED
    }

    private final Ledger ledger;
    private State state = State.HOME;
    private State last = State.HOME;
    private boolean lent;
    private Optional<HandleProxy> from = Optional.empty();
    private Optional<HandleProxy> holder = Optional.empty();
    private Optional<NdisVcHandle> vc = Optional.empty();
    private Optional<Trace> trace = Optional.empty();
    private Optional<Debt> debt = Optional.empty();
    private int start;
    private int end;
    private long checksum;

    NblRecord(final Ledger ledger) {
        this.ledger = ledger;
    }

    boolean isOf(final Ledger other) {
        return ledger == other;
    }

    @Override
    public void freeing(final NetBufferList nbl) {
        ledger.freeing(this, nbl);
    }

    synchronized State state() {
        return state;
    }

    /** How it came home: {@link State#COMPLETED}, {@link State#RETURNED} or {@link State#LENT}. */
    synchronized State last() {
        return last;
    }

    synchronized boolean wasLent() {
        return lent;
    }

    synchronized Optional<HandleProxy> from() {
        return from;
    }

    synchronized Optional<HandleProxy> holder() {
        return holder;
    }

    synchronized Optional<Trace> trace() {
        return trace;
    }

    synchronized boolean isOn(final Optional<NdisVcHandle> other) {
        return other.isEmpty() || vc.equals(other);
    }

    synchronized boolean isHeldBy(final Membrane driver) {
        return holder.filter(handle -> handle.membrane() == driver).isPresent();
    }

    /** Somebody gives it out of his hands. */
    synchronized void handOver(
            final State next,
            final NetBufferList nbl,
            final Optional<HandleProxy> giver,
            final Optional<NdisVcHandle> onVc,
            final Trace where) {
        move(next);
        lent = next == State.LENT;
        from = giver;
        holder = Optional.empty();
        vc = onVc;
        trace = Optional.of(where);
        final ByteBuffer data = nbl.data();
        start = data.position();
        end = data.limit();
        checksum = checksum(nbl);
    }

    /** Somebody has it in his hands now, and owes it. */
    synchronized void taken(final State next, final HandleProxy taker, final Optional<Debt> owed) {
        state = next;
        holder = Optional.of(taker);
        debt = owed;
    }

    /** It leaves the hands of who had it; what was owed is given. */
    synchronized Optional<Debt> givenBack(final State next, final Trace where) {
        move(next);
        trace = Optional.of(where);
        return forgive();
    }

    synchronized Optional<Debt> home() {
        move(State.HOME);
        return forgive();
    }

    private void move(final State next) {
        if (next == State.HOME) {
            last = state;
        }
        state = next;
    }

    private Optional<Debt> forgive() {
        final Optional<Debt> paid = debt;
        debt = Optional.empty();
        return paid;
    }

    /** Tells whether the payload is another one than when the NBL was handed over. */
    synchronized boolean isChanged(final NetBufferList nbl) {
        return checksum(nbl) != checksum;
    }

    /** Of the same octets as at the hand-over: position and limit are for who reads to move. */
    private long checksum(final NetBufferList nbl) {
        final CRC32 crc = new CRC32();
        crc.update(nbl.data().duplicate().clear().position(start).limit(end));
        return crc.getValue();
    }
}
