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
import java.time.Duration;
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
    private final Optional<PcapSettings> settings;
    private final PcapHost host;
    private final Reappearance reappearance;
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

    /** What an adapter gets from the machine. */
    record Machine(Clock clock, LinkProbe linkProbe, FrameBackend backend, Duration look) {
        static Machine real(final Clock clock) {
            return new Machine(clock, new SystemLinkProbe(), new Pcap4jBackend(), Duration.ofSeconds(1));
        }
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
        this(context, config, Machine.real(clock), signaling);
    }

    /**
     * Makes the adapter.
     *
     * @param machine what it gets from the machine
     * @param signaling makes the half that signals; empty for an adapter as the configuration says
     */
    PcapAdapter(
            final BundleContext context,
            final PcapAdapterConfig config,
            final Machine machine,
            final Optional<CallManagerFactory> signaling) {
        settings = settings(config);
        host = new PcapHost(
                () -> epochNanos(machine.clock()), new PublishedStatus(), machine.linkProbe(), machine.backend());
        reappearance = new Reappearance(
                machine.look(),
                () -> ControlThread.create(config.condis_adapter()),
                () -> settings.map(this::reappeared).orElse(false));
        driver = settings.map(known -> driver(known, signaling));
        driver.ifPresent(made -> register(context, made));
        settings.ifPresent(this::lookIfMissing);
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

    private MiniportDriver driver(final PcapSettings known, final Optional<CallManagerFactory> signaling) {
        properties.put(ServiceProperties.ADAPTER, known.name());
        properties.put(ServiceProperties.MEDIUM, Medium.ETHERNET.name());
        properties.put(ServiceProperties.VERSION, Libpcap.version());
        properties.put(ServiceProperties.CAPABILITIES, capabilities(known));
        properties.putAll(probe(known));
        if (signaling.isPresent()) {
            return new PcapHalves(new PcapMiniport(known, host), signaling.get().create());
        }
        return known.mode() == PcapSettings.Mode.MCM ? new PcapMcm(known, host) : new PcapMiniport(known, host);
    }

    private static String[] capabilities(final PcapSettings settings) {
        final boolean sends = !settings.readsFile() || settings.writeFile().isPresent();
        final boolean receives = settings.source().isPresent();
        return sends && receives ? new String[] {"send", "receive"} : new String[] {sends ? "send" : "receive"};
    }

    private Map<String, Object> probe(final PcapSettings known) {
        try {
            return found(known);
        } catch (CaptureException e) {
            LOG.warn("adapter {} is unavailable: {}", known.name(), e.getMessage());
            return Map.of(ServiceProperties.AVAILABLE, false, ServiceProperties.UNAVAILABLE_CAUSE, e.getMessage());
        }
    }

    /** Looks whether the source can be opened. Returns the properties of one that can. */
    private Map<String, Object> found(final PcapSettings known) throws CaptureException {
        final Map<String, Object> found = new HashMap<>();
        if (LinkParts.probe(known, host.backend()) == LinkType.SUNATM) {
            found.put(ServiceProperties.MEDIUM, Medium.ATM.name());
        }
        found.put(ServiceProperties.AVAILABLE, true);
        known.source()
                .filter(source -> !known.readsFile())
                .ifPresent(source -> found.putAll(describe(source, known.live())));
        return found;
    }

    private Map<String, Object> describe(final String source, final PcapSettings.Live live) {
        final Map<String, Object> found = new HashMap<>();
        final long speed = host.linkProbe().state(source).transmitBps();
        if (speed > 0) {
            found.put(ServiceProperties.LINK_SPEED_BPS, speed);
        }
        // who sees other frames, or stamps cut off elsewhere, does not hear the same
        host.linkProbe()
                .wire(source)
                .map(wire -> String.join(
                                " ",
                                wire,
                                live.direction().name(),
                                live.precision().name(),
                                live.filter())
                        .strip())
                .ifPresent(wire -> found.put(ServiceProperties.WIRE, wire));
        return found;
    }

    /** A file is looked for when the configuration changes only: what broke off once breaks off again. */
    private void lookIfMissing(final PcapSettings known) {
        final boolean missing;
        synchronized (lock) {
            missing = Boolean.FALSE.equals(properties.get(ServiceProperties.AVAILABLE));
        }
        if (missing && known.source().isPresent() && !known.readsFile()) {
            reappearance.lost();
        }
    }

    /** Looks for an interface that was missing, and says so when it is there. */
    private boolean reappeared(final PcapSettings known) {
        try {
            final Map<String, Object> found = found(known);
            LOG.info("adapter {} can be used again", known.name());
            publish(found);
            return true;
        } catch (CaptureException e) {
            LOG.trace("adapter {} is still unavailable", known.name(), e);
            return false;
        }
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
        reappearance.close();
        driver.ifPresent(made -> made.halt(MiniportDriver.HaltAction.DEVICE_DISABLED));
    }

    /** The adapter's status as service properties. */
    private final class PublishedStatus implements LinkStatus {

        @Override
        public void opened() {
            reappearance.opened();
            publish(Map.of(ServiceProperties.AVAILABLE, true, CaptureProperties.STATE, CaptureProperties.STATE_OPEN));
        }

        @Override
        public void unavailable(final String cause) {
            publish(Map.of(ServiceProperties.AVAILABLE, false, ServiceProperties.UNAVAILABLE_CAUSE, cause));
            settings.ifPresent(PcapAdapter.this::lookIfMissing);
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
