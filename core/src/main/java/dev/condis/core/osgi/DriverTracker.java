// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.Registration;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.ServiceReference;
import org.osgi.util.tracker.ServiceTracker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the services of one kind of driver to the engine.
 * <p>
 * It is a tracker and not a Declarative Services reference because of the end: a service that is unregistering still works, and this
 * is the time to take its adapter down or to unbind it. The tracker is told of it on the thread that unregisters, without a lock of
 * Declarative Services, and keeps that thread until the engine is through.
 *
 * @param <D> the type of the service
 * @param <R> its registration with the engine
 */
abstract class DriverTracker<D, R extends Registration> extends ServiceTracker<D, R> {
    private static final Logger LOG = LoggerFactory.getLogger(DriverTracker.class);

    private final BiFunction<ServiceReference<D>, D, R> registrar;
    private final PassiveThreads threads;
    private final Duration patience;

    DriverTracker(
            final BundleContext context,
            final Filter filter,
            final BiFunction<ServiceReference<D>, D, R> registrar,
            final PassiveThreads threads,
            final Duration patience) {
        super(context, filter, null);
        this.threads = threads;
        this.registrar = registrar;
        this.patience = patience;
    }

    @Override
    public R addingService(final ServiceReference<D> reference) {
        final D driver = context.getService(reference);
        if (driver == null) {
            LOG.error("a driver is not used: {} gives no service object", reference);
        }
        final Optional<R> registered = Optional.ofNullable(driver).flatMap(got -> register(reference, got));
        if (registered.isEmpty()) {
            context.ungetService(reference);
        }
        return registered.orElse(null);
    }

    private Optional<R> register(final ServiceReference<D> reference, final D driver) {
        try {
            return Optional.of(registrar.apply(reference, driver));
        } catch (final IllegalArgumentException e) {
            LOG.error("a driver is not used: {}", e.getMessage());
            return Optional.empty();
        }
    }

    @Override
    public void removedService(final ServiceReference<D> reference, final R registration) {
        threads.await(reference.toString(), registration.unregister(), patience);
        context.ungetService(reference);
    }
}
