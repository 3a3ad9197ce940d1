// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
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
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A client with many VCs under traffic: everything is numbered, in both directions. */
final class LoadClient implements CoClient, ClientAfContext {
    private static final int BUFFERS = 512;
    private static final int PDU = 64;
    private static final Duration SOON = Duration.ofMillis(2);

    private final NetBufferListPool pool = new NetBufferListPool("sent", BUFFERS, PDU);
    private final CompletableFuture<ClientAf> opened = new CompletableFuture<>();
    private final List<LoadVc> vcs = new CopyOnWriteArrayList<>();
    private final Thread sender = new Thread(this::send, "load");
    private volatile boolean stops;

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
        binding.openAddressFamily(family, this).thenAccept(result -> opened.complete(result.get()));
    }

    /** Makes calls, and sends on them in turn. */
    void load(final int count) throws Exception {
        for (int i = 0; i < count; i++) {
            final LoadVc vc = another(i);
            assertThat(vc.call().toCompletableFuture().get(60, TimeUnit.SECONDS).status())
                    .isEqualTo(NdisStatus.SUCCESS);
            vcs.add(vc);
        }
        sender.start();
    }

    /** A VC without a call, which takes no part in the load; its number is its circuit's. */
    LoadVc another(final int number) throws Exception {
        final LoadVc vc = new LoadVc(number);
        vc.create();
        return vc;
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
            vc.everythingOnceAndInOrder(wire);
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

    /** One VC, or several one after the other on one circuit. Sent on by one thread at a time. */
    final class LoadVc implements ClientVcContext {
        private final int number;
        private final AtomicLong completed = new AtomicLong();
        private final List<String> faults = new CopyOnWriteArrayList<>();
        private final Queue<NetBufferList> kept = new ConcurrentLinkedQueue<>();
        private volatile ClientVc handle;
        private volatile long sent;
        private volatile long expected;
        private volatile boolean closed;
        private volatile boolean keeps;

        LoadVc(final int number) {
            this.number = number;
        }

        ClientVc handle() {
            return handle;
        }

        void create() throws Exception {
            handle = opened.get(60, TimeUnit.SECONDS).createVc(this).get();
        }

        CompletionStage<NdisResult<CallParameters>> call() {
            return handle.makeCall(CallParameters.permanent(
                    MediaFlow.parse("vlan:" + (number + 1)).toMediaParameters()));
        }

        /** Keeps what is received from now on. */
        void keep() {
            keeps = true;
        }

        boolean hasKept() {
            return !kept.isEmpty();
        }

        /** Returns what was kept, and keeps no more. */
        void returnKept() {
            keeps = false;
            for (NetBufferList nbl = kept.poll(); nbl != null; nbl = kept.poll()) {
                handle.returnNetBufferLists(nbl, NblFlags.NONE);
            }
        }

        /** Sends, and waits until that has been completed and answered. */
        void exchange(final int count) {
            final long enough = sent + count;
            final long answers = expected + count;
            await().atMost(SimulatedNics.PATIENCE)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(SOON)
                    .until(() -> {
                        while (sent < enough && sendOne()) {
                            // the next one
                        }
                        return completed.get() == enough && expected == answers;
                    });
        }

        void everythingOnceAndInOrder(final FarEnd wire) {
            final FarEnd.Circuit far = wire.circuit(number);
            assertThat(far.faults()).isEmpty();
            assertThat(faults).isEmpty();
            assertThat(completed).as("completed").hasValue(sent);
            assertThat(far.received()).as("received at the far end").isEqualTo(sent);
            assertThat(expected).as("received here").isEqualTo(far.answered());
        }

        private boolean sendOne() {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                Thread.onSpinWait();
                return false;
            }
            final long sequence = sent;
            sent = sequence + 1;
            handle.sendNetBufferLists(nbl.fill(FarEnd.pdu(number, sequence)), NblFlags.NONE);
            return true;
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
            if (keeps) {
                kept.add(nbls);
            } else {
                vc.returnNetBufferLists(nbls, NblFlags.NONE);
            }
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
