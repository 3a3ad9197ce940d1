// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import dev.condis.example.LoopbackMiniport;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The example adapter, whose link a test loses and finds. */
final class MonitoredMiniport implements CoMiniport {
    private final LoopbackMiniport loopback = new LoopbackMiniport();
    private final CompletableFuture<MiniportAdapter> adapter = new CompletableFuture<>();

    void indicate(final StatusIndication indication) {
        adapter.join().indicateStatus(indication);
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter miniportAdapter) {
        adapter.complete(miniportAdapter);
        return loopback.initialize(miniportAdapter);
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        return loopback.createVc(vc);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
        return loopback.oidRequest(vcContext, request);
    }

    @Override
    public void halt(final HaltAction action) {
        loopback.halt(action);
    }
}
