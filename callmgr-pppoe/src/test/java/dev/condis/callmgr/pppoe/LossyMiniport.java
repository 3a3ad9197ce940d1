// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** A miniport that loses some of the PDUs that it is to send, and says that they were sent, as a wire does. */
record LossyMiniport(CoMiniport driver, Predicate<byte[]> lost) implements CoMiniport {
    @Override
    public NdisStatus initialize(final MiniportAdapter adapter) {
        return driver.initialize(adapter);
    }

    @Override
    public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
        return driver.createVc(vc).map(context -> new LossyVc(vc, context, lost));
    }

    @Override
    public CompletionStage<NdisStatus> restart() {
        return driver.restart();
    }

    @Override
    public CompletionStage<NdisStatus> pause() {
        return driver.pause();
    }

    @Override
    public CompletionStage<NdisResult<MiniportDriver.AddressingReset>> reset() {
        return driver.reset();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vc, final OidRequest request) {
        return driver.oidRequest(vc.map(own -> ((LossyVc) own).context()), request);
    }

    @Override
    public void surpriseRemoved() {
        driver.surpriseRemoved();
    }

    @Override
    public void halt(final MiniportDriver.HaltAction action) {
        driver.halt(action);
    }

    private record LossyVc(MiniportVc vc, MiniportVcContext context, Predicate<byte[]> lost)
            implements MiniportVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            return context.activateVc(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            return context.deactivateVc();
        }

        @Override
        public NdisStatus deleteVc() {
            return context.deleteVc();
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            if (nbls.next() == null && lost.test(nbls.toByteArray())) {
                nbls.setStatus(NdisStatus.SUCCESS);
                vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
            } else {
                context.sendNetBufferLists(nbls, flags);
            }
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            context.returnNetBufferLists(nbls, flags);
        }
    }
}
