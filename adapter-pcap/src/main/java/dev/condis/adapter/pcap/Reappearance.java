// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks again and again whether an interface that cannot be used can be used again: it was plugged in or made anew, or the permission is back. One that
 * can be opened for a moment only is looked for less and less often. There is a thread only while something is looked for. Thread safe.
 */
final class Reappearance implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Reappearance.class);
    private static final int MOST_DOUBLINGS = 6;

    private final Duration interval;
    private final Supplier<ScheduledExecutorService> threads;
    private final BooleanSupplier look;
    private Optional<ScheduledExecutorService> thread = Optional.empty();
    private Optional<Future<?>> pending = Optional.empty();
    private boolean looking;
    private int losses;
    private boolean closed;

    /**
     * Makes it; nothing is looked for yet.
     *
     * @param interval between two looks
     * @param threads makes the thread that looks
     * @param look looks once, and says whether the interface is there
     */
    Reappearance(
            final Duration interval, final Supplier<ScheduledExecutorService> threads, final BooleanSupplier look) {
        this.interval = interval;
        this.threads = threads;
        this.look = look;
    }

    /** The interface cannot be used: looks for it from now on. */
    synchronized void lost() {
        if (closed || looking) {
            return;
        }
        looking = true;
        next(interval.multipliedBy(1L << losses));
        losses = Math.min(losses + 1, MOST_DOUBLINGS);
    }

    /** The interface is in use. */
    synchronized void opened() {
        losses = 0;
    }

    private void next(final Duration delay) {
        if (thread.isEmpty()) {
            thread = Optional.of(threads.get());
        }
        try {
            pending = Optional.of(thread.get().schedule(this::lookOnce, delay.toNanos(), TimeUnit.NANOSECONDS));
        } catch (final RejectedExecutionException e) {
            LOG.debug("nobody looks any more", e);
        }
    }

    private void lookOnce() {
        synchronized (this) {
            looking = false;
            if (closed) {
                return;
            }
        }
        if (!there()) {
            again();
        }
    }

    private boolean there() {
        try {
            return look.getAsBoolean();
        } catch (final RuntimeException e) {
            // an exception would end the looking for good
            LOG.warn("an interface could not be looked for", e);
            return false;
        }
    }

    private synchronized void again() {
        if (!closed && !looking) {
            looking = true;
            next(interval);
        }
    }

    /** Nothing is looked for any more. Does not wait. */
    @Override
    public synchronized void close() {
        closed = true;
        pending.ifPresent(next -> next.cancel(false));
        thread.ifPresent(ScheduledExecutorService::shutdownNow);
    }
}
