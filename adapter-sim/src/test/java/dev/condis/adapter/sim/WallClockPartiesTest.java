// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.TalkingClient.Talk;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.client.ClientParty;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parties and changes of parameters with real threads; the stand-alone call manager has one of its own, as in a framework. */
@Timeout(180)
class WallClockPartiesTest {

    private static final int STATIONS = 4;
    private static final int ROUNDS = 60;

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private final ExecutorService passive = Executors.newCachedThreadPool();
    private final WallClockTime time = new WallClockTime("parties-net");
    private final WallClockTime ofCallManager = new WallClockTime("parties-cm");
    private final SimNetwork network = new SimNetwork(NetworkOptions.of("parties", SimMedium.ATM, 1), time);
    private final List<TalkingClient> clients = new ArrayList<>();
    private final List<SimMiniport> nics = new ArrayList<>();
    private final List<MiniportRegistration> adapters = new ArrayList<>();
    private NdisEngine engine;

    private static <T> T get(final CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    private void start(final boolean mcm) throws Exception {
        engine = drivers.engine(time, passive, Duration.ofSeconds(10));
        if (!mcm) {
            engine.registerCallManager(
                    DriverDescriptor.everywhere("sim-cm"),
                    new SimCallManager(ofCallManager, SimCallManagerOptions.defaults()));
        }
        for (int i = 0; i < STATIONS; i++) {
            final SimNicOptions options = SimNicOptions.of(Lab.address(i)).withAsyncCompletions(i % 2 == 0);
            final MiniportDescriptor descriptor =
                    MiniportDescriptor.of(new AdapterInfo(Lab.adapter(i), Medium.ATM, 0, Map.of()));
            if (mcm) {
                final SimMcm driver = new SimMcm(network, options, SimCallManagerOptions.defaults());
                nics.add(driver.miniport());
                adapters.add(engine.registerMiniport(descriptor, driver));
            } else {
                final SimMiniport driver = new SimMiniport(network, options);
                nics.add(driver);
                adapters.add(engine.registerMiniport(descriptor, driver));
            }
            final TalkingClient client = new TalkingClient();
            clients.add(client);
            engine.registerClient(DriverDescriptor.on("client" + i, Lab.adapter(i)), client);
        }
        for (int i = 0; i < STATIONS; i++) {
            get(clients.get(i).af);
            assertThat(get(clients.get(i).listen(Lab.number(i))).isSuccess()).isTrue();
        }
    }

    private void stop() throws Exception {
        for (final MiniportRegistration adapter : adapters) {
            get(adapter.unregister());
        }
        nics.forEach(nic -> assertThat(nic.outstandingReceives()).isZero());
        clients.forEach(client -> assertThat(client.pool.outstanding()).isZero());
        assertThat(network.statistics().activeCalls()).isZero();
        network.close();
        time.close();
        ofCallManager.close();
        passive.shutdownNow();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().startsWith("condis-sim-parties"));
    }

    private static void await(final Callable<Boolean> condition) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(1))
                .until(condition);
    }

    private static CallParameters to(final int station) {
        return Q2931Parameters.call(Lab.number(station));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldReachAllPartiesAndLeaveNothing_whenLeavesComeAndGo(final boolean mcm) throws Exception {
        // who leaves by himself may find that the other side was faster, and everything over
        drivers.mayBreak("R111", "client");
        drivers.mayBreak("R168", "client0");
        drivers.mayBreak("R169", "client0");
        start(mcm);
        for (int round = 0; round < ROUNDS; round++) {
            final Talk root = clients.get(0).createVc();
            final ClientParty first = get(root.vc.makeCall(to(1), root)).get();
            final List<CompletableFuture<NdisResult<ClientParty>>> adding = new ArrayList<>();
            for (int leaf = 2; leaf < STATIONS; leaf++) {
                adding.add(root.vc.addParty(to(leaf), root).toCompletableFuture());
            }
            final List<ClientParty> parties = new ArrayList<>(List.of(first));
            for (final CompletableFuture<NdisResult<ClientParty>> added : adding) {
                parties.add(get(added).get());
            }
            root.send(50, 64, 10);
            final int leaves = round + 1;
            await(() -> clients.stream()
                    .skip(1)
                    .allMatch(client -> client.incoming.size() == leaves
                            && client.incoming.get(leaves - 1).received.get() == 50));
            leave(root, parties, round);
            await(() -> root.vc.callState() == CallState.IDLE && root.completed.get() == 50);
            await(() -> root.vc.deleteVc().isSuccess());
        }
        await(() -> clients.stream().allMatch(client -> client.incoming.stream().allMatch(talk -> talk.deleted)));
        stop();
    }

    /** By turns the root drops them, they leave, or both at once. */
    private void leave(final Talk root, final List<ClientParty> parties, final int round) throws Exception {
        if (round % 3 == 0) {
            for (final ClientParty party : parties.subList(1, parties.size())) {
                assertThat(get(party.dropParty(Octets.EMPTY)).status()).isEqualTo(NdisStatus.SUCCESS);
            }
            assertThat(get(root.vc.closeCall(parties.get(0), Octets.EMPTY)).status())
                    .isEqualTo(NdisStatus.SUCCESS);
            return;
        }
        if (round % 3 == 1) {
            passive.execute(() -> parties.get(0).dropParty(Octets.EMPTY));
        }
        clients.stream().skip(1).forEach(client -> {
            final Talk leaf = client.incoming.get(round);
            passive.execute(() -> leaf.vc.closeCall());
        });
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void shouldAgreeOnTheParameters_whenBothSidesChangeThem(final boolean mcm) throws Exception {
        start(mcm);
        for (int round = 0; round < ROUNDS; round++) {
            final Talk out = clients.get(0).createVc();
            assertThat(get(out.vc.makeCall(to(1))).status()).isEqualTo(NdisStatus.SUCCESS);
            final int calls = round + 1;
            await(() -> clients.get(1).incoming.size() == calls
                    && clients.get(1).incoming.get(calls - 1).vc.callState() == CallState.CONNECTED);
            final Talk in = clients.get(1).incoming.get(round);
            final CompletableFuture<NdisResult<CallParameters>> mine =
                    out.vc.modifyCallQoS(flows(1_000 + round)).toCompletableFuture();
            final CompletableFuture<NdisResult<CallParameters>> yours =
                    in.vc.modifyCallQoS(flows(2_000 + round)).toCompletableFuture();
            get(mine);
            get(yours);
            await(() -> flowsOf(out).equals(seenFromPeer(flowsOf(in))));
            if (round % 2 == 0) {
                out.vc.modifyCallQoS(flows(3_000));
            }
            assertThat(get((round % 4 < 2 ? out : in).vc.closeCall()).status())
                    .isIn(NdisStatus.SUCCESS, NdisStatus.CLOSING);
            await(() -> out.vc.callState() == CallState.IDLE);
            await(() -> out.vc.deleteVc().isSuccess());
        }
        await(() -> clients.get(1).incoming.stream().allMatch(talk -> talk.deleted));
        stop();
    }

    private static CallParameters flows(final long rate) {
        return CallParameters.of(new CallManagerParameters(
                FlowSpec.guaranteed(rate, 100), FlowSpec.guaranteed(2 * rate, 100), Optional.empty()));
    }

    private static List<FlowSpec> flowsOf(final Talk talk) {
        return talk.vc
                .callParameters()
                .flatMap(CallParameters::callManager)
                .map(traffic -> List.of(traffic.transmit(), traffic.receive()))
                .orElse(List.of());
    }

    private static List<FlowSpec> seenFromPeer(final List<FlowSpec> flows) {
        return flows.isEmpty() ? List.of(FlowSpec.bestEffort()) : List.of(flows.get(1), flows.get(0));
    }
}
