// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Eight threads send, receive, complete, return, call, close, activate, deactivate and delete the same VCs at random. The miniport
 * completes whenever another thread happens to come by, so that everything pends. After each round all must come to rest: no send
 * passed a deactivated VC, every operation completed, every NBL is back. In some runs operators pause, restart and reset the adapter
 * meanwhile, and OID requests are made and cancelled: then nothing may be on its way when the miniport is paused, nor pass until it is
 * restarted.
 */
class ConcurrencyTest {
    private static final int THREADS = 8;
    private static final int SLOTS = 3;
    private static final int ROUNDS = 1_000;
    private static final int STEPS = 12;

    /** The miniport is asked first, on the same thread (C30). */
    private static final ThreadLocal<MiniportSide> NEWEST = new ThreadLocal<>();

    /** So is the call manager. */
    private static final ThreadLocal<Context> CREATING = new ThreadLocal<>();

    private final AtomicInteger violations = new AtomicInteger();
    private final AtomicInteger unfinished = new AtomicInteger();
    private final NetBufferListPool clientPool = new NetBufferListPool("client", 256, 16);
    private final NetBufferListPool miniportPool = new NetBufferListPool("miniport", 256, 16);
    private final Queue<Runnable> work = new ConcurrentLinkedQueue<>();
    private final Client client = new Client();
    private final List<AtomicReference<Slot>> slots = new ArrayList<>();
    private final Miniport miniport = new Miniport();
    private NdisEngine engine;
    private boolean operated;

    /** A VC with the sides of the three drivers. */
    private static final class Slot {
        private final Context context;
        private final ClientVc vc;

        Slot(final Context context, final ClientVc vc) {
            this.context = context;
            this.vc = vc;
        }
    }

    @ParameterizedTest
    @CsvSource({"false, 1", "true, 2"})
    @Timeout(value = 300, unit = TimeUnit.SECONDS)
    void everythingComesToRestAfterEachRound(final boolean integrated, final long seed) throws Exception {
        run(integrated, seed, ROUNDS);
    }

    @ParameterizedTest
    @CsvSource({"false, 5", "true, 6"})
    @Timeout(value = 300, unit = TimeUnit.SECONDS)
    void r217r218r210NothingPassesAPausedAdapterWhateverHappens(final boolean integrated, final long seed)
            throws Exception {
        operated = true;
        run(integrated, seed, ROUNDS);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"false, 7", "true, 8"})
    @Timeout(value = 600, unit = TimeUnit.SECONDS)
    void nothingPassesAPausedAdapterInFiftyTimesAsManyRounds(final boolean integrated, final long seed)
            throws Exception {
        operated = true;
        run(integrated, seed, 50 * ROUNDS);
    }

    @Tag("long")
    @ParameterizedTest
    @CsvSource({"false, 3", "true, 4"})
    @Timeout(value = 600, unit = TimeUnit.SECONDS)
    void everythingComesToRestAfterFiftyTimesAsManyRounds(final boolean integrated, final long seed) throws Exception {
        run(integrated, seed, 50 * ROUNDS);
    }

    private void run(final boolean integrated, final long seed, final int rounds) throws Exception {
        engine = start(integrated);
        for (int i = 0; i < SLOTS; i++) {
            slots.add(new AtomicReference<>(newSlot()));
        }
        final ExecutorService executor = Executors.newFixedThreadPool(THREADS);
        final SplittableRandom random = new SplittableRandom(seed);
        try {
            for (int round = 0; round < rounds; round++) {
                runRound(executor, random);
                settle(round);
            }
        } finally {
            executor.shutdownNow();
        }
        for (final AtomicReference<Slot> slot : slots) {
            close(slot.get());
            assertThat(slot.get().vc.deleteVc().isSuccess()).isTrue();
        }
        assertThat(violations).hasValue(0);
        assertThat(engine.adapters().get(0).vcs()).isEmpty();
        assertThat(clientPool.outstanding()).isZero();
        assertThat(miniportPool.outstanding()).isZero();
    }

    private NdisEngine start(final boolean integrated) {
        final NdisEngine started = new NdisEngine(TestStack.verified(
                new EngineOptions(Clock.systemUTC(), Runnable::run, (task, delay) -> () -> {}, Duration.ofSeconds(5))));
        final AdapterInfo info = new AdapterInfo("busy0", Medium.ATM, 0, Map.of());
        if (integrated) {
            started.registerMiniport(MiniportDescriptor.of(info), new Both());
        } else {
            started.registerMiniport(MiniportDescriptor.of(info), miniport);
            started.registerCallManager(DriverDescriptor.everywhere("cm"), new Signaling());
        }
        started.registerClient(DriverDescriptor.everywhere("client"), client);
        // restarts pend, too
        while (!work.isEmpty()) {
            runSomeWork();
        }
        return started;
    }

    private void runRound(final ExecutorService executor, final SplittableRandom random) throws Exception {
        final List<Callable<Void>> tasks = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            final SplittableRandom mine = random.split();
            tasks.add(() -> {
                for (int step = 0; step < STEPS; step++) {
                    act(mine, slots.get(mine.nextInt(SLOTS)));
                }
                return null;
            });
        }
        for (final Future<Void> done : executor.invokeAll(tasks)) {
            done.get();
        }
    }

    private void act(final SplittableRandom random, final AtomicReference<Slot> reference) {
        final Slot slot = reference.get();
        switch (random.nextInt(operated ? 18 : 12)) {
            case 0, 1, 2 -> send(slot, 1 + random.nextInt(3));
            case 3, 4 -> slot.context.indicate(random.nextInt(4) == 0);
            case 5, 6 -> runSomeWork();
            case 7 -> watch(slot.vc.makeCall(CallParameters.bestEffort()));
            case 8 -> watch(slot.vc.closeCall());
            case 9 -> watch(slot.context.cm.deactivateVc());
            case 10 -> watch(slot.context.cm.activateVc(CallParameters.bestEffort()));
            case 12 -> watch(engine.pause("busy0"));
            case 13, 14 -> watch(engine.restart("busy0"));
            case 15 -> watch(engine.reset("busy0"));
            case 16 -> request(slot, random.nextInt(3));
            case 17 -> client.binding.cancelOidRequest(1 + random.nextInt(2));
            default -> replaceIfDeleted(reference, slot);
        }
    }

    private void send(final Slot slot, final int count) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (int i = 0; i < count; i++) {
            final NetBufferList nbl = clientPool.allocate();
            if (nbl != null) {
                queue.add(nbl);
            }
        }
        if (!queue.isEmpty()) {
            slot.vc.sendNetBufferLists(queue.takeAll(), 0);
        }
    }

    private void replaceIfDeleted(final AtomicReference<Slot> reference, final Slot slot) {
        if (slot.vc.deleteVc().isSuccess()) {
            if (slot.vc.deleteVc().status() != NdisStatus.FAILURE) {
                violations.incrementAndGet();
            }
            reference.compareAndSet(slot, newSlot());
        }
    }

    private void request(final Slot slot, final int requestId) {
        final OidRequest request = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8).withRequestId(requestId);
        unfinished.incrementAndGet();
        final CompletionStage<OidResult> stage = requestId == 0
                ? client.binding.oidRequest(slot.vc.handle(), request)
                : client.binding.oidRequest(request);
        stage.whenComplete((result, failure) -> unfinished.decrementAndGet());
    }

    private void runSomeWork() {
        for (int i = 0; i < 4; i++) {
            final Runnable task = work.poll();
            if (task != null) {
                task.run();
            }
        }
    }

    private <T> void watch(final CompletionStage<NdisResult<T>> stage) {
        unfinished.incrementAndGet();
        stage.whenComplete((result, failure) -> unfinished.decrementAndGet());
    }

    /** Everything that pends is worked off; then nothing may be outstanding. */
    private void settle(final int round) {
        while (!work.isEmpty()) {
            runSomeWork();
        }
        // of no consequence for one that runs
        watch(engine.restart("busy0"));
        for (final AtomicReference<Slot> slot : slots) {
            close(slot.get());
        }
        assertThat(unfinished)
                .as("operations that never completed, round %d", round)
                .hasValue(0);
        assertThat(clientPool.outstanding())
                .as("NBLs of the client, round %d", round)
                .isZero();
        assertThat(miniportPool.outstanding())
                .as("NBLs of the miniport, round %d", round)
                .isZero();
        assertThat(violations).as("violations, round %d", round).hasValue(0);
    }

    private void close(final Slot slot) {
        if (slot.vc.callState() == CallState.CONNECTED) {
            watch(slot.vc.closeCall());
        } else if (slot.vc.state() == VcState.ACTIVE) {
            watch(slot.context.cm.deactivateVc());
        }
        while (!work.isEmpty()) {
            runSomeWork();
        }
        assertThat(slot.vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(slot.vc.callState()).isEqualTo(CallState.IDLE);
    }

    private Slot newSlot() {
        final Context context = new Context();
        CREATING.set(context);
        return new Slot(context, client.af.createVc(context).get());
    }

    /** The client's, the call manager's and the miniport's context of one VC: they find each other through it. */
    private final class Context implements ClientVcContext {
        private CmVc cm;
        private MiniportSide below;
        private final AtomicInteger held = new AtomicInteger();

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            if (vc.state() == VcState.INACTIVE || vc.state() == VcState.DELETED || miniport.paused) {
                violations.incrementAndGet();
            }
            final int count = nbls.chainLength();
            miniport.onTheirWay.addAndGet(count);
            held.addAndGet(count);
            work.add(() -> {
                held.addAndGet(-count);
                miniport.onTheirWay.addAndGet(-count);
                vc.returnNetBufferLists(nbls, 0);
            });
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }

        void indicate(final boolean two) {
            final NetBufferListQueue queue = new NetBufferListQueue();
            for (int i = 0; i < (two ? 2 : 1); i++) {
                final NetBufferList nbl = miniportPool.allocate();
                if (nbl != null) {
                    queue.add(nbl);
                }
            }
            if (!queue.isEmpty()) {
                below.vc.indicateReceiveNetBufferLists(queue.takeAll(), 0);
            }
        }
    }

    private static final class Client implements CoClient, ClientAfContext {
        private ClientBinding binding;
        private ClientAf af;

        @Override
        public void afRegisterNotify(final ClientBinding notified, final AddressFamily family) {
            binding = notified;
            notified.openAddressFamily(family, this).thenAccept(result -> af = result.get());
        }
    }

    /** Completes everything later, on whichever thread comes by. */
    private final class MiniportSide implements MiniportVcContext {
        private final MiniportVc vc;
        private final Context context = CREATING.get();
        private final AtomicInteger transfers = new AtomicInteger();
        private final AtomicInteger accepted = new AtomicInteger();
        private volatile boolean active;
        private final AtomicReference<Optional<CompletableFuture<NdisStatus>>> deactivation =
                new AtomicReference<>(Optional.empty());

        MiniportSide(final MiniportVc vc) {
            this.vc = vc;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            if (!active) {
                // R93, R94: the VC was inactive until now, so nothing that passed its gates may still be on its way
                nothingIsOnItsWay();
            }
            final CompletableFuture<NdisResult<CallParameters>> stage = new CompletableFuture<>();
            work.add(() -> {
                active = true;
                stage.complete(NdisResult.success(parameters));
            });
            return stage;
        }

        private void nothingIsOnItsWay() {
            if (accepted.get() != 0 || context.held.get() != 0) {
                violations.incrementAndGet();
            }
        }

        @Override
        public CompletionStage<NdisStatus> deactivateVc() {
            final CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
            deactivation.set(Optional.of(stage));
            work.add(this::deactivateIfIdle);
            return stage;
        }

        private void deactivateIfIdle() {
            if (transfers.get() == 0) {
                deactivation.getAndSet(Optional.empty()).ifPresent(stage -> {
                    active = false;
                    stage.complete(NdisStatus.SUCCESS);
                });
            }
        }

        @Override
        public NdisStatus deleteVc() {
            nothingIsOnItsWay();
            return NdisStatus.SUCCESS;
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            final VcState state = ((VirtualCircuit) vc.handle()).state();
            if (state == VcState.INACTIVE || state == VcState.DELETED || !nbls.isFrom(vc.handle()) || miniport.paused) {
                violations.incrementAndGet();
            }
            miniport.onTheirWay.addAndGet(nbls.chainLength());
            transfers.addAndGet(nbls.chainLength());
            accepted.addAndGet(nbls.chainLength());
            work.add(() -> complete(nbls));
        }

        private void complete(final NetBufferList nbls) {
            final int count = nbls.chainLength();
            nbls.setChainStatus(NdisStatus.SUCCESS);
            accepted.addAndGet(-count);
            miniport.onTheirWay.addAndGet(-count);
            vc.sendNetBufferListsComplete(nbls, 0);
            transfers.addAndGet(-count);
            deactivateIfIdle();
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }
    }

    private final class Miniport implements CoMiniport {
        private final AtomicInteger onTheirWay = new AtomicInteger();
        private volatile boolean paused = true;

        @Override
        public CompletionStage<NdisStatus> pause() {
            // R217: every binding was paused before, so nothing is on its way and nothing comes any more
            if (onTheirWay.get() != 0) {
                violations.incrementAndGet();
            }
            paused = true;
            return later(NdisStatus.SUCCESS);
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            paused = false;
            return later(NdisStatus.SUCCESS);
        }

        @Override
        public CompletionStage<NdisResult<AddressingReset>> reset() {
            return later(NdisResult.success(AddressingReset.KEPT));
        }

        private <T> CompletionStage<T> later(final T answer) {
            final CompletableFuture<T> stage = new CompletableFuture<>();
            work.add(() -> stage.complete(answer));
            return stage;
        }

        @Override
        public NdisStatus initialize(final MiniportAdapter adapter) {
            return NdisStatus.SUCCESS;
        }

        @Override
        public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
            final MiniportSide side = new MiniportSide(vc);
            NEWEST.set(side);
            return NdisResult.success(side);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return later(OidResult.success(OidTable.u32(1, 1)));
        }

        @Override
        public void halt(final HaltAction action) {
            // nothing is left to stop
        }
    }

    private static final class Signaling implements CallManager {
        @Override
        public NdisStatus bindAdapter(final CmBinding binding) {
            return binding.registerAddressFamily(
                            AddressFamily.Q2931, af -> NdisResult.<CmAfContext>success(new SignalingAf())
                                    .asStage())
                    .status();
        }
    }

    private static final class SignalingAf implements CmAfContext {
        @Override
        public NdisResult<CmVcContext> createVc(final CmVc vc) {
            final Context context = CREATING.get();
            context.cm = vc;
            context.below = NEWEST.get();
            return NdisResult.success(new SignalingVcContextOf(vc));
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
            return NdisResult.<CmSapContext>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            return NdisStatus.SUCCESS.asStage();
        }
    }

    /** Activates on a call, deactivates on a close; fails the close when the VC is busy, so that closes are retried. */
    private record SignalingVcContextOf(CmVc vc) implements CmVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return vc.activateVc(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            return vc.deactivateVc()
                    .thenApply(result -> vc.state() == VcState.INACTIVE ? NdisStatus.SUCCESS : result.status());
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }
    }

    private final class Both implements MiniportCallManager {
        @Override
        public NdisStatus initialize(final McmAdapter adapter) {
            return new Signaling().bindAdapter(adapter.integrate(miniport));
        }

        @Override
        public CompletionStage<NdisStatus> pause() {
            return miniport.pause();
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return miniport.restart();
        }

        @Override
        public CompletionStage<NdisResult<AddressingReset>> reset() {
            return miniport.reset();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return miniport.oidRequest(vcContext, request);
        }

        @Override
        public void halt(final HaltAction action) {
            // nothing is left to stop
        }
    }
}
