// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.VcTable;
import java.util.Objects;
import java.util.concurrent.CompletionStage;

/** What an MCM may do with a client's VC: {@code NdisMCm*} and {@code NdisMCo*}. */
final class McmVcView extends CmVcView implements McmVc {
    McmVcView(final ClientCircuit circuit) {
        super(circuit);
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
        return circuit.mcmActivate(Objects.requireNonNull(parameters, "parameters"))
                .asStage();
    }

    @Override
    public CompletionStage<NdisResult<Void>> deactivateVc() {
        return circuit.mcmDeactivate().asStage();
    }

    @Override
    public NdisResult<Void> deleteVc() {
        return circuit.deleteByCallManager(VcTable.Event.MCM_DELETE);
    }

    @Override
    public void sendNetBufferListsComplete(final NetBufferList nbls, final int flags) {
        circuit.current().sendNetBufferListsComplete(nbls, flags);
    }

    @Override
    public void indicateReceiveNetBufferLists(final NetBufferList nbls, final int flags) {
        circuit.current().indicateReceiveNetBufferLists(nbls, flags);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        circuit.indicateStatus(Objects.requireNonNull(indication, "indication"));
    }
}
