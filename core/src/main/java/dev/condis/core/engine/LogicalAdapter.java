// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.miniport.MiniportDriver;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A name, the backends that can carry it, and the one that does. Everything that changes it is one task after the other.
 * <p>
 * The best usable backend in OSGi's order is chosen when none carries the adapter; a better one that comes later waits.
 */
final class LogicalAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(LogicalAdapter.class);
    private static final Comparator<Candidate> OSGI_ORDER = Comparator.comparing(
                    (Candidate candidate) -> candidate.descriptor.ranking())
            .reversed()
            .thenComparing(candidate -> candidate.descriptor.serviceId());

    private final String name;
    private final Drivers drivers;
    private final AtomicLong vcNumbers;
    private final EngineOptions options;
    private final SerialTasks tasks;
    private final List<Candidate> candidates = new CopyOnWriteArrayList<>();
    private volatile Optional<Carried> carried = Optional.empty();
    private int generations;

    /** The backend that carries the adapter. */
    private record Carried(Candidate candidate, Adapter adapter) {}

    LogicalAdapter(final String name, final Drivers drivers, final AtomicLong vcNumbers, final EngineOptions options) {
        this.name = name;
        this.drivers = drivers;
        this.vcNumbers = vcNumbers;
        this.options = options;
        tasks = new SerialTasks(options.passive());
    }

    // --- backends ---

    MiniportRegistration add(final MiniportDescriptor descriptor, final MiniportDriver driver) {
        final Candidate candidate = new Candidate(descriptor, driver);
        candidates.add(candidate);
        candidate.ready = tasks.submit(this::carry);
        return candidate;
    }

    /** Brings the adapter up on the best usable backend when none carries it. */
    private CompletionStage<Void> carry() {
        if (carried.isPresent()) {
            return CompletableFuture.completedStage(null);
        }
        return candidates.stream()
                .filter(Candidate::isUsable)
                .min(OSGI_ORDER)
                .map(this::bringUp)
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    /** S2: initializes the backend, binds the drivers, and restarts the adapter. */
    private CompletionStage<Void> bringUp(final Candidate candidate) {
        generations++;
        final Adapter adapter = new Adapter(
                candidate.descriptor.info(),
                generations,
                candidate.driver,
                (gone, cause) -> candidate.failed(gone, cause),
                this::serially,
                vcNumbers,
                options);
        final NdisStatus status = adapter.initialize();
        if (!status.isSuccess()) {
            candidate.failure = Optional.of("initialize answered " + status);
            LOG.error("{} does not start: initialize answered {}", adapter, status);
            return carry();
        }
        carried = Optional.of(new Carried(candidate, adapter));
        drivers.callManagers(adapter.info()).forEach(driver -> adapter.bind(new StandAloneEdge(adapter, driver)));
        drivers.clients(adapter.info()).forEach(driver -> adapter.bind(new ClientEdge(adapter, driver, options)));
        return adapter.restart().thenAccept(restarted -> {});
    }

    private void serially(final Runnable task) {
        tasks.submit(() -> {
            task.run();
            return CompletableFuture.completedStage(null);
        });
    }

    private CompletionStage<Void> takeDown(final Candidate candidate, final MiniportDriver.HaltAction action) {
        return takeDown(carried.filter(c -> c.candidate == candidate), action);
    }

    private CompletionStage<Void> takeDown(final Optional<Carried> running, final MiniportDriver.HaltAction action) {
        if (running.isEmpty()) {
            return CompletableFuture.completedStage(null);
        }
        return running.get().adapter.takeDown(action).thenCompose(down -> {
            carried = Optional.empty();
            return carry();
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

    CompletionStage<NdisResult<Void>> pause() {
        return operate(Adapter::pause);
    }

    CompletionStage<NdisResult<Void>> restart() {
        return operate(Adapter::restart);
    }

    /** Not after other tasks: a reset may come in the middle of anything. */
    CompletionStage<NdisResult<Void>> reset(final String cause) {
        return carried.map(running -> running.adapter.reset(cause))
                .orElseGet(() -> notCarried().asStage());
    }

    private CompletionStage<NdisResult<Void>> operate(
            final Function<Adapter, CompletionStage<NdisResult<Void>>> operation) {
        final CompletableFuture<NdisResult<Void>> outcome = new CompletableFuture<>();
        tasks.submit(() -> carried.map(running -> operation.apply(running.adapter))
                        .orElseGet(() -> notCarried().asStage())
                        .thenAccept(outcome::complete))
                .thenRun(() -> outcome.complete(NdisResult.failure(NdisStatus.FAILURE)));
        return outcome.minimalCompletionStage();
    }

    private NdisResult<Void> notCarried() {
        return NdisResult.refused(
                NdisStatus.NOT_ACCEPTED,
                new Refusal(
                        "B.1",
                        toString(),
                        AdapterSnapshot.State.HALTED.name(),
                        "no backend carries the adapter",
                        Optional.empty()));
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
                .sorted(OSGI_ORDER)
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
        private volatile CompletionStage<Void> ready = CompletableFuture.completedStage(null);

        Candidate(final MiniportDescriptor descriptor, final MiniportDriver driver) {
            this.descriptor = descriptor;
            this.driver = driver;
        }

        boolean isUsable() {
            return cause().isEmpty();
        }

        Optional<String> cause() {
            return failure.or(() -> descriptor.unavailableCause());
        }

        @Override
        public CompletionStage<Void> ready() {
            return ready;
        }

        @Override
        public CompletionStage<Void> unregister() {
            if (!candidates.remove(this)) {
                return tasks.submit(() -> CompletableFuture.completedStage(null));
            }
            return tasks.submit(() -> takeDown(this, MiniportDriver.HaltAction.DEVICE_DISABLED));
        }

        @Override
        public CompletionStage<Void> update(final MiniportDescriptor changed) {
            Objects.requireNonNull(changed, "descriptor");
            if (!changed.info().name().equals(name)) {
                throw new IllegalArgumentException("a backend of '" + name + "' cannot become one of '"
                        + changed.info().name() + "': register it again");
            }
            final boolean wasAvailable = descriptor.unavailableCause().isEmpty();
            descriptor = changed;
            if (changed.unavailableCause().isPresent()) {
                return tasks.submit(() -> takeDown(this, MiniportDriver.HaltAction.SURPRISE_REMOVED));
            }
            if (!wasAvailable) {
                failure = Optional.empty();
            }
            return tasks.submit(LogicalAdapter.this::carry);
        }

        /** The backend says of itself that it cannot go on; one that was carried before has no say. */
        void failed(final Adapter gone, final String cause) {
            tasks.submit(() -> {
                final Optional<Carried> running = carried.filter(c -> c.adapter == gone);
                if (running.isPresent()) {
                    failure = Optional.of(cause);
                    LOG.warn("the backend of {} is beyond repair: {}", LogicalAdapter.this, cause);
                }
                return takeDown(running, MiniportDriver.HaltAction.DEVICE_FAILED);
            });
        }

        @Override
        public CompletionStage<Void> surpriseRemoved(final String cause) {
            failure = Optional.of(cause);
            LOG.warn("the backend of {} is gone: {}", LogicalAdapter.this, cause);
            return tasks.submit(() -> takeDown(this, MiniportDriver.HaltAction.SURPRISE_REMOVED));
        }
    }
}
