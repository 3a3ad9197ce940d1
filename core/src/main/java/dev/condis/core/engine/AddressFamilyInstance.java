// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.core.state.AfTable;
import dev.condis.core.state.AfTable.Event;
import dev.condis.core.state.StateTable;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's open address family: the parent of its SAPs and VCs. */
final class AddressFamilyInstance {
    private static final Logger LOG = LoggerFactory.getLogger(AddressFamilyInstance.class);

    private final Object lock = new Object();
    private final Lane clientLane = new Lane();
    private final Lane callManagerLane = new Lane();
    private final Lane passiveLane = new Lane();
    private final ClientEdge client;
    private volatile Advertisement advertisement;
    private final ClientAfContext context;
    private final EngineOptions options;
    private final Machine<AfState, Event, AfTable.Facts> machine;
    private final Set<ClientCircuit> vcs = ConcurrentHashMap.newKeySet();
    private final AtomicInteger clientVcs = new AtomicInteger();
    private final AtomicInteger callManagerVcs = new AtomicInteger();
    private final Set<SapRegistration> saps = ConcurrentHashMap.newKeySet();
    private final CompletableFuture<NdisResult<Void>> gone = new CompletableFuture<>();
    private final ClientView clientView = new ClientView();
    private final CallManagerView callManagerView = new CallManagerView();
    private final PeerRequests requests;

    private final Pending<ClientAf> opening = new Pending<>();
    private Optional<CmAfContext> callManager = Optional.empty();
    private Optional<Pending<Void>> notifying = Optional.empty();
    private Optional<Pending<Void>> closing = Optional.empty();
    private boolean closedByCallManager;

    AddressFamilyInstance(
            final ClientEdge client,
            final Advertisement advertisement,
            final ClientAfContext context,
            final EngineOptions options) {
        this.client = client;
        this.advertisement = advertisement;
        this.context = context;
        this.options = options;
        machine = new Machine<>(AfTable.TABLE, options.clock());
        requests = new PeerRequests(this, clientLane, callManagerLane, options);
    }

    // --- opening ---

    /** {@code NdisClOpenAddressFamilyEx}. */
    CompletionStage<NdisResult<ClientAf>> open() {
        synchronized (lock) {
            machine.fire(Event.OPEN_AF, facts());
        }
        client.added(this);
        advertisement.added(this);
        if (client.isClosing() || advertisement.owner().isClosing()) {
            // an unbind that began meanwhile may have looked for leftovers already
            remove(NdisStatus.FAILURE, false);
            return opening.returned();
        }
        final Callout what = new Callout("ProtocolCmOpenAf", this);
        Callouts.then(
                what, Callouts.result(what, () -> advertisement.callbacks().openAf(callManagerView)), this::opened);
        return opening.returned(what, options, failure -> opened(failure.map(open -> callManager())));
    }

    private void opened(final NdisResult<CmAfContext> result) {
        final boolean failed;
        synchronized (lock) {
            final Event event = result.isSuccess() ? Event.OPEN_SUCCEEDED : Event.OPEN_FAILED;
            final boolean accepted = machine.fire(event, facts()).accepts();
            failed = !accepted || !result.isSuccess();
            callManager = failed ? Optional.empty() : result.value();
            opening.settle(
                    accepted ? result.map(opened -> clientView) : NdisResult.failure(NdisStatus.FAILURE), passiveLane);
        }
        if (failed) {
            result.value().ifPresent(this::closeAgain);
            leave();
        }
        // C14: a completion that comes later reaches the client at PASSIVE, whatever the call manager's thread
        drainPassiveLane();
    }

    private void drainPassiveLane() {
        if (passiveLane.hasWork()) {
            options.passive().execute(passiveLane::drain);
        }
    }

    /** The call manager opened it for a client that is gone. */
    private void closeAgain(final CmAfContext opened) {
        Callouts.status(new Callout("ProtocolCmCloseAf", this), opened::closeAf);
    }

    // --- another call manager ---

    /** Nothing is under way that a call manager has to answer. */
    boolean isSettled() {
        synchronized (lock) {
            return machine.state() == AfState.OPEN
                    && notifying.isEmpty()
                    && requests.isSettled()
                    && saps.stream().allMatch(SapRegistration::isSettled);
        }
    }

    Stream<SapRegistration> saps() {
        return saps.stream();
    }

    /** Another call manager has the address family from here on. */
    void adoptedBy(final Advertisement successor, final CmAfContext adopted) {
        final Advertisement before = advertisement;
        synchronized (lock) {
            callManager = Optional.of(adopted);
            advertisement = successor;
        }
        successor.added(this);
        before.removed(this);
    }

    RequestGate beginnings() {
        return client.beginnings();
    }

    RequestGate endings() {
        return client.endings();
    }

    // --- SAPs ---

    private CompletionStage<NdisResult<ClientSap>> registerSap(final Sap sap, final ClientSapContext sapContext) {
        return beginnings().pass(() -> registerSapNow(sap, sapContext));
    }

    private CompletionStage<NdisResult<ClientSap>> registerSapNow(final Sap sap, final ClientSapContext sapContext) {
        final SapRegistration registration = new SapRegistration(this, sap, sapContext, options);
        synchronized (lock) {
            final StateTable.Row<AfState, Event, AfTable.Facts> row = machine.decide(Event.USE, facts());
            if (!row.accepts()) {
                return machine.<ClientSap>refused(row, this).asStage();
            }
            saps.add(registration);
        }
        return registration.register();
    }

    Optional<NdisResult<Void>> refusesDeregisterSap() {
        synchronized (lock) {
            final StateTable.Row<AfState, Event, AfTable.Facts> row = machine.decide(Event.DEREGISTER_SAP, facts());
            return row.accepts() ? Optional.empty() : Optional.of(machine.refused(row, this));
        }
    }

    void sapGone(final SapRegistration sap) {
        saps.remove(sap);
    }

    Optional<SapRegistration> usableSap(final CmSap sap) {
        return sap instanceof SapRegistration.CallManagerView view
                        && saps.contains(view.registration())
                        && view.registration().acceptsCalls()
                ? Optional.of(view.registration())
                : Optional.empty();
    }

    // --- VCs ---

    private <T> Optional<NdisResult<T>> refusesVc(final ClientCircuit circuit) {
        synchronized (lock) {
            final StateTable.Row<AfState, Event, AfTable.Facts> row = machine.decide(Event.USE, facts());
            if (!row.accepts()) {
                return Optional.of(machine.refused(row, this));
            }
            vcs.add(circuit);
            countOf(circuit).incrementAndGet();
            return Optional.empty();
        }
    }

    /** It cannot wait: while the calls are being handed over there is nobody to ask. */
    private NdisResult<ClientVc> createVc(final ClientVcContext vcContext) {
        return beginnings().passNow(() -> createVcNow(vcContext)).orElseGet(() -> {
            final Refusal refusal = new Refusal(
                    "B.5",
                    toString(),
                    machine.state().name(),
                    "its calls are being handed over to another MCM",
                    machine.last());
            return NdisResult.refused(NdisStatus.NOT_ACCEPTED, refusal);
        });
    }

    private NdisResult<ClientVc> createVcNow(final ClientVcContext vcContext) {
        final ClientCircuit circuit = factory().forClient(this);
        circuit.attachClient(vcContext);
        final Optional<NdisResult<ClientVc>> refusal = refusesVc(circuit);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return created(circuit, factory().createForClient(circuit, callManager()))
                .map(done -> circuit.clientView());
    }

    private NdisResult<CmVc> createVc(final CmVcContext vcContext) {
        final ClientCircuit circuit = factory().forCallManager(this);
        final Optional<NdisResult<CmVc>> refusal = refusesVc(circuit);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        return created(circuit, factory().createForCallManager(circuit, vcContext, context))
                .map(done -> circuit.callManagerView());
    }

    private NdisResult<ClientCircuit> created(final ClientCircuit circuit, final NdisResult<ClientCircuit> result) {
        if (!result.isSuccess()) {
            circuit.notCreated();
            vcGone(circuit);
            return result;
        }
        if (circuit.created()) {
            return result;
        }
        circuit.undoCreation();
        vcGone(circuit);
        return NdisResult.failure(NdisStatus.CLOSING);
    }

    private AtomicInteger countOf(final ClientCircuit circuit) {
        return circuit.createdByClient() ? clientVcs : callManagerVcs;
    }

    void vcGone(final ClientCircuit circuit) {
        if (vcs.remove(circuit)) {
            countOf(circuit).decrementAndGet();
        }
        factory().gone(circuit);
        synchronized (lock) {
            finishClose();
        }
        drainLanes();
    }

    Set<ClientCircuit> circuits() {
        return vcs;
    }

    // --- closing ---

    /** {@code NdisClCloseAddressFamily}. */
    private CompletionStage<NdisResult<Void>> close() {
        return endings().pass(this::closeNow);
    }

    private CompletionStage<NdisResult<Void>> closeNow() {
        final Pending<Void> pending = new Pending<>();
        synchronized (lock) {
            final StateTable.Row<AfState, Event, AfTable.Facts> row = machine.fire(Event.CLOSE_AF, facts());
            if (!row.accepts()) {
                return machine.<Void>refused(row, this).asStage();
            }
            closing = Optional.of(pending);
            closedByCallManager = false;
            callManagerLane.add(() -> askToClose(pending));
        }
        drainLanes();
        return pending.returned(new Callout("ProtocolCmCloseAf", this), options, failure -> closed(failure, pending));
    }

    private void askToClose(final Pending<Void> pending) {
        final Callout what = new Callout("ProtocolCmCloseAf", this);
        Callouts.then(
                what,
                Callouts.status(what, () -> callManager().closeAf()),
                status -> closed(Stages.outcome(status), pending));
    }

    private void closed(final NdisResult<Void> result, final Pending<Void> ended) {
        synchronized (lock) {
            if (closing.filter(current -> current == ended).isEmpty()) {
                LOG.warn("E2: the call manager has answered the close of {} at last: {}", this, result);
            } else if (result.isSuccess()) {
                closedByCallManager = true;
                finishClose();
            } else if (machine.fire(Event.CLOSE_REFUSED, facts()).accepts()) {
                LOG.warn("R41: the call manager answered {} to the close of {}", result, this);
                ended.settle(result, clientLane);
                closing = Optional.empty();
            }
        }
        drainLanes();
    }

    /** Lock held. The close is over when the call manager is through and has deleted its VCs (C22). */
    private void finishClose() {
        if (!closedByCallManager
                || !machine.fire(Event.CLOSE_SUCCEEDED, facts()).accepts()) {
            return;
        }
        forget();
        closing.ifPresent(pending -> pending.settle(NdisResult.success(), clientLane));
        clientLane.add(this::leave);
    }

    /** The client must not find the address family among those it left open, once it was told that it is closed. */
    private void forget() {
        client.removed(this);
        advertisement.removed(this);
    }

    private void leave() {
        forget();
        requests.end();
        gone.complete(NdisResult.success());
    }

    /** {@code Ndis(M)CmNotifyCloseAddressFamily}. */
    private CompletionStage<NdisResult<Void>> notifyClose() {
        final Pending<Void> pending = new Pending<>();
        synchronized (lock) {
            if (machine.state() == AfState.OPEN && notifying.isPresent()) {
                // it was asked, wanted to close of itself and was refused, and still owes the answer
                return this.<Void>alreadyAsked().asStage();
            }
            final StateTable.Row<AfState, Event, AfTable.Facts> row = machine.fire(Event.NOTIFY_CLOSE, facts());
            if (!row.accepts()) {
                return machine.<Void>refused(row, this).asStage();
            }
            notifying = Optional.of(pending);
            clientLane.add(() -> notifyClient(pending));
        }
        drainLanes();
        return pending.returned(
                new Callout("ProtocolClNotifyCloseAf", this), options, failure -> notified(failure, pending));
    }

    private <T> NdisResult<T> alreadyAsked() {
        return NdisResult.refused(
                NdisStatus.NOT_ACCEPTED,
                new Refusal(
                        "B.4",
                        toString(),
                        machine.state().name(),
                        "the client was asked to close the address family, and has not answered",
                        machine.last()));
    }

    private void notifyClient(final Pending<Void> pending) {
        if (machine.state() == AfState.CLOSED) {
            // it was removed while the notification waited in the lane; the call manager has its answer
            return;
        }
        final Callout what = new Callout("ProtocolClNotifyCloseAf", this);
        Callouts.then(
                what,
                Callouts.status(what, () -> context.notifyCloseAf(clientView)),
                status -> notified(Stages.outcome(status), pending));
    }

    private void notified(final NdisResult<Void> answer, final Pending<Void> pending) {
        synchronized (lock) {
            if (notifying.filter(current -> current == pending).isPresent()) {
                notifying = Optional.empty();
                pending.settle(notifyOutcome(answer), callManagerLane);
            }
        }
        drainLanes();
    }

    /** Lock held. A client that answers success has closed the address family (R47); any other keeps it open. */
    private NdisResult<Void> notifyOutcome(final NdisResult<Void> answer) {
        final boolean open = machine.fire(Event.NOTIFY_REFUSED, facts()).accepts();
        if (answer.isSuccess() && open) {
            LOG.error("R47: {} answers the notification with success and leaves the address family open", this);
            return NdisResult.failure(NdisStatus.FAILURE);
        }
        return answer;
    }

    /** What {@code ProtocolClNotifyCloseAf} asks of a client, in its order (R46, C22). */
    CompletionStage<NdisResult<Void>> closeAll() {
        // the calls come twice: until its SAPs are gone, new ones may come in
        return opening.observed()
                .thenCompose(opened -> endCalls())
                .thenCompose(ended ->
                        Stages.all(saps.stream().map(SapRegistration::shutDown).toList()))
                .thenCompose(ended -> endCalls())
                .thenCompose(ended -> close())
                .thenCompose(this::whenClosed);
    }

    private CompletionStage<NdisResult<Void>> endCalls() {
        return Stages.all(vcs.stream().map(ClientCircuit::shutDown).toList());
    }

    /** A close that was refused because another one is under way, or over, waits for that one. */
    private CompletionStage<NdisResult<Void>> whenClosed(final NdisResult<Void> closeResult) {
        final boolean closing = machine.state() == AfState.CLOSING || machine.state() == AfState.CLOSED;
        return closing && !closeResult.isSuccess() ? gone : closeResult.asStage();
    }

    /** What unbind asks of a call manager for one of its clients (S5): notify, then wait until it is closed. */
    CompletionStage<NdisResult<Void>> closeByCallManager() {
        final Optional<Pending<Void>> earlier;
        synchronized (lock) {
            earlier = notifying;
        }
        return earlier.map(Pending::observed)
                .orElseGet(this::notifyClose)
                .thenCompose(this::goneUnlessRefused)
                .applyToEither(gone, Function.identity());
    }

    private CompletionStage<NdisResult<Void>> goneUnlessRefused(final NdisResult<Void> answer) {
        final boolean underWay =
                answer.isSuccess() || machine.state() == AfState.CLOSING || machine.state() == AfState.CLOSED;
        return underWay ? gone : answer.asStage();
    }

    /**
     * Takes the address family away with all that is in it.
     *
     * @param clientStays the client is not the reason, and hears of the end of its calls
     */
    void remove(final NdisStatus reason, final boolean clientStays) {
        final Optional<CmAfContext> known;
        synchronized (lock) {
            known = machine.state() == AfState.CLOSING ? Optional.empty() : callManager;
            // first, so that nothing is created any more while what is there is removed
            if (!machine.fire(Event.REMOVE, facts()).accepts()) {
                return;
            }
            opening.settle(NdisResult.failure(reason), passiveLane);
            closing.ifPresent(pending -> pending.settle(NdisResult.failure(reason), clientLane));
            notifying.ifPresent(pending -> pending.settle(NdisResult.failure(reason), callManagerLane));
        }
        for (final ClientCircuit circuit : vcs) {
            LOG.warn("{} was left open and is removed", circuit);
            circuit.remove(reason, clientStays);
        }
        for (final SapRegistration sap : saps) {
            LOG.warn("{} was left registered and is removed", sap);
            sap.remove(reason);
        }
        known.ifPresent(this::closeAgain);
        leave();
        drainLanes();
        drainPassiveLane();
    }

    // --- common ---

    private void drainLanes() {
        callManagerLane.drain();
        clientLane.drain();
    }

    private AfTable.Facts facts() {
        return new AfTable.Facts(clientVcs.get() > 0 || !saps.isEmpty(), callManagerVcs.get() > 0);
    }

    boolean isOpen() {
        return machine.state() == AfState.OPEN || machine.state() == AfState.OPEN_NOTIFIED;
    }

    boolean isClosed() {
        return machine.state() == AfState.CLOSED;
    }

    /** Does something while the address family stays usable, or says why it is not. */
    Optional<OidResult> whileUsable(final Runnable action) {
        synchronized (lock) {
            final StateTable.Row<AfState, Event, AfTable.Facts> row = machine.decide(Event.USE, facts());
            if (!row.accepts()) {
                return Optional.of(OidResult.refused(row.status(), machine.refusal(row, this)));
            }
            action.run();
            return Optional.empty();
        }
    }

    boolean isMcm() {
        return advertisement.isMcm();
    }

    VcFactory factory() {
        return advertisement.factory();
    }

    CmAfContext callManager() {
        return callManager.orElseThrow();
    }

    String clientName() {
        return client.name();
    }

    ClientAfContext context() {
        return context;
    }

    ClientEdge client() {
        return client;
    }

    Advertisement advertisement() {
        return advertisement;
    }

    boolean isOf(final ClientEdge edge) {
        return client == edge;
    }

    ClientAf clientView() {
        return clientView;
    }

    CmAf callManagerView() {
        return callManagerView;
    }

    @Override
    public String toString() {
        return advertisement.addressFamily() + " of " + client;
    }

    private final class ClientView implements ClientAf {
        @Override
        public AddressFamily addressFamily() {
            return advertisement.addressFamily();
        }

        @Override
        public ClientBinding binding() {
            return client;
        }

        @Override
        public AfState state() {
            return machine.state();
        }

        @Override
        public CompletionStage<NdisResult<ClientSap>> registerSap(final Sap sap, final ClientSapContext sapContext) {
            return AddressFamilyInstance.this.registerSap(
                    Objects.requireNonNull(sap, "sap"), Objects.requireNonNull(sapContext, "context"));
        }

        @Override
        public NdisResult<ClientVc> createVc(final ClientVcContext vcContext) {
            return AddressFamilyInstance.this.createVc(Objects.requireNonNull(vcContext, "context"));
        }

        @Override
        public CompletionStage<NdisResult<Void>> close() {
            return AddressFamilyInstance.this.close();
        }

        @Override
        public CompletionStage<NdisResult<Void>> closeAll() {
            return AddressFamilyInstance.this.closeAll();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final OidRequest request) {
            return requests.fromClient(Objects.requireNonNull(request, "request"));
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final ClientVc vc, final OidRequest request) {
            return requests.fromClient(Objects.requireNonNull(vc, "vc"), Objects.requireNonNull(request, "request"));
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final ClientParty party, final OidRequest request) {
            return requests.fromClient(
                    Objects.requireNonNull(party, "party"), Objects.requireNonNull(request, "request"));
        }

        @Override
        public String toString() {
            return AddressFamilyInstance.this.toString();
        }
    }

    private final class CallManagerView implements CmAf {
        @Override
        public AddressFamily addressFamily() {
            return advertisement.addressFamily();
        }

        @Override
        public String clientName() {
            return AddressFamilyInstance.this.clientName();
        }

        @Override
        public AfState state() {
            return machine.state();
        }

        @Override
        public NdisResult<CmVc> createVc(final CmVcContext vcContext) {
            return AddressFamilyInstance.this.createVc(Objects.requireNonNull(vcContext, "context"));
        }

        @Override
        public CompletionStage<NdisResult<Void>> notifyCloseAddressFamily() {
            return notifyClose();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final OidRequest request) {
            return requests.fromCallManager(Objects.requireNonNull(request, "request"));
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final CmVc vc, final OidRequest request) {
            return requests.fromCallManager(
                    Objects.requireNonNull(vc, "vc"), Objects.requireNonNull(request, "request"));
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final CmParty party, final OidRequest request) {
            return requests.fromCallManager(
                    Objects.requireNonNull(party, "party"), Objects.requireNonNull(request, "request"));
        }

        @Override
        public String toString() {
            return AddressFamilyInstance.this.toString();
        }
    }
}
