// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.ServiceProperties;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.itest.nic.WireNic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiFunction;
import java.util.stream.Collectors;
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
import org.osgi.framework.hooks.service.ListenerHook;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/**
 * The bundle of a backend is installed, swapped to under calls that carry traffic, and uninstalled again, many times in one framework. Nothing
 * of those that are gone is left: no class loader, thread, open file, service, listener or bundle. 50 times; 1,000 times with
 * {@code -Dcondis.soak=1000}.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BackendSoakIT {
    private static final String ADAPTER = "it-soak";
    private static final int WARM_UP = 6;
    private static final int CYCLES = Integer.getInteger("condis.soak", 50);
    private static final int VCS = 20;
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    /** Long: a thousand cycles meet whatever else the machine does. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** The core's threads for what may block go when they were idle for a minute. */
    private static final Duration UNTIL_COLLECTED = Duration.ofMinutes(3);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    private final FarEnd wire = new FarEnd();
    private final LoadClient client = new LoadClient();
    private final Deque<Configuration> configured = new ArrayDeque<>();
    private final Deque<ServiceRegistration<?>> registered = new ArrayDeque<>();
    private final ReferenceQueue<Object> collected = new ReferenceQueue<>();
    private final Map<PhantomReference<Object>, String> retired = new HashMap<>();
    private int version;

    /** How a bundle is followed by the next one; they take turns. */
    private enum Way {
        /** An operator swaps to the next one, then the bundle is uninstalled. */
        OPERATOR,
        /** The bundle is uninstalled while it carries the adapter and the next one is there. */
        UNINSTALLED,
        /** The bundle is uninstalled when there is no other: the VCs are parked. */
        PARKED
    }

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void putTheClientAboveTheWire() throws Exception {
        assertThat(Leftovers.drivers(context)).isEmpty();
        registered.push(context.registerService(BiFunction.class, wire, new Hashtable<>(Map.of("it.wire", ADAPTER))));
        registered.push(context.registerService(
                CoClient.class,
                client,
                new Hashtable<>(Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=" + ADAPTER + ")"))));
        configure("dev.condis.callmgr.pvc", Map.of("open", true));
        configure("dev.condis.core.adapter", Map.of("adapter", ADAPTER, "swap.grace.millis", 60_000L));
    }

    private void configure(final String pid, final Map<String, Object> values) throws IOException {
        final Configuration configuration = configurations.createFactoryConfiguration(pid, "?");
        configuration.update(new Hashtable<>(values));
        configured.push(configuration);
    }

    @After
    public void leaveNothingBehind() throws Exception {
        for (final ServiceRegistration<?> registration : registered) {
            registration.unregister();
        }
        for (final Configuration configuration : configured) {
            configuration.delete();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Leftovers.drivers(context)).isEmpty());
    }

    @Test
    public void bundlesOfBackendsThatAreGoneLeaveNothingBehind() throws Exception {
        Bundle nic = install();
        client.load(VCS);
        for (int cycle = 0; cycle < WARM_UP; cycle++) {
            nic = follow(nic, Way.values()[cycle % Way.values().length]);
        }
        assertRetiredAreCollected();
        final Map<String, Long> before = census();

        for (int cycle = 0; cycle < CYCLES; cycle++) {
            nic = follow(nic, Way.values()[cycle % Way.values().length]);
        }

        client.passes();
        assertRetiredAreCollected();
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(grownSince(before)).as("more than before").isEmpty());
        client.everythingOnceAndInOrder(wire);
        nic.uninstall();
        await().atMost(Duration.ofMinutes(2))
                .untilAsserted(() -> assertThat(library().adapters()).isEmpty());
    }

    // --- a cycle ---

    private NdisLibrary library() {
        return context.getService(context.getServiceReference(NdisLibrary.class));
    }

    private Bundle install() throws Exception {
        version++;
        final Bundle bundle = context.installBundle(
                "it:soak-" + version, NicBundle.of(WireNic.class, version + ".0.0", ADAPTER, 0, true));
        bundle.start();
        final long id = serviceId(bundle);
        await().atMost(PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> library().why(ADAPTER).isPresent()
                        && library().why(ADAPTER).orElseThrow().candidates().stream()
                                .anyMatch(candidate -> candidate.serviceId() == id));
        return bundle;
    }

    private static long serviceId(final Bundle bundle) {
        return (Long) bundle.getRegisteredServices()[0].getProperty(Constants.SERVICE_ID);
    }

    private Bundle follow(final Bundle before, final Way way) throws Exception {
        if (way == Way.PARKED) {
            retire(before);
            final Bundle after = install();
            awaitActive(after);
            return after;
        }
        final Bundle after = install();
        if (way == Way.OPERATOR) {
            final SwapReport report = library()
                    .swap(ADAPTER, serviceId(after))
                    .toCompletableFuture()
                    .get(PATIENCE.toSeconds(), TimeUnit.SECONDS)
                    .get();
            assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.SWAPPED);
        }
        retire(before);
        awaitActive(after);
        return after;
    }

    private void awaitActive(final Bundle bundle) {
        final long id = serviceId(bundle);
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(1)).untilAsserted(() -> assertThat(
                        library().why(ADAPTER).orElseThrow().active())
                .hasValue(id));
        final List<SwapReport> swaps = library().swaps(ADAPTER);
        final SwapReport last = swaps.get(swaps.size() - 1);
        assertThat(last.outcome()).as(last.toString()).isEqualTo(Outcome.SWAPPED);
        assertThat(last.moved()).isEqualTo(VCS);
    }

    private void retire(final Bundle bundle) throws Exception {
        retired.put(
                new PhantomReference<>(bundle.adapt(BundleWiring.class).getClassLoader(), collected),
                bundle.toString());
        bundle.uninstall();
    }

    // --- what is left ---

    private void assertRetiredAreCollected() {
        await().atMost(UNTIL_COLLECTED).untilAsserted(() -> {
            System.gc();
            for (var gone = collected.poll(); gone != null; gone = collected.poll()) {
                retired.remove(gone);
            }
            assertThat(retired.values()).as("class loaders that somebody holds").isEmpty();
        });
    }

    private List<String> grownSince(final Map<String, Long> before) throws Exception {
        final Map<String, Long> now = census();
        return now.keySet().stream()
                .filter(what -> now.get(what) > before.getOrDefault(what, 0L))
                .map(what -> what + ": " + now.get(what) + " instead of " + before.getOrDefault(what, 0L))
                .toList();
    }

    /** How many there are of everything that could be left. */
    private Map<String, Long> census() throws Exception {
        final Map<String, Long> counts = new TreeMap<>();
        counts.put("bundles", (long) context.getBundles().length);
        counts.put("services", (long) context.getAllServiceReferences(null, null).length);
        counts.put("service listeners", listeners());
        counts.putAll(threads());
        counts.putAll(descriptors());
        return counts;
    }

    /** A hook is told of every listener that is there. */
    private long listeners() {
        final List<Object> found = new ArrayList<>();
        final ListenerHook hook = new ListenerHook() {
            @Override
            public void added(final Collection<ListenerInfo> listeners) {
                found.addAll(listeners);
            }

            @Override
            public void removed(final Collection<ListenerInfo> listeners) {
                found.removeAll(listeners);
            }
        };
        context.registerService(ListenerHook.class, hook, new Hashtable<>()).unregister();
        return found.size();
    }

    /** By name, without numbers. Threads of pools that come and go are not counted. */
    private static Map<String, Long> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(thread -> "thread " + thread.getName().replaceAll("[0-9]+", "N"))
                .filter(name -> !name.startsWith("thread condis-passive") && !name.startsWith("thread awaitility"))
                .collect(Collectors.groupingBy(name -> name, Collectors.counting()));
    }

    /** By file, without numbers: bundles are in numbered folders. Empty where there is no such folder. */
    private static Map<String, Long> descriptors() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Map.of();
        }
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.flatMap(BackendSoakIT::target)
                    .filter(file -> !file.endsWith("/fd"))
                    .collect(Collectors.groupingBy(
                            file -> "open file " + file.replaceAll("[0-9]+", "N"), Collectors.counting()));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<String> target(final Path descriptor) {
        try {
            return Stream.of(Files.readSymbolicLink(descriptor).toString());
        } catch (final NoSuchFileException e) {
            // closed since the folder was listed
            return Stream.empty();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
