// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.SwapPolicy;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;

/** What the configuration says of one adapter: a service of this bundle to itself, which the core's component gathers. */
@Component(
        name = AdapterPolicy.PID,
        configurationPid = AdapterPolicy.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        service = AdapterPolicy.class)
@Designate(ocd = AdapterConfig.class, factory = true)
public final class AdapterPolicy {
    /** The factory PID. */
    static final String PID = "dev.condis.core.adapter";

    private volatile Optional<Entry> entry;

    /**
     * The policy of an adapter.
     *
     * @param adapter name of the logical adapter
     * @param policy what it does when its backend changes
     */
    record Entry(String adapter, SwapPolicy policy) {
        Entry {
            if (adapter.isBlank()) {
                throw new IllegalArgumentException("adapter is blank");
            }
        }
    }

    /**
     * Called by Declarative Services.
     *
     * @param config of one adapter
     */
    @Activate
    public AdapterPolicy(final AdapterConfig config) {
        entry = read(config);
    }

    /** The core hears of it after this, as of any change of a service's properties. */
    @Modified
    void modified(final AdapterConfig config) {
        entry = read(config);
    }

    private static Optional<Entry> read(final AdapterConfig config) {
        return SwapSettings.read(
                PID, () -> new Entry(Optional.ofNullable(config.adapter()).orElse(""), SwapSettings.of(config)));
    }

    /** What it says, empty when it is wrong. */
    Optional<Entry> entry() {
        return entry;
    }
}
