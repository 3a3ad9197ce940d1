// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.Violation;
import dev.condis.api.media.MediaFlow;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import java.util.jar.JarInputStream;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
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
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * A bundle of the product is updated under calls to its next version: its adapters, which are configurations, come back as services of the new
 * classes, and the calls go on. Both ends of the calls are at its adapters, so both wait meanwhile.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BackendUpdateIT {
    private static final String PVC = "dev.condis.callmgr.pvc";
    private static final String COMPONENT = "dev.condis.adapter.sim.SimAdapter";
    private static final String BUNDLE = "condis.itest.update";
    private static final String LINE = "vlan:5";
    private static final int UPDATES = 3;
    private static final long GRACE_MILLIS = 120_000;
    private static final Duration SOON = Duration.ofMillis(5);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private NdisLibrary library;

    private final EchoClient caller = new EchoClient(AddressFamily.PVC, Optional.empty(), false);
    private final EchoClient listener = new EchoClient(AddressFamily.PVC, Optional.of(Sap.pvc("lan")), true);
    private final Deque<Configuration> configured = new ArrayDeque<>();
    private final Map<String, Configuration> policies = new HashMap<>();
    private final Deque<ServiceRegistration<?>> registered = new ArrayDeque<>();
    private Leftovers leftovers;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {
            Container.product(),
            systemProperty(BUNDLE).value(Container.jarOf(SimulatedNics.SIM).toString())
        };
    }

    @Before
    public void connectTwoNics() throws Exception {
        assertThat(Leftovers.drivers(context)).isEmpty();
        leftovers = new Leftovers();
        awaitTheirBackend(SimulatedNics.A);
        awaitTheirBackend(SimulatedNics.B);
        nic(SimulatedNics.A, "02-00-00-00-00-0a");
        nic(SimulatedNics.B, "02-00-00-00-00-0b");
        configure(
                PVC,
                Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=" + SimulatedNics.A + ")", "open", true));
        configure(
                PVC,
                Map.of(
                        ServiceProperties.ADAPTER_TARGET,
                        "(condis.adapter=" + SimulatedNics.B + ")",
                        "pvcs",
                        new String[] {"lan=" + LINE + ";incoming"}));
        register(listener, SimulatedNics.B);
        register(caller, SimulatedNics.A);
    }

    /** However long a busy machine takes for the update. */
    private void awaitTheirBackend(final String adapter) throws IOException {
        final Configuration policy = configurations.createFactoryConfiguration("dev.condis.core.adapter", "?");
        policy.update(policy(adapter, GRACE_MILLIS));
        policies.put(adapter, policy);
    }

    /** Before the NICs go: a wait that has begun takes as long as it was to take. */
    private void waitNoLonger(final String adapter, final Configuration policy) throws IOException {
        policy.update(policy(adapter, 0));
        final String known = "(&(adapter=" + adapter + ")(swap.grace.millis=0))";
        await().atMost(SimulatedNics.PATIENCE)
                .until(() -> context.getAllServiceReferences("dev.condis.core.osgi.AdapterPolicy", known) != null);
    }

    private static Dictionary<String, Object> policy(final String adapter, final long graceMillis) {
        return new Hashtable<>(Map.of("adapter", adapter, "swap.grace.millis", graceMillis));
    }

    private void nic(final String name, final String address) throws IOException {
        configure(
                SimulatedNics.SIM,
                Map.of("name", name, "network", "it", "address", address, "mode", "miniport", "medium", "ETHERNET"));
    }

    private void configure(final String pid, final Map<String, Object> entries) throws IOException {
        final Configuration configuration = configurations.createFactoryConfiguration(pid, "?");
        configuration.update(new Hashtable<>(entries));
        configured.push(configuration);
    }

    private void register(final CoClient client, final String adapter) {
        final Dictionary<String, Object> properties =
                new Hashtable<>(Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=" + adapter + ")"));
        registered.push(context.registerService(CoClient.class, client, properties));
    }

    @After
    public void leaveNothingBehind() throws Exception {
        for (final ServiceRegistration<?> registration : registered) {
            registration.unregister();
        }
        for (final Map.Entry<String, Configuration> policy : policies.entrySet()) {
            waitNoLonger(policy.getKey(), policy.getValue());
        }
        for (final Configuration configuration : configured) {
            configuration.delete();
        }
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(library.adapters()).isEmpty());
        for (final Configuration policy : policies.values()) {
            policy.delete();
        }
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(Leftovers.drivers(context)).isEmpty());
        assertThat(library.violations())
                .extracting(Violation::rule)
                .as("what the verifier has found")
                .isEmpty();
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(listener.pool.outstanding()).isZero();
        leftovers.assertNoThreads();
    }

    private ClientVc call() throws Exception {
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(listener.events).contains("callConnected"));
        return caller.call(
                        caller.opened().get(60, TimeUnit.SECONDS),
                        CallParameters.permanent(MediaFlow.parse(LINE).toMediaParameters()))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get();
    }

    private void exchange(final ClientVc vc, final String text) {
        caller.send(vc, text);
        await().atMost(SimulatedNics.PATIENCE).pollInterval(SOON).until(() -> caller.received.contains(text));
        assertThat(listener.received).contains(text);
    }

    private Bundle simBundle() {
        return Stream.of(context.getBundles())
                .filter(bundle -> SimulatedNics.SIM.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
    }

    private static Version next(final Version version) {
        return new Version(version.getMajor(), version.getMinor(), version.getMicro() + 1);
    }

    /** The same bundle, built again with another version. */
    private static InputStream built(final Version version) throws IOException {
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (JarInputStream from = new JarInputStream(Files.newInputStream(Path.of(System.getProperty(BUNDLE))))) {
            final Manifest manifest = new Manifest(from.getManifest());
            manifest.getMainAttributes().putValue(Constants.BUNDLE_VERSION, version.toString());
            try (JarOutputStream to = new JarOutputStream(content, manifest)) {
                for (JarEntry entry = from.getNextJarEntry(); entry != null; entry = from.getNextJarEntry()) {
                    to.putNextEntry(new JarEntry(entry.getName()));
                    from.transferTo(to);
                    to.closeEntry();
                }
            }
        }
        return new ByteArrayInputStream(content.toByteArray());
    }

    private List<SwapReport> swaps() {
        return Stream.of(SimulatedNics.A, SimulatedNics.B)
                .flatMap(adapter -> library.swaps(adapter).stream())
                .toList();
    }

    private void bothAreBack(final int updates) {
        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> {
            assertThat(library.adapters())
                    .hasSize(2)
                    .extracting(AdapterSnapshot::state)
                    .containsOnly(AdapterSnapshot.State.RUNNING);
            assertThat(swaps())
                    .extracting(SwapReport::outcome)
                    .filteredOn(Outcome.SWAPPED::equals)
                    .hasSize(2 * updates);
        });
    }

    @Test
    public void theAdaptersBundleIsUpdatedUnderACall() throws Exception {
        final ClientVc vc = call();
        exchange(vc, "before");
        final Bundle sim = simBundle();
        for (int update = 1; update <= UPDATES; update++) {
            final Version version = next(sim.getVersion());
            final Class<?> oldClass = sim.loadClass(COMPONENT);

            sim.stop();
            assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
            sim.update(built(version));
            sim.start();

            bothAreBack(update);
            assertThat(sim.getVersion()).isEqualTo(version);
            assertThat(sim.loadClass(COMPONENT)).isNotSameAs(oldClass);
            exchange(vc, "through version " + version);
        }
        assertThat(caller.events).doesNotContain("unbindAdapter").noneMatch(event -> event.startsWith("incomingClose"));
        assertThat(listener.events)
                .doesNotContain("unbindAdapter")
                .noneMatch(event -> event.startsWith("incomingClose"));
        assertThat(caller.received).doesNotHaveDuplicates().hasSize(1 + UPDATES);
        assertThat(vc.closeCall()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
    }
}
