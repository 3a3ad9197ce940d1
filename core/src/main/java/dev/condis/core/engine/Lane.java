// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs the control callbacks of one object to one driver, one at a time, in the order in which they were added, on the threads that
 * bring them. It has no thread of its own.
 * <p>
 * Callbacks are added while the object's lock is held, which fixes their order; they are run by {@link #drain()} after the lock was
 * released. When a callback adds another one to its own lane, that one runs after it, not inside it.
 */
final class Lane {
    private final Queue<Runnable> callbacks = new ConcurrentLinkedQueue<>();
    private final AtomicBoolean draining = new AtomicBoolean();

    void add(final Runnable callback) {
        callbacks.add(callback);
    }

    boolean hasWork() {
        return !callbacks.isEmpty();
    }

    void drain() {
        while (!callbacks.isEmpty() && draining.compareAndSet(false, true)) {
            try {
                runAll();
            } finally {
                draining.set(false);
            }
        }
    }

    private void runAll() {
        Runnable callback = callbacks.poll();
        while (callback != null) {
            callback.run();
            callback = callbacks.poll();
        }
    }
}
