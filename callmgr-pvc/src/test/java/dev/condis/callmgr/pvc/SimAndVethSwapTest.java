// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.BitSet;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Calls on VLANs go from a simulated NIC to a real one and back, under load. The two are on different wires, with a far station on each: what
 * one of them has sent comes to the station there, and each PDU comes to one of both.
 */
@Timeout(180)
class SimAndVethSwapTest {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final String NEAR = "near";
    private static final int SIM = 1;
    private static final int VETH = 2;
    private static final int VCS = 20;
    private static final int FIRST_VLAN = 10;
    private static final int WINDOW = 16;
    private static final int SWAPS = 8;

    private final ExecutorService passive = Executors.newCachedThreadPool(SimAndVethSwapTest::daemon);
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(SimAndVethSwapTest::daemon);
    private final Deque<Registration> registrations = new ArrayDeque<>();
    private final WallClockTime time = new WallClockTime("sim-and-veth");
    private final SimNetwork network = new SimNetwork(NetworkOptions.of("lan", SimMedium.ETHERNET, 11), time);
    private final Verifier verifier = new Verifier(VerifierOptions.of(Clock.systemUTC(), this::schedule));
    private final NdisEngine engine =
            new NdisEngine(new EngineOptions(Clock.systemUTC(), passive, this::schedule, Duration.ofSeconds(60))
                    .withVerifier(verifier));
    private VethPair pair;

    private static Thread daemon(final Runnable task) {
        final Thread thread = new Thread(task, "sim-and-veth");
        thread.setDaemon(true);
        return thread;
    }

    private Runnable schedule(final Runnable task, final Duration delay) {
        final var scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    /** Has a call on each of the VLANs. */
    private static final class Station implements CoClient, ClientAfContext {
        private final CompletableFuture<ClientAf> af = new CompletableFuture<>();
        private List<Line> lines = List.of();

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
            binding.openAddressFamily(addressFamily, this).thenAccept(result -> af.complete(result.get()));
        }

        void call() {
            lines = IntStream.range(0, VCS)
                    .mapToObj(number -> new Line(join(af), FIRST_VLAN + number))
                    .toList();
        }
    }

    /** One call: numbers what it sends, and remembers which numbers came. */
    private static final class Line implements ClientVcContext {
        private static final int LENGTH = 64;
        private static final short LOCAL_EXPERIMENT = (short) 0x88B5;

        private final NetBufferListPool pool = new NetBufferListPool("line", 4 * WINDOW, LENGTH);
        private final BitSet seen = new BitSet();
        private final ClientVc vc;
        private int received;
        private int outOfOrder;
        private int failed;
        private volatile int sent;

        Line(final ClientAf af, final int vlan) {
            vc = af.createVc(this).get();
            final NdisResult<CallParameters> made = join(vc.makeCall(CallParameters.permanent(
                    MediaParameters.duplex(MediaFlow.parse("vlan:" + vlan).toSpecificParameters()))));
            assertThat(made.status()).as("%s", made).isEqualTo(NdisStatus.SUCCESS);
        }

        /** By one thread. */
        @SuppressWarnings("NonAtomicVolatileUpdate")
        void send() {
            final NetBufferList nbl = pool.allocate();
            nbl.data().clear().limit(LENGTH);
            nbl.data().putShort(0, LOCAL_EXPERIMENT).putInt(Short.BYTES, sent);
            sent++;
            vc.sendNetBufferLists(nbl, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc from, final NetBufferList nbls, final int flags) {
            synchronized (this) {
                for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                    failed += nbl.status().isSuccess() ? 0 : 1;
                }
            }
            nbls.freeChain();
        }

        @Override
        public void receiveNetBufferLists(final ClientVc at, final NetBufferList nbls, final int flags) {
            synchronized (this) {
                for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                    take(nbl.data().getInt(nbl.data().position() + Short.BYTES));
                }
            }
            if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
                at.returnNetBufferLists(nbls, NblFlags.NONE);
            }
        }

        private void take(final int number) {
            received++;
            outOfOrder += seen.length() > number ? 1 : 0;
            seen.set(number);
        }

        @Override
        public void incomingCloseCall(final ClientVc closing, final NdisStatus closeStatus, final Octets closeData) {
            throw new AssertionError("closed: " + closeStatus);
        }

        synchronized int received() {
            return received;
        }

        synchronized int outOfOrder() {
            return outOfOrder;
        }

        synchronized int failed() {
            return failed;
        }

        synchronized BitSet seen() {
            return (BitSet) seen.clone();
        }
    }

    @BeforeEach
    void start() {
        pair = VethPair.create();
        registrations.push(engine.registerCallManager(
                DriverDescriptor.everywhere("pvc"), new PvcCallManager(PvcSettings.parse(List.of(), true))));
    }

    @AfterEach
    void stop() {
        registrations.forEach(registration -> join(registration.unregister()));
        join(engine.close());
        network.close();
        time.close();
        pair.close();
        timer.shutdownNow();
        passive.shutdownNow();
        assertThat(verifier.violations()).isEmpty();
    }

    private static <T> T join(final CompletionStage<T> stage) {
        return stage.toCompletableFuture()
                .orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                .join();
    }

    private void register(final String adapter, final long serviceId, final CoMiniport nic) {
        final Registration registration = engine.registerMiniport(
                new MiniportDescriptor(
                        new AdapterInfo(adapter, Medium.ETHERNET, 0, Map.of()), 0, serviceId, Optional.empty()),
                nic);
        join(registration.ready());
        registrations.push(registration);
    }

    private CoMiniport simulated(final long address) {
        return new SimMiniport(network, SimNicOptions.of(new MacAddress(address)));
    }

    private Station station(final String adapter) {
        final Station station = new Station();
        registrations.push(engine.registerClient(DriverDescriptor.on("client of " + adapter, adapter), station));
        station.call();
        return station;
    }

    private void swapTo(final long serviceId) {
        final NdisResult<SwapReport> swap = join(engine.swap(NEAR, serviceId));
        assertThat(swap.isSuccess()).as("%s", swap).isTrue();
        assertThat(swap.get().outcome()).as("%s", swap).isEqualTo(Outcome.SWAPPED);
        assertThat(swap.get().moved()).isEqualTo(VCS);
    }

    @Test
    void shouldDeliverEachPduOnce_onTheWireOfItsTime() throws InterruptedException {
        register(NEAR, SIM, simulated(0x0200_0000_000AL));
        register(NEAR, VETH, pair.miniport("left"));
        register("far, simulated", 3, simulated(0x0200_0000_000BL));
        register("far, real", 4, pair.miniport("right"));
        final Station near = station(NEAR);
        final Station simulated = station("far, simulated");
        final Station real = station("far, real");
        final Load load = new Load(near, List.of(simulated, real));
        load.start();

        for (int i = 0; i < SWAPS; i++) {
            final boolean toVeth = i % 2 == 0;
            flowTo(toVeth ? simulated : real);
            swapTo(toVeth ? VETH : SIM);
            answer(toVeth ? real : simulated, near);
        }
        load.stop();

        for (int i = 0; i < VCS; i++) {
            assertEachOnce(near.lines.get(i), simulated.lines.get(i), real.lines.get(i));
        }
        assertThat(near.lines)
                .allSatisfy(line -> assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED));
    }

    /** Every VC gets on at that station. */
    private static void flowTo(final Station far) {
        final int[] before = far.lines.stream().mapToInt(Line::received).toArray();
        await("traffic flows").atMost(PATIENCE).until(() -> IntStream.range(0, VCS)
                .allMatch(i -> far.lines.get(i).received() > before[i]));
    }

    /** What that station sends comes too. */
    private static void answer(final Station far, final Station near) {
        final int[] before = near.lines.stream().mapToInt(Line::received).toArray();
        far.lines.forEach(Line::send);
        await("answers come").atMost(PATIENCE).untilAsserted(() -> assertThat(
                        near.lines.stream().mapToInt(Line::received).toArray())
                .containsExactly(IntStream.of(before).map(count -> count + 1).toArray()));
    }

    private static void assertEachOnce(final Line near, final Line simulated, final Line real) {
        await("everything has come").atMost(PATIENCE).until(() -> simulated.received() + real.received() >= near.sent);
        assertThat(near.failed()).isZero();
        assertThat(simulated.received() + real.received()).isEqualTo(near.sent);
        assertThat(simulated.outOfOrder() + real.outOfOrder()).isZero();
        final BitSet all = simulated.seen();
        assertThat(all.intersects(real.seen())).as("on both wires").isFalse();
        all.or(real.seen());
        assertThat(all.cardinality()).isEqualTo(near.sent);
    }

    /** Sends on all VCs, as fast as PDUs arrive somewhere. */
    private static final class Load {
        private static final long REST_NANOS = 50_000;

        private final Thread thread = daemon(this::run);
        private final Station near;
        private final List<Station> far;
        private volatile boolean stops;

        Load(final Station near, final List<Station> far) {
            this.near = near;
            this.far = far;
        }

        void start() {
            thread.start();
        }

        private void run() {
            while (!stops) {
                for (int i = 0; i < VCS; i++) {
                    sendWhatFits(i);
                }
                LockSupport.parkNanos(REST_NANOS);
            }
        }

        private void sendWhatFits(final int number) {
            final Line line = near.lines.get(number);
            final int arrived = far.stream()
                    .mapToInt(station -> station.lines.get(number).received())
                    .sum();
            for (int room = WINDOW - (line.sent - arrived); room > 0; room--) {
                line.send();
            }
        }

        void stop() throws InterruptedException {
            stops = true;
            thread.join();
        }
    }
}
