// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A client that has the address family open. Fields are guarded by the lock of the binding. */
final class PvcClient implements CmAfContext {
    private static final Logger LOG = LoggerFactory.getLogger(PvcClient.class);

    private final PvcBinding binding;
    private final CmAf af;
    private final List<IncomingCall> calls = new ArrayList<>();
    private final CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
    private boolean closing;
    private boolean heardEnabled = true;

    PvcClient(final PvcBinding binding, final CmAf af) {
        this.binding = binding;
        this.af = af;
    }

    CmAf af() {
        return af;
    }

    /** Lock held. */
    boolean isClosing() {
        return closing;
    }

    /** The VC on which the next call of a circuit is offered (R114): a kept one, or one to be created. Lock held. */
    IncomingCall callOn(final PermanentCircuit circuit) {
        final Optional<IncomingCall> kept = calls.stream()
                .filter(call -> call.isKept() && call.circuit().equals(circuit))
                .findFirst();
        return kept.orElseGet(() -> {
            final IncomingCall call = new IncomingCall(binding, this, circuit);
            calls.add(call);
            return call;
        });
    }

    /** The VCs that this call manager created for the client. Lock held. */
    List<IncomingCall> calls() {
        return List.copyOf(calls);
    }

    void remove(final IncomingCall call) {
        final boolean last;
        synchronized (binding.lock()) {
            calls.remove(call);
            last = closing && calls.isEmpty();
        }
        if (last) {
            finish();
        }
    }

    private void finish() {
        binding.remove(this);
        closed.complete(NdisStatus.SUCCESS);
    }

    /**
     * Tells the client whether calls can be made (R203), if it has not heard so last. One that opens the address
     * family while they cannot is told when it begins to use it.
     */
    void tellSignaling() {
        if (af.state() != AfState.OPEN) {
            return;
        }
        final boolean enabled;
        synchronized (binding.lock()) {
            enabled = binding.isSignaling();
            if (enabled == heardEnabled) {
                return;
            }
            heardEnabled = enabled;
        }
        final Oid oid = enabled ? Oid.CO_SIGNALING_ENABLED : Oid.CO_SIGNALING_DISABLED;
        af.oidRequest(OidRequest.set(oid, Octets.EMPTY))
                .thenAccept(result -> LOG.debug("{} to {}: {}", oid, this, result));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return answer(request).asStage();
    }

    private OidResult answer(final OidRequest request) {
        final boolean adds = request.oid().equals(Oid.CO_ADD_PVC);
        if (request.type() != OidRequest.Type.SET || !adds && !request.oid().equals(Oid.CO_DELETE_PVC)) {
            return Outcomes.refusedRequest(
                    NdisStatus.NOT_SUPPORTED, "R197", this, "there is no " + request + " for permanent circuits");
        }
        try {
            final SpecificParameters pvc = CoPvc.read(request.information(), this);
            return adds ? binding.add(CoPvc.circuit(pvc), this) : binding.delete(CoPvc.selector(pvc), this);
        } catch (final CoPvc.UnreadableException e) {
            LOG.debug("{} of {}", request, this, e);
            return e.answer();
        } catch (final IllegalArgumentException e) {
            LOG.debug("{} of {}", request, this, e);
            return Outcomes.refusedRequest(NdisStatus.INVALID_DATA, "R196", this, e.getMessage());
        }
    }

    @Override
    public NdisResult<CmVcContext> createVc(final CmVc vc) {
        tellSignaling();
        return NdisResult.success(new OutgoingCall(binding, vc));
    }

    @Override
    public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
        tellSignaling();
        return binding.register(this, sap).asStage();
    }

    @Override
    public CompletionStage<NdisStatus> closeAf() {
        final List<IncomingCall> left;
        synchronized (binding.lock()) {
            closing = true;
            left = calls();
        }
        // C22: the VCs that this call manager created go first.
        left.forEach(call -> call.closeRemotely(NdisStatus.SUCCESS));
        if (left.isEmpty()) {
            finish();
        }
        return closed;
    }

    @Override
    public String toString() {
        return af.clientName();
    }
}
