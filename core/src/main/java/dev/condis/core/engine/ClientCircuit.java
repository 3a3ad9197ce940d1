// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.Transition;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.CallTables;
import dev.condis.core.state.CallTables.Event;
import dev.condis.core.state.PartyTable;
import dev.condis.core.state.StateTable;
import dev.condis.core.state.VcTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client's VC: the call on it, and the client's and the call manager's sides. */
final class ClientCircuit extends VirtualCircuit {
    private static final Logger LOG = LoggerFactory.getLogger(ClientCircuit.class);

    private final Lane clientLane = new Lane();
    private final AddressFamilyInstance af;
    private final boolean mcm;
    private final Machine<CallState, Event, CallTables.Facts> call;
    private final ClientVcView clientView;
    private final CmVcView callManagerView;
    private final Parties parties;
    private final QosChanges qos;

    private ClientVcContext client;
    private CmVcContext callManager;
    private Optional<Pending<CallParameters>> making = Optional.empty();
    private Optional<Offer> offer = Optional.empty();
    private Optional<Closing> closing = Optional.empty();
    private Optional<Runnable> failed = Optional.empty();
    private Optional<Pending<Void>> connecting = Optional.empty();
    private boolean closedByRemote;
    private boolean readyToReceive;
    private boolean toldOfClose;
    private boolean clientGone;
    private int callNumber;

    /** An incoming call that the client has not answered yet. */
    private static final class Offer {
        private final Pending<CallParameters> pending = new Pending<>();
    }

    /** A close that waits for the client's sends, then for the call manager, then for the VC. */
    private static final class Closing {
        private final Pending<Void> pending = new Pending<>();
        private final Octets closeData;
        private final boolean waitsForSends;
        private boolean asked;
        private boolean completedByCallManager;

        Closing(final Octets closeData, final boolean waitsForSends) {
            this.closeData = closeData;
            this.waitsForSends = waitsForSends;
        }
    }

    ClientCircuit(
            final VcName name,
            final VcSnapshot.Creator creator,
            final AddressFamilyInstance af,
            final EngineOptions options) {
        super(name, creator, options);
        this.af = af;
        mcm = af.factory().isAboveMcm();
        final StateTable<CallState, Event, CallTables.Facts> table =
                creator == VcSnapshot.Creator.CLIENT ? CallTables.OUTGOING : CallTables.INCOMING;
        call = new Machine<>(table, options.clock());
        parties = new Parties(this);
        qos = new QosChanges(this);
        clientView = new ClientVcView(this);
        callManagerView = mcm ? new McmVcView(this) : new CmVcView(this);
    }

    AddressFamilyInstance addressFamily() {
        return af;
    }

    ClientVc clientView() {
        return clientView;
    }

    CmVc callManagerView() {
        return callManagerView;
    }

    boolean createdByClient() {
        return creator() == VcSnapshot.Creator.CLIENT;
    }

    ClientVcContext clientContext() {
        synchronized (lock) {
            return client;
        }
    }

    void attachClient(final ClientVcContext context) {
        synchronized (lock) {
            client = context;
        }
    }

    void attachCallManager(final CmVcContext context) {
        synchronized (lock) {
            callManager = context;
        }
    }

    /** Nothing is under way between client and call manager: there is no call, or it is connected and stays as it is. */
    boolean isSettled() {
        synchronized (lock) {
            final boolean stable = call.state() == CallState.IDLE || call.state() == CallState.CONNECTED;
            return stable
                    && making.isEmpty()
                    && offer.isEmpty()
                    && closing.isEmpty()
                    && failed.isEmpty()
                    && connecting.filter(told -> !told.isSettled()).isEmpty()
                    && qos.isSettled()
                    && isSettledBelow()
                    && !callManagerLane.hasWork();
        }
    }

    // --- outgoing calls ---

    /** {@code NdisClMakeCall}. */
    CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters wanted) {
        final Callout what = new Callout("ProtocolCmMakeCall", this);
        return make(Optional.empty(), () -> Callouts.result(what, () -> callManager.makeCall(wanted)));
    }

    /** {@code NdisClMakeCall} with a party. */
    CompletionStage<NdisResult<ClientParty>> makeCall(final CallParameters wanted, final ClientPartyContext context) {
        final Party first;
        synchronized (lock) {
            first = parties.create(context, wanted);
        }
        final Callout what = new Callout("ProtocolCmMakeCall", this);
        return make(Optional.of(first), () -> Callouts.result(
                                what, () -> callManager.makeCall(wanted, first.callManagerView()))
                        .thenApply(answer -> parties.answered(first, answer)))
                .thenApply(made -> made.map(parameters -> first.clientView()));
    }

    private CompletionStage<NdisResult<CallParameters>> make(
            final Optional<Party> first, final Supplier<CompletionStage<NdisResult<CallParameters>>> ask) {
        return af.beginnings().pass(() -> makeNow(first, ask));
    }

    private CompletionStage<NdisResult<CallParameters>> makeNow(
            final Optional<Party> first, final Supplier<CompletionStage<NdisResult<CallParameters>>> ask) {
        final Callout what = new Callout("ProtocolCmMakeCall", this);
        final Pending<CallParameters> pending = new Pending<>();
        final Consumer<NdisResult<CallParameters>> next = result -> made(first, result, pending);
        synchronized (lock) {
            final StateTable.Row<CallState, Event, CallTables.Facts> row = fire(Event.MAKE_CALL);
            if (!row.accepts()) {
                return this.<CallParameters>refusedCall(row).asStage();
            }
            beginCall(first);
            making = Optional.of(pending);
            callManagerLane.add(whileAlive(() -> Callouts.then(what, ask.get(), next)));
        }
        callManagerLane.drain();
        return pending.returned(what, options(), next);
    }

    /** What is still in a lane when the VC is removed is not called any more; who waits for it has been answered. */
    Runnable whileAlive(final Runnable callback) {
        return () -> {
            if (state() != VcState.DELETED) {
                callback.run();
            }
        };
    }

    private void beginCall(final Optional<Party> first) {
        parties.callBegins(first);
        closedByRemote = false;
        readyToReceive = false;
        toldOfClose = false;
        callNumber++;
    }

    private void made(
            final Optional<Party> first,
            final NdisResult<CallParameters> result,
            final Pending<CallParameters> pending) {
        synchronized (lock) {
            if (making.filter(current -> current == pending).isEmpty()) {
                closeAgain(first, result);
            } else if (result.isSuccess()) {
                making = Optional.empty();
                connect(result, pending);
            } else {
                making = Optional.empty();
                failCall(result, pending);
            }
        }
        drainLanes();
    }

    /** Lock held. */
    private void connect(final NdisResult<CallParameters> result, final Pending<CallParameters> pending) {
        final StateTable.Row<CallState, Event, CallTables.Facts> row = fire(Event.MAKE_CALL_SUCCEEDED);
        if (!row.accepts()) {
            LOG.error("{}", call.refusal(row, this));
            failCall(NdisResult.refused(NdisStatus.FAILURE, call.refusal(row, this)), pending);
            return;
        }
        readyToReceive = true;
        parties.callMade();
        qos.settled();
        updateGates();
        pending.settle(result, clientLane);
        earlyReceives().ifPresent(waiting -> clientLane.add(() -> releaseReceives(waiting)));
    }

    /** Lock held. A call that was given up has been made after all: the call manager is told that nobody wants it any more. */
    private void closeAgain(final Optional<Party> first, final NdisResult<CallParameters> result) {
        if (result.isSuccess() && state() != VcState.DELETED && call.state() == CallState.IDLE) {
            LOG.warn("E2: the call manager has made the call on {} when nobody waited for it any more", this);
            final Optional<CmPartyContext> party = first.flatMap(Party::callManager);
            callManagerLane.add(whileAlive(() -> Callouts.status(
                    new Callout("ProtocolCmCloseCall", this), () -> callOnToClose(party, Octets.EMPTY))));
        }
    }

    /** Lock held. */
    private void callEnded(final NdisStatus reason) {
        parties.callEnded(reason);
        qos.callEnded(reason);
    }

    /**
     * Lock held. C29: a failed call leaves the VC inactive, so that the client can delete it or call again. Where the call manager
     * has not seen to that, the core does, and the client hears of the failure then.
     */
    private void failCall(final NdisResult<CallParameters> outcome, final Pending<CallParameters> pending) {
        fire(Event.MAKE_CALL_FAILED);
        updateGates();
        callEnded(outcome.status());
        if (state() == VcState.INACTIVE || state() == VcState.DEACTIVATING) {
            pending.settle(outcome, clientLane);
            return;
        }
        LOG.warn("R123: the call manager fails the call on {} and leaves the VC {}; it is deactivated", this, state());
        failed = Optional.of(() -> pending.settle(outcome, clientLane));
        becameActive();
    }

    /** Lock held. The VC of a call that failed does not stay active. */
    @Override
    void becameActive() {
        if (failed.isPresent() && state() == VcState.ACTIVE) {
            callManagerLane.add(this::deactivateForCallManager);
        }
    }

    private void deactivateForCallManager() {
        final CompletionStage<NdisResult<Void>> outcome = mcm ? mcmDeactivate().asStage() : deactivate();
        Callouts.then(new Callout("the deactivation", this), outcome, this::deactivatedForCallManager);
    }

    /** The client does not wait for a VC that stays active. */
    private void deactivatedForCallManager(final NdisResult<Void> outcome) {
        synchronized (lock) {
            if (!outcome.isSuccess() && state() == VcState.ACTIVE) {
                reportFailedCall();
            }
        }
        clientLane.drain();
    }

    /** Lock held. */
    private void reportFailedCall() {
        failed.ifPresent(Runnable::run);
        failed = Optional.empty();
    }

    // --- incoming calls ---

    /** {@code Ndis(M)CmDispatchIncomingCall}. */
    CompletionStage<NdisResult<CallParameters>> dispatchIncomingCall(final CmSap sap, final CallParameters parameters) {
        final Optional<SapRegistration> registration = af.usableSap(sap);
        final Offer offered = new Offer();
        synchronized (lock) {
            final StateTable.Row<CallState, Event, CallTables.Facts> row =
                    call.fire(Event.DISPATCH_INCOMING_CALL, callFacts(registration.isPresent()));
            if (!row.accepts()) {
                return this.<CallParameters>refusedCall(row).asStage();
            }
            beginCall(Optional.empty());
            offer = Optional.of(offered);
            final SapRegistration target = registration.orElseThrow();
            clientLane.add(whileAlive(() -> askClient(target, parameters, offered)));
        }
        clientLane.drain();
        return offered.pending.returned(
                new Callout("ProtocolClIncomingCall", this), options(), failure -> answered(offered, failure));
    }

    private void askClient(final SapRegistration target, final CallParameters parameters, final Offer offered) {
        final Callout what = new Callout("ProtocolClIncomingCall", this);
        Callouts.then(
                what,
                Callouts.result(what, () -> target.context().incomingCall(clientView, client, parameters)),
                answer -> answered(offered, answer));
    }

    private void answered(final Offer offered, final NdisResult<CallParameters> answer) {
        synchronized (lock) {
            if (offer.filter(current -> current == offered).isPresent()) {
                fire(answer.isSuccess() ? Event.INCOMING_CALL_ACCEPTED : Event.INCOMING_CALL_REJECTED);
                offer = Optional.empty();
                if (call.state() == CallState.IDLE) {
                    callEnded(NdisStatus.CLOSING);
                }
                offered.pending.settle(answer, callManagerLane);
            } else if (answer.isSuccess()) {
                LOG.warn("R131: {} accepts the call on {} when nobody waits for it any more", af.clientName(), this);
            }
        }
        drainLanes();
    }

    /** {@code Ndis(M)CmDispatchCallConnected}. */
    CompletionStage<NdisResult<Void>> dispatchCallConnected() {
        final Pending<Void> pending = new Pending<>();
        synchronized (lock) {
            final StateTable.Row<CallState, Event, CallTables.Facts> row = fire(Event.DISPATCH_CALL_CONNECTED);
            if (!row.accepts()) {
                return this.<Void>refusedCall(row).asStage();
            }
            updateGates();
            qos.settled();
            final int number = callNumber;
            clientLane.add(whileAlive(() -> {
                Callouts.run(new Callout("ProtocolClCallConnected", this), () -> client.callConnected(clientView));
                connected(pending, number);
            }));
            connecting = Optional.of(pending);
        }
        clientLane.drain();
        return pending.returned();
    }

    private void connected(final Pending<Void> pending, final int number) {
        Optional<EarlyReceives> waiting = Optional.empty();
        synchronized (lock) {
            if (callNumber == number) {
                readyToReceive = true;
                updateGates();
                waiting = earlyReceives();
            }
            pending.settle(NdisResult.success(), callManagerLane);
        }
        waiting.ifPresent(this::releaseReceives);
        callManagerLane.drain();
    }

    // --- the end of a call ---

    /** {@code Ndis(M)CmDispatchIncomingCloseCall}. */
    NdisResult<Void> dispatchIncomingCloseCall(final NdisStatus closeStatus, final Octets closeData) {
        synchronized (lock) {
            final StateTable.Row<CallState, Event, CallTables.Facts> row = fire(Event.DISPATCH_INCOMING_CLOSE_CALL);
            if (!row.accepts()) {
                return refusedCall(row);
            }
            closedByRemote = true;
            updateGates();
            clientLane.add(whileAlive(tellOfClose(closeStatus, closeData)));
        }
        clientLane.drain();
        return NdisResult.success();
    }

    private Runnable tellOfClose(final NdisStatus closeStatus, final Octets closeData) {
        return () -> {
            if (isNewsOfClose()) {
                Callouts.run(
                        new Callout("ProtocolClIncomingCloseCall", this),
                        () -> client.incomingCloseCall(clientView, closeStatus, closeData));
            }
        };
    }

    /** A client hears once that its call is over, from the remote party or when the VC is removed. */
    private boolean isNewsOfClose() {
        synchronized (lock) {
            final boolean news = !toldOfClose;
            toldOfClose = true;
            return news;
        }
    }

    /** {@code NdisClCloseCall}. */
    CompletionStage<NdisResult<Void>> closeCall(final Octets closeData) {
        return close(closeData, () -> Optional.empty());
    }

    /** {@code NdisClCloseCall} with a party. */
    CompletionStage<NdisResult<Void>> closeCall(final ClientParty lastParty, final Octets closeData) {
        return close(
                closeData,
                () -> parties.find(lastParty).isPresent()
                        ? Optional.empty()
                        : Optional.of(refused(
                                NdisStatus.FAILURE, "R170", lastParty + " is not a party of the call on this VC")));
    }

    private CompletionStage<NdisResult<Void>> close(
            final Octets closeData, final Supplier<Optional<NdisResult<Void>>> refusal) {
        return af.endings().pass(() -> closeNow(closeData, refusal));
    }

    private CompletionStage<NdisResult<Void>> closeNow(
            final Octets closeData, final Supplier<Optional<NdisResult<Void>>> refusal) {
        final Closing started;
        synchronized (lock) {
            final Optional<NdisResult<Void>> refused = refusal.get();
            if (refused.isPresent()) {
                return refused.get().asStage();
            }
            final boolean connected = call.state() == CallState.CONNECTED;
            final StateTable.Row<CallState, Event, CallTables.Facts> row = fire(Event.CLOSE_CALL);
            if (!row.accepts()) {
                return this.<Void>refusedCall(row).asStage();
            }
            started = new Closing(closeData, connected);
            closing = Optional.of(started);
            qos.callEnded(NdisStatus.CLOSING);
            updateGates();
            askToClose();
        }
        drainLanes();
        return started.pending.returned(
                new Callout("ProtocolCmCloseCall", this), options(), failure -> closed(failure, started));
    }

    /** Lock held. R148: the call manager hears of the close when the client has its sends back. */
    private void askToClose() {
        closing.filter(c -> !c.asked && (!c.waitsForSends || sendsDrained())).ifPresent(c -> {
            c.asked = true;
            callManagerLane.add(whileAlive(() -> askToClose(c)));
        });
    }

    private void askToClose(final Closing asked) {
        final Callout what = new Callout("ProtocolCmCloseCall", this);
        Callouts.then(
                what,
                Callouts.status(what, () -> callOnToClose(asked.closeData)),
                status -> closed(status.isSuccess() ? NdisResult.success() : NdisResult.failure(status), asked));
    }

    /** R153: the call manager of a multipoint call is given its context of the last party. */
    private CompletionStage<NdisStatus> callOnToClose(final Octets closeData) {
        final Optional<CmPartyContext> lastParty;
        synchronized (lock) {
            lastParty = parties.last().flatMap(Party::callManager);
        }
        return callOnToClose(lastParty, closeData);
    }

    private CompletionStage<NdisStatus> callOnToClose(
            final Optional<CmPartyContext> lastParty, final Octets closeData) {
        return lastParty
                .map(party -> callManager.closeCall(party, closeData))
                .orElseGet(() -> callManager.closeCall(closeData));
    }

    private void closed(final NdisResult<Void> result, final Closing ended) {
        synchronized (lock) {
            if (result.isSuccess()) {
                ended.completedByCallManager = true;
                finishClose();
            } else if (closing.filter(c -> c == ended).isPresent()) {
                fire(Event.CLOSE_CALL_FAILED);
                closing = Optional.empty();
                updateGates();
                ended.pending.settle(result, clientLane);
            }
        }
        drainLanes();
    }

    /** Lock held. C5: the client hears of the close when the call manager is through and the VC is inactive. */
    private void finishClose() {
        final Optional<Closing> running = closing.filter(c -> c.completedByCallManager);
        if (running.isEmpty() || !fire(Event.CLOSE_CALL_SUCCEEDED).accepts()) {
            return;
        }
        closing = Optional.empty();
        closedByRemote = false;
        callEnded(NdisStatus.CLOSING);
        // R131: an offer that the client has not answered by now is no offer any more
        offer.ifPresent(o -> o.pending.settle(NdisResult.failure(NdisStatus.CLOSING), callManagerLane));
        offer = Optional.empty();
        running.get().pending.settle(NdisResult.success(), clientLane);
    }

    @Override
    void becameInactive() {
        reportFailedCall();
        finishClose();
    }

    @Override
    void transfersEnded() {
        askToClose();
    }

    // --- deletion ---

    /** {@code NdisCoDeleteVc} of the client. */
    NdisResult<Void> deleteByClient() {
        return af.endings()
                .passNow(this::deleteByClientNow)
                .orElseGet(() ->
                        refused(NdisStatus.NOT_ACCEPTED, "R112", "its call manager is handing the VC over to another"));
    }

    private NdisResult<Void> deleteByClientNow() {
        return delete(
                VcTable.Event.DELETE,
                createdByClient(),
                () -> Callouts.statusNow(
                        new Callout("ProtocolCoDeleteVc of the call manager", this), callManager::deleteVc));
    }

    /** {@code NdisCoDeleteVc} of a call manager, {@code NdisMCmDeleteVc}. */
    NdisResult<Void> deleteByCallManager(final VcTable.Event event) {
        return delete(
                event,
                !createdByClient(),
                () -> Callouts.statusNow(
                        new Callout("ProtocolCoDeleteVc of the client", this), () -> client.deleteVc(clientView)));
    }

    private NdisResult<Void> delete(
            final VcTable.Event event, final boolean byCreator, final Supplier<NdisStatus> peer) {
        final Optional<NdisResult<Void>> refusal = refusesDelete(event, byCreator);
        if (refusal.isPresent()) {
            return refusal.get();
        }
        final NdisStatus answer = peer.get();
        if (!answer.isSuccess()) {
            notDeleted();
            return refused(answer, "R112", "the other driver that shares the VC refused the deletion");
        }
        deleted();
        af.vcGone(this);
        return NdisResult.success();
    }

    /** Tells those who agreed to a creation, and are still there, that it came to nothing: the VC was removed meanwhile. */
    void undoCreation() {
        undoMiniport();
        if (createdByClient()) {
            Callouts.statusNow(new Callout("ProtocolCoDeleteVc of the call manager", this), callManager::deleteVc);
        } else if (!isClientGone()) {
            Callouts.statusNow(
                    new Callout("ProtocolCoDeleteVc of the client", this), () -> client.deleteVc(clientView));
        }
    }

    private boolean isClientGone() {
        synchronized (lock) {
            return clientGone;
        }
    }

    /**
     * Takes the VC away whatever its state: the adapter, the call manager or the client is gone. The call manager loses its context
     * as when the VC is deleted. A client that stays is told that its call is over, and loses its context too.
     */
    void remove(final NdisStatus reason, final boolean clientStays) {
        synchronized (lock) {
            final boolean known = state() != VcState.NONE && state() != VcState.DELETING;
            final boolean inCall = call.state() != CallState.IDLE
                    && call.state() != CallState.MAKING
                    && call.state() != CallState.CLOSING;
            if (!remove(reason)) {
                return;
            }
            clientGone = !clientStays;
            fire(Event.REMOVE);
            settleAll(reason);
            if (known) {
                callManagerLane.add(() -> Callouts.statusNow(
                        new Callout("ProtocolCoDeleteVc of the call manager", this), callManager::deleteVc));
            }
            if (known && clientStays) {
                if (inCall) {
                    clientLane.add(tellOfClose(reason, Octets.EMPTY));
                }
                clientLane.add(() -> Callouts.statusNow(
                        new Callout("ProtocolCoDeleteVc of the client", this), () -> client.deleteVc(clientView)));
            }
        }
        drainLanes();
        af.vcGone(this);
    }

    /** Lock held. */
    private void settleAll(final NdisStatus reason) {
        making.ifPresent(pending -> pending.settle(NdisResult.failure(reason), clientLane));
        offer.ifPresent(offered -> offered.pending.settle(NdisResult.failure(reason), callManagerLane));
        connecting.ifPresent(pending -> pending.settle(NdisResult.failure(reason), callManagerLane));
        closing.ifPresent(c -> c.pending.settle(NdisResult.failure(reason), clientLane));
        callEnded(reason);
        reportFailedCall();
        making = Optional.empty();
        offer = Optional.empty();
        connecting = Optional.empty();
        closing = Optional.empty();
    }

    /**
     * Ends the call by the book on behalf of a client that closes everything, and deletes the VC when the client created it.
     *
     * @return completes when that is done, or when a step was refused
     */
    CompletionStage<NdisResult<Void>> shutDown() {
        return endCall().thenCompose(ended -> {
            if (!ended.isSuccess() || !createdByClient() || state() == VcState.DELETED) {
                return CompletableFuture.completedStage(ended);
            }
            return CompletableFuture.completedStage(deleteByClient());
        });
    }

    private CompletionStage<NdisResult<Void>> endCall() {
        final Optional<CompletionStage<NdisResult<Void>>> running;
        final Optional<Offer> unanswered;
        synchronized (lock) {
            running = closing.map(c -> c.pending.observed())
                    .or(() -> making.map(p -> p.observed().thenCompose(made -> endCall())));
            unanswered = offer;
        }
        if (running.isPresent()) {
            return running.get();
        }
        unanswered.ifPresent(offered -> answered(offered, NdisResult.failure(NdisStatus.CLOSING)));
        return callState() == CallState.IDLE
                ? NdisResult.success().asStage()
                : parties.dropAllButOne().thenCompose(dropped -> closeCall(Octets.EMPTY));
    }

    // --- parties and quality of service ---

    CompletionStage<NdisResult<ClientParty>> addParty(final CallParameters wanted, final ClientPartyContext context) {
        return af.beginnings().pass(() -> parties.add(wanted, context));
    }

    List<ClientParty> parties() {
        return parties.views();
    }

    CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters wanted) {
        return af.beginnings().pass(() -> qos.modify(wanted));
    }

    CompletionStage<NdisResult<Void>> dispatchIncomingCallQoSChange(final CallParameters parameters) {
        return qos.dispatchIncoming(parameters);
    }

    <T> NdisResult<T> refusedParty(
            final StateTable.Row<PartyState, PartyTable.Event, PartyTable.Facts> row, final Party party) {
        return state() == VcState.DELETED ? dead() : party.machine().refused(row, party);
    }

    <T> NdisResult<T> dead() {
        return refused(NdisStatus.FAILURE, "R111", "the VC is deleted, its handle is dead");
    }

    @Override
    boolean isMcmVc() {
        return mcm;
    }

    /** S5: the client hears that its call is over. */
    @Override
    void expire(final NdisStatus reason) {
        remove(reason, true);
    }

    @Override
    long holdLimit() {
        return af.factory().holdLimit();
    }

    // --- status ---

    /** R205: to the client, and to the call manager above a miniport; an MCM knows what it has indicated itself. */
    @Override
    void indicateStatus(final StatusIndication indication) {
        final List<StatusIndications.Hearer> hearers = new ArrayList<>();
        hearers.add(new StatusIndications.Hearer(
                af.client().binding().listener(), () -> client.status(clientView, indication)));
        if (!mcm) {
            hearers.add(
                    new StatusIndications.Hearer(af.advertisement().listener(), () -> callManager.status(indication)));
        }
        StatusIndications.indicate(this, indication, hearers);
    }

    // --- data path ---

    @Override
    Traffic traffic() {
        return af.client().binding();
    }

    @Override
    Loopback loopback() {
        return af.factory().loopback();
    }

    @Override
    void deliverReceive(final NetBufferList nbls, final int flags) {
        client.receiveNetBufferLists(clientView, nbls, flags);
    }

    @Override
    void deliverSendComplete(final NetBufferList nbls, final int flags) {
        try {
            client.sendNetBufferListsComplete(clientView, nbls, flags);
        } catch (final RuntimeException | Error e) {
            LOG.error("ProtocolCoSendNetBufferListsComplete of {} threw", this, e);
        }
    }

    @Override
    boolean callAccepts(final VcTable.Event transfer) {
        if (transfer == VcTable.Event.INDICATE) {
            return readyToReceive
                    && call.decide(Event.INDICATE, callFacts(false)).accepts();
        }
        return call.decide(Event.SEND, callFacts(false)).accepts();
    }

    /**
     * From the acceptance on the other side may send: it need not know that the client has not heard of the connection; nor that a call manager has
     * activated the VC of an outgoing call and is about to say so.
     */
    @Override
    boolean callAwaitsConnection() {
        return switch (call.state()) {
            case MAKING, ACCEPTED -> true;
            case CONNECTED -> !readyToReceive;
            default -> false;
        };
    }

    @Override
    NdisStatus callRefusesSend() {
        return call.decide(Event.SEND, callFacts(false)).status();
    }

    // --- common ---

    private StateTable.Row<CallState, Event, CallTables.Facts> fire(final Event event) {
        return call.fire(event, callFacts(false));
    }

    private CallTables.Facts callFacts(final boolean sapUsable) {
        return new CallTables.Facts(state(), af.isOpen(), sapUsable, closedByRemote, parties.severalConnected());
    }

    private <T> NdisResult<T> refusedCall(final StateTable.Row<CallState, Event, CallTables.Facts> row) {
        if (state() == VcState.DELETED) {
            return dead();
        }
        return call.refused(row, this);
    }

    @Override
    CallState callState() {
        return call.state();
    }

    Lane clientLane() {
        return clientLane;
    }

    CmVcContext callManager() {
        return callManager;
    }

    @Override
    void drainLanesAbove() {
        clientLane.drain();
    }

    @Override
    Optional<String> clientName() {
        return Optional.of(af.clientName());
    }

    @Override
    Optional<Transition> lastCallTransition() {
        return call.last();
    }
}
