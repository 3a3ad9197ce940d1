// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.TapiCallId;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.management.VcSnapshot;
import dev.condis.core.state.VcTable;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What a stand-alone call manager may do with a client's VC: {@code NdisCm*}. */
class CmVcView implements CmVc {
    final ClientCircuit circuit;

    CmVcView(final ClientCircuit circuit) {
        this.circuit = circuit;
    }

    @Override
    public final NdisVcHandle handle() {
        return circuit;
    }

    @Override
    public final CmAf addressFamily() {
        return circuit.addressFamily().callManagerView();
    }

    @Override
    public final VcState state() {
        return circuit.state();
    }

    @Override
    public final CallState callState() {
        return circuit.callState();
    }

    @Override
    public final Optional<CallParameters> callParameters() {
        return circuit.callParameters();
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
        return circuit.activate(Objects.requireNonNull(parameters, "parameters"));
    }

    @Override
    public CompletionStage<NdisResult<Void>> deactivateVc() {
        return circuit.deactivate();
    }

    @Override
    public NdisResult<Void> deleteVc() {
        final boolean mcm = circuit.creator() == VcSnapshot.Creator.MCM;
        return circuit.deleteByCallManager(mcm ? VcTable.Event.MCM_DELETE : VcTable.Event.DELETE);
    }

    @Override
    public final CompletionStage<NdisResult<CallParameters>> dispatchIncomingCall(
            final CmSap sap, final CallParameters parameters) {
        return circuit.dispatchIncomingCall(
                Objects.requireNonNull(sap, "sap"), Objects.requireNonNull(parameters, "parameters"));
    }

    @Override
    public final CompletionStage<NdisResult<Void>> dispatchCallConnected() {
        return circuit.dispatchCallConnected();
    }

    @Override
    public final NdisResult<Void> dispatchIncomingCloseCall(final NdisStatus closeStatus, final Octets closeData) {
        return circuit.dispatchIncomingCloseCall(
                Objects.requireNonNull(closeStatus, "closeStatus"), Objects.requireNonNull(closeData, "closeData"));
    }

    @Override
    public final String toString() {
        return circuit.toString();
    }

    @Override
    public final CompletionStage<NdisResult<Void>> dispatchIncomingCallQoSChange(final CallParameters parameters) {
        return circuit.dispatchIncomingCallQoSChange(Objects.requireNonNull(parameters, "parameters"));
    }

    @Override
    public NdisResult<String> assignInstanceName(final String baseName) {
        Objects.requireNonNull(baseName, "baseName");
        return circuit.addressFamily().isMcm()
                ? circuit.refused(NdisStatus.NOT_SUPPORTED, "R225", "an MCM does not name VCs")
                : circuit.assignInstanceName(baseName);
    }

    @Override
    public final NdisResult<TapiCallId> tapiCallId() {
        return circuit.tapiCallId();
    }
}
