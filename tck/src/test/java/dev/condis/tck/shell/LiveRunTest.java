// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.adapter.sim.SimCallManagerOptions;
import dev.condis.adapter.sim.SimMcm;
import dev.condis.adapter.sim.SimMiniport;
import dev.condis.adapter.sim.SimNicOptions;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.AdapterInfo;
import dev.condis.api.Medium;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.media.FlowSyntaxException;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.tck.EngineHost;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.Report;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.NdisHost;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Checks on adapters that run already: here in a library of the test, which also knows what is left of them. */
class LiveRunTest {
    private static final MacAddress HERE = new MacAddress(0x0200_0000_0001L);
    private static final MacAddress THERE = new MacAddress(0x0200_0000_0002L);

    private final EngineHost host = new EngineHost();
    private final SimNetwork network =
            new SimNetwork(NetworkOptions.of("live", SimMedium.ATM, 1), new WallClockTime("live"));
    private final List<NdisHost.Registration> adapters = new ArrayList<>();
    private final List<String> lines = new ArrayList<>();

    @AfterEach
    void leaveNothingBehind() {
        adapters.forEach(a -> a.unregister()
                .toCompletableFuture()
                .orTimeout(20, TimeUnit.SECONDS)
                .join());
        network.close();
        network.time().close();
    }

    private LiveAdapter started(final String name, final Kind kind, final MiniportDriver driver) {
        final NdisHost.Registration adapter =
                host.registerMiniport(new AdapterInfo(name, Medium.ATM, 0, Map.of()), driver);
        adapters.add(adapter);
        adapter.ready().toCompletableFuture().orTimeout(20, TimeUnit.SECONDS).join();
        return new LiveAdapter(snapshot(name), kind, Medium.ATM);
    }

    private AdapterSnapshot snapshot(final String name) {
        return host.library().adapters().stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private LiveAdapter mcm(final String name, final MacAddress address) {
        return started(
                name, Kind.MCM, new SimMcm(network, SimNicOptions.of(address), SimCallManagerOptions.defaults()));
    }

    /** As in a container: the registrations of the engine, and the library that only looks on. */
    private NdisHost undisturbed() {
        return new NdisHost() {
            @Override
            public Registration registerMiniport(final AdapterInfo info, final MiniportDriver driver) {
                throw new AssertionError("an adapter that runs is not registered again");
            }

            @Override
            public Registration registerCallManager(
                    final String name, final String adapter, final dev.condis.api.callmgr.CallManager callManager) {
                return host.registerCallManager(name, adapter, callManager);
            }

            @Override
            public Registration registerClient(
                    final String name, final String adapter, final dev.condis.api.client.CoClient client) {
                return host.registerClient(name, adapter, client);
            }

            @Override
            public NdisLibrary library() {
                return new UndisturbedLibrary(host.library());
            }
        };
    }

    private Report run(final LiveAdapter adapter, final LiveAdapter... others) {
        return new LiveRun(adapter, List.of(others), undisturbed(), KitOptions.standard())
                .run(List.of(), () -> true, lines::add);
    }

    private void assertClean(final Report report) {
        assertThat(report.isClean()).as(report.toText()).isTrue();
        assertThat(report.findings())
                .extracting(Finding::rule)
                .containsExactlyElementsOf(
                        RuleBook.all().stream().map(r -> r.id()).toList());
        assertThat(lines)
                .containsAll(report.findings().stream().map(Finding::toString).toList());
        assertThat(snapshot(report.subject()).vcs()).isEmpty();
        assertThat(snapshot(report.subject()).bindings()).isEmpty();
        assertThat(snapshot(report.subject()).state()).isEqualTo(AdapterSnapshot.State.RUNNING);
    }

    private static List<String> passed(final Report report) {
        return report.with(Outcome.PASSED).stream().map(Finding::rule).toList();
    }

    @Test
    void aMiniport() {
        final Report report = run(started("nic", Kind.MINIPORT, new SimMiniport(network, SimNicOptions.of(HERE))));

        assertClean(report);
        assertThat(passed(report)).contains("R17", "R19", "R80", "R97", "R178", "R180", "R193", "R196", "R197", "R201");
        assertThat(lines.get(0)).isEqualTo("VCs carry [atm:255/65535, atm:255/65534]");
    }

    @Test
    void anMcmThatCallsAnother() {
        final LiveAdapter other = mcm("other", THERE);
        final LiveAdapter one = mcm("one", HERE);
        final Report report = run(one, other);

        assertClean(report);
        assertThat(passed(report)).contains("R42", "R77", "R122", "R152", "R166", "R178", "R196", "R197");
        assertThat(snapshot("other").bindings()).isEmpty();
    }

    @Test
    void anMcmThatIsAlone() {
        final Report report = run(mcm("one", HERE));

        assertClean(report);
        assertThat(passed(report)).contains("R42", "R77", "R122", "R152", "R166", "R178", "R196", "R197");
        assertThat(lines.get(0)).startsWith("calls go to e164:9999").endsWith(" on one");
    }

    @Test
    void resetAndPauseAreNotForTheKit() {
        final Report report = run(started("nic", Kind.MINIPORT, new SimMiniport(network, SimNicOptions.of(HERE))));

        assertThat(report.findings())
                .filteredOn(f -> f.rule().equals("R211"))
                .singleElement()
                .satisfies(f -> {
                    assertThat(f.verdict().outcome()).isEqualTo(Outcome.NOT_APPLICABLE);
                    assertThat(f.verdict().detail()).contains("the kit does not reset it");
                });
    }

    @Test
    void aRunEndsWhenItIsTold() {
        final AtomicInteger rules = new AtomicInteger(3);
        final Report report = new LiveRun(
                        started("nic", Kind.MINIPORT, new SimMiniport(network, SimNicOptions.of(HERE))),
                        List.of(),
                        undisturbed(),
                        KitOptions.standard())
                .run(List.of("atm:0/200"), () -> rules.getAndDecrement() > 0, lines::add);

        assertThat(report.findings()).extracting(Finding::rule).containsExactly("R1", "R2", "R3");
    }

    @Test
    void aDestinationThatCannotBeReadIsSaidSo() {
        final LiveRun run = new LiveRun(
                started("nic", Kind.MINIPORT, new SimMiniport(network, SimNicOptions.of(HERE))),
                List.of(),
                undisturbed(),
                KitOptions.standard());

        assertThatThrownBy(() -> run.run(List.of("nonsense"), () -> true, lines::add))
                .isInstanceOf(FlowSyntaxException.class);
    }
}
