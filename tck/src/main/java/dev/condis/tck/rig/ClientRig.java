// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.tck.observe.Around;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Membrane;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.reference.ReferenceAf;
import dev.condis.tck.reference.ReferenceCall;
import dev.condis.tck.reference.ReferenceCallManager;
import dev.condis.tck.reference.ReferenceMcm;
import dev.condis.tck.reference.ReferenceNetwork;
import dev.condis.tck.subject.ClientControl;
import dev.condis.tck.subject.NdisHost.Registration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A client above the kit's MCM. The MCM takes whatever the client asks for; it stands behind a membrane of its own, by which the kit makes
 * it wait.
 */
public final class ClientRig extends Rig {
    /** A family that no client knows. */
    public static final AddressFamily STRANGE = new AddressFamily(0x0C0D_7CFF, 1, 0);

    private final ReferenceNetwork network = ReferenceNetwork.obliging();
    private final Partner mcm = new Partner(network);
    private final Trace peer = new Trace();
    private final Membrane lower = new Membrane(peer);
    private final Registration client;

    /**
     * Makes the bench, starts the client, and waits until it has opened the address family.
     *
     * @param environment what the check runs in
     */
    public ClientRig(final Environment environment) {
        this(environment, rig -> {});
    }

    /**
     * Makes the bench and starts the client.
     *
     * @param environment what the check runs in
     * @param before runs before the client is registered
     */
    public ClientRig(final Environment environment, final java.util.function.Consumer<ClientRig> before) {
        super(environment);
        onClosed(network::close);
        registered(host().registerMiniport(info(), lower.watch(MiniportCallManager.class, mcm)));
        awaitRunning();
        before.accept(this);
        client = registered(
                host().registerClient("tck-subject", adapter(), membrane().watch(CoClient.class, (CoClient)
                        specimen().driver())));
    }

    /** The kit's MCM: offers the family of the client and one that it does not know, and connects calls when the kit says so. */
    private final class Partner extends ReferenceMcm {
        private final List<CmAf> families = new CopyOnWriteArrayList<>();
        private volatile CompletableFuture<Void> mayConnect = CompletableFuture.completedFuture(null);

        Partner(final ReferenceNetwork on) {
            super(on);
        }

        @Override
        protected ReferenceCallManager newCallManager(final ReferenceNetwork on) {
            return new Calls(on) {
                @Override
                protected NdisResult<Void> register(final CmBinding binding) {
                    binding.registerAddressFamily(STRANGE, opener());
                    return binding.registerAddressFamily(subject().addressFamily(), opener());
                }

                @Override
                protected ReferenceAf newFamily(final CmAf af) {
                    families.add(af);
                    return super.newFamily(af);
                }

                @Override
                protected ReferenceCall newCall(final ReferenceAf family) {
                    return new WaitingCall(family);
                }
            };
        }

        private NdisStatus offerAVc() {
            final CmAf af = families.get(0);
            final WaitingCall call = new WaitingCall(new ReferenceAf(calls(), af));
            final NdisResult<CmVc> created = af.createVc(call);
            created.value().ifPresent(CmVc::deleteVc);
            return created.status();
        }

        /** Connects when the kit says so. */
        private final class WaitingCall extends Call {
            WaitingCall(final ReferenceAf family) {
                super(family);
            }

            @Override
            protected void accepted() {
                final CompletionStage<Void> permission = mayConnect;
                permission.thenRun(super::accepted);
            }
        }
    }

    // --- the client

    /**
     * Offers a VC for an incoming call to the client.
     *
     * @return what it answered
     */
    public NdisStatus offerAVc() {
        return mcm.offerAVc();
    }

    /**
     * Waits until the client has opened the address family.
     *
     * @return this
     */
    public ClientRig opened() {
        patience()
                .until(
                        () -> peer.callbacks("openAf").stream()
                                .anyMatch(i -> i.isComplete() && i.answer().isPresent()),
                        () -> "the client did not open the address family that was announced");
        patience()
                .until(
                        () -> trace().calls("openAddressFamily").stream().anyMatch(Invocation::isComplete),
                        () -> "the open of the address family was not completed");
        return this;
    }

    /**
     * What makes the client act.
     *
     * @return its control
     */
    public ClientControl control() {
        return specimen().control().orElseThrow(() -> new NotApplicable("the author gave no control of the client"));
    }

    /**
     * Demands something of the client's control.
     *
     * @param done what the control answered
     * @param what what was asked
     */
    public static void clientDoes(final boolean done, final String what) {
        if (!done) {
            throw new NotApplicable("the client cannot be made to " + what);
        }
    }

    /**
     * Has the client begin to make a call. It may hear later than the kit that its family is open.
     *
     * @return whether it does
     */
    public boolean startsCall() {
        return patience().happens(control()::makeCall);
    }

    /** Has the client make a call, and waits until it is made. */
    public void connectedCall() {
        opened();
        clientDoes(startsCall(), "make a call");
        patience()
                .until(
                        () -> trace().calls("makeCall").stream().anyMatch(Invocation::isComplete),
                        () -> "the client made no call");
    }

    /** Has the remote end call the client, and waits for the offer. */
    public void incomingCall() {
        final int before = trace().callbacks("incomingCall").size();
        network.call(registeredSap());
        patience()
                .until(
                        () -> trace().callbacks("incomingCall").size() > before,
                        () -> "the client got no offer of a call");
    }

    /** Has the remote end call the client, and waits for the connection. */
    public void connectedIncomingCall() {
        final int before = trace().callbacks("callConnected").size();
        incomingCall();
        patience()
                .until(
                        () -> trace().callbacks("callConnected").stream()
                                        .filter(Invocation::isReturned)
                                        .count()
                                > before,
                        () -> "the client's call was not connected");
    }

    /**
     * The SAP on which the client takes calls.
     *
     * @return the SAP, when its registration has reached the MCM
     */
    public Sap registeredSap() {
        opened();
        if (!subject().takesCalls()) {
            throw new NotApplicable("the client takes no calls");
        }
        patience().until(() -> !peer.callbacks("registerSap").isEmpty(), () -> "the client registered no SAP");
        final CmSap sap =
                peer.callbacks("registerSap").get(0).argument(CmSap.class).orElseThrow();
        patience().until(() -> network.isListening(sap.sap()), () -> "the SAP of the client was not registered");
        return sap.sap();
    }

    /**
     * Takes the client away.
     *
     * @return {@code true} when it is gone in time
     */
    public boolean unregisterClient() {
        return patience().ends(unregistered(client));
    }

    /**
     * The other end of the kit's wire.
     *
     * @return the network
     */
    public ReferenceNetwork network() {
        return network;
    }

    /**
     * The parameters in force on the newest call.
     *
     * @return the parameters
     */
    public CallParameters inForce() {
        final List<Invocation> activations = peer.calls("activateVc");
        final Invocation newest = activations.get(activations.size() - 1);
        return newest.argument(CallParameters.class).orElseThrow();
    }

    // --- the MCM below

    /**
     * What passed between the library and the kit's MCM.
     *
     * @return the trace
     */
    public Trace peer() {
        return peer;
    }

    /**
     * The kit's MCM.
     *
     * @return the MCM
     */
    public ReferenceMcm mcm() {
        return mcm;
    }

    /**
     * Calls are connected only when the kit says so.
     *
     * @return completes to connect them
     */
    public CompletableFuture<Void> holdConnections() {
        final CompletableFuture<Void> release = new CompletableFuture<>();
        mcm.mayConnect = release;
        onClose(() -> release.complete(null));
        return release;
    }

    /**
     * Every operation of a name waits from now on.
     *
     * @param method the callback of the MCM
     * @return completes them
     */
    public CompletableFuture<Void> hold(final String method) {
        final CompletableFuture<Void> release = new CompletableFuture<>();
        lower.around(method, (invocation, target) -> target.proceed()
                .map(answer -> ((CompletionStage<?>) answer).thenCombine(release, (result, released) -> result)));
        onClose(() -> release.complete(null));
        return release;
    }

    /**
     * Sends wait from now on, untouched.
     *
     * @return completes when they may go
     */
    public HeldSends holdSends() {
        final HeldSends held = new HeldSends();
        lower.around("sendNetBufferLists", held);
        onClose(held::release);
        return held;
    }

    /** Asks the client to close its address families. */
    public void notifyClose() {
        mcm.families.forEach(CmAf::notifyCloseAddressFamily);
    }

    /**
     * The client as the MCM sees it.
     *
     * @return its address family
     */
    public CmAf family() {
        return mcm.families.get(0);
    }

    /** Sends that the kit keeps, and what they held when they came. */
    public static final class HeldSends implements Around {
        private record Kept(NetBufferList chain, List<dev.condis.tck.observe.Pdu> then, Proceed onwards) {}

        private final List<Kept> kept = new CopyOnWriteArrayList<>();
        private volatile boolean released;
        private volatile boolean touched;

        @Override
        public Optional<Object> invoke(final Invocation invocation, final Proceed driver) throws Throwable {
            if (released) {
                return driver.proceed();
            }
            kept.add(new Kept(invocation.argument(NetBufferList.class).orElseThrow(), invocation.pdus(), driver));
            return Optional.empty();
        }

        /**
         * How many chains are held.
         *
         * @return the number
         */
        public int count() {
            return kept.size();
        }

        /** Lets them go. */
        public void release() {
            released = true;
            for (final Kept each : kept) {
                touched |= !dev.condis.tck.observe.Pdu.contentsOf(each.chain)
                        .equals(each.then.stream()
                                .map(dev.condis.tck.observe.Pdu::content)
                                .toList());
                proceed(each.onwards);
            }
            kept.clear();
        }

        private static void proceed(final Proceed onwards) {
            try {
                onwards.proceed();
            } catch (final Throwable t) {
                throw new IllegalStateException("the kit's MCM does not take sends", t);
            }
        }

        /**
         * Tells whether somebody changed what was held.
         *
         * @return {@code true} if so
         */
        public boolean isTouched() {
            return touched;
        }
    }
}
