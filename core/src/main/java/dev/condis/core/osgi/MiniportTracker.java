// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import java.time.Duration;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings miniports and MCMs to the engine, and what changes about them: their ranking, and whether they can be used. */
final class MiniportTracker extends DriverTracker<MiniportDriver, MiniportRegistration> {
    private static final Logger LOG = LoggerFactory.getLogger(MiniportTracker.class);

    MiniportTracker(
            final BundleContext context,
            final NdisEngine engine,
            final PassiveThreads threads,
            final Duration patience) {
        super(
                context,
                anyMiniport(),
                (reference, driver) -> engine.registerMiniport(ServiceDescription.miniport(reference), driver),
                threads,
                patience);
    }

    private static Filter anyMiniport() {
        try {
            return FrameworkUtil.createFilter("(|(" + Constants.OBJECTCLASS + "=" + CoMiniport.class.getName() + ")("
                    + Constants.OBJECTCLASS + "=" + MiniportCallManager.class.getName() + "))");
        } catch (final InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void modifiedService(
            final ServiceReference<MiniportDriver> reference, final MiniportRegistration registration) {
        try {
            registration.update(ServiceDescription.miniport(reference));
        } catch (final IllegalArgumentException e) {
            LOG.error("a change of a backend is ignored: {}", e.getMessage());
        }
    }
}
