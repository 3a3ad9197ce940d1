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
 * @param wire the wire on which it hears every frame, with the receive time stamp that any other backend on that wire sees; empty when it does
 *     not, or shares it with nobody
 */
public record MiniportDescriptor(
        AdapterInfo info, int ranking, long serviceId, Optional<String> unavailableCause, Optional<String> wire) {
    /** Checks that nothing is missing. */
    public MiniportDescriptor {
        Objects.requireNonNull(info, "info");
        Objects.requireNonNull(unavailableCause, "unavailableCause");
        Objects.requireNonNull(wire, "wire");
    }

    /**
     * A backend that shares its wire with nobody.
     *
     * @param info the logical adapter that it can carry
     * @param ranking the higher one is preferred
     * @param serviceId of equal rankings the lower one is preferred
     * @param unavailableCause why the backend cannot be used now
     */
    public MiniportDescriptor(
            final AdapterInfo info, final int ranking, final long serviceId, final Optional<String> unavailableCause) {
        this(info, ranking, serviceId, unavailableCause, Optional.empty());
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
