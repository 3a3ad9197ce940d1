// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;

/** A client that keeps what happens to it, and answers calls as the test says. */
final class Subscriber implements CoClient, ClientAfContext, ClientVcContext, ClientSapContext {
    private final Queue<String> events = new ConcurrentLinkedQueue<>();
    private final Queue<ClientVc> incoming = new ConcurrentLinkedQueue<>();
    private final Queue<CallParameters> offered = new ConcurrentLinkedQueue<>();
    private final Queue<Octets> received = new ConcurrentLinkedQueue<>();
    private final Queue<NdisStatus> notSent = new ConcurrentLinkedQueue<>();
    private final Queue<Oid> asked = new ConcurrentLinkedQueue<>();
    private final NetBufferListPool pool = new NetBufferListPool("subscriber", 512, 2048);
    private final Map<ClientVc, Queue<Octets>> receivedOn = new ConcurrentHashMap<>();
    private final CompletableFuture<ClientAf> opened = new CompletableFuture<>();
    private final Set<ClientVc> active = ConcurrentHashMap.newKeySet();
    private volatile Optional<ClientAf> af = Optional.empty();
    private volatile Optional<Octets> closeData = Optional.empty();
    private volatile Runnable beforeClosing = () -> {};
    private volatile Consumer<ClientVc> inConnected = vc -> {};
    private volatile Optional<BiConsumer<ClientVc, Octets>> taker = Optional.empty();
    private volatile Function<CallParameters, CompletionStage<NdisResult<CallParameters>>> answer =
            parameters -> NdisResult.success(parameters).asStage();

    /** What it does before it closes a call whose other side is gone. */
    void whenClosed(final Runnable action) {
        beforeClosing = action;
    }

    /** What it does inside of the callback when a call that came in is connected. */
    void whenConnected(final Consumer<ClientVc> action) {
        inConnected = action;
    }

    /** What it does with what comes from now on, instead of keeping it. */
    void takes(final BiConsumer<ClientVc, Octets> action) {
        taker = Optional.of(action);
    }

    /** What the call manager has asked for. */
    List<Oid> asked() {
        return List.copyOf(asked);
    }

    /** What it says to calls that come in from now on. */
    void answers(final Function<CallParameters, CompletionStage<NdisResult<CallParameters>>> next) {
        answer = next;
    }

    ClientAf af() {
        return af.orElseThrow();
    }

    boolean isOpen() {
        return af.isPresent();
    }

    List<String> events() {
        return List.copyOf(events);
    }

    /** The VCs of calls that came in, oldest first. */
    List<ClientVc> incoming() {
        return List.copyOf(incoming);
    }

    List<CallParameters> offered() {
        return List.copyOf(offered);
    }

    List<Octets> received() {
        return List.copyOf(received);
    }

    /** What came on one VC. */
    List<Octets> received(final ClientVc vc) {
        return Optional.ofNullable(receivedOn.get(vc)).map(List::copyOf).orElse(List.of());
    }

    /** Completes when the address family is open. */
    CompletionStage<ClientAf> opened() {
        return opened;
    }

    /** VCs of calls that came in, and those that were added. */
    Set<ClientVc> active() {
        return active;
    }

    void add(final ClientVc vc) {
        active.add(vc);
    }

    /** What came with the last call that was closed from the other side. */
    Optional<Octets> closeData() {
        return closeData;
    }

    /** Sends a PDU. */
    void send(final ClientVc vc, final Octets pdu) {
        final NetBufferList nbl = pool.allocate();
        if (nbl == null) {
            throw new IllegalStateException("too much is under way: " + pool);
        }
        vc.sendNetBufferLists(nbl.fill(pdu.toByteArray()), NblFlags.NONE);
    }

    /** How sends have failed. */
    List<NdisStatus> notSent() {
        return List.copyOf(notSent);
    }

    /** How many sends are under way. */
    int sending() {
        return pool.outstanding();
    }

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        binding.openAddressFamily(addressFamily, this).thenAccept(result -> {
            af = result.value();
            result.value().ifPresent(opened::complete);
        });
    }

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        incoming.add(vc);
        active.add(vc);
        return NdisResult.success(this);
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> incomingCall(
            final ClientVc vc, final ClientVcContext context, final CallParameters parameters) {
        offered.add(parameters);
        return answer.apply(parameters);
    }

    @Override
    public void callConnected(final ClientVc vc) {
        inConnected.accept(vc);
        events.add("connected");
    }

    @Override
    public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
        events.add("closed " + closeStatus.name() + (closeData.length() == 0 ? "" : " '" + closeData.toText() + "'"));
        this.closeData = Optional.of(closeData);
        beforeClosing.run();
        vc.closeCall();
    }

    @Override
    public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final Octets pdu = Octets.of(nbl.toByteArray());
            taker.ifPresentOrElse(action -> action.accept(vc, pdu), () -> keep(vc, pdu));
        }
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    private void keep(final ClientVc vc, final Octets pdu) {
        received.add(pdu);
        receivedOn.computeIfAbsent(vc, first -> new ConcurrentLinkedQueue<>()).add(pdu);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientAf from, final OidRequest request) {
        asked.add(request.oid());
        return OidResult.success().asStage();
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            if (!nbl.status().isSuccess()) {
                notSent.add(nbl.status());
            }
        }
        nbls.freeChain();
    }

    @Override
    public NdisStatus deleteVc(final ClientVc vc) {
        active.remove(vc);
        events.add("deleted");
        return NdisStatus.SUCCESS;
    }
}
