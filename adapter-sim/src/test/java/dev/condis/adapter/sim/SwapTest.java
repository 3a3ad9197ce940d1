// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.adapter.sim.SimFaults.Operation;
import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.adapter.sim.net.NetworkOptions;
import dev.condis.adapter.sim.net.SimMedium;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.adapter.sim.net.VirtualTime;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.SwapPolicy;
import dev.condis.core.engine.SwapPolicy.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Simulated NICs replace each other under calls that carry traffic both ways. */
@Timeout(180)
class SwapTest {

    private static final int VCS = 40;
    private static final int WINDOW = 16;
    private static final long RATE = 155_520_000;
    private static final LinkProfile FAST = LinkProfile.ideal().withRate(RATE);

    static Stream<LinkProfile> links() {
        return Stream.of(
                FAST,
                FAST.withLatency(Duration.ofMillis(3), Duration.ZERO),
                FAST.withLatency(Duration.ofMillis(1), Duration.ofMillis(2)),
                FAST.withRate(RATE / 50).withLatency(Duration.ofNanos(50_000), Duration.ZERO));
    }

    private static SwapLab virtualLab(final LinkProfile link, final SwapPolicy policy) {
        return new SwapLab(new VirtualTime(), Runnable::run, link, policy);
    }

    private static SwapLab wallClockLab(
            final ExecutorService passive, final LinkProfile link, final SwapPolicy policy) {
        return new SwapLab(new WallClockTime("swap-test"), passive, link, policy);
    }

    private static void assertSwapped(final SwapReport report, final int vcs) {
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.SWAPPED);
        assertThat(report.moved()).isEqualTo(vcs);
        assertThat(report.failed()).isZero();
    }

    @ParameterizedTest
    @MethodSource("links")
    void shouldLoseAndDoubleNothing_whenNicsAreSwappedBackAndForth(final LinkProfile link) {
        try (SwapLab lab = virtualLab(link, SwapPolicy.defaults())) {
            lab.register(SwapLab.NEAR, 1, lab.nic());
            lab.register(SwapLab.NEAR, 2, lab.nic());
            lab.connect(VCS, WINDOW, Optional.empty());
            lab.start();
            for (int i = 0; i < 20; i++) {
                lab.flow(5);
                assertSwapped(lab.swap(2 - i % 2), VCS);
                assertThat(lab.network.ports())
                        .as("one NIC of each station: the other is halted")
                        .hasSize(2);
            }
            lab.flow(5);
            lab.stop();
            lab.assertExactlyOnceBothWays();
        }
    }

    @ParameterizedTest
    @CsvSource({"0", "200"})
    void shouldLoseAndDoubleNothing_whenThreadsSwapOnTheWallClock(final long latencyMicros) {
        final ExecutorService passive = Executors.newCachedThreadPool();
        final LinkProfile link =
                LinkProfile.ideal().withLatency(Duration.ofNanos(latencyMicros * 1_000), Duration.ZERO);
        try (SwapLab lab = wallClockLab(passive, link, SwapPolicy.defaults())) {
            lab.register(SwapLab.NEAR, 1, lab.nic());
            lab.register(SwapLab.NEAR, 2, lab.nic());
            lab.connect(200, WINDOW, Optional.empty());
            lab.start();
            for (int i = 0; i < 50; i++) {
                lab.flow(1);
                assertSwapped(lab.swap(2 - i % 2), 200);
            }
            lab.flow(1);
            lab.stop();
            lab.assertExactlyOnceBothWays();
        } finally {
            passive.shutdownNow();
        }
    }

    /** How a NIC is lost. */
    enum Crash {
        /** The hardware goes while the driver works on: what was not transmitted comes back at once. */
        PULLED_OUT(true) {
            @Override
            void strike(final SimMiniport nic, final MiniportRegistration registration) {
                nic.faults().surpriseRemoval();
            }
        },
        /** The system notices first. */
        GONE(false) {
            @Override
            void strike(final SimMiniport nic, final MiniportRegistration registration) {
                registration.surpriseRemoved("gone");
            }
        },
        /** PDUs are transmitted, but their completions never come. */
        HUNG(false) {
            @Override
            void strike(final SimMiniport nic, final MiniportRegistration registration) {
                nic.faults().hang(Operation.SEND);
                nic.faults().hang(Operation.DEACTIVATE);
                registration.surpriseRemoved("hangs");
            }
        },
        /** Some completions were lost before anybody noticed. */
        LOSSY(false) {
            @Override
            void strike(final SimMiniport nic, final MiniportRegistration registration) {
                registration.surpriseRemoved("has lost completions");
            }
        },
        /** Sends throw, then the driver gives up. */
        BROKEN(true) {
            @Override
            void strike(final SimMiniport nic, final MiniportRegistration registration) {
                nic.faults().throwOnSend(true);
                nic.faults().surpriseRemoval();
            }
        };

        /** The driver itself reports the fate of each PDU. */
        final boolean exact;

        Crash(final boolean exact) {
            this.exact = exact;
        }

        abstract void strike(SimMiniport nic, MiniportRegistration registration);
    }

    static Stream<Arguments> crashes() {
        return Stream.of(Crash.values())
                .flatMap(crash -> Stream.of(Delivery.values()).map(delivery -> Arguments.of(crash, delivery)));
    }

    private static SwapPolicy patient(final Delivery delivery) {
        return SwapPolicy.defaults()
                .withGracePeriod(Duration.ofSeconds(30))
                .withDelivery(delivery)
                .withDrainDeadline(Duration.ofMillis(50));
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void shouldKeepTheCallsAndThePromise_whenANicIsLost(final Crash crash, final Delivery delivery) {
        try (SwapLab lab = virtualLab(FAST, patient(delivery))) {
            crash(lab, crash, delivery, 10);
        }
    }

    @ParameterizedTest
    @MethodSource("crashes")
    void shouldKeepTheCallsAndThePromise_whenANicIsLostOnTheWallClock(final Crash crash, final Delivery delivery) {
        final ExecutorService passive = Executors.newCachedThreadPool();
        try (SwapLab lab = wallClockLab(passive, LinkProfile.ideal(), patient(delivery))) {
            crash(lab, crash, delivery, 5);
        } finally {
            passive.shutdownNow();
        }
    }

    private static void crash(final SwapLab lab, final Crash crash, final Delivery delivery, final int times) {
        SimMiniport nic = lab.nic();
        MiniportRegistration registration = lab.register(SwapLab.NEAR, 1, nic);
        lab.connect(VCS, WINDOW, Optional.empty());
        lab.start();
        for (int i = 2; i < 2 + times; i++) {
            lab.flow(5);
            if (crash == Crash.LOSSY) {
                final SimFaults faults = nic.faults();
                faults.lose(Operation.SEND, 7);
                // some VCs may have lost their whole window by now, and flow no more
                lab.await("completions are lost", () -> faults.toLose(Operation.SEND) == 0);
            }
            final SimMiniport next = lab.nic();
            crash.strike(nic, registration);
            final MiniportRegistration successor = lab.register(SwapLab.NEAR, i, next);
            lab.settled(registration.unregister());
            assertCarried(lab, i);
            nic = next;
            registration = successor;
        }
        lab.flow(5);
        lab.stop();
        assertPromise(lab, crash, delivery);
    }

    @Test
    void shouldLoseNothingThatIsSent_whenTheOnlyNicIsReplacedAfterAPause() {
        try (SwapLab lab = virtualLab(FAST, patient(Delivery.AT_MOST_ONCE))) {
            MiniportRegistration registration = lab.register(SwapLab.NEAR, 1, lab.nic());
            lab.connect(VCS, WINDOW, Optional.empty());
            lab.start();
            for (int i = 2; i < 7; i++) {
                lab.flow(5);
                lab.settled(registration.unregister());
                assertThat(lab.network.port(SwapLab.NEAR_ADDRESS)).isEmpty();
                registration = lab.register(SwapLab.NEAR, i, lab.nic());
                assertCarried(lab, i);
            }
            lab.flow(5);
            lab.stop();
            for (int i = 0; i < VCS; i++) {
                lab.assertExactlyOnce(lab.near.get(i), lab.far.get(i), "near to far, VC " + i);
                assertThat(lab.near.get(i).faults())
                        .as("far to near: lost while there was no NIC, but")
                        .isEmpty();
            }
        }
    }

    private static void assertCarried(final SwapLab lab, final long serviceId) {
        assertThat(lab.engine.why(SwapLab.NEAR).orElseThrow().active()).hasValue(serviceId);
        final List<SwapReport> journal = lab.engine.swaps(SwapLab.NEAR);
        assertSwappedAll(journal.get(journal.size() - 1));
    }

    private static void assertSwappedAll(final SwapReport report) {
        assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.SWAPPED);
        assertThat(report.moved()).as("%s", report).isEqualTo(VCS);
    }

    /** What was delivered, and what was reported as failed. */
    private static BitSet known(final NumberedVc from, final NumberedVc to) {
        final BitSet known = (BitSet) to.seen().clone();
        known.or(from.failures());
        return known;
    }

    private static void assertPromise(final SwapLab lab, final Crash crash, final Delivery delivery) {
        for (int i = 0; i < VCS; i++) {
            final NumberedVc from = lab.near.get(i);
            final NumberedVc to = lab.far.get(i);
            // a send is completed when it has left the NIC, and still on its way then
            lab.await("what has left a NIC arrives", () -> known(from, to).cardinality() >= from.sent());
            final BitSet delivered = to.seen();
            final BitSet failed = from.failures();
            assertThat(from.succeeded() + failed.cardinality())
                    .as("each PDU comes back once")
                    .isEqualTo(from.sent());
            assertThat(known(from, to).cardinality())
                    .as("nothing is lost silently")
                    .isEqualTo(from.sent());
            if (crash.exact) {
                assertThat(delivered.intersects(failed))
                        .as("delivered or reported failed, never both")
                        .isFalse();
            }
            if (delivery == Delivery.AT_MOST_ONCE || crash.exact) {
                assertThat(to.faults()).as("never twice").isEmpty();
            } else {
                assertThat(failed.cardinality()).as("at least once").isZero();
                assertThat(to.faultsButForRepetition()).isEmpty();
            }
            assertThat(from.faults()).as("what comes, comes once").isEmpty();
        }
    }

    private static CallManagerParameters guaranteed(final long octetsPerSecond) {
        final FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, 48);
        return new CallManagerParameters(flow, flow, Optional.empty());
    }

    /** What cannot carry the VCs. */
    enum Unfit {
        WITHOUT_RESOURCES("MiniportCoCreateVc answered NDIS_STATUS_RESOURCES") {
            @Override
            SimMiniport nic(final SwapLab lab) {
                final SimMiniport nic = lab.nic();
                nic.faults().exhaust(Operation.CREATE, true);
                return nic;
            }
        },
        WITHOUT_CAPACITY("MiniportCoActivateVc answered NDIS_STATUS_RESOURCES") {
            @Override
            SimMiniport nic(final SwapLab lab) {
                final SimMiniport nic = lab.nic();
                nic.faults().exhaust(Operation.ACTIVATE, true);
                return nic;
            }
        },
        TOO_SLOW("the link carries 1000000 bit/s") {
            @Override
            SimMiniport nic(final SwapLab lab) {
                return new SimMiniport(
                        lab.network, SimNicOptions.of(SwapLab.NEAR_ADDRESS).withLink(FAST.withRate(1_000_000)));
            }
        },
        OF_ANOTHER_MEDIUM("the media parameters name no circuit of ETHERNET") {
            @Override
            SimMiniport nic(final SwapLab lab) {
                final SimNetwork other = new SimNetwork(NetworkOptions.of("ethernet", SimMedium.ETHERNET, 1), lab.time);
                return new SimMiniport(other, SimNicOptions.of(SwapLab.NEAR_ADDRESS));
            }
        };

        final String reason;

        Unfit(final String reason) {
            this.reason = reason;
        }

        abstract SimMiniport nic(SwapLab lab);
    }

    @ParameterizedTest
    @EnumSource
    void shouldStayAndLoseNothing_whenTheOtherNicCannotCarryAVc(final Unfit unfit) {
        try (SwapLab lab = virtualLab(FAST, SwapPolicy.defaults())) {
            lab.register(SwapLab.NEAR, 1, lab.nic());
            lab.register(SwapLab.NEAR, 2, unfit.nic(lab));
            lab.connect(VCS, WINDOW, Optional.of(guaranteed(400_000)));
            lab.start();
            final List<SwapReport> reports = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                lab.flow(5);
                reports.add(lab.swap(2));
            }
            lab.flow(5);
            lab.stop();
            lab.assertExactlyOnceBothWays();
            assertThat(reports).allSatisfy(report -> {
                assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
                assertThat(report.explanation()).contains(unfit.reason);
                assertThat(report.refused()).isEqualTo(VCS);
            });
        }
    }

    @Test
    void shouldLoseNothing_whenTheOtherNicTakesOnlySomeOfTheVcs() {
        try (SwapLab lab = virtualLab(FAST.withLatency(Duration.ofMillis(1), Duration.ZERO), SwapPolicy.defaults())) {
            lab.register(SwapLab.NEAR, 1, lab.nic());
            // completes its activations late, so that traffic comes in while some VCs are active there already
            final SimMiniport hesitant = lab.nic();
            hesitant.faults().delay(Operation.ACTIVATE, Duration.ofMillis(20));
            lab.register(SwapLab.NEAR, 2, hesitant);
            lab.connect(VCS, WINDOW, Optional.empty());
            lab.start();
            lab.flow(5);
            lab.time.schedule(Duration.ofMillis(5), () -> hesitant.faults().surpriseRemoval());
            final SwapReport report = lab.swap(2);
            assertThat(report.outcome()).as("%s", report).isEqualTo(Outcome.REFUSED);
            lab.flow(5);
            lab.stop();
            lab.assertExactlyOnceBothWays();
        }
    }
}
