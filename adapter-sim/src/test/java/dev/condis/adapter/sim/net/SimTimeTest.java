// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class SimTimeTest {

    @Test
    void shouldRunAlarmsInOrderOfTimeThenOfArming_whenVirtual() {
        VirtualTime time = new VirtualTime();
        List<String> ran = new ArrayList<>();
        time.schedule(Duration.ofMillis(2), () -> ran.add("late " + time.nanoTime()));
        time.schedule(Duration.ofMillis(1), () -> ran.add("first " + time.nanoTime()));
        time.schedule(Duration.ofMillis(1), () -> ran.add("second " + time.nanoTime()));
        SimTime.Timer cancelled = time.schedule(Duration.ofMillis(1), () -> ran.add("never"));
        cancelled.cancel();
        time.execute(() -> ran.add("posted " + time.nanoTime()));

        time.advance(Duration.ofMillis(1));
        assertThat(ran).containsExactly("posted 0", "first 1000000", "second 1000000");
        assertThat(time.nanoTime()).isEqualTo(1_000_000);
        time.advance(Duration.ofMillis(5));
        assertThat(ran).endsWith("late 2000000").hasSize(4);
        assertThat(time.nanoTime()).isEqualTo(6_000_000);
    }

    @Test
    void shouldRunManyAlarmsSorted_whenArmedAndCancelledAtRandom() {
        VirtualTime time = new VirtualTime();
        SplittableRandom random = new SplittableRandom(9);
        List<Long> ran = new ArrayList<>();
        List<SimTime.Timer> timers = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            timers.add(time.schedule(Duration.ofNanos(random.nextInt(500)), () -> ran.add(time.nanoTime())));
        }
        time.advance(Duration.ZERO);
        int before = ran.size();
        for (int i = 0; i < 2_000; i += 2) {
            timers.get(i).cancel();
        }
        time.runUntilIdle();
        assertThat(ran).isSorted();
        assertThat(ran.size()).isBetween(900 + before / 2, 1_000 + before);
    }

    @Test
    void shouldRefuseToAdvance_whenAlreadyAdvancing() {
        VirtualTime time = new VirtualTime();
        AtomicReference<Throwable> seen = new AtomicReference<>();
        time.execute(() -> {
            try {
                time.advance(Duration.ZERO);
            } catch (IllegalStateException e) {
                seen.set(e);
            }
        });
        time.runUntilIdle();
        assertThat(seen.get()).hasMessageContaining("being advanced");
        assertThat(time.isLoopThread()).isFalse();
    }

    @Test
    void shouldGoOn_whenATaskThrows() {
        VirtualTime time = new VirtualTime();
        AtomicInteger ran = new AtomicInteger();
        time.execute(() -> {
            throw new IllegalStateException("a driver's mistake, on purpose");
        });
        time.execute(ran::incrementAndGet);
        time.runUntilIdle();
        assertThat(ran).hasValue(1);
    }

    @Test
    void shouldRunTasksOfManyThreadsOnItsOwnAndLeaveNoThread_whenWallClock() throws Exception {
        WallClockTime time = new WallClockTime("time-test");
        int threads = 4;
        int each = 20_000;
        AtomicInteger ran = new AtomicInteger();
        AtomicInteger elsewhere = new AtomicInteger();
        CountDownLatch all = new CountDownLatch(threads * each);
        List<Thread> posters = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Thread poster = new Thread(() -> {
                for (int k = 0; k < each; k++) {
                    time.execute(() -> {
                        ran.incrementAndGet();
                        if (!time.isLoopThread() || !Thread.currentThread().isDaemon()) {
                            elsewhere.incrementAndGet();
                        }
                        all.countDown();
                    });
                }
            });
            posters.add(poster);
            poster.start();
        }
        assertThat(all.await(20, TimeUnit.SECONDS)).isTrue();
        for (Thread poster : posters) {
            poster.join();
        }
        assertThat(ran).hasValue(threads * each);
        assertThat(elsewhere).hasValue(0);

        CountDownLatch late = new CountDownLatch(1);
        time.schedule(Duration.ofMillis(1), late::countDown);
        time.schedule(Duration.ofHours(1), ran::incrementAndGet).cancel();
        assertThat(late.await(10, TimeUnit.SECONDS)).isTrue();
        AtomicReference<Thread> runner = new AtomicReference<>();
        time.runAndWait(() -> runner.set(Thread.currentThread()));
        assertThat(runner.get().getName()).isEqualTo("condis-sim-time-test");

        time.close();
        time.close();
        assertThat(runner.get().isAlive()).isFalse();
        time.runAndWait(() -> runner.set(Thread.currentThread()));
        assertThat(runner.get()).as("a closed loop runs it here").isSameAs(Thread.currentThread());
    }

    @Test
    void shouldUseTheInjectedTicker_whenWallClock() {
        AtomicReference<Thread> made = new AtomicReference<>();
        try (WallClockTime time = new WallClockTime(() -> 5, 1_000, body -> {
            Thread thread = new Thread(body, "injected");
            made.set(thread);
            return thread;
        })) {
            assertThat(time.nanoTime()).isEqualTo(5);
            assertThat(time.epochNanos()).isEqualTo(1_000);
            time.runAndWait(() -> assertThat(Thread.currentThread()).isSameAs(made.get()));
        }
        assertThat(made.get().isAlive()).isFalse();
        assertThatThrownBy(() -> new WallClockTime((String) null)).isInstanceOf(NullPointerException.class);
    }
}
