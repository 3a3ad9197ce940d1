// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * What the engine knows of a client or a call manager.
 *
 * @param name its name in logs and tables
 * @param target the adapters that it is to be bound to
 */
public record DriverDescriptor(String name, Predicate<AdapterInfo> target) {
    /** Checks that nothing is missing. */
    public DriverDescriptor {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(target, "target");
    }

    /**
     * A driver for every adapter.
     *
     * @param name its name
     * @return the descriptor
     */
    public static DriverDescriptor everywhere(final String name) {
        return new DriverDescriptor(name, info -> true);
    }

    /**
     * A driver for one adapter.
     *
     * @param name its name
     * @param adapter the name of the adapter
     * @return the descriptor
     */
    public static DriverDescriptor on(final String name, final String adapter) {
        return new DriverDescriptor(name, info -> info.name().equals(adapter));
    }
}
