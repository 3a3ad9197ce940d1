// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The outcome of one control operation (contract A.3). An outcome that is there before the initiating call returns is that call's
 * return value; a later one is the completion callback, and takes its place among the initiator's other callbacks. It arrives once,
 * whoever races to bring it.
 */
final class Pending<T> {
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
