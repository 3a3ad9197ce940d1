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
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Waits for drivers, but no longer than a deadline; what comes after it is logged and changes nothing. */
final class Patience {
    private static final Logger LOG = LoggerFactory.getLogger(Patience.class);

    private Patience() {}

    /** The answer of a driver that is being restarted, or a failure at the deadline of teardowns: other tasks of the adapter wait for it. */
    static CompletionStage<NdisStatus> restart(
            final Object what, final Supplier<CompletionStage<NdisStatus>> callback, final EngineOptions options) {
        return await(what, Callouts.status(what, callback), NdisStatus.FAILURE, options.teardownDeadline(), options);
    }

    /** The answer of a driver, or a failure at the deadline of operations. */
    static <T> CompletionStage<NdisResult<T>> result(
            final Object what, final Supplier<CompletionStage<NdisResult<T>>> callback, final EngineOptions options) {
        final NdisResult<T> overdue = NdisResult.refused(
                NdisStatus.FAILURE,
                new Refusal(
                        "E2",
                        what.toString(),
                        "pending",
                        "it has not completed within " + options.operationDeadline(),
                        Optional.empty()));
        return await(what, Callouts.result(what, callback), overdue, options.operationDeadline(), options);
    }

    /** Tells whether a deadline is the reason. */
    static boolean isOverdue(final Refusal refusal) {
        return refusal.rule().equals("E2");
    }

    private static <T> CompletionStage<T> await(
            final Object what,
            final CompletionStage<T> answer,
            final T overdue,
            final Duration deadline,
            final EngineOptions options) {
        final CompletableFuture<T> outcome = new CompletableFuture<>();
        answer.whenComplete((result, failure) -> {
            if (!outcome.complete(result)) {
                LOG.warn("E2: {} has completed at last, with {}; nobody waits for it any more", what, result);
            }
        });
        if (!outcome.isDone()) {
            final Runnable takeBack = options.timer()
                    .schedule(
                            () -> options.passive().execute(() -> giveUp(what, outcome, overdue, deadline)), deadline);
            return outcome.whenComplete((result, failure) -> takeBack.run());
        }
        return outcome;
    }

    private static <T> void giveUp(
            final Object what, final CompletableFuture<T> outcome, final T overdue, final Duration deadline) {
        if (!outcome.isDone()) {
            LOG.error("E2: {} has not completed within {}", what, deadline);
            outcome.complete(overdue);
        }
    }

    /** Waits for a teardown or a pause, but no longer than its deadline; what is not done then is named. */
    static CompletionStage<Boolean> teardown(
            final Object what, final CompletionStage<?> stage, final EngineOptions options) {
        return Stages.within(stage, options.teardownDeadline(), options.timer()).thenApply(inTime -> {
            if (!inTime) {
                LOG.error("{} has not completed within {}; the core goes on", what, options.teardownDeadline());
            }
            return inTime;
        });
    }

    /** Waits for all. */
    static CompletionStage<Void> all(final Stream<? extends CompletionStage<?>> stages) {
        return CompletableFuture.allOf(
                stages.map(CompletionStage::toCompletableFuture).toArray(CompletableFuture[]::new));
    }
}
