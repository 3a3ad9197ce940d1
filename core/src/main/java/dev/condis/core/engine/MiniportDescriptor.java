// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import java.util.Objects;
import java.util.Optional;

/**
 * What the engine knows of a backend.
 *
 * @param info the logical adapter that it can carry, and how
 * @param ranking the higher one is preferred
 * @param serviceId of equal rankings the lower one is preferred
 * @param unavailableCause why the backend cannot be used now, empty when it can
 */
public record MiniportDescriptor(AdapterInfo info, int ranking, long serviceId, Optional<String> unavailableCause) {
    /** Checks that nothing is missing. */
    public MiniportDescriptor {
        Objects.requireNonNull(info, "info");
        Objects.requireNonNull(unavailableCause, "unavailableCause");
    }

    /**
     * A backend that can be used.
     *
     * @param info the logical adapter that it can carry
     * @return the descriptor, with a ranking and an id of 0
     */
    public static MiniportDescriptor of(final AdapterInfo info) {
        return new MiniportDescriptor(info, 0, 0, Optional.empty());
    }
}
