// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.net.WallClockTime;
import dev.condis.api.ServiceProperties;
import dev.condis.api.callmgr.CallManager;
import java.time.Duration;
import java.util.Dictionary;
import java.util.Hashtable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** One stand-alone signaling engine: a configuration becomes a call manager service with a thread of its own. */
@Component(
        name = SimCallManagerComponent.PID,
        service = {},
        immediate = true,
        configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = SimCallManagerConfig.class, factory = true)
public final class SimCallManagerComponent {

    /** The factory PID. */
    public static final String PID = "dev.condis.callmgr.sim";

    private final SimTime time;
    private final ServiceRegistration<CallManager> registration;

    /**
     * Makes the engine and registers it; called by Declarative Services.
     *
     * @param context of the bundle that registers it
     * @param config the configuration
     */
    @Activate
    public SimCallManagerComponent(BundleContext context, SimCallManagerConfig config) {
        time = new WallClockTime("callmgr-" + config.name());
        SimCallManagerOptions options = new SimCallManagerOptions(
                Duration.ofMillis(Math.max(1, config.signaling_timeout_millis())),
                Duration.ofMillis(Math.max(1, config.answer_timeout_millis())),
                config.activate_before_offer(),
                config.reuse_vcs());
        Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.DRIVER_NAME, config.name());
        properties.put(ServiceProperties.ADAPTER_TARGET, config.target());
        registration = context.registerService(CallManager.class, new SimCallManager(time, options), properties);
    }

    /** Takes the service back and ends the thread; called by Declarative Services. */
    @Deactivate
    public void deactivate() {
        // Clients are told and calls closed inside unregister, while the engine still runs.
        registration.unregister();
        time.close();
    }
}
