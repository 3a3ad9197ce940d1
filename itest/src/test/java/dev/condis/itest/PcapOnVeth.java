// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
 * adapter-pcap on both ends of a veth pair in a real framework, below the call manager for permanent circuits. {@link PcapOnVethIT}
 * makes the pair and runs this in a network namespace of its own.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class PcapOnVeth {
    private static final String PCAP = "dev.condis.adapter.pcap";
    private static final String PVC = "dev.condis.callmgr.pvc";
    static final String MAC_A = "02-00-00-00-00-0a";
    static final String MAC_B = "02-00-00-00-00-0b";
    private static final String TEXT =
            "a text that is longer than the shortest payload of an Ethernet frame, so nothing is padded";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SWAPS = 60;

    /** What the line contains that says what a run has shown. */
    static final String FIGURE = " swaps on a veth pair under load: ";

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
        // what is above goes first, and what says how it is to go goes last
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

    private EchoClient client(final String adapter, final Optional<Sap> sap, final boolean echoes) {
        final EchoClient client = new EchoClient(AddressFamily.PVC, sap, echoes);
        final Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=" + adapter + ")");
        registered.add(context.registerService(CoClient.class, client, properties));
        return client;
    }

    /** As CoNDIS has it: nothing waits for a backend that may come back. */
    private void endCallsWithTheirBackend(final String adapter) throws IOException {
        configure("dev.condis.core.adapter", Map.of("adapter", adapter, "swap.grace.millis", 0L));
    }

    private void twoNics(final String flowAtB) throws IOException {
        endCallsWithTheirBackend("eth-a");
        endCallsWithTheirBackend("eth-b");
        configure(PCAP, Map.of(ServiceProperties.ADAPTER, "eth-a", "source", "va", "mode", "MINIPORT"));
        configure(PCAP, Map.of(ServiceProperties.ADAPTER, "eth-b", "source", "vb", "mode", "MINIPORT"));
        configure(PVC, Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=eth-a)", "open", true));
        configure(PVC, Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=eth-b)", "pvcs", new String[] {
            "lan=" + flowAtB + ";incoming"
        }));
    }

    private void exchange(final String flowAtA, final String flowAtB) throws Exception {
        twoNics(flowAtB);
        final EchoClient listener = client("eth-b", Optional.of(Sap.pvc("lan")), true);
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        listener.opened().get(60, TimeUnit.SECONDS);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(listener.events).contains("callConnected"));
        final CallParameters parameters = CallParameters.permanent(
                MediaParameters.duplex(MediaFlow.parse(flowAtA).toSpecificParameters()));
        final ClientVc vc = caller.call(caller.opened().get(60, TimeUnit.SECONDS), parameters)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get();

        for (int i = 0; i < 100; i++) {
            caller.send(vc, i + TEXT);
            final String sent = i + TEXT;
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).untilAsserted(() -> assertThat(caller.received)
                    .contains(sent));
        }

        assertThat(listener.received).hasSize(100).doesNotHaveDuplicates();
        assertThat(vc.closeCall()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(caller.pool.outstanding()).isZero();
        assertThat(listener.pool.outstanding()).isZero();
    }

    @Test
    public void callsOnAVlan() throws Exception {
        exchange("vlan:100", "vlan:100");
    }

    @Test
    public void callsOnAPeerAndAnEtherType() throws Exception {
        exchange("peer:" + MAC_B + "/type:0x88b5", "peer:" + MAC_A + "/type:0x88b5");
    }

    @Test
    public void theLinkIsLostAndFoundUnderACall_andTheNicIsAskedPausedAndReset() throws Exception {
        configure(PCAP, Map.of(ServiceProperties.ADAPTER, "eth-a", "source", "va", "mode", "MINIPORT"));
        configure(PVC, Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=eth-a)", "open", true));
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        final ClientVc vc = caller.call(
                        caller.opened().get(60, TimeUnit.SECONDS),
                        CallParameters.permanent(MediaFlow.parse("vlan:9").toMediaParameters()))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get();
        assertThat(query(vc, Oid.GEN_CO_MEDIA_CONNECT_STATUS)).isZero();

        ip("link", "set", "vb", "down");
        await().atMost(PATIENCE).until(() -> states(caller).contains(LinkState.MediaConnectState.DISCONNECTED));
        assertThat(query(vc, Oid.GEN_CO_MEDIA_CONNECT_STATUS)).isEqualTo(1);
        assertThat(vc.callState()).as("R212").isEqualTo(CallState.CONNECTED);
        ip("link", "set", "vb", "up");
        await().atMost(PATIENCE).until(() -> states(caller).contains(LinkState.MediaConnectState.CONNECTED));
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(caller.asked)
                .containsSubsequence("set of OID_CO_SIGNALING_DISABLED", "set of OID_CO_SIGNALING_ENABLED"));

        assertThat(library.pause("eth-a")
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .isSuccess())
                .isTrue();
        caller.send(vc, TEXT);
        assertThat(library.restart("eth-a")
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .isSuccess())
                .isTrue();
        caller.send(vc, TEXT);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(caller.completed)
                .containsExactly(NdisStatus.PAUSED, NdisStatus.SUCCESS));
        assertThat(library.reset("eth-a")
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .isSuccess())
                .isTrue();
        caller.send(vc, TEXT);
        await().atMost(PATIENCE).until(() -> query(vc, Oid.GEN_CO_XMIT_PDUS_OK) == 2);
        assertThat(vc.closeCall()
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    public void backendsOnOneWireAreSwappedUnderLoad_andEachFrameCountsOnce() throws Exception {
        for (final String side : List.of("a", "b")) {
            configure(
                    "dev.condis.core.adapter",
                    Map.of("adapter", "eth-" + side, "swap.grace.millis", 0L, "swap.failback", "MANUAL"));
            configure(PCAP, Map.of(ServiceProperties.ADAPTER, "eth-" + side, "source", "v" + side, "mode", "MINIPORT"));
            configure(PCAP, Map.of(ServiceProperties.ADAPTER, "eth-" + side, "source", "v" + side, "mode", "MINIPORT"));
        }
        configure(PVC, Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=eth-a)", "open", true));
        configure(PVC, Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=eth-b)", "pvcs", new String[] {
            "lan=vlan:100;incoming"
        }));
        final EchoClient listener = client("eth-b", Optional.of(Sap.pvc("lan")), true);
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(listener.events).contains("callConnected"));
        await().atMost(PATIENCE)
                .until(() -> wires("eth-a").size() == 2 && wires("eth-b").size() == 2);
        assertThat(Set.copyOf(wires("eth-a"))).as("both on one wire").hasSize(1);
        assertThat(wires("eth-a").get(0)).startsWith("net:[");
        assertThat(wires("eth-b")).doesNotContainAnyElementsOf(wires("eth-a"));
        final ClientVc vc = caller.call(
                        caller.opened().get(20, TimeUnit.SECONDS),
                        CallParameters.permanent(MediaFlow.parse("vlan:100").toMediaParameters()))
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .get();
        final List<String> swapped = new ArrayList<>();
        final NumberedLoad load = new NumberedLoad(caller, vc);

        load.start();
        for (int i = 0; i < SWAPS; i++) {
            load.passes();
            final String adapter = i % 2 == 0 ? "eth-b" : "eth-a";
            swapped.add(adapter + ">" + load.sent);
            swap(adapter);
            swapped.add("<" + load.sent);
        }
        load.passes();
        load.end();

        final List<String> sent =
                IntStream.range(0, load.sent).mapToObj(i -> i + TEXT).toList();
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(differences(sent, listener.received))
                .as("there: %s, swapped at %s", sent.size(), swapped)
                .isEmpty());
        await().atMost(PATIENCE).untilAsserted(() -> assertThat(differences(listener.received, caller.received))
                .as("and back: %s, swapped at %s", sent.size(), swapped)
                .isEmpty());
        assertThat(caller.completed).containsOnly(NdisStatus.SUCCESS);
        System.out.printf("%d%s%d frames there and back, each once%n", SWAPS, FIGURE, load.sent);
    }

    /** What is missing, too much, or not in its place. */
    private static List<String> differences(final List<String> sent, final List<String> received) {
        final List<String> wrong = new ArrayList<>();
        final Set<String> there = new LinkedHashSet<>(received);
        sent.stream()
                .filter(text -> !there.contains(text))
                .map(text -> "missing " + text.substring(0, text.indexOf('a')))
                .forEach(wrong::add);
        if (there.size() < received.size()) {
            wrong.add(received.size() - there.size() + " too many");
        }
        if (!sent.stream().filter(there::contains).toList().equals(List.copyOf(there))) {
            wrong.add("not in order");
        }
        return wrong;
    }

    private List<String> wires(final String adapter) throws Exception {
        return context.getServiceReferences(CoMiniport.class, "(condis.adapter=" + adapter + ")").stream()
                .map(reference -> String.valueOf(reference.getProperty(ServiceProperties.WIRE)))
                .toList();
    }

    private void swap(final String adapter) throws Exception {
        final BackendChoice choice = library.why(adapter).orElseThrow();
        final long other = choice.candidates().stream()
                .mapToLong(BackendChoice.Candidate::serviceId)
                .filter(id -> id != choice.active().orElseThrow())
                .findFirst()
                .orElseThrow();
        final SwapReport report = library.swap(adapter, other)
                .toCompletableFuture()
                .get(20, TimeUnit.SECONDS)
                .get();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(SwapReport.Outcome.SWAPPED);
    }

    /** Sends numbered texts, of which only so many are on their way at a time. */
    private static final class NumberedLoad extends Thread {
        private static final int WINDOW = 32;

        private final EchoClient client;
        private final ClientVc vc;
        private volatile int sent;
        private volatile boolean ends;

        NumberedLoad(final EchoClient client, final ClientVc vc) {
            super("load");
            this.client = client;
            this.vc = vc;
        }

        @Override
        public void run() {
            int next = 0;
            while (!ends) {
                if (next - client.received.size() < WINDOW) {
                    client.send(vc, next + TEXT);
                    next++;
                    sent = next;
                } else {
                    Thread.onSpinWait();
                }
            }
        }

        /** Waits until more has come back. */
        void passes() {
            final int before = client.received.size();
            await().atMost(PATIENCE)
                    .pollInterval(Duration.ofMillis(5))
                    .until(() -> client.received.size() > before + 2);
        }

        void end() throws InterruptedException {
            ends = true;
            join();
        }
    }

    private static List<LinkState.MediaConnectState> states(final EchoClient client) {
        return client.statuses.stream()
                .filter(indication -> indication.code().equals(StatusCode.LINK_STATE))
                .map(indication ->
                        LinkState.ofOctets(indication.buffer()).orElseThrow().connect())
                .toList();
    }

    private static long query(final ClientVc vc, final Oid oid) throws Exception {
        final OidResult result = vc.addressFamily()
                .binding()
                .oidRequest(vc.handle(), OidRequest.query(oid, Long.BYTES))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS);
        assertThat(result.status()).isEqualTo(NdisStatus.SUCCESS);
        return OidTable.number(result.information());
    }

    private static void ip(final String... arguments) throws Exception {
        final List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor())
                .as("%s", command)
                .isZero();
    }

    @Test
    public void anInterfaceThatIsNotThereIsSaidToBeUnavailable() throws Exception {
        configure(PCAP, Map.of(ServiceProperties.ADAPTER, "eth-none", "source", "nosuch0", "mode", "MINIPORT"));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(library.adapters()).singleElement().satisfies(adapter -> {
                            assertThat(adapter.state()).isEqualTo(AdapterSnapshot.State.HALTED);
                            assertThat(adapter.unavailableCause().orElseThrow()).contains("nosuch0");
                        }));
    }

    @Test
    public void stoppingTheBundleUnderACallLeavesNothingBehind() throws Exception {
        twoNics("vlan:7");
        final EchoClient caller = client("eth-a", Optional.empty(), false);
        final CallParameters parameters = CallParameters.permanent(
                MediaParameters.duplex(MediaFlow.parse("vlan:7").toSpecificParameters()));
        caller.call(caller.opened().get(60, TimeUnit.SECONDS), parameters)
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get();
        final Bundle pcap = Stream.of(context.getBundles())
                .filter(bundle -> PCAP.equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();

        pcap.stop();

        assertThat(caller.events).endsWith("unbindAdapter", "unbound NDIS_STATUS_SUCCESS");
        leftovers.assertNoneOf(pcap);
        pcap.start();
        caller.opened().get(60, TimeUnit.SECONDS);
    }
}
