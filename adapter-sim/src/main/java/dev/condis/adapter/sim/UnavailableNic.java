// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Stands for an adapter that cannot be used as configured; the service property says why. */
final class UnavailableNic implements CoMiniport {

    private static final Logger LOG = LoggerFactory.getLogger(UnavailableNic.class);

    private final String cause;

    UnavailableNic(String cause) {
        this.cause = cause;
    }

    @Override
    public NdisStatus initialize(MiniportAdapter adapter) {
        LOG.warn("Adapter {} cannot start: {}", adapter.adapter().name(), cause);
        return NdisStatus.ADAPTER_NOT_READY;
    }

    @Override
    public void halt(HaltAction action) {
        LOG.debug("An adapter that never started is halted: {}", cause);
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(MiniportVc vc) {
        return NdisResult.failure(NdisStatus.ADAPTER_NOT_READY);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(Optional<VcDataPath> vcContext, OidRequest request) {
        return OidResult.failure(NdisStatus.ADAPTER_NOT_READY).asStage();
    }
}
