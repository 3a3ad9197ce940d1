// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A logical adapter while one backend carries it: from initialize to halt (contract B.1). Its lifecycle methods are called one at a
 * time, on threads that may block.
 */
final class Adapter implements MiniportAdapter {
    private static final Logger LOG = LoggerFactory.getLogger(Adapter.class);

    private final AdapterInfo info;
    private final int generation;
    private final MiniportDriver driver;
    private final BiConsumer<Adapter, String> removalRequest;
    private final Consumer<Runnable> serially;
    private final EngineOptions options;
    private final VcFactory vcFactory;
    private final List<Advertisement> advertisements = new CopyOnWriteArrayList<>();
    private final List<ClientEdge> clients = new CopyOnWriteArrayList<>();
    private final List<StandAloneEdge> callManagers = new CopyOnWriteArrayList<>();
    private final Set<CallManagerEdge> announcing = ConcurrentHashMap.newKeySet();
    private final Optional<McmEdge> mcm;
    private volatile AdapterSnapshot.State state = AdapterSnapshot.State.INITIALIZING;

    Adapter(
            final AdapterInfo info,
            final int generation,
            final MiniportDriver driver,
            final BiConsumer<Adapter, String> removalRequest,
            final Consumer<Runnable> serially,
            final AtomicLong vcNumbers,
            final EngineOptions options) {
        this.info = info;
        this.generation = generation;
        this.driver = driver;
        this.removalRequest = removalRequest;
        this.serially = serially;
        this.options = options;
        final Optional<CoMiniport> miniport =
                driver instanceof CoMiniport plain ? Optional.of(plain) : Optional.empty();
        vcFactory = new VcFactory(info.name(), miniport, vcNumbers, options);
        mcm = driver instanceof MiniportCallManager ? Optional.of(new McmEdge(this)) : Optional.empty();
    }

    // --- lifecycle ---

    /** {@code MiniportInitializeEx}. */
    NdisStatus initialize() {
        final NdisStatus status = Callouts.statusNow("MiniportInitializeEx of " + this, this::callInitialize);
        if (status.isSuccess()) {
            state = AdapterSnapshot.State.RUNNING;
            mcm.ifPresent(announcing::add);
        } else {
            state = AdapterSnapshot.State.HALTED;
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

    /** {@code ProtocolBindAdapterEx} of a call manager; its address families are announced when it returned success (R26). */
    void bind(final StandAloneEdge edge) {
        final NdisStatus status = Callouts.statusNow(
                "ProtocolBindAdapterEx of " + edge, () -> edge.callManager().bindAdapter(edge));
        if (!status.isSuccess()) {
            LOG.info("{} declines with {}", edge, status);
            edge.end();
            return;
        }
        callManagers.add(edge);
        announcing.add(edge);
        for (final Advertisement advertisement : advertisements(edge)) {
            clients.forEach(client -> announce(client, advertisement));
        }
    }

    /** {@code ProtocolBindAdapterEx} of a client, which is then told of every address family (R27). */
    void bind(final ClientEdge edge) {
        final NdisStatus status = Callouts.statusNow(
                "ProtocolBindAdapterEx of " + edge, () -> edge.client().bindAdapter(edge));
        if (!status.isSuccess()) {
            LOG.info("{} declines with {}", edge, status);
            edge.beginClosing();
            edge.removeLeftovers();
            return;
        }
        clients.add(edge);
        advertisements.stream()
                .filter(advertisement -> announcing.contains(advertisement.owner()))
                .forEach(advertisement -> announce(edge, advertisement));
    }

    private static void announce(final ClientEdge client, final Advertisement advertisement) {
        if (client.isClosing() || !client.isNews(advertisement)) {
            return;
        }
        Callouts.run("ProtocolCoAfRegisterNotify of " + client, () -> client.client()
                .afRegisterNotify(client, advertisement.addressFamily()));
    }

    /** S36. */
    CompletionStage<Void> unbind(final ClientEdge edge) {
        if (!clients.contains(edge)) {
            return CompletableFuture.completedStage(null);
        }
        edge.beginClosing();
        return ended(
                        "ProtocolUnbindAdapterEx of " + edge,
                        Callouts.status("ProtocolUnbindAdapterEx of " + edge, () -> edge.client()
                                .unbindAdapter(edge)))
                .thenRunAsync(
                        () -> {
                            edge.removeLeftovers();
                            clients.remove(edge);
                        },
                        options.passive());
    }

    /** S37. */
    CompletionStage<Void> unbind(final StandAloneEdge edge) {
        if (!callManagers.contains(edge)) {
            return CompletableFuture.completedStage(null);
        }
        edge.beginClosing();
        return ended(
                        "ProtocolUnbindAdapterEx of " + edge,
                        Callouts.status("ProtocolUnbindAdapterEx of " + edge, () -> edge.callManager()
                                .unbindAdapter(edge)))
                .thenRunAsync(
                        () -> {
                            edge.removeLeftovers();
                            callManagers.remove(edge);
                            announcing.remove(edge);
                        },
                        options.passive());
    }

    private CompletionStage<Boolean> ended(final String what, final CompletionStage<?> stage) {
        return Stages.within(stage, options.teardownDeadline(), options.timer()).thenApply(inTime -> {
            if (!inTime) {
                LOG.error("{} has not completed within {}; what is left is removed", what, options.teardownDeadline());
            }
            return inTime;
        });
    }

    /** S38, and S40 when the hardware is gone: unbinds clients, then call managers, then halts the backend. */
    CompletionStage<Void> takeDown(final MiniportDriver.HaltAction action) {
        state = AdapterSnapshot.State.HALTING;
        if (action != MiniportDriver.HaltAction.DEVICE_DISABLED) {
            Callouts.run("MiniportDevicePnPEventNotify of " + this, driver::surpriseRemoved);
        }
        return allOf(clients.stream().map(this::unbind))
                .thenComposeAsync(done -> allOf(callManagers.stream().map(this::unbind)), options.passive())
                .handleAsync((done, failure) -> endAtMcm(failure), options.passive())
                .thenCompose(gone -> ended("the end of the VCs at " + this, gone))
                .thenAcceptAsync(ended -> halt(action), options.passive());
    }

    private static CompletionStage<Void> allOf(final Stream<CompletionStage<Void>> stages) {
        return CompletableFuture.allOf(
                stages.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }

    /**
     * An MCM has no binding whose end takes its families and its halves' signaling VCs away; so they go here, while the halves can
     * still be told (R219).
     */
    private CompletionStage<Void> endAtMcm(final Throwable failure) {
        if (failure != null) {
            LOG.error("unbinding from {} failed; it is halted all the same", this, failure);
        }
        return mcm.map(McmEdge::shutDownHalves)
                .orElseGet(() -> NdisResult.success().asStage())
                .thenCompose(done -> {
                    mcm.ifPresent(CallManagerEdge::end);
                    return vcFactory.allGoneBelow();
                });
    }

    private void halt(final MiniportDriver.HaltAction action) {
        Callouts.run("MiniportHaltEx of " + this, () -> driver.halt(action));
        // once more, for the case that the end of the VCs did not come in time
        mcm.ifPresent(CallManagerEdge::end);
        state = AdapterSnapshot.State.HALTED;
    }

    /** For the edges of drivers that go while the adapter stays. */
    Stream<ClientEdge> clientEdges() {
        return clients.stream();
    }

    Stream<StandAloneEdge> callManagerEdges() {
        return callManagers.stream();
    }

    // --- address families ---

    /** False when the family has a call manager on this adapter (R22). */
    boolean advertise(final Advertisement advertisement) {
        synchronized (advertisements) {
            if (advertisement(advertisement.addressFamily()).isPresent()) {
                return false;
            }
            advertisements.add(advertisement);
        }
        if (announcing.contains(advertisement.owner())) {
            serially.accept(() -> clients.forEach(client -> announce(client, advertisement)));
        }
        return true;
    }

    Optional<Advertisement> advertisement(final AddressFamily addressFamily) {
        return advertisements.stream()
                .filter(advertisement -> advertisement.addressFamily().sameFamily(addressFamily))
                .findFirst();
    }

    /** R26: a family is there for clients when the bind, or the initialize, of its call manager has returned. */
    Optional<Advertisement> announced(final AddressFamily addressFamily) {
        return advertisement(addressFamily).filter(advertisement -> announcing.contains(advertisement.owner()));
    }

    List<Advertisement> advertisements(final CallManagerEdge owner) {
        return advertisements.stream()
                .filter(advertisement -> advertisement.owner() == owner)
                .toList();
    }

    void withdraw(final CallManagerEdge owner) {
        final List<Advertisement> withdrawn = advertisements(owner);
        advertisements.removeAll(withdrawn);
        clients.forEach(client -> client.forget(withdrawn));
    }

    // --- common ---

    AdapterInfo info() {
        return info;
    }

    VcFactory vcFactory() {
        return vcFactory;
    }

    AdapterSnapshot snapshot(final int candidates, final Optional<String> cause) {
        final List<String> bindings = new ArrayList<>();
        clients.forEach(edge -> bindings.add(edge.name()));
        callManagers.forEach(edge -> bindings.add(edge.name()));
        return new AdapterSnapshot(
                info.name(),
                state,
                generation,
                candidates,
                cause,
                advertisements.stream().map(Advertisement::addressFamily).toList(),
                bindings,
                vcFactory.circuits().stream()
                        .map(VirtualCircuit::snapshot)
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList());
    }

    @Override
    public AdapterInfo adapter() {
        return info;
    }

    @Override
    public void removeMiniport(final String cause) {
        Objects.requireNonNull(cause, "cause");
        if (state == AdapterSnapshot.State.HALTED) {
            LOG.warn("H.3: {} is halted already; that its backend is gone ({}) is no news", this, cause);
            return;
        }
        removalRequest.accept(this, cause);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        Objects.requireNonNull(indication, "indication");
    }

    @Override
    public void resetMiniport(final String cause) {
        Objects.requireNonNull(cause, "cause");
    }

    @Override
    public String toString() {
        return "adapter '" + info.name() + "' (generation " + generation + ")";
    }
}
