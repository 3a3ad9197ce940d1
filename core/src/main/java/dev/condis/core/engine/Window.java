// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Function;

/**
 * Does something with each of many objects, with no more than a few under way at one time. What completes at once costs no stack and no
 * thread.
 *
 * @param <T> the type of the objects
 */
final class Window<T> {
    private final Queue<T> waiting;
    private final int width;
    private final Function<T, CompletionStage<Void>> action;
    private final Executor executor;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private int underWay;
    private boolean starting;
    private boolean woken;

    private Window(
            final Collection<T> objects,
            final int width,
            final Function<T, CompletionStage<Void>> action,
            final Executor executor) {
        waiting = new ArrayDeque<>(objects);
        this.width = width;
        this.action = action;
        this.executor = executor;
    }

    /**
     * Completes when the action has completed for all of them.
     *
     * @param executor begins the actions, for what ends on a driver's thread must not begin others there: packets wait for that thread
     */
    static <T> CompletionStage<Void> run(
            final Collection<T> objects,
            final int width,
            final Function<T, CompletionStage<Void>> action,
            final Executor executor) {
        final Window<T> window = new Window<>(objects, width, action, executor);
        window.start();
        return window.done;
    }

    /** One thread at a time starts others; what ends meanwhile makes room for it. */
    private void start() {
        synchronized (this) {
            woken = false;
            if (starting) {
                return;
            }
            starting = true;
        }
        boolean goesOn = true;
        while (goesOn) {
            goesOn = startNext();
        }
    }

    private boolean startNext() {
        final Optional<T> next;
        final boolean over;
        synchronized (this) {
            next = underWay == width ? Optional.empty() : Optional.ofNullable(waiting.poll());
            underWay += next.isPresent() ? 1 : 0;
            starting = next.isPresent();
            over = underWay == 0;
        }
        if (over) {
            done.complete(null);
        }
        next.ifPresent(object -> Callouts.then("one of many", action.apply(object), ended -> ended()));
        return next.isPresent();
    }

    private void ended() {
        final boolean wake;
        synchronized (this) {
            underWay--;
            wake = !starting && !woken;
            woken |= wake;
        }
        if (wake) {
            executor.execute(this::start);
        }
    }
}
