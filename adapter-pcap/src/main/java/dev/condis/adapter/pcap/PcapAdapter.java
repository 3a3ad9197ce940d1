// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.Medium;
import dev.condis.api.ServiceProperties;
import dev.condis.api.callmgr.CallManagerFactory;
import dev.condis.api.media.CaptureProperties;
import dev.condis.api.media.MacAddress;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.Dictionary;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.osgi.annotation.bundle.Capability;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One configured adapter: registers a {@link CoMiniport} or {@link MiniportCallManager} whose properties say whether the hardware
 * can be used, and if not, why. Activation never throws; what is missing is found out again when the configuration changes.
 */
@Component(
        name = PcapAdapter.PID,
        configurationPid = PcapAdapter.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true,
        service = {})
@Designate(ocd = PcapAdapterConfig.class, factory = true)
@Capability(
        namespace = "osgi.service",
        attribute =
                "objectClass:List<String>='dev.condis.api.miniport.CoMiniport,dev.condis.api.miniport.MiniportCallManager'",
        effective = "active")
public final class PcapAdapter {

    /** The factory PID. */
    public static final String PID = "dev.condis.adapter.pcap";

    private static final Logger LOG = LoggerFactory.getLogger(PcapAdapter.class);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Object lock = new Object();
    private final Map<String, Object> properties = new HashMap<>();
    private final Optional<MiniportDriver> driver;
    private Optional<ServiceRegistration<?>> registration = Optional.empty();

    /**
     * Activates the component.
     *
     * @param context the bundle's context
     * @param config the configuration
     */
    @Activate
    public PcapAdapter(final BundleContext context, final PcapAdapterConfig config) {
        this(context, config, Clock.systemUTC(), Optional.empty());
    }

    /**
     * Makes the adapter.
     *
     * @param signaling makes the half that signals; empty for an adapter as the configuration says
     */
    PcapAdapter(
            final BundleContext context,
            final PcapAdapterConfig config,
            final Clock clock,
            final Optional<CallManagerFactory> signaling) {
        driver = settings(config)
                .map(settings -> driver(
                        settings,
                        new PcapHost(() -> epochNanos(clock), new PublishedStatus(), new SystemLinkProbe()),
                        signaling));
        driver.ifPresent(made -> register(context, made));
    }

    private static long epochNanos(final Clock clock) {
        final Instant now = clock.instant();
        return now.getEpochSecond() * NANOS_PER_SECOND + now.getNano();
    }

    private Optional<PcapSettings> settings(final PcapAdapterConfig config) {
        try {
            return Optional.of(read(config));
        } catch (IllegalArgumentException e) {
            LOG.error(
                    "adapter '{}' is not started, its configuration is wrong: {}",
                    config.condis_adapter(),
                    e.getMessage());
            return Optional.empty();
        }
    }

    static PcapSettings read(final PcapAdapterConfig config) {
        return new PcapSettings(
                Optional.ofNullable(config.condis_adapter()).orElse(""),
                Optional.of(config.source()).filter(text -> !text.isBlank()),
                config.mode(),
                Optional.of(config.writeFile()).filter(text -> !text.isBlank()).map(PcapAdapter::path),
                new PcapSettings.Live(
                        config.profile(),
                        config.snaplen(),
                        config.bufferBytes(),
                        config.timeoutMillis(),
                        config.promiscuous(),
                        config.direction(),
                        config.filter(),
                        config.timestampPrecision()),
                new PcapSettings.FileReading(
                        config.startAfter(),
                        config.startDelayMillis(),
                        config.maxInflatedBytes(),
                        config.connectWaitMillis(),
                        config.speed()),
                new PcapSettings.Limits(config.maxFlows(), config.maxHeldPdus(), config.pduBytes(), config.buffers()),
                MacAddress.parse(config.localAddress()));
    }

    private static Path path(final String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw new IllegalArgumentException("not a path: " + text, e);
        }
    }

    private MiniportDriver driver(
            final PcapSettings settings, final PcapHost host, final Optional<CallManagerFactory> signaling) {
        properties.put(ServiceProperties.ADAPTER, settings.name());
        properties.put(ServiceProperties.MEDIUM, Medium.ETHERNET.name());
        properties.put(ServiceProperties.VERSION, Libpcap.version());
        properties.put(ServiceProperties.CAPABILITIES, capabilities(settings));
        probe(settings, host);
        if (signaling.isPresent()) {
            return new PcapHalves(
                    new PcapMiniport(settings, host), signaling.get().create());
        }
        return settings.mode() == PcapSettings.Mode.MCM
                ? new PcapMcm(settings, host)
                : new PcapMiniport(settings, host);
    }

    private static String[] capabilities(final PcapSettings settings) {
        final boolean sends = !settings.readsFile() || settings.writeFile().isPresent();
        final boolean receives = settings.source().isPresent();
        return sends && receives ? new String[] {"send", "receive"} : new String[] {sends ? "send" : "receive"};
    }

    private void probe(final PcapSettings settings, final PcapHost host) {
        try {
            final LinkType type = LinkParts.probe(settings, host.backend());
            if (type == LinkType.SUNATM) {
                properties.put(ServiceProperties.MEDIUM, Medium.ATM.name());
            }
            properties.put(ServiceProperties.AVAILABLE, true);
            settings.source()
                    .filter(source -> !settings.readsFile())
                    .ifPresent(source -> describe(source, settings.live(), host.linkProbe()));
        } catch (CaptureException e) {
            LOG.warn("adapter {} is unavailable: {}", settings.name(), e.getMessage());
            properties.put(ServiceProperties.AVAILABLE, false);
            properties.put(ServiceProperties.UNAVAILABLE_CAUSE, e.getMessage());
        }
    }

    private void describe(final String source, final PcapSettings.Live live, final LinkProbe linkProbe) {
        final long speed = linkProbe.state(source).transmitBps();
        if (speed > 0) {
            properties.put(ServiceProperties.LINK_SPEED_BPS, speed);
        }
        // who sees other frames, or stamps cut off elsewhere, does not hear the same
        linkProbe
                .wire(source)
                .map(wire -> String.join(
                                " ",
                                wire,
                                live.direction().name(),
                                live.precision().name(),
                                live.filter())
                        .strip())
                .ifPresent(wire -> properties.put(ServiceProperties.WIRE, wire));
    }

    private void register(final BundleContext context, final MiniportDriver made) {
        final Dictionary<String, Object> initial;
        synchronized (lock) {
            initial = FrameworkUtil.asDictionary(Map.copyOf(properties));
        }
        final Class<?> type = made instanceof MiniportCallManager ? MiniportCallManager.class : CoMiniport.class;
        final ServiceRegistration<?> registered = context.registerService(type.getName(), made, initial);
        synchronized (lock) {
            registration = Optional.of(registered);
        }
        // the core may have initialized the driver before the registration was here to be updated
        publish(Map.of());
    }

    private void publish(final Map<String, Object> changes) {
        synchronized (lock) {
            properties.putAll(changes);
            if (!changes.containsKey(ServiceProperties.UNAVAILABLE_CAUSE)
                    && Boolean.TRUE.equals(properties.get(ServiceProperties.AVAILABLE))) {
                properties.remove(ServiceProperties.UNAVAILABLE_CAUSE);
            }
        }
        update();
    }

    private void update() {
        final Optional<ServiceRegistration<?>> registered;
        final Dictionary<String, Object> now;
        synchronized (lock) {
            registered = registration;
            now = FrameworkUtil.asDictionary(Map.copyOf(properties));
        }
        try {
            registered.ifPresent(r -> r.setProperties(now));
        } catch (IllegalStateException e) {
            LOG.debug("the service is gone already", e);
        }
    }

    /** Unregisters the service, during which the core drains and halts the adapter, and makes sure that nothing is left. */
    @Deactivate
    void deactivate() {
        final Optional<ServiceRegistration<?>> registered;
        synchronized (lock) {
            registered = registration;
            registration = Optional.empty();
        }
        try {
            registered.ifPresent(ServiceRegistration::unregister);
        } catch (IllegalStateException e) {
            LOG.debug("the service is gone already", e);
        }
        driver.ifPresent(made -> made.halt(MiniportDriver.HaltAction.DEVICE_DISABLED));
    }

    /** The adapter's status as service properties. */
    private final class PublishedStatus implements LinkStatus {

        @Override
        public void opened() {
            publish(Map.of(ServiceProperties.AVAILABLE, true, CaptureProperties.STATE, CaptureProperties.STATE_OPEN));
        }

        @Override
        public void unavailable(final String cause) {
            publish(Map.of(ServiceProperties.AVAILABLE, false, ServiceProperties.UNAVAILABLE_CAUSE, cause));
        }

        @Override
        public void ended(final Optional<String> cause, final LinkCounters counters) {
            final Map<String, Object> changes = new HashMap<>();
            changes.put(CaptureProperties.STATE, CaptureProperties.STATE_ENDED);
            cause.ifPresent(text -> changes.put(CaptureProperties.CAUSE, text));
            changes.put(CaptureProperties.FRAMES, counters.get(LinkCounters.Received.FRAMES));
            changes.put(CaptureProperties.BYTES, counters.get(LinkCounters.Received.BYTES));
            changes.put(CaptureProperties.MALFORMED, counters.malformed());
            changes.put(CaptureProperties.OF_NO_VC, counters.get(LinkCounters.Received.OF_NO_VC));
            changes.put(CaptureProperties.LOST, counters.lost());
            changes.put(CaptureProperties.SUMMARY, counters.toString());
            publish(changes);
        }
    }
}
