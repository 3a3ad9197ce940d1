// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.Registration;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Filter;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings clients or call managers to the engine. One whose target changes is unbound from every adapter and bound to those that match
 * now.
 *
 * @param <D> the type of the service
 */
final class BoundDriverTracker<D> extends DriverTracker<D, BoundDriverTracker.Target> {
    private static final Logger LOG = LoggerFactory.getLogger(BoundDriverTracker.class);

    BoundDriverTracker(
            final BundleContext context,
            final Class<D> type,
            final BiFunction<DriverDescriptor, D, Registration> registrar,
            final PassiveThreads threads,
            final Duration patience) {
        super(
                context,
                services(type),
                (reference, driver) -> new Target(
                        ServiceDescription.targetOf(reference),
                        () -> registrar.apply(ServiceDescription.driver(reference), driver)),
                threads,
                patience);
    }

    private static Filter services(final Class<?> type) {
        try {
            return FrameworkUtil.createFilter("(" + Constants.OBJECTCLASS + "=" + type.getName() + ")");
        } catch (final InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void modifiedService(final ServiceReference<D> reference, final Target target) {
        try {
            target.change(ServiceDescription.targetOf(reference));
        } catch (final IllegalArgumentException e) {
            LOG.error("a change of a driver is ignored: {}", e.getMessage());
        }
    }

    /** A registration that is made anew when the target changes. */
    static final class Target implements Registration {
        /** Registers the driver as its service properties say at that moment. */
        @FunctionalInterface
        interface Registrar {
            Registration register();
        }

        private final Registrar registrar;
        private String target;
        private Registration current;

        Target(final String target, final Registrar registrar) {
            this.target = target;
            this.registrar = registrar;
            current = registrar.register();
        }

        synchronized void change(final String newTarget) {
            if (Objects.equals(target, newTarget)) {
                return;
            }
            // first unbound everywhere, then bound: adapters have no order among each other
            current = new Successor(current.unregister().thenApply(done -> registrar.register()));
            target = newTarget;
        }

        @Override
        public synchronized CompletionStage<Void> ready() {
            return current.ready();
        }

        @Override
        public synchronized CompletionStage<Void> unregister() {
            return current.unregister();
        }
    }

    /** A registration that is made when the one before has ended. */
    private record Successor(CompletionStage<Registration> registration) implements Registration {
        @Override
        public CompletionStage<Void> ready() {
            return registration.thenCompose(Registration::ready);
        }

        @Override
        public CompletionStage<Void> unregister() {
            return registration.thenCompose(Registration::unregister);
        }
    }
}
