// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.ServiceProperties;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.Violation;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.itest.nic.WireNic;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiFunction;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.ops4j.pax.exam.Option;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** An adapter of its own for each test, whose backends are on a wire of the test, with a client above it that sends all the time. */
public abstract class BackendsOnAWire {
    private static final String CORE = "dev.condis.core";
    private static final String ADAPTER_POLICY = "dev.condis.core.adapter";
    private static final String DISPATCH_LIMIT = "verify.dispatch.limit.millis";
    private static final String DRAIN = "swap.drain.millis";
    static final String GRACE = "swap.grace.millis";

    /** A driver that is slow because the machine is busy is none that does not answer, or blocks. */
    private static final long PATIENT = 60_000;

    private static final AtomicInteger NUMBERS = new AtomicInteger();

    @Inject
    protected BundleContext context;

    @Inject
    protected ConfigurationAdmin configurations;

    /** An adapter of its own for each test, so that the journal begins with it. */
    protected final String adapter = "it-wire-" + NUMBERS.incrementAndGet();

    final FarEnd wire = new FarEnd();
    final LoadClient client = new LoadClient();
    /** What is taken away after the test. */
    final Deque<Configuration> configured = new ArrayDeque<>();

    private final Deque<ServiceRegistration<?>> registered = new ArrayDeque<>();
    private final Deque<Bundle> installed = new ArrayDeque<>();
    private Optional<Configuration> policy = Optional.empty();
    private Leftovers leftovers;
    private int violationsBefore;

    /** The rules that the NICs of the test break. */
    final Set<String> broken = new HashSet<>();

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void putTheClientAboveTheWire() throws Exception {
        assertThat(Leftovers.drivers(context)).isEmpty();
        leftovers = new Leftovers();
        // first, because a verifier with other limits is another one
        configureCore(Map.of());
        violationsBefore = library().violations().size();
        registered.push(context.registerService(BiFunction.class, wire, new Hashtable<>(Map.of("it.wire", adapter))));
        registered.push(context.registerService(CoClient.class, client, above()));
        configure("dev.condis.callmgr.pvc", Map.of("open", true));
    }

    private Dictionary<String, Object> above() {
        return new Hashtable<>(Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=" + adapter + ")"));
    }

    @After
    public void leaveNothingBehind() throws Exception {
        try {
            client.stop();
        } finally {
            takeEverythingAway();
        }
        leftovers.assertNoThreads();
    }

    /** Whatever has failed: the next test begins with nothing. */
    private void takeEverythingAway() throws Exception {
        try {
            changePolicy(Map.of(GRACE, 0L));
            for (final Bundle bundle : installed) {
                bundle.uninstall();
            }
            for (final ServiceRegistration<?> registration : registered) {
                registration.unregister();
            }
            await().atMost(SimulatedNics.PATIENCE)
                    .untilAsserted(() -> assertThat(library().adapters()).isEmpty());
            final List<Violation> violations = library().violations();
            assertThat(violations.subList(violationsBefore, violations.size()))
                    .as("what the verifier has found")
                    .extracting(Violation::rule)
                    .isSubsetOf(broken);
        } finally {
            for (final Configuration configuration : Set.copyOf(configured)) {
                configuration.delete();
            }
        }
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(Leftovers.drivers(context)).isEmpty());
    }

    // --- what the tests do

    final Configuration configure(final String pid, final Map<String, Object> values) throws IOException {
        final Configuration configuration = configurations.createFactoryConfiguration(pid, "?");
        configuration.update(new Hashtable<>(values));
        configured.push(configuration);
        return configuration;
    }

    /** Changes what holds for all adapters and waits until the core has heard of it. */
    final void configureCore(final Map<String, Object> values) throws IOException {
        final Map<String, Object> all = patient(values);
        all.put(DISPATCH_LIMIT, PATIENT);
        final Configuration core = configurations.getConfiguration(CORE, "?");
        core.update(new Hashtable<>(all));
        configured.push(core);
        await().atMost(SimulatedNics.PATIENCE).until(() -> all.entrySet().stream()
                .allMatch(value -> value.getValue().equals(libraryReference().getProperty(value.getKey()))));
    }

    private static Map<String, Object> patient(final Map<String, Object> values) {
        final Map<String, Object> all = new HashMap<>(values);
        all.put(DRAIN, PATIENT);
        all.putIfAbsent(GRACE, PATIENT);
        return all;
    }

    /** Changes the configuration of the adapter and waits until the core has heard of it. */
    final void changePolicy(final Map<String, Object> values) throws Exception {
        final Map<String, Object> all = patient(values);
        all.put("adapter", adapter);
        if (policy.isEmpty()) {
            policy = Optional.of(configure(ADAPTER_POLICY, all));
        } else {
            policy.get().update(new Hashtable<>(all));
        }
        await().atMost(SimulatedNics.PATIENCE).until(() -> {
            final ServiceReference<?>[] known =
                    context.getAllServiceReferences("dev.condis.core.osgi.AdapterPolicy", "(adapter=" + adapter + ")");
            return known != null
                    && all.entrySet().stream()
                            .allMatch(value -> value.getValue().equals(known[0].getProperty(value.getKey())));
        });
    }

    final ServiceReference<NdisLibrary> libraryReference() {
        return context.getServiceReference(NdisLibrary.class);
    }

    final NdisLibrary library() {
        return context.getService(libraryReference());
    }

    final Dictionary<String, Object> properties(final int ranking) {
        return new Hashtable<>(Map.of(
                ServiceProperties.ADAPTER,
                adapter,
                ServiceProperties.MEDIUM,
                "ETHERNET",
                Constants.SERVICE_RANKING,
                ranking));
    }

    final ServiceRegistration<CoMiniport> register(final CoMiniport nic, final int ranking) {
        return remember(context.registerService(CoMiniport.class, nic, properties(ranking)));
    }

    final ServiceRegistration<CoMiniport> remember(final ServiceRegistration<CoMiniport> registration) {
        registered.push(registration);
        return registration;
    }

    final ServiceRegistration<CoMiniport> nic(final int ranking) {
        return register(new WireNic(wire), ranking);
    }

    final void unregister(final ServiceRegistration<?> registration) {
        registered.remove(registration);
        registration.unregister();
    }

    final Bundle install(final Class<?> type, final int ranking, final boolean immediate) throws Exception {
        return install(type, "1.0.0", ranking, immediate);
    }

    final Bundle install(final Class<?> type, final String version, final int ranking, final boolean immediate)
            throws Exception {
        final Bundle bundle =
                context.installBundle("it:nic-" + version, NicBundle.of(type, version, adapter, ranking, immediate));
        installed.push(bundle);
        bundle.start();
        return bundle;
    }

    final void uninstall(final Bundle bundle) throws Exception {
        installed.remove(bundle);
        bundle.uninstall();
    }

    static long id(final ServiceRegistration<?> registration) {
        return id(registration.getReference());
    }

    /** Of the one service of a bundle with a NIC. */
    static long id(final Bundle bundle) {
        assertThat(bundle.getRegisteredServices()).hasSize(1);
        return id(bundle.getRegisteredServices()[0]);
    }

    private static long id(final ServiceReference<?> reference) {
        return (Long) reference.getProperty(Constants.SERVICE_ID);
    }

    final BackendChoice why() {
        return library().why(adapter).orElseThrow();
    }

    final void awaitActive(final ServiceRegistration<?> registration) {
        awaitActive(id(registration));
    }

    final void awaitActive(final Bundle bundle) {
        awaitActive(id(bundle));
    }

    private void awaitActive(final long service) {
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(why().active()).hasValue(service));
        client.passes();
    }

    final SwapReport lastSwap() {
        final List<SwapReport> swaps = library().swaps(adapter);
        assertThat(swaps).isNotEmpty();
        return swaps.get(swaps.size() - 1);
    }

    final void assertLast(final Cause cause, final Outcome outcome) {
        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> {
            assertThat(lastSwap().cause()).isEqualTo(cause);
            assertThat(lastSwap().outcome()).isEqualTo(outcome);
        });
    }
}
