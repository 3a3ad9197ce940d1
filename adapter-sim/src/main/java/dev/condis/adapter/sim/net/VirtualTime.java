// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.time.Duration;

/**
 * Time that passes only when told to, on the thread that tells it. The same program with the same seed gives the same
 * run, event by event.
 *
 * <p>Other threads may post to it; only one thread at a time may advance it.
 */
public final class VirtualTime extends SimTime {

    private volatile long now;
    private volatile boolean closed;
    private volatile Thread runner;

    /** A time that stands at zero. */
    public VirtualTime() {}

    @Override
    public long nanoTime() {
        return now;
    }

    @Override
    public long epochNanos() {
        return now;
    }

    @Override
    public boolean isLoopThread() {
        return runner == Thread.currentThread();
    }

    /**
     * Lets time pass: everything due up to then runs, each at its exact nanosecond.
     *
     * @param duration how much time passes; zero runs what is due now
     * @throws IllegalStateException if called from inside the loop, or by two threads at a time
     */
    public void advance(Duration duration) {
        runUntil(Math.addExact(now, duration.toNanos()), true);
    }

    /**
     * Runs until nothing is posted and no alarm is armed, however far away the alarms are. Time stands at the last
     * event afterwards.
     *
     * @throws IllegalStateException if called from inside the loop, or by two threads at a time
     */
    public void runUntilIdle() {
        runUntil(Long.MAX_VALUE, false);
    }

    private void runUntil(long target, boolean moveToTarget) {
        enter();
        try {
            boolean more = true;
            while (more) {
                more = runPosted() || runNextAlarm(target);
            }
            if (moveToTarget) {
                now = target;
            }
        } finally {
            runner = null;
        }
    }

    private boolean runNextAlarm(long target) {
        long due = nextDue();
        if (due == Long.MAX_VALUE || due > target) {
            return false;
        }
        now = Math.max(now, due);
        return runDueAlarm(now);
    }

    private synchronized void enter() {
        if (runner != null) {
            throw new IllegalStateException("virtual time is being advanced by " + runner.getName());
        }
        runner = Thread.currentThread();
    }

    @Override
    public void runAndWait(Runnable task) {
        if (isLoopThread() || closed) {
            task.run();
            return;
        }
        enter();
        try {
            task.run();
        } finally {
            runner = null;
        }
    }

    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        if (!isLoopThread()) {
            runAndWait(this::runPosted);
        }
    }

    @Override
    void wake() {
        // Nobody rests: the next advance looks at what was posted.
    }

    @Override
    boolean isClosed() {
        return closed;
    }
}
