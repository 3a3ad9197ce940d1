// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver.HaltAction;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Senders race with deactivations: every NBL comes back once, and nothing passes an inactive VC (R93 to R95). */
@Timeout(120)
class SimVcRaceTest {

    private static final int SENDERS = 3;
    private static final int ROUNDS = 400;

    /** Counts what passes while the VC says that it is inactive. */
    private static final class CountingVc implements MiniportVc {
        private final NdisVcHandle handle = new NdisVcHandle() {};
        private final AtomicLong completed = new AtomicLong();
        private final AtomicLong sent = new AtomicLong();
        private final AtomicLong received = new AtomicLong();
        private final AtomicInteger violations = new AtomicInteger();
        private volatile boolean inactive = true;
        private MiniportVcContext context;

        @Override
        public NdisVcHandle handle() {
            return handle;
        }

        @Override
        public void sendNetBufferListsComplete(NetBufferList nbls, int flags) {
            if (nbls.status().isSuccess()) {
                sent.addAndGet(nbls.chainLength());
                violations.addAndGet(inactive ? 1 : 0);
            }
            completed.addAndGet(nbls.chainLength());
            nbls.freeChain();
        }

        @Override
        public void indicateReceiveNetBufferLists(NetBufferList nbls, int flags) {
            received.addAndGet(nbls.chainLength());
            violations.addAndGet(inactive ? 1 : 0);
            context.returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void indicateStatus(StatusIndication indication) {
            violations.incrementAndGet();
        }
    }

    private static CountingVc vc(SimMiniport nic) {
        CountingVc vc = new CountingVc();
        vc.context = nic.createVc(vc).get();
        return vc;
    }

    private static void activate(CountingVc vc) {
        vc.inactive = false;
        CallParameters parameters =
                CallParameters.permanent(MediaParameters.duplex(new AtmConnection(0, 100).toSpecificParameters()));
        assertThat(vc.context
                        .activateVc(parameters)
                        .toCompletableFuture()
                        .join()
                        .isSuccess())
                .isTrue();
    }

    private static void deactivate(CountingVc vc) throws Exception {
        assertThat(vc.context.deactivateVc().toCompletableFuture().get(10, TimeUnit.SECONDS))
                .isEqualTo(NdisStatus.SUCCESS);
        vc.inactive = true;
    }

    @Test
    void shouldBringEveryNblBackOnce_whenSendersRaceWithDeactivations() throws Exception {
        try (WallClockTime time = new WallClockTime("race-test")) {
            SimNetwork network = new SimNetwork(NetworkOptions.of("race-test", SimMedium.ATM, 1), time);
            network.addPermanentCircuit(new PermanentCircuit(
                    new MacAddress(1), new AtmLabel(0, 100), new MacAddress(2), new AtmLabel(0, 100)));
            SimMiniport left = nic(network, 1);
            SimMiniport right = nic(network, 2);
            CountingVc out = vc(left);
            CountingVc in = vc(right);
            NetBufferListPool pool = new NetBufferListPool("race", 256, 64);
            AtomicBoolean running = new AtomicBoolean(true);
            AtomicLong offered = new AtomicLong();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                Thread sender = new Thread(() -> sendWhile(running, pool, out, offered), "race-sender-" + i);
                senders.add(sender);
                sender.start();
            }
            for (int round = 0; round < ROUNDS; round++) {
                activate(in);
                activate(out);
                long before = out.sent.get();
                while (out.sent.get() < before + 20) {
                    Thread.onSpinWait();
                }
                deactivate(round % 2 == 0 ? out : in);
                deactivate(round % 2 == 0 ? in : out);
            }
            running.set(false);
            for (Thread sender : senders) {
                sender.join();
            }
            time.runAndWait(() -> assertThat(time.isLoopThread()).isTrue());
            assertThat(out.completed.get()).isEqualTo(offered.get());
            assertThat(out.violations).hasValue(0);
            assertThat(in.violations).hasValue(0);
            assertThat(in.received.get()).isBetween(1L, out.sent.get());
            assertThat(pool.outstanding()).isZero();
            assertThat(right.outstandingReceives()).isZero();
            assertThat(out.context.deleteVc()).isEqualTo(NdisStatus.SUCCESS);
            left.halt(HaltAction.DEVICE_DISABLED);
            right.halt(HaltAction.DEVICE_DISABLED);
        }
    }

    /** Senders race with pauses, restarts, resets and cancellations: every NBL comes back once, none is out when a pause is complete. */
    @Test
    void shouldHaveNothingOut_whenAPauseIsComplete() throws Exception {
        try (WallClockTime time = new WallClockTime("pause-race-test")) {
            SimNetwork network = new SimNetwork(NetworkOptions.of("pause-race-test", SimMedium.ATM, 1), time);
            network.addPermanentCircuit(new PermanentCircuit(
                    new MacAddress(1), new AtmLabel(0, 100), new MacAddress(2), new AtmLabel(0, 100)));
            SimMiniport left = nic(network, 1);
            SimMiniport right = nic(network, 2);
            CountingVc out = vc(left);
            CountingVc in = vc(right);
            activate(in);
            activate(out);
            NetBufferListPool pool = new NetBufferListPool("pause-race", 256, 64);
            AtomicBoolean running = new AtomicBoolean(true);
            AtomicLong offered = new AtomicLong();
            List<Thread> senders = new ArrayList<>();
            for (int i = 0; i < SENDERS; i++) {
                Thread sender = new Thread(() -> sendWhile(running, pool, out, offered), "pause-sender-" + i);
                senders.add(sender);
                sender.start();
            }
            for (int round = 0; round < ROUNDS; round++) {
                long before = out.sent.get();
                while (out.sent.get() < before + 20) {
                    Thread.onSpinWait();
                }
                left.cancelSend(0);
                assertThat(left.reset()
                                .toCompletableFuture()
                                .get(10, TimeUnit.SECONDS)
                                .isSuccess())
                        .isTrue();
                SimMiniport paused = round % 2 == 0 ? left : right;
                assertThat(paused.pause().toCompletableFuture().get(10, TimeUnit.SECONDS))
                        .isEqualTo(NdisStatus.SUCCESS);
                long sentWhenPaused = left.statistics().xmitPdusOk();
                long receivedWhenPaused = in.received.get();
                time.runAndWait(() -> assertThat(time.isLoopThread()).isTrue());
                if (paused == left) {
                    assertThat(left.statistics().xmitPdusOk()).isEqualTo(sentWhenPaused);
                } else {
                    assertThat(in.received.get()).isEqualTo(receivedWhenPaused);
                    assertThat(right.outstandingReceives()).isZero();
                }
                assertThat(paused.restart().toCompletableFuture().get(10, TimeUnit.SECONDS))
                        .isEqualTo(NdisStatus.SUCCESS);
            }
            running.set(false);
            for (Thread sender : senders) {
                sender.join();
            }
            deactivate(out);
            deactivate(in);
            assertThat(out.completed.get()).isEqualTo(offered.get());
            SimStatistics sent = left.statistics();
            assertThat(sent.xmitPdusOk() + sent.xmitPdusError()).isEqualTo(offered.get());
            assertThat(sent.xmitPdusOk()).isEqualTo(out.sent.get());
            assertThat(right.statistics().rcvPdusOk()).isEqualTo(in.received.get());
            assertThat(pool.outstanding()).isZero();
            assertThat(right.outstandingReceives()).isZero();
            left.halt(HaltAction.DEVICE_DISABLED);
            right.halt(HaltAction.DEVICE_DISABLED);
        }
    }

    private static SimMiniport nic(SimNetwork network, long address) {
        SimMiniport nic = new SimMiniport(network, SimNicOptions.of(new MacAddress(address)));
        assertThat(nic.initialize(new MiniportAdapter() {
                    @Override
                    public AdapterInfo adapter() {
                        return new AdapterInfo("race", Medium.ATM, 0, Map.of());
                    }

                    @Override
                    public void removeMiniport(String cause) {
                        throw new AssertionError(cause);
                    }

                    @Override
                    public void indicateStatus(StatusIndication indication) {
                        throw new AssertionError(indication);
                    }

                    @Override
                    public void resetMiniport(String cause) {
                        throw new AssertionError(cause);
                    }
                }))
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(nic.restart()).isCompletedWithValue(NdisStatus.SUCCESS);
        return nic;
    }

    private static void sendWhile(AtomicBoolean running, NetBufferListPool pool, CountingVc out, AtomicLong offered) {
        while (running.get()) {
            NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                Thread.onSpinWait();
            } else {
                nbl.data().limit(40);
                offered.incrementAndGet();
                out.context.sendNetBufferLists(nbl, NblFlags.NONE);
            }
        }
    }
}
