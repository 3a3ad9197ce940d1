// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.Medium;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.status.StatusIndication;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link PppoeCallManager} as a service: one for each configuration of {@value #PID}. A changed configuration ends no session.
 */
@Component(
        service = CallManager.class,
        configurationPid = PppoeComponent.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PppoeComponent.Config.class, factory = true)
public final class PppoeComponent implements CallManager {
    static final String PID = "dev.condis.callmgr.pppoe";

    private static final Logger LOG = LoggerFactory.getLogger(PppoeComponent.class);

    /** What an operator can say. The names of the attributes are those of the service properties. */
    @ObjectClassDefinition(
            name = "Condis PPPoE",
            description =
                    "A call manager for PPP over Ethernet (RFC 2516, RFC 4638) above any Ethernet miniport: host and"
                            + " access concentrator.")
    @interface Config {
        /** Filter over the properties of the miniports. */
        @AttributeDefinition(
                name = "Adapters",
                required = false,
                description = "OSGi filter over the service properties of the miniports to bind to, for example "
                        + "(condis.adapter=eth0).")
        String condis_adapter_target() default "(condis.medium=ETHERNET)";

        /** Name in logs and tables. */
        @AttributeDefinition(name = "Name", description = "Name in logs and tables.")
        String condis_driver_name() default "pppoe";

        /** Name of this access concentrator. */
        @AttributeDefinition(
                name = "AC name",
                description = "The name that this access concentrator has in its offers; at most 255 octets.")
        String acName() default "condis";

        /** Where there is signaling. */
        @AttributeDefinition(
                name = "Links",
                required = false,
                description = "Where there is signaling: 'untagged', or a stack of VLAN tags such as vlan:7 or"
                        + " svlan:200/vlan:7. Empty: untagged.")
        String[] links() default {};

        /** Bound on sessions. */
        @AttributeDefinition(
                name = "Sessions",
                required = false,
                description = "Most sessions of an adapter, 1..65534, being made or established, of both roles.")
        int maxSessions() default DiscoveryPacket.LAST_SESSION_ID;

        /** Bound on the sessions of a station. */
        @AttributeDefinition(
                name = "Sessions of a peer",
                required = false,
                description = "Most sessions that one station can have at this access concentrator.")
        int maxSessionsPerPeer() default DiscoveryPacket.LAST_SESSION_ID;

        /** Largest payload. */
        @AttributeDefinition(
                name = "Largest payload",
                required = false,
                description =
                        "Largest PPP payload in octets that is granted and asked for, 1492..65533 (RFC 4638); the link"
                                + " has to carry 8 more.")
        int maxPayload() default 1492;

        /** First waiting time. */
        @AttributeDefinition(
                name = "Retransmission",
                required = false,
                description =
                        "Milliseconds until a host sends its first PADI or PADR again; each further time twice as long.")
        int retransmitMillis() default 1000;

        /** How often. */
        @AttributeDefinition(
                name = "Attempts",
                required = false,
                description =
                        "How often a host sends each, 1..10. All of it should take less than the core's deadline for"
                                + " operations, 30 seconds if nobody changed it.")
        int attempts() default 3;

        /** Life of an offer. */
        @AttributeDefinition(
                name = "Cookie life",
                required = false,
                description = "Seconds for which an offer of this access concentrator holds.")
        int cookieSeconds() default 60;

        /** Time for answers. */
        @AttributeDefinition(
                name = "Discovery",
                required = false,
                description = "Milliseconds for which the answers to OID_PPPOE_DISCOVER are gathered.")
        int discoveryMillis() default 2000;

        /** Time to choose. */
        @AttributeDefinition(
                name = "Offers",
                required = false,
                description =
                        "Milliseconds, 0..10000, for which a host gathers further offers after the first one that fits, to"
                                + " take the best. 0: it takes the first.")
        int offerMillis() default 0;

        /** What the console shows. */
        String webconsole_configurationFactory_nameHint() default "{acName}: {links}";
    }

    /** Adapters that wait for a configuration that is right; guarded by this, which is held for a moment only. */
    private final Set<CmBinding> waiting = new HashSet<>();

    private Optional<PppoeCallManager> callManager = Optional.empty();

    /**
     * Starts with a configuration. One that is wrong is logged; then nothing is signaled until there is one that is right.
     *
     * @param config the configuration
     */
    @Activate
    public PppoeComponent(final Config config) {
        callManager = read(config).map(settings -> new PppoeCallManager(settings, LoopThread::new, new SecureRandom()));
    }

    private static Optional<PppoeSettings> read(final Config config) {
        try {
            return Optional.of(settings(config));
        } catch (final IllegalArgumentException e) {
            LOG.error("the configuration of PPPoE '{}' is wrong and not used: {}", config.acName(), e.getMessage());
            return Optional.empty();
        }
    }

    /**
     * Goes on with another configuration. No session ends by that, also where it allows fewer than there are; a wrong one is logged, and the one
     * before stays. Service properties, which say where this is bound, are the core's affair.
     *
     * @param config the configuration
     */
    @Modified
    public void modified(final Config config) {
        read(config).ifPresent(this::change);
    }

    private void change(final PppoeSettings settings) {
        final List<CmBinding> late;
        final PppoeCallManager changed;
        synchronized (this) {
            late = List.copyOf(waiting);
            waiting.clear();
            changed = callManager.orElseGet(() -> new PppoeCallManager(settings, LoopThread::new, new SecureRandom()));
            callManager = Optional.of(changed);
        }
        changed.change(settings);
        late.forEach(changed::bindAdapter);
    }

    static PppoeSettings settings(final Config config) {
        return new PppoeSettings(
                config.acName(),
                PppoeSettings.links(Arrays.asList(config.links())),
                new PppoeSettings.Limits(config.maxSessions(), config.maxSessionsPerPeer(), config.maxPayload()),
                new PppoeSettings.Timing(
                        Duration.ofMillis(config.retransmitMillis()),
                        config.attempts(),
                        Duration.ofSeconds(config.cookieSeconds()),
                        Duration.ofMillis(config.discoveryMillis()),
                        Duration.ofMillis(config.offerMillis())));
    }

    /** The call manager; an adapter that finds none waits for it. */
    private synchronized Optional<PppoeCallManager> callManagerOr(final CmBinding binding) {
        if (callManager.isEmpty()) {
            waiting.add(binding);
        }
        return callManager;
    }

    @Override
    public NdisStatus bindAdapter(final CmBinding binding) {
        if (binding.adapter().medium() != Medium.ETHERNET) {
            return NdisStatus.UNSUPPORTED_MEDIA;
        }
        return callManagerOr(binding).map(there -> there.bindAdapter(binding)).orElse(NdisStatus.SUCCESS);
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        final Optional<PppoeCallManager> there;
        synchronized (this) {
            waiting.remove(binding);
            there = callManager;
        }
        return there.map(bound -> bound.unbindAdapter(binding))
                .orElseGet(() -> CallManager.super.unbindAdapter(binding));
    }

    @Override
    public void status(final CmBinding binding, final StatusIndication indication) {
        final Optional<PppoeCallManager> there;
        synchronized (this) {
            there = callManager;
        }
        there.ifPresent(bound -> bound.status(binding, indication));
    }
}
