// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.util.Optional;

/**
 * What a VC has received for a client that is not connected yet (rules R125, R138), in its order. They are copies: the miniport has its own back at once, so it
 * waits for nobody when the VC is deactivated, moved or lost meanwhile, and what waits survives the backend that received it. Guarded by the VC's lock.
 * <p>
 * The bound is on all that ever waits for one connection, not on what waits at a time: whoever sends on and on while it is handed over does not keep the
 * thread that does so.
 */
final class EarlyReceives {
    private final String owner;
    private final int limit;
    private final NetBufferListQueue waiting = new NetBufferListQueue();
    private int kept;

    EarlyReceives(final String owner, final int limit) {
        this.owner = owner;
        this.limit = limit;
    }

    /**
     * Keeps copies of the NBLs of a chain, from its head on, as far as there is room.
     *
     * @return how many
     */
    int keep(final NetBufferList nbls) {
        int copied = 0;
        for (NetBufferList nbl = nbls; nbl != null && kept < limit; nbl = nbl.next()) {
            waiting.add(copyOf(nbl));
            kept++;
            copied++;
        }
        return copied;
    }

    private NetBufferList copyOf(final NetBufferList received) {
        final NetBufferListPool pool =
                new NetBufferListPool("received early by " + owner, 1, Math.max(1, received.length()));
        final NetBufferList copy = pool.allocate().fill(received.toByteArray());
        copy.setStatus(received.status());
        copy.setTimestampNanos(received.timestampNanos());
        return copy;
    }

    int waiting() {
        return waiting.size();
    }

    /** All that waits, as one chain. */
    Optional<NetBufferList> takeAll() {
        return Optional.ofNullable(waiting.takeAll());
    }

    /** Nobody will ever want what waits. */
    void discard() {
        takeAll().ifPresent(NetBufferList::freeChain);
    }

    /** The chain, or one of those behind its head, is a copy. */
    static boolean isAmong(final NetBufferList nbls) {
        boolean found = false;
        for (NetBufferList nbl = nbls; nbl != null && !found; nbl = nbl.next()) {
            found = isCopy(nbl);
        }
        return found;
    }

    /** No miniport waits for it. Valid at the head of a chain, as its holder is. */
    static boolean isCopy(final NetBufferList nbl) {
        return nbl.ndisReserved().filter(EarlyReceives.class::isInstance).isPresent();
    }
}
