// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.AdapterTable.Event;
import dev.condis.core.state.StateTable;
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
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

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
    private final AdapterMachine machine;
    private final AdapterReset resets;
    private volatile Optional<String> pausedCause = Optional.empty();

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
        machine = new AdapterMachine(toString(), options.clock());
        resets = new AdapterReset(this, machine, driver, options);
        mcm = driver instanceof MiniportCallManager ? Optional.of(new McmEdge(this)) : Optional.empty();
    }

    // --- start ---

    /** {@code MiniportInitializeEx}. The adapter is paused then. */
    NdisStatus initialize() {
        machine.fire(Event.INITIALIZE);
        final NdisStatus status = Callouts.statusNow("MiniportInitializeEx of " + this, this::callInitialize);
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

    /** {@code ProtocolBindAdapterEx} of a call manager. Its address families are announced when its binding runs (R26, S2). */
    CompletionStage<Void> bind(final StandAloneEdge edge) {
        edge.binding().opening();
        final NdisStatus status = Callouts.statusNow(
                "ProtocolBindAdapterEx of " + edge, () -> edge.callManager().bindAdapter(edge));
        if (!status.isSuccess()) {
            LOG.info("{} declines with {}", edge, status);
            edge.end();
            edge.binding().declined();
            return DONE;
        }
        edge.binding().opened();
        callManagers.add(edge);
        return machine.isRunning() ? restart(edge).thenRunAsync(this::announce, options.passive()) : DONE;
    }

    /** {@code ProtocolBindAdapterEx} of a client, which is told of every address family when its binding runs (R27, S2). */
    CompletionStage<Void> bind(final ClientEdge edge) {
        edge.binding().opening();
        final NdisStatus status = Callouts.statusNow(
                "ProtocolBindAdapterEx of " + edge, () -> edge.client().bindAdapter(edge));
        if (!status.isSuccess()) {
            LOG.info("{} declines with {}", edge, status);
            edge.beginClosing();
            edge.removeLeftovers();
            edge.binding().declined();
            return DONE;
        }
        edge.binding().opened();
        clients.add(edge);
        return machine.isRunning() ? edge.binding().restart().thenRunAsync(this::announce, options.passive()) : DONE;
    }

    /** Tells each client that can make calls of each family that can be called. */
    private void announce() {
        for (final ClientEdge client : clients) {
            if (client.binding().isRunning()) {
                advertisements.stream()
                        .filter(advertisement -> announcing.contains(advertisement.owner()))
                        .forEach(advertisement -> announce(client, advertisement));
            }
        }
    }

    private static void announce(final ClientEdge client, final Advertisement advertisement) {
        if (client.isClosing() || !client.isNews(advertisement)) {
            return;
        }
        Callouts.run("ProtocolCoAfRegisterNotify of " + client, () -> client.client()
                .afRegisterNotify(client, advertisement.addressFamily()));
    }

    // --- pause and restart ---

    /**
     * Restarts the miniport, then the call managers' bindings, then the clients' (S2, S39), then announces the families of which the
     * clients have not heard.
     */
    CompletionStage<NdisResult<Void>> restart() {
        final StateTable.Row<State, Event, AdapterTable.Facts> row = machine.fire(Event.RESTART);
        if (!row.accepts()) {
            return machine.<Void>refused(row).asStage();
        }
        return Patience.restart("MiniportRestart of " + this, driver::restart, options)
                .thenComposeAsync(this::restarted, options.passive());
    }

    private CompletionStage<NdisResult<Void>> restarted(final NdisStatus status) {
        if (!status.isSuccess()) {
            machine.fire(Event.RESTART_FAILED);
            pausedCause = Optional.of("restart answered " + status);
            LOG.error("{} stays paused: restart answered {}", this, status);
            return NdisResult.<Void>failure(status).asStage();
        }
        machine.fire(Event.RESTART_SUCCEEDED);
        pausedCause = Optional.empty();
        updateGates();
        mcm.ifPresent(announcing::add);
        return Patience.all(callManagers.stream().map(this::restart))
                .thenComposeAsync(
                        done -> Patience.all(
                                clients.stream().map(client -> client.binding().restart())),
                        options.passive())
                .thenRunAsync(this::announce, options.passive())
                .thenApply(done -> NdisResult.success());
    }

    private CompletionStage<Void> restart(final StandAloneEdge edge) {
        return edge.binding().restart().thenAccept(running -> {
            if (running) {
                announcing.add(edge);
            }
        });
    }

    /** Pauses the clients' bindings, then the call managers', then the miniport (S39). VCs and calls stay (R223). */
    CompletionStage<NdisResult<Void>> pause() {
        final StateTable.Row<State, Event, AdapterTable.Facts> row = machine.decide(Event.PAUSE);
        if (!row.accepts()) {
            return machine.<Void>refused(row).asStage();
        }
        return Patience.all(clients.stream().map(client -> client.binding().pause()))
                .thenComposeAsync(
                        done -> Patience.all(callManagers.stream()
                                .map(callManager -> callManager.binding().pause())),
                        options.passive())
                .thenComposeAsync(
                        done -> Patience.teardown("the reset of " + this, resets.over(), options), options.passive())
                .thenComposeAsync(over -> pauseMiniport(), options.passive())
                .thenApply(done -> NdisResult.success());
    }

    /** {@code MiniportPause}: completes when everything is back, or at the deadline. */
    private CompletionStage<Void> pauseMiniport() {
        if (!machine.fire(Event.PAUSE).accepts()) {
            return DONE;
        }
        updateGates();
        final String what = "MiniportPause of " + this;
        final CompletionStage<Void> quiet = Callouts.status(what, driver::pause).thenCompose(status -> {
            if (!status.isSuccess()) {
                LOG.error("B.1: {} answered {}; a pause cannot be refused", what, status);
            }
            return Patience.all(Stream.concat(vcFactory.circuits().stream(), vcFactory.strays().stream())
                    .map(DataPath::whenQuiet));
        });
        return Patience.teardown(what, quiet, options).thenAccept(inTime -> machine.fire(Event.PAUSE_COMPLETED));
    }

    // --- reset, statuses, requests ---

    CompletionStage<NdisResult<Void>> reset(final String cause) {
        return resets.reset(cause);
    }

    /** Lets every VC set its gates anew. */
    void updateGates() {
        vcFactory.circuits().forEach(VirtualCircuit::refreshGates);
    }

    private Stream<Binding> bindings() {
        return Stream.concat(
                clients.stream().map(ClientEdge::binding), callManagers.stream().map(StandAloneEdge::binding));
    }

    /** The core itself has something to say. */
    void tellAll(final StatusIndication indication) {
        bindings().forEach(binding -> binding.tell(indication));
    }

    private Stream<MiniportRequests> requests() {
        return Stream.concat(
                bindings().map(Binding::requests),
                mcm.stream().flatMap(McmEdge::halves).map(IntegratedBinding::requests));
    }

    void abortRequests(final NdisStatus status, final String rule, final String explanation) {
        requests().forEach(requests -> requests.abortAll(status, rule, explanation));
    }

    /** Sets again what protocols had set at the miniport. */
    CompletionStage<Void> restoreSettings() {
        return Patience.all(requests().map(MiniportRequests::restore));
    }

    /** {@code NdisCancelSendNetBufferLists} (S28). */
    void cancelSend(final long cancelId) {
        if (machine.isHalted()) {
            return;
        }
        Callouts.run("MiniportCancelSend of " + this, () -> driver.cancelSend(cancelId));
        mcm.stream().flatMap(McmEdge::halves).forEach(half -> half.cancelSend(cancelId));
    }

    /** What a driver's binding to this adapter is made of. */
    Binding binding(final String name, final Binding.Protocol protocol) {
        return new Binding(name, protocol, machine, driver, options);
    }

    /** What a call manager half asks the miniport half below it. */
    MiniportRequests requests(final CoMiniport half, final Listener requester) {
        return new MiniportRequests(half, requester, machine::refusesOid, options);
    }

    // --- end ---

    /** S36: the binding is paused (R216), then the client is unbound. */
    CompletionStage<Void> unbind(final ClientEdge edge) {
        if (!clients.contains(edge)) {
            return DONE;
        }
        edge.beginClosing();
        final String what = "ProtocolUnbindAdapterEx of " + edge;
        return edge.binding()
                .pause()
                .thenComposeAsync(
                        paused -> {
                            edge.binding().closing();
                            return Patience.teardown(
                                    what,
                                    Callouts.status(what, () -> edge.client().unbindAdapter(edge)),
                                    options);
                        },
                        options.passive())
                .thenRunAsync(
                        () -> {
                            edge.removeLeftovers();
                            edge.binding().closed();
                            clients.remove(edge);
                        },
                        options.passive());
    }

    /** S37: the clients close (S5) while the call manager can still signal (C24), then its binding is paused (R216), then it is unbound. */
    CompletionStage<Void> unbind(final StandAloneEdge edge) {
        if (!callManagers.contains(edge)) {
            return DONE;
        }
        edge.beginClosing();
        final String what = "ProtocolUnbindAdapterEx of " + edge;
        return Patience.teardown("the end of the calls at " + edge, edge.closeInstances(), options)
                .thenComposeAsync(closed -> edge.binding().pause(), options.passive())
                .thenComposeAsync(
                        paused -> {
                            edge.binding().closing();
                            return Patience.teardown(
                                    what,
                                    Callouts.status(
                                            what, () -> edge.callManager().unbindAdapter(edge)),
                                    options);
                        },
                        options.passive())
                .thenRunAsync(
                        () -> {
                            edge.removeLeftovers();
                            edge.binding().closed();
                            callManagers.remove(edge);
                            announcing.remove(edge);
                        },
                        options.passive());
    }

    /** S38, and S40 when the hardware is gone: unbinds clients, then call managers, then pauses and halts the backend. */
    CompletionStage<Void> takeDown(final MiniportDriver.HaltAction action) {
        machine.leave();
        if (action != MiniportDriver.HaltAction.DEVICE_DISABLED) {
            hardwareGone();
        }
        return Patience.all(clients.stream().map(this::unbind))
                .thenComposeAsync(done -> Patience.all(callManagers.stream().map(this::unbind)), options.passive())
                .handleAsync((done, failure) -> endAtMcm(failure), options.passive())
                .thenCompose(gone -> Patience.teardown("the end of the VCs at " + this, gone, options))
                .thenComposeAsync(
                        ended -> Patience.teardown("the reset of " + this, resets.over(), options), options.passive())
                .thenComposeAsync(over -> pauseMiniport(), options.passive())
                .thenRunAsync(() -> halt(action), options.passive());
    }

    /** R221. */
    private void hardwareGone() {
        machine.remove();
        updateGates();
        Callouts.run("MiniportDevicePnPEventNotify of " + this, driver::surpriseRemoved);
        abortRequests(NdisStatus.NOT_ACCEPTED, "R221", "the hardware is gone");
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
        // first, so that whoever asks again when its request is aborted is refused
        machine.fire(Event.HALT);
        abortRequests(NdisStatus.REQUEST_ABORTED, "R219", "the adapter is being halted");
        Callouts.run("MiniportHaltEx of " + this, () -> driver.halt(action));
        // once more, for the case that the end of the VCs did not come in time
        mcm.ifPresent(CallManagerEdge::end);
        machine.fire(Event.HALT_COMPLETED);
        for (final VirtualCircuit stray : vcFactory.strays()) {
            LOG.error(
                    "R220: {} is halted, and on {} {} sends were not completed and {} indicated NBLs not returned",
                    this,
                    stray,
                    stray.sends.inside(),
                    stray.receives.inside());
        }
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
            serially.accept(this::announce);
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

    AdapterSnapshot snapshot(final int candidates) {
        final List<String> bindings = new ArrayList<>();
        clients.forEach(edge -> bindings.add(edge.name()));
        callManagers.forEach(edge -> bindings.add(edge.name()));
        return new AdapterSnapshot(
                info.name(),
                machine.shown(),
                generation,
                candidates,
                pausedCause,
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
        if (machine.isHalted()) {
            LOG.warn("H.3: {} is halted already; that its backend is gone ({}) is no news", this, cause);
            return;
        }
        removalRequest.accept(this, cause);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        Objects.requireNonNull(indication, "indication");
        final StateTable.Row<State, Event, AdapterTable.Facts> row = machine.decide(Event.INDICATE_STATUS);
        if (!row.accepts()) {
            LOG.error("{}: {} is indicated for {}; {}", row.rule(), indication.code(), this, row.explanation());
            return;
        }
        StatusIndications.indicate(
                toString(),
                indication,
                bindings()
                        .map(binding ->
                                new StatusIndications.Hearer(binding.listener(), () -> binding.hear(indication)))
                        .toList());
    }

    @Override
    public void resetMiniport(final String cause) {
        Objects.requireNonNull(cause, "cause");
        if (machine.isHalted()) {
            LOG.warn("H.3: {} is halted; there is nothing to reset ({})", this, cause);
            return;
        }
        options.passive().execute(() -> reset(cause).thenAccept(result -> {
            if (!result.isSuccess()) {
                LOG.error("{} asked to be reset ({}); it ended with {}", this, cause, result);
            }
        }));
    }

    @Override
    public String toString() {
        return "adapter '" + info.name() + "' (generation " + generation + ")";
    }
}
