// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What the reference client keeps for a VC. It sends what it is told to as soon as it may. */
public class ReferenceClientCall implements ClientVcContext, ClientPartyContext {
    private static final byte[] PDU = new byte[64];

    private final ReferenceClient client;
    private final boolean own;
    private final Object lock = new Object();
    private final CompletableFuture<ClientVc> vc = new CompletableFuture<>();
    private final List<ClientParty> parties = new ArrayList<>();
    private Optional<CompletableFuture<Void>> making = Optional.empty();
    private Optional<CompletableFuture<Void>> closing = Optional.empty();
    private Optional<CompletableFuture<Void>> deleting = Optional.empty();
    private boolean hasCall;
    private boolean maySend;
    private boolean multipoint;
    private int wanted;
    private int sending;
    private Optional<CompletableFuture<Void>> sent = Optional.empty();

    /**
     * Makes the context.
     *
     * @param client the client
     * @param own whether the client created the VC
     */
    public ReferenceClientCall(final ReferenceClient client, final boolean own) {
        this.client = client;
        this.own = own;
    }

    /**
     * The VC was created.
     *
     * @param created the VC
     */
    public final void attach(final ClientVc created) {
        vc.complete(created);
    }

    /**
     * The VC.
     *
     * @return the client's side of it
     */
    protected final ClientVc vc() {
        return vc.join();
    }

    /**
     * Tells whether the client created the VC.
     *
     * @return {@code true} if so
     */
    protected final boolean isOwn() {
        return own;
    }

    // --- the call

    /**
     * Makes a call.
     *
     * @param parameters what is asked for
     */
    public void make(final CallParameters parameters) {
        final CompletableFuture<Void> told = beginsToMake(false);
        vc().makeCall(parameters).thenAccept(this::made).whenComplete((done, failure) -> told.complete(null));
    }

    /** The end of the call waits until the client has acted on the outcome. */
    private CompletableFuture<Void> beginsToMake(final boolean toParties) {
        final CompletableFuture<Void> told = new CompletableFuture<>();
        synchronized (lock) {
            multipoint = toParties;
            making = Optional.of(told);
        }
        return told;
    }

    private void made(final NdisResult<CallParameters> result) {
        if (result.isSuccess()) {
            connected();
        } else {
            failed();
        }
    }

    /** The call could not be made: the VC goes (rule R126). */
    protected void failed() {
        delete();
    }

    /** Data may be sent from now on. */
    protected final void connected() {
        synchronized (lock) {
            hasCall = true;
            maySend = true;
            closing = Optional.empty();
        }
        sendWanted();
    }

    final void offered() {
        synchronized (lock) {
            hasCall = true;
            maySend = false;
            closing = Optional.empty();
        }
    }

    @Override
    public void callConnected(final ClientVc connected) {
        connected();
    }

    @Override
    public void incomingCloseCall(final ClientVc closed, final NdisStatus closeStatus, final Octets closeData) {
        closedRemotely(closeStatus);
    }

    /**
     * The other side closed: the client closes too (rule R158), and deletes its own VC when the network was the cause (R160).
     *
     * @param closeStatus why
     */
    protected void closedRemotely(final NdisStatus closeStatus) {
        stopSending();
        closeNow(Octets.EMPTY).thenAccept(done -> {
            if (own && !closeStatus.isSuccess()) {
                delete();
            }
        });
    }

    /** Nothing is sent from now on. */
    protected final void stopSending() {
        synchronized (lock) {
            maySend = false;
        }
    }

    /**
     * Closes the call, when own sends are back (rule R148).
     *
     * @param closeData octets for the other side
     * @return completes when it is closed
     */
    public CompletionStage<Void> close(final Octets closeData) {
        final CompletableFuture<Void> drained = new CompletableFuture<>();
        synchronized (lock) {
            maySend = false;
            if (sending == 0) {
                drained.complete(null);
            } else {
                sent = Optional.of(drained);
            }
        }
        return drained.thenCompose(done -> closeNow(closeData));
    }

    /**
     * Closes the call once.
     *
     * @param closeData octets for the other side
     * @return completes when it is closed
     */
    protected final CompletionStage<Void> closeNow(final Octets closeData) {
        final CompletableFuture<Void> closed;
        synchronized (lock) {
            if (closing.isPresent() || !hasCall) {
                return closing.<CompletionStage<Void>>map(c -> c)
                        .orElseGet(() -> CompletableFuture.completedStage(null));
            }
            closed = new CompletableFuture<>();
            closing = Optional.of(closed);
            hasCall = false;
        }
        closeCall(closeData).whenComplete((result, failure) -> {
            afterClose();
            closed.complete(null);
        });
        return closed;
    }

    /**
     * Closes the call; of a multipoint call all parties but one are dropped before (rule R171).
     *
     * @param closeData octets for the other side
     * @return the outcome
     */
    protected CompletionStage<NdisResult<Void>> closeCall(final Octets closeData) {
        final List<ClientParty> left;
        synchronized (lock) {
            left = List.copyOf(parties);
            parties.clear();
        }
        if (left.isEmpty()) {
            return vc().closeCall(closeData);
        }
        CompletionStage<?> dropped = CompletableFuture.completedStage(null);
        for (final ClientParty party : left.subList(1, left.size())) {
            dropped = dropped.thenCompose(done -> party.dropParty(Octets.EMPTY));
        }
        return dropped.thenCompose(done -> vc().closeCall(left.get(0), closeData));
    }

    // --- parties

    /**
     * Makes a multipoint call.
     *
     * @param parameters what is asked for
     * @param count how many parties it is to have
     */
    public void makeMultipoint(final CallParameters parameters, final int count) {
        final CompletableFuture<Void> told = beginsToMake(true);
        vc().makeCall(parameters, this)
                .thenAccept(first -> made(first, parameters, count))
                .whenComplete((done, failure) -> told.complete(null));
    }

    private void made(final NdisResult<ClientParty> first, final CallParameters parameters, final int count) {
        if (!first.isSuccess()) {
            failed();
            return;
        }
        first.value().ifPresent(this::added);
        connected();
        for (int i = 1; i < count; i++) {
            addParty(parameters);
        }
    }

    /**
     * Adds a party to a multipoint call (rule R164).
     *
     * @param parameters what is asked for
     * @return whether it does
     */
    public boolean addParty(final CallParameters parameters) {
        synchronized (lock) {
            if (!multipoint) {
                return true;
            }
        }
        addAnyway(parameters);
        return true;
    }

    /**
     * Adds a party.
     *
     * @param parameters what is asked for
     */
    protected final void addAnyway(final CallParameters parameters) {
        vc().addParty(parameters, this).thenAccept(party -> party.value().ifPresent(this::added));
    }

    private void added(final ClientParty party) {
        synchronized (lock) {
            parties.add(party);
        }
    }

    /**
     * Drops one party, unless it is the last.
     *
     * @return whether it does
     */
    public boolean dropOne() {
        final ClientParty party;
        synchronized (lock) {
            if (parties.size() < 2) {
                return false;
            }
            party = parties.remove(0);
        }
        drop(party);
        return true;
    }

    /**
     * Drops a party; its handle is dead from now on (rule R168).
     *
     * @param party the party
     */
    protected void drop(final ClientParty party) {
        party.dropParty(Octets.EMPTY);
    }

    @Override
    public void incomingDropParty(final ClientParty party, final NdisStatus dropStatus, final Octets closeData) {
        final boolean last;
        synchronized (lock) {
            last = parties.size() == 1 && parties.contains(party);
            if (!last) {
                parties.remove(party);
            }
        }
        if (last) {
            closeNow(Octets.EMPTY);
        } else {
            drop(party);
        }
    }

    // --- QoS

    /**
     * Asks for another quality, and goes on with the old one when it is refused (rule R144).
     *
     * @param parameters what is asked for
     */
    public void modify(final CallParameters parameters) {
        vc().modifyCallQoS(parameters);
    }

    /** The call is closed. */
    protected void afterClose() {
        // a VC of the call manager is its own again (rule R159), one of the client's waits for the next call
    }

    /**
     * Ends the call and the VC.
     *
     * @return completes when nothing is left that the client can end
     */
    public CompletionStage<Void> end() {
        final CompletionStage<Void> made;
        synchronized (lock) {
            made = making.<CompletionStage<Void>>map(m -> m).orElseGet(() -> CompletableFuture.completedStage(null));
        }
        return made.thenCompose(told -> close(Octets.EMPTY))
                .thenCompose(closed -> own ? delete() : CompletableFuture.completedStage(null));
    }

    /**
     * Deletes the VC once.
     *
     * @return completes when it is deleted, by whichever thread
     */
    protected CompletionStage<Void> delete() {
        final CompletableFuture<Void> deleted = new CompletableFuture<>();
        synchronized (lock) {
            if (deleting.isPresent()) {
                return deleting.get();
            }
            deleting = Optional.of(deleted);
        }
        if (vc().deleteVc().isSuccess()) {
            client.forget(this);
        } else {
            synchronized (lock) {
                deleting = Optional.empty();
            }
        }
        deleted.complete(null);
        return deleted;
    }

    @Override
    public NdisStatus deleteVc(final ClientVc deleted) {
        client.forget(this);
        return NdisStatus.SUCCESS;
    }

    // --- data

    /**
     * Sends PDUs, now or as soon as it may.
     *
     * @param count how many
     */
    public void send(final int count) {
        synchronized (lock) {
            wanted += count;
        }
        sendWanted();
    }

    final void sendWanted() {
        int count;
        synchronized (lock) {
            count = maySend && !client.isPaused() ? wanted : 0;
            wanted -= count;
            sending += count;
        }
        for (; count > 0; count--) {
            sendOne();
        }
    }

    /** Sends one PDU. */
    protected void sendOne() {
        vc().sendNetBufferLists(newPacket(), NblFlags.NONE);
    }

    /**
     * A packet to send.
     *
     * @return the packet
     */
    protected final NetBufferList newPacket() {
        final NetBufferList nbl = client.pool().allocate();
        if (nbl == null) {
            throw new IllegalStateException("the packets of the reference client are used up");
        }
        return nbl.fill(PDU);
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc from, final NetBufferList nbls, final int flags) {
        final int count = nbls.chainLength();
        nbls.freeChain();
        sentBack(count);
    }

    private void sentBack(final int count) {
        final Optional<CompletableFuture<Void>> drained;
        synchronized (lock) {
            sending -= count;
            drained = sending == 0 ? sent : Optional.empty();
        }
        drained.ifPresent(d -> d.complete(null));
    }

    @Override
    public void receiveNetBufferLists(final ClientVc from, final NetBufferList nbls, final int flags) {
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            giveBack(nbls);
        }
    }

    /**
     * Returns received PDUs (rule R185).
     *
     * @param nbls the chain
     */
    protected void giveBack(final NetBufferList nbls) {
        vc().returnNetBufferLists(nbls, NblFlags.NONE);
    }
}
