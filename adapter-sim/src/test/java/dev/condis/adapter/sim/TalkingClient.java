// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusIndication;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/** A client of the Q.2931 family that makes and takes calls and checks the order of numbered PDUs. */
final class TalkingClient implements CoClient {

    /** One VC as this client sees it. */
    static final class Talk implements ClientVcContext, ClientPartyContext {
        final AtomicLong received = new AtomicLong();
        final AtomicLong outOfOrder = new AtomicLong();
        final AtomicLong completed = new AtomicLong();
        final AtomicLong failed = new AtomicLong();
        final List<String> events = new CopyOnWriteArrayList<>();
        volatile ClientVc vc;
        volatile boolean deleted;
        volatile Runnable onConnected = () -> {};
        private final TalkingClient client;
        private long nextSent;

        Talk(TalkingClient client) {
            this.client = client;
        }

        /** Sends numbered PDUs in chains; the number stands in the first eight octets. */
        void send(int count, int length, int chain) {
            int left = count;
            while (left > 0) {
                NetBufferListQueue queue = new NetBufferListQueue();
                for (int i = 0; i < Math.min(chain, left); i++) {
                    NetBufferList nbl = client.allocate();
                    nbl.data().limit(length);
                    nbl.data().putLong(0, nextSent++);
                    queue.add(nbl);
                }
                left -= queue.size();
                vc.sendNetBufferLists(queue.takeAll(), NblFlags.NONE);
            }
        }

        @Override
        public void callConnected(ClientVc connected) {
            events.add("connected");
            onConnected.run();
        }

        @Override
        public void incomingCloseCall(ClientVc closing, NdisStatus closeStatus, Octets closeData) {
            events.add("closed " + closeStatus.name() + " '" + closeData.toText() + "'");
            List<ClientParty> parties = closing.parties();
            parties.stream().skip(1).forEach(party -> party.dropParty(Octets.EMPTY));
            closing.closeCall()
                    .thenAccept(result -> events.add("close " + result.status().name()));
        }

        @Override
        public void receiveNetBufferLists(ClientVc receiving, NetBufferList nbls, int flags) {
            long expected = received.get();
            NetBufferList nbl = nbls;
            while (nbl != null) {
                if (nbl.data().getLong(nbl.data().position()) != expected) {
                    outOfOrder.incrementAndGet();
                }
                expected++;
                nbl = nbl.next();
            }
            received.set(expected);
            if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
                receiving.returnNetBufferLists(nbls, NblFlags.NONE);
            }
        }

        @Override
        public void sendNetBufferListsComplete(ClientVc sending, NetBufferList nbls, int flags) {
            long bad = 0;
            long all = 0;
            NetBufferList nbl = nbls;
            while (nbl != null) {
                bad += nbl.status().isSuccess() ? 0 : 1;
                all++;
                nbl = nbl.next();
            }
            failed.addAndGet(bad);
            nbls.freeChain();
            completed.addAndGet(all);
        }

        /** What happens when the other side has changed the parameters; by default they are accepted. */
        volatile Runnable onQosChange = () -> {};

        @Override
        public void incomingCallQoSChange(ClientVc changed, CallParameters parameters) {
            events.add("qos " + parameters.callManager().orElseThrow().receive().tokenRate());
            onQosChange.run();
        }

        @Override
        public void incomingDropParty(ClientParty party, NdisStatus dropStatus, Octets closeData) {
            events.add("left " + dropStatus.name() + " '" + closeData.toText() + "'");
            ClientPartyContext.super.incomingDropParty(party, dropStatus, closeData);
        }

        @Override
        public void status(ClientVc changed, StatusIndication indication) {
            events.add("status " + indication.code());
        }

        @Override
        public NdisStatus deleteVc(ClientVc gone) {
            deleted = true;
            return NdisStatus.SUCCESS;
        }
    }

    final CompletableFuture<ClientAf> af = new CompletableFuture<>();
    final List<Talk> incoming = new CopyOnWriteArrayList<>();
    final NetBufferListPool pool = new NetBufferListPool("test client", 1_100, 1_024);
    final AtomicInteger refused = new AtomicInteger();
    /** What the call manager said about addresses and signaling. */
    final List<Oid> told = new CopyOnWriteArrayList<>();

    final List<String> statuses = new CopyOnWriteArrayList<>();
    final CompletableFuture<ClientBinding> bound = new CompletableFuture<>();
    volatile NdisStatus answer = NdisStatus.SUCCESS;
    volatile Runnable onConnected = () -> {};

    NetBufferList allocate() {
        NetBufferList nbl = pool.allocate();
        while (nbl == null) {
            Thread.onSpinWait();
            nbl = pool.allocate();
        }
        return nbl;
    }

    @Override
    public NdisStatus bindAdapter(ClientBinding binding) {
        bound.complete(binding);
        return NdisStatus.SUCCESS;
    }

    @Override
    public void status(ClientBinding binding, StatusIndication indication) {
        statuses.add(indication.code()
                + LinkState.ofOctets(indication.buffer())
                        .map(state -> " " + state.connect() + " " + state.transmitBps())
                        .orElse(""));
    }

    @Override
    public void afRegisterNotify(ClientBinding binding, AddressFamily addressFamily) {
        if (addressFamily.equals(AddressFamily.Q2931)) {
            binding.openAddressFamily(addressFamily, new Context()).thenAccept(opened -> af.complete(opened.get()));
        }
    }

    CompletionStage<NdisResult<ClientSap>> listen(Sap sap) {
        return af.join().registerSap(sap, (vc, context, parameters) -> {
            if (!answer.isSuccess()) {
                refused.incrementAndGet();
                return NdisResult.<CallParameters>failure(answer).asStage();
            }
            return NdisResult.success(parameters).asStage();
        });
    }

    Talk createVc() {
        Talk talk = new Talk(this);
        talk.vc = af.join().createVc(talk).get();
        return talk;
    }

    private final class Context implements ClientAfContext {
        @Override
        public CompletionStage<OidResult> oidRequest(ClientAf opened, OidRequest request) {
            told.add(request.oid());
            return OidResult.success().asStage();
        }

        @Override
        public NdisResult<ClientVcContext> createVc(ClientVc vc) {
            Talk talk = new Talk(TalkingClient.this);
            talk.vc = vc;
            talk.onConnected = onConnected;
            incoming.add(talk);
            return NdisResult.success(talk);
        }
    }
}
