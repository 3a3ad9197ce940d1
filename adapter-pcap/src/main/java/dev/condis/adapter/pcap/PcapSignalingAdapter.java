// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.callmgr.CallManagerFactory;
import java.time.Clock;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;

/**
 * One configured adapter with signaling: registers a {@link dev.condis.api.miniport.MiniportCallManager} of the miniport half that is here and the
 * call manager half that a {@link CallManagerFactory} makes. It is there as long as the factory is. The property {@code signaling.target} says which
 * factory, for example {@code (condis.signaling=pppoe)}; the other attributes are those of {@link PcapAdapter}, {@code mode} means nothing.
 */
@Component(
        name = PcapSignalingAdapter.PID,
        configurationPid = PcapSignalingAdapter.PID,
        configurationPolicy = ConfigurationPolicy.REQUIRE,
        immediate = true,
        service = {},
        property = "signaling.target=(condis.signaling=pppoe)")
@Designate(ocd = PcapAdapterConfig.class, factory = true)
public final class PcapSignalingAdapter {

    /** The factory PID. */
    public static final String PID = "dev.condis.adapter.pcap.signaling";

    private final PcapAdapter adapter;

    /**
     * Activates the component.
     *
     * @param context the bundle's context
     * @param config the configuration
     * @param signaling makes the half that signals
     */
    @Activate
    public PcapSignalingAdapter(
            final BundleContext context,
            final PcapAdapterConfig config,
            @Reference(name = "signaling") final CallManagerFactory signaling) {
        adapter = new PcapAdapter(context, config, Clock.systemUTC(), Optional.of(signaling));
    }

    /** Unregisters the service, during which the core closes the calls, while the half that signals still works. */
    @Deactivate
    void deactivate() {
        adapter.deactivate();
    }
}
