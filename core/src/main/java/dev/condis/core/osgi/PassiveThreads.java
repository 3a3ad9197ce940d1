// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.EngineOptions;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads on which the engine calls what may block. They come when there is something to do and go when there is not; none of
 * them is on the data path.
 */
final class PassiveThreads implements Executor, EngineOptions.Timer {
    private static final Logger LOG = LoggerFactory.getLogger(PassiveThreads.class);

    private final AtomicInteger numbers = new AtomicInteger();
    private final ExecutorService workers = Executors.newCachedThreadPool(this::newThread);
    private final ScheduledThreadPoolExecutor deadlines =
            new ScheduledThreadPoolExecutor(1, task -> new PassiveThread(task, "condis-deadlines"));

    PassiveThreads() {
        // what a deadline is for may be a driver's, whose bundle is gone long before the deadline would have come
        deadlines.setRemoveOnCancelPolicy(true);
    }

    private static final class PassiveThread extends Thread {
        PassiveThread(final Runnable task, final String name) {
            super(task, name);
            setDaemon(true);
        }
    }

    private Thread newThread(final Runnable task) {
        return new PassiveThread(task, "condis-passive-" + numbers.incrementAndGet());
    }

    /** Tells whether the caller runs on one of these threads, and so must not wait for what they do. */
    static boolean isCurrent() {
        return Thread.currentThread() instanceof PassiveThread;
    }

    @Override
    public void execute(final Runnable task) {
        workers.execute(task);
    }

    @Override
    public Runnable schedule(final Runnable task, final Duration delay) {
        final Future<?> scheduled = deadlines.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    /** Waits for something that these threads do, unless the caller is one of them. */
    void await(final String what, final CompletionStage<Void> stage, final Duration patience) {
        if (isCurrent()) {
            return;
        }
        try {
            stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final TimeoutException e) {
            LOG.error("{} is not through after {}", what, patience);
        } catch (final ExecutionException e) {
            LOG.error("{} failed", what, e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the threads; those that are still in a driver are interrupted. */
    void shutDown(final Duration grace) {
        workers.shutdown();
        if (!end(workers, grace)) {
            workers.shutdownNow();
        }
        deadlines.shutdownNow();
        if (!isCurrent() && !end(deadlines, grace)) {
            LOG.warn("a deadline is still being dealt with after {}", grace);
        }
    }

    private static boolean end(final ExecutorService threads, final Duration grace) {
        try {
            return threads.awaitTermination(grace.toMillis(), TimeUnit.MILLISECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
