// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** A VC of the kit's client, with its call. */
public final class KitCall implements ClientVcContext, ClientPartyContext, Line {
    /**
     * A close from the other side.
     *
     * @param status why
     * @param data what came with it
     */
    public record Closed(NdisStatus status, Octets data) {}

    private final Rig rig;
    private final Traffic traffic;
    private final CompletableFuture<ClientVc> vc = new CompletableFuture<>();
    private final List<Closed> closes = new CopyOnWriteArrayList<>();
    private final List<ClientParty> leaving = new CopyOnWriteArrayList<>();
    private final List<ClientParty> dropped = new CopyOnWriteArrayList<>();
    private final List<CallParameters> changes = new CopyOnWriteArrayList<>();
    private volatile Optional<CallParameters> inForce = Optional.empty();
    private volatile Consumer<CallParameters> onChange = parameters -> {};
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean deleted;
    private volatile boolean answersCloses = true;

    KitCall(final Rig rig) {
        this.rig = rig;
        traffic = new Traffic(rig.pool());
    }

    void created(final ClientVc created) {
        vc.complete(created);
        rig.onClose(this::release);
    }

    /**
     * The VC.
     *
     * @return the client's side of it
     */
    public ClientVc vc() {
        return vc.join();
    }

    // --- what the kit does

    /**
     * Makes a call, and waits for the outcome.
     *
     * @param parameters what is asked for
     * @return the outcome
     */
    public NdisResult<CallParameters> make(final CallParameters parameters) {
        final NdisResult<CallParameters> made = rig.patience().outcome(vc().makeCall(parameters), "makeCall");
        inForce = made.value();
        return made;
    }

    /**
     * Makes a multipoint call, and waits for the outcome.
     *
     * @param parameters what is asked for
     * @return the outcome
     */
    public NdisResult<ClientParty> makeToParty(final CallParameters parameters) {
        final NdisResult<ClientParty> made = rig.patience().outcome(vc().makeCall(parameters, this), "makeCall");
        inForce = vc().callParameters();
        return made;
    }

    /**
     * Adds a party, and waits for the outcome.
     *
     * @param parameters what is asked for
     * @return the outcome
     */
    public NdisResult<ClientParty> addParty(final CallParameters parameters) {
        return rig.patience().outcome(vc().addParty(parameters, this), "addParty");
    }

    /**
     * Changes the quality, and waits for the outcome.
     *
     * @param parameters what is asked for
     * @return the outcome
     */
    public NdisResult<CallParameters> modify(final CallParameters parameters) {
        return rig.patience().outcome(vc().modifyCallQoS(parameters), "modifyCallQoS");
    }

    /** Closes the call, and waits until that has succeeded. */
    public void close() {
        Rig.succeeded(rig.patience().outcome(end(), "closeCall"), "closeCall");
    }

    /**
     * Closes the call with close data, and waits for the outcome.
     *
     * @param data the close data
     * @return the outcome
     */
    public NdisResult<Void> close(final Octets data) {
        return rig.patience().outcome(vc().closeCall(data), "closeCall");
    }

    /** Lets a close from the other side wait for {@link #close()}. */
    public void answerNoCloses() {
        answersCloses = false;
    }

    /**
     * Runs when the other side has changed the quality, before the callback returns.
     *
     * @param action what to do
     */
    public void onChange(final Consumer<CallParameters> action) {
        onChange = action;
    }

    // --- what happened

    /**
     * How often an incoming call on this VC was connected.
     *
     * @return the number
     */
    public int connections() {
        return connections.get();
    }

    /**
     * Closes from the other side.
     *
     * @return the closes
     */
    public List<Closed> closes() {
        return List.copyOf(closes);
    }

    /**
     * Parties that left.
     *
     * @return the parties
     */
    public List<ClientParty> leaving() {
        return List.copyOf(leaving);
    }

    /**
     * Parties that left and are dropped: the call manager has said so.
     *
     * @return the parties
     */
    public List<ClientParty> dropped() {
        return List.copyOf(dropped);
    }

    /**
     * Changes of the quality from the other side.
     *
     * @return the parameters
     */
    public List<CallParameters> changes() {
        return List.copyOf(changes);
    }

    /**
     * Tells whether the other side deleted the VC.
     *
     * @return {@code true} if so
     */
    public boolean isDeleted() {
        return deleted;
    }

    void offered(final CallParameters parameters) {
        inForce = Optional.of(parameters);
    }

    // --- line

    @Override
    public NdisVcHandle handle() {
        return vc().handle();
    }

    @Override
    public CallParameters inForce() {
        return vc().callParameters()
                .or(() -> inForce)
                .orElseThrow(() -> new Unmet("a connected call has no parameters"));
    }

    @Override
    public Traffic traffic() {
        return traffic;
    }

    @Override
    public void send(final NetBufferList nbls) {
        vc().sendNetBufferLists(nbls, NblFlags.NONE);
    }

    @Override
    public void release() {
        traffic.release(chain -> vc().returnNetBufferLists(chain, NblFlags.NONE));
    }

    @Override
    public CompletionStage<NdisResult<Void>> end() {
        return vc().closeCall();
    }

    @Override
    public VcState state() {
        return vc().state();
    }

    // --- callbacks

    @Override
    public void callConnected(final ClientVc connected) {
        connections.incrementAndGet();
    }

    @Override
    public void incomingCloseCall(final ClientVc closed, final NdisStatus closeStatus, final Octets closeData) {
        closes.add(new Closed(closeStatus, closeData));
        if (answersCloses) {
            closed.closeCall();
        }
    }

    @Override
    public void incomingCallQoSChange(final ClientVc changed, final CallParameters parameters) {
        onChange.accept(parameters);
        changes.add(parameters);
    }

    @Override
    public void receiveNetBufferLists(final ClientVc from, final NetBufferList nbls, final int flags) {
        traffic.received(nbls, flags, chain -> from.returnNetBufferLists(chain, NblFlags.NONE));
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc from, final NetBufferList nbls, final int flags) {
        traffic.completed(nbls);
    }

    @Override
    public NdisStatus deleteVc(final ClientVc gone) {
        deleted = true;
        return NdisStatus.SUCCESS;
    }

    @Override
    public void incomingDropParty(final ClientParty party, final NdisStatus dropStatus, final Octets closeData) {
        leaving.add(party);
        party.dropParty(Octets.EMPTY).thenAccept(result -> {
            if (result.isSuccess()) {
                dropped.add(party);
            } else if (result.status() == NdisStatus.FAILURE) {
                party.vc().closeCall(party, Octets.EMPTY);
            }
        });
    }
}
