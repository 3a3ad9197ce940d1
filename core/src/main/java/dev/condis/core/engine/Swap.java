// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisStatus;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.SwapReport.Phase;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.SwapReport.VcReport;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.core.state.AdapterTable;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One change of the backend of an adapter (design section 6): a planned swap, the parking of its VCs, their return to a backend, or the loss of
 * one. Its steps run one after the other on threads that may block.
 */
final class Swap {
    private static final Logger LOG = LoggerFactory.getLogger(Swap.class);
    private static final int AT_A_TIME = 64;

    private final long number;
    private final Adapter adapter;
    private final Cause cause;
    private final String explanation;
    private final SwapPolicy policy;
    private final EngineOptions options;
    private final Executor passive;
    private final Instant began;
    private final List<Phase> phases = new ArrayList<>();
    private final List<VcReport> reports = new ArrayList<>();
    private final StuckSends rescue = new StuckSends();
    private final List<VcMove> tried = new CopyOnWriteArrayList<>();
    private List<OidExchange> asked = List.of();
    private OptionalLong from = OptionalLong.empty();
    private OptionalLong to = OptionalLong.empty();
    private Instant phaseBegan;
    private long failed;
    private long resent;
    private Optional<String> refusal = Optional.empty();

    Swap(
            final long number,
            final Adapter adapter,
            final Cause cause,
            final String explanation,
            final SwapPolicy policy,
            final EngineOptions options) {
        this.number = number;
        this.adapter = adapter;
        this.cause = cause;
        this.explanation = explanation;
        this.policy = policy;
        this.options = options;
        passive = options.passive();
        began = options.clock().instant();
        phaseBegan = began;
    }

    /** Nothing is tried. */
    SwapReport impossible(final long candidate, final String why) {
        from = id(adapter.backend());
        to = OptionalLong.of(candidate);
        refusal = Optional.of(why);
        return report(Outcome.REFUSED);
    }

    // --- planned ---

    /**
     * Make before break: prepares every VC on the next backend, then moves them one by one.
     *
     * @param next the next backend, not started yet
     * @param forced the backend before goes in any case: a VC that the next one does not take is parked
     */
    CompletionStage<SwapReport> planned(final Backend next, final boolean forced) {
        final Backend before = adapter.backend();
        from = id(before);
        to = id(next);
        rescue.forced = forced;
        return start(next)
                .thenComposeAsync(
                        started -> started.isPresent()
                                ? refused(next, started.get())
                                : prepare(adapter.circuitsBelow(), next)
                                        .thenComposeAsync(moves -> decide(moves, before, next, forced), passive),
                        passive);
    }

    private static OptionalLong id(final Backend backend) {
        return OptionalLong.of(backend.descriptor().serviceId());
    }

    /** Initializes and restarts a backend, and sets what protocols had set. Completes with the reason when it does not start. */
    private CompletionStage<Optional<String>> start(final Backend next) {
        final NdisStatus status = next.initialize();
        if (!status.isSuccess()) {
            return CompletableFuture.completedStage(Optional.of("initialize answered " + status));
        }
        if (!adapter.restartsNext()) {
            phase("initialize");
            return adapter.restoreSettingsAt(next).thenApply(done -> Optional.empty());
        }
        next.machine().fire(AdapterTable.Event.RESTART);
        return next.restart()
                .thenComposeAsync(
                        restarted -> {
                            if (!restarted.isSuccess()) {
                                return next.end(HaltAction.DEVICE_DISABLED, "restart answered " + restarted)
                                        .thenApply(ended -> Optional.of("restart answered " + restarted));
                            }
                            phase("initialize");
                            return adapter.restoreSettingsAt(next).thenApply(done -> Optional.empty());
                        },
                        passive);
    }

    private CompletionStage<SwapReport> refused(final Backend next, final String why) {
        refusal = Optional.of(why);
        LOG.error("{} does not take the adapter: {}", next, why);
        return CompletableFuture.completedStage(report(Outcome.REFUSED));
    }

    // --- from one MCM to another ---

    /**
     * Make before break for packets, and a hand-over of the calls (decision 12).
     *
     * @param next the next MCM, not started yet, that can adopt the calls of the one before
     */
    CompletionStage<SwapReport> handOver(final Backend next) {
        final Backend before = adapter.backend();
        from = id(before);
        to = id(next);
        // once the calls are the next MCM's there is no way back: what does not come back from the one before is taken
        // from it
        rescue.forced = true;
        final NdisStatus status = next.initialize();
        if (!status.isSuccess()) {
            return refused(next, "initialize answered " + status);
        }
        phase("initialize");
        final HandOver calls = new HandOver(adapter, before, next, policy.drainDeadline(), options);
        return calls.settle()
                .thenComposeAsync(
                        unsettled -> unsettled.isPresent()
                                ? stays(List.of(), calls, next, unsettled.get())
                                : prepare(calls.circuits(), next)
                                        .thenComposeAsync(moves -> handOver(moves, calls, before, next), passive),
                        passive);
    }

    private CompletionStage<SwapReport> handOver(
            final List<VcMove> moves, final HandOver calls, final Backend before, final Backend next) {
        phase("prepare");
        final Optional<String> refused = firstRefusal(moves);
        if (refused.isPresent()) {
            return stays(moves, calls, next, refused.get());
        }
        return calls.adopt()
                .thenComposeAsync(
                        reason -> reason.isPresent()
                                ? stays(moves, calls, next, reason.get())
                                : prepare(acceptedMeanwhile(moves, calls), next)
                                        .thenComposeAsync(more -> adopted(moves, more, calls, before, next), passive),
                        passive);
    }

    private static Optional<String> firstRefusal(final List<VcMove> moves) {
        return moves.stream()
                .filter(move -> move.refusal().isPresent())
                .findFirst()
                .map(move -> move.circuit() + ": " + move.refusal().orElseThrow());
    }

    /** VCs of calls that the MCM before has taken until it was frozen; from then on there are no others. */
    private static List<VirtualCircuit> acceptedMeanwhile(final List<VcMove> moves, final HandOver calls) {
        final Set<VirtualCircuit> known = moves.stream().map(VcMove::circuit).collect(Collectors.toSet());
        return calls.circuits().stream()
                .filter(circuit -> !known.contains(circuit))
                .toList();
    }

    private CompletionStage<SwapReport> adopted(
            final List<VcMove> first,
            final List<VcMove> more,
            final HandOver calls,
            final Backend before,
            final Backend next) {
        final List<VcMove> moves = Stream.concat(first.stream(), more.stream()).toList();
        final Optional<String> lost = next.isLost() ? Optional.of("it was lost meanwhile") : Optional.empty();
        final Optional<String> why = lost.or(() -> firstRefusal(more));
        return why.isPresent() ? stays(moves, calls, next, why.get()) : takeOver(moves, calls, before, next);
    }

    private CompletionStage<SwapReport> stays(
            final List<VcMove> moves, final HandOver calls, final Backend next, final String why) {
        refusal = Optional.of(why);
        LOG.warn("{} does not take the calls of {}: {}", next, adapter, why);
        moves.forEach(move -> reports.add(move.giveUp(VcOutcome.REFUSED)));
        calls.undo();
        return discard(next, "refused by swap " + number).thenApply(ended -> report(Outcome.REFUSED));
    }

    private CompletionStage<SwapReport> takeOver(
            final List<VcMove> moves, final HandOver calls, final Backend before, final Backend next) {
        phase("adopt");
        asked = adapter.openRequests();
        return calls.complete()
                .thenComposeAsync(released -> restartAfterRelease(next), passive)
                .thenComposeAsync(restarted -> adapter.restoreSettingsAt(next), passive)
                .thenComposeAsync(
                        restored -> {
                            calls.end();
                            return commit(moves);
                        },
                        passive)
                .thenComposeAsync(
                        done -> {
                            phase("switch");
                            return retire(before, next);
                        },
                        passive);
    }

    /** Until it has answered, the adapter runs as before: packets go on. */
    private CompletionStage<Void> restartAfterRelease(final Backend next) {
        if (!adapter.restartsNext()) {
            adapter.carriedBy(next);
            return CompletableFuture.completedStage(null);
        }
        next.machine().fire(AdapterTable.Event.RESTART);
        return next.restart().thenAccept(status -> {
            adapter.carriedBy(next);
            if (!status.isSuccess()) {
                adapter.staysPaused(status);
                adapter.updateGates();
            }
        });
    }

    private CompletionStage<List<VcMove>> prepare(final List<VirtualCircuit> circuits, final Backend next) {
        final List<VcMove> moves = circuits.stream()
                .map(circuit -> new VcMove(circuit, next, policy.drainDeadline(), rescue, options))
                .toList();
        tried.addAll(moves);
        if (moves.stream().noneMatch(VcMove::isOnOneWire)) {
            return prepare(moves);
        }
        moves.forEach(VcMove::beginCut);
        return caughtUp(next).thenComposeAsync(done -> prepare(moves), passive);
    }

    private static CompletionStage<List<VcMove>> prepare(final List<VcMove> moves) {
        return Patience.all(moves.stream().map(VcMove::prepare))
                .thenApply(done -> moves.stream().filter(move -> !move.isOver()).toList());
    }

    /** What the backend before has delivered until now, the next one has heard and thrown away when this completes. */
    private CompletionStage<Void> caughtUp(final Backend next) {
        return next.miniport()
                .map(miniport -> Callouts.done(new Callout("flushReceives", next), miniport::flushReceives))
                .map(flushed -> Stages.within(flushed, policy.drainDeadline(), options.timer())
                        .thenAccept(inTime -> {
                            if (!inTime) {
                                LOG.error(
                                        "E2: flushReceives of {} has not completed within {}; frames may come twice",
                                        next,
                                        policy.drainDeadline());
                            }
                        }))
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    private CompletionStage<SwapReport> decide(
            final List<VcMove> moves, final Backend before, final Backend next, final boolean forced) {
        phase("prepare");
        final List<VcMove> refusing =
                moves.stream().filter(move -> move.refusal().isPresent()).toList();
        final Optional<String> lost = next.isLost() ? Optional.of("it was lost meanwhile") : Optional.empty();
        if (lost.isPresent() || !refusing.isEmpty() && !forced) {
            moves.forEach(move -> reports.add(move.giveUp(VcOutcome.REFUSED)));
            refusal = lost.or(() -> Optional.of(refusing.size() + " of " + moves.size() + " VCs, the first "
                    + refusing.get(0).circuit() + ": "
                    + refusing.get(0).refusal().orElseThrow()));
            LOG.warn("{} does not take {}: {}", next, adapter, refusal.get());
            return discard(next, "refused by swap " + number).thenApply(ended -> report(Outcome.REFUSED));
        }
        asked = adapter.openRequests();
        adapter.carriedBy(next);
        return carryOut(moves, before, next, forced);
    }

    private CompletionStage<SwapReport> carryOut(
            final List<VcMove> moves, final Backend before, final Backend next, final boolean forced) {
        final Set<VirtualCircuit> known = new HashSet<>();
        moves.forEach(move -> known.add(move.circuit()));
        return commit(moves)
                .thenComposeAsync(done -> prepare(createdMeanwhile(known), next), passive)
                .thenComposeAsync(this::commit, passive)
                .thenComposeAsync(
                        done -> {
                            phase("switch");
                            return !forced && hasOutcome(VcOutcome.ROLLED_BACK)
                                    ? rollBack(before, next)
                                    : retire(before, next);
                        },
                        passive);
    }

    /** VCs that were created at the backend before while the others were prepared. */
    private List<VirtualCircuit> createdMeanwhile(final Set<VirtualCircuit> known) {
        return adapter.circuitsBelow().stream()
                .filter(circuit -> !known.contains(circuit))
                .toList();
    }

    /** A few at a time, so that the sends of one VC do not wait for the backend to end its work for all the others. */
    private CompletionStage<Void> commit(final List<VcMove> moves) {
        return Window.run(moves, AT_A_TIME, this::commit, passive);
    }

    private CompletionStage<Void> commit(final VcMove move) {
        final CompletionStage<VcReport> outcome = move.refusal().isPresent() ? parkInstead(move) : move.commit();
        return outcome.thenAccept(this::add);
    }

    private synchronized void add(final VcReport report) {
        reports.add(report);
    }

    private CompletionStage<VcReport> parkInstead(final VcMove move) {
        final Optional<String> why = move.refusal();
        move.giveUp(VcOutcome.PARKED);
        return VcParking.park(move.circuit(), policy.drainDeadline(), options)
                .thenApply(parked -> new VcReport(parked.vc(), parked.outcome(), why, parked.held(), parked.gap()));
    }

    private synchronized boolean hasOutcome(final VcOutcome outcome) {
        return reports.stream().anyMatch(report -> report.outcome() == outcome);
    }

    /** Some VCs could not leave the backend before: the others go back to it. */
    private CompletionStage<SwapReport> rollBack(final Backend before, final Backend next) {
        adapter.carriedBy(before);
        refusal = reports.stream()
                .filter(report -> report.outcome() == VcOutcome.ROLLED_BACK)
                .findFirst()
                .map(report -> report.vc() + ": " + report.reason().orElse(""));
        LOG.error("swap {} of {} fails midway and is rolled back: {}", number, adapter, refusal.orElse(""));
        final List<VcReport> first = List.copyOf(reports);
        reports.clear();
        return prepare(adapter.circuitsBelow(), before)
                .thenComposeAsync(this::commit, passive)
                .thenComposeAsync(
                        back -> {
                            mergeReports(first);
                            return discard(next, "swap " + number + " was rolled back");
                        },
                        passive)
                .thenApply(ended -> {
                    phase("roll back");
                    return report(Outcome.ROLLED_BACK);
                });
    }

    /** A VC is back where it was, unless it was not taken back. */
    private synchronized void mergeReports(final List<VcReport> first) {
        final Map<String, VcReport> parked = reports.stream()
                .filter(report -> report.outcome() == VcOutcome.PARKED)
                .collect(Collectors.toMap(VcReport::vc, report -> report));
        reports.clear();
        first.forEach(report -> reports.add(parked.getOrDefault(
                report.vc(),
                new VcReport(report.vc(), VcOutcome.ROLLED_BACK, report.reason(), report.held(), report.gap()))));
    }

    /** Halts a backend that has lost its VCs again, and has nothing under way there. */
    private CompletionStage<Void> discard(final Backend next, final String why) {
        final CompletionStage<Void> gone = Patience.all(tried.stream().map(VcMove::discarded));
        return Patience.teardown("the end of the VCs at " + next, gone, options)
                .thenComposeAsync(ended -> end(next, why), passive);
    }

    /** Ends a backend that the adapter does not use any more. One that has been pulled out meanwhile hears of that first (R221). */
    private CompletionStage<Void> end(final Backend unused, final String why) {
        final Optional<HaltAction> removal = unused.removal();
        return removal.isEmpty()
                ? unused.end(HaltAction.DEVICE_DISABLED, why)
                : tellOfRemoval(unused).thenComposeAsync(told -> unused.end(removal.get(), why), passive);
    }

    private CompletionStage<Boolean> tellOfRemoval(final Backend gone) {
        final CompletionStage<Void> told = CompletableFuture.runAsync(() -> gone.surpriseRemoved(() -> {}), passive);
        return Patience.teardown(new Callout("MiniportDevicePnPEventNotify", gone), told, options);
    }

    private CompletionStage<SwapReport> retire(final Backend before, final Backend next) {
        final CompletionStage<Void> gone =
                before.isLost() ? CompletableFuture.completedStage(null) : adapter.allGoneBelow();
        return Patience.teardown("the end of the VCs at " + before, gone, options)
                .thenComposeAsync(ended -> endRequests(), passive)
                .thenComposeAsync(
                        ended -> end(
                                before, "swap " + number + " made generation " + next.generation() + " its successor"),
                        passive)
                .thenApply(halted -> {
                    phase("retire");
                    adapter.updateGates();
                    return report(Outcome.SWAPPED);
                });
    }

    /** What protocols have asked the backend before is answered, or given up before that is halted. */
    private CompletionStage<Void> endRequests() {
        return Stages.within(
                        Patience.all(asked.stream().map(OidExchange::over)), policy.drainDeadline(), options.timer())
                .thenAccept(inTime -> asked.forEach(request -> request.abort(request.refused(
                        NdisStatus.REQUEST_ABORTED, "R219", "the backend that was asked is being halted"))));
    }

    // --- no successor ---

    /** Takes every VC away from a backend that goes, in good order. */
    CompletionStage<SwapReport> park() {
        final Backend before = adapter.backend();
        from = id(before);
        asked = adapter.openRequests();
        adapter.parked(explanation);
        return Patience.all(adapter.circuitsBelow().stream()
                        .map(circuit -> VcParking.park(circuit, policy.drainDeadline(), options)
                                .thenAccept(this::add)))
                .thenComposeAsync(
                        parked -> {
                            phase("park");
                            return takeBackWhatIsStuck(before);
                        },
                        passive)
                .thenComposeAsync(done -> endRequests(), passive)
                .thenComposeAsync(
                        done -> {
                            final CompletionStage<Void> ended = end(before, "swap " + number);
                            // nobody waits for a driver that may never answer
                            return before.isLost() ? CompletableFuture.<Void>completedStage(null) : ended;
                        },
                        passive)
                .thenApply(halted -> {
                    phase("retire");
                    return report(Outcome.PARKED);
                });
    }

    private CompletionStage<Void> takeBackWhatIsStuck(final Backend before) {
        if (adapter.circuitsBelow().stream().allMatch(circuit -> circuit.sends.isDrained())) {
            return CompletableFuture.completedStage(null);
        }
        before.lost("its sends are not completed within " + policy.drainDeadline());
        return reclaim(before);
    }

    /** Takes every VC away from a backend that is lost already: nothing is asked of it, what it has is taken from it. */
    CompletionStage<SwapReport> lose(final HaltAction action) {
        final Backend before = adapter.backend();
        from = id(before);
        before.lost(explanation);
        adapter.parked(explanation);
        adapter.abortRequests(NdisStatus.NOT_ACCEPTED, "R221", "the backend is lost");
        for (final VirtualCircuit circuit : adapter.circuitsBelow()) {
            circuit.lose(circuit.current(), false);
            add(new VcReport(circuit.toString(), VcOutcome.PARKED, Optional.empty(), 0, Duration.ZERO));
        }
        phase("park");
        return tellOfRemoval(before)
                .thenComposeAsync(done -> reclaim(before), passive)
                .thenApply(done -> {
                    phase("take back");
                    // nobody waits for a driver that may never answer
                    before.end(action, "swap " + number + ": " + explanation);
                    return report(Outcome.PARKED);
                });
    }

    private CompletionStage<Void> reclaim(final Backend lost) {
        return reclaim(lost, adapter.circuitsBelow()).thenAccept(this::taken);
    }

    private CompletionStage<Long> reclaim(final Backend lost, final Collection<VirtualCircuit> circuits) {
        return new Reclaim(lost, circuits, isSentAgain(), policy.drainDeadline(), options).run();
    }

    private boolean isSentAgain() {
        return policy.delivery() == SwapPolicy.Delivery.AT_LEAST_ONCE;
    }

    private synchronized void taken(final long nbls) {
        failed += isSentAgain() ? 0 : nbls;
        resent += isSentAgain() ? nbls : 0;
    }

    /** VCs whose sends do not come back from the backend before, looked for together: each search looks through whole pools. */
    private final class StuckSends implements VcMove.Rescue {
        private final Set<VirtualCircuit> stuck = ConcurrentHashMap.newKeySet();
        private Optional<CompletionStage<Void>> search = Optional.empty();
        private volatile boolean forced;

        @Override
        public boolean isForced() {
            return forced;
        }

        @Override
        public CompletionStage<?> takeBack(final VirtualCircuit circuit, final BackendVc lost) {
            final Backend backend = lost.backend().orElseThrow();
            final CompletionStage<Void> common;
            synchronized (this) {
                stuck.add(circuit);
                common = search.orElseGet(() -> search(backend, stuck));
                search = Optional.of(common);
            }
            // the common search may have been over just then
            return common.thenCompose(done -> circuit.sends.isDrained() ? common : search(backend, Set.of(circuit)));
        }

        private CompletionStage<Void> search(final Backend lost, final Collection<VirtualCircuit> circuits) {
            return reclaim(lost, circuits).thenAccept(Swap.this::taken);
        }
    }

    // --- a successor ---

    /** Brings VCs that are parked to a backend, not started yet. Those that it does not take wait on. */
    CompletionStage<SwapReport> unpark(final Backend next) {
        to = id(next);
        return start(next)
                .thenComposeAsync(
                        started -> {
                            if (started.isPresent()) {
                                return refused(next, started.get());
                            }
                            adapter.carriedBy(next);
                            return prepare(adapter.circuitsBelow(), next)
                                    .thenComposeAsync(this::commitOrLeave, passive)
                                    .thenApply(done -> {
                                        phase("switch");
                                        adapter.updateGates();
                                        return report(Outcome.SWAPPED);
                                    });
                        },
                        passive);
    }

    private CompletionStage<Void> commitOrLeave(final List<VcMove> moves) {
        phase("prepare");
        return Window.run(moves, AT_A_TIME, this::commitOrLeave, passive);
    }

    private CompletionStage<Void> commitOrLeave(final VcMove move) {
        if (move.refusal().isPresent()) {
            LOG.warn("{} waits on: {}", move.circuit(), move.refusal().get());
            add(move.giveUp(VcOutcome.PARKED));
            return CompletableFuture.completedStage(null);
        }
        return move.commit().thenAccept(this::add);
    }

    // --- common ---

    private void phase(final String name) {
        final Instant now = options.clock().instant();
        phases.add(new Phase(name, Duration.between(phaseBegan, now)));
        phaseBegan = now;
    }

    private synchronized SwapReport report(final Outcome outcome) {
        return new SwapReport(
                number,
                adapter.name(),
                cause,
                refusal.map(why -> explanation + "; " + why).orElse(explanation),
                from,
                to,
                adapter.backend().generation(),
                began,
                phases,
                outcome,
                reports,
                count(VcOutcome.MOVED),
                count(VcOutcome.PARKED),
                count(VcOutcome.REFUSED) + count(VcOutcome.ROLLED_BACK),
                stream().mapToLong(VcReport::held).sum(),
                failed,
                resent,
                stream().map(VcReport::gap).max(Duration::compareTo).orElse(Duration.ZERO));
    }

    private Stream<VcReport> stream() {
        return reports.stream();
    }

    private long count(final VcOutcome outcome) {
        return stream().filter(report -> report.outcome() == outcome).count();
    }
}
