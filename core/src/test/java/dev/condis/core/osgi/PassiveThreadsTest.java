// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads of the core. */
class PassiveThreadsTest {
    private static final Duration LATER = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final PassiveThreads threads = new PassiveThreads();

    @AfterEach
    void end() {
        threads.shutDown(PATIENCE);
    }

    @Test
    void whatADeadlineWasForIsNotHeldWhenTheDeadlineIsCancelled() {
        final WeakReference<?> waitedFor = cancelledDeadline();
        Awaitility.await().atMost(PATIENCE).untilAsserted(() -> {
            System.gc();
            assertThat(waitedFor.get()).isNull();
        });
    }

    private WeakReference<?> cancelledDeadline() {
        final AtomicInteger driver = new AtomicInteger();
        threads.schedule(driver::incrementAndGet, LATER).run();
        return new WeakReference<>(driver);
    }
}
