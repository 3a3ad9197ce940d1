// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A name, the backends that can carry it, and the one that does. Everything that changes it is one task after the other.
 * <p>
 * The best usable backend in OSGi's order carries the adapter, unless an operator has pinned it to another one. A plain miniport is replaced
 * under its VCs; when there is none, they wait as long as the policy says. An MCM hands its calls over to one that can adopt them; when it goes
 * without, they end.
 */
final class LogicalAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalAdapter.class);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    /** OSGi's order among those that are not demoted, then among those that are. */
    private static final Comparator<Candidate> ORDER = Comparator.comparing(Candidate::isDemoted)
            .thenComparing(Comparator.comparing((Candidate candidate) -> candidate.descriptor.ranking())
                    .reversed())
            .thenComparing(candidate -> candidate.descriptor.serviceId());

    private final String name;
    private final Drivers drivers;
    private final AtomicLong vcNumbers;
    private final EngineOptions options;
    private final SerialTasks tasks;
    private final Supplier<SwapPolicy> policy;
    private final List<Candidate> candidates = new CopyOnWriteArrayList<>();
    private final SwapJournal journal;
    private final Watchdog watchdog;
    private volatile Optional<Carried> carried = Optional.empty();
    private volatile OptionalLong pinned = OptionalLong.empty();
    private volatile Optional<Grace> grace = Optional.empty();
    private Runnable graceTimer = () -> {};
    private int generations;
    private long swaps;

    /** The backend that carries the adapter, or did last when its VCs are parked. */
    private record Carried(Candidate candidate, Adapter adapter) {}

    /** How long parked VCs wait for a backend. */
    private record Grace(Instant began, Instant ends) {}

    LogicalAdapter(
            final String name,
            final Drivers drivers,
            final AtomicLong vcNumbers,
            final Supplier<SwapPolicy> policy,
            final EngineOptions options) {
        this.name = name;
        this.drivers = drivers;
        this.vcNumbers = vcNumbers;
        this.policy = policy;
        this.options = options;
        tasks = new SerialTasks(options.passive());
        journal = new SwapJournal(toString());
        watchdog = new Watchdog(() -> policy.get().completionDeadline(), options);
    }

    // --- backends ---

    MiniportRegistration add(final MiniportDescriptor descriptor, final MiniportDriver driver) {
        final Candidate candidate = new Candidate(descriptor, driver);
        candidates.add(candidate);
        candidate.ready = tasks.submit(() -> settle(Cause.BETTER_CANDIDATE, candidate + " has come"));
        return candidate;
    }

    /** The candidate that ought to carry the adapter. */
    private Optional<Candidate> best() {
        return candidates.stream()
                .filter(Candidate::isUsable)
                .filter(Candidate::isPinned)
                .findFirst()
                .or(() -> candidates.stream().filter(Candidate::isUsable).min(ORDER));
    }

    /** Sees to it that the candidate that ought to carry the adapter does. */
    private CompletionStage<Void> settle(final Cause cause, final String explanation) {
        final Optional<Candidate> best = best();
        if (best.isEmpty()) {
            return DONE;
        }
        if (carried.isEmpty()) {
            return bringUp(best.get());
        }
        final Carried running = carried.get();
        if (running.adapter().isParked()) {
            // an MCM has call managers of its own: it does not take the calls of others
            return best.get().isMcm()
                    ? takeDown(carried, MiniportDriver.HaltAction.DEVICE_DISABLED)
                    : returnTo(best.get(), running);
        }
        if (running.candidate() == best.get() || !takesOver(running.candidate(), best.get())) {
            return DONE;
        }
        return swap(running, best.get(), cause, explanation, false).thenAccept(report -> {});
    }

    private boolean takesOver(final Candidate active, final Candidate better) {
        if (better.isPinned() || active.isDemoted() && !better.isDemoted()) {
            return true;
        }
        if (policy.get().failBack() == SwapPolicy.FailBack.MANUAL) {
            return false;
        }
        final Duration left = policy.get()
                .stablePeriod()
                .minus(Duration.between(better.usableSince, options.clock().instant()));
        if (left.isNegative() || left.isZero()) {
            return true;
        }
        options.timer()
                .schedule(
                        () -> tasks.submit(
                                () -> settle(Cause.BETTER_CANDIDATE, better + " has been there long enough")),
                        left);
        return false;
    }

    private Backend start(final Adapter adapter, final Candidate candidate) {
        generations++;
        final Backend backend = new Backend(
                adapter,
                candidate.descriptor,
                generations,
                candidate.driver,
                (gone, cause) -> candidate.failed(gone, cause),
                options);
        candidate.latest = Optional.of(backend);
        return backend;
    }

    /** S2: initializes the backend, binds the drivers, and restarts the adapter. */
    private CompletionStage<Void> bringUp(final Candidate candidate) {
        final Adapter adapter =
                new Adapter(name, this::serially, vcNumbers, () -> policy.get().holdLimit(), options);
        final Backend backend = start(adapter, candidate);
        adapter.carriedBy(backend);
        final NdisStatus status = backend.initialize();
        if (!status.isSuccess()) {
            candidate.fails("initialize answered " + status);
            LOG.error("{} does not start: initialize answered {}", adapter, status);
            return settle(Cause.RETURNED, "the next candidate");
        }
        carried = Optional.of(new Carried(candidate, adapter));
        watchdog.watch(adapter);
        drivers.callManagers(adapter.info()).forEach(driver -> adapter.bind(new StandAloneEdge(adapter, driver)));
        drivers.clients(adapter.info()).forEach(driver -> adapter.bind(new ClientEdge(adapter, driver, options)));
        return adapter.restart().thenAccept(restarted -> {});
    }

    private void serially(final Runnable task) {
        tasks.submit(() -> {
            task.run();
            return DONE;
        });
    }

    // --- another backend ---

    /** A planned swap. */
    private CompletionStage<SwapReport> swap(
            final Carried running,
            final Candidate next,
            final Cause cause,
            final String explanation,
            final boolean forced) {
        final Swap swap = swap(running, cause, explanation);
        final Optional<String> obstacle = obstacle(running, next);
        if (obstacle.isPresent()) {
            final SwapReport report = swap.impossible(next.descriptor.serviceId(), obstacle.get());
            journal.record(report);
            return CompletableFuture.completedStage(report);
        }
        final Backend backend = start(running.adapter(), next);
        final CompletionStage<SwapReport> swapped =
                next.isMcm() ? swap.handOver(backend) : swap.planned(backend, forced);
        return swapped.thenApply(report -> {
            journal.record(report);
            if (report.outcome() == SwapReport.Outcome.SWAPPED) {
                carried = Optional.of(new Carried(next, running.adapter()));
            } else {
                next.refused(report.explanation());
            }
            waitForParked(running.adapter());
            return report;
        });
    }

    /** Why a candidate cannot take over what another one has, whatever it may say about it; empty when it can. */
    private static Optional<String> obstacle(final Carried running, final Candidate next) {
        if (!running.candidate().isMcm() && !next.isMcm()) {
            return Optional.empty();
        }
        return running.candidate().isMcm() && next.isMcm()
                ? HandOver.obstacle(running.adapter().backend(), Backend.handOver(next.driver))
                : Optional.of("the calls of an MCM stay with it, and those of others do not go to an MCM");
    }

    private Swap swap(final Carried running, final Cause cause, final String explanation) {
        swaps++;
        return new Swap(swaps, running.adapter(), cause, explanation, policy.get(), options);
    }

    private CompletionStage<Void> returnTo(final Candidate next, final Carried running) {
        return swap(running, Cause.RETURNED, next + " has come")
                .unpark(start(running.adapter(), next))
                .thenCompose(report -> {
                    journal.record(report);
                    if (report.outcome() != SwapReport.Outcome.SWAPPED) {
                        next.fails(report.explanation());
                        return settle(Cause.RETURNED, "the next candidate");
                    }
                    carried = Optional.of(new Carried(next, running.adapter()));
                    endGrace();
                    waitForParked(running.adapter());
                    return DONE;
                });
    }

    /** VCs that the backend did not take wait for another one, as long as the policy says. */
    private void waitForParked(final Adapter adapter) {
        if (adapter.hasParked()) {
            beginGrace();
        }
    }

    private void beginGrace() {
        if (grace.isEmpty()) {
            waitSince(options.clock().instant());
        }
    }

    private void waitSince(final Instant began) {
        final Instant now = options.clock().instant();
        final Grace next = new Grace(began, began.plus(policy.get().gracePeriod()));
        final Duration left = Duration.between(now, next.ends());
        graceTimer.run();
        grace = Optional.of(next);
        graceTimer = options.timer()
                .schedule(() -> tasks.submit(() -> expire(next)), left.isNegative() ? Duration.ZERO : left);
    }

    private void endGrace() {
        graceTimer.run();
        grace = Optional.empty();
    }

    /** No backend has come in time. */
    private CompletionStage<Void> expire(final Grace over) {
        if (grace.filter(over::equals).isEmpty()) {
            // the policy has changed meanwhile
            return DONE;
        }
        endGrace();
        final Optional<Carried> waiting = carried;
        if (waiting.isEmpty()) {
            return DONE;
        }
        if (waiting.get().adapter().isParked()) {
            LOG.warn(
                    "{}: no backend has come within {}; its calls end",
                    this,
                    policy.get().gracePeriod());
            return takeDown(waiting, MiniportDriver.HaltAction.DEVICE_DISABLED);
        }
        waiting.get().adapter().expireParked();
        return DONE;
    }

    List<SwapReport> journal() {
        return journal.reports();
    }

    // --- the end of a backend ---

    /** The service goes while its driver still works. */
    private CompletionStage<Void> leaves(final Candidate candidate) {
        final Optional<Carried> running =
                carried.filter(c -> c.candidate() == candidate && !c.adapter().isParked());
        if (running.isEmpty()) {
            return DONE;
        }
        final String explanation = candidate + " is unregistered";
        final Optional<Candidate> next = best();
        if (next.filter(candidate::isSameDriver).isPresent()
                || candidate.isMcm() && next.isEmpty()
                || next.flatMap(other -> obstacle(running.get(), other)).isPresent()) {
            // a driver that is registered anew is not started a second time before it is halted
            return takeDown(running, MiniportDriver.HaltAction.DEVICE_DISABLED);
        }
        if (next.isPresent()) {
            return swap(running.get(), next.get(), Cause.UNREGISTERED, explanation, true)
                    .thenCompose(report -> {
                        if (report.outcome() == SwapReport.Outcome.SWAPPED) {
                            return DONE;
                        }
                        next.get().fails(report.explanation());
                        return leaves(candidate);
                    });
        }
        return policy.get().gracePeriod().isZero()
                ? takeDown(running, MiniportDriver.HaltAction.DEVICE_DISABLED)
                : swap(running.get(), Cause.UNREGISTERED, explanation).park().thenAccept(report -> {
                    journal.record(report);
                    beginGrace();
                });
    }

    /** The backend is gone without having been asked. */
    private CompletionStage<Void> lost(
            final Optional<Carried> running, final String cause, final MiniportDriver.HaltAction action) {
        if (running.isEmpty() || running.get().adapter().isParked()) {
            return DONE;
        }
        final Candidate candidate = running.get().candidate();
        final Optional<Candidate> next = best();
        final boolean stays = next.filter(other -> !other.isMcm()).isPresent()
                || !policy.get().gracePeriod().isZero();
        if (candidate.isMcm() || !stays || next.filter(candidate::isSameDriver).isPresent()) {
            return takeDown(running, action);
        }
        return swap(running.get(), Cause.LOST, cause).lose(action).thenCompose(report -> {
            journal.record(report);
            beginGrace();
            return settle(Cause.RETURNED, "the backend before is lost");
        });
    }

    private CompletionStage<Void> takeDown(final Optional<Carried> running, final MiniportDriver.HaltAction action) {
        if (running.isEmpty()) {
            return DONE;
        }
        endGrace();
        watchdog.stop();
        return running.get().adapter().takeDown(action).thenCompose(down -> {
            carried = Optional.empty();
            return settle(Cause.RETURNED, "the adapter was taken down");
        });
    }

    /** Takes the adapter down for good. */
    CompletionStage<Void> close() {
        candidates.clear();
        return tasks.submit(() -> takeDown(carried, MiniportDriver.HaltAction.DEVICE_DISABLED));
    }

    // --- drivers ---

    CompletionStage<Void> added(final Drivers.Registered<CoClient> client) {
        return tasks.submit(() -> running(client)
                .map(adapter -> adapter.bind(new ClientEdge(adapter, client, options)))
                .orElseGet(() -> CompletableFuture.completedStage(null)));
    }

    CompletionStage<Void> addedCallManager(final Drivers.Registered<CallManager> callManager) {
        return tasks.submit(() -> running(callManager)
                .map(adapter -> adapter.bind(new StandAloneEdge(adapter, callManager)))
                .orElseGet(() -> CompletableFuture.completedStage(null)));
    }

    private Optional<Adapter> running(final Drivers.Registered<?> driver) {
        return carried.map(Carried::adapter)
                .filter(adapter -> driver.isRegistered()
                        && driver.descriptor().target().test(adapter.info())
                        && !isBound(adapter, driver));
    }

    private static boolean isBound(final Adapter adapter, final Drivers.Registered<?> driver) {
        return adapter.clientEdges().anyMatch(edge -> edge.isOf(driver))
                || adapter.callManagerEdges().anyMatch(edge -> edge.isOf(driver));
    }

    /** Tells whether a driver is bound here, or may be about to be. */
    boolean concerns(final Drivers.Registered<?> driver) {
        return carried.filter(c -> isBound(c.adapter, driver)
                                || driver.descriptor().target().test(c.adapter.info()))
                        .isPresent()
                || candidates.stream()
                        .anyMatch(candidate -> driver.descriptor().target().test(candidate.descriptor.info()));
    }

    /** Unbinds a driver that goes while the adapter stays. */
    CompletionStage<Void> removed(final Drivers.Registered<?> driver) {
        return tasks.submit(() ->
                carried.map(c -> unbind(c.adapter, driver)).orElseGet(() -> CompletableFuture.completedStage(null)));
    }

    private CompletionStage<Void> unbind(final Adapter adapter, final Drivers.Registered<?> driver) {
        CompletionStage<Void> unbound = CompletableFuture.completedStage(null);
        for (final ClientEdge edge :
                adapter.clientEdges().filter(e -> e.isOf(driver)).toList()) {
            unbound = unbound.thenComposeAsync(done -> adapter.unbind(edge), options.passive());
        }
        for (final StandAloneEdge edge :
                adapter.callManagerEdges().filter(e -> e.isOf(driver)).toList()) {
            unbound = unbound.thenComposeAsync(done -> adapter.unbind(edge), options.passive());
        }
        return unbound;
    }

    // --- operators ---

    CompletionStage<NdisResult<SwapReport>> swap(final long serviceId) {
        final CompletableFuture<NdisResult<SwapReport>> outcome = new CompletableFuture<>();
        tasks.submit(() -> swapNow(serviceId).thenAccept(outcome::complete))
                .thenRun(() -> outcome.complete(NdisResult.failure(NdisStatus.FAILURE)));
        return outcome.minimalCompletionStage();
    }

    private CompletionStage<NdisResult<SwapReport>> swapNow(final long serviceId) {
        final Optional<Candidate> next = candidate(serviceId);
        final Optional<Carried> running = carried.filter(c -> !c.adapter().isParked());
        if (next.isEmpty()) {
            return this.<SwapReport>notAccepted("there is no candidate with service.id " + serviceId)
                    .asStage();
        }
        if (running.isEmpty()) {
            return this.<SwapReport>notAccepted("no backend carries the adapter now")
                    .asStage();
        }
        if (running.get().candidate() == next.get()) {
            return this.<SwapReport>notAccepted("it carries the adapter already")
                    .asStage();
        }
        next.get().forgive();
        return next.get()
                .cause()
                .map(cause -> this.<SwapReport>notAccepted("it cannot be used: " + cause)
                        .asStage())
                .orElseGet(() -> swap(running.get(), next.get(), Cause.OPERATOR, "an operator asks for it", false)
                        .thenApply(NdisResult::success));
    }

    private Optional<Candidate> candidate(final long serviceId) {
        return candidates.stream()
                .filter(candidate -> candidate.descriptor.serviceId() == serviceId)
                .findFirst();
    }

    CompletionStage<NdisResult<Void>> pin(final long serviceId) {
        final Optional<Candidate> wanted = candidate(serviceId);
        if (wanted.isEmpty()) {
            return this.<Void>notAccepted("there is no candidate with service.id " + serviceId)
                    .asStage();
        }
        wanted.get().forgive();
        pinned = OptionalLong.of(serviceId);
        return tasks.submit(() -> settle(Cause.OPERATOR, "an operator has pinned the adapter"))
                .thenApply(done -> {
                    final boolean there =
                            carried.filter(c -> c.candidate().isPinned()).isPresent();
                    return there ? NdisResult.success() : notAccepted("the adapter is not there: see why");
                });
    }

    CompletionStage<NdisResult<Void>> unpin() {
        pinned = OptionalLong.empty();
        return tasks.submit(() -> settle(Cause.OPERATOR, "an operator has unpinned the adapter"))
                .thenApply(done -> NdisResult.success());
    }

    CompletionStage<NdisResult<Void>> demote(final long serviceId, final String cause) {
        return rank(serviceId, Optional.of(cause));
    }

    CompletionStage<NdisResult<Void>> promote(final long serviceId) {
        return rank(serviceId, Optional.empty());
    }

    private CompletionStage<NdisResult<Void>> rank(final long serviceId, final Optional<String> demotion) {
        final Optional<Candidate> concerned = candidate(serviceId);
        if (concerned.isEmpty()) {
            return this.<Void>notAccepted("there is no candidate with service.id " + serviceId)
                    .asStage();
        }
        concerned.get().demote(demotion);
        return tasks.submit(() -> settle(
                        demotion.isPresent() ? Cause.DEMOTED : Cause.BETTER_CANDIDATE,
                        concerned.get()
                                + demotion.map(cause -> " is demoted: " + cause).orElse(" is promoted")))
                .thenApply(done -> NdisResult.success());
    }

    /** The policy has changed. */
    CompletionStage<Void> policyChanged() {
        return tasks.submit(() -> {
            watchdog.policyChanged();
            grace.ifPresent(running -> waitSince(running.began()));
            return settle(Cause.OPERATOR, "the policy has changed");
        });
    }

    BackendChoice why() {
        final Optional<Carried> running = carried.filter(c -> !c.adapter().isParked());
        final List<Candidate> ordered = candidates.stream().sorted(ORDER).toList();
        return new BackendChoice(
                name,
                running.map(c -> OptionalLong.of(c.candidate().descriptor.serviceId()))
                        .orElse(OptionalLong.empty()),
                pinned,
                reason(running),
                grace.map(Grace::ends).filter(end -> carried.filter(
                                c -> c.adapter().isParked() || c.adapter().hasParked())
                        .isPresent()),
                ordered.stream().map(Candidate::snapshot).toList(),
                wouldChange(running, ordered));
    }

    private String reason(final Optional<Carried> running) {
        if (running.isEmpty()) {
            return carried.isPresent() ? "no backend can carry it now; its VCs are parked" : "no backend can carry it";
        }
        final Candidate active = running.get().candidate();
        if (active.isPinned()) {
            return "an operator has pinned it to service.id " + active.descriptor.serviceId();
        }
        if (active.demotion.isPresent()) {
            return "no other candidate can take over, though it is demoted: " + active.demotion.get();
        }
        return best().filter(best -> best == active).isPresent()
                ? "of the candidates that can be used and are not demoted it has the highest service.ranking, and of equal ones"
                        + " the lowest service.id"
                : "a better candidate has not taken over: fail-back is "
                        + policy.get().failBack();
    }

    private List<String> wouldChange(final Optional<Carried> running, final List<Candidate> ordered) {
        final List<String> answers = new ArrayList<>();
        ordered.stream()
                .filter(candidate ->
                        running.filter(c -> c.candidate() == candidate).isEmpty())
                .forEach(candidate -> answers.add(candidate + ", if " + candidate.wish()));
        running.ifPresent(c -> answers.add("the end or the loss of " + c.candidate()));
        return answers;
    }

    CompletionStage<NdisResult<Void>> pause() {
        return operate(Adapter::pause);
    }

    CompletionStage<NdisResult<Void>> restart() {
        return operate(Adapter::restart);
    }

    /** Not after other tasks: a reset may come in the middle of anything. */
    CompletionStage<NdisResult<Void>> reset(final String cause) {
        return carried.map(running -> running.adapter.reset(cause))
                .orElseGet(() ->
                        this.<Void>notAccepted("no backend carries the adapter").asStage());
    }

    private CompletionStage<NdisResult<Void>> operate(
            final Function<Adapter, CompletionStage<NdisResult<Void>>> operation) {
        final CompletableFuture<NdisResult<Void>> outcome = new CompletableFuture<>();
        tasks.submit(() -> carried.map(running -> operation.apply(running.adapter))
                        .orElseGet(() -> this.<Void>notAccepted("no backend carries the adapter")
                                .asStage())
                        .thenAccept(outcome::complete))
                .thenRun(() -> outcome.complete(NdisResult.failure(NdisStatus.FAILURE)));
        return outcome.minimalCompletionStage();
    }

    private <T> NdisResult<T> notAccepted(final String explanation) {
        return NdisResult.refused(
                NdisStatus.NOT_ACCEPTED,
                new Refusal("B.1", toString(), AdapterSnapshot.State.HALTED.name(), explanation, Optional.empty()));
    }

    // --- common ---

    String name() {
        return name;
    }

    /** A backend that is being taken down counts until it is down: operators must see what hangs. */
    boolean isEmpty() {
        return candidates.isEmpty() && carried.isEmpty();
    }

    AdapterSnapshot snapshot() {
        final Optional<Carried> running = carried;
        if (running.isPresent()) {
            return running.get().adapter.snapshot(candidates.size());
        }
        final String causes = candidates.stream()
                .sorted(ORDER)
                .flatMap(candidate -> candidate.cause().stream())
                .distinct()
                .reduce((a, b) -> a + "; " + b)
                .orElse("no backend has been started yet");
        return new AdapterSnapshot(
                name,
                AdapterSnapshot.State.HALTED,
                generations,
                candidates.size(),
                Optional.of(causes),
                List.of(),
                List.of(),
                List.of());
    }

    @Override
    public String toString() {
        return "logical adapter '" + name + "'";
    }

    /** A backend of this adapter. */
    private final class Candidate implements MiniportRegistration {
        private final MiniportDriver driver;
        private volatile MiniportDescriptor descriptor;
        private volatile Optional<String> failure = Optional.empty();
        private volatile boolean onlyRefused;
        private volatile Optional<String> demotion = Optional.empty();
        private volatile Optional<String> lastFailure = Optional.empty();
        private volatile Optional<Backend> latest = Optional.empty();
        private volatile Instant usableSince = options.clock().instant();
        private volatile CompletionStage<Void> ready = DONE;

        Candidate(final MiniportDescriptor descriptor, final MiniportDriver driver) {
            this.descriptor = descriptor;
            this.driver = driver;
        }

        boolean isUsable() {
            return cause().isEmpty();
        }

        boolean isPinned() {
            return pinned.isPresent() && pinned.getAsLong() == descriptor.serviceId();
        }

        boolean isDemoted() {
            return demotion.isPresent();
        }

        /** One that is promoted must have been there as long as one that has just come. */
        void demote(final Optional<String> cause) {
            if (cause.isEmpty() && isDemoted()) {
                usableSince = options.clock().instant();
            }
            demotion = cause;
        }

        boolean isMcm() {
            return driver instanceof MiniportCallManager;
        }

        boolean isSameDriver(final Candidate other) {
            return other.driver == driver;
        }

        Optional<String> cause() {
            return failure.or(() -> descriptor.unavailableCause());
        }

        /** It is not tried again by itself. */
        void fails(final String why) {
            failure = Optional.of(why);
            lastFailure = failure;
            onlyRefused = false;
        }

        /** It could not take what is there now. It is not tried again before something about it changes, or an operator asks. */
        void refused(final String why) {
            fails(why);
            onlyRefused = true;
        }

        /** An operator wants to see it tried again. */
        void forgive() {
            failure = Optional.empty();
        }

        /** What would help it. */
        String wish() {
            return cause().map(cause -> "it could be used again (" + cause + ")")
                    .or(() -> demotion.map(cause -> "it were promoted (" + cause + ")"))
                    .orElse("it were ranked higher, or an operator swaps or pins to it");
        }

        BackendChoice.Candidate snapshot() {
            return new BackendChoice.Candidate(
                    descriptor.serviceId(),
                    descriptor.ranking(),
                    isMcm(),
                    cause(),
                    demotion,
                    lastFailure(),
                    latest.map(Backend::staleCallbacks).orElse(0L));
        }

        private Optional<String> lastFailure() {
            final Optional<String> overdue = latest.flatMap(Backend::overdue);
            return lastFailure
                    .map(failed -> overdue.map(late -> failed + "; " + late).orElse(failed))
                    .or(() -> overdue);
        }

        @Override
        public CompletionStage<Void> ready() {
            return ready;
        }

        @Override
        public CompletionStage<Void> unregister() {
            return candidates.remove(this) ? tasks.submit(() -> leaves(this)) : tasks.submit(() -> DONE);
        }

        @Override
        public CompletionStage<Void> update(final MiniportDescriptor changed) {
            Objects.requireNonNull(changed, "descriptor");
            if (!changed.info().name().equals(name)) {
                throw new IllegalArgumentException("a backend of '" + name + "' cannot become one of '"
                        + changed.info().name() + "': register it again");
            }
            final boolean wasAvailable = descriptor.unavailableCause().isEmpty();
            final boolean isOther = !descriptor.equals(changed);
            descriptor = changed;
            if (changed.unavailableCause().isPresent()) {
                return gone(changed.unavailableCause().get(), MiniportDriver.HaltAction.SURPRISE_REMOVED);
            }
            if (!wasAvailable) {
                failure = Optional.empty();
                usableSince = options.clock().instant();
            } else if (isOther && onlyRefused) {
                forgive();
            }
            return tasks.submit(() -> settle(Cause.BETTER_CANDIDATE, "the order of the candidates has changed"));
        }

        /** The backend says of itself that it cannot go on; one that was carried before has no say. */
        void failed(final Backend gone, final String cause) {
            gone.lost(cause, MiniportDriver.HaltAction.DEVICE_FAILED);
            tasks.submit(() -> {
                final Optional<Carried> running =
                        carried.filter(c -> c.adapter().backend() == gone);
                if (running.isPresent()) {
                    fails(cause);
                    LOG.warn("the backend of {} is beyond repair: {}", LogicalAdapter.this, cause);
                }
                return lost(running, cause, MiniportDriver.HaltAction.DEVICE_FAILED);
            });
        }

        @Override
        public CompletionStage<Void> surpriseRemoved(final String cause) {
            fails(cause);
            return gone(cause, MiniportDriver.HaltAction.SURPRISE_REMOVED);
        }

        /** Who waits for the backend hears at once that it need not; the rest is done in its turn. */
        private CompletionStage<Void> gone(final String cause, final MiniportDriver.HaltAction action) {
            if (carried.filter(c -> c.candidate() == this).isPresent()) {
                LOG.warn("the backend of {} is gone: {}", LogicalAdapter.this, cause);
            }
            latest.ifPresent(backend -> backend.lost(cause, action));
            return tasks.submit(() -> lost(carried.filter(c -> c.candidate() == this), cause, action));
        }

        @Override
        public String toString() {
            return "the backend with service.id " + descriptor.serviceId();
        }
    }
}
