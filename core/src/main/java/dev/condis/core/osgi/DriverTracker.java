// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.core.engine.Registration;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Filter;
import org.osgi.framework.ServiceEvent;
import org.osgi.framework.ServiceListener;
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

    /** What the engine has, each until the engine is through with it. */
    private final Map<ServiceReference<?>, CompletableFuture<Void>> held = new ConcurrentHashMap<>();

    private final ServiceListener leaving = this::holdUntilThrough;
    private volatile boolean closing;

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
    public void open(final boolean trackAllServices) {
        context.addServiceListener(leaving);
        super.open(trackAllServices);
    }

    /** Hands back one service after the other while the tracker still listens, so that whoever unregisters one of them finds it held. */
    @Override
    public void close() {
        closing = true;
        Stream.ofNullable(getServiceReferences()).flatMap(Arrays::stream).forEach(this::remove);
        super.close();
        context.removeServiceListener(leaving);
    }

    @Override
    public R addingService(final ServiceReference<D> reference) {
        final Optional<R> registered = closing ? Optional.empty() : registered(reference);
        return registered.orElse(null);
    }

    private Optional<R> registered(final ServiceReference<D> reference) {
        final D driver = context.getService(reference);
        if (driver == null) {
            LOG.error("a driver is not used: {} gives no service object", reference);
        }
        final Optional<R> registered = Optional.ofNullable(driver).flatMap(got -> register(reference, got));
        if (registered.isEmpty()) {
            context.ungetService(reference);
        }
        return registered;
    }

    private Optional<R> register(final ServiceReference<D> reference, final D driver) {
        // not while the service object is got: that may need what the thread has that unregisters it
        held.put(reference, new CompletableFuture<>());
        Optional<R> registered = Optional.empty();
        try {
            registered = Optional.of(registrar.apply(reference, driver));
        } catch (final IllegalArgumentException e) {
            LOG.error("a driver is not used: {}", e.getMessage());
        } finally {
            if (registered.isEmpty()) {
                through(reference);
            }
        }
        return registered;
    }

    @Override
    public void removedService(final ServiceReference<D> reference, final R registration) {
        try {
            threads.await(reference.toString(), registration.unregister(), patience);
            context.ungetService(reference);
        } finally {
            through(reference);
        }
    }

    private void through(final ServiceReference<?> reference) {
        Optional.ofNullable(held.remove(reference)).ifPresent(until -> until.complete(null));
    }

    /** A tracker forgets a service before it hands it back: when another thread is at that, whoever unregisters it would not wait. */
    @SuppressWarnings("unchecked")
    private void holdUntilThrough(final ServiceEvent event) {
        final Optional<CompletableFuture<Void>> until = Optional.ofNullable(held.get(event.getServiceReference()));
        if (event.getType() == ServiceEvent.UNREGISTERING && until.isPresent()) {
            remove((ServiceReference<D>) event.getServiceReference());
            threads.await(event.getServiceReference().toString(), until.get(), patience);
        }
    }
}
