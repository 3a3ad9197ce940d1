// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.media.MacAddress;
import dev.condis.api.media.MediaFlow;
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
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The call manager in the real core, above two simulated NICs that an operator joined by a permanent circuit. */
@Timeout(60)
class PvcOverSimTest {
    private static final MacAddress NIC_A = new MacAddress(0x0200_0000_000AL);
    private static final MacAddress NIC_B = new MacAddress(0x0200_0000_000BL);

    /** A client that keeps what happens to it. */
    private static final class Peer implements CoClient, ClientAfContext, ClientVcContext {
        private final List<String> events = new ArrayList<>();
        private Optional<ClientAf> af = Optional.empty();
        private Optional<ClientVc> incoming = Optional.empty();

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
            binding.openAddressFamily(addressFamily, this).thenAccept(result -> af = result.value());
        }

        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
            incoming = Optional.of(vc);
            return NdisResult.success(this);
        }

        @Override
        public void callConnected(final ClientVc vc) {
            events.add("connected");
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
            events.add("closed " + closeStatus.name());
            vc.closeCall();
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                events.add("received " + new String(nbl.toByteArray(), StandardCharsets.UTF_8));
            }
            if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
                vc.returnNetBufferLists(nbls, NblFlags.NONE);
            }
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            events.add("sent " + nbls.status().name());
            nbls.freeChain();
        }

        @Override
        public NdisStatus deleteVc(final ClientVc vc) {
            events.add("deleted");
            return NdisStatus.SUCCESS;
        }
    }

    private final VirtualTime time = new VirtualTime();
    private final SimNetwork network = new SimNetwork(NetworkOptions.of("lab", SimMedium.ATM, 7), time);
    private final Verifier verifier =
            new Verifier(VerifierOptions.of(Clock.systemUTC(), (task, delay) -> time.schedule(delay, task)::cancel));
    private final NdisEngine engine = new NdisEngine(new EngineOptions(
                    Clock.systemUTC(),
                    Runnable::run,
                    (task, delay) -> time.schedule(delay, task)::cancel,
                    Duration.ofSeconds(30))
            .withVerifier(verifier));
    private final PvcCallManager callManager =
            new PvcCallManager(PvcSettings.parse(List.of("there=atm:0/100", "here=atm:0/200;incoming"), false));
    private final List<Registration> registrations = new ArrayList<>();
    private final Peer a = new Peer();
    private final Peer b = new Peer();
    private final NetBufferListPool pool = new NetBufferListPool("test", 16, 64);

    @BeforeEach
    void start() {
        assertThat(network.addPermanentCircuit(
                        new PermanentCircuit(NIC_A, new AtmLabel(0, 100), NIC_B, new AtmLabel(0, 200))))
                .isTrue();
    }

    private void bind(final boolean async) {
        registrations.add(engine.registerCallManager(DriverDescriptor.everywhere("pvc"), callManager));
        register("a", NIC_A, async);
        register("b", NIC_B, async);
        registrations.add(engine.registerClient(DriverDescriptor.on("client a", "a"), a));
        registrations.add(engine.registerClient(DriverDescriptor.on("client b", "b"), b));
        time.runUntilIdle();
        assertThat(a.af).isPresent();
        assertThat(b.af).isPresent();
    }

    private void register(final String name, final MacAddress address, final boolean async) {
        registrations.add(engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo(name, Medium.ATM, 0, Map.of())),
                new SimMiniport(network, SimNicOptions.of(address).withAsyncCompletions(async))));
        time.runUntilIdle();
    }

    @AfterEach
    void stop() {
        registrations.forEach(Registration::unregister);
        time.runUntilIdle();
        assertThat(engine.adapters()).isEmpty();
        assertThat(pool.outstanding()).isZero();
        network.close();
        assertThat(verifier.violations()).isEmpty();
    }

    private <T> T now(final CompletionStage<T> stage) {
        time.runUntilIdle();
        final CompletableFuture<T> future = stage.toCompletableFuture();
        assertThat(future).isCompleted();
        return future.join();
    }

    private ClientVc call(final String name) {
        final ClientVc vc = a.af.orElseThrow().createVc(a).get();
        final CallParameters asked = CallParameters.of(new CallManagerParameters(
                FlowSpec.bestEffort(),
                FlowSpec.bestEffort(),
                Optional.of(new SpecificParameters(Sap.PVC, Octets.ofText(name)))));
        final CallParameters made = now(vc.makeCall(asked)).get();
        assertThat(made.flags())
                .containsExactlyInAnyOrder(
                        CallParameters.Flag.PERMANENT_VC, CallParameters.Flag.CALL_PARAMETERS_CHANGED);
        return vc;
    }

    private void send(final ClientVc vc, final String text) {
        vc.sendNetBufferLists(pool.allocate().fill(text.getBytes(StandardCharsets.UTF_8)), NblFlags.NONE);
        time.runUntilIdle();
    }

    private long vcs() {
        return engine.adapters().stream()
                .mapToLong(adapter -> adapter.vcs().size())
                .sum();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void carriesCallsBothWaysFromRegistrationToTheLastDelete(final boolean async) {
        bind(async);
        final ClientSap sap = now(b.af.orElseThrow()
                        .registerSap(Sap.pvc("*"), (vc, context, parameters) -> NdisResult.success(parameters)
                                .asStage()))
                .get();
        time.runUntilIdle();
        assertThat(b.events).containsExactly("connected");
        final ClientVc out = call("there");

        send(out, "ping");
        send(b.incoming.orElseThrow(), "pong");

        assertThat(b.events).containsExactly("connected", "received ping", "sent SUCCESS");
        assertThat(a.events).containsExactly("sent SUCCESS", "received pong");
        assertThat(now(out.closeCall()).isSuccess()).isTrue();
        assertThat(out.state()).isEqualTo(VcState.INACTIVE);
        assertThat(out.deleteVc().isSuccess()).isTrue();
        assertThat(now(b.incoming.orElseThrow().closeCall()).isSuccess()).isTrue();
        assertThat(now(sap.deregister()).isSuccess()).isTrue();
        assertThat(b.events).endsWith("deleted");
        assertThat(vcs()).isZero();
        assertThat(now(b.af.orElseThrow().close()).isSuccess()).isTrue();
        assertThat(now(a.af.orElseThrow().close()).isSuccess()).isTrue();
    }

    @Test
    void aCircuitCanBeCalledAgainAfterItsCall() {
        bind(false);
        final ClientVc vc = call("there");
        final ClientVc second = a.af.orElseThrow().createVc(a).get();
        assertThat(now(second.makeCall(CallParameters.permanent(vc.callParameters()
                                .flatMap(CallParameters::media)
                                .orElseThrow())))
                        .status())
                .isEqualTo(NdisStatus.RESOURCE_CONFLICT);

        now(vc.closeCall());

        assertThat(now(vc.makeCall(CallParameters.permanent(MediaParameters.duplex(
                                MediaFlow.parse("atm:0/100").toSpecificParameters()))))
                        .isSuccess())
                .isTrue();
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void removedCircuitsAreClosedByTheBook(final boolean async) {
        bind(async);
        now(b.af.orElseThrow().registerSap(Sap.pvc("*"), (vc, context, parameters) -> NdisResult.success(parameters)
                .asStage()));
        time.runUntilIdle();
        final ClientVc out = call("there");

        callManager.configure(PvcSettings.parse(List.of(), false));
        time.runUntilIdle();

        assertThat(a.events).containsExactly("closed VC_NOT_AVAILABLE");
        assertThat(b.events).startsWith("connected", "closed VC_NOT_AVAILABLE");
        assertThat(out.callState()).isEqualTo(CallState.IDLE);
        assertThat(out.deleteVc().isSuccess()).isTrue();
    }

    @Test
    void refusalOfTheMiniportReachesTheClient() {
        bind(false);
        callManager.configure(PvcSettings.parse(List.of("lan=vlan:5"), false));
        final ClientVc vc = a.af.orElseThrow().createVc(a).get();

        final NdisResult<CallParameters> made = now(vc.makeCall(CallParameters.permanent(
                MediaParameters.duplex(MediaFlow.parse("vlan:5").toSpecificParameters()))));

        assertThat(made.status()).isEqualTo(NdisStatus.INVALID_DATA);
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
    }

    @Test
    void callManagerGoesUnderOpenCalls() {
        bind(true);
        now(b.af.orElseThrow().registerSap(Sap.pvc("*"), (vc, context, parameters) -> NdisResult.success(parameters)
                .asStage()));
        time.runUntilIdle();
        call("there");

        registrations.get(0).unregister();
        time.runUntilIdle();

        assertThat(vcs()).isZero();
        assertThat(engine.adapters())
                .allSatisfy(adapter -> assertThat(adapter.addressFamilies()).isEmpty());
    }
}
