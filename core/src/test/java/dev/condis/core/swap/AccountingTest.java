// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.SwapPolicy;
import dev.condis.core.engine.SwapPolicy.Delivery;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.awaitility.Awaitility;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The law of {@link VcSnapshot} holds whenever somebody looks: under load, while backends are lost and swapped. */
class AccountingTest {
    private static final int VCS = 20;
    private static final int CHANGES = 12;
    private static final int BUFFERS = 512;

    /** Somebody who looks all the time. */
    private static final class Observer implements Runnable {
        private final LoadedStack stack;
        private final Map<String, VcSnapshot> before = new HashMap<>();
        private final Queue<String> broken = new ConcurrentLinkedQueue<>();
        private volatile boolean stops;
        private long looks;

        Observer(final LoadedStack stack) {
            this.stack = stack;
        }

        @Override
        public void run() {
            while (!stops) {
                stack.engine.adapters().stream()
                        .flatMap(adapter -> adapter.vcs().stream())
                        .forEach(this::look);
                looks++;
            }
        }

        private void look(final VcSnapshot now) {
            holds(now.sendsAccepted() >= 0 && now.sendsCompleted() >= 0 && now.sendsHeld() >= 0, "negative", now);
            holds(now.sendsUnderWay() >= 0 && now.receivesUnderWay() >= 0, "more back than in", now);
            final VcSnapshot then = before.put(now.name(), now);
            if (then != null) {
                holds(now.sendsOffered() >= then.sendsOffered(), "less offered than " + then, now);
                holds(back(now) >= back(then), "less back than " + then, now);
            }
        }

        private static long back(final VcSnapshot vc) {
            return vc.sendsCompleted() + vc.sendsRefused();
        }

        private void holds(final boolean law, final String otherwise, final VcSnapshot vc) {
            if (!law) {
                broken.add(otherwise + ": " + vc);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Delivery.class)
    void theLawHoldsWheneverSomebodyLooks(final Delivery delivery) throws Exception {
        final SwapPolicy policy = SwapPolicy.defaults()
                .withGracePeriod(Duration.ofSeconds(60))
                .withDelivery(delivery)
                .withHoldLimit(8)
                .withDrainDeadline(Duration.ofSeconds(1));
        try (LoadedStack stack = new LoadedStack(BUFFERS, policy)) {
            final Observer observer = new Observer(stack);
            MiniportRegistration active = stack.register(new WireNic("nic 0", stack.wire), 0, 0);
            stack.connect(VCS);
            stack.tolerate();
            stack.load(1);
            final Thread watching = new Thread(observer, "observer");
            watching.start();
            for (int i = 1; i <= CHANGES; i++) {
                passes(stack);
                final boolean lost = i % 3 != 0;
                if (lost) {
                    active.surpriseRemoved("pulled out");
                }
                final MiniportRegistration next = stack.register(new WireNic("nic " + i, stack.wire), i, 0);
                active.unregister().toCompletableFuture().join();
                active = next;
            }
            passes(stack);
            stack.stop();
            observer.stops = true;
            watching.join();
            assertThat(observer.broken).as("seen in %s looks", observer.looks).isEmpty();
            assertThat(observer.looks).isPositive();
            final List<SwapReport> journal = stack.engine.swaps(LoadedStack.ADAPTER);
            assertThat(journal).extracting(SwapReport::cause).contains(SwapReport.Cause.LOST);
            stack.vcs.forEach(vc -> everythingIsBack(stack, vc));
        }
    }

    private static void passes(final LoadedStack stack) {
        final long before = stack.wire.delivered();
        Awaitility.await()
                .atMost(LoadedStack.PATIENCE)
                .pollInterval(Duration.ofMillis(1))
                .until(() -> stack.wire.delivered() > before + VCS);
    }

    private static void everythingIsBack(final LoadedStack stack, final LoadedStack.LoadVc vc) {
        assertThat(stack.engine.adapters().get(0).vcs())
                .filteredOn(snapshot -> snapshot.name().equals(vc.handle.toString()))
                .singleElement()
                .satisfies(snapshot -> {
                    assertThat(snapshot.sendsOffered()).isEqualTo(vc.sent.get());
                    assertThat(snapshot.sendsUnderWay()).isZero();
                    assertThat(snapshot.sendsHeld()).isZero();
                });
    }
}
