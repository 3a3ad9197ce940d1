// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Finds a backend that has sends of a VC and completes none of them, though nothing else is wrong with it (R3), and declares it lost.
 * <p>
 * It looks at counts that the data path keeps anyway, several times within the limit, and counts how often it has seen the same. No clock is
 * read: a clock that is set, or a machine that was suspended, accuses nobody. So a backend is declared lost not before the limit has
 * passed and not later than a quarter of it after that.
 * <p>
 * Not looked at is what has a deadline of its own, or what nobody expects to be completed: VCs whose sends are held because they move, an adapter
 * that is paused or being reset, a backend that is lost already. A send is complete when {@code ProtocolCoSendNetBufferListsComplete} has
 * returned; a sender that does not return from there keeps its backend from completing the next one.
 */
final class Watchdog {
    /** How often it looks within the limit. */
    static final int LOOKS = 4;

    private final Supplier<Duration> limit;
    private final EngineOptions options;
    private Optional<Adapter> watched = Optional.empty();
    private Duration inForce = Duration.ZERO;
    private Map<VirtualCircuit, Sight> seen = Map.of();
    private Optional<Runnable> cancelNext = Optional.empty();

    /** Looks of an earlier round mean nothing any more. */
    private long round;

    /**
     * What was seen of a VC.
     *
     * @param at the backend that has its sends
     * @param completed how many sends were complete
     * @param inside how many it had
     * @param looks how often the same was seen before
     */
    private record Sight(Backend at, long completed, long inside, int looks) {
        boolean isStuck() {
            return looks >= LOOKS;
        }
    }

    /**
     * Watches nothing yet.
     *
     * @param limit how long a backend may have sends of a VC and complete none; zero when nobody is watched
     * @param options timer, threads
     */
    Watchdog(final Supplier<Duration> limit, final EngineOptions options) {
        this.limit = limit;
        this.options = options;
    }

    /** Watches whichever backend carries this adapter. */
    synchronized void watch(final Adapter adapter) {
        watched = Optional.of(adapter);
        begin();
    }

    /** Watches nobody any more, and leaves no timer behind. */
    synchronized void stop() {
        watched = Optional.empty();
        begin();
    }

    /** The limit may have changed; if it has, what was seen before does not count. */
    synchronized void policyChanged() {
        if (!limit.get().equals(inForce)) {
            begin();
        }
    }

    /** Lock held. */
    private void begin() {
        round++;
        seen = Map.of();
        cancelNext.ifPresent(Runnable::run);
        cancelNext = Optional.empty();
        inForce = limit.get();
        if (watched.isPresent() && !inForce.isZero()) {
            lookLater();
        }
    }

    /** Lock held. */
    private void lookLater() {
        final long own = round;
        // rounded up, since nobody is accused too early
        final Duration pause = inForce.plusNanos(LOOKS - 1L).dividedBy(LOOKS);
        cancelNext =
                Optional.of(options.timer().schedule(() -> options.passive().execute(() -> look(own)), pause));
    }

    private void look(final long own) {
        final Optional<Adapter> adapter;
        final Map<VirtualCircuit, Sight> before;
        synchronized (this) {
            adapter = own == round ? watched : Optional.empty();
            before = seen;
        }
        if (adapter.isEmpty()) {
            return;
        }
        final Map<VirtualCircuit, Sight> now = new HashMap<>();
        adapter.get().vcFactory().withSendsBelow().forEach(circuit -> see(circuit, before, now));
        final Duration time;
        synchronized (this) {
            if (own != round) {
                return;
            }
            seen = now;
            time = inForce;
            lookLater();
        }
        accuse(now, time);
    }

    private static void see(
            final VirtualCircuit circuit,
            final Map<VirtualCircuit, Sight> before,
            final Map<VirtualCircuit, Sight> now) {
        final long completed = circuit.sends.left();
        circuit.sendsExpectedBackFrom().filter(Watchdog::isExpectedToWork).ifPresent(at -> {
            final int looks = Optional.ofNullable(before.get(circuit))
                    .filter(sight -> sight.at() == at && sight.completed() == completed)
                    .map(sight -> sight.looks() + 1)
                    .orElse(0);
            now.put(circuit, new Sight(at, completed, circuit.sends.inside(), looks));
        });
    }

    /** It is not paused, nor being reset, nor on its way out. */
    private static boolean isExpectedToWork(final Backend backend) {
        return !backend.isLost() && backend.machine().sendStatus().isSuccess();
    }

    private static void accuse(final Map<VirtualCircuit, Sight> now, final Duration time) {
        final Map<Backend, List<VirtualCircuit>> stuck = new LinkedHashMap<>();
        now.forEach((circuit, sight) -> {
            if (sight.isStuck()) {
                stuck.computeIfAbsent(sight.at(), none -> new ArrayList<>()).add(circuit);
            }
        });
        stuck.forEach((backend, circuits) -> {
            final VirtualCircuit first = circuits.get(0);
            final String others = circuits.size() == 1 ? "" : "; the same of " + (circuits.size() - 1) + " other VCs";
            final long inside = now.get(first).inside();
            backend.declareLost("R3: it has " + inside + (inside == 1 ? " send of " : " sends of ") + first
                    + " and has completed none within " + time + others);
        });
    }
}
