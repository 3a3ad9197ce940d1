// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.service.cm.Configuration;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.util.tracker.ServiceTracker;

/** The framework that this bundle runs in. */
final class OsgiPlatform implements Platform {
    private static final int SHELL_START_LEVEL = 90;

    private final BundleContext context;
    private final ConfigurationAdmin configurations;
    private final ServiceTracker<NdisLibrary, NdisLibrary> library;
    private final CountDownLatch stopped = new CountDownLatch(1);

    OsgiPlatform(final BundleContext context, final ConfigurationAdmin configurations) {
        this.context = context;
        this.configurations = configurations;
        library = new ServiceTracker<>(context, NdisLibrary.class, null);
        library.open();
    }

    @Override
    public Presence configure(final String factoryPid, final Map<String, Object> properties) {
        try {
            final Configuration configuration = configurations.createFactoryConfiguration(factoryPid, "?");
            configuration.update(new Hashtable<>(properties));
            return once(() -> delete(configuration));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(final Configuration configuration) {
        try {
            configuration.delete();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public Presence register(final CoClient client, final Map<String, Object> properties) {
        final ServiceRegistration<CoClient> registration =
                context.registerService(CoClient.class, client, new Hashtable<>(properties));
        return once(registration::unregister);
    }

    /** The framework may be stopping at the same time, and then has taken it away already. */
    private static Presence once(final Runnable removal) {
        final AtomicBoolean removed = new AtomicBoolean();
        return () -> {
            if (!removed.getAndSet(true)) {
                try {
                    removal.run();
                } catch (final IllegalStateException e) {
                    removed.set(true);
                }
            }
        };
    }

    @Override
    public Optional<Map<String, Object>> backend(final String adapter) {
        final String filter = "(&(|(" + Constants.OBJECTCLASS + "=" + CoMiniport.class.getName() + ")("
                + Constants.OBJECTCLASS + "=" + MiniportCallManager.class.getName() + "))(" + ServiceProperties.ADAPTER
                + "="
                + adapter + "))";
        try {
            return Stream.ofNullable(context.getAllServiceReferences(null, filter))
                    .flatMap(Arrays::stream)
                    .max(ServiceReference::compareTo)
                    .map(OsgiPlatform::properties);
        } catch (final InvalidSyntaxException e) {
            throw new IllegalArgumentException(e);
        } catch (final IllegalStateException e) {
            // the framework has taken this bundle down
            return Optional.empty();
        }
    }

    private static Map<String, Object> properties(final ServiceReference<?> reference) {
        final Map<String, Object> properties = new TreeMap<>();
        for (final String key : reference.getPropertyKeys()) {
            Optional.ofNullable(reference.getProperty(key)).ifPresent(value -> properties.put(key, value));
        }
        return properties;
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return Optional.ofNullable(library.getService())
                .map(NdisLibrary::adapters)
                .orElse(List.of());
    }

    @Override
    public Optional<BackendChoice> backends(final String adapter) {
        return Optional.ofNullable(library.getService()).flatMap(present -> present.why(adapter));
    }

    @Override
    public CompletableFuture<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        return Optional.ofNullable(library.getService())
                .map(present -> present.swap(adapter, serviceId))
                .orElseGet(() -> NdisResult.<SwapReport>failure(NdisStatus.ADAPTER_NOT_FOUND)
                        .asStage())
                .toCompletableFuture();
    }

    @Override
    public String version() {
        return context.getBundle().getVersion().toString();
    }

    @Override
    public void runShell() {
        context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION)
                .adapt(FrameworkStartLevel.class)
                .setStartLevel(SHELL_START_LEVEL);
        try {
            stopped.await();
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The framework takes this bundle down. */
    void stop() {
        library.close();
        stopped.countDown();
    }
}
