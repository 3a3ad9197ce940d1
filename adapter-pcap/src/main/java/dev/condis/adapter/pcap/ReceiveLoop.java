// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread that runs a {@link FrameSource}, and the only order in which it stops: flag, break, join, close. The source is
 * closed by its own thread when the loop has returned, so nobody can close it under the loop.
 *
 * <p>States: NEW, RUNNING, STOPPING, CLOSED. NEW to RUNNING on {@link #start}; any to STOPPING on {@link #stop}; RUNNING and
 * STOPPING to CLOSED when the thread ends, which is terminal.
 */
final class ReceiveLoop {

    private static final Logger LOG = LoggerFactory.getLogger(ReceiveLoop.class);
    private static final Duration BREAK_AGAIN = Duration.ofMillis(100);
    /** A sink that fails for so many frames in a row will not recover; fewer than there are buffers, which may be lost so. */
    private static final int FAILURES_TO_TRIP = 32;

    enum State {
        NEW,
        RUNNING,
        STOPPING,
        CLOSED
    }

    /** Told once, by the loop's thread, when no frame will come any more. */
    @FunctionalInterface
    interface EndListener {
        /**
         * The end.
         *
         * @param stopped whether {@link ReceiveLoop#stop} was called
         * @param cause why the capture broke off; empty if it did not
         */
        void ended(boolean stopped, Optional<String> cause);
    }

    private final String name;
    private final FrameSource source;
    private final FrameSink sink;
    private final EndListener listener;
    private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private int failures;
    private Optional<String> tripped = Optional.empty();
    private volatile long sinkFailures;

    ReceiveLoop(final String name, final FrameSource source, final FrameSink sink, final EndListener listener) {
        this.name = name;
        this.source = source;
        this.sink = sink;
        this.listener = listener;
        this.thread = new Thread(this::run, "condis-pcap-rx-" + name);
        this.thread.setDaemon(true);
    }

    State state() {
        return state.get();
    }

    boolean isStopping() {
        return state.get() != State.RUNNING;
    }

    /** How many frames made the sink throw. */
    long sinkFailures() {
        return sinkFailures;
    }

    /** Starts the thread; does nothing if it was started or stopped before. */
    void start() {
        if (state.compareAndSet(State.NEW, State.RUNNING)) {
            thread.start();
        }
    }

    /** Runs what is given when every frame that was captured before this call has been delivered. */
    void flush(final Runnable flushed) {
        if (isStopping()) {
            flushed.run();
        } else {
            source.flush(flushed);
        }
    }

    /** Wakes the thread if it waits for a buffer. */
    void wake() {
        LockSupport.unpark(thread);
    }

    boolean isOwnThread() {
        return Thread.currentThread() == thread;
    }

    private void run() {
        Optional<String> cause = Optional.empty();
        try {
            // a stop may have come between start and here; a break before the loop is remembered by libpcap
            if (state.get() == State.RUNNING) {
                source.run(this::guarded);
            }
            cause = tripped;
        } catch (CaptureException e) {
            cause = Optional.of(e.getMessage());
        } catch (RuntimeException | LinkageError e) {
            LOG.error("receiving on {} failed", name, e);
            cause = Optional.of(e.toString());
        } finally {
            finish(cause);
        }
    }

    private void finish(final Optional<String> cause) {
        final boolean stopped = state.get() == State.STOPPING;
        try {
            source.close();
            listener.ended(stopped, stopped ? Optional.empty() : cause);
        } finally {
            state.set(State.CLOSED);
            closed.countDown();
        }
    }

    private void guarded(final byte[] frame, final int wireLength, final long epochNanos) {
        try {
            sink.frame(frame, wireLength, epochNanos);
            failures = 0;
        } catch (RuntimeException | LinkageError e) {
            failed(e);
        }
    }

    private void failed(final Throwable e) {
        final long all = sinkFailures + 1;
        sinkFailures = all;
        failures++;
        if (all == 1) {
            LOG.error("a frame received on {} could not be handled; further ones are counted only", name, e);
        }
        if (failures == FAILURES_TO_TRIP) {
            tripped = Optional.of("gave up after " + failures + " frames in a row failed, the last with " + e);
            source.breakLoop();
        }
    }

    /**
     * Stops. Idempotent. On the loop's own thread it only asks for the stop, since waiting for oneself never ends; the thread
     * closes the source when its listener has returned.
     *
     * @param deadline how long to wait for the thread
     * @return whether the thread has ended (or, on its own thread, will)
     */
    boolean stop(final Duration deadline) {
        if (state.compareAndSet(State.NEW, State.CLOSED)) {
            source.close();
            closed.countDown();
            return true;
        }
        state.compareAndSet(State.RUNNING, State.STOPPING);
        source.breakLoop();
        LockSupport.unpark(thread);
        return isOwnThread() || join(deadline);
    }

    private boolean join(final Duration deadline) {
        boolean interrupted = false;
        try {
            for (long waits = Math.max(1, deadline.dividedBy(BREAK_AGAIN)); waits > 0; waits--) {
                try {
                    if (closed.await(BREAK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                        return true;
                    }
                    source.breakLoop();
                    LockSupport.unpark(thread);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        reportStuck(deadline);
        return false;
    }

    private void reportStuck(final Duration deadline) {
        final Throwable where = new Throwable("where the thread stands");
        where.setStackTrace(thread.getStackTrace());
        LOG.error("thread {} did not end within {}", thread.getName(), deadline, where);
    }
}
