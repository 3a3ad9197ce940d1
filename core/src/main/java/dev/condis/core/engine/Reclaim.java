// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the sends of a lost backend back from it. Each NBL knows who has it, so that the data path keeps no list; the pools from which the
 * backend was ever given NBLs are looked through instead. An NBL is claimed once, by this or by a completion that began in time.
 * <p>
 * It looks again until every send is back, since a sender may have been on its way to the backend when that was lost; and it begins a moment
 * later, so that the driver is not touching what it gives up.
 */
final class Reclaim {
    private static final Logger LOG = LoggerFactory.getLogger(Reclaim.class);
    private static final Duration PAUSE = Duration.ofMillis(2);

    private final Backend lost;
    private final Collection<VirtualCircuit> circuits;
    private final boolean again;
    private final boolean everything;
    private final Duration deadline;
    private final EngineOptions options;
    private final CompletableFuture<Long> done = new CompletableFuture<>();
    private Duration spent = Duration.ZERO;
    private long taken;

    /** An NBL, and its place among those that were sent on its VC. */
    private record Claimed(NetBufferList nbl, long ordinal) {}

    /**
     * A search that has not begun.
     *
     * @param lost who has them
     * @param circuits the VCs that were there
     * @param again they are sent again, instead of being completed as failed
     * @param deadline after which it gives up
     * @param options timer, threads
     */
    Reclaim(
            final Backend lost,
            final Collection<VirtualCircuit> circuits,
            final boolean again,
            final Duration deadline,
            final EngineOptions options) {
        this(lost, circuits, again, false, deadline, options);
    }

    private Reclaim(
            final Backend lost,
            final Collection<VirtualCircuit> circuits,
            final boolean again,
            final boolean everything,
            final Duration deadline,
            final EngineOptions options) {
        this.lost = lost;
        this.circuits = circuits;
        this.again = again;
        this.everything = everything;
        this.deadline = deadline;
        this.options = options;
    }

    /** Takes back, as failed, what a backend has whose VCs have nowhere to go: they stay there until they end. */
    static Reclaim ofLast(
            final Backend lost,
            final Collection<VirtualCircuit> circuits,
            final Duration deadline,
            final EngineOptions options) {
        return new Reclaim(lost, circuits, false, true, deadline, options);
    }

    /** Completes with the number of NBLs that were taken back. */
    CompletionStage<Long> run() {
        look();
        return done;
    }

    private void look() {
        if (circuits.stream().allMatch(circuit -> circuit.sends.isDrained())) {
            done.complete(taken);
        } else if (spent.compareTo(deadline) > 0) {
            circuits.stream()
                    .filter(circuit -> !circuit.sends.isDrained())
                    .forEach(circuit -> LOG.error(
                            "{} is lost with {} sends of {} that are in none of the pools they came from",
                            lost,
                            circuit.sends.inside(),
                            circuit));
            done.complete(taken);
        } else {
            spent = spent.plus(PAUSE);
            options.timer().schedule(() -> options.passive().execute(this::takeAndLook), PAUSE);
        }
    }

    private void takeAndLook() {
        final Map<DataPath, List<Claimed>> found = new HashMap<>();
        final Set<NetBufferList> claimed = Collections.newSetFromMap(new IdentityHashMap<>());
        for (final NetBufferListPool pool : lost.pools()) {
            pool.forEachOutstanding(nbl -> claim(nbl, claimed, found));
        }
        found.forEach((circuit, nbls) -> {
            nbls.sort(Comparator.comparingLong(Claimed::ordinal));
            taken += nbls.size();
            // first all, since whoever gets one back may free it
            nbls.forEach(each -> each.nbl().unlinked());
            nbls.forEach(each -> circuit.takeBack(each.nbl(), each.ordinal(), again));
        });
        look();
    }

    private void claim(
            final NetBufferList nbl, final Set<NetBufferList> claimed, final Map<DataPath, List<Claimed>> found) {
        final Object holder = nbl.ndisReserved().orElse(lost);
        if (!(holder instanceof BackendVc at)
                || at.backend().filter(backend -> backend == lost).isEmpty()
                || !everything && !at.isRetired()) {
            return;
        }
        final List<Claimed> chain = chainOf(nbl);
        if (!nbl.clearNdisReserved(at)) {
            return;
        }
        final List<Claimed> ofCircuit = found.computeIfAbsent(at.circuit(), none -> new ArrayList<>());
        chain.stream()
                // those that still have a holder of their own are found by themselves, others may have been already
                .filter(each -> each.nbl() == nbl || each.nbl().ndisReserved().isEmpty())
                .filter(each -> claimed.add(each.nbl()))
                .forEach(ofCircuit::add);
    }

    /** An NBL with a holder of its own has a place of its own; one without came down behind the one before it. Looked at before it is claimed. */
    private static List<Claimed> chainOf(final NetBufferList first) {
        final List<Claimed> chain = new ArrayList<>();
        long ordinal = first.ordinal() - 1;
        for (NetBufferList each = first; each != null; each = each.next()) {
            ordinal = each.ndisReserved().isPresent() ? each.ordinal() : ordinal + 1;
            chain.add(new Claimed(each, ordinal));
        }
        return chain;
    }
}
