// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A loop with a thread of its own. */
final class LoopThread implements SignalingLoop {
    private static final Logger LOG = LoggerFactory.getLogger(LoopThread.class);

    private final ScheduledThreadPoolExecutor executor;

    LoopThread(final String adapter) {
        executor = new ScheduledThreadPoolExecutor(
                1,
                task -> {
                    final Thread thread = new Thread(task, "condis-pppoe-" + adapter);
                    thread.setDaemon(true);
                    return thread;
                },
                // what comes after the end concerns nobody
                new ThreadPoolExecutor.DiscardPolicy());
        executor.setRemoveOnCancelPolicy(true);
        executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
    }

    @Override
    public void execute(final Runnable step) {
        executor.execute(() -> guarded(step));
    }

    @Override
    public Alarm schedule(final Duration delay, final Runnable step) {
        final Future<?> due = executor.schedule(() -> guarded(step), delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> due.cancel(false);
    }

    private static void guarded(final Runnable step) {
        try {
            step.run();
        } catch (RuntimeException | LinkageError e) {
            LOG.error("a step of PPPoE signaling failed; signaling goes on", e);
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }

    @Override
    public void close() {
        executor.shutdown();
    }
}
