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

    private final DataPath circuit;
    private final Optional<Backend> backend;
    private final Object lock = new Object();
    private final Deque<Indication> held = new ArrayDeque<>(0);
    private final List<StatusIndication> heldStatuses = new ArrayList<>(0);

    /** The pools of what was copied; mostly there is none. */
    private volatile Set<NetBufferListPool> copies = Set.of();

    private Optional<MiniportVcContext> control = Optional.empty();
    private VcDataPath context;
    private NetBufferListPool pool;
    private boolean active;
    private Optional<String> boundAddress = Optional.empty();
    private boolean delivering;
    private volatile Phase phase = Phase.CARRYING;

    /** While the VC is being moved away to a backend on the same wire: knows what goes up from here. */
    private volatile Optional<WireCut> leaving = Optional.empty();

    /** When the VC has been moved here from a backend on the same wire, and until nothing of that time can come any more. */
    private Optional<WireCut> arriving = Optional.empty();

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
     * @param cut if the backend where it is still hears the same wire: what has gone up from there is not kept here
     */
    static BackendVc shadowAt(final DataPath circuit, final Backend backend, final Optional<WireCut> cut) {
        final BackendVc shadow = at(circuit, backend);
        shadow.arriving = cut;
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

    /** After an activation: asks the miniport at which address of its adapter the VC has to stay. */
    void askForBoundAddress() {
        Optional<String> answer = Optional.empty();
        try {
            answer = control().flatMap(MiniportVcContext::boundAddress);
        } catch (final RuntimeException | Error e) {
            LOG.error("boundAddress of {} threw; the VC is moved wherever it can be active", this, e);
        }
        synchronized (lock) {
            boundAddress = answer;
        }
    }

    /** What the miniport said after the last activation. */
    Optional<String> boundAddress() {
        synchronized (lock) {
            return boundAddress;
        }
    }

    boolean isRetired() {
        return phase == Phase.RETIRED;
    }

    /** The VC is not here any more; what waits goes back to the backend. */
    void retire() {
        final Deque<Indication> left;
        final Optional<WireCut> cut;
        synchronized (lock) {
            phase = Phase.RETIRED;
            direct = false;
            left = new ArrayDeque<>(held);
            held.clear();
            cut = arriving;
            arriving = Optional.empty();
        }
        leaving = Optional.empty();
        left.forEach(indication -> drop(indication.nbls(), indication.flags()));
        cut.ifPresent(BackendVc::dropWaiting);
    }

    private static void dropWaiting(final WireCut cut) {
        Optional<WireCut.Waiting> next = cut.poll();
        while (next.isPresent()) {
            next.get().drop();
            next = cut.poll();
        }
    }

    /** From now on, until this is called again or the VC is not here any more, what goes up is told to a cut, if there is one. */
    void leaveBy(final Optional<WireCut> cut) {
        leaving = cut;
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
        final Optional<WireCut> cut = leaving;
        if (cut.isPresent()) {
            cut.get().delivered(nbls).forEach(WireCut.Waiting::drop);
        }
        circuit.indicate(this, nbls, flags);
    }

    private void indicateSlowly(final NetBufferList nbls, final int flags) {
        final Phase now;
        final boolean later;
        final List<Indication> heard;
        synchronized (lock) {
            now = phase;
            later = now == Phase.SHADOW || delivering;
            heard = later ? hold(nbls, flags) : List.of();
        }
        if (later) {
            heard.forEach(indication -> drop(indication.nbls(), indication.flags()));
        } else if (now == Phase.RETIRED) {
            stale();
            drop(nbls, flags);
        } else if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            passWhatIsNew(nbls, flags);
        } else {
            holdAndDeliver(nbls, flags);
        }
    }

    private void holdAndDeliver(final NetBufferList nbls, final int flags) {
        final List<Indication> heard;
        synchronized (lock) {
            delivering = true;
            heard = hold(nbls, flags);
        }
        heard.forEach(indication -> drop(indication.nbls(), indication.flags()));
        deliverHeld();
    }

    /** Lock held. What is only lent is copied, for its owner takes it back when this returns. Returns what need not wait, to be dropped. */
    private List<Indication> hold(final NetBufferList nbls, final int flags) {
        final List<Indication> mine = (flags & NblFlags.RECEIVE_RESOURCES) == 0
                ? List.of(new Indication(nbls, flags))
                : copy(nbls, flags & ~NblFlags.RECEIVE_RESOURCES);
        if (arriving.isEmpty()) {
            held.addAll(mine);
            return List.of();
        }
        final WireCut cut = arriving.get();
        final List<Indication> heard = new ArrayList<>();
        for (final Indication indication : mine) {
            NetBufferList rest = indication.nbls();
            while (rest != null) {
                final NetBufferList nbl = rest;
                rest = rest.detach();
                if (!cut.hold(this, nbl, indication.flags())) {
                    heard.add(new Indication(nbl, indication.flags()));
                }
            }
        }
        return heard;
    }

    /** Lock held. */
    private List<Indication> copy(final NetBufferList nbls, final int flags) {
        if (copies.isEmpty()) {
            copies = ConcurrentHashMap.newKeySet();
        }
        final List<Indication> copied = new ArrayList<>();
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final NetBufferListPool pool = new NetBufferListPool("copy for " + circuit, 1, Math.max(1, nbl.length()));
            copies.add(pool);
            final NetBufferList copy = pool.allocate().fill(nbl.toByteArray());
            copy.setTimestampNanos(nbl.timestampNanos());
            copied.add(new Indication(copy, flags));
        }
        return copied;
    }

    /** The backend before has said its last: what waited goes up, in its order. */
    void carry() {
        final List<StatusIndication> statuses;
        synchronized (lock) {
            phase = Phase.CARRYING;
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
            pass(next.get().nbls(), next.get().flags());
            next = nextHeld();
        }
    }

    private Optional<Indication> nextHeld() {
        synchronized (lock) {
            final Optional<Indication> next = arriving.flatMap(WireCut::poll)
                    .map(waiting -> new Indication(waiting.nbl(), waiting.flags()))
                    .or(() -> Optional.ofNullable(held.poll()));
            if (next.isEmpty()) {
                delivering = false;
                lookOnlyWhileNeeded();
            }
            return next;
        }
    }

    /** Lock held. Of two backends on one wire, what the one before has delivered too may come for a while. */
    private void lookOnlyWhileNeeded() {
        arriving = arriving.filter(cut -> !cut.isOver());
        direct = phase == Phase.CARRYING && !delivering && arriving.isEmpty();
    }

    /** What the backend before has delivered too is not delivered again. */
    private void passWhatIsNew(final NetBufferList nbls, final int flags) {
        final Optional<WireCut> cut;
        synchronized (lock) {
            cut = arriving;
        }
        if (cut.isEmpty()) {
            pass(nbls, flags);
            return;
        }
        NetBufferList rest = nbls;
        while (rest != null) {
            final NetBufferList nbl = rest;
            rest = rest.detach();
            if (cut.get().wasDelivered(nbl)) {
                drop(nbl, flags);
            } else {
                pass(nbl, flags);
            }
        }
        synchronized (lock) {
            lookOnlyWhileNeeded();
        }
    }

    /** Gives back what does not go up. */
    void drop(final NetBufferList nbls, final int flags) {
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            giveBack(nbls, NblFlags.NONE);
        }
    }

    @Override
    public String toString() {
        return circuit + backend.map(at -> " at " + at).orElse(" nowhere");
    }
}
