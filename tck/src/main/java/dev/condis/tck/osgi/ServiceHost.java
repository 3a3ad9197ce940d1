// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.osgi;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.tck.subject.NdisHost;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The library of a container: drivers are registered as services of the bundle that gives its context (whiteboard), and the core
 * there finds them. Thread safe.
 *
 * <p>The core binds the drivers of an adapter one after the other. So a registration is {@linkplain NdisHost.Registration#ready()
 * ready} when a client that was registered after it is being bound.
 */
public final class ServiceHost implements NdisHost {
    private static final Logger LOG = LoggerFactory.getLogger(ServiceHost.class);
    private static final Executor ASIDE = ServiceHost::aside;

    private final BundleContext context;
    private final NdisLibrary library;

    /**
     * Makes a host.
     *
     * @param context registers the drivers
     * @param library the core's service
     */
    public ServiceHost(final BundleContext context, final NdisLibrary library) {
        this.context = Objects.requireNonNull(context, "context");
        this.library = Objects.requireNonNull(library, "library");
    }

    private static void aside(final Runnable task) {
        final Thread thread = new Thread(task, "tck-services");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public Registration registerMiniport(final AdapterInfo info, final MiniportDriver driver) {
        final Dictionary<String, Object> properties = new Hashtable<>(info.properties());
        properties.put(ServiceProperties.ADAPTER, info.name());
        properties.put(ServiceProperties.MEDIUM, info.medium().name());
        properties.put(ServiceProperties.LINK_SPEED_BPS, info.linkSpeedBps());
        final Class<?> role = driver instanceof MiniportCallManager ? MiniportCallManager.class : CoMiniport.class;
        return new Registered(
                context.registerService(role.getName(), driver, properties),
                properties,
                CompletableFuture.completedStage(null));
    }

    @Override
    public Registration registerCallManager(final String name, final String adapter, final CallManager callManager) {
        return registered(CallManager.class, callManager, name, adapter);
    }

    @Override
    public Registration registerClient(final String name, final String adapter, final CoClient client) {
        return registered(CoClient.class, client, name, adapter);
    }

    private <D> Registration registered(final Class<D> role, final D driver, final String name, final String adapter) {
        final Dictionary<String, Object> properties = propertiesOf(name, adapter);
        final ServiceRegistration<D> service = context.registerService(role, driver, properties);
        return new Registered(service, properties, bound(name, adapter));
    }

    private static Dictionary<String, Object> propertiesOf(final String name, final String adapter) {
        final Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.DRIVER_NAME, name);
        properties.put(ServiceProperties.ADAPTER_TARGET, target(adapter));
        return properties;
    }

    private static String target(final String adapter) {
        return "(" + ServiceProperties.ADAPTER + "=" + adapter.replaceAll("([\\\\*()])", "\\\\$1") + ")";
    }

    /** Completes when everything that was registered for an adapter before is bound to it. */
    private CompletionStage<Void> bound(final String name, final String adapter) {
        if (!isRunning(adapter)) {
            return CompletableFuture.completedStage(null);
        }
        final Fence fence = new Fence();
        final ServiceRegistration<CoClient> service =
                context.registerService(CoClient.class, fence, propertiesOf(name + " is bound", adapter));
        return fence.reached.thenRunAsync(() -> end(service), ASIDE);
    }

    private boolean isRunning(final String adapter) {
        return library.adapters().stream()
                .anyMatch(a -> a.name().equals(adapter) && a.state() == AdapterSnapshot.State.RUNNING);
    }

    /** Returns when the core does not use the driver any more. */
    private static void end(final ServiceRegistration<?> service) {
        try {
            service.unregister();
        } catch (final IllegalStateException e) {
            LOG.debug("unregistered already, with its bundle", e);
        }
    }

    @Override
    public NdisLibrary library() {
        return library;
    }

    /** A client that only tells when it is its turn to be bound. */
    private static final class Fence implements CoClient {
        private final CompletableFuture<Void> reached = new CompletableFuture<>();

        @Override
        public NdisStatus bindAdapter(final ClientBinding binding) {
            reached.complete(null);
            return NdisStatus.SUCCESS;
        }

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
            // it calls nobody
        }
    }

    private record Registered(
            ServiceRegistration<?> service, Dictionary<String, Object> properties, CompletionStage<Void> ready)
            implements Registration {
        @Override
        public CompletionStage<Void> unregister() {
            return CompletableFuture.runAsync(() -> end(service), ASIDE);
        }

        @Override
        public CompletionStage<Void> surpriseRemove(final String cause) {
            properties.put(ServiceProperties.AVAILABLE, false);
            properties.put(ServiceProperties.UNAVAILABLE_CAUSE, cause);
            return CompletableFuture.runAsync(() -> service.setProperties(properties), ASIDE);
        }
    }
}
