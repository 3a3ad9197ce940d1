// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.observe.Around;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Membrane;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.reference.ReferenceMiniport;
import dev.condis.tck.reference.ReferenceNetwork;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.NdisHost.Registration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * An MCM, or a call manager above an adapter, with the kit's client above it. The adapter below a call manager stands behind a membrane
 * of its own, by which the kit makes it refuse and delay.
 */
public final class CallRig extends DataRig {
    private final Trace below = new Trace();
    private final Membrane lower = new Membrane(below);
    private final KitClient client = new KitClient(this);
    private final Optional<Registration> adapterRegistration;
    private final Optional<Registration> driver;

    /**
     * Makes the bench and starts the driver; the address family is not opened yet.
     *
     * @param environment what the check runs in
     */
    public CallRig(final Environment environment) {
        super(environment);
        if (isLive()) {
            adapterRegistration = Optional.empty();
            driver = Optional.empty();
        } else if (subject().kind() == Kind.MCM) {
            adapterRegistration = Optional.of(registered(
                    host().registerMiniport(info(), membrane().watch(MiniportCallManager.class, (MiniportCallManager)
                            specimen().driver()))));
            driver = adapterRegistration;
        } else {
            adapterRegistration = Optional.of(
                    registered(host().registerMiniport(info(), lower.watch(CoMiniport.class, adapterBelow()))));
            driver = Optional.of(registered(host().registerCallManager(
                            "tck-subject", adapter(), membrane().watch(CallManager.class, (CallManager)
                                    specimen().driver()))));
        }
        registered(host().registerClient("tck-client", adapter(), client));
        awaitRunning();
    }

    private CoMiniport adapterBelow() {
        return specimen().below().orElseGet(() -> {
            final ReferenceNetwork network = new ReferenceNetwork();
            onClosed(network::close);
            return new ReferenceMiniport(network);
        });
    }

    /**
     * The kit's client.
     *
     * @return the client
     */
    public KitClient client() {
        return client;
    }

    /**
     * The kit's client with the address family open.
     *
     * @return the client
     */
    public KitClient openClient() {
        succeeded(client.open(subject().addressFamily()), "openAddressFamily");
        return client;
    }

    /**
     * One more client with the address family open.
     *
     * @return the client
     */
    public KitClient anotherClient() {
        final KitClient another = new KitClient(this);
        registered(host().registerClient("tck-client-2", adapter(), another));
        succeeded(another.open(subject().addressFamily()), "openAddressFamily");
        return another;
    }

    /**
     * A connected outgoing call.
     *
     * @return the call
     */
    public KitCall connectedCall() {
        return openLine(0);
    }

    @Override
    public KitCall openLine(final int index) {
        if (!client.isOpen()) {
            openClient();
        }
        final KitCall call = client.newCall();
        succeeded(call.make(parameters(index)), "makeCall");
        return call;
    }

    /**
     * The SAP that calls come in on.
     *
     * @return the SAP
     */
    public Sap sap() {
        return subject().sap().orElseThrow(() -> new NotApplicable("the author gave no SAP for incoming calls"));
    }

    /**
     * Has the remote end call, and waits for the offer.
     *
     * @return the VC of the call
     */
    public KitCall incomingCall() {
        final int before = client.offers().size();
        remoteDoes(remote().call(sap()), "make calls");
        patience().until(() -> client.offers().size() > before, () -> "a call from the remote end was not offered");
        return client.offers().get(before);
    }

    /**
     * Has the remote end call, and waits for the connection.
     *
     * @return the VC of the call
     */
    public KitCall connectedIncomingCall() {
        final int before = client.offers().size();
        remoteDoes(remote().call(sap()), "make calls");
        patience().until(() -> client.offers().size() > before, () -> "a call from the remote end was not offered");
        final KitCall call = client.offers().get(before);
        final int offersOnIt =
                (int) client.offers().stream().filter(c -> c == call).count();
        patience().until(() -> call.connections() >= offersOnIt, () -> "an accepted call was not connected");
        return call;
    }

    // --- the adapter below a call manager

    /**
     * What passed between the library and the adapter below.
     *
     * @return the trace
     */
    public Trace below() {
        demandsCallManager();
        return below;
    }

    private void demandsCallManager() {
        if (subject().kind() != Kind.CALL_MANAGER) {
            throw new NotApplicable("an MCM has no adapter below it");
        }
    }

    /** Every activation fails from now on. */
    public void failActivations() {
        demandsCallManager();
        lower.around(
                "activateVc",
                (invocation, miniport) ->
                        Optional.of(NdisResult.failure(NdisStatus.INVALID_DATA).asStage()));
    }

    /** Activations succeed again. */
    public void allowActivations() {
        lower.clear("activateVc");
    }

    /**
     * Every operation of a name waits from now on.
     *
     * @param method the callback of the adapter below
     * @return completes them
     */
    public CompletableFuture<Void> holdBelow(final String method) {
        demandsCallManager();
        final CompletableFuture<Void> release = new CompletableFuture<>();
        lower.around(method, held(release));
        onClose(() -> release.complete(null));
        return release;
    }

    private static Around held(final CompletableFuture<Void> release) {
        return (invocation, target) -> target.proceed()
                .map(answer -> ((CompletionStage<?>) answer).thenCombine(release, (result, released) -> result));
    }

    // --- the driver

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return client.binding().oidRequest(request);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Line line, final OidRequest request) {
        return client.binding().oidRequest(line.handle(), request);
    }

    @Override
    public List<Long> endsOfTransfers() {
        final List<Long> half = trace().callbacks("deactivateVc").stream()
                .filter(Invocation::isComplete)
                .map(Invocation::completedAt)
                .toList();
        if (!half.isEmpty()) {
            return half;
        }
        return trace().calls("deactivateVc").stream()
                .filter(i -> i.object() instanceof McmVc)
                .map(Invocation::enteredAt)
                .toList();
    }

    @Override
    public boolean halt() {
        return patience().ends(unregistered(owned(adapterRegistration)));
    }

    /**
     * Takes the driver under test away.
     *
     * @return {@code true} when it is gone in time
     */
    public boolean unregisterDriver() {
        return patience().ends(unregistered(owned(driver)));
    }

    /** Takes the adapter away and brings it back. */
    public void replaceAdapter() {
        expect(halt(), () -> "the adapter was not down in time");
        registered(host().registerMiniport(
                        info(),
                        subject().kind() == Kind.MCM
                                ? membrane().watch(MiniportCallManager.class, (MiniportCallManager)
                                        specimen().driver())
                                : lower.watch(CoMiniport.class, adapterBelow())));
        awaitRunning();
    }

    @Override
    public boolean surpriseRemove() {
        return patience().ends(owned(adapterRegistration).surpriseRemove("the kit took the hardware away"));
    }

    private static Registration owned(final Optional<Registration> registration) {
        return registration.orElseThrow(
                () -> new NotApplicable("the adapter runs already, and is not the kit's to take down"));
    }
}
