// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A client that has the address family open. Fields are guarded by the lock of the binding. */
final class PvcClient implements CmAfContext {
    private final PvcBinding binding;
    private final CmAf af;
    private final List<IncomingCall> calls = new ArrayList<>();
    private final CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
    private boolean closing;

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

    @Override
    public NdisResult<CmVcContext> createVc(final CmVc vc) {
        return NdisResult.success(new OutgoingCall(binding, vc));
    }

    @Override
    public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
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
