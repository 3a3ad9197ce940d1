// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.miniport.CallHandOver;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.StaleBackendException;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.AdapterTable.Event;
import dev.condis.core.state.StateTable;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One backend while it carries a logical adapter, or is about to: a miniport driver from initialize to halt (contract B.1), as the driver
 * sees it. Each time that a driver is started is a generation of its own.
 */
final class Backend implements MiniportAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Backend.class);

    private final Adapter adapter;
    private final MiniportDescriptor descriptor;
    private final int generation;
    private final MiniportDriver driver;
    private final BiConsumer<Backend, String> removalRequest;
    private final EngineOptions options;
    private final AdapterMachine machine;
    private final AdapterReset resets;
    private final Optional<McmEdge> mcm;
    private final Set<NetBufferListPool> pools = ConcurrentHashMap.newKeySet();
    private final LongAdder staleCallbacks = new LongAdder();
    private final CompletableFuture<String> loss = new CompletableFuture<>();
    private final OverdueOperations overdue = new OverdueOperations();
    private volatile Optional<String> retiredBy = Optional.empty();

    Backend(
            final Adapter adapter,
            final MiniportDescriptor descriptor,
            final int generation,
            final MiniportDriver driver,
            final BiConsumer<Backend, String> removalRequest,
            final EngineOptions options) {
        this.adapter = adapter;
        this.descriptor = descriptor;
        this.generation = generation;
        this.driver = driver;
        this.removalRequest = removalRequest;
        this.options = options;
        machine = new AdapterMachine(toString(), options.clock());
        resets = new AdapterReset(adapter, this, options);
        mcm = driver instanceof MiniportCallManager ? Optional.of(new McmEdge(adapter, this)) : Optional.empty();
    }

    // --- life ---

    /** {@code MiniportInitializeEx}. The backend is paused then. */
    NdisStatus initialize() {
        machine.fire(Event.INITIALIZE);
        final NdisStatus status = Callouts.statusNow(new Callout("MiniportInitializeEx", this), this::callInitialize);
        machine.fire(status.isSuccess() ? Event.INITIALIZE_SUCCEEDED : Event.INITIALIZE_FAILED);
        if (!status.isSuccess()) {
            mcm.ifPresent(CallManagerEdge::end);
        }
        return status;
    }

    private NdisStatus callInitialize() {
        if (driver instanceof MiniportCallManager callManager) {
            return callManager.initialize(mcm.orElseThrow());
        }
        if (driver instanceof CoMiniport miniport) {
            return miniport.initialize(this);
        }
        LOG.error("R12: the driver of {} is neither a CoMiniport nor a MiniportCallManager: {}", this, driver);
        return NdisStatus.BAD_CHARACTERISTICS;
    }

    /** {@code MiniportRestart}. */
    CompletionStage<NdisStatus> restart() {
        return Patience.restart(new Callout("MiniportRestart", this), driver::restart, options)
                .thenApply(status -> {
                    machine.fire(status.isSuccess() ? Event.RESTART_SUCCEEDED : Event.RESTART_FAILED);
                    return status;
                });
    }

    /** {@code MiniportPause}; completes when the driver has. */
    CompletionStage<Void> pause() {
        final Callout what = new Callout("MiniportPause", this);
        return Callouts.status(what, driver::pause).thenAccept(status -> {
            if (!status.isSuccess()) {
                LOG.error("B.1: {} answered {}; a pause cannot be refused", what, status);
            }
        });
    }

    /** From here on the backend is asked nothing any more. */
    void beginHalt() {
        machine.fire(Event.HALT);
    }

    /** {@code MiniportHaltEx}. */
    void halt(final MiniportDriver.HaltAction action) {
        Callouts.run(new Callout("MiniportHaltEx", this), () -> driver.halt(action));
        machine.fire(Event.HALT_COMPLETED);
    }

    /**
     * {@code MiniportDevicePnPEventNotify} (R221).
     *
     * @param known runs when it is known that the hardware is gone, and before the driver is told
     */
    void surpriseRemoved(final Runnable known) {
        machine.remove();
        known.run();
        Callouts.run(new Callout("MiniportDevicePnPEventNotify", this), driver::surpriseRemoved);
    }

    /** Pauses and halts a backend that has no VC any more. */
    CompletionStage<Void> end(final MiniportDriver.HaltAction action, final String why) {
        final CompletionStage<?> silent = mcm.<CompletionStage<?>>map(McmEdge::shutDownHalves)
                .orElseGet(() -> CompletableFuture.completedStage(null));
        return Patience.teardown(new Callout("the end of the signaling VCs", this), silent, options)
                .thenComposeAsync(ended -> endSilent(action, why), options.passive());
    }

    private CompletionStage<Void> endSilent(final MiniportDriver.HaltAction action, final String why) {
        machine.leave();
        final CompletionStage<?> paused = machine.fire(Event.PAUSE).accepts()
                ? Patience.teardown(new Callout("MiniportPause", this), pause(), options)
                        .thenAccept(inTime -> machine.fire(Event.PAUSE_COMPLETED))
                : CompletableFuture.completedStage(null);
        return Patience.teardown(new Callout("the reset", this), resets.over(), options)
                .thenCompose(over -> paused)
                .thenRunAsync(
                        () -> {
                            beginHalt();
                            halt(action);
                            mcm.ifPresent(CallManagerEdge::end);
                            // not before: until its halt has returned a driver may say what it likes
                            retire(why);
                        },
                        options.passive());
    }

    // --- the end of a generation ---

    /** The backend is lost: what it has is taken from it, and its answers are not waited for. */
    void lost(final String cause) {
        loss.complete(cause);
    }

    /** The backend does not say so itself, but it cannot go on. */
    void declareLost(final String cause) {
        removalRequest.accept(this, cause);
    }

    /** It did not complete an operation in time; what there is to say about that in all is part of its last failure. */
    void overdue(final String operation) {
        overdue.add(operation);
    }

    Optional<String> overdue() {
        return overdue.text();
    }

    boolean isLost() {
        return loss.isDone();
    }

    /** The driver is not called any more: it is lost, or halted. */
    boolean isOver() {
        return isLost() || machine.isHalted();
    }

    /** Completes with the cause when the backend is lost. */
    CompletableFuture<String> loss() {
        return loss;
    }

    /** Whoever keeps the backend's handles hears of it when it uses them. */
    void retire(final String why) {
        retiredBy = Optional.of(retiredBy.orElse(why));
    }

    /** A callback came from a backend that does not carry the VC any more. */
    void stale() {
        staleCallbacks.increment();
    }

    long staleCallbacks() {
        return staleCallbacks.sum();
    }

    private void checkCurrent() {
        if (retiredBy.isPresent()) {
            stale();
            throw new StaleBackendException(toString(), generation, retiredBy.get());
        }
    }

    // --- what the driver may do ---

    @Override
    public AdapterInfo adapter() {
        return descriptor.info();
    }

    @Override
    public void removeMiniport(final String cause) {
        Objects.requireNonNull(cause, "cause");
        checkCurrent();
        if (machine.isHalted()) {
            LOG.warn("H.3: {} is halted already; that its backend is gone ({}) is no news", this, cause);
            return;
        }
        removalRequest.accept(this, cause);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        Objects.requireNonNull(indication, "indication");
        checkCurrent();
        final StateTable.Row<State, Event, AdapterTable.Facts> row = machine.decide(Event.INDICATE_STATUS);
        if (!row.accepts()) {
            LOG.error("{}: {} is indicated for {}; {}", row.rule(), indication.code(), this, row.explanation());
            return;
        }
        adapter.indicate(this, indication);
    }

    @Override
    public void resetMiniport(final String cause) {
        Objects.requireNonNull(cause, "cause");
        checkCurrent();
        if (machine.isHalted()) {
            LOG.warn("H.3: {} is halted; there is nothing to reset ({})", this, cause);
            return;
        }
        options.passive().execute(() -> resets.reset(cause).thenAccept(result -> {
            if (!result.isSuccess()) {
                LOG.error("{} asked to be reset ({}); it ended with {}", this, cause, result);
            }
        }));
    }

    // --- common ---

    MiniportDriver driver() {
        return driver;
    }

    /** The miniport that is asked to create VCs: of an MCM its half, when it is made of two. */
    Optional<CoMiniport> miniport() {
        return driver instanceof CoMiniport miniport ? Optional.of(miniport) : mcm.flatMap(McmEdge::half);
    }

    /** How an MCM hands calls over or adopts them, when it can. */
    Optional<CallHandOver> handOver() {
        return handOver(driver);
    }

    static Optional<CallHandOver> handOver(final MiniportDriver driver) {
        return driver instanceof MiniportCallManager callManager ? callManager.handOver() : Optional.empty();
    }

    MiniportDescriptor descriptor() {
        return descriptor;
    }

    AdapterInfo info() {
        return descriptor.info();
    }

    int generation() {
        return generation;
    }

    AdapterMachine machine() {
        return machine;
    }

    AdapterReset resets() {
        return resets;
    }

    Optional<McmEdge> mcm() {
        return mcm;
    }

    /** Where the NBLs came from that it was ever given. */
    Set<NetBufferListPool> pools() {
        return pools;
    }

    /** Other backends may hear the same frames. */
    boolean hearsSharedWire() {
        return descriptor.wire().isPresent();
    }

    /** Both hear every frame, with the same time stamp. */
    boolean sharesWireWith(final Backend other) {
        return hearsSharedWire() && descriptor.wire().equals(other.descriptor.wire());
    }

    @Override
    public String toString() {
        return "adapter '" + info().name() + "' (generation " + generation + ")";
    }
}
