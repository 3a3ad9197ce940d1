// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
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
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.SwapPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Calls through the core, with a call manager that activates what the client names. */
abstract class CoreContender implements Contender {
    static final String ADAPTER = "bench";

    private static final Duration TEARDOWN = Duration.ofMinutes(5);

    private final ExecutorService passive = Executors.newCachedThreadPool(CoreContender::daemon);
    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(1, CoreContender::daemon);
    private final FarEnd farEnd;
    private final Duration transit;
    private final Call[] calls;
    private final LongAdder failed = new LongAdder();
    private final NdisEngine engine;
    private volatile CompletableFuture<ClientAf> opened = new CompletableFuture<>();

    CoreContender(final FarEnd farEnd, final Duration transit, final SwapPolicy policy) {
        this.farEnd = farEnd;
        this.transit = transit;
        calls = IntStream.range(0, farEnd.size()).mapToObj(Call::new).toArray(Call[]::new);
        engine = new NdisEngine(new EngineOptions(
                Clock.systemUTC(),
                passive,
                (task, delay) -> {
                    final var scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
                    return () -> scheduled.cancel(false);
                },
                TEARDOWN));
        engine.setDefaultPolicy(policy);
        engine.registerCallManager(DriverDescriptor.everywhere("signaling"), new NamedCircuits());
        engine.registerClient(DriverDescriptor.everywhere("caller"), new Caller());
    }

    private static Thread daemon(final Runnable task) {
        final Thread thread = new Thread(task, "core");
        thread.setDaemon(true);
        return thread;
    }

    final NdisEngine engine() {
        return engine;
    }

    /** A new NIC as a candidate. */
    final MiniportRegistration register(final long serviceId) {
        final MiniportRegistration registration = engine.registerMiniport(
                new MiniportDescriptor(
                        new AdapterInfo(ADAPTER, Medium.ATM, 0, Map.of()), 0, serviceId, Optional.empty()),
                new NicMiniport(farEnd, transit));
        join(registration.ready());
        return registration;
    }

    static <T> T join(final CompletionStage<T> stage) {
        return stage.toCompletableFuture().join();
    }

    // --- calls ---

    /** Opens the address family and makes all calls. */
    final void connect() {
        final ClientAf af = opened.join();
        for (final Call call : calls) {
            call.make(af);
        }
    }

    /** Ends all calls and loses their VCs. */
    final void disconnect() {
        join(CompletableFuture.allOf(Stream.of(calls).map(Call::end).toArray(CompletableFuture[]::new)));
        for (final Call call : calls) {
            succeeded(call.vc.orElseThrow().deleteVc());
        }
        opened = new CompletableFuture<>();
    }

    private static <T> NdisResult<T> succeeded(final NdisResult<T> result) {
        if (!result.isSuccess()) {
            throw new IllegalStateException(result.toString());
        }
        return result;
    }

    @Override
    public final boolean send(final int circuit, final NetBufferList nbl) {
        return calls[circuit].send(nbl);
    }

    @Override
    public final long failed() {
        return failed.sum();
    }

    @Override
    public void close() {
        join(engine.close());
        passive.shutdown();
        timer.shutdown();
    }

    /** A call. While it is down, its sender finds that out at once. */
    private final class Call implements ClientVcContext {
        private final CallParameters parameters;
        private volatile Optional<ClientVc> up = Optional.empty();
        private Optional<ClientVc> vc = Optional.empty();

        Call(final int number) {
            parameters = CallParameters.permanent(FarEnd.media(number));
        }

        void make(final ClientAf af) {
            vc = Optional.of(succeeded(af.createVc(this)).get());
            succeeded(join(vc.get().makeCall(parameters)));
            up = vc;
        }

        CompletableFuture<NdisResult<Void>> end() {
            up = Optional.empty();
            return vc.orElseThrow()
                    .closeCall(Octets.EMPTY)
                    .thenApply(CoreContender::succeeded)
                    .toCompletableFuture();
        }

        boolean send(final NetBufferList nbl) {
            final Optional<ClientVc> now = up;
            now.ifPresent(open -> open.sendNetBufferLists(nbl, NblFlags.NONE));
            return now.isPresent();
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc from, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                if (!nbl.status().isSuccess()) {
                    failed.increment();
                }
            }
            nbls.freeChain();
        }

        @Override
        public void receiveNetBufferLists(final ClientVc from, final NetBufferList nbls, final int flags) {
            from.returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public void incomingCloseCall(final ClientVc from, final NdisStatus closeStatus, final Octets closeData) {
            up = Optional.empty();
        }
    }

    private final class Caller implements CoClient, ClientAfContext {
        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
            binding.openAddressFamily(family, this).thenAccept(result -> opened.complete(result.get()));
        }
    }
}
