// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.SwapPolicy;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.service.component.ComponentException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes a policy of configured values. */
final class SwapSettings {
    /** How long VCs wait for a backend. */
    static final long DEFAULT_GRACE_MILLIS = 10_000;

    /** How long a backend may take to complete what it has. */
    static final long DEFAULT_DRAIN_MILLIS = 5_000;

    /** How long a backend may have sends of a VC and complete none of them. */
    static final long DEFAULT_COMPLETION_MILLIS = 30_000;

    private static final Logger LOG = LoggerFactory.getLogger(SwapSettings.class);

    private SwapSettings() {}

    static SwapPolicy of(final CoreConfig config) {
        return new SwapPolicy(
                Duration.ofMillis(config.swap_grace_millis()),
                config.swap_hold_limit(),
                config.swap_delivery(),
                config.swap_failback(),
                Duration.ofMillis(config.swap_stable_millis()),
                Duration.ofMillis(config.swap_drain_millis()),
                Duration.ofMillis(config.swap_completion_millis()));
    }

    static SwapPolicy of(final AdapterConfig config) {
        return new SwapPolicy(
                Duration.ofMillis(config.swap_grace_millis()),
                config.swap_hold_limit(),
                config.swap_delivery(),
                config.swap_failback(),
                Duration.ofMillis(config.swap_stable_millis()),
                Duration.ofMillis(config.swap_drain_millis()),
                Duration.ofMillis(config.swap_completion_millis()));
    }

    /** A configuration that makes no sense is logged, and does not count. */
    static <T> Optional<T> read(final String pid, final Supplier<T> values) {
        try {
            return Optional.of(values.get());
        } catch (final IllegalArgumentException | ComponentException e) {
            LOG.error("configuration {} does not count, it is wrong: {}", pid, e.getMessage());
            return Optional.empty();
        }
    }
}
