// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Time as it passes, on one daemon thread of its own. The thread rests while nothing is posted and no alarm is due; it
 * never spins. Alarms may run late by what the operating system needs to wake a thread (some 50 microseconds); links
 * account for that, so rates hold on average.
 */
public final class WallClockTime extends SimTime {

    private static final Logger LOG = LoggerFactory.getLogger(WallClockTime.class);
    private static final long CLOSE_DEADLINE_SECONDS = 10;

    private final LongSupplier ticker;
    private final long epochOffset;
    private final Thread thread;
    private final CountDownLatch ended = new CountDownLatch(1);
    private volatile boolean resting;
    private volatile boolean closed;

    /**
     * Starts a loop on the system clock and a daemon thread.
     *
     * @param name what runs on it; the thread is called {@code condis-sim-<name>}
     */
    public WallClockTime(String name) {
        this(System::nanoTime, TimeUnit.MILLISECONDS.toNanos(System.currentTimeMillis()), daemon(name));
    }

    /**
     * Starts a loop.
     *
     * @param ticker nanoseconds that never go back
     * @param epochNanosNow the time of day now, nanoseconds since 1970-01-01T00:00Z
     * @param threads makes the one thread of the loop
     */
    public WallClockTime(LongSupplier ticker, long epochNanosNow, ThreadFactory threads) {
        this.ticker = Objects.requireNonNull(ticker, "ticker");
        this.epochOffset = epochNanosNow - ticker.getAsLong();
        this.thread = threads.newThread(this::loop);
        this.thread.start();
    }

    private static ThreadFactory daemon(String name) {
        Objects.requireNonNull(name, "name");
        return body -> {
            Thread thread = new Thread(body, "condis-sim-" + name);
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public long nanoTime() {
        return ticker.getAsLong();
    }

    @Override
    public long epochNanos() {
        return epochOffset + ticker.getAsLong();
    }

    @Override
    public boolean isLoopThread() {
        return Thread.currentThread() == thread;
    }

    private void loop() {
        try {
            while (!closed) {
                boolean worked = runPosted();
                worked |= runDueAlarms();
                if (!worked) {
                    rest();
                }
            }
            runPosted();
        } finally {
            ended.countDown();
        }
    }

    private boolean runDueAlarms() {
        if (nextDue() == Long.MAX_VALUE) {
            return false;
        }
        long now = nanoTime();
        boolean worked = false;
        while (runDueAlarm(now)) {
            worked = true;
        }
        return worked;
    }

    private void rest() {
        resting = true;
        // Posted after the flag was raised wakes us; posted before is seen here.
        if (!hasPosted() && !closed) {
            long due = nextDue();
            if (due == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, due - nanoTime());
            }
        }
        resting = false;
    }

    @Override
    void wake() {
        if (resting) {
            LockSupport.unpark(thread);
        }
    }

    @Override
    public void runAndWait(Runnable task) {
        if (isLoopThread()) {
            task.run();
            return;
        }
        CountDownLatch ran = new CountDownLatch(1);
        execute(() -> {
            try {
                task.run();
            } finally {
                ran.countDown();
            }
        });
        if (!await(ran)) {
            task.run();
        }
    }

    /** False if the loop ended and will never run the task. */
    private boolean await(CountDownLatch ran) {
        boolean interrupted = false;
        try {
            while (ran.getCount() > 0) {
                try {
                    if (ran.await(1, TimeUnit.MILLISECONDS) || (ended.getCount() == 0 && ran.getCount() > 0)) {
                        break;
                    }
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        return ran.getCount() == 0;
    }

    @Override
    public void close() {
        closed = true;
        LockSupport.unpark(thread);
        if (isLoopThread()) {
            return;
        }
        boolean done = false;
        try {
            done = ended.await(CLOSE_DEADLINE_SECONDS, TimeUnit.SECONDS);
            thread.join(TimeUnit.SECONDS.toMillis(CLOSE_DEADLINE_SECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (!done) {
            LOG.warn("{} did not end: a driver callback does not return", thread.getName());
        }
    }

    @Override
    boolean isClosed() {
        return closed;
    }
}
