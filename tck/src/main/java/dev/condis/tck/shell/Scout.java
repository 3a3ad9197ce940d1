// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A client that finds out which calls can be made, and one that takes the calls of the kit. It accepts what it is asked. */
final class Scout implements CoClient, ClientAfContext, ClientSapContext, ClientVcContext, ClientPartyContext {
    private final AddressFamily family;
    private final CompletableFuture<NdisResult<ClientAf>> opened = new CompletableFuture<>();
    private final AtomicBoolean opening = new AtomicBoolean();

    Scout(final AddressFamily family) {
        this.family = Objects.requireNonNull(family, "family");
    }

    /** Completes when the address family was announced and opened, or refused. */
    CompletionStage<NdisResult<ClientAf>> opened() {
        return opened;
    }

    /** Takes calls on a SAP, when the family is open. */
    CompletionStage<NdisResult<ClientSap>> listen(final Sap sap) {
        return opened.thenCompose(result -> result.value()
                .map(af -> af.registerSap(sap, this))
                .orElseGet(() -> NdisResult.<ClientSap>failure(result.status()).asStage()));
    }

    // --- callbacks

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.sameFamily(family) && opening.compareAndSet(false, true)) {
            binding.openAddressFamily(addressFamily, this).thenAccept(opened::complete);
        }
    }

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        return NdisResult.success(this);
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> incomingCall(
            final ClientVc vc, final ClientVcContext vcContext, final CallParameters parameters) {
        return NdisResult.success(parameters).asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientAf af, final OidRequest request) {
        return OidResult.success().asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientVc vc, final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientParty party, final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    @Override
    public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
        nbls.freeChain();
    }
}
