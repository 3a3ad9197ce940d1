// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How often an interface that is missing is looked for. */
class ReappearanceTest {
    private final List<Long> delays = new ArrayList<>();
    private final List<Runnable> looks = new ArrayList<>();
    private boolean there;
    private boolean failing;
    private int looked;
    private final Reappearance reappearance = new Reappearance(Duration.ofSeconds(1), this::thread, this::look);

    private boolean look() {
        looked++;
        if (failing) {
            throw new IllegalStateException("nothing works");
        }
        return there;
    }

    private ScheduledExecutorService thread() {
        return new ScheduledThreadPoolExecutor(1) {
            @Override
            public ScheduledFuture<?> schedule(final Runnable command, final long delay, final TimeUnit unit) {
                delays.add(unit.toSeconds(delay));
                looks.add(command);
                return super.schedule(() -> {}, 0, unit);
            }
        };
    }

    private void next() {
        looks.get(looks.size() - 1).run();
    }

    @Test
    void shouldLookUntilItIsThere_andNotAfter() {
        reappearance.lost();
        reappearance.lost();
        assertThat(looks).hasSize(1);
        next();
        next();
        assertThat(looks).hasSize(3);
        there = true;
        next();
        assertThat(looks).hasSize(3);
        assertThat(looked).isEqualTo(3);
        assertThat(delays).containsExactly(1L, 1L, 1L);
    }

    /** One that can be opened, and is lost at once, again and again. */
    @Test
    void shouldLookLessOften_forOneThatDoesNotStay() {
        there = true;
        for (int i = 0; i < 9; i++) {
            reappearance.lost();
            next();
        }
        assertThat(delays).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L, 64L, 64L);
        reappearance.opened();
        reappearance.lost();
        assertThat(delays).last().isEqualTo(1L);
    }

    @Test
    void shouldGoOn_whenALookFails() {
        failing = true;
        reappearance.lost();
        next();
        assertThat(looks).hasSize(2);
    }

    @Test
    void shouldLookNoMore_whenClosed() {
        reappearance.lost();
        reappearance.close();
        next();
        reappearance.lost();
        assertThat(looked).isZero();
        assertThat(looks).hasSize(1);
    }
}
