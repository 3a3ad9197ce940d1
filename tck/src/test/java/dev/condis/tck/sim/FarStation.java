// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.sim;

import static org.awaitility.Awaitility.await;

import dev.condis.adapter.sim.net.NicPort;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.tck.EngineHost;
import dev.condis.tck.subject.NdisHost.Registration;
import dev.condis.tck.subject.RemoteEnd;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/** The other end of switched calls: a station of its own, with a library, an MCM and a client that takes and makes calls. */
final class FarStation implements RemoteEnd, CoClient, ClientAfContext, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int PACKETS = 256;
    private static final int OCTETS = 2048;
    /** To which the quality of a call is changed from here, in octets a second. */
    private static final int CHANGED_RATE = 50_000;

    private static final int MAX_SDU = 1500;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** One call as this end sees it. */
    private static final class FarCall implements ClientVcContext {
        private final FarStation station;
        private final List<Octets> received = new CopyOnWriteArrayList<>();
        private final CompletableFuture<ClientVc> vc = new CompletableFuture<>();

        FarCall(final FarStation station) {
            this.station = station;
        }

        boolean isUp() {
            return vc.isDone() && vc.join().callState() == CallState.CONNECTED;
        }

        boolean isOver() {
            return vc.join().callState() == CallState.IDLE;
        }

        void send(final Octets pdu) {
            final NetBufferList nbl = station.pool.allocate();
            nbl.fill(pdu.toByteArray());
            vc.join().sendNetBufferLists(nbl, NblFlags.NONE);
        }

        @Override
        public void incomingCloseCall(final ClientVc closed, final NdisStatus closeStatus, final Octets closeData) {
            station.closeData.set(Optional.of(closeData));
            closed.closeCall();
        }

        @Override
        public void receiveNetBufferLists(final ClientVc from, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                received.add(Octets.of(nbl.toByteArray()));
            }
            if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
                from.returnNetBufferLists(nbls, NblFlags.NONE);
            }
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc from, final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }

        @Override
        public NdisStatus deleteVc(final ClientVc gone) {
            return NdisStatus.SUCCESS;
        }
    }

    private final SimNetwork network;
    private final MacAddress own;
    private final MacAddress near;
    private final EngineHost host = new EngineHost();
    private final Registration adapter;
    private final Registration client;
    private final CompletableFuture<ClientAf> af = new CompletableFuture<>();
    private final List<FarCall> calls = new CopyOnWriteArrayList<>();
    private final Map<Object, FarCall> byNearVc = new ConcurrentHashMap<>();
    private final NetBufferListPool pool = new NetBufferListPool("far", PACKETS, OCTETS);
    private final AtomicReference<Optional<Octets>> closeData = new AtomicReference<>(Optional.empty());
    private volatile boolean rejecting;
    private volatile Optional<CompletableFuture<NdisResult<CallParameters>>> lastCall = Optional.empty();
    private volatile Optional<CompletableFuture<NdisResult<CallParameters>>> lastChange = Optional.empty();

    /**
     * Starts the station.
     *
     * @param network the network
     * @param own its address
     * @param near the address of the NIC under test
     * @param mcm its driver
     * @param saps its numbers
     */
    FarStation(
            final SimNetwork network,
            final MacAddress own,
            final MacAddress near,
            final MiniportCallManager mcm,
            final List<Sap> saps) {
        this.network = network;
        this.own = own;
        this.near = near;
        final String name = "far" + NUMBERS.incrementAndGet();
        adapter = host.registerMiniport(new AdapterInfo(name, Medium.ATM, 0, Map.of()), mcm);
        adapter.ready()
                .toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
        client = host.registerClient(name + " client", name, this);
        final ClientAf family =
                af.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
        for (final Sap sap : saps) {
            final NdisResult<?> registered = family.registerSap(sap, this::offered)
                    .toCompletableFuture()
                    .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .join();
            if (!registered.isSuccess()) {
                throw new IllegalStateException("the far station cannot be called on " + sap + ": " + registered);
            }
        }
    }

    private CompletionStage<NdisResult<CallParameters>> offered(
            final ClientVc vc, final ClientVcContext context, final CallParameters parameters) {
        if (rejecting) {
            rejecting = false;
            return NdisResult.<CallParameters>failure(NdisStatus.NOT_ACCEPTED).asStage();
        }
        calls.add((FarCall) context);
        return NdisResult.success(parameters).asStage();
    }

    @Override
    public void close() {
        client.unregister().toCompletableFuture().join();
        adapter.unregister().toCompletableFuture().join();
    }

    /** A VC that was not seen before, or whose call is over, carries the newest call. */
    private Optional<FarCall> call(final CallParameters vc) {
        if (calls.isEmpty()) {
            return Optional.empty();
        }
        final FarCall newest = calls.get(calls.size() - 1);
        final Object circuit = vc.media().flatMap(MediaParameters::specific);
        final FarCall known = byNearVc.computeIfAbsent(circuit, first -> newest);
        if (!known.isUp() && newest.isUp()) {
            byNearVc.put(circuit, newest);
            return Optional.of(newest);
        }
        return Optional.of(known);
    }

    /** The near end knows of the connection before this one does. A call that is over stays as it is. */
    private Optional<FarCall> connected(final CallParameters vc) {
        final Optional<FarCall> call = call(vc);
        call.filter(c -> c.vc.join().callState() != CallState.IDLE)
                .ifPresent(c -> await().atMost(PATIENCE).until(() -> c.isUp() || c.isOver()));
        return call;
    }

    // --- remote end

    @Override
    public boolean transmit(final CallParameters vc, final Octets pdu) {
        final Optional<FarCall> call = connected(vc);
        call.ifPresent(c -> c.send(pdu));
        return call.isPresent();
    }

    @Override
    public Optional<List<Octets>> received(final CallParameters vc) {
        return Optional.of(call(vc).map(c -> List.copyOf(c.received)).orElseGet(List::of));
    }

    @Override
    public boolean call(final Sap sap) {
        final FarCall call = new FarCall(this);
        final NdisResult<ClientVc> created = af.join().createVc(call);
        created.value().ifPresent(vc -> {
            call.vc.complete(vc);
            calls.add(call);
            lastCall = Optional.of(vc.makeCall(Q2931Parameters.call(sap)).toCompletableFuture());
        });
        return created.isSuccess();
    }

    @Override
    public Optional<Boolean> isAnswered() {
        return lastCall.filter(CompletableFuture::isDone)
                .map(made -> made.join().isSuccess());
    }

    @Override
    public boolean rejectNextCall() {
        rejecting = true;
        return true;
    }

    @Override
    public boolean hangUp(final CallParameters vc, final Octets data) {
        final Optional<FarCall> call = call(vc);
        call.ifPresent(c -> c.vc.join().closeCall(data));
        return call.isPresent();
    }

    /** Cuts the link of this station: the network clears its calls, and says why in its own words. */
    @Override
    public boolean breakDown(final CallParameters vc, final NdisStatus cause) {
        port(own).ifPresent(port -> port.setUp(false));
        return true;
    }

    private Optional<NicPort> port(final MacAddress station) {
        return network.port(station);
    }

    @Override
    public Optional<Octets> closeData() {
        return closeData.get();
    }

    @Override
    public boolean changeQoS(final CallParameters vc) {
        final FlowSpec flow = FlowSpec.guaranteed(CHANGED_RATE, MAX_SDU);
        final Optional<FarCall> call = connected(vc);
        call.ifPresent(c -> {
            final ClientVc here = c.vc.join();
            final CallParameters now = here.callParameters().orElseGet(CallParameters::bestEffort);
            lastChange = Optional.of(here.modifyCallQoS(now.withCallManager(new CallManagerParameters(
                            flow, flow, now.callManager().flatMap(m -> m.specific()))))
                    .toCompletableFuture());
        });
        return call.isPresent();
    }

    @Override
    public Optional<Boolean> isChangeAnswered() {
        return lastChange.filter(CompletableFuture::isDone).map(changed -> changed.join()
                .isSuccess());
    }

    @Override
    public boolean leave(final CallParameters vc, final int party) {
        final boolean there = party < calls.size();
        if (there) {
            calls.get(party).vc.join().closeCall();
        }
        return there;
    }

    @Override
    public boolean signaling(final boolean works) {
        return link(works);
    }

    @Override
    public boolean link(final boolean up) {
        port(near).ifPresent(port -> port.setUp(up));
        return true;
    }

    // --- client

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.equals(AddressFamily.Q2931)) {
            binding.openAddressFamily(addressFamily, this).thenAccept(opened -> af.complete(opened.get()));
        }
    }

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        final FarCall call = new FarCall(this);
        call.vc.complete(vc);
        return NdisResult.success(call);
    }
}
