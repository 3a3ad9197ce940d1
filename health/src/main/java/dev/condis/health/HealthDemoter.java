// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import dev.condis.api.ServiceProperties;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.felix.hc.api.HealthCheck;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the health checks that are about backends ({@link ServiceProperties#HEALTH_TARGET}) and demotes those backends while a check is critical. It is
 * there, with its threads, only while there is such a check; when it goes it demotes nobody any more.
 */
@Component(
        service = {},
        configurationPid = HealthDemoter.PID)
@Designate(ocd = HealthConfig.class)
public final class HealthDemoter {
    /** The PID. */
    static final String PID = "dev.condis.health";

    private static final Logger LOG = LoggerFactory.getLogger(HealthDemoter.class);
    private static final String MINIPORTS = "(|(" + Constants.OBJECTCLASS + "=" + CoMiniport.class.getName() + ")("
            + Constants.OBJECTCLASS + "=" + MiniportCallManager.class.getName() + "))";

    private final BundleContext context;
    private final HealthConfig atFirst;
    private final ScheduledExecutorService timer =
            Executors.newSingleThreadScheduledExecutor(task -> thread(task, "condis-health"));
    private final ExecutorService threads = Executors.newCachedThreadPool(task -> thread(task, "condis-health-check"));
    private final TargetedChecks checks;
    private Optional<ScheduledFuture<?>> rounds = Optional.empty();

    /**
     * Called by Declarative Services.
     *
     * @param context of this bundle
     * @param library the core
     * @param config how often checks are run
     */
    @Activate
    public HealthDemoter(final BundleContext context, @Reference final NdisLibrary library, final HealthConfig config) {
        this.context = context;
        atFirst = config;
        checks = new TargetedChecks(this::backends, new Demotions(library), threads);
    }

    /** The checks that are there already are known. */
    @Activate
    void activate() {
        modified(atFirst);
    }

    /** Who is demoted stays so. */
    @Modified
    synchronized void modified(final HealthConfig config) {
        rounds.ifPresent(running -> running.cancel(false));
        final long interval = Math.max(1, config.interval_millis());
        rounds = Optional.of(timer.scheduleWithFixedDelay(checks::round, 0, interval, TimeUnit.MILLISECONDS));
    }

    private static Thread thread(final Runnable task, final String name) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Reference(
            target = "(" + ServiceProperties.HEALTH_TARGET + "=*)",
            cardinality = ReferenceCardinality.AT_LEAST_ONE,
            policy = ReferencePolicy.DYNAMIC)
    void bindCheck(final HealthCheck check, final Map<String, Object> properties) {
        final String target = String.valueOf(properties.get(ServiceProperties.HEALTH_TARGET));
        try {
            FrameworkUtil.createFilter(target);
            checks.add(id(properties), check, name(check, properties), target);
        } catch (final InvalidSyntaxException e) {
            LOG.error("health check {} demotes nobody: {}", name(check, properties), e.getMessage());
            checks.remove(id(properties));
        }
    }

    /** What it said of the backends of another target does not count for these. */
    void updatedCheck(final HealthCheck check, final Map<String, Object> properties) {
        bindCheck(check, properties);
    }

    void unbindCheck(final Map<String, Object> properties) {
        checks.remove(id(properties));
    }

    private static long id(final Map<String, Object> properties) {
        return (Long) properties.get(Constants.SERVICE_ID);
    }

    private static String name(final HealthCheck check, final Map<String, Object> properties) {
        return properties.get(HealthCheck.NAME) instanceof String name
                ? name
                : check.getClass().getName();
    }

    private List<Demotions.Backend> backends(final String target) {
        try {
            final ServiceReference<?>[] found =
                    context.getServiceReferences((String) null, "(&" + MINIPORTS + target + ")");
            return Stream.ofNullable(found)
                    .flatMap(Stream::of)
                    .map(reference -> new Demotions.Backend(
                            String.valueOf(reference.getProperty(ServiceProperties.ADAPTER)),
                            (Long) reference.getProperty(Constants.SERVICE_ID)))
                    .toList();
        } catch (final InvalidSyntaxException e) {
            throw new IllegalStateException("it was checked before", e);
        }
    }

    /** Ends the threads; whoever was demoted is not any more. */
    @Deactivate
    void deactivate() {
        timer.shutdownNow();
        checks.end();
        threads.shutdownNow();
    }
}
