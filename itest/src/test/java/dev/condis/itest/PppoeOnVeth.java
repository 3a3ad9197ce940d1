// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.pppoe.PppoeParameters;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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
 * PPPoE as half of an adapter, at both ends of a cable in a real framework: adapter-pcap brings the miniport, callmgr-pppoe the signaling. {@link
 * PppoeOnVethIT} makes the cable and runs this in a network namespace of its own.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PppoeOnVeth {
    private static final String SIGNALING = "dev.condis.adapter.pcap.signaling";
    private static final String HALF = "dev.condis.callmgr.pppoe.half";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int FRAMES = 50;

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private NdisLibrary library;

    private final List<Configuration> created = new ArrayList<>();
    private final List<ServiceRegistration<?>> registered = new ArrayList<>();
    private Leftovers leftovers;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void rememberWhatIsThere() {
        leftovers = new Leftovers();
    }

    @After
    public void leaveNothingBehind() throws Exception {
        registered.forEach(ServiceRegistration::unregister);
        while (!created.isEmpty()) {
            created.remove(created.size() - 1).delete();
        }
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(library.adapters()).isEmpty());
        leftovers.assertNoThreads();
    }

    private void configure(final String pid, final Map<String, Object> entries) throws IOException {
        final Configuration configuration = configurations.createFactoryConfiguration(pid, "?");
        configuration.update(new Hashtable<>(entries));
        created.add(configuration);
    }

    private Configuration half(final Map<String, Object> entries) throws IOException {
        final Configuration configuration = configurations.getConfiguration(HALF, "?");
        configuration.update(new Hashtable<>(entries));
        created.add(configuration);
        return configuration;
    }

    private void bothEnds() throws Exception {
        for (final String side : List.of("a", "b")) {
            configure("dev.condis.core.adapter", Map.of("adapter", "eth-" + side, "swap.grace.millis", 0L));
            configure(SIGNALING, Map.of(ServiceProperties.ADAPTER, "eth-" + side, "source", "v" + side));
        }
    }

    private EchoClient client(final String adapter, final Optional<Sap> sap, final boolean echoes) throws Exception {
        final EchoClient client = new EchoClient(AddressFamily.PPPOE, sap, echoes);
        final Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=" + adapter + ")");
        registered.add(context.registerService(CoClient.class, client, properties));
        client.opened().get(60, TimeUnit.SECONDS);
        return client;
    }

    private static <T> T join(final CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static NdisResult<ClientVc> call(final EchoClient caller, final PppoeParameters asked) throws Exception {
        return join(caller.call(join(caller.opened()), asked.toCall()));
    }

    private static void exchange(final EchoClient caller, final ClientVc vc) {
        for (int i = 0; i < FRAMES; i++) {
            final String sent = "\0!" + i;
            final int before = caller.received.size();
            caller.send(vc, sent);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(2)).until(() -> caller.received.size() > before);
            assertThat(caller.received.get(before)).isEqualTo(sent);
        }
    }

    private static void hangUp(final ClientVc vc) throws Exception {
        assertThat(join(vc.closeCall()).status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    public void carriesASessionAndSignalsUnseen() throws Exception {
        bothEnds();
        final EchoClient server = client("eth-b", Optional.of(Sap.pppoe("internet")), true);
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        assertThat(context.getServiceReferences(MiniportCallManager.class, null))
                .hasSize(2);

        final ClientVc vc = call(caller, PppoeParameters.service("internet")).get();
        final CallParameters parameters = vc.callParameters().orElseThrow();
        assertThat(PppoeParameters.of(parameters).orElseThrow().acName()).contains("condis");
        await().atMost(PATIENCE).until(() -> server.events.contains("callConnected"));
        assertThat(library.adapters()).allSatisfy(adapter -> assertThat(adapter.vcs())
                .as("R88, R103: the VC of the session, and none of signaling")
                .hasSize(1));
        exchange(caller, vc);
        assertThat(server.received).hasSize(FRAMES).doesNotHaveDuplicates();
        hangUp(vc);
        await().atMost(PATIENCE).until(() -> server.events.contains("deleteVc"));
        assertThat(call(caller, PppoeParameters.service("nobody has this")).status())
                .isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
    }

    @Test
    public void hasOtherSettingsWithoutEndingASession() throws Exception {
        final Configuration settings = half(Map.of("acName", "before", "retransmitMillis", 100));
        bothEnds();
        final EchoClient server = client("eth-b", Optional.of(Sap.pppoe("internet")), true);
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        final ClientVc first =
                call(caller, PppoeParameters.service("internet").at("before")).get();

        settings.update(new Hashtable<>(Map.of("acName", "after", "retransmitMillis", 100, "maxSessions", 2)));
        // configurations are updated on a thread of the framework's
        final List<ClientVc> second = new ArrayList<>();
        await().atMost(PATIENCE).until(() -> {
            call(caller, PppoeParameters.service("internet").at("after"))
                    .value()
                    .ifPresent(second::add);
            return !second.isEmpty();
        });
        assertThat(call(caller, PppoeParameters.service("internet")).status())
                .as("a third one")
                .isEqualTo(NdisStatus.RESOURCES);
        assertThat(first.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(caller.events).doesNotContain("unbindAdapter");
        assertThat(server.events).doesNotContain("unbindAdapter");
        exchange(caller, first);
        hangUp(first);
        hangUp(second.get(0));
    }

    @Test
    public void tellsClientsWhetherCallsCanBeMade() throws Exception {
        bothEnds();
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        ip("link", "set", "vb", "down");
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(caller.asked).containsExactly("set of OID_CO_SIGNALING_DISABLED"));
        ip("link", "set", "vb", "up");
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(caller.asked)
                .containsExactly("set of OID_CO_SIGNALING_DISABLED", "set of OID_CO_SIGNALING_ENABLED"));
    }

    @Test
    public void goesAndComesWithTheBundleThatSignals() throws Exception {
        bothEnds();
        final EchoClient server = client("eth-b", Optional.of(Sap.pppoe("internet")), true);
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        call(caller, PppoeParameters.service("internet")).get();
        final Bundle signaling = Stream.of(context.getBundles())
                .filter(bundle -> "dev.condis.callmgr.pppoe".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();

        signaling.stop();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(caller.events).contains("unbound NDIS_STATUS_SUCCESS"));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(server.events).contains("unbound NDIS_STATUS_SUCCESS"));
        leftovers.assertNoneOf(signaling);
        signaling.start();

        join(server.opened());
        final ClientVc again = call(caller, PppoeParameters.service("internet")).get();
        exchange(caller, again);
        hangUp(again);
    }

    private static void ip(final String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("%s", command)
                .isZero();
    }
}
