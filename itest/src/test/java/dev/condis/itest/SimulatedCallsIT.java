// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.ServiceProperties;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
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
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * Two clients on two simulated NICs in a real framework: they call each other through the switch, the adapters' bundle is stopped and
 * started under their calls (the documented teardown, sequences S36 to S38), and nothing stays behind.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SimulatedCallsIT {
    private static final String SIM = "dev.condis.adapter.sim";
    private static final String SIM_CALL_MANAGER = "dev.condis.callmgr.sim";
    private static final Sap LISTENER = Sap.e164("4711");
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private final List<Configuration> created = new ArrayList<>();
    private final List<ServiceRegistration<?>> registered = new ArrayList<>();
    private final EchoClient caller = new EchoClient(AddressFamily.Q2931, Optional.empty(), false);
    private final EchoClient listener = new EchoClient(AddressFamily.Q2931, Optional.of(LISTENER), true);
    private Leftovers leftovers;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void rememberWhatIsThere() throws Exception {
        assertThat(Leftovers.drivers(context)).isEmpty();
        leftovers = new Leftovers();
    }

    @After
    public void leaveNothingBehind() throws Exception {
        registered.forEach(ServiceRegistration::unregister);
        for (final Configuration configuration : created) {
            configuration.delete();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Leftovers.drivers(context)).isEmpty());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(library().adapters()).isEmpty());
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(listener.pool.outstanding()).isZero();
    }

    private void configure(final String pid, final String... entries) throws Exception {
        final Configuration configuration = configurations.createFactoryConfiguration(pid, "?");
        final Dictionary<String, Object> properties = new Hashtable<>();
        for (final String entry : entries) {
            final int equals = entry.indexOf('=');
            properties.put(entry.substring(0, equals), entry.substring(equals + 1));
        }
        configuration.update(properties);
        created.add(configuration);
    }

    private void twoNics(final String mode) throws Exception {
        configure(SIM, "name=it-a", "network=it", "address=02-00-00-00-00-0a", "mode=" + mode);
        configure(SIM, "name=it-b", "network=it", "address=02-00-00-00-00-0b", "mode=" + mode);
        if (mode.equals("miniport")) {
            configure(SIM_CALL_MANAGER, "name=it-cm", "target=(condis.adapter=it-*)");
        }
        register(caller, "it-a");
        register(listener, "it-b");
    }

    private void register(final CoClient client, final String adapter) {
        final Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=" + adapter + ")");
        properties.put(ServiceProperties.DRIVER_NAME, "client of " + adapter);
        registered.add(context.registerService(CoClient.class, client, properties));
    }

    private ClientVc call() throws Exception {
        final CallParameters parameters = Q2931Parameters.call(LISTENER);
        listener.opened().get(20, TimeUnit.SECONDS);
        return caller.call(caller.opened().get(20, TimeUnit.SECONDS), parameters)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .get();
    }

    private void exchange(final ClientVc vc, final String text) {
        caller.send(vc, text);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(caller.received).contains(text));
        assertThat(listener.received).contains(text);
    }

    private void hangUp(final ClientVc vc) throws Exception {
        assertThat(vc.closeCall()
                        .toCompletableFuture()
                        .get(20, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
    }

    /** Looked up each time: after a restart of the core it is another object. */
    private NdisLibrary library() {
        return context.getService(context.getServiceReference(NdisLibrary.class));
    }

    private Stream<AdapterSnapshot> adapters() {
        return library().adapters().stream();
    }

    private Bundle simBundle() {
        return Stream.of(context.getBundles())
                .filter(bundle -> SIM.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    @Test
    public void clientsCallEachOtherThroughMcms() throws Exception {
        twoNics("mcm");
        final ClientVc vc = call();
        exchange(vc, "through the switch");
        hangUp(vc);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(listener.events)
                .containsSubsequence("createVc", "callConnected", "incomingCloseCall NDIS_STATUS_SUCCESS"));
    }

    @Test
    public void clientsCallEachOtherThroughAStandAloneCallManager() throws Exception {
        twoNics("miniport");
        final ClientVc vc = call();
        exchange(vc, "above plain miniports");
        assertThat(adapters().flatMap(adapter -> adapter.vcs().stream()))
                .as("the call manager's signaling VCs are seen (R73)")
                .anyMatch(snapshot -> snapshot.client().isEmpty() && snapshot.state() == VcState.ACTIVE);
        hangUp(vc);
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
        twoNics(mode);
        final ClientVc first = call();
        final ClientVc second = call();
        exchange(first, "one");
        exchange(second, "two");
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
        assertThat(adapters()).allSatisfy(adapter -> assertThat(adapter.vcs()).isEmpty());
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(listener.pool.outstanding()).isZero();
        leftovers.assertNoneOf(sim);

        sim.start();

        final ClientVc again = call();
        exchange(again, "after the restart");
        hangUp(again);
    }

    @Test
    public void aClientThatLeavesIsUnboundAndItsCallsAreClosed() throws Exception {
        twoNics("mcm");
        final ClientVc vc = call();
        exchange(vc, "before");

        registered.remove(0).unregister();

        assertThat(caller.events).endsWith("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(listener.events).contains("incomingCloseCall NDIS_STATUS_SUCCESS"));
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(adapters()).allSatisfy(adapter -> assertThat(adapter.vcs())
                        .filteredOn(snapshot -> snapshot.state() == VcState.ACTIVE)
                        .isEmpty()));
    }

    @Test
    public void aClientWhoseTargetChangesIsUnboundAndBoundElsewhere() throws Exception {
        twoNics("mcm");
        final ClientVc vc = call();
        final Dictionary<String, Object> elsewhere = new Hashtable<>();
        elsewhere.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=it-b)");

        registered.get(0).setProperties(elsewhere);

        await().atMost(PATIENCE).until(() -> vc.state() == VcState.DELETED);
        await().atMost(PATIENCE)
                .until(() -> caller.events.size() == 4 && caller.opened().isDone());
        assertThat(caller.opened().get().binding().adapter().name()).isEqualTo("it-b");
        assertThat(caller.events)
                .containsExactly(
                        "afRegisterNotify", "unbindAdapter", "unbound NDIS_STATUS_SUCCESS", "afRegisterNotify");
    }

    @Test
    public void stoppingTheCoreUnbindsEverybodyAndStartingItBringsThemBack() throws Exception {
        twoNics("mcm");
        final ClientVc vc = call();
        exchange(vc, "before");
        final Bundle core = Stream.of(context.getBundles())
                .filter(bundle -> "dev.condis.core".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();

        core.stop();
        assertThat(caller.events).endsWith("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(Thread.getAllStackTraces().keySet())
                .extracting(Thread::getName)
                .noneMatch(name -> name.startsWith("condis-passive") || name.startsWith("condis-deadlines"));

        core.start();
        final ClientVc again = call();
        exchange(again, "after");
        hangUp(again);
    }
}
