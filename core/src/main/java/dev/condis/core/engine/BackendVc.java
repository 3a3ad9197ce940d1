// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A VC at one backend, as the backend sees it: {@code NdisMCo*}. A VC that moves has two of them for a moment; the one that it leaves is
 * {@link Phase#RETIRED} then, and what its backend still has to say about it is ignored and counted.
 */
final class BackendVc implements MiniportVc {
    private static final Logger LOG = LoggerFactory.getLogger(BackendVc.class);

    /** Before every time stamp. */
    static final long UNSTAMPED = Long.MIN_VALUE;

    private final DataPath circuit;
    private final Optional<Backend> backend;
    private final boolean stamped;
    private final Object lock = new Object();
    private final Deque<Indication> held = new ArrayDeque<>(0);
    private final List<StatusIndication> heldStatuses = new ArrayList<>(0);

    /** The pools of what was copied; mostly there is none. */
    private volatile Set<NetBufferListPool> copies = Set.of();

    private Optional<MiniportVcContext> control = Optional.empty();
    private VcDataPath context;
    private NetBufferListPool pool;
    private boolean active;
    private boolean delivering;
    private long cutNanos = UNSTAMPED;
    private volatile long lastNanos = UNSTAMPED;
    private volatile Phase phase = Phase.CARRYING;

    /** While the VC is being moved here: where it is still, if that hears the same wire. */
    private Optional<BackendVc> twin = Optional.empty();

    /** What comes up needs no second look: the VC is here, and nothing waits. */
    private volatile boolean direct = true;

    /** What the backend may do with the VC. */
    enum Phase {
        /** The VC is being moved here: what comes up waits until the backend before has said its last. */
        SHADOW,
        /** The VC is here. */
        CARRYING,
        /** The VC is not here any more. */
        RETIRED
    }

    /** NBLs that wait for their turn to go up. */
    private record Indication(NetBufferList nbls, int flags) {}

    private BackendVc(final DataPath circuit, final Optional<Backend> backend) {
        this.circuit = circuit;
        this.backend = backend;
        stamped = backend.filter(Backend::hearsSharedWire).isPresent();
    }

    /** A VC that no backend carries. */
    static BackendVc nowhere(final DataPath circuit) {
        return new BackendVc(circuit, Optional.empty());
    }

    static BackendVc at(final DataPath circuit, final Backend backend) {
        return new BackendVc(circuit, Optional.of(backend));
    }

    /**
     * A VC that is being moved to a backend.
     *
     * @param twin where it is still, if both backends hear the same wire: what has gone up from there need not be kept here
     */
    static BackendVc shadowAt(final DataPath circuit, final Backend backend, final Optional<BackendVc> twin) {
        final BackendVc shadow = at(circuit, backend);
        shadow.twin = twin;
        shadow.phase = Phase.SHADOW;
        shadow.direct = false;
        return shadow;
    }

    // --- control ---

    Optional<Backend> backend() {
        return backend;
    }

    DataPath circuit() {
        return circuit;
    }

    boolean isSomewhere() {
        return backend.isPresent();
    }

    void attach(final MiniportVcContext miniport) {
        synchronized (lock) {
            control = Optional.of(miniport);
            context = miniport;
        }
    }

    void attach(final VcDataPath dataPath) {
        synchronized (lock) {
            context = dataPath;
        }
    }

    Optional<MiniportVcContext> control() {
        synchronized (lock) {
            return control;
        }
    }

    Optional<VcDataPath> context() {
        synchronized (lock) {
            return Optional.ofNullable(context);
        }
    }

    /** Whether the backend has the VC active, whatever everybody else believes. */
    boolean isActive() {
        synchronized (lock) {
            return active;
        }
    }

    void setActive(final boolean nowActive) {
        synchronized (lock) {
            active = nowActive;
        }
    }

    boolean isRetired() {
        return phase == Phase.RETIRED;
    }

    /** The VC is not here any more; what waits goes back to the backend. */
    void retire() {
        final Deque<Indication> left;
        synchronized (lock) {
            phase = Phase.RETIRED;
            direct = false;
            twin = Optional.empty();
            left = new ArrayDeque<>(held);
            held.clear();
        }
        left.forEach(this::drop);
    }

    // --- down ---

    /** Lock not held. The NBLs are inside the VC's gate. */
    void send(final NetBufferList nbls, final int flags, final long ordinal) {
        nbls.setNdisReserved(this, ordinal);
        if (nbls.pool() != pool) {
            pool = nbls.pool();
            backend.ifPresent(at -> at.pools().add(nbls.pool()));
        }
        context.sendNetBufferLists(nbls, flags);
    }

    /** Gives indicated NBLs back to the backend that they came from, even when the VC has moved meanwhile. */
    void giveBack(final NetBufferList nbls, final int flags) {
        if (isRetired() && backend.filter(Backend::isOver).isPresent() || isCopy(nbls)) {
            // a driver that is lost or halted is not called any more; its buffers go back to its pool
            nbls.freeChain();
            return;
        }
        try {
            context.returnNetBufferLists(nbls, flags);
        } catch (final RuntimeException | Error e) {
            LOG.error("MiniportReturnNetBufferLists of {} threw", this, e);
        }
    }

    private boolean isCopy(final NetBufferList nbls) {
        return !copies.isEmpty() && copies.remove(nbls.pool());
    }

    // --- up ---

    @Override
    public NdisVcHandle handle() {
        return circuit;
    }

    @Override
    public void sendNetBufferListsComplete(final NetBufferList nbls, final int flags) {
        circuit.completeSends(this, nbls, flags);
    }

    @Override
    public void indicateReceiveNetBufferLists(final NetBufferList nbls, final int flags) {
        if (direct) {
            pass(nbls, flags);
        } else {
            indicateSlowly(nbls, flags);
        }
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        Objects.requireNonNull(indication, "indication");
        final Phase now;
        synchronized (lock) {
            now = phase;
            if (now == Phase.SHADOW) {
                heldStatuses.add(indication);
                return;
            }
        }
        if (now == Phase.RETIRED) {
            stale();
        } else {
            circuit.indicateStatus(indication);
        }
    }

    void stale() {
        backend.ifPresent(Backend::stale);
    }

    private void pass(final NetBufferList nbls, final int flags) {
        if (stamped) {
            // the time stamp of the last frame says where the next backend on this wire goes on
            lastNanos = Math.max(lastNanos, lastOf(nbls).timestampNanos());
        }
        circuit.indicate(this, nbls, flags);
    }

    private static NetBufferList lastOf(final NetBufferList nbls) {
        NetBufferList nbl = nbls;
        while (nbl.next() != null) {
            nbl = nbl.next();
        }
        return nbl;
    }

    private void indicateSlowly(final NetBufferList nbls, final int flags) {
        final Phase now;
        final boolean later;
        List<Indication> heard = List.of();
        synchronized (lock) {
            now = phase;
            later = now == Phase.SHADOW || delivering;
            if (later) {
                hold(nbls, flags);
                heard = heardByTwin();
            }
        }
        if (later) {
            heard.forEach(this::drop);
        } else if (now == Phase.RETIRED) {
            stale();
            drop(new Indication(nbls, flags));
        } else if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            passAfterCut(nbls, flags);
        } else {
            synchronized (lock) {
                delivering = true;
                hold(nbls, flags);
            }
            deliverHeld();
        }
    }

    /** Lock held. What is only lent is copied, for its owner takes it back when this returns. */
    private void hold(final NetBufferList nbls, final int flags) {
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            held.add(new Indication(nbls, flags));
            return;
        }
        if (copies.isEmpty()) {
            copies = ConcurrentHashMap.newKeySet();
        }
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final NetBufferListPool pool = new NetBufferListPool("copy for " + circuit, 1, Math.max(1, nbl.length()));
            copies.add(pool);
            final NetBufferList copy = pool.allocate().fill(nbl.toByteArray());
            copy.setTimestampNanos(nbl.timestampNanos());
            held.add(new Indication(copy, flags & ~NblFlags.RECEIVE_RESOURCES));
        }
    }

    /**
     * Lock held. Takes out what waits though the twin has it delivered already: a backend has so many buffers, and a VC that hears much may
     * be a long time on its way.
     */
    private List<Indication> heardByTwin() {
        if (twin.isEmpty()) {
            return List.of();
        }
        final long until = twin.get().lastNanos();
        final List<Indication> heard = new ArrayList<>();
        while (!held.isEmpty() && lastOf(held.peek().nbls()).timestampNanos() <= until) {
            heard.add(held.remove());
        }
        return heard;
    }

    /** When the last frame that went up from here was received, on a wire that other backends hear too. */
    long lastNanos() {
        return lastNanos;
    }

    /**
     * The backend before has said its last: what waited goes up, in its order.
     *
     * @param heardBefore the time stamp up to which that backend has delivered everything that this one may have heard as well
     */
    void carry(final long heardBefore) {
        final List<StatusIndication> statuses;
        synchronized (lock) {
            cutNanos = heardBefore;
            phase = Phase.CARRYING;
            twin = Optional.empty();
            delivering = true;
            statuses = List.copyOf(heldStatuses);
            heldStatuses.clear();
        }
        statuses.forEach(circuit::indicateStatus);
        deliverHeld();
    }

    private void deliverHeld() {
        Optional<Indication> next = nextHeld();
        while (next.isPresent()) {
            passAfterCut(next.get().nbls(), next.get().flags());
            next = nextHeld();
        }
    }

    private Optional<Indication> nextHeld() {
        synchronized (lock) {
            final Optional<Indication> next = Optional.ofNullable(held.poll());
            if (next.isEmpty()) {
                delivering = false;
                direct = cutNanos == UNSTAMPED;
            }
            return next;
        }
    }

    /** What the backend before has delivered too is not delivered again. */
    private void passAfterCut(final NetBufferList nbls, final int flags) {
        NetBufferList rest = nbls;
        while (rest != null && rest.timestampNanos() <= cutNanos) {
            final NetBufferList twin = rest;
            rest = rest.detach();
            drop(new Indication(twin, flags));
        }
        if (rest != null) {
            pass(rest, flags);
            heardEnough();
        }
    }

    /** Frames come in the order of their time stamps: after one that is new, all are. */
    private void heardEnough() {
        synchronized (lock) {
            cutNanos = UNSTAMPED;
            direct = phase == Phase.CARRYING && !delivering;
        }
    }

    private void drop(final Indication indication) {
        if ((indication.flags() & NblFlags.RECEIVE_RESOURCES) == 0) {
            giveBack(indication.nbls(), NblFlags.NONE);
        }
    }

    @Override
    public String toString() {
        return circuit + backend.map(at -> " at " + at).orElse(" nowhere");
    }
}
