// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that has the address family open, with the VCs that were made for its incoming calls. */
final class PppoeClient implements CmAfContext {
    private static final Logger LOG = LoggerFactory.getLogger(PppoeClient.class);
    private static final int MAX_DELETE_ATTEMPTS = 14;

    private final PppoeBinding binding;
    private final CmAf af;

    // confined to the loop
    private final Set<IncomingCall> calls = new HashSet<>();
    private Optional<CompletableFuture<NdisStatus>> closing = Optional.empty();
    private boolean heardEnabled = true;

    PppoeClient(final PppoeBinding binding, final CmAf af) {
        this.binding = binding;
        this.af = af;
    }

    CmAf af() {
        return af;
    }

    boolean isClosing() {
        return closing.isPresent();
    }

    @Override
    public NdisResult<CmVcContext> createVc(final CmVc vc) {
        binding.loop().execute(this::tellSignaling);
        return NdisResult.success(new OutgoingCall(binding, vc));
    }

    @Override
    public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
        final CompletableFuture<NdisResult<CmSapContext>> registered = new CompletableFuture<>();
        binding.loop().execute(() -> {
            registered.complete(binding.concentrator().register(this, sap));
            tellSignaling();
        });
        return registered;
    }

    @Override
    public CompletionStage<NdisStatus> closeAf() {
        final CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
        binding.loop().execute(() -> {
            closing = Optional.of(closed);
            binding.remove(this);
            Set.copyOf(calls).forEach(call -> call.endFromHere(NdisStatus.SUCCESS));
            closeIfEmpty();
        });
        return closed;
    }

    private void closeIfEmpty() {
        if (calls.isEmpty()) {
            closing.ifPresent(stage -> stage.complete(NdisStatus.SUCCESS));
        }
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        if (request.type() == OidRequest.Type.QUERY && request.oid().equals(Oid.PPPOE_DISCOVER)) {
            final CompletableFuture<OidResult> answered = new CompletableFuture<>();
            binding.loop().execute(() -> DiscoverRequest.answer(binding, this, request, answered));
            return answered;
        }
        return Outcomes.refusedRequest(NdisStatus.NOT_SUPPORTED, "R197", this, "there is no " + request + " for PPPoE")
                .asStage();
    }

    /** Tells the client whether calls can be made (R203), if it has not heard so last. */
    void tellSignaling() {
        final boolean enabled = binding.isSignaling();
        if (af.state() != AfState.OPEN || enabled == heardEnabled) {
            return;
        }
        heardEnabled = enabled;
        final Oid oid = enabled ? Oid.CO_SIGNALING_ENABLED : Oid.CO_SIGNALING_DISABLED;
        af.oidRequest(OidRequest.set(oid, Octets.EMPTY))
                .thenAccept(result -> LOG.debug("{} to {}: {}", oid, this, result));
    }

    void add(final IncomingCall call) {
        calls.add(call);
    }

    /** A call of this client is over, and had no VC. */
    void remove(final IncomingCall call) {
        calls.remove(call);
        closeIfEmpty();
    }

    /**
     * Deletes the VC of a call that is over (R156). The client, or an event of the VC that is still being worked off, may make the core refuse for a
     * moment; so it is tried again, with growing pauses.
     */
    void delete(final IncomingCall call, final CmVc vc) {
        delete(call, vc, 1);
    }

    private void delete(final IncomingCall call, final CmVc vc, final int attempt) {
        final NdisStatus status = mayBeDeleted(vc) ? vc.deleteVc().status() : NdisStatus.NOT_ACCEPTED;
        final boolean refused = status == NdisStatus.NOT_ACCEPTED || status == NdisStatus.CLOSING;
        if (refused && attempt < MAX_DELETE_ATTEMPTS) {
            binding.loop().schedule(Duration.ofMillis(1L << (attempt - 1)), () -> delete(call, vc, attempt + 1));
            return;
        }
        if (!status.isSuccess() && vc.state() != VcState.DELETED) {
            LOG.warn("{} could not be deleted after its call: {}", vc.handle(), status);
        }
        remove(call);
    }

    /** R107: the core may still be working off the end of the call, on another thread. */
    private static boolean mayBeDeleted(final CmVc vc) {
        return vc.callState() == CallState.IDLE || vc.state() == VcState.DELETED;
    }

    @Override
    public String toString() {
        return af.clientName();
    }
}
