// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.ServiceProperties;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CallManagerFactory;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * PPPoE for adapters that make it their own signaling: hands out call managers that become halves of miniport call managers. Works without a
 * configuration; one of {@value #PID} changes what {@link PppoeComponent.Config} says, where the filter over adapters and the name mean nothing.
 */
@Component(
        service = CallManagerFactory.class,
        configurationPid = PppoeHalf.PID,
        configurationPolicy = ConfigurationPolicy.OPTIONAL,
        property = ServiceProperties.SIGNALING + "=pppoe")
@Designate(ocd = PppoeComponent.Config.class)
public final class PppoeHalf implements CallManagerFactory {
    static final String PID = "dev.condis.callmgr.pppoe.half";

    private final PppoeComponent.Config config;

    /**
     * Starts with a configuration, or the defaults.
     *
     * @param config the configuration
     */
    @Activate
    public PppoeHalf(final PppoeComponent.Config config) {
        this.config = config;
    }

    @Override
    public CallManager create() {
        return new PppoeComponent(config);
    }
}
