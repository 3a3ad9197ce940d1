// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TrafficClientTest {
    private static final int PDUS = 1000;

    private final FakeAdapter adapter = new FakeAdapter();
    private final TrafficClient client = new TrafficClient(
            AddressFamily.Q2931,
            Optional.of(Sap.e164("7")),
            new TrafficClient.Streams(PDUS, 64, 128, 0),
            Runnable::run);

    private FakeAdapter.FakeVc called() {
        client.afRegisterNotify(adapter, AddressFamily.Q2931);
        final NdisResult<CallParameters> result = client.call(
                        client.opened().join().get(), CallParameters.bestEffort())
                .toCompletableFuture()
                .join();
        assertThat(result.isSuccess()).isTrue();
        return adapter.vcs.get(adapter.vcs.size() - 1);
    }

    private static NetBufferList stream(final NetBufferListPool pool, final int from, final int to) {
        final TestPdu writer = new TestPdu();
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (int i = from; i < to; i++) {
            final NetBufferList nbl = pool.allocate();
            writer.write(nbl.data(), 64, 9, i);
            queue.add(nbl);
        }
        return queue.takeAll();
    }

    @Test
    void opensItsFamilyAndListens() {
        client.afRegisterNotify(adapter, AddressFamily.PVC);
        assertThat(client.opened().isDone()).isFalse();

        client.afRegisterNotify(adapter, AddressFamily.Q2931);

        assertThat(client.opened().join().isSuccess()).isTrue();
        assertThat(adapter.saps).containsExactly(Sap.e164("7"));
    }

    @Test
    void saysWhyItCouldNotOpenOrListen() {
        adapter.register = NdisStatus.INVALID_DATA;

        client.afRegisterNotify(adapter, AddressFamily.Q2931);

        assertThat(client.opened().join().status()).isEqualTo(NdisStatus.INVALID_DATA);
    }

    @Test
    void sendsWithinItsWindowAndGoesOnWithCompletions() {
        final FakeAdapter.FakeVc vc = called();
        assertThat(vc.sent.size()).isEqualTo(128);
        assertThat(vc.sends).isEqualTo(4);

        while (!vc.sent.isEmpty()) {
            vc.completeAll(NdisStatus.SUCCESS);
        }

        assertThat(client.sent()).isEqualTo(new TrafficCounts(PDUS, 0, 0, 0, 0, 0, 0, 0));
        assertThat(client.outstanding()).isZero();
        assertThat(client.finished().isDone()).isFalse();
    }

    @Test
    void completionsWithinTheSendDoNotNest() {
        adapter.completeAtOnce = true;

        called();

        assertThat(client.sent().sent()).isEqualTo(PDUS);
    }

    @Test
    void countsSendsThatFailed() {
        final FakeAdapter.FakeVc vc = called();
        vc.completeAll(NdisStatus.CLOSING);

        assertThat(client.sent().sendFailed()).isEqualTo(128);
    }

    @Test
    void isFinishedWhenAllIsSentAndAllHasCome() {
        adapter.completeAtOnce = true;
        final FakeAdapter.FakeVc vc = called();
        final NetBufferListPool pool = new NetBufferListPool("rx", PDUS, 64);

        vc.context.orElseThrow().receiveNetBufferLists(vc, stream(pool, 0, PDUS), NblFlags.NONE);

        assertThat(client.finished().isDone()).isTrue();
        assertThat(client.received().isClean()).isTrue();
        assertThat(pool.outstanding()).isZero();
    }

    @Test
    void keepsNothingThatWasLentWithResources() {
        final FakeAdapter.FakeVc vc = called();
        final NetBufferListPool pool = new NetBufferListPool("rx", 2, 64);

        vc.context.orElseThrow().receiveNetBufferLists(vc, stream(pool, 0, 2), NblFlags.RECEIVE_RESOURCES);

        assertThat(pool.outstanding()).isEqualTo(2);
        assertThat(client.received().received()).isEqualTo(2);
    }

    @Test
    void takesCallsAndSendsWhenConnected() {
        client.afRegisterNotify(adapter, AddressFamily.Q2931);
        final FakeAdapter.FakeVc vc = adapter.incoming();
        final ClientVcContext context = vc.context.orElseThrow();

        final NdisResult<CallParameters> answer = adapter.sapContext
                .orElseThrow()
                .incomingCall(vc, context, CallParameters.bestEffort())
                .toCompletableFuture()
                .join();

        assertThat(answer.get()).isEqualTo(CallParameters.bestEffort());
        assertThat(vc.sends).isZero();
        context.callConnected(vc);
        assertThat(vc.sent.size()).isEqualTo(128);
    }

    @Test
    void answersACloseWhenItsSendsAreBack() {
        final FakeAdapter.FakeVc vc = called();
        final ClientVcContext context = vc.context.orElseThrow();

        context.incomingCloseCall(vc, NdisStatus.DEST_OUT_OF_ORDER, Octets.EMPTY);
        assertThat(vc.closes).isZero();
        assertThat(client.ended().isDone()).isFalse();
        vc.completeAll(NdisStatus.SUCCESS);

        assertThat(vc.closes).isEqualTo(1);
        assertThat(vc.sent.isEmpty()).isTrue();
        assertThat(client.ended().isDone()).isTrue();
        assertThat(client.failedCalls()).isEqualTo(1);
    }

    @Test
    void closesItsCallsWhenItsSendsAreBackAndDeletesTheVcs() {
        final FakeAdapter.FakeVc vc = called();

        final CompletableFuture<List<NdisResult<Void>>> closed = client.closeCalls();
        assertThat(closed.isDone()).isFalse();
        vc.completeAll(NdisStatus.SUCCESS);

        assertThat(closed.join()).isEmpty();
        assertThat(vc.closes).isEqualTo(1);
        assertThat(vc.deletes).isEqualTo(1);
    }

    @Test
    void doesNotCloseTwiceWhatTheOtherEndClosed() {
        final FakeAdapter.FakeVc vc = called();
        vc.context.orElseThrow().incomingCloseCall(vc, NdisStatus.SUCCESS, Octets.EMPTY);

        final CompletableFuture<List<NdisResult<Void>>> closed = client.closeCalls();
        vc.completeAll(NdisStatus.SUCCESS);

        assertThat(closed.join()).isEmpty();
        assertThat(vc.closes).isEqualTo(1);
        assertThat(vc.deletes).isEqualTo(1);
    }

    @Test
    void reportsACallThatCannotBeClosed() {
        final FakeAdapter.FakeVc vc = called();
        vc.close = NdisStatus.FAILURE;

        final CompletableFuture<List<NdisResult<Void>>> closed = client.closeCalls();
        vc.completeAll(NdisStatus.SUCCESS);

        assertThat(closed.join()).extracting(NdisResult::status).containsExactly(NdisStatus.FAILURE);
        assertThat(vc.deletes).isZero();
    }

    @Test
    void forgetsACallThatCouldNotBeMade() {
        client.afRegisterNotify(adapter, AddressFamily.Q2931);
        adapter.make = NdisStatus.NO_ROUTE_TO_DESTINATION;

        final NdisResult<CallParameters> made = client.call(adapter, CallParameters.bestEffort())
                .toCompletableFuture()
                .join();
        adapter.create = NdisStatus.RESOURCES;
        final NdisResult<CallParameters> none = client.call(adapter, CallParameters.bestEffort())
                .toCompletableFuture()
                .join();

        assertThat(made.status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(none.status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(adapter.vcs.get(0).deletes).isEqualTo(1);
        assertThat(client.calls()).isZero();
    }
}
