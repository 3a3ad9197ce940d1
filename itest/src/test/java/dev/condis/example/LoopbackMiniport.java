// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.example;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

public final class LoopbackMiniport implements CoMiniport {
    private final NetBufferListPool pool = new NetBufferListPool("loopback", 64, 1500);
    private final OidTable oids = OidTable.ofMiniport()
            .query(Oid.GEN_CO_MEDIA_CONNECT_STATUS, () -> OidTable.u32(0)) // connected
            .build();

    @Override
    public NdisStatus initialize(MiniportAdapter adapter) {
        return NdisStatus.SUCCESS; // the hardware is ready
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(MiniportVc vc) {
        return NdisResult.success(new Vc(vc, pool));
    }

    @Override // what is asked of the adapter, or of one VC
    public CompletionStage<OidResult> oidRequest(Optional<VcDataPath> vc, OidRequest request) {
        return oids.answer(request).asStage();
    }

    @Override
    public void halt(HaltAction action) {} // every call is closed by now

    private record Vc(MiniportVc vc, NetBufferListPool pool) implements MiniportVcContext {
        @Override // check the parameters, program the hardware
        public CompletionStage<NdisResult<CallParameters>> activateVc(CallParameters parameters) {
            return NdisResult.success(parameters).asStage();
        }

        @Override // complete what was sent, await what was indicated
        public CompletionStage<NdisStatus> deactivateVc() {
            return NdisStatus.SUCCESS.asStage();
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }

        @Override // the wire of this adapter is a mirror
        public void sendNetBufferLists(NetBufferList nbls, int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                NetBufferList copy = pool.allocate();
                if (copy != null) {
                    vc.indicateReceiveNetBufferLists(copy.fill(nbl.data().duplicate()), 0);
                }
            }
            vc.sendNetBufferListsComplete(nbls, 0);
        }

        @Override
        public void returnNetBufferLists(NetBufferList nbls, int flags) {
            nbls.freeChain();
        }
    }
}
