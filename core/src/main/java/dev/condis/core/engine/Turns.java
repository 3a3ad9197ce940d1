// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Lets one operation at a time go to a driver that answers later. It matters only when an operation was given up: the next one waits
 * until the driver has answered the one before. While nothing is owed, an operation begins at once, on the thread that brings it.
 */
final class Turns {
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);
    private volatile CompletableFuture<Void> current = last;

    /**
     * Begins an operation when the one before is through.
     *
     * @param operation is given its turn, and completes it when it is through
     */
    void next(final Consumer<CompletableFuture<Void>> operation) {
        final CompletableFuture<Void> before;
        final CompletableFuture<Void> turn = new CompletableFuture<>();
        synchronized (this) {
            before = last;
            last = turn;
        }
        Callouts.then("the end of an operation", before, through -> {
            current = turn;
            operation.accept(turn);
        });
    }

    /** Whoever has its turn will not end it: the next one begins. */
    void skip() {
        current.complete(null);
    }
}
