// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The NIC as a miniport. */
final class NicMiniport implements CoMiniport {
    private static final OidTable OIDS = OidTable.ofMiniport().build();

    private final FarEnd farEnd;
    private final Duration transit;
    private Optional<Nic> nic = Optional.empty();

    NicMiniport(final FarEnd farEnd, final Duration transit) {
        this.farEnd = farEnd;
        this.transit = transit;
    }

    @Override
    public NdisStatus initialize(final MiniportAdapter adapter) {
        nic = Optional.of(new Nic(transit, NetBufferList::freeChain));
        return NdisStatus.SUCCESS;
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        return NdisResult.success(new Circuit(nic.orElseThrow(), vc));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vc, final OidRequest request) {
        return OIDS.answer(request).asStage();
    }

    @Override
    public void halt(final HaltAction action) {
        nic.ifPresent(Nic::halt);
        nic = Optional.empty();
    }

    private final class Circuit implements MiniportVcContext {
        private final Nic at;
        private final MiniportVc vc;
        private volatile Nic.Port port;

        Circuit(final Nic at, final MiniportVc vc) {
            this.at = at;
            this.vc = vc;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            port = at.open(farEnd.circuit(parameters.media().orElseThrow()), this::completed);
            return NdisResult.success(parameters).asStage();
        }

        private void completed(final NetBufferList nbls) {
            nbls.setChainStatus(NdisStatus.SUCCESS);
            vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
        }

        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            final CompletableFuture<NdisStatus> done = new CompletableFuture<>();
            port.close(() -> done.complete(NdisStatus.SUCCESS));
            return done;
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            if (!port.send(nbls)) {
                nbls.setChainStatus(NdisStatus.FAILURE);
                vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
            }
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            throw new IllegalStateException("this NIC receives nothing");
        }
    }
}
