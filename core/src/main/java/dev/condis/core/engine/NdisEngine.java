// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.management.Violation;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.core.verifier.Verifier;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The NDIS library in plain Java: drivers are registered here, and the engine binds them to each other. It has no thread of its own;
 * what may block runs on the executor of its options, the rest on the threads of the drivers. Thread safe.
 */
public final class NdisEngine implements NdisLibrary {
    private final EngineOptions options;
    private final Drivers drivers = new Drivers();
    private final Map<String, LogicalAdapter> adapters = new ConcurrentHashMap<>();
    private final AtomicLong vcNumbers = new AtomicLong();
    private final Map<String, SwapPolicy> policies = new ConcurrentHashMap<>();
    private volatile SwapPolicy defaultPolicy = SwapPolicy.defaults();

    /**
     * Makes an engine without drivers.
     *
     * @param options what it needs from outside
     */
    public NdisEngine(final EngineOptions options) {
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Registers a backend of a logical adapter.
     *
     * @param descriptor what the engine is to know of it
     * @param driver a {@link dev.condis.api.miniport.CoMiniport} or a {@link dev.condis.api.miniport.MiniportCallManager}
     * @return its registration
     */
    public MiniportRegistration registerMiniport(final MiniportDescriptor descriptor, final MiniportDriver driver) {
        Objects.requireNonNull(descriptor, "descriptor");
        Objects.requireNonNull(driver, "driver");
        return adapters.computeIfAbsent(
                        descriptor.info().name(),
                        name -> new LogicalAdapter(name, drivers, vcNumbers, () -> policy(name), options))
                .add(
                        descriptor,
                        options.watched(
                                driver, "miniport of " + descriptor.info().name()));
    }

    private SwapPolicy policy(final String adapter) {
        return policies.getOrDefault(adapter, defaultPolicy);
    }

    /**
     * Says what the adapters do when their backend changes that have no policy of their own. Counts from now on.
     *
     * @param policy the policy
     * @return completes when what follows from it is done
     */
    public CompletionStage<Void> setDefaultPolicy(final SwapPolicy policy) {
        defaultPolicy = Objects.requireNonNull(policy, "policy");
        return onEveryAdapter(LogicalAdapter::policyChanged);
    }

    /**
     * Says what one adapter does when its backend changes. Counts from now on.
     *
     * @param adapter name of the logical adapter, there or not
     * @param policy the policy; empty for the default
     * @return completes when what follows from it is done
     */
    public CompletionStage<Void> setPolicy(final String adapter, final Optional<SwapPolicy> policy) {
        Objects.requireNonNull(adapter, "adapter");
        policy.ifPresentOrElse(own -> policies.put(adapter, own), () -> policies.remove(adapter));
        return known(adapter)
                .map(LogicalAdapter::policyChanged)
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    private Optional<LogicalAdapter> known(final String adapter) {
        return Optional.ofNullable(adapters.get(Objects.requireNonNull(adapter, "adapter")))
                .filter(logical -> !logical.isEmpty());
    }

    /**
     * Registers a client.
     *
     * @param descriptor what the engine is to know of it
     * @param client the client
     * @return its registration
     */
    public Registration registerClient(final DriverDescriptor descriptor, final CoClient client) {
        Objects.requireNonNull(descriptor, "descriptor");
        Objects.requireNonNull(client, "client");
        final Drivers.Registered<CoClient> added =
                drivers.addClient(descriptor, options.watched(client, descriptor.name()));
        return new DriverRegistration(added, onEveryAdapter(adapter -> adapter.added(added)));
    }

    /**
     * Registers a stand-alone call manager.
     *
     * @param descriptor what the engine is to know of it
     * @param callManager the call manager
     * @return its registration
     */
    public Registration registerCallManager(final DriverDescriptor descriptor, final CallManager callManager) {
        Objects.requireNonNull(descriptor, "descriptor");
        Objects.requireNonNull(callManager, "callManager");
        final Drivers.Registered<CallManager> added =
                drivers.addCallManager(descriptor, options.watched(callManager, descriptor.name()));
        return new DriverRegistration(added, onEveryAdapter(adapter -> adapter.addedCallManager(added)));
    }

    private CompletionStage<Void> onEveryAdapter(final Function<LogicalAdapter, CompletionStage<Void>> task) {
        return all(adapters.values().stream().map(task));
    }

    private static CompletionStage<Void> all(final Stream<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /**
     * Takes every adapter down (sequence S38), whatever is still registered.
     *
     * @return completes when all are halted; the executor and the timer of the options are not used any more then
     */
    public CompletionStage<Void> close() {
        return onEveryAdapter(LogicalAdapter::close);
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return adapters.values().stream()
                .filter(adapter -> !adapter.isEmpty())
                .map(LogicalAdapter::snapshot)
                .sorted(Comparator.comparing(AdapterSnapshot::name))
                .toList();
    }

    @Override
    public List<VcSnapshot> instances() {
        return adapters().stream()
                .flatMap(adapter -> adapter.vcs().stream())
                .filter(vc -> vc.instanceName().isPresent())
                .sorted(Comparator.comparing(vc -> vc.instanceName().orElseThrow()))
                .toList();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pause(final String adapter) {
        return on(adapter, LogicalAdapter::pause);
    }

    @Override
    public CompletionStage<NdisResult<Void>> restart(final String adapter) {
        return on(adapter, LogicalAdapter::restart);
    }

    @Override
    public CompletionStage<NdisResult<Void>> reset(final String adapter) {
        return on(adapter, logical -> logical.reset("an operator asks for it"));
    }

    @Override
    public CompletionStage<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        return on(adapter, logical -> logical.swap(serviceId));
    }

    @Override
    public CompletionStage<NdisResult<Void>> pin(final String adapter, final long serviceId) {
        return on(adapter, logical -> logical.pin(serviceId));
    }

    @Override
    public CompletionStage<NdisResult<Void>> unpin(final String adapter) {
        return on(adapter, LogicalAdapter::unpin);
    }

    @Override
    public CompletionStage<NdisResult<Void>> demote(final String adapter, final long serviceId, final String cause) {
        Objects.requireNonNull(cause, "cause");
        return on(adapter, logical -> logical.demote(serviceId, cause));
    }

    @Override
    public CompletionStage<NdisResult<Void>> promote(final String adapter, final long serviceId) {
        return on(adapter, logical -> logical.promote(serviceId));
    }

    @Override
    public List<SwapReport> swaps(final String adapter) {
        return known(adapter).map(LogicalAdapter::journal).orElse(List.of());
    }

    @Override
    public Optional<BackendChoice> why(final String adapter) {
        return known(adapter).map(LogicalAdapter::why);
    }

    private <T> CompletionStage<NdisResult<T>> on(
            final String adapter, final Function<LogicalAdapter, CompletionStage<NdisResult<T>>> operation) {
        return known(adapter).map(operation).orElseGet(() -> NdisResult.<T>failure(NdisStatus.ADAPTER_NOT_FOUND)
                .asStage());
    }

    @Override
    public List<Violation> violations() {
        return options.verifier().map(Verifier::violations).orElse(List.of());
    }

    @Override
    public long violationCount() {
        return options.verifier().map(Verifier::count).orElse(0L);
    }

    /** A client or a call manager. */
    private final class DriverRegistration implements Registration {
        private final Drivers.Registered<?> driver;
        private final CompletionStage<Void> ready;

        DriverRegistration(final Drivers.Registered<?> driver, final CompletionStage<Void> ready) {
            this.driver = driver;
            this.ready = ready;
        }

        @Override
        public CompletionStage<Void> ready() {
            return ready;
        }

        @Override
        public CompletionStage<Void> unregister() {
            drivers.remove(driver);
            return all(adapters.values().stream()
                    .filter(adapter -> adapter.concerns(driver))
                    .map(adapter -> adapter.removed(driver)));
        }
    }
}
