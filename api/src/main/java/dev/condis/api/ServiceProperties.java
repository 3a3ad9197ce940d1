// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/**
 * Names of the service properties with which miniports, call managers and clients are registered. Units are in the names.
 */
public final class ServiceProperties {
    /** Miniport: name of the logical adapter, {@code String}, required. All miniports with one name are candidates for it. */
    public static final String ADAPTER = "condis.adapter";
    /** Miniport: what it is attached to, {@code String}, the name of a {@link Medium}, required. */
    public static final String MEDIUM = "condis.medium";
    /** Miniport: speed of the link in bits per second, {@code Long}. */
    public static final String LINK_SPEED_BPS = "condis.link.speed.bps";
    /** Miniport: version of the backend, {@code String}. */
    public static final String VERSION = "condis.version";
    /** Miniport: what the backend can do beyond the required, {@code String+}. */
    public static final String CAPABILITIES = "condis.capabilities";
    /** Miniport: whether the hardware can be used now, {@code Boolean}; {@code true} when missing. */
    public static final String AVAILABLE = "condis.available";
    /** Miniport: why {@link #AVAILABLE} is {@code false}, {@code String}. */
    public static final String UNAVAILABLE_CAUSE = "condis.unavailable.cause";
    /**
     * Miniport: the wire on which it hears every frame, {@code String}. Backends that name the same one see a frame with the same receive time
     * stamp; when one takes over from the other, both listen for a moment, and the core lets each frame through once. Such a
     * miniport implements {@link dev.condis.api.miniport.CoMiniport#flushReceives()}. Missing when the miniport shares its wire with
     * nobody, or its time stamps are its own.
     */
    public static final String WIRE = "condis.wire";
    /**
     * Client and call manager: the adapters to bind to, {@code String}, an OSGi filter over the properties of the miniport,
     * for example {@code (condis.adapter=atm0)}. All adapters when missing.
     */
    public static final String ADAPTER_TARGET = "condis.adapter.target";
    /** Client and call manager: a name for logs and tables, {@code String}. */
    public static final String DRIVER_NAME = "condis.driver.name";
    /** Maker of call managers ({@link dev.condis.api.callmgr.CallManagerFactory}): what they signal, {@code String}, for example {@code pppoe}. */
    public static final String SIGNALING = "condis.signaling";
    /**
     * Health check (a service of {@code org.apache.felix.hc.api}): the backends that it is about, {@code String}, an OSGi filter over the
     * properties of the miniport, for example {@code (condis.version=1.2)}. While the check is critical they stand behind all other candidates for
     * their adapters.
     */
    public static final String HEALTH_TARGET = "condis.health.target";

    private ServiceProperties() {}
}
