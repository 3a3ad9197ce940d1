// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Combines the outcomes of control operations. */
final class Stages {
    private Stages() {}

    /** The outcome of an operation that ends with a driver's status. */
    static NdisResult<Void> outcome(final NdisStatus status) {
        return status.isSuccess() ? NdisResult.success() : NdisResult.failure(status);
    }

    /** Waits for all; the first failure in the order of the list is the outcome. */
    static CompletionStage<NdisResult<Void>> all(final List<CompletionStage<NdisResult<Void>>> stages) {
        CompletionStage<NdisResult<Void>> all = NdisResult.success().asStage();
        for (final CompletionStage<NdisResult<Void>> stage : stages) {
            all = all.thenCombine(stage, (before, result) -> before.isSuccess() ? result : before);
        }
        return all;
    }

    /**
     * Waits for a stage, but no longer than a deadline.
     *
     * @return completes with {@code true} when the stage has completed, with {@code false} at the deadline
     */
    static CompletionStage<Boolean> within(
            final CompletionStage<?> stage, final Duration deadline, final EngineOptions.Timer timer) {
        final CompletableFuture<Boolean> inTime = new CompletableFuture<>();
        stage.whenComplete((value, failure) -> inTime.complete(true));
        if (inTime.isDone()) {
            return inTime;
        }
        final Runnable cancel = timer.schedule(() -> inTime.complete(false), deadline);
        return inTime.thenApply(completed -> {
            cancel.run();
            return completed;
        });
    }
}
