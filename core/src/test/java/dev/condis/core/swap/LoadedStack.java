// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
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
import dev.condis.api.media.AtmConnection;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import dev.condis.core.engine.SwapPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;

/** An engine on threads, with a call manager, a client with many VCs under traffic, and NICs that come and go. */
final class LoadedStack implements AutoCloseable {
    static final String ADAPTER = "wire0";
    static final Duration PATIENCE = Duration.ofSeconds(60);

    private final ExecutorService passive = Executors.newCachedThreadPool(task -> new Thread(task, "passive"));
    private final ScheduledThreadPoolExecutor timer =
            new ScheduledThreadPoolExecutor(1, task -> new Thread(task, "timer"));
    final Wire wire = new Wire();
    final NdisEngine engine;
    final List<LoadVc> vcs = new CopyOnWriteArrayList<>();
    private final NetBufferListPool pool;
    private final Registration callManager;
    private final Registration client;
    private final CompletableFuture<ClientAf> opened = new CompletableFuture<>();
    private volatile boolean stops;
    private volatile boolean tolerant;
    private final List<Thread> senders = new ArrayList<>();

    LoadedStack(final int buffers, final SwapPolicy policy) {
        engine = new NdisEngine(new EngineOptions(
                Clock.systemUTC(),
                passive,
                (task, delay) -> {
                    final var scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    return () -> scheduled.cancel(false);
                },
                Duration.ofSeconds(10)));
        timer.setRemoveOnCancelPolicy(true);
        engine.setDefaultPolicy(policy);
        pool = new NetBufferListPool("sent", buffers, Wire.PDU);
        callManager = engine.registerCallManager(DriverDescriptor.everywhere("cm"), new PermanentCallManager());
        client = engine.registerClient(DriverDescriptor.everywhere("client"), new LoadClient());
    }

    MiniportRegistration register(final WireNic nic, final long serviceId, final int ranking) {
        final MiniportRegistration registration = engine.registerMiniport(
                new MiniportDescriptor(
                        new AdapterInfo(ADAPTER, Medium.ATM, 155_520_000, Map.of()),
                        ranking,
                        serviceId,
                        Optional.empty()),
                nic);
        registration.ready().toCompletableFuture().join();
        return registration;
    }

    /** Makes calls. */
    void connect(final int count) {
        final ClientAf af = opened.orTimeout(10, TimeUnit.SECONDS).join();
        for (int i = 0; i < count; i++) {
            final LoadVc vc = new LoadVc(vcs.size());
            vc.handle = af.createVc(vc).get();
            final NdisResult<CallParameters> made =
                    vc.handle.makeCall(vc.parameters).toCompletableFuture().join();
            assertThat(made.status()).isEqualTo(NdisStatus.SUCCESS);
            vcs.add(vc);
        }
    }

    void tolerate() {
        tolerant = true;
        wire.circuits().forEach(Wire.Circuit::tolerate);
    }

    /** Sends on every VC in turn until {@link #stop()}. */
    void load(final int threads) {
        for (int i = 0; i < threads; i++) {
            final int first = i;
            final Thread sender = new Thread(() -> send(first, threads), "sender " + i);
            senders.add(sender);
            sender.start();
        }
    }

    private void send(final int first, final int step) {
        while (!stops) {
            for (int i = first; i < vcs.size() && !stops; i += step) {
                vcs.get(i).sendOne();
            }
        }
    }

    /** Ends the traffic and waits until everything is back. */
    void stop() throws InterruptedException {
        stops = true;
        for (final Thread sender : senders) {
            sender.join();
        }
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> assertThat(pool.outstanding())
                .as(() -> engine.adapters().toString())
                .isZero());
    }

    NetBufferListPool pool() {
        return pool;
    }

    void assertEverythingOnceAndInOrder() {
        for (final LoadVc vc : vcs) {
            final Wire.Circuit far = wire.circuit(vc.parameters);
            assertThat(far.faults()).isEmpty();
            assertThat(vc.faults).isEmpty();
            assertThat(vc.failed).hasValue(0);
            assertThat(vc.completed).hasValue(vc.sent.get());
            assertThat(far.expected()).isEqualTo(vc.sent.get());
            assertThat(vc.received()).isEqualTo(far.answered());
            assertThat(vc.closed).isFalse();
        }
    }

    @Override
    public void close() {
        client.unregister().toCompletableFuture().join();
        callManager.unregister().toCompletableFuture().join();
        engine.close().toCompletableFuture().join();
        passive.shutdownNow();
        timer.shutdownNow();
    }

    /** A VC of the client. One thread sends on it. */
    final class LoadVc implements ClientVcContext {
        final CallParameters parameters;
        final AtomicLong completed = new AtomicLong();
        final AtomicLong failed = new AtomicLong();
        final List<Long> failures = new CopyOnWriteArrayList<>();
        final List<String> faults = new CopyOnWriteArrayList<>();
        volatile ClientVc handle;
        final AtomicLong sent = new AtomicLong();
        volatile boolean closed;
        private long expected;

        LoadVc(final int number) {
            parameters = CallParameters.permanent(
                    new AtmConnection(number >> 12, 32 + (number & 0xFFF)).toMediaParameters());
        }

        void sendOne() {
            final NetBufferList nbl = pool.allocate();
            if (nbl == null) {
                Thread.onSpinWait();
                return;
            }
            Wire.write(nbl, sent.getAndIncrement());
            handle.sendNetBufferLists(nbl, NblFlags.NONE);
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                final long sequence = Wire.read(nbl);
                if (sequence != expected && !tolerant) {
                    faults.add("received " + sequence + " instead of " + expected);
                }
                expected = sequence + 1;
            }
            handle.returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                if (nbl.status().isSuccess()) {
                    completed.incrementAndGet();
                } else {
                    failed.incrementAndGet();
                    failures.add(Wire.read(nbl));
                }
            }
            nbls.freeChain();
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
            closed = true;
        }

        long received() {
            return expected;
        }
    }

    private final class LoadClient implements CoClient, ClientAfContext {
        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
            binding.openAddressFamily(family, this).thenAccept(result -> opened.complete(result.get()));
        }
    }

    /** Activates what the client names. */
    private static final class PermanentCallManager implements CallManager, CmAfContext {
        @Override
        public NdisStatus bindAdapter(final CmBinding binding) {
            return binding.registerAddressFamily(AddressFamily.Q2931, af -> NdisResult.<CmAfContext>success(this)
                            .asStage())
                    .status();
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc vc) {
            return NdisResult.success(new PermanentVc(vc));
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

    private record PermanentVc(CmVc vc) implements CmVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return vc.activateVc(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            return vc.deactivateVc().thenApply(NdisResult::status);
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }
    }
}
