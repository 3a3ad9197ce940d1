// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.ServiceProperties;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;

/** Waits of a command, each with an end. */
final class Waiting {
    /** How long an adapter may take to come up, or to go. */
    static final Duration ADAPTER = Duration.ofSeconds(15);

    private static final Duration LOOK = Duration.ofMillis(20);

    private Waiting() {}

    /**
     * Waits until a client has opened its address family.
     *
     * @throws CommandFailure with status 3 when the adapter is not available or does not come up
     */
    static <T> T forClient(
            final Platform platform, final String adapter, final CompletableFuture<NdisResult<T>> opened) {
        final long start = System.nanoTime();
        while (System.nanoTime() - start < ADAPTER.toNanos()) {
            final Optional<NdisResult<T>> result = within(opened, LOOK);
            if (result.isPresent()) {
                return result.get()
                        .value()
                        .orElseThrow(() -> new CommandFailure(
                                ExitStatus.ADAPTER_UNAVAILABLE, "adapter " + adapter + ": " + result.get()));
            }
            cause(platform, adapter).ifPresent(cause -> {
                throw new CommandFailure(ExitStatus.ADAPTER_UNAVAILABLE, cause);
            });
        }
        throw new CommandFailure(ExitStatus.ADAPTER_UNAVAILABLE, notUp(platform, adapter));
    }

    /** Why an adapter cannot be used. */
    static Optional<String> cause(final Platform platform, final String adapter) {
        return platform.backend(adapter)
                .filter(properties -> Boolean.FALSE.equals(properties.get(ServiceProperties.AVAILABLE)))
                .map(properties -> properties
                        .getOrDefault(ServiceProperties.UNAVAILABLE_CAUSE, "no cause given")
                        .toString());
    }

    private static String notUp(final Platform platform, final String adapter) {
        final String state = platform.adapters().stream()
                .filter(snapshot -> snapshot.name().equals(adapter))
                .findFirst()
                .map(snapshot -> "it is " + snapshot.state() + ", "
                        + snapshot.unavailableCause().orElse("families " + snapshot.addressFamilies()))
                .orElse("nobody registered it");
        return "adapter " + adapter + " did not come up within " + ADAPTER.toSeconds() + " s: " + state;
    }

    /**
     * Waits until a condition holds, which is tried at once and then every so often.
     *
     * @return whether it holds; {@code false} when the time is up
     */
    static boolean until(final BooleanSupplier condition, final Duration time) {
        final long start = System.nanoTime();
        final CompletableFuture<Void> never = new CompletableFuture<>();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - start >= time.toNanos()) {
                return false;
            }
            within(never, LOOK);
        }
        return true;
    }

    /**
     * Waits for a result.
     *
     * @return the result, empty when the time is up
     */
    static <T> Optional<T> within(final CompletableFuture<T> future, final Duration time) {
        try {
            return Optional.ofNullable(future.get(time.toNanos(), TimeUnit.NANOSECONDS));
        } catch (final TimeoutException e) {
            return Optional.empty();
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(ExitStatus.FAULTS, "interrupted");
        }
    }
}
