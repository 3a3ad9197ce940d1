// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest.nic;

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
import java.util.function.BiFunction;

/** A component whose activation throws, so that its service is there and has no object. */
public final class StillbornNic implements CoMiniport {
    /**
     * Throws.
     *
     * @param wire the wire
     */
    public StillbornNic(final BiFunction<?, ?, ?> wire) {
        throw new IllegalStateException("not on " + wire);
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter adapter) {
        throw new AssertionError("it was never made");
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        throw new AssertionError("it was never made");
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vc, final OidRequest request) {
        throw new AssertionError("it was never made");
    }

    @Override
    public void halt(final HaltAction action) {
        throw new AssertionError("it was never made");
    }
}
