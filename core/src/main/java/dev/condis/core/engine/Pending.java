// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The outcome of one control operation (contract A.3). An outcome that is there before the initiating call returns is that call's
 * return value; a later one is the completion callback, and takes its place among the initiator's other callbacks. It arrives once,
 * whoever races to bring it.
 */
final class Pending<T> {
    private static final Logger LOG = LoggerFactory.getLogger(Pending.class);

    private final CompletableFuture<NdisResult<T>> future = new CompletableFuture<>();
    private boolean returned;
    private NdisResult<T> outcome;

    /**
     * Brings the outcome. Later calls change nothing.
     *
     * @param result the outcome
     * @param initiator the lane of the driver that waits for it; the caller drains it
     */
    synchronized void settle(final NdisResult<T> result, final Lane initiator) {
        if (outcome != null) {
            return;
        }
        outcome = result;
        if (returned) {
            initiator.add(() -> future.complete(result));
        }
    }

    /**
     * The return value of the initiating call, taken at its end.
     *
     * @return a stage, complete when the outcome is there
     */
    CompletionStage<NdisResult<T>> returned() {
        if (isSettledAtReturn()) {
            future.complete(outcome);
        }
        return future.minimalCompletionStage();
    }

    /**
     * The return value of the initiating call, taken at its end. When the outcome is not there in time, the operation fails (E2): whoever
     * carries it out is told, and settles it.
     *
     * @param what the callback that has not been completed, for people
     * @param options how long it may take
     * @param overdue takes the failure; called on a thread that may block, at most once
     * @return a stage, complete when the outcome is there
     */
    CompletionStage<NdisResult<T>> returned(
            final Object what, final EngineOptions options, final Consumer<NdisResult<T>> overdue) {
        final CompletionStage<NdisResult<T>> stage = returned();
        if (!future.isDone()) {
            final Runnable cancel = options.timer()
                    .schedule(
                            () -> options.passive().execute(() -> expire(what, options.operationDeadline(), overdue)),
                            options.operationDeadline());
            observed().whenComplete((result, failure) -> cancel.run());
        }
        return stage;
    }

    private void expire(final Object what, final Duration deadline, final Consumer<NdisResult<T>> overdue) {
        if (isSettled()) {
            return;
        }
        LOG.error("E2: {} has not completed within {}", what, deadline);
        overdue.accept(NdisResult.refused(
                NdisStatus.FAILURE,
                new Refusal(
                        "E2",
                        what.toString(),
                        "pending",
                        "it has not completed within " + deadline,
                        Optional.empty())));
    }

    synchronized boolean isSettled() {
        return outcome != null;
    }

    private synchronized boolean isSettledAtReturn() {
        if (outcome == null) {
            returned = true;
        }
        return !returned;
    }

    /** For those in the core who wait for the outcome beside the initiator. */
    CompletionStage<NdisResult<T>> observed() {
        return future;
    }
}
