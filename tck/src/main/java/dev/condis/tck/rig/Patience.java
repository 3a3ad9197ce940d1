// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.tck.subject.KitOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits, never longer than it is allowed to. */
public final class Patience {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final KitOptions options;

    /**
     * Makes one.
     *
     * @param options how long to wait
     */
    public Patience(final KitOptions options) {
        this.options = options;
    }

    private static boolean within(final Duration limit, final BooleanSupplier condition) {
        final ReentrantLock lock = new ReentrantLock();
        final Condition never = lock.newCondition();
        final long deadline = System.nanoTime() + limit.toNanos();
        lock.lock();
        try {
            boolean met = condition.getAsBoolean();
            while (!met && System.nanoTime() < deadline) {
                // nobody signals: a driver under test cannot be asked to
                never.awaitNanos(LOOK_AGAIN_NANOS);
                met = condition.getAsBoolean();
            }
            return met;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unmet("the check was interrupted");
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits for something that must happen.
     *
     * @param condition tells whether it has
     * @param unmet what to say when it has not
     */
    public void until(final BooleanSupplier condition, final Supplier<String> unmet) {
        if (!within(options.patience(), condition)) {
            throw new Unmet(unmet.get() + " within " + options.patience());
        }
    }

    /**
     * Waits for something that may happen.
     *
     * @param condition tells whether it has
     * @return {@code true} if it has
     */
    public boolean soon(final BooleanSupplier condition) {
        return within(options.patience(), condition);
    }

    /**
     * Gives something that must not happen the time to happen.
     *
     * @param condition tells whether it has
     * @return {@code true} if it has
     */
    public boolean happens(final BooleanSupplier condition) {
        return within(options.quiet(), condition);
    }

    /** Lets things settle. */
    public void settle() {
        within(options.quiet(), () -> false);
    }

    /**
     * Waits for an outcome.
     *
     * @param <T> type of the outcome
     * @param stage the operation
     * @param operation its name
     * @return the outcome
     */
    public <T> T outcome(final CompletionStage<T> stage, final String operation) {
        final CompletableFuture<T> copy = stage.toCompletableFuture();
        try {
            return copy.get(options.patience().toNanos(), TimeUnit.NANOSECONDS);
        } catch (final TimeoutException e) {
            throw new Unmet(operation + " was not completed within " + options.patience());
        } catch (final ExecutionException e) {
            throw new Unmet(operation + " failed with " + e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unmet("the check was interrupted");
        }
    }

    /**
     * Waits for the end of an operation, however it ends.
     *
     * @param stage the operation
     * @return {@code false} when it has not ended in time
     */
    public boolean ends(final CompletionStage<?> stage) {
        return within(options.patience(), stage.toCompletableFuture()::isDone);
    }
}
