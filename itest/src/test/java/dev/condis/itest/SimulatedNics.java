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
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.Violation;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;

/** Two simulated NICs on one network with a client on each, and whatever else a test configures and registers. */
final class SimulatedNics {
    static final String SIM = "dev.condis.adapter.sim";
    static final Duration PATIENCE = Duration.ofSeconds(60);
    static final String A = "it-a";
    static final String B = "it-b";

    private static final String SIM_CALL_MANAGER = "dev.condis.callmgr.sim";
    private static final Sap LISTENER = Sap.e164("4711");

    final EchoClient caller = new EchoClient(AddressFamily.Q2931, Optional.empty(), false);
    final EchoClient listener = new EchoClient(AddressFamily.Q2931, Optional.of(LISTENER), true);
    final List<ServiceRegistration<?>> registered = new ArrayList<>();

    /** The rules that the test breaks on purpose. */
    final List<String> broken = new ArrayList<>();

    private final BundleContext context;
    private final ConfigurationAdmin configurations;
    private final List<Configuration> created = new ArrayList<>();

    SimulatedNics(final BundleContext context, final ConfigurationAdmin configurations) {
        this.context = context;
        this.configurations = configurations;
    }

    void configure(final String pid, final Map<String, Object> entries) throws IOException {
        final Configuration configuration = configurations.createFactoryConfiguration(pid, "?");
        configuration.update(new Hashtable<>(entries));
        created.add(configuration);
    }

    /** As CoNDIS has it: nothing waits for a backend that may come back. */
    void endCallsWithTheirBackend(final String adapter) throws IOException {
        configure("dev.condis.core.adapter", Map.of("adapter", adapter, "swap.grace.millis", 0L));
    }

    /**
     * Makes the NICs and the clients.
     *
     * @param mode {@code mcm}, or {@code miniport} with a call manager above
     */
    void start(final String mode) throws IOException {
        endCallsWithTheirBackend(A);
        endCallsWithTheirBackend(B);
        configure(SIM, Map.of("name", A, "network", "it", "address", "02-00-00-00-00-0a", "mode", mode));
        configure(SIM, Map.of("name", B, "network", "it", "address", "02-00-00-00-00-0b", "mode", mode));
        if (mode.equals("miniport")) {
            configure(SIM_CALL_MANAGER, Map.of("name", "it-cm", "target", "(condis.adapter=it-*)"));
        }
        register(caller, A);
        register(listener, B);
    }

    void register(final CoClient client, final String adapter) {
        final Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=" + adapter + ")");
        properties.put(ServiceProperties.DRIVER_NAME, "client of " + adapter);
        registered.add(context.registerService(CoClient.class, client, properties));
    }

    ClientVc call() throws Exception {
        final CallParameters parameters = Q2931Parameters.call(LISTENER);
        listener.opened().get(60, TimeUnit.SECONDS);
        return caller.call(caller.opened().get(60, TimeUnit.SECONDS), parameters)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get();
    }

    void exchange(final ClientVc vc, final String text) {
        caller.send(vc, text);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(caller.received).contains(text));
        assertThat(listener.received).contains(text);
    }

    void hangUp(final ClientVc vc) throws Exception {
        assertThat(vc.closeCall()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
    }

    /** Looked up each time: after a restart of the core it is another object. */
    NdisLibrary library() {
        return context.getService(context.getServiceReference(NdisLibrary.class));
    }

    Stream<AdapterSnapshot> adapters() {
        return library().adapters().stream();
    }

    AdapterSnapshot adapter(final String name) {
        return adapters()
                .filter(adapter -> adapter.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no adapter " + name));
    }

    /** Takes everything away again and checks that nothing stays. */
    void stop() throws Exception {
        registered.forEach(ServiceRegistration::unregister);
        // what is above goes first, and what says how it is to go goes last
        while (!created.isEmpty()) {
            created.remove(created.size() - 1).delete();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Leftovers.drivers(context)).isEmpty());
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(library().adapters()).isEmpty());
        assertThat(library().violations())
                .extracting(Violation::rule)
                .as(() -> "what the verifier has found: " + library().violations())
                .containsExactlyElementsOf(broken);
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(listener.pool.outstanding()).isZero();
    }
}
