// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.AdapterInfo;
import dev.condis.api.ServiceProperties;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.tck.subject.NdisHost;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;

/** The NDIS library of a container: the kit's drivers are services, which the library finds as it finds any other. */
final class ServiceHost implements NdisHost {
    private final BundleContext context;
    private final NdisLibrary library;

    ServiceHost(final BundleContext context, final NdisLibrary library) {
        this.context = context;
        this.library = library;
    }

    @Override
    public Registration registerMiniport(final AdapterInfo info, final MiniportDriver driver) {
        final Dictionary<String, Object> properties = new Hashtable<>(info.properties());
        properties.put(ServiceProperties.ADAPTER, info.name());
        properties.put(ServiceProperties.MEDIUM, info.medium().name());
        properties.put(ServiceProperties.LINK_SPEED_BPS, info.linkSpeedBps());
        final Class<?> role = driver instanceof MiniportCallManager ? MiniportCallManager.class : CoMiniport.class;
        return new Service(context.registerService(role.getName(), driver, properties));
    }

    @Override
    public Registration registerCallManager(final String name, final String adapter, final CallManager callManager) {
        return new Service(context.registerService(CallManager.class, callManager, bound(name, adapter)));
    }

    @Override
    public Registration registerClient(final String name, final String adapter, final CoClient client) {
        return new Service(context.registerService(CoClient.class, client, bound(name, adapter)));
    }

    private static Dictionary<String, Object> bound(final String name, final String adapter) {
        final Dictionary<String, Object> properties = new Hashtable<>();
        properties.put(ServiceProperties.DRIVER_NAME, name);
        properties.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=" + adapter + ")");
        return properties;
    }

    @Override
    public NdisLibrary library() {
        return library;
    }

    /** Unregistering returns when the library is through with the driver; nothing tells when it has begun. */
    private record Service(ServiceRegistration<?> service) implements Registration {
        @Override
        public CompletionStage<Void> ready() {
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> unregister() {
            service.unregister();
            return CompletableFuture.completedStage(null);
        }

        @Override
        public CompletionStage<Void> surpriseRemove(final String cause) {
            final Dictionary<String, Object> properties = service.getReference().getProperties();
            properties.put(ServiceProperties.AVAILABLE, false);
            properties.put(ServiceProperties.UNAVAILABLE_CAUSE, cause);
            service.setProperties(properties);
            return CompletableFuture.completedStage(null);
        }
    }
}
