// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.TapiCallId;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.nbl.NetBufferList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** What a client may do with a VC. */
final class ClientVcView implements ClientVc {
    private final ClientCircuit circuit;

    ClientVcView(final ClientCircuit circuit) {
        this.circuit = circuit;
    }

    ClientCircuit circuit() {
        return circuit;
    }

    @Override
    public NdisVcHandle handle() {
        return circuit;
    }

    @Override
    public ClientAf addressFamily() {
        return circuit.addressFamily().clientView();
    }

    @Override
    public VcState state() {
        return circuit.state();
    }

    @Override
    public CallState callState() {
        return circuit.callState();
    }

    @Override
    public Optional<CallParameters> callParameters() {
        return circuit.callParameters();
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
        return circuit.makeCall(Objects.requireNonNull(parameters, "parameters"));
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeCall(final Octets closeData) {
        return circuit.closeCall(Objects.requireNonNull(closeData, "closeData"));
    }

    @Override
    public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
        circuit.send(nbls, flags);
    }

    @Override
    public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
        circuit.returnReceived(nbls, flags);
    }

    @Override
    public NdisResult<Void> deleteVc() {
        return circuit.deleteByClient();
    }

    @Override
    public String toString() {
        return circuit.toString();
    }

    @Override
    public CompletionStage<NdisResult<ClientParty>> makeCall(
            final CallParameters parameters, final ClientPartyContext context) {
        return circuit.makeCall(
                Objects.requireNonNull(parameters, "parameters"), Objects.requireNonNull(context, "context"));
    }

    @Override
    public CompletionStage<NdisResult<ClientParty>> addParty(
            final CallParameters parameters, final ClientPartyContext context) {
        return circuit.addParty(
                Objects.requireNonNull(parameters, "parameters"), Objects.requireNonNull(context, "context"));
    }

    @Override
    public List<ClientParty> parties() {
        return circuit.parties();
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
        return circuit.modifyCallQoS(Objects.requireNonNull(parameters, "parameters"));
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeCall(final ClientParty lastParty, final Octets closeData) {
        return circuit.closeCall(
                Objects.requireNonNull(lastParty, "lastParty"), Objects.requireNonNull(closeData, "closeData"));
    }

    @Override
    public NdisResult<String> assignInstanceName(final String baseName) {
        return circuit.assignInstanceName(Objects.requireNonNull(baseName, "baseName"));
    }

    @Override
    public NdisResult<TapiCallId> tapiCallId() {
        return circuit.tapiCallId();
    }
}
