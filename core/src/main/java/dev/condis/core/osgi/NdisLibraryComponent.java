// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.api.NdisResult;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.management.Violation;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.SwapPolicy;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;

/**
 * The engine as an OSGi component: drivers are found in the service registry (whiteboard). What adapters do when their backend changes can be
 * configured while calls are up; other values start the engine anew.
 */
@Component(service = NdisLibrary.class, immediate = true, configurationPid = NdisLibraryComponent.PID)
@Designate(ocd = CoreConfig.class)
public final class NdisLibraryComponent implements NdisLibrary {
    /** The PID of the core. */
    static final String PID = "dev.condis.core";

    private final BundleContext context;
    private final Map<AdapterPolicy, AdapterPolicy.Entry> policies = new LinkedHashMap<>();
    private SwapPolicy defaultPolicy;
    private volatile RunningLibrary running;
    private boolean active;

    /**
     * Makes the engine.
     *
     * @param context of this bundle
     * @param config of the core
     */
    @Activate
    public NdisLibraryComponent(final BundleContext context, final CoreConfig config) {
        this.context = context;
        defaultPolicy = SwapSettings.read(PID, () -> SwapSettings.of(config)).orElseGet(SwapPolicy::defaults);
        running = new RunningLibrary(context, RunningLibrary.Settings.of(config, context));
    }

    /** What adapters are to do is known before they come. */
    @Activate
    synchronized void activate() {
        active = true;
        start();
    }

    private void start() {
        final NdisEngine engine = running.engine();
        engine.setDefaultPolicy(defaultPolicy);
        policies.values().forEach(entry -> engine.setPolicy(entry.adapter(), Optional.of(entry.policy())));
        running.start();
    }

    /** Changes what adapters do, under calls; or starts the engine anew when anything else has changed. */
    @Modified
    synchronized void modified(final CoreConfig config) {
        SwapSettings.read(PID, () -> SwapSettings.of(config)).ifPresent(changed -> {
            defaultPolicy = changed;
            running.engine().setDefaultPolicy(changed);
        });
        final RunningLibrary.Settings settings = RunningLibrary.Settings.of(config, context);
        if (!settings.equals(running.settings())) {
            running.stop();
            running = new RunningLibrary(context, settings);
            start();
        }
    }

    /** Unbinds every driver, halts every adapter, ends the threads. */
    @Deactivate
    synchronized void deactivate() {
        active = false;
        running.stop();
    }

    @Reference(
            service = AdapterPolicy.class,
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC)
    synchronized void bindPolicy(final AdapterPolicy policy) {
        updatedPolicy(policy);
    }

    /** Called for a changed configuration too. */
    synchronized void updatedPolicy(final AdapterPolicy policy) {
        final Optional<AdapterPolicy.Entry> before = Optional.ofNullable(policies.remove(policy));
        policy.entry().ifPresent(entry -> policies.put(policy, entry));
        before.map(AdapterPolicy.Entry::adapter).ifPresent(this::apply);
        policy.entry().map(AdapterPolicy.Entry::adapter).ifPresent(this::apply);
    }

    synchronized void unbindPolicy(final AdapterPolicy policy) {
        Optional.ofNullable(policies.remove(policy))
                .map(AdapterPolicy.Entry::adapter)
                .ifPresent(this::apply);
    }

    /** Of several configurations of one adapter the latest counts. */
    private void apply(final String adapter) {
        if (active) {
            final Optional<SwapPolicy> latest = policies.values().stream()
                    .filter(entry -> entry.adapter().equals(adapter))
                    .map(AdapterPolicy.Entry::policy)
                    .reduce((earlier, later) -> later);
            running.engine().setPolicy(adapter, latest);
        }
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return running.engine().adapters();
    }

    @Override
    public List<VcSnapshot> instances() {
        return running.engine().instances();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pause(final String adapter) {
        return running.engine().pause(adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> restart(final String adapter) {
        return running.engine().restart(adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> reset(final String adapter) {
        return running.engine().reset(adapter);
    }

    @Override
    public CompletionStage<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        return running.engine().swap(adapter, serviceId);
    }

    @Override
    public CompletionStage<NdisResult<Void>> pin(final String adapter, final long serviceId) {
        return running.engine().pin(adapter, serviceId);
    }

    @Override
    public CompletionStage<NdisResult<Void>> unpin(final String adapter) {
        return running.engine().unpin(adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> demote(final String adapter, final long serviceId, final String cause) {
        return running.engine().demote(adapter, serviceId, cause);
    }

    @Override
    public CompletionStage<NdisResult<Void>> promote(final String adapter, final long serviceId) {
        return running.engine().promote(adapter, serviceId);
    }

    @Override
    public List<SwapReport> swaps(final String adapter) {
        return running.engine().swaps(adapter);
    }

    @Override
    public Optional<BackendChoice> why(final String adapter) {
        return running.engine().why(adapter);
    }

    @Override
    public List<Violation> violations() {
        return running.engine().violations();
    }

    @Override
    public long violationCount() {
        return running.engine().violationCount();
    }
}
