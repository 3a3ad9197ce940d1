// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A client with many VCs under traffic: everything is numbered, in both directions. */
final class LoadClient implements CoClient, ClientAfContext {
    private static final int BUFFERS = 512;
    private static final int PDU = 64;

    private final NetBufferListPool pool = new NetBufferListPool("sent", BUFFERS, PDU);
    private final CompletableFuture<ClientAf> opened = new CompletableFuture<>();
    private final List<LoadVc> vcs = new ArrayList<>();
    private final Thread sender = new Thread(this::send, "load");
    private volatile boolean stops;

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
        binding.openAddressFamily(family, this).thenAccept(result -> opened.complete(result.get()));
    }

    /** Makes calls, and sends on them in turn. */
    void load(final int count) throws Exception {
        final ClientAf af = opened.get(20, TimeUnit.SECONDS);
        for (int i = 0; i < count; i++) {
            final LoadVc vc = new LoadVc(i);
            vc.handle = af.createVc(vc).get();
            assertThat(vc.handle
                            .makeCall(CallParameters.permanent(
                                    MediaFlow.parse("vlan:" + (i + 1)).toMediaParameters()))
                            .toCompletableFuture()
                            .get(20, TimeUnit.SECONDS)
                            .status())
                    .isEqualTo(NdisStatus.SUCCESS);
            vcs.add(vc);
        }
        sender.start();
    }

    private void send() {
        while (!stops) {
            for (final LoadVc vc : vcs) {
                vc.sendOne();
            }
        }
    }

    /** Waits until more has been sent and answered on every VC. */
    void passes() {
        final long[] before = vcs.stream().mapToLong(vc -> vc.expected).toArray();
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(vcs).allSatisfy(vc -> assertThat(vc.expected)
                        .as("answers to VC %d", vc.number)
                        .isGreaterThan(before[vc.number])));
    }

    /** Ends the traffic and checks that everything came once and in order, in both directions. */
    void everythingOnceAndInOrder(final FarEnd wire) throws InterruptedException {
        stop();
        for (final LoadVc vc : vcs) {
            final FarEnd.Circuit far = wire.circuit(vc.number);
            assertThat(far.faults()).isEmpty();
            assertThat(vc.faults).isEmpty();
            assertThat(vc.completed).as("completed").hasValue(vc.sent);
            assertThat(far.received()).as("received at the far end").isEqualTo(vc.sent);
            assertThat(vc.expected).as("received here").isEqualTo(far.answered());
            assertThat(vc.closed).as("closed").isFalse();
            assertThat(vc.handle.callState()).isEqualTo(CallState.CONNECTED);
        }
    }

    /** Ends the traffic and waits until everything is back. */
    void stop() throws InterruptedException {
        stops = true;
        sender.join();
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(pool.outstanding()).isZero());
    }

    boolean areAllDeleted() {
        return vcs.stream().allMatch(vc -> vc.handle.state() == VcState.DELETED);
    }

    /** One VC. */
    private final class LoadVc implements ClientVcContext {
        private final int number;
        private final AtomicLong completed = new AtomicLong();
        private final List<String> faults = new CopyOnWriteArrayList<>();
        private volatile ClientVc handle;
        private volatile long sent;
        private volatile long expected;
        private volatile boolean closed;

        LoadVc(final int number) {
            this.number = number;
        }

        private void sendOne() {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                Thread.onSpinWait();
                return;
            }
            final long sequence = sent;
            sent = sequence + 1;
            handle.sendNetBufferLists(nbl.fill(FarEnd.pdu(number, sequence)), NblFlags.NONE);
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                final ByteBuffer pdu = ByteBuffer.wrap(nbl.toByteArray());
                if (pdu.getInt() != number || pdu.getLong() != expected) {
                    faults.add("received " + pdu.getLong(Integer.BYTES) + " instead of " + expected);
                }
                expected = pdu.getLong(Integer.BYTES) + 1;
            }
            vc.returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                if (nbl.status().isSuccess()) {
                    completed.incrementAndGet();
                } else {
                    faults.add("sent with " + nbl.status());
                }
            }
            nbls.freeChain();
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
            closed = true;
            vc.closeCall();
        }
    }
}
