// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.management.SwapReport;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.SwapPolicy;
import dev.condis.core.engine.SwapPolicy.Delivery;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Backends are lost under calls that carry traffic: each PDU is delivered or reported failed, or sent again, and the calls stay up. */
class CrashUnderLoadTest {
    private static final int VCS = 50;
    private static final int CRASHES = 20;
    private static final int MANY_CRASHES = 100;
    private static final int BUFFERS = 1024;

    /** Long enough for a backend that works, on a machine that has other things to do. */
    private static final Duration NOTICED = Duration.ofSeconds(2);

    private static final int NOTICED_CRASHES = 3;

    /** How a backend is lost. */
    enum Crash {
        /** The hardware is gone. */
        SURPRISE_REMOVED((nic, registration) -> registration.surpriseRemoved("pulled out")),
        /** It completes nothing any more, then its hardware is found to be gone. */
        HUNG((nic, registration) -> {
            nic.hangs = true;
            registration.surpriseRemoved("hangs");
        }),
        /** Its sends throw, then it says of itself that it cannot go on. */
        BROKEN((nic, registration) -> {
            nic.throwsOnSend = true;
            nic.adapter().removeMiniport("broken");
        }),
        /** It completes nothing any more, and nobody says so: the watchdog finds it. */
        HUNG_UNNOTICED((nic, registration) -> nic.hangs = true),
        /** It hangs when its service is unregistered. */
        HUNG_WHEN_UNREGISTERED((nic, registration) -> {
            nic.hangs = true;
            registration.unregister();
        });

        private final BiConsumer<WireNic, MiniportRegistration> blow;

        Crash(final BiConsumer<WireNic, MiniportRegistration> blow) {
            this.blow = blow;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "SURPRISE_REMOVED, AT_MOST_ONCE",
        "SURPRISE_REMOVED, AT_LEAST_ONCE",
        "HUNG, AT_MOST_ONCE",
        "HUNG, AT_LEAST_ONCE",
        "BROKEN, AT_MOST_ONCE",
        "HUNG_WHEN_UNREGISTERED, AT_MOST_ONCE",
        "HUNG_WHEN_UNREGISTERED, AT_LEAST_ONCE"
    })
    void nothingIsLostSilently(final Crash crash, final Delivery delivery) throws Exception {
        survive(crash, delivery, CRASHES);
    }

    @ParameterizedTest
    @Tag("long")
    @CsvSource({
        "SURPRISE_REMOVED, AT_MOST_ONCE",
        "SURPRISE_REMOVED, AT_LEAST_ONCE",
        "HUNG, AT_MOST_ONCE",
        "HUNG, AT_LEAST_ONCE",
        "BROKEN, AT_MOST_ONCE",
        "HUNG_WHEN_UNREGISTERED, AT_MOST_ONCE",
        "HUNG_WHEN_UNREGISTERED, AT_LEAST_ONCE"
    })
    void nothingIsLostSilentlyAHundredTimes(final Crash crash, final Delivery delivery) throws Exception {
        survive(crash, delivery, MANY_CRASHES);
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void aHungBackendIsFoundThoughNobodySaysSo(final Delivery delivery) throws Exception {
        final SwapPolicy policy = policy(delivery).withCompletionDeadline(NOTICED);
        final List<SwapReport> journal = survive(Crash.HUNG_UNNOTICED, policy, NOTICED_CRASHES);
        assertThat(journal)
                .filteredOn(report -> report.cause() == SwapReport.Cause.LOST)
                .hasSize(NOTICED_CRASHES)
                .allSatisfy(report -> assertThat(report.explanation()).contains("completed none within " + NOTICED));
    }

    private static void survive(final Crash crash, final Delivery delivery, final int times) throws Exception {
        assertThat(survive(crash, policy(delivery), times)).isNotEmpty();
    }

    private static SwapPolicy policy(final Delivery delivery) {
        return SwapPolicy.defaults()
                .withGracePeriod(Duration.ofSeconds(60))
                .withDelivery(delivery)
                .withDrainDeadline(Duration.ofMillis(50));
    }

    private static List<SwapReport> survive(final Crash crash, final SwapPolicy policy, final int times)
            throws Exception {
        try (LoadedStack stack = new LoadedStack(BUFFERS, policy)) {
            WireNic nic = new WireNic("nic 0", stack.wire);
            MiniportRegistration registration = stack.register(nic, 1, 0);
            stack.connect(VCS);
            stack.tolerate();
            stack.load(2);
            for (int i = 1; i <= times; i++) {
                final WireNic next = new WireNic("nic " + i, stack.wire);
                final long before = stack.wire.delivered();
                Awaitility.await()
                        .atMost(LoadedStack.PATIENCE)
                        .pollInterval(Duration.ofMillis(1))
                        .until(() -> stack.wire.delivered() > before + VCS);
                crash.blow.accept(nic, registration);
                if (crash == Crash.HUNG_UNNOTICED) {
                    awaitLoss(stack, i);
                }
                final MiniportRegistration successor = stack.register(next, i + 1, 0);
                registration.unregister().toCompletableFuture().join();
                registration = successor;
                nic = next;
            }
            stack.stop();
            final List<SwapReport> journal = stack.engine.swaps(LoadedStack.ADAPTER);
            assertThat(journal).isNotEmpty().extracting(SwapReport::outcome).contains(SwapReport.Outcome.SWAPPED);
            stack.vcs.forEach(vc -> check(stack, vc, policy.delivery()));
            return journal;
        }
    }

    private static void awaitLoss(final LoadedStack stack, final int number) {
        Awaitility.await()
                .atMost(LoadedStack.PATIENCE)
                .until(() -> stack.engine.swaps(LoadedStack.ADAPTER).stream()
                                .filter(report -> report.cause() == SwapReport.Cause.LOST)
                                .count()
                        >= number);
    }

    private static void check(final LoadedStack stack, final LoadedStack.LoadVc vc, final Delivery delivery) {
        final List<Long> seen = stack.wire.circuit(vc.parameters).seen();
        final Set<Long> once = new HashSet<>(seen);
        assertThat(vc.completed.get() + vc.failed.get())
                .as("each PDU comes back once")
                .isEqualTo(vc.sent.get());
        assertThat(vc.failures).doesNotHaveDuplicates();
        assertThat(vc.closed).isFalse();
        if (delivery == Delivery.AT_MOST_ONCE) {
            assertThat(seen).as("nothing is delivered twice").hasSameSizeAs(once);
            assertThat(once.size() + vc.failed.get())
                    .as("what was not delivered was reported")
                    .isGreaterThanOrEqualTo(vc.sent.get());
        } else {
            assertThat(once).as("nothing is lost").hasSize((int) vc.sent.get());
            assertThat(vc.failed).hasValue(0);
        }
    }
}
