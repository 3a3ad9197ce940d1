// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/** What clients ask of call managers goes through here, and waits while the calls are being handed over from one to another. */
final class RequestGate {
    private final Rundown requests = new Rundown();
    private final Executor passive;
    private volatile CompletableFuture<Void> opened = CompletableFuture.completedFuture(null);

    RequestGate(final Executor passive) {
        this.passive = passive;
        requests.open();
    }

    /** Does at once what is asked while the gate is open, and otherwise when it is again. */
    <T> CompletionStage<T> pass(final Supplier<CompletionStage<T>> request) {
        if (requests.enter(1) < 0) {
            return opened.thenComposeAsync(again -> pass(request), passive);
        }
        try {
            return request.get();
        } finally {
            requests.leave(1);
        }
    }

    /** Does at once what cannot wait; empty when the gate is closed. */
    <T> Optional<T> passNow(final Supplier<T> request) {
        if (requests.enter(1) < 0) {
            return Optional.empty();
        }
        try {
            return Optional.of(request.get());
        } finally {
            requests.leave(1);
        }
    }

    void close() {
        // first, so that whoever finds the gate closed waits for its being opened again
        opened = new CompletableFuture<>();
        requests.close();
    }

    /** Nobody is inside any more: what was asked before the gate was closed can be seen in the states. */
    boolean isQuiet() {
        return requests.isDrained();
    }

    void open() {
        requests.open();
        opened.complete(null);
    }
}
