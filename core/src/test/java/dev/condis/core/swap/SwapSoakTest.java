// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.SwapPolicy;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Backends come and go a thousand times in one JVM; nothing of those that are gone is left. */
class SwapSoakTest {
    private static final int CYCLES = 50;
    private static final int MANY_CYCLES = 1000;
    private static final int WARM_UP = 9;
    private static final int VCS = 100;
    private static final int BUFFERS = 4096;
    private static final int IN_FLIGHT = 4;
    private static final int JOURNAL = 64;
    private static final SwapPolicy PATIENT =
            SwapPolicy.defaults().withGracePeriod(Duration.ofMinutes(5)).withDrainDeadline(Duration.ofSeconds(30));

    private final Leaks leaks = new Leaks();

    /** How a backend is followed by the next one; they take turns. */
    private enum Way {
        /** An operator swaps, then the one before is unregistered. */
        OPERATOR,
        /** The one before is unregistered when the next one is there. */
        UNREGISTERED,
        /** The one before is unregistered when there is no other; the VCs are parked. */
        PARKED
    }

    /** What a JVM makes once, it has made then. */
    @BeforeAll
    static void warmUp() throws Exception {
        final SwapSoakTest test = new SwapSoakTest();
        test.soak(WARM_UP);
        test.crash(WARM_UP);
    }

    @Test
    void fiftySwapsUnderLoadLeaveNothingBehind() throws Exception {
        soak(CYCLES);
        leaks.assertNoThreads();
        leaks.assertNoDescriptors();
    }

    @Test
    @Tag("long")
    void aThousandSwapsUnderLoadLeaveNothingBehind() throws Exception {
        soak(MANY_CYCLES);
        leaks.assertNoThreads();
        leaks.assertNoDescriptors();
    }

    @Test
    void fiftyCrashesLeaveNothingBehind() throws Exception {
        crash(CYCLES);
        leaks.assertNoThreads();
        leaks.assertNoDescriptors();
    }

    @Test
    @Tag("long")
    void aThousandCrashesLeaveNothingBehind() throws Exception {
        crash(MANY_CYCLES);
        leaks.assertNoThreads();
        leaks.assertNoDescriptors();
    }

    // --- planned ---

    private void soak(final int cycles) throws Exception {
        try (LoadedStack stack = new LoadedStack(BUFFERS, PATIENT)) {
            Running running = new Running(stack, 1);
            stack.connect(VCS);
            stack.load(1);
            for (int cycle = 1; cycle <= cycles; cycle++) {
                running = follow(stack, running, Way.values()[cycle % Way.values().length]);
            }
            stack.stop();
            stack.assertEverythingOnceAndInOrder();
            assertOnly(stack, running);
            leaks.assertRetiredAreCollected();
            assertThat(running.nic.circuits()).isEqualTo(VCS);
        }
    }

    private Running follow(final LoadedStack stack, final Running before, final Way way) {
        if (way == Way.PARKED) {
            before.retire(leaks);
            assertThat(last(stack).outcome()).isEqualTo(Outcome.PARKED);
            final Running after = new Running(stack, before.serviceId + 1);
            assertSwapped(stack, after);
            return after;
        }
        final Running after = new Running(stack, before.serviceId + 1);
        if (way == Way.OPERATOR) {
            final NdisResult<SwapReport> swap = stack.engine
                    .swap(LoadedStack.ADAPTER, after.serviceId)
                    .toCompletableFuture()
                    .join();
            assertThat(swap.isSuccess()).as(swap.toString()).isTrue();
        }
        before.retire(leaks);
        assertSwapped(stack, after);
        return after;
    }

    private static SwapReport last(final LoadedStack stack) {
        final var journal = stack.engine.swaps(LoadedStack.ADAPTER);
        return journal.get(journal.size() - 1);
    }

    private static void assertSwapped(final LoadedStack stack, final Running to) {
        final SwapReport report = last(stack);
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.SWAPPED);
        assertThat(report.to()).hasValue(to.serviceId);
        assertThat(report.moved()).isEqualTo(VCS);
    }

    // --- lost ---

    /** A backend hangs with PDUs of every VC, and is lost; the next one comes. */
    private void crash(final int cycles) throws Exception {
        try (LoadedStack stack = new LoadedStack(BUFFERS, PATIENT)) {
            Running running = new Running(stack, 1);
            stack.connect(VCS);
            stack.tolerate();
            for (int cycle = 1; cycle <= cycles; cycle++) {
                running.nic.hangs = true;
                send(stack, IN_FLIGHT);
                running.registration
                        .surpriseRemoved("pulled out")
                        .toCompletableFuture()
                        .join();
                assertThat(last(stack).failed()).isEqualTo((long) VCS * IN_FLIGHT);
                final Running after = new Running(stack, running.serviceId + 1);
                running.retire(leaks);
                assertSwapped(stack, after);
                running = after;
                send(stack, 1);
                final long completed = cycle;
                Awaitility.await()
                        .atMost(LoadedStack.PATIENCE)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> stack.vcs.stream().allMatch(vc -> vc.completed.get() == completed));
            }
            stack.stop();
            assertThat(stack.vcs).allSatisfy(vc -> {
                assertThat(vc.failed).hasValue((long) cycles * IN_FLIGHT);
                assertThat(vc.failures).doesNotHaveDuplicates();
                assertThat(vc.closed).isFalse();
            });
            assertOnly(stack, running);
            leaks.assertRetiredAreCollected();
            assertThat(running.nic.circuits()).isEqualTo(VCS);
        }
    }

    private static void send(final LoadedStack stack, final int each) {
        for (int i = 0; i < each; i++) {
            stack.vcs.forEach(LoadedStack.LoadVc::sendOne);
        }
    }

    // --- what is left ---

    private static void assertOnly(final LoadedStack stack, final Running running) {
        assertThat(stack.engine.adapters()).singleElement().satisfies(adapter -> assertThat(adapter.vcs())
                .as("the VC table")
                .hasSize(VCS));
        assertThat(stack.engine.why(LoadedStack.ADAPTER).orElseThrow().candidates())
                .as("candidates")
                .singleElement()
                .satisfies(candidate -> assertThat(candidate.serviceId()).isEqualTo(running.serviceId));
        assertThat(stack.engine.swaps(LoadedStack.ADAPTER)).hasSizeLessThanOrEqualTo(JOURNAL);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(thread -> thread.getName().startsWith("io of "))
                .as("threads of NICs")
                .hasSize(1);
    }

    /** A NIC and its registration. */
    private static final class Running {
        private final long serviceId;
        private final WireNic nic;
        private final MiniportRegistration registration;

        Running(final LoadedStack stack, final long serviceId) {
            this.serviceId = serviceId;
            nic = new WireNic("nic " + serviceId, stack.wire);
            registration = stack.register(nic, serviceId, 0);
        }

        /** Unregisters it; from here on nobody should know it. */
        void retire(final Leaks leaks) {
            registration.unregister().toCompletableFuture().join();
            assertThat(nic.pool().outstanding()).as("NBLs of %s", nic).isZero();
            leaks.retired(nic);
            leaks.retired(nic.adapter());
            leaks.retired(registration);
        }
    }
}
