// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.SwapReport;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A simulated Ethernet on virtual time with a host, an access concentrator and a stranger; the call manager in the real core, with the verifier on.
 * Closing it takes everything down and looks that nothing is left.
 */
final class PppoeLab implements AutoCloseable {
    static final MacAddress HOST = new MacAddress(0x0200_0000_000AL);
    static final MacAddress AC = new MacAddress(0x0200_0000_000BL);
    static final MacAddress STRANGER = new MacAddress(0x0200_0000_000CL);
    static final String AC_NAME = "ac-one";

    private static final Duration A_LITTLE = Duration.ofMillis(20);
    private static final long SEED = 4711;

    final VirtualTime time = new VirtualTime();
    final SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ETHERNET, 7), time);
    final Subscriber host = new Subscriber();
    final Subscriber server = new Subscriber();
    final Stranger stranger = new Stranger(network, STRANGER);

    private final Verifier verifier =
            new Verifier(VerifierOptions.of(Clock.systemUTC(), (task, delay) -> time.schedule(delay, task)::cancel));
    private final NdisEngine engine = new NdisEngine(new EngineOptions(
                    Clock.systemUTC(),
                    Runnable::run,
                    (task, delay) -> time.schedule(delay, task)::cancel,
                    Duration.ofSeconds(30))
            .withVerifier(verifier));
    private final List<SimLoop> loops = new ArrayList<>();
    private final Map<String, CmBinding> bindings = new java.util.HashMap<>();
    private final PppoeCallManager callManager;
    private final List<Registration> registrations = new ArrayList<>();

    PppoeLab() {
        this(PppoeSettings.DEFAULT.named(AC_NAME), false);
    }

    PppoeLab(final PppoeSettings settings, final boolean async) {
        callManager = new PppoeCallManager(settings, this::loop, new Random(SEED));
        registrations.add(engine.registerCallManager(DriverDescriptor.everywhere("pppoe"), new Noting()));
        register("host", HOST, async);
        register("ac", AC, async);
        registrations.add(engine.registerClient(DriverDescriptor.on("host client", "host"), host));
        registrations.add(engine.registerClient(DriverDescriptor.on("ac client", "ac"), server));
        settle();
        assertThat(host.isOpen()).isTrue();
        assertThat(server.isOpen()).isTrue();
    }

    /** The call manager, whose bindings the test wants to know. */
    private final class Noting implements CallManager {
        @Override
        public NdisStatus bindAdapter(final CmBinding binding) {
            bindings.put(binding.adapter().name(), binding);
            return callManager.bindAdapter(binding);
        }

        @Override
        public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
            return callManager.unbindAdapter(binding);
        }

        @Override
        public void status(final CmBinding binding, final StatusIndication indication) {
            callManager.status(binding, indication);
        }
    }

    private SignalingLoop loop(final String adapter) {
        final SimLoop loop = new SimLoop(time);
        loops.add(loop);
        return loop;
    }

    private void register(final String name, final MacAddress address, final boolean async) {
        register(name, address, async, 0);
    }

    private void register(final String name, final MacAddress address, final boolean async, final int ranking) {
        registrations.add(engine.registerMiniport(
                new MiniportDescriptor(
                        new AdapterInfo(name, Medium.ETHERNET, 0, Map.of()), ranking, ranking, Optional.empty()),
                new SimMiniport(network, SimNicOptions.of(address).withAsyncCompletions(async))));
        settle();
    }

    /** A better NIC for an adapter, in the place of the one before. */
    void replace(final String name, final MacAddress address) {
        register(name, address, false, 1);
        final NdisResult<SwapReport> swapped = now(engine.swap(name, 1));
        assertThat(swapped.status()).as("%s", swapped).isEqualTo(NdisStatus.SUCCESS);
        assertThat(engine.why(name).orElseThrow().active()).hasValue(1L);
    }

    /** Another configuration. */
    void change(final PppoeSettings settings) {
        callManager.change(settings);
        settle();
    }

    /** The signaling of an adapter. */
    PppoeBinding signaling(final String adapter) {
        return callManager.find(bindings.get(adapter)).orElseThrow();
    }

    long dropped(final String adapter, final Dropped reason) {
        return signaling(adapter).counters().count(reason);
    }

    /** Lets what is under way arrive. */
    void settle() {
        time.advance(A_LITTLE);
    }

    <T> T now(final CompletionStage<T> stage) {
        settle();
        final CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isCompleted();
        return future.join();
    }

    ClientSap serve(final String service) {
        return now(server.af().registerSap(Sap.pppoe(service), server)).get();
    }

    /** A call that is being made. */
    record Making(ClientVc vc, CompletionStage<NdisResult<CallParameters>> made) {}

    Making begin(final CallParameters asked) {
        final ClientVc vc = host.af().createVc(host).get();
        final CompletionStage<NdisResult<CallParameters>> made = vc.makeCall(asked);
        settle();
        return new Making(vc, made);
    }

    Making begin(final PppoeParameters asked) {
        return begin(asked.toCall());
    }

    /** A call that is made. */
    ClientVc call(final String service) {
        final Making making = begin(PppoeParameters.service(service));
        assertThat(now(making.made()).status()).isEqualTo(NdisStatus.SUCCESS);
        return making.vc();
    }

    /** How a call fails when this much time has passed; its VC is deleted. */
    NdisResult<CallParameters> failure(final CallParameters asked, final Duration after) {
        final Making making = begin(asked);
        time.advance(after);
        final NdisResult<CallParameters> result = now(making.made());
        assertThat(result.isSuccess()).isFalse();
        assertThat(making.vc().deleteVc().isSuccess()).isTrue();
        return result;
    }

    void hangUp(final ClientVc vc, final String data) {
        assertThat(now(vc.closeCall(Octets.ofText(data))).isSuccess()).isTrue();
    }

    void send(final ClientVc vc, final Octets pdu) {
        (server.incoming().contains(vc) ? server : host).send(vc, pdu);
        settle();
    }

    long vcs() {
        return engine.adapters().stream()
                .mapToLong(adapter -> adapter.vcs().size())
                .sum();
    }

    static Optional<PppoeParameters> agreed(final NdisResult<CallParameters> made) {
        return made.value().flatMap(PppoeParameters::of);
    }

    @Override
    public void close() {
        registrations.forEach(registration -> {
            registration.unregister();
            settle();
        });
        time.runUntilIdle();
        assertThat(engine.adapters()).isEmpty();
        assertThat(host.sending() + server.sending()).isZero();
        assertThat(loops).allMatch(SimLoop::isClosed);
        network.close();
        assertThat(verifier.violations()).isEmpty();
    }
}
