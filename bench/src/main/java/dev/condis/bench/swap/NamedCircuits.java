// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import java.util.concurrent.CompletionStage;

/** A call manager without signaling: it activates the circuit that the client names. */
final class NamedCircuits implements CallManager, CmAfContext {
    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        return binding.registerAddressFamily(AddressFamily.Q2931, af -> NdisResult.<CmAfContext>success(this)
                        .asStage())
                .status();
    }

    @Override
    public NdisResult<CmVcContext> createVc(final CmVc vc) {
        return NdisResult.success(new NamedCircuit(vc));
    }

    @Override
    public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
        return NdisResult.<CmSapContext>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    @Override
    public CompletionStage<NdisStatus> closeAf() {
        return NdisStatus.SUCCESS.asStage();
    }

    private record NamedCircuit(CmVc vc) implements CmVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return vc.activateVc(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            return vc.deactivateVc().thenApply(NdisResult::status);
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }
    }
}
