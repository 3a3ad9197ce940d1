// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.AdapterTable.Event;
import dev.condis.core.state.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A logical adapter while drivers are bound to it: their bindings, the address families, the VCs, and the backend that carries them, which
 * may be replaced by another one, or by none for a while. Its lifecycle methods are called one at a time, on threads that may block.
 */
final class Adapter implements Below {
    private static final Logger LOG = LoggerFactory.getLogger(Adapter.class);
    private static final CompletionStage<Void> DONE = CompletableFuture.completedStage(null);

    private final String name;
    private final Consumer<Runnable> serially;
    private final EngineOptions options;
    private final VcFactory vcFactory;
    private final List<Advertisement> advertisements = new CopyOnWriteArrayList<>();
    private final List<ClientEdge> clients = new CopyOnWriteArrayList<>();
    private final List<StandAloneEdge> callManagers = new CopyOnWriteArrayList<>();
    private final Set<CallManagerEdge> announcing = ConcurrentHashMap.newKeySet();
    private final RequestGate beginnings;
    private final RequestGate endings;
    private volatile Backend backend;
    private volatile boolean parked;

    /** It was not paused when it was parked. */
    private volatile boolean runsWhenBack;

    private volatile Optional<String> pausedCause = Optional.empty();

    /**
     * An adapter that nothing is bound to yet.
     *
     * @param name name of the logical adapter
     * @param serially runs what must not come between other things that happen to the adapter
     * @param vcNumbers numbers the VCs
     * @param holdLimit how many NBLs of a VC may wait for a backend
     * @param options clock, threads, deadlines
     */
    Adapter(
            final String name,
            final Consumer<Runnable> serially,
            final AtomicLong vcNumbers,
            final LongSupplier holdLimit,
            final EngineOptions options) {
        this.name = name;
        this.serially = serially;
        this.options = options;
        beginnings = new RequestGate(options.passive());
        endings = new RequestGate(options.passive());
        vcFactory = new VcFactory(name, this::carrier, vcNumbers, holdLimit, options);
    }

    // --- start ---

    /** The adapter is carried by this backend from here on. */
    void carriedBy(final Backend next) {
        backend = next;
        parked = false;
        pausedCause = Optional.empty();
    }

    /** No backend carries the adapter for a while. */
    void parked(final String cause) {
        runsWhenBack = restartsNext();
        parked = true;
        pausedCause = Optional.of(cause);
    }

    /** Whether the adapter is, or was last, carried by this backend. */
    boolean isAt(final Backend candidate) {
        return backend == candidate;
    }

    boolean isParked() {
        return parked;
    }

    Backend backend() {
        return backend;
    }

    private Optional<Backend> carrier() {
        return parked ? Optional.empty() : Optional.of(backend);
    }

    private AdapterMachine machine() {
        return backend.machine();
    }

    private boolean isRunning() {
        return !parked && machine().isRunning();
    }

    // --- another backend ---

    String name() {
        return name;
    }

    /** Every VC that may have something at a backend. */
    List<VirtualCircuit> circuitsBelow() {
        return vcFactory.below();
    }

    CompletionStage<Void> allGoneBelow() {
        return vcFactory.allGoneBelow();
    }

    /** Whether the next backend is to be restarted too. */
    boolean restartsNext() {
        return parked ? runsWhenBack : machine().isRunning();
    }

    /** Sets at a backend what protocols had set, at this one or at the one before it. */
    CompletionStage<Void> restoreSettingsAt(final Backend target) {
        return target == backend
                ? Patience.all(requests().map(MiniportRequests::restore))
                : Patience.all(requests().map(requests -> requests.restoreAt(target.driver())));
    }

    /** Tells whether a VC waits for a backend. */
    boolean hasParked() {
        return circuitsBelow().stream().anyMatch(circuit -> !circuit.current().isSomewhere() && !circuit.isOver());
    }

    /** Ends every VC that no backend has taken (S5). */
    void expireParked() {
        circuitsBelow().stream()
                .filter(circuit -> !circuit.current().isSomewhere())
                .forEach(circuit -> circuit.expire(NdisStatus.ADAPTER_REMOVED));
    }

    // --- what carries the bindings ---

    @Override
    public NdisStatus sendStatus() {
        return parked ? NdisStatus.SUCCESS : machine().sendStatus();
    }

    @Override
    public boolean receivesPass() {
        // while it is being parked, what the backend has still received goes up
        return parked || machine().receivesPass();
    }

    @Override
    public Optional<OidResult> refusesOid() {
        return parked
                ? Optional.of(OidResult.refused(
                        NdisStatus.NOT_ACCEPTED,
                        new Refusal(
                                "B.1", toString(), "parked", "no backend carries the adapter now", Optional.empty())))
                : machine().refusesOid();
    }

    @Override
    public MiniportDriver driver() {
        return backend.driver();
    }

    /** {@code ProtocolBindAdapterEx} of a call manager. Its address families are announced when its binding runs (R26, S2). */
    CompletionStage<Void> bind(final StandAloneEdge edge) {
        edge.binding().opening();
        final NdisStatus status =
                Callouts.statusNow(new Callout("ProtocolBindAdapterEx", edge), () -> edge.callManager()
                        .bindAdapter(edge));
        if (!status.isSuccess()) {
            LOG.info("{} declines with {}", edge, status);
            edge.end();
            edge.binding().declined();
            return DONE;
        }
        edge.binding().opened();
        callManagers.add(edge);
        return isRunning() ? restart(edge).thenRunAsync(this::announce, options.passive()) : DONE;
    }

    /** {@code ProtocolBindAdapterEx} of a client, which is told of every address family when its binding runs (R27, S2). */
    CompletionStage<Void> bind(final ClientEdge edge) {
        edge.binding().opening();
        final NdisStatus status = Callouts.statusNow(
                new Callout("ProtocolBindAdapterEx", edge), () -> edge.client().bindAdapter(edge));
        if (!status.isSuccess()) {
            LOG.info("{} declines with {}", edge, status);
            edge.beginClosing();
            edge.removeLeftovers();
            edge.binding().declined();
            return DONE;
        }
        edge.binding().opened();
        clients.add(edge);
        return isRunning() ? edge.binding().restart().thenRunAsync(this::announce, options.passive()) : DONE;
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
        Callouts.run(new Callout("ProtocolCoAfRegisterNotify", client), () -> client.client()
                .afRegisterNotify(client, advertisement.addressFamily()));
    }

    // --- pause and restart ---

    /**
     * Restarts the miniport, then the call managers' bindings, then the clients' (S2, S39), then announces the families of which the
     * clients have not heard.
     */
    CompletionStage<NdisResult<Void>> restart() {
        if (parked) {
            return noBackend().asStage();
        }
        final StateTable.Row<State, Event, AdapterTable.Facts> row = machine().fire(Event.RESTART);
        if (!row.accepts()) {
            return machine().<Void>refused(row).asStage();
        }
        return backend.restart().thenComposeAsync(this::restarted, options.passive());
    }

    /** The backend that has taken over has not been restarted. */
    void staysPaused(final NdisStatus answer) {
        pausedCause = Optional.of("restart answered " + answer);
        LOG.error("{} stays paused: restart answered {}", this, answer);
    }

    private NdisResult<Void> noBackend() {
        return NdisResult.refused(
                NdisStatus.NOT_ACCEPTED,
                new Refusal("B.1", toString(), "parked", "no backend carries the adapter now", Optional.empty()));
    }

    private CompletionStage<NdisResult<Void>> restarted(final NdisStatus status) {
        if (!status.isSuccess()) {
            staysPaused(status);
            return NdisResult.<Void>failure(status).asStage();
        }
        pausedCause = Optional.empty();
        updateGates();
        backend.mcm().ifPresent(announcing::add);
        return restartBindings().thenApply(done -> NdisResult.success());
    }

    private CompletionStage<Void> restartBindings() {
        return Patience.all(callManagers.stream().map(this::restart))
                .thenComposeAsync(
                        done -> Patience.all(
                                clients.stream().map(client -> client.binding().restart())),
                        options.passive())
                .thenRunAsync(this::announce, options.passive());
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
        if (parked) {
            return noBackend().asStage();
        }
        final StateTable.Row<State, Event, AdapterTable.Facts> row = machine().decide(Event.PAUSE);
        if (!row.accepts()) {
            return machine().<Void>refused(row).asStage();
        }
        return Patience.all(clients.stream().map(client -> client.binding().pause()))
                .thenComposeAsync(
                        done -> Patience.all(callManagers.stream()
                                .map(callManager -> callManager.binding().pause())),
                        options.passive())
                .thenComposeAsync(
                        done -> Patience.teardown(
                                new Callout("the reset", this), backend.resets().over(), options),
                        options.passive())
                .thenComposeAsync(over -> pauseMiniport(), options.passive())
                .thenApply(done -> NdisResult.success());
    }

    /** {@code MiniportPause}: completes when everything is back, or at the deadline. */
    private CompletionStage<Void> pauseMiniport() {
        if (parked || !machine().fire(Event.PAUSE).accepts()) {
            return DONE;
        }
        updateGates();
        final CompletionStage<Void> quiet = backend.pause()
                .thenCompose(
                        done -> Patience.all(Stream.concat(vcFactory.circuits().stream(), vcFactory.strays().stream())
                                .map(DataPath::whenQuiet)));
        return Patience.teardown(new Callout("MiniportPause", this), quiet, options)
                .thenAccept(inTime -> machine().fire(Event.PAUSE_COMPLETED));
    }

    // --- reset, statuses, requests ---

    CompletionStage<NdisResult<Void>> reset(final String cause) {
        return parked ? noBackend().asStage() : backend.resets().reset(cause);
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
                backend.mcm().stream().flatMap(McmEdge::halves).map(IntegratedBinding::requests));
    }

    void abortRequests(final NdisStatus status, final String rule, final String explanation) {
        requests().forEach(requests -> requests.abortAll(status, rule, explanation));
    }

    /** OID requests that are under way now. */
    List<OidExchange> openRequests() {
        return requests().flatMap(MiniportRequests::open).toList();
    }

    /** {@code NdisCancelSendNetBufferLists} (S28). */
    void cancelSend(final long cancelId) {
        if (parked || machine().isHalted()) {
            return;
        }
        Callouts.run(
                new Callout("MiniportCancelSend", this), () -> backend.driver().cancelSend(cancelId));
        backend.mcm().stream().flatMap(McmEdge::halves).forEach(half -> half.cancelSend(cancelId));
    }

    /** What a driver's binding to this adapter is made of. */
    Binding binding(final String name, final Binding.Protocol protocol) {
        return new Binding(name, protocol, this, options);
    }

    /** What a call manager half asks the miniport half below it. */
    MiniportRequests requests(final CoMiniport half, final Listener requester) {
        return new MiniportRequests(() -> half, requester, this::refusesOid, options);
    }

    // --- end ---

    /** S36: the binding is paused (R216), then the client is unbound. */
    CompletionStage<Void> unbind(final ClientEdge edge) {
        if (!clients.contains(edge)) {
            return DONE;
        }
        edge.beginClosing();
        final Callout what = new Callout("ProtocolUnbindAdapterEx", edge);
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
        final Callout what = new Callout("ProtocolUnbindAdapterEx", edge);
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
        machine().leave();
        if (parked) {
            return takeDownWithout();
        }
        if (action != MiniportDriver.HaltAction.DEVICE_DISABLED) {
            hardwareGone();
        }
        if (action == MiniportDriver.HaltAction.DEVICE_FAILED) {
            // what has failed is not waited for until it completes its sends by itself (R221), for everybody would wait
            Reclaim.ofLast(backend, vcFactory.withSendsBelow().toList(), options.teardownDeadline(), options)
                    .run();
        }
        return Patience.all(clients.stream().map(this::unbind))
                .thenComposeAsync(done -> Patience.all(callManagers.stream().map(this::unbind)), options.passive())
                .handleAsync((done, failure) -> endAtMcm(failure), options.passive())
                .thenCompose(gone -> Patience.teardown("the end of the VCs at " + this, gone, options))
                .thenComposeAsync(
                        ended -> Patience.teardown(
                                new Callout("the reset", this), backend.resets().over(), options),
                        options.passive())
                .thenComposeAsync(over -> pauseMiniport(), options.passive())
                .thenRunAsync(() -> halt(action), options.passive());
    }

    /** No backend has come in time: everybody hears of it as when the adapter goes. */
    private CompletionStage<Void> takeDownWithout() {
        circuitsBelow().forEach(VirtualCircuit::abandonActivation);
        return Patience.all(clients.stream().map(this::unbind))
                .thenComposeAsync(done -> Patience.all(callManagers.stream().map(this::unbind)), options.passive());
    }

    /** R221. */
    private void hardwareGone() {
        backend.surpriseRemoved(this::updateGates);
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
        final Optional<McmEdge> mcm = backend.mcm();
        return mcm.map(McmEdge::shutDownHalves)
                .orElseGet(() -> NdisResult.success().asStage())
                .thenCompose(done -> {
                    mcm.ifPresent(CallManagerEdge::end);
                    return vcFactory.allGoneBelow();
                });
    }

    private void halt(final MiniportDriver.HaltAction action) {
        // first, so that whoever asks again when its request is aborted is refused
        backend.beginHalt();
        abortRequests(NdisStatus.REQUEST_ABORTED, "R219", "the adapter is being halted");
        backend.halt(action);
        // once more, for the case that the end of the VCs did not come in time
        backend.mcm().ifPresent(CallManagerEdge::end);
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

    /** What one MCM offers another one offers in its place: clients do not hear of it. */
    void advertiseInstead(final McmEdge before, final McmEdge next) {
        synchronized (advertisements) {
            final List<Advertisement> withdrawn = advertisements(before);
            final List<Advertisement> prepared = next.prepared();
            if (announcing.remove(before)) {
                announcing.add(next);
                clients.forEach(client -> client.knows(withdrawn, prepared));
            }
            advertisements.removeAll(withdrawn);
            advertisements.addAll(prepared);
        }
    }

    void withdraw(final CallManagerEdge owner) {
        final List<Advertisement> withdrawn = advertisements(owner);
        advertisements.removeAll(withdrawn);
        clients.forEach(client -> client.forget(withdrawn));
    }

    // --- common ---

    /** What clients ask of call managers passes here, unless it is to end something. */
    RequestGate beginnings() {
        return beginnings;
    }

    /** What clients ask of call managers in order to end something passes here. */
    RequestGate endings() {
        return endings;
    }

    /** What is known of the adapter, as the backend that carries it, or did last, says. */
    AdapterInfo info() {
        return backend.info();
    }

    VcFactory vcFactory() {
        return vcFactory;
    }

    AdapterSnapshot snapshot(final int candidates) {
        final List<String> bindings = new ArrayList<>();
        clients.forEach(edge -> bindings.add(edge.name()));
        callManagers.forEach(edge -> bindings.add(edge.name()));
        return new AdapterSnapshot(
                name,
                parked ? State.PAUSED : machine().shown(),
                backend.generation(),
                candidates,
                pausedCause,
                advertisements.stream().map(Advertisement::addressFamily).toList(),
                bindings,
                vcFactory.circuits().stream()
                        .map(VirtualCircuit::snapshot)
                        .sorted((a, b) -> a.name().compareTo(b.name()))
                        .toList());
    }

    /** {@code NdisMCoIndicateStatusEx} about the adapter. One that does not carry it yet has nothing to say to those who are bound. */
    void indicate(final Backend from, final StatusIndication indication) {
        if (from != backend || parked) {
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
    public String toString() {
        return backend.toString();
    }
}
