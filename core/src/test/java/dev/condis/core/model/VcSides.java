// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NetBufferList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A VC with the handles of the drivers that share it, and the NBLs that they keep. */
final class VcSides {
    private final ModelVc model;
    private final AfSides addressFamily;
    private final List<NetBufferList> sent = new ArrayList<>();
    private final List<NetBufferList> received = new ArrayList<>();
    private final Deque<Transfer> transfers = new ArrayDeque<>();
    private final Map<Operation, PartySides> adding = new HashMap<>();
    private final List<PartySides> parties = new ArrayList<>();
    private Optional<ClientVc> client = Optional.empty();
    private Optional<CmVc> callManager = Optional.empty();
    private Optional<VcIndications> wire = Optional.empty();
    private NdisStatus createAnswer = NdisStatus.SUCCESS;
    private NdisStatus deleteAnswer = NdisStatus.SUCCESS;

    /**
     * NBLs that must reach a driver before the call returns with which they are handed over.
     *
     * @param callback which way they go
     * @param nbls the NBLs, in their order
     * @param status status of a send that comes back
     * @param counted they were let in
     */
    record Transfer(String callback, List<NetBufferList> nbls, NdisStatus status, boolean counted) {}

    VcSides(final ModelVc model, final AfSides addressFamily) {
        this.model = model;
        this.addressFamily = addressFamily;
    }

    ModelVc model() {
        return model;
    }

    AfSides addressFamily() {
        return addressFamily;
    }

    void client(final ClientVc handle) {
        client = Optional.of(handle);
    }

    void callManager(final CmVc handle) {
        callManager = Optional.of(handle);
    }

    void wire(final VcIndications handle) {
        wire = Optional.of(handle);
    }

    ClientVc client() {
        return client.orElseThrow();
    }

    CmVc callManager() {
        return callManager.orElseThrow();
    }

    VcIndications wire() {
        return wire.orElseThrow();
    }

    void createAnswer(final NdisStatus status) {
        createAnswer = status;
    }

    NdisStatus createAnswer() {
        return createAnswer;
    }

    /** A party for whom the call manager will be asked. */
    void adds(final PartySides party, final Operation operation) {
        adding.put(operation, party);
        parties.add(party);
    }

    /** The party of whom the call manager is asked. */
    PartySides added(final Operation operation) {
        return adding.remove(operation);
    }

    /** Every party that was ever asked for. */
    List<PartySides> parties() {
        return parties;
    }

    /** NBLs that the miniport has not completed. */
    List<NetBufferList> sent() {
        return sent;
    }

    /** NBLs that the client has not returned. */
    List<NetBufferList> received() {
        return received;
    }

    /** Some of the NBLs that somebody keeps, which he keeps no more: from either end of the list. */
    static List<NetBufferList> some(final List<NetBufferList> kept, final int variant) {
        final int count = Math.min(kept.size(), 1 + variant);
        final List<NetBufferList> part =
                variant % 2 == 0 ? kept.subList(0, count) : kept.subList(kept.size() - count, kept.size());
        final List<NetBufferList> some = List.copyOf(part);
        part.clear();
        return some;
    }

    /** NBLs are handed over: they must arrive before the call returns. */
    Transfer transfer(
            final String callback, final List<NetBufferList> nbls, final NdisStatus status, final boolean counted) {
        final Transfer transfer = new Transfer(callback, nbls, status, counted);
        transfers.push(transfer);
        return transfer;
    }

    /** NBLs arrive: they must be those that were handed over last, all of them, in their order. */
    Transfer arrives(final String callback, final NetBufferList chain, final Trace trace) {
        trace.say("> " + callback + " " + this + ", " + chain.chainLength() + " NBLs");
        final Optional<Transfer> transfer = Optional.ofNullable(transfers.peek())
                .filter(t -> t.callback().equals(callback) && t.nbls().equals(Pools.listOf(chain)));
        trace.check(transfer.isPresent(), callback + " of " + this + " does not bring what must come: " + transfers);
        trace.same(chain.chainLength(), transfer.get().nbls().size(), "the length of the chain");
        return transfers.pop();
    }

    /** The call has returned: what was handed over has arrived. */
    void checkArrived(final Transfer transfer, final Trace trace) {
        trace.check(!transfers.contains(transfer), "nothing comes, but " + transfer + " is due");
    }

    void deleteAnswer(final NdisStatus status) {
        deleteAnswer = status;
    }

    NdisStatus deleteAnswer() {
        return deleteAnswer;
    }

    /** Follows the core when it takes the VC away; tells whether it has. */
    boolean follow() {
        final boolean removed = model.isDoomed() && callManager().state() == VcState.DELETED;
        if (removed) {
            model.remove();
        }
        return removed;
    }

    boolean isGone() {
        return model.state() == VcState.DELETED;
    }

    @Override
    public String toString() {
        return model.name();
    }
}
