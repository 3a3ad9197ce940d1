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
import dev.condis.api.Medium;
import dev.condis.api.NdisStatus;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.media.MacAddress;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The same on the wall clock, with real threads: nothing is lost, and no thread stays. */
@Timeout(120)
class WallClockCallTest {

    private static final Sap CALLED = Sap.e164("4930300");
    private static final int ROUNDS = 30;
    private static final int PDUS = 3_000;

    @RegisterExtension
    final CheckedDrivers drivers = new CheckedDrivers();

    private static <T> T get(CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(30, TimeUnit.SECONDS);
    }

    @Test
    void shouldLoseNothingAndLeaveNothing_whenThreadsCallAndTalk() throws Exception {
        ExecutorService passive = Executors.newCachedThreadPool();
        WallClockTime time = new WallClockTime("wall-test");
        SimNetwork network = new SimNetwork(NetworkOptions.of("wall-test", SimMedium.ATM, 1), time);
        NdisEngine engine = drivers.engine(time, passive, Duration.ofSeconds(10));
        TalkingClient caller = new TalkingClient();
        TalkingClient callee = new TalkingClient();
        List<SimMcm> mcms = new ArrayList<>();
        List<MiniportRegistration> adapters = new ArrayList<>();
        for (int i = 1; i <= 2; i++) {
            SimMcm mcm = new SimMcm(network, SimNicOptions.of(new MacAddress(i)), SimCallManagerOptions.defaults());
            mcms.add(mcm);
            adapters.add(engine.registerMiniport(
                    MiniportDescriptor.of(new AdapterInfo("atm" + i, Medium.ATM, 0, Map.of())), mcm));
        }
        engine.registerClient(DriverDescriptor.on("caller", "atm1"), caller);
        engine.registerClient(DriverDescriptor.on("callee", "atm2"), callee);
        get(callee.af);
        get(caller.af);
        assertThat(get(callee.listen(CALLED)).isSuccess()).isTrue();
        callee.onConnected = () -> passive.execute(
                () -> callee.incoming.get(callee.incoming.size() - 1).send(PDUS, 64, 16));

        for (int round = 0; round < ROUNDS; round++) {
            Talk out = caller.createVc();
            assertThat(get(out.vc.makeCall(Q2931Parameters.call(CALLED))).status())
                    .isEqualTo(NdisStatus.SUCCESS);
            out.send(PDUS, 64, 16);
            Awaitility.await()
                    .atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> out.received.get() == PDUS
                            && out.completed.get() == PDUS
                            && callee.incoming
                                            .get(callee.incoming.size() - 1)
                                            .received
                                            .get()
                                    == PDUS
                            && callee.incoming
                                            .get(callee.incoming.size() - 1)
                                            .completed
                                            .get()
                                    == PDUS);
            assertThat(out.outOfOrder).hasValue(0);
            assertThat(get(out.vc.closeCall()).status()).isEqualTo(NdisStatus.SUCCESS);
            assertThat(out.vc.deleteVc().isSuccess()).isTrue();
        }
        Awaitility.await()
                .atMost(Duration.ofSeconds(10))
                .until(() -> callee.incoming.size() == ROUNDS
                        && callee.incoming.stream().allMatch(talk -> talk.deleted));
        for (MiniportRegistration adapter : adapters) {
            get(adapter.unregister());
        }
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(callee.pool.outstanding()).isZero();
        mcms.forEach(mcm -> assertThat(mcm.miniport().outstandingReceives()).isZero());
        assertThat(network.ports()).isEmpty();
        network.close();
        time.close();
        passive.shutdownNow();
        assertThat(Thread.getAllStackTraces().keySet())
                .noneMatch(thread -> thread.getName().equals("condis-sim-wall-test"));
    }
}
