// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** What the reference call manager keeps for a VC, and its call. Confined to the network's thread where it says so. */
public class ReferenceCall implements CmVcContext {
    /** Where the call is. */
    private enum Phase {
        IDLE,
        SETTING_UP,
        UP,
        CLOSING
    }

    private final ReferenceAf family;
    private final List<Party> parties = new CopyOnWriteArrayList<>();
    private volatile Optional<CmVc> vc = Optional.empty();
    private volatile Phase phase = Phase.IDLE;
    private volatile OptionalInt circuit = OptionalInt.empty();
    private volatile Optional<CallParameters> inForce = Optional.empty();

    /**
     * Makes the context.
     *
     * @param family the client
     */
    public ReferenceCall(final ReferenceAf family) {
        this.family = family;
    }

    /**
     * The VC was created.
     *
     * @param created the VC
     */
    protected void attach(final CmVc created) {
        vc = Optional.of(created);
    }

    /**
     * The VC.
     *
     * @return the call manager's side of it
     */
    protected final CmVc vc() {
        return vc.orElseThrow();
    }

    /**
     * The client.
     *
     * @return what is kept for it
     */
    protected final ReferenceAf family() {
        return family;
    }

    /**
     * The network.
     *
     * @return what the call is signaled on
     */
    protected final ReferenceNetwork network() {
        return family.callManager().network();
    }

    /**
     * The circuit of the call.
     *
     * @return its number, empty when there is no call
     */
    protected final OptionalInt circuit() {
        return circuit;
    }

    final boolean isIdle() {
        return phase == Phase.IDLE;
    }

    final boolean isOn(final int number) {
        return circuit.isPresent() && circuit.getAsInt() == number;
    }

    // --- what an MCM does in another way

    /**
     * Activates the VC or changes its parameters.
     *
     * @param parameters the parameters
     * @return what is in force
     */
    protected CompletionStage<NdisResult<CallParameters>> activate(final CallParameters parameters) {
        return vc().activateVc(parameters);
    }

    /**
     * Deactivates the VC.
     *
     * @return the outcome
     */
    protected CompletionStage<NdisResult<Void>> deactivate() {
        return vc().deactivateVc();
    }

    // --- outgoing

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
        final CompletableFuture<NdisResult<CallParameters>> made = new CompletableFuture<>();
        network().later(() -> make(parameters, made));
        return made;
    }

    /**
     * Makes a call. On the network's thread.
     *
     * @param asked what the client asks for
     * @param made takes the outcome
     */
    protected void make(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> made) {
        final NdisResult<CallParameters> set = setUp(asked);
        if (!set.isSuccess()) {
            made.complete(set);
            return;
        }
        begin(set.get());
        activate(set.get()).thenAccept(active -> network().later(() -> activated(asked, active, made)));
    }

    /**
     * Asks the network for a call (rule R119).
     *
     * @param asked what the client asks for
     * @return what the network gives
     */
    protected NdisResult<CallParameters> setUp(final CallParameters asked) {
        return network().setUp(asked);
    }

    /**
     * A call is being set up.
     *
     * @param parameters its parameters
     */
    protected final void begin(final CallParameters parameters) {
        phase = Phase.SETTING_UP;
        circuit = ReferenceNetwork.circuitOf(parameters);
    }

    /**
     * The activation of an outgoing call has an outcome. On the network's thread.
     *
     * @param asked what the client asked for
     * @param active the outcome
     * @param made takes the outcome of the call
     */
    protected void activated(
            final CallParameters asked,
            final NdisResult<CallParameters> active,
            final CompletableFuture<NdisResult<CallParameters>> made) {
        if (active.isSuccess()) {
            phase = Phase.UP;
            inForce = active.value();
            made.complete(NdisResult.success(flagged(asked, active.get())));
        } else {
            end(Octets.EMPTY);
            made.complete(active);
        }
    }

    /**
     * The answer to a client: flagged when it is not what was asked for (rules R120, R143).
     *
     * @param asked what was asked for
     * @param given what is in force
     * @return the parameters
     */
    protected CallParameters flagged(final CallParameters asked, final CallParameters given) {
        final boolean same = asked.callManager()
                .map(CallManagerParameters::transmit)
                .equals(given.callManager().map(CallManagerParameters::transmit));
        return same ? given : given.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
    }

    /**
     * The call is over for the network.
     *
     * @param closeData octets for the other end
     */
    protected void end(final Octets closeData) {
        circuit.ifPresent(number -> network().release(number, closeData));
        circuit = OptionalInt.empty();
        inForce = Optional.empty();
        parties.clear();
        phase = Phase.IDLE;
    }

    // --- incoming

    /**
     * Offers a call to the client: the VC is activated before. On the network's thread.
     *
     * @param sap the SAP that is called
     * @param parameters the parameters
     */
    protected void offer(final CmSap sap, final CallParameters parameters) {
        begin(parameters);
        activate(parameters).thenAccept(active -> network().later(() -> {
            if (active.isSuccess()) {
                inForce = active.value();
                dispatch(sap, active.get());
            } else {
                end(Octets.EMPTY);
                network().answered(false);
            }
        }));
    }

    private void dispatch(final CmSap sap, final CallParameters parameters) {
        vc().dispatchIncomingCall(sap, parameters)
                .thenAccept(answer -> network().later(() -> answered(answer)));
    }

    /**
     * The client has decided on an offer. On the network's thread.
     *
     * @param answer what it decided
     */
    protected void answered(final NdisResult<CallParameters> answer) {
        if (phase != Phase.SETTING_UP) {
            return;
        }
        if (answer.isSuccess()) {
            accepted();
        } else {
            rejected();
        }
    }

    /** The client accepted: the other end hears of it, and the call is connected (rule R136). */
    protected void accepted() {
        phase = Phase.UP;
        network().answered(true);
        vc().dispatchCallConnected();
    }

    /** The client rejected: the VC is deactivated and kept for the next call (rule R135). */
    protected void rejected() {
        network().answered(false);
        deactivate().thenAccept(done -> network().later(() -> end(Octets.EMPTY)));
    }

    // --- the end

    /**
     * The other end, or the network, ends the call. On the network's thread.
     *
     * @param cause success when the other end asked for it (rule R161)
     * @param closeData octets of the other end
     */
    protected void released(final NdisStatus cause, final Octets closeData) {
        vc().dispatchIncomingCloseCall(cause, closeData);
    }

    /** Ends the call as if the other end had asked for it. */
    public final void closeFromHere() {
        if (phase == Phase.UP) {
            vc().dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        }
    }

    @Override
    public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
        final CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
        network().later(() -> close(closeData, closed));
        return closed;
    }

    /**
     * Closes the call: the other end is told, and the VC deactivated, before it is reported (rules R154, R105). On the network's thread.
     *
     * @param closeData octets for the other end
     * @param closed takes the outcome
     */
    protected void close(final Octets closeData, final CompletableFuture<NdisStatus> closed) {
        phase = Phase.CLOSING;
        deactivate().thenAccept(done -> network().later(() -> {
            final boolean inactive = done.isSuccess() || vc().state() == VcState.INACTIVE;
            if (inactive) {
                end(closeData);
            }
            closed.complete(inactive ? NdisStatus.SUCCESS : done.status());
        }));
    }

    @Override
    public NdisStatus deleteVc() {
        if (phase != Phase.IDLE) {
            return NdisStatus.NOT_ACCEPTED;
        }
        family.deleted(this);
        return NdisStatus.SUCCESS;
    }

    /** Deletes a VC that the call manager created. */
    protected void deleteOwn() {
        vc().deleteVc();
    }

    // --- QoS

    @Override
    public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
        final CompletableFuture<NdisResult<CallParameters>> modified = new CompletableFuture<>();
        network().later(() -> modify(parameters, modified));
        return modified;
    }

    /**
     * Changes the quality of the call: the network first, then the VC (rule R141), and back again when that fails (R142). On the network's
     * thread.
     *
     * @param asked what the client asks for
     * @param modified takes the outcome
     */
    protected void modify(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> modified) {
        final NdisResult<CallParameters> negotiated = network().negotiate(circuit.orElse(0), asked);
        if (!negotiated.isSuccess()) {
            modified.complete(NdisResult.failure(NdisStatus.FAILURE));
            return;
        }
        activate(negotiated.get()).thenAccept(active -> network().later(() -> {
            if (active.isSuccess()) {
                inForce = active.value();
                modified.complete(NdisResult.success(flagged(asked, active.get())));
            } else {
                inForce.ifPresent(old -> network().negotiate(circuit.orElse(0), old));
                modified.complete(NdisResult.failure(NdisStatus.FAILURE));
            }
        }));
    }

    /**
     * The other end changes the quality: it is activated before the client hears of it (rule R145), and answered after (R147). On the
     * network's thread.
     *
     * @param parameters the new parameters
     */
    protected void changedRemotely(final CallParameters parameters) {
        activate(parameters).thenAccept(active -> network().later(() -> {
            if (active.isSuccess()) {
                inForce = active.value();
                vc().dispatchIncomingCallQoSChange(active.get())
                        .thenAccept(told -> network().answerChange(told.isSuccess()));
            } else {
                network().answerChange(false);
            }
        }));
    }

    // --- parties

    /** A party of the call. */
    private final class Party implements CmPartyContext {
        private final CmParty handle;

        Party(final CmParty handle) {
            this.handle = handle;
        }

        @Override
        public CompletionStage<NdisStatus> dropParty(final Octets closeData) {
            final CompletableFuture<NdisStatus> dropped = new CompletableFuture<>();
            network().later(() -> {
                forget(this);
                dropped.complete(NdisStatus.SUCCESS);
            });
            return dropped;
        }
    }

    /**
     * A party is gone (rule R174).
     *
     * @param party its context
     */
    protected void forget(final CmPartyContext party) {
        parties.remove(party);
    }

    /**
     * How many parties the call has.
     *
     * @return the number
     */
    protected final int partyCount() {
        return parties.size();
    }

    private AddedParty added(final CmParty handle, final CallParameters parameters) {
        final Party party = new Party(handle);
        parties.add(party);
        return new AddedParty(party, parameters);
    }

    @Override
    public CompletionStage<NdisResult<AddedParty>> makeCall(final CallParameters parameters, final CmParty party) {
        return makeCall(parameters).thenApply(made -> made.map(given -> added(party, given)));
    }

    @Override
    public CompletionStage<NdisResult<AddedParty>> addParty(final CmParty party, final CallParameters parameters) {
        final CompletableFuture<NdisResult<AddedParty>> result = new CompletableFuture<>();
        network().later(() -> result.complete(add(party, parameters)));
        return result;
    }

    /**
     * Adds a party. All share the flow of the VC (rule R166). On the network's thread.
     *
     * @param party its handle
     * @param asked what the client asks for
     * @return the party
     */
    protected NdisResult<AddedParty> add(final CmParty party, final CallParameters asked) {
        final CallParameters given = inForce.flatMap(CallParameters::callManager)
                .map(asked::withCallManager)
                .orElse(asked);
        return NdisResult.success(added(party, flagged(asked, given)));
    }

    /**
     * A party leaves from the other end. On the network's thread.
     *
     * @param leg which: 0 for the first
     */
    protected void left(final int leg) {
        if (leg >= parties.size()) {
            return;
        }
        if (parties.size() > 1) {
            parties.get(leg).handle.dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY);
        } else {
            vc().dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY);
        }
    }
}
