// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs tasks that complete later one after the other: the next one starts when the one before has completed. */
final class SerialTasks {
    private static final Logger LOG = LoggerFactory.getLogger(SerialTasks.class);

    private final Executor executor;
    private CompletionStage<Void> tail = CompletableFuture.completedStage(null);

    SerialTasks(final Executor executor) {
        this.executor = executor;
    }

    CompletionStage<Void> submit(final Supplier<CompletionStage<Void>> task) {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        final CompletionStage<Void> before;
        synchronized (this) {
            before = tail;
            tail = done;
        }
        before.thenRunAsync(() -> run(task, done), executor).whenComplete((started, refusal) -> {
            if (refusal != null) {
                LOG.warn("a task of the arbiter is not run, its threads have ended", refusal);
                done.complete(null);
            }
        });
        return done.minimalCompletionStage();
    }

    private static void run(final Supplier<CompletionStage<Void>> task, final CompletableFuture<Void> done) {
        CompletionStage<Void> running;
        try {
            running = task.get();
        } catch (final RuntimeException | Error e) {
            running = CompletableFuture.failedStage(e);
        }
        running.whenComplete((value, failure) -> {
            if (failure != null) {
                LOG.error("a task of the arbiter failed", failure);
            }
            done.complete(null);
        });
    }
}
