// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import java.util.Objects;

/** What a miniport may do with a VC: {@code NdisMCo*}. */
final class MiniportVcView implements MiniportVc {
    private final VirtualCircuit circuit;

    MiniportVcView(final VirtualCircuit circuit) {
        this.circuit = circuit;
    }

    @Override
    public NdisVcHandle handle() {
        return circuit;
    }

    @Override
    public void sendNetBufferListsComplete(final NetBufferList nbls, final int flags) {
        circuit.completeSends(nbls, flags);
    }

    @Override
    public void indicateReceiveNetBufferLists(final NetBufferList nbls, final int flags) {
        circuit.indicate(nbls, flags);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        circuit.indicateStatus(Objects.requireNonNull(indication, "indication"));
    }

    @Override
    public String toString() {
        return circuit.toString();
    }
}
