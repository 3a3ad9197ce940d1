// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Two clients on two simulated NICs in a real framework: they call each other through the switch, the adapters' bundle is stopped and
 * started under their calls (the documented teardown, sequences S36 to S38), and nothing stays behind.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SimulatedCallsIT {
    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private SimulatedNics nics;
    private EchoClient caller;
    private EchoClient listener;
    private Leftovers leftovers;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void rememberWhatIsThere() throws Exception {
        assertThat(Leftovers.drivers(context)).isEmpty();
        leftovers = new Leftovers();
        nics = new SimulatedNics(context, configurations);
        caller = nics.caller;
        listener = nics.listener;
    }

    @After
    public void leaveNothingBehind() throws Exception {
        nics.stop();
    }

    private Bundle simBundle() {
        return Stream.of(context.getBundles())
                .filter(bundle -> SimulatedNics.SIM.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    public void clientsCallEachOtherThroughMcms() throws Exception {
        nics.start("mcm");
        final ClientVc vc = nics.call();
        nics.exchange(vc, "through the switch");
        nics.hangUp(vc);
        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> assertThat(listener.events)
                .containsSubsequence("createVc", "callConnected", "incomingCloseCall NDIS_STATUS_SUCCESS"));
    }

    @Test
    public void clientsCallEachOtherThroughAStandAloneCallManager() throws Exception {
        nics.start("miniport");
        final ClientVc vc = nics.call();
        nics.exchange(vc, "above plain miniports");
        assertThat(nics.adapters().flatMap(adapter -> adapter.vcs().stream()))
                .as("the call manager's signaling VCs are seen (R73)")
                .anyMatch(snapshot -> snapshot.client().isEmpty() && snapshot.state() == VcState.ACTIVE);
        nics.hangUp(vc);
    }

    @Test
    public void stoppingTheAdaptersUnderCallsTearsDownByTheBook() throws Exception {
        tearDown("mcm");
    }

    @Test
    public void stoppingTheMiniportsBelowACallManagerTearsDownByTheBook() throws Exception {
        tearDown("miniport");
    }

    private void tearDown(final String mode) throws Exception {
        nics.start(mode);
        final ClientVc first = nics.call();
        final ClientVc second = nics.call();
        nics.exchange(first, "one");
        nics.exchange(second, "two");
        final Bundle sim = simBundle();

        sim.stop();

        assertThat(caller.events).containsSubsequence("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        assertThat(listener.events).containsSubsequence("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        assertThat(first.state()).isEqualTo(VcState.DELETED);
        assertThat(second.state()).isEqualTo(VcState.DELETED);
        assertThat(first.makeCall(CallParameters.bestEffort())
                        .toCompletableFuture()
                        .get()
                        .status())
                .as("the handle is dead")
                .isEqualTo(NdisStatus.FAILURE);
        assertThat(nics.adapters())
                .allSatisfy(adapter -> assertThat(adapter.vcs()).isEmpty());
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(listener.pool.outstanding()).isZero();
        leftovers.assertNoneOf(sim);

        sim.start();

        final ClientVc again = nics.call();
        nics.exchange(again, "after the restart");
        nics.hangUp(again);
    }

    @Test
    public void aClientThatLeavesIsUnboundAndItsCallsAreClosed() throws Exception {
        nics.start("mcm");
        final ClientVc vc = nics.call();
        nics.exchange(vc, "before");

        nics.registered.remove(0).unregister();

        assertThat(caller.events).endsWith("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(listener.events).contains("incomingCloseCall NDIS_STATUS_SUCCESS"));
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(nics.adapters()).allSatisfy(adapter -> assertThat(adapter.vcs())
                        .filteredOn(snapshot -> snapshot.state() == VcState.ACTIVE)
                        .isEmpty()));
    }

    @Test
    public void aClientWhoseTargetChangesIsUnboundAndBoundElsewhere() throws Exception {
        nics.start("mcm");
        final ClientVc vc = nics.call();
        final Dictionary<String, Object> elsewhere = new Hashtable<>();
        elsewhere.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=it-b)");

        nics.registered.get(0).setProperties(elsewhere);

        await().atMost(SimulatedNics.PATIENCE).until(() -> vc.state() == VcState.DELETED);
        await().atMost(SimulatedNics.PATIENCE)
                .until(() -> caller.events.size() == 4 && caller.opened().isDone());
        assertThat(caller.opened().get().binding().adapter().name()).isEqualTo("it-b");
        assertThat(caller.events)
                .containsExactly(
                        "afRegisterNotify", "unbindAdapter", "unbound NDIS_STATUS_SUCCESS", "afRegisterNotify");
    }

    @Test
    public void stoppingTheCoreUnbindsEverybodyAndStartingItBringsThemBack() throws Exception {
        nics.start("mcm");
        final ClientVc vc = nics.call();
        nics.exchange(vc, "before");
        final Bundle core = Stream.of(context.getBundles())
                .filter(bundle -> "dev.condis.core".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();

        core.stop();
        assertThat(caller.events).endsWith("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("condis-passive") || name.startsWith("condis-deadlines")));

        core.start();
        final ClientVc again = nics.call();
        nics.exchange(again, "after");
        nics.hangUp(again);
    }
}
