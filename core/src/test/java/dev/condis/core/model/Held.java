// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** A callback that a driver has been called with, and its answer, which may come later. */
final class Held<T> {
    private final String callback;
    private final Function<Integer, T> success;
    private final Function<NdisStatus, T> failure;
    private final Consumer<T> model;
    private final CompletableFuture<T> future = new CompletableFuture<>();
    private Optional<T> answer = Optional.empty();
    private boolean returned;
    private boolean givenUp;

    /**
     * Notes a callback.
     *
     * @param callback its name
     * @param success makes an answer of success, of several the one with this number
     * @param failure makes an answer with another status
     * @param model tells the model of the answer
     */
    Held(
            final String callback,
            final Function<Integer, T> success,
            final Function<NdisStatus, T> failure,
            final Consumer<T> model) {
        this.callback = callback;
        this.success = success;
        this.failure = failure;
        this.model = model;
    }

    void succeed(final int variant) {
        answer(success.apply(variant));
    }

    void fail(final NdisStatus status) {
        answer(failure.apply(status));
    }

    /** The core hears of an answer when the callback has returned, at the earliest. */
    void answer(final T value) {
        answer = Optional.of(value);
        if (returned && !givenUp) {
            model.accept(value);
        }
        future.complete(value);
    }

    /** Nobody waits for the answer any more; it counts as this one. */
    void giveUp(final T instead) {
        if (answer.isEmpty()) {
            givenUp = true;
            model.accept(instead);
        }
    }

    boolean isAnswered() {
        return answer.isPresent();
    }

    /** The callback returns. */
    CompletionStage<T> leave() {
        returned = true;
        answer.ifPresent(model);
        return future;
    }

    @Override
    public String toString() {
        return callback;
    }
}
