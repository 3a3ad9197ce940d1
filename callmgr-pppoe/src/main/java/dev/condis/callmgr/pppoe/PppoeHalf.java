// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.ServiceProperties;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CallManagerFactory;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.WeakHashMap;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.component.annotations.Modified;
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

    /** The halves that are there; guarded by this, which is held for a moment only. Nobody tells when one is not needed any more. */
    private final Set<PppoeComponent> made = Collections.newSetFromMap(new WeakHashMap<>());

    private PppoeComponent.Config config;

    /**
     * Starts with a configuration, or the defaults.
     *
     * @param config the configuration
     */
    @Activate
    public PppoeHalf(final PppoeComponent.Config config) {
        this.config = config;
    }

    /**
     * Goes on with another configuration, in the halves that are there, too. No session ends by that.
     *
     * @param next the configuration
     */
    @Modified
    public void modified(final PppoeComponent.Config next) {
        final List<PppoeComponent> there;
        synchronized (this) {
            config = next;
            there = List.copyOf(made);
        }
        there.forEach(half -> half.modified(next));
    }

    @Override
    public synchronized CallManager create() {
        final PppoeComponent half = new PppoeComponent(config);
        made.add(half);
        return half;
    }
}
