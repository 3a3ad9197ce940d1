// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** The call manager in the real core, on interfaces of a veth pair: one adapter, or both. */
final class VethLab implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ExecutorService passive = Executors.newCachedThreadPool(VethLab::daemon);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(VethLab::daemon);
    private final Optional<Verifier> verifier;
    private final NdisEngine engine;
    private final Deque<Registration> registrations = new ArrayDeque<>();
    private final VethPair pair;

    VethLab(final VethPair pair) {
        this(pair, true);
    }

    VethLab(final VethPair pair, final boolean verified) {
        this.pair = pair;
        final EngineOptions options =
                new EngineOptions(Clock.systemUTC(), passive, this::schedule, Duration.ofSeconds(30));
        verifier = verified
                ? Optional.of(new Verifier(VerifierOptions.of(Clock.systemUTC(), this::schedule)))
                : Optional.empty();
        engine = new NdisEngine(verifier.map(options::withVerifier).orElse(options));
    }

    private static Thread daemon(final Runnable task) {
        final Thread thread = new Thread(task, "veth-lab");
        thread.setDaemon(true);
        return thread;
    }

    private Runnable schedule(final Runnable task, final Duration delay) {
        final var scheduled = timer.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    VethLab adapter(final String nic) {
        add(engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo(nic, Medium.ETHERNET, 0, Map.of())), pair.miniport(nic)));
        return this;
    }

    /** One of the backends of an adapter, which all hear the same wire. */
    VethLab backend(final String nic, final long id) {
        final AdapterInfo info = new AdapterInfo(nic, Medium.ETHERNET, 0, Map.of());
        add(engine.registerMiniport(
                new MiniportDescriptor(info, 0, id, Optional.empty(), Optional.of("wire of " + nic)),
                pair.miniport(nic)));
        return this;
    }

    /** Has another backend carry an adapter. */
    void swap(final String nic, final long id) {
        final SwapReport report = join(engine.swap(nic, id)).get();
        assertThat(report.outcome()).as("%s", report).isEqualTo(SwapReport.Outcome.SWAPPED);
    }

    /** An adapter of which some of what it sends is lost. */
    VethLab lossy(final String nic, final Predicate<byte[]> lost) {
        add(engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo(nic, Medium.ETHERNET, 0, Map.of())),
                new LossyMiniport(pair.miniport(nic), lost)));
        return this;
    }

    /** An adapter that has the signaling inside. */
    VethLab mcm(final String nic, final PppoeSettings settings) {
        final PppoeCallManager half = new PppoeCallManager(settings, LoopThread::new, new SecureRandom());
        add(engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo(nic, Medium.ETHERNET, 0, Map.of())), pair.mcm(nic, half)));
        return this;
    }

    VethLab signaling(final String nic, final PppoeSettings settings) {
        return callManager(nic, new PppoeCallManager(settings, LoopThread::new, new SecureRandom()));
    }

    VethLab callManager(final String nic, final CallManager callManager) {
        add(engine.registerCallManager(DriverDescriptor.on("call manager on " + nic, nic), callManager));
        return this;
    }

    /** A client that has the address family open. */
    Subscriber client(final String nic) {
        final Subscriber client = new Subscriber();
        add(engine.registerClient(DriverDescriptor.on("client on " + nic, nic), client));
        await().atMost(PATIENCE).until(client::isOpen);
        return client;
    }

    private void add(final Registration registration) {
        registrations.push(registration);
        join(registration.ready());
    }

    static <T> T join(final CompletionStage<T> stage) {
        return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
    }

    static void serve(final Subscriber client, final String service) {
        assertThat(join(client.af().registerSap(Sap.pppoe(service), client)).isSuccess())
                .isTrue();
    }

    static NdisResult<CallParameters> tryCall(final Subscriber client, final ClientVc vc, final PppoeParameters asked) {
        return join(vc.makeCall(asked.toCall()));
    }

    static ClientVc call(final Subscriber client, final String service) {
        final ClientVc vc = client.af().createVc(client).get();
        assertThat(tryCall(client, vc, PppoeParameters.service(service)).status())
                .isEqualTo(NdisStatus.SUCCESS);
        return vc;
    }

    static void hangUp(final ClientVc vc) {
        assertThat(join(vc.closeCall()).isSuccess()).isTrue();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    long vcs() {
        return engine.adapters().stream()
                .mapToLong(adapter -> adapter.vcs().size())
                .sum();
    }

    /** PDUs that wait for a client to be connected. */
    long early() {
        return engine.adapters().stream()
                .flatMap(adapter -> adapter.vcs().stream())
                .mapToLong(VcSnapshot::receivesHeld)
                .sum();
    }

    @Override
    public void close() {
        registrations.forEach(registration -> join(registration.unregister()));
        assertThat(engine.adapters()).isEmpty();
        passive.shutdownNow();
        timer.shutdownNow();
        verifier.ifPresent(watching -> assertThat(watching.violations()).isEmpty());
        await().untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-pppoe-")));
    }
}
