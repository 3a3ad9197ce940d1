// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls into drivers. Whatever a driver does there, the core goes on: an exception, a {@code null} and a status that is not allowed
 * become {@link NdisStatus#FAILURE} and a line in the log that names the driver and the callback.
 */
final class Callouts {
    private static final Logger LOG = LoggerFactory.getLogger(Callouts.class);

    private Callouts() {}

    /**
     * Goes on when a driver has answered. What fails in the core itself then is said, not lost with the stage.
     */
    static <T> void then(final Object what, final CompletionStage<T> answer, final Consumer<? super T> next) {
        answer.thenAccept(next).whenComplete((done, failure) -> {
            if (failure != null) {
                LOG.error("the core failed after {}", what, failure);
            }
        });
    }

    /** An answer that yields something; a success without it counts as no answer. */
    static <T> CompletionStage<NdisResult<T>> result(
            final Object what, final Supplier<CompletionStage<NdisResult<T>>> callback) {
        return staged(callback).handle((result, failure) -> {
            if (failure != null) {
                return failed(what, failure);
            }
            return result == null ? missing(what) : withValue(what, result);
        });
    }

    static CompletionStage<NdisStatus> status(final Object what, final Supplier<CompletionStage<NdisStatus>> callback) {
        return staged(callback).handle((status, failure) -> {
            if (failure != null) {
                return Callouts.<Void>failed(what, failure).status();
            }
            return finalStatus(what, status);
        });
    }

    /** Something that cannot fail; a driver that says it has is not waited for. */
    static CompletionStage<Void> done(final Object what, final Supplier<CompletionStage<Void>> callback) {
        final CompletableFuture<Void> ended = new CompletableFuture<>();
        staged(callback).whenComplete((done, failure) -> {
            if (failure != null) {
                failed(what, failure);
            }
            ended.complete(null);
        });
        return ended;
    }

    /** An answer to an OID request; one that is longer than the requester takes counts as none. */
    static CompletionStage<OidResult> oidResult(
            final Object what, final OidRequest request, final Supplier<CompletionStage<OidResult>> callback) {
        return staged(callback).handle((result, failure) -> {
            if (failure != null) {
                return OidResult.failure(Callouts.<Void>failed(what, failure).status());
            }
            if (result == null) {
                return OidResult.failure(Callouts.<Void>missing(what).status());
            }
            return fitting(what, request, result);
        });
    }

    private static OidResult fitting(final Object what, final OidRequest request, final OidResult result) {
        final int length = result.information().length();
        if (request.type() == OidRequest.Type.QUERY && length > request.bufferLength()) {
            LOG.error("R196: {} answered {} octets to a requester that takes {}", what, length, request.bufferLength());
            return OidResult.failure(NdisStatus.FAILURE);
        }
        return result;
    }

    private static <T> CompletionStage<T> staged(final Supplier<CompletionStage<T>> callback) {
        try {
            final CompletionStage<T> stage = callback.get();
            return stage == null ? CompletableFuture.completedStage(null) : stage;
        } catch (final RuntimeException | Error e) {
            return CompletableFuture.failedStage(e);
        }
    }

    static <T> NdisResult<T> resultNow(final Object what, final Supplier<NdisResult<T>> callback) {
        try {
            final NdisResult<T> result = callback.get();
            return result == null ? missing(what) : withValue(what, result);
        } catch (final RuntimeException | Error e) {
            return failed(what, e);
        }
    }

    static NdisStatus statusNow(final Object what, final Supplier<NdisStatus> callback) {
        try {
            return finalStatus(what, callback.get());
        } catch (final RuntimeException | Error e) {
            return Callouts.<Void>failed(what, e).status();
        }
    }

    /** Returns whether the callback returned normally. */
    static boolean run(final Object what, final Runnable callback) {
        try {
            callback.run();
            return true;
        } catch (final RuntimeException | Error e) {
            failed(what, e);
            return false;
        }
    }

    private static NdisStatus finalStatus(final Object what, final NdisStatus status) {
        if (status == null) {
            return Callouts.<Void>missing(what).status();
        }
        if (status == NdisStatus.PENDING) {
            LOG.error("R4: {} answered {} as a final status", what, status);
            return NdisStatus.FAILURE;
        }
        return status;
    }

    private static <T> NdisResult<T> withValue(final Object what, final NdisResult<T> result) {
        if (result.isSuccess() && result.value().isEmpty()) {
            LOG.error("R9: {} succeeded without the context or the parameters that belong to a success", what);
            return NdisResult.failure(NdisStatus.FAILURE);
        }
        return result;
    }

    private static <T> NdisResult<T> missing(final Object what) {
        LOG.error("{} answered null", what);
        return NdisResult.failure(NdisStatus.FAILURE);
    }

    private static <T> NdisResult<T> failed(final Object what, final Throwable failure) {
        LOG.error("{} threw", what, failure);
        return NdisResult.failure(NdisStatus.FAILURE);
    }
}
