// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A client that takes calls, sends back whatever it receives on them, and notes what happens to it. */
final class EchoClient implements CoClient, ClientAfContext, ClientVcContext {
    final List<String> events = new CopyOnWriteArrayList<>();
    final List<String> received = new CopyOnWriteArrayList<>();
    final List<String> asked = new CopyOnWriteArrayList<>();
    final List<NdisStatus> completed = new CopyOnWriteArrayList<>();
    final List<StatusIndication> statuses = new CopyOnWriteArrayList<>();
    final NetBufferListPool pool = new NetBufferListPool("echo", 64, 2048);
    private final AddressFamily family;
    private final Optional<Sap> sap;
    private final boolean echoes;
    private volatile CompletableFuture<ClientAf> opened = new CompletableFuture<>();

    EchoClient(final AddressFamily family, final Optional<Sap> sap, final boolean echoes) {
        this.family = family;
        this.sap = sap;
        this.echoes = echoes;
    }

    CompletableFuture<ClientAf> opened() {
        return opened;
    }

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (!addressFamily.sameFamily(family)) {
            return;
        }
        events.add("afRegisterNotify");
        binding.openAddressFamily(addressFamily, this).thenAccept(result -> listen(result.get()));
    }

    private void listen(final ClientAf af) {
        if (sap.isEmpty()) {
            opened.complete(af);
            return;
        }
        af.registerSap(sap.get(), (vc, context, parameters) -> NdisResult.success(parameters)
                        .asStage())
                .thenAccept(registered -> {
                    registered.get();
                    opened.complete(af);
                });
    }

    @Override
    public void status(final ClientBinding binding, final StatusIndication indication) {
        statuses.add(indication);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientAf af, final OidRequest request) {
        asked.add(request.toString());
        return OidResult.success().asStage();
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding binding) {
        events.add("unbindAdapter");
        opened = new CompletableFuture<>();
        return CoClient.super.unbindAdapter(binding).thenApply(status -> {
            events.add("unbound " + status);
            return status;
        });
    }

    @Override
    public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf af) {
        events.add("notifyCloseAf");
        return ClientAfContext.super.notifyCloseAf(af);
    }

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        events.add("createVc");
        return NdisResult.success(this);
    }

    @Override
    public void callConnected(final ClientVc vc) {
        events.add("callConnected");
    }

    @Override
    public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
        events.add("incomingCloseCall " + closeStatus);
        vc.closeCall();
    }

    @Override
    public NdisStatus deleteVc(final ClientVc vc) {
        events.add("deleteVc");
        return NdisStatus.SUCCESS;
    }

    @Override
    public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final byte[] pdu = nbl.toByteArray();
            received.add(new String(pdu, StandardCharsets.UTF_8));
            if (echoes) {
                vc.sendNetBufferLists(pool.allocate().fill(pdu), 0);
            }
        }
        vc.returnNetBufferLists(nbls, 0);
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            completed.add(nbl.status());
        }
        nbls.freeChain();
    }

    /** Makes a call on a new VC. */
    CompletionStage<NdisResult<ClientVc>> call(final ClientAf af, final CallParameters parameters) {
        final ClientVc vc = af.createVc(this).get();
        return vc.makeCall(parameters).thenApply(made -> made.map(inForce -> vc));
    }

    void send(final ClientVc vc, final String text) {
        vc.sendNetBufferLists(pool.allocate().fill(text.getBytes(StandardCharsets.UTF_8)), 0);
    }
}
