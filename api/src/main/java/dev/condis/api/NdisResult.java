// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * The final outcome of an operation: a status, what it yielded, and, when it was refused, why.
 *
 * @param <T> what a successful operation yields; {@link Void} when it yields nothing
 * @param status the final status, never {@link NdisStatus#PENDING} (rule R4)
 * @param value what the operation yielded; empty unless the status is {@link NdisStatus#SUCCESS}
 * @param refusal the rule that refused; empty on success and when a peer gave a bare status
 */
public record NdisResult<T>(NdisStatus status, Optional<T> value, Optional<Refusal> refusal) {
    private static final NdisResult<Void> SUCCESS =
            new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty());

    /** Checks that the status is final and that only a success has a value. */
    public NdisResult {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(value, "value");
        Objects.requireNonNull(refusal, "refusal");
        if (status == NdisStatus.PENDING) {
            throw new IllegalArgumentException("R4: a final status is never " + status);
        }
        if (!status.isSuccess() && value.isPresent()) {
            throw new IllegalArgumentException("a result with status " + status + " has no value");
        }
        if (status.isSuccess() && refusal.isPresent()) {
            throw new IllegalArgumentException("a success has no refusal: " + refusal.get());
        }
    }

    /**
     * The success of an operation that yields nothing.
     *
     * @return the result
     */
    public static NdisResult<Void> success() {
        return SUCCESS;
    }

    /**
     * The success of an operation that yields a value.
     *
     * @param <T> type of the value
     * @param value what was yielded
     * @return the result
     */
    public static <T> NdisResult<T> success(final T value) {
        return new NdisResult<>(NdisStatus.SUCCESS, Optional.of(value), Optional.empty());
    }

    /**
     * A failure with a bare status.
     *
     * @param <T> type of the value that is not there
     * @param status any status but {@link NdisStatus#SUCCESS} and {@link NdisStatus#PENDING}
     * @return the result
     * @throws IllegalArgumentException if the status is {@link NdisStatus#SUCCESS} or {@link NdisStatus#PENDING}
     */
    public static <T> NdisResult<T> failure(final NdisStatus status) {
        if (status.isSuccess()) {
            throw new IllegalArgumentException("not a failure: " + status);
        }
        return new NdisResult<>(status, Optional.empty(), Optional.empty());
    }

    /**
     * A refusal with its reason.
     *
     * @param <T> type of the value that is not there
     * @param status any status but {@link NdisStatus#SUCCESS} and {@link NdisStatus#PENDING}
     * @param refusal the reason
     * @return the result
     */
    public static <T> NdisResult<T> refused(final NdisStatus status, final Refusal refusal) {
        return new NdisResult<>(status, Optional.empty(), Optional.of(refusal));
    }

    /**
     * Tells whether the operation was carried out.
     *
     * @return {@code true} when the status is {@link NdisStatus#SUCCESS}
     */
    public boolean isSuccess() {
        return status.isSuccess();
    }

    /**
     * The value of an operation that the caller knows to have succeeded.
     *
     * @return the value
     * @throws IllegalStateException if the operation failed; the message holds status and reason
     */
    public T get() {
        return value.orElseThrow(() -> new IllegalStateException(toString()));
    }

    /**
     * This result with another value.
     *
     * @param <U> type of the other value
     * @param mapper makes the other value; called only on a success with a value
     * @return the mapped success, or this failure
     */
    public <U> NdisResult<U> map(final Function<? super T, ? extends U> mapper) {
        return new NdisResult<>(status, value.map(mapper), refusal);
    }

    /**
     * The synchronous return of this result from an operation that may also complete later.
     *
     * @return a stage that is already complete with this result
     */
    public CompletionStage<NdisResult<T>> asStage() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public String toString() {
        return refusal.map(r -> status + ", " + r)
                .orElseGet(() -> value.map(v -> status + " " + v).orElseGet(status::toString));
    }
}
