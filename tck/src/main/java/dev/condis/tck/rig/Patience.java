// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.tck.subject.KitOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits, never longer than it is allowed to. What keeps the kit from looking (a busy machine, a collection of garbage) keeps the driver from
 * acting too: so a look that comes late counts no more than {@value #LATEST_LOOK_MILLIS} ms, and quiet means that others have had their turn.
 */
public final class Patience {
    private static final long LOOK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long LATEST_LOOK_MILLIS = 2;
    private static final long LATEST_LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(LATEST_LOOK_MILLIS);
    private static final int TURNS = 10;

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
        long left = limit.toNanos();
        lock.lock();
        try {
            boolean met = condition.getAsBoolean();
            while (!met && left > 0) {
                final long began = System.nanoTime();
                // nobody signals: a driver under test cannot be asked to
                never.awaitNanos(LOOK_AGAIN_NANOS);
                met = condition.getAsBoolean();
                left -= Math.min(System.nanoTime() - began, LATEST_LOOK_NANOS);
            }
            return met;
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Unmet("the check was interrupted");
        } finally {
            lock.unlock();
        }
    }

    private boolean quiet(final BooleanSupplier condition) {
        final Duration turn = options.quiet().dividedBy(TURNS);
        boolean met = within(turn, condition);
        for (int i = 1; i < TURNS && !met; i++) {
            othersFirst();
            met = within(turn, condition);
        }
        return met;
    }

    /** A new thread gets the processor behind those that want it already. */
    private static void othersFirst() {
        Rig.aside(() -> true).join();
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
        return quiet(condition);
    }

    /** Lets things settle. */
    public void settle() {
        quiet(() -> false);
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
        if (!within(options.patience(), copy::isDone)) {
            throw new Unmet(operation + " was not completed within " + options.patience());
        }
        try {
            return copy.get();
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
