// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
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
import dev.condis.api.client.CoClient;
import dev.condis.api.management.SwapReport;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.MacAddress;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.SwapPolicy;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * Two stations on one simulated network, above the real core, joined by permanent circuits that carry traffic both ways: a near one whose NICs
 * stand in for each other, and a far one with one NIC.
 */
final class SwapLab implements AutoCloseable {

    static final String NEAR = "near";
    static final String FAR = "far";
    static final MacAddress NEAR_ADDRESS = new MacAddress(0x0200_0000_000AL);
    private static final MacAddress FAR_ADDRESS = new MacAddress(0x0200_0000_000BL);
    private static final int ROW = 1_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    final SimTime time;
    final SimNetwork network;
    final NdisEngine engine;
    final List<NumberedVc> near = new ArrayList<>();
    final List<NumberedVc> far = new ArrayList<>();
    private final LinkProfile link;
    private final CompletableFuture<ClientAf> nearAf = new CompletableFuture<>();
    private final CompletableFuture<ClientAf> farAf = new CompletableFuture<>();

    SwapLab(final SimTime time, final Executor passive, final LinkProfile link, final SwapPolicy policy) {
        this.time = time;
        this.link = link;
        network = new SimNetwork(NetworkOptions.of("swap-lab", SimMedium.ATM, 5), time);
        engine = new NdisEngine(new EngineOptions(
                Clock.systemUTC(),
                passive,
                (task, delay) -> time.schedule(delay, task)::cancel,
                Duration.ofSeconds(30)));
        engine.setDefaultPolicy(policy);
        engine.registerCallManager(DriverDescriptor.everywhere("permanent"), new Permanent());
        engine.registerClient(DriverDescriptor.on("near client", NEAR), new Opener(nearAf));
        engine.registerClient(DriverDescriptor.on("far client", FAR), new Opener(farAf));
        register(
                FAR, 100, new SimMiniport(network, SimNicOptions.of(FAR_ADDRESS).withLink(link)));
    }

    /** One more NIC of the near station. */
    SimMiniport nic() {
        return new SimMiniport(network, SimNicOptions.of(NEAR_ADDRESS).withLink(link));
    }

    MiniportRegistration register(final String adapter, final long serviceId, final SimMiniport nic) {
        final AdapterInfo info = new AdapterInfo(adapter, Medium.ATM, 0, Map.of());
        final MiniportRegistration registration =
                engine.registerMiniport(new MiniportDescriptor(info, 0, serviceId, Optional.empty()), nic);
        settled(registration.ready());
        return registration;
    }

    /** Makes calls from both ends of that many circuits. */
    void connect(final int count, final int window, final Optional<CallManagerParameters> traffic) {
        final ClientAf ofNear = settled(nearAf);
        final ClientAf ofFar = settled(farAf);
        for (int i = 0; i < count; i++) {
            final AtmLabel label = new AtmLabel(1 + i / ROW, AtmLabel.FIRST_USER_VCI + i % ROW);
            assertThat(network.addPermanentCircuit(new PermanentCircuit(NEAR_ADDRESS, label, FAR_ADDRESS, label)))
                    .isTrue();
            near.add(call(ofNear, label, window, traffic));
            far.add(call(ofFar, label, window, traffic));
        }
    }

    private NumberedVc call(
            final ClientAf af, final AtmLabel label, final int window, final Optional<CallManagerParameters> traffic) {
        final NumberedVc end = new NumberedVc(window);
        end.use(af.createVc(end).get());
        final CallParameters permanent =
                CallParameters.permanent(new AtmConnection(label.vpi(), label.vci()).toMediaParameters());
        final NdisResult<CallParameters> made = settled(
                end.vc().makeCall(traffic.map(permanent::withCallManager).orElse(permanent)));
        assertThat(made.status()).as("%s", made).isEqualTo(NdisStatus.SUCCESS);
        return end;
    }

    Stream<NumberedVc> ends() {
        return Stream.concat(near.stream(), far.stream());
    }

    void start() {
        ends().forEach(NumberedVc::start);
    }

    /** Ends the traffic and waits until every send is back and nothing moves any more. */
    void stop() {
        ends().forEach(NumberedVc::stop);
        await("every send comes back", () -> ends().allMatch(end -> end.outstanding() == 0));
    }

    SwapReport swap(final long serviceId) {
        final NdisResult<SwapReport> swap = settled(engine.swap(NEAR, serviceId));
        assertThat(swap.isSuccess()).as("%s", swap).isTrue();
        return swap.get();
    }

    /** Lets traffic flow: every VC gets on, in both directions. */
    void flow(final int pdus) {
        final int[] before = ends().mapToInt(NumberedVc::received).toArray();
        final List<NumberedVc> all = ends().toList();
        await("traffic flows", () -> {
            near.forEach(NumberedVc::resume);
            boolean on = true;
            for (int i = 0; i < before.length; i++) {
                on &= all.get(i).received() >= before[i] + pdus;
            }
            return on;
        });
    }

    void await(final String what, final BooleanSupplier condition) {
        if (time instanceof VirtualTime virtual) {
            for (int i = 0; i < PATIENCE.toMillis() && !condition.getAsBoolean(); i++) {
                virtual.advance(Duration.ofMillis(1));
            }
            assertThat(condition.getAsBoolean()).as(what).isTrue();
        } else {
            Awaitility.await(what)
                    .atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(1))
                    .until(condition::getAsBoolean);
        }
    }

    <T> T settled(final CompletionStage<T> stage) {
        final CompletableFuture<T> future = stage.toCompletableFuture();
        await("an operation completes", future::isDone);
        return future.join();
    }

    /** Everything that one end has sent came to the other, once, in order. */
    void assertExactlyOnceBothWays() {
        for (int i = 0; i < near.size(); i++) {
            assertExactlyOnce(near.get(i), far.get(i), "near to far, VC " + i);
            assertExactlyOnce(far.get(i), near.get(i), "far to near, VC " + i);
        }
    }

    void assertExactlyOnce(final NumberedVc from, final NumberedVc to, final String what) {
        assertThat(from.failures().isEmpty()).as("%s: no send failed", what).isTrue();
        assertThat(from.succeeded()).as(what).isEqualTo(from.sent());
        await(what + ": all came", () -> to.received() >= from.sent());
        assertThat(to.received()).as(what).isEqualTo(from.sent());
        assertThat(to.faults()).as(what).isEmpty();
    }

    /** Takes everything down; nothing is left. */
    @Override
    public void close() {
        settled(engine.close());
        assertThat(network.ports()).isEmpty();
        network.close();
        time.close();
    }

    private record Opener(CompletableFuture<ClientAf> opened) implements CoClient, ClientAfContext {
        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily family) {
            binding.openAddressFamily(family, this).thenAccept(result -> opened.complete(result.get()));
        }
    }

    /** Activates what the client names. */
    private static final class Permanent implements CallManager, CmAfContext {
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
