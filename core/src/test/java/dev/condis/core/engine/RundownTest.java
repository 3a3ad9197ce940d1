// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RundownTest {
    @Test
    void startsClosed() {
        final Rundown rundown = new Rundown();
        assertThat(rundown.isOpen()).isFalse();
        assertThat(rundown.enter(1)).isNegative();
        assertThat(rundown.entered()).isZero();
    }

    @Test
    void theLastToLeaveAClosedRundownDrainsIt() {
        final Rundown rundown = new Rundown();
        rundown.open();
        assertThat(rundown.enter(3)).isNotNegative();
        rundown.close();
        assertThat(rundown.enter(1)).isNegative();
        assertThat(rundown.leave(2)).isEqualTo(Rundown.Departure.COUNTED);
        assertThat(rundown.leave(1)).isEqualTo(Rundown.Departure.DRAINED);
        assertThat(rundown.entered()).isEqualTo(3);
        assertThat(rundown.left()).isEqualTo(3);
    }

    @Test
    void leavingAnOpenRundownDoesNotDrainIt() {
        final Rundown rundown = new Rundown();
        rundown.open();
        rundown.enter(1);
        assertThat(rundown.leave(1)).isEqualTo(Rundown.Departure.COUNTED);
    }

    @Test
    void moreCannotLeaveThanEntered() {
        final Rundown rundown = new Rundown();
        rundown.open();
        rundown.enter(1);
        assertThat(rundown.leave(2)).isEqualTo(Rundown.Departure.NOT_INSIDE);
        assertThat(rundown.inside()).isEqualTo(1);
        assertThat(rundown.leave(1)).isEqualTo(Rundown.Departure.COUNTED);
        assertThat(rundown.leave(1)).isEqualTo(Rundown.Departure.NOT_INSIDE);
    }

    @Test
    void closesOnlyWhenDrainedIfAskedTo() {
        final Rundown rundown = new Rundown();
        rundown.open();
        rundown.enter(1);
        assertThat(rundown.closeIfDrained()).isFalse();
        assertThat(rundown.isOpen()).isTrue();
        rundown.leave(1);
        assertThat(rundown.closeIfDrained()).isTrue();
        assertThat(rundown.isOpen()).isFalse();
        assertThat(rundown.closeIfDrained()).isTrue();
    }

    /** R93 to R95 under contention: each epoch is drained once, by the last to leave it, and nobody enters after it was closed. */
    @Test
    void everyEpochIsDrainedExactlyOnceWhateverTheInterleaving() throws Exception {
        final int workers = 4;
        final int epochs = 1_000;
        final Rundown rundown = new Rundown();
        final AtomicInteger drains = new AtomicInteger();
        final AtomicLong entries = new AtomicLong();
        final AtomicLong enteredWhileClosed = new AtomicLong();
        final CyclicBarrier barrier = new CyclicBarrier(workers + 1);
        final ExecutorService executor = Executors.newFixedThreadPool(workers);
        final List<Future<?>> futures = new ArrayList<>();
        for (int i = 0; i < workers; i++) {
            futures.add(executor.submit(() -> {
                for (int epoch = 0; epoch < epochs; epoch++) {
                    barrier.await();
                    while (rundown.enter(1) >= 0) {
                        entries.incrementAndGet();
                        if (rundown.leave(1) == Rundown.Departure.DRAINED) {
                            drains.incrementAndGet();
                        }
                    }
                    if (rundown.enter(1) >= 0) {
                        enteredWhileClosed.incrementAndGet();
                    }
                    barrier.await();
                }
                return null;
            }));
        }
        for (int epoch = 0; epoch < epochs; epoch++) {
            rundown.open();
            barrier.await();
            Thread.onSpinWait();
            rundown.close();
            final boolean foundDrained = rundown.isDrained();
            barrier.await();
            assertThat(rundown.isDrained()).isTrue();
            // who closes and finds somebody inside relies on one drain to come; otherwise the last one may have met the
            // closer
            assertThat(drains.getAndSet(0)).isBetween(foundDrained ? 0 : 1, 1);
        }
        for (final Future<?> future : futures) {
            future.get();
        }
        executor.shutdown();
        assertThat(enteredWhileClosed).hasValue(0);
        assertThat(rundown.entered()).isEqualTo(entries.get());
        assertThat(rundown.left()).isEqualTo(entries.get());
    }
}
