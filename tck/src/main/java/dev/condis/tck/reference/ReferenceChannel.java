// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidTable;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A VC in the reference NIC. All state is confined to the NIC's thread, so the order of what it is given is the order of what it does: a
 * deactivation comes behind the sends before it.
 */
public class ReferenceChannel implements MiniportVcContext {
    private final ReferenceNic nic;
    private final VcIndications vc;

    private final ReferenceCounters counters = new ReferenceCounters(OidTable.ofMiniport());

    private volatile OptionalInt circuit = OptionalInt.empty();
    private int indicated;
    private Optional<CompletableFuture<NdisStatus>> draining = Optional.empty();

    /**
     * Makes the channel, inactive.
     *
     * @param nic the hardware
     * @param vc takes what comes in
     */
    public ReferenceChannel(final ReferenceNic nic, final VcIndications vc) {
        this.nic = nic;
        this.vc = vc;
    }

    /**
     * The hardware.
     *
     * @return the NIC
     */
    protected final ReferenceNic nic() {
        return nic;
    }

    /**
     * The core's side of the VC.
     *
     * @return the VC
     */
    protected final VcIndications vc() {
        return vc;
    }

    /**
     * The circuit that the VC has on the wire.
     *
     * @return the circuit, empty while the VC is not active
     */
    protected final OptionalInt circuit() {
        return circuit;
    }

    /**
     * Tells whether the VC is active.
     *
     * @return {@code true} if so
     */
    public final boolean isActive() {
        return circuit.isPresent();
    }

    // --- control

    @Override
    public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
        final CompletableFuture<NdisResult<CallParameters>> activated = new CompletableFuture<>();
        nic.onWire(() -> activated.complete(activate(parameters)));
        return activated;
    }

    /**
     * Puts parameters in force, or refuses them and leaves everything as it was (rule R81).
     *
     * @param parameters the parameters
     * @return what is in force
     */
    protected NdisResult<CallParameters> activate(final CallParameters parameters) {
        final NdisResult<CallParameters> checked = check(parameters);
        if (!checked.isSuccess()) {
            return checked;
        }
        final int wanted = ReferenceNetwork.circuitOf(parameters).getAsInt();
        if (!nic.claim(wanted, this)) {
            return NdisResult.failure(NdisStatus.VC_NOT_AVAILABLE);
        }
        circuit.ifPresent(old -> {
            if (old != wanted) {
                nic.unclaim(old, this);
            }
        });
        circuit = OptionalInt.of(wanted);
        return checked;
    }

    /**
     * Checks parameters (rule R79) and rounds them where that is allowed (R82).
     *
     * @param parameters the parameters
     * @return what could be put in force, or {@code INVALID_DATA}
     */
    protected NdisResult<CallParameters> check(final CallParameters parameters) {
        if (ReferenceNetwork.circuitOf(parameters).isEmpty()) {
            return NdisResult.failure(NdisStatus.INVALID_DATA);
        }
        final Optional<CallManagerParameters> asked = parameters.callManager();
        if (asked.isEmpty()
                || isPossible(asked.get().transmit()) && isPossible(asked.get().receive())) {
            return NdisResult.success(parameters);
        }
        final boolean mayRound = parameters
                .media()
                .map(m -> m.flags().contains(MediaParameters.Flag.ROUND_DOWN_FLOW))
                .orElse(false);
        return mayRound
                ? NdisResult.success(rounded(parameters, asked.get()))
                : NdisResult.failure(NdisStatus.INVALID_DATA);
    }

    private static boolean isPossible(final FlowSpec flow) {
        return flow.tokenRate() == FlowSpec.UNSPECIFIED || flow.tokenRate() <= ReferenceNetwork.RATE;
    }

    /**
     * Rounds flows down to what the wire carries.
     *
     * @param parameters all parameters
     * @param asked the flows
     * @return the parameters with flows that are possible
     */
    protected CallParameters rounded(final CallParameters parameters, final CallManagerParameters asked) {
        return parameters
                .withCallManager(new CallManagerParameters(
                        roundedDown(asked.transmit()), roundedDown(asked.receive()), asked.specific()))
                .with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
    }

    private static FlowSpec roundedDown(final FlowSpec flow) {
        return isPossible(flow) ? flow : flow.withRate(ReferenceNetwork.RATE);
    }

    @Override
    public CompletionStage<NdisStatus> deactivateVc() {
        final CompletableFuture<NdisStatus> deactivated = new CompletableFuture<>();
        nic.onWire(() -> deactivate(deactivated));
        return deactivated;
    }

    /**
     * Stops the circuit and completes when every indicated NBL is back (rules R93 to R96).
     *
     * @param deactivated takes the outcome
     */
    protected void deactivate(final CompletableFuture<NdisStatus> deactivated) {
        stopReceiving();
        draining = Optional.of(deactivated);
        completeIfDrained();
    }

    /** Takes the circuit off the wire. */
    protected void stopReceiving() {
        circuit.ifPresent(number -> nic.unclaim(number, this));
        circuit = OptionalInt.empty();
    }

    private void completeIfDrained() {
        if (indicated == 0) {
            draining.ifPresent(deactivated -> deactivated.complete(NdisStatus.SUCCESS));
            draining = Optional.empty();
        }
    }

    @Override
    public NdisStatus deleteVc() {
        nic.freeVc();
        return NdisStatus.SUCCESS;
    }

    /**
     * The statistics of the VC (rule R193).
     *
     * @return the counters
     */
    public final ReferenceCounters counters() {
        return counters;
    }

    // --- sending

    @Override
    public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
        nic.onWire(() -> transmit(nbls));
    }

    /**
     * Transmits a chain and completes it.
     *
     * @param nbls the chain
     */
    protected void transmit(final NetBufferList nbls) {
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            final NdisStatus status = transmitOne(nbl);
            nbl.setStatus(status);
            counters.sent(status.isSuccess());
            nic.counters().sent(status.isSuccess());
        }
        complete(nbls);
    }

    /**
     * Transmits one PDU.
     *
     * @param nbl the PDU
     * @return what became of it
     */
    protected NdisStatus transmitOne(final NetBufferList nbl) {
        if (nic.isRemoved()) {
            return NdisStatus.NOT_ACCEPTED;
        }
        if (nic.isPaused()) {
            return NdisStatus.PAUSED;
        }
        if (circuit.isEmpty()) {
            return NdisStatus.VC_NOT_ACTIVATED;
        }
        if (nbl.length() > ReferenceNic.MAX_PDU) {
            return NdisStatus.INVALID_LENGTH;
        }
        nic.network().arrive(circuit.getAsInt(), Octets.of(nbl.toByteArray()));
        return NdisStatus.SUCCESS;
    }

    /**
     * Gives sent NBLs back (rule R179).
     *
     * @param nbls the chain, every status set
     */
    protected void complete(final NetBufferList nbls) {
        vc.sendNetBufferListsComplete(nbls, NblFlags.NONE);
    }

    // --- receiving

    /**
     * A PDU came in on the circuit.
     *
     * @param pdu the PDU
     */
    protected void receive(final Octets pdu) {
        final NetBufferList nbl = nic.pool().allocate();
        if (nbl == null) {
            counters.unbuffered();
            nic.counters().unbuffered();
            return;
        }
        counters.received();
        nic.counters().received();
        nbl.fill(pdu.toByteArray());
        if (nic.isLending()) {
            lend(nbl);
        } else {
            indicated++;
            indicate(nbl);
        }
    }

    /**
     * Hands a received NBL up.
     *
     * @param nbl the NBL
     */
    protected void indicate(final NetBufferList nbl) {
        vc.indicateReceiveNetBufferLists(nbl, NblFlags.NONE);
    }

    /**
     * Lends a received NBL for the time of the call.
     *
     * @param nbl the NBL
     */
    protected void lend(final NetBufferList nbl) {
        vc.indicateReceiveNetBufferLists(nbl, NblFlags.RECEIVE_RESOURCES);
        nbl.freeChain();
        nic.returned();
    }

    @Override
    public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
        final int count = nbls.chainLength();
        // first, for a halt that waits for the pool ends the wire's thread
        nic.onWire(() -> returned(count));
        nbls.freeChain();
        nic.returned();
    }

    private void returned(final int count) {
        indicated -= count;
        completeIfDrained();
    }
}
