// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.PermanentCircuit;
import dev.condis.adapter.sim.net.SimNetwork;
import dev.condis.api.NdisResult;
import dev.condis.api.ServiceProperties;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Optional;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One simulated adapter: a configuration becomes a miniport service or an MCM service, and a {@link SimMiniport} service
 * for faults, statistics and captures. What cannot be configured is registered as unavailable, with the cause.
 */
@Component(
        name = SimAdapter.PID,
        service = {},
        immediate = true,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = SimAdapterConfig.class, factory = true)
public final class SimAdapter {

    /** The factory PID. */
    public static final String PID = "dev.condis.adapter.sim";

    private static final Logger LOG = LoggerFactory.getLogger(SimAdapter.class);

    private final List<ServiceRegistration<?>> registrations = new ArrayList<>();
    private final List<PermanentCircuit> circuits = new ArrayList<>();
    private Optional<SimNetworks.Lease> lease = Optional.empty();
    private Optional<MiniportDriver> driver = Optional.empty();

    /**
     * Makes the adapter and registers its services; called by Declarative Services.
     *
     * @param context of the bundle that registers them
     * @param networks where the network is found or made
     * @param config the configuration
     */
    @Activate
    public SimAdapter(BundleContext context, @Reference SimNetworks networks, SimAdapterConfig config) {
        try {
            start(context, networks, config, SimSettings.of(config));
        } catch (IllegalArgumentException | ArithmeticException e) {
            registerUnavailable(context, config, e.getMessage());
        }
    }

    private void start(BundleContext context, SimNetworks networks, SimAdapterConfig config, SimSettings settings) {
        NdisResult<SimNetworks.Lease> acquired = networks.acquire(settings.network());
        if (!acquired.isSuccess()) {
            registerUnavailable(context, config, acquired.toString());
            return;
        }
        lease = acquired.value();
        SimNetwork network = acquired.get().network();
        settings.permanentCircuits().forEach(circuit -> addCircuit(acquired.get(), circuit));
        Dictionary<String, Object> properties = properties(config, true);
        SimMiniport miniport;
        if (settings.mcm()) {
            SimMcm mcm = new SimMcm(network, settings.nic(), settings.signaling());
            miniport = mcm.miniport();
            captureInto(miniport, config);
            driver = Optional.of(mcm);
            registrations.add(context.registerService(MiniportCallManager.class, mcm, properties));
        } else {
            miniport = new SimMiniport(network, settings.nic());
            captureInto(miniport, config);
            driver = Optional.of(miniport);
            registrations.add(context.registerService(CoMiniport.class, miniport, properties));
        }
        registrations.add(context.registerService(SimMiniport.class, miniport, properties));
    }

    private static void captureInto(SimMiniport miniport, SimAdapterConfig config) {
        if (!config.capture_file().isBlank()) {
            miniport.captureFromStart(Path.of(config.capture_file()));
        }
    }

    private void addCircuit(SimNetworks.Lease share, PermanentCircuit circuit) {
        if (share.addPermanentCircuit(circuit)) {
            circuits.add(circuit);
        } else {
            LOG.warn(
                    "{} cannot be made on {}: a label is taken or reserved, or it is not ATM",
                    circuit,
                    share.network());
        }
    }

    private void registerUnavailable(BundleContext context, SimAdapterConfig config, String cause) {
        LOG.warn("Adapter {} is unavailable: {}", config.name(), cause);
        Dictionary<String, Object> properties = properties(config, false);
        properties.put(ServiceProperties.UNAVAILABLE_CAUSE, cause);
        registrations.add(context.registerService(CoMiniport.class, new UnavailableNic(cause), properties));
    }

    private static Dictionary<String, Object> properties(SimAdapterConfig config, boolean available) {
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.ADAPTER, config.name());
        properties.put(ServiceProperties.MEDIUM, config.medium());
        properties.put(ServiceProperties.LINK_SPEED_BPS, Math.max(0, config.rate_bps()));
        properties.put(ServiceProperties.AVAILABLE, available);
        return properties;
    }

    /** Takes the services back and leaves the network; called by Declarative Services. */
    @Deactivate
    public void deactivate() {
        // Whoever uses the adapter is drained inside unregister, while it still works.
        registrations.forEach(ServiceRegistration::unregister);
        registrations.clear();
        driver.ifPresent(present -> present.halt(MiniportDriver.HaltAction.DEVICE_DISABLED));
        lease.ifPresent(share -> circuits.forEach(share::removePermanentCircuit));
        lease.ifPresent(SimNetworks.Lease::close);
        lease = Optional.empty();
    }
}
