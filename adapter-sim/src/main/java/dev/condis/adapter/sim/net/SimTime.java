// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The time a simulated network runs on, together with the one thread at a time that runs it.
 *
 * <p>Everything that happens inside a network (transmission, switching, delivery, signaling, timers) is a turn of this
 * loop, at DISPATCH level, and never happens on the stack of a caller. So the network needs no locks of its own, and a
 * driver is never re-entered from its own call. {@link WallClockTime} runs on its own daemon thread; {@link VirtualTime}
 * runs on the thread that advances it, and is deterministic.
 *
 * <p>Posting and scheduling are thread-safe and never block.
 */
public abstract class SimTime implements Executor, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SimTime.class);

    private final AtomicReference<SimTask> posted = new AtomicReference<>();
    private final AlarmHeap alarms = new AlarmHeap();

    SimTime() {}

    /**
     * The time now.
     *
     * @return nanoseconds from an arbitrary origin, never going back
     */
    public abstract long nanoTime();

    /**
     * The time now as a time of day, for capture files.
     *
     * @return nanoseconds since 1970-01-01T00:00Z; a virtual time starts there
     */
    public abstract long epochNanos();

    /**
     * Whether the caller runs inside a turn of this loop.
     *
     * @return true on the loop's stack
     */
    public abstract boolean isLoopThread();

    /**
     * Runs the task in a later turn of the loop. Does not block. After {@link #close} tasks are dropped.
     *
     * @param task what to run, at DISPATCH level: it must not block
     */
    @Override
    public final void execute(Runnable task) {
        post(SimTask.of(Objects.requireNonNull(task, "task")));
    }

    /**
     * Runs the task in the loop after a delay.
     *
     * @param delay not negative
     * @param task what to run, at DISPATCH level
     * @return a handle that cancels it; cancelling a task that ran or runs has no effect
     */
    public final Timer schedule(Duration delay, Runnable task) {
        Timer timer = new Timer(this, Objects.requireNonNull(task, "task"));
        long at = nanoTime() + delay.toNanos();
        if (isLoopThread()) {
            timer.armAt(at);
        } else {
            execute(() -> timer.armAt(at));
        }
        return timer;
    }

    /**
     * Runs the task inside the loop and returns when it ran. In the loop, or when the loop has ended, it runs at once on
     * the caller's stack. PASSIVE level otherwise: it waits for the turn in progress.
     *
     * @param task what to run
     */
    public abstract void runAndWait(Runnable task);

    /** Ends the loop: what was posted before still runs, alarms are forgotten. Idempotent. */
    @Override
    public abstract void close();

    /** Wakes the loop if it rests. */
    abstract void wake();

    abstract boolean isClosed();

    final void post(SimTask task) {
        if (isClosed() || !task.claim()) {
            return;
        }
        SimTask head;
        do {
            head = posted.get();
            task.next = head;
        } while (!posted.compareAndSet(head, task));
        if (head == null) {
            wake();
        }
    }

    final boolean hasPosted() {
        return posted.get() != null;
    }

    /** Loop only. */
    final void arm(SimAlarm alarm, long at) {
        alarms.arm(alarm, at);
    }

    /** Loop only. */
    final void disarm(SimAlarm alarm) {
        alarms.disarm(alarm);
    }

    final long nextDue() {
        return alarms.nextDue();
    }

    /** Runs what was posted so far, in the order of posting; loop only. */
    final boolean runPosted() {
        SimTask stack = posted.getAndSet(null);
        if (stack == null) {
            return false;
        }
        SimTask task = reverse(stack);
        while (task != null) {
            SimTask following = task.next;
            task.next = null;
            guarded(task::runOnce);
            task = following;
        }
        return true;
    }

    /** Runs the first alarm if it is due; loop only. */
    final boolean runDueAlarm(long now) {
        if (alarms.nextDue() > now) {
            return false;
        }
        SimAlarm alarm = alarms.pop();
        guarded(alarm::run);
        return true;
    }

    private static SimTask reverse(SimTask stack) {
        SimTask queue = null;
        SimTask task = stack;
        while (task != null) {
            SimTask following = task.next;
            task.next = queue;
            queue = task;
            task = following;
        }
        return queue;
    }

    /** A driver that throws must not stop the network for the others. */
    private static void guarded(Runnable body) {
        try {
            body.run();
        } catch (RuntimeException | AssertionError | LinkageError e) {
            LOG.error("A task of the simulated network failed; the network goes on", e);
        }
    }

    /** A scheduled task that can be cancelled. */
    public static final class Timer {

        private final SimTime time;
        private final SimAlarm alarm;
        private volatile boolean cancelled;

        private Timer(SimTime time, Runnable task) {
            this.time = time;
            this.alarm = new SimAlarm(() -> {
                if (!cancelled) {
                    task.run();
                }
            });
        }

        private void armAt(long at) {
            if (!cancelled) {
                time.arm(alarm, at);
            }
        }

        /** Keeps the task from running if it has not begun. Any thread, does not block, idempotent. */
        public void cancel() {
            cancelled = true;
            if (time.isLoopThread()) {
                time.disarm(alarm);
            } else {
                time.execute(() -> time.disarm(alarm));
            }
        }
    }
}
