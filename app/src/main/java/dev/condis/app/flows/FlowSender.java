// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.flows;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;

/** A client of one adapter that sends the same PDU again and again on a permanent circuit. Thread safe. */
public final class FlowSender implements CoClient, ClientAfContext, ClientVcContext {
    private static final int WINDOW = 64;

    private final byte[] payload;
    private final NetBufferListPool pool;
    private final CompletableFuture<NdisResult<ClientAf>> opened = new CompletableFuture<>();
    private final AtomicInteger out = new AtomicInteger();
    private final AtomicLong succeeded = new AtomicLong();
    private final AtomicReference<Optional<NdisStatus>> failure = new AtomicReference<>(Optional.empty());

    /**
     * Makes a client; registered as a service it is bound to its adapter.
     *
     * @param payload what every PDU holds
     */
    public FlowSender(final byte[] payload) {
        this.payload = payload.clone();
        pool = new NetBufferListPool("send", WINDOW, payload.length);
    }

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.sameFamily(AddressFamily.PVC)) {
            binding.openAddressFamily(addressFamily, this).thenAccept(opened::complete);
        }
    }

    /**
     * Completes when the address family is open.
     *
     * @return the address family, or why not
     */
    public CompletableFuture<NdisResult<ClientAf>> opened() {
        return opened;
    }

    /**
     * Sends one PDU.
     *
     * @param vc the VC
     * @return {@code false} when too many are out and nothing was sent
     */
    public boolean send(final ClientVc vc) {
        final NetBufferList nbl = pool.allocate();
        if (nbl == null) {
            return false;
        }
        out.incrementAndGet();
        vc.sendNetBufferLists(nbl.fill(payload), NblFlags.NONE);
        return true;
    }

    @Override
    public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
        final int length = nbls.chainLength();
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            if (nbl.status().isSuccess()) {
                succeeded.incrementAndGet();
            } else {
                failure.set(Optional.of(nbl.status()));
            }
        }
        nbls.freeChain();
        out.addAndGet(-length);
    }

    @Override
    public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
        // whatever comes in on the circuit is not wanted
        if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }
    }

    /**
     * Tells whether every PDU has come back.
     *
     * @return {@code true} when none is out
     */
    public boolean isIdle() {
        return out.get() == 0;
    }

    /**
     * How many PDUs were sent.
     *
     * @return the number of those completed with success
     */
    public long succeeded() {
        return succeeded.get();
    }

    /**
     * Why a PDU was not sent.
     *
     * @return the last status that was no success, empty when all were
     */
    public Optional<NdisStatus> failures() {
        return failure.get();
    }
}
