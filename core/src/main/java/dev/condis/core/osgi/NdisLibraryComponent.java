// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.api.NdisResult;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.management.Violation;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;

/** The engine as an OSGi component: drivers are found in the service registry (whiteboard). */
@Component(service = NdisLibrary.class, immediate = true, configurationPid = "dev.condis.core")
@Designate(ocd = CoreConfig.class)
public final class NdisLibraryComponent implements NdisLibrary {
    /**
     * What has a deadline of its own when an adapter goes: the pause and the unbinding of clients, the end of the calls at call managers, their
     * pause and unbinding, the end of the VCs, a reset, the pause of the miniport.
     */
    private static final int TEARDOWN_STEPS = 8;

    private static final String VERIFY = "condis.verify";
    private static final String VERIFY_FATAL = "condis.verify.fatal";

    private final Duration teardownDeadline;
    private final PassiveThreads threads = new PassiveThreads();
    private final NdisEngine engine;
    private final BoundDriverTracker<CoClient> clients;
    private final BoundDriverTracker<CallManager> callManagers;
    private final MiniportTracker miniports;
    private boolean open = true;

    /**
     * Starts the engine and looks for drivers.
     *
     * @param context of this bundle
     * @param config of the core
     */
    @Activate
    public NdisLibraryComponent(final BundleContext context, final CoreConfig config) {
        teardownDeadline = Duration.ofMillis(config.teardown_deadline_millis());
        final EngineOptions options = new EngineOptions(
                Clock.systemUTC(),
                threads,
                threads,
                teardownDeadline,
                Duration.ofMillis(config.operation_deadline_millis()));
        engine = new NdisEngine(
                verifies(context, config)
                        ? options.withVerifier(new Verifier(verifierOptions(context, config)))
                        : options);
        final Duration patience = teardownDeadline.multipliedBy(TEARDOWN_STEPS);
        clients = new BoundDriverTracker<>(context, CoClient.class, engine::registerClient, threads, patience);
        callManagers =
                new BoundDriverTracker<>(context, CallManager.class, engine::registerCallManager, threads, patience);
        miniports = new MiniportTracker(context, engine, threads, patience);
        threads.execute(this::openTrackers);
    }

    private static boolean verifies(final BundleContext context, final CoreConfig config) {
        return config.verify() || Boolean.parseBoolean(context.getProperty(VERIFY));
    }

    private VerifierOptions verifierOptions(final BundleContext context, final CoreConfig config) {
        return new VerifierOptions(
                Clock.systemUTC(),
                threads::schedule,
                config.verify_fatal() || Boolean.parseBoolean(context.getProperty(VERIFY_FATAL)),
                Duration.ofMillis(config.verify_dispatch_limit_millis()),
                Duration.ofMillis(config.verify_completion_limit_millis()));
    }

    /** Not while the component is being activated: a driver may need this very service. */
    private synchronized void openTrackers() {
        if (open) {
            clients.open();
            callManagers.open();
            miniports.open();
        }
    }

    /** Unbinds every driver, halts every adapter, ends the threads. */
    @Deactivate
    void deactivate() {
        closeTrackers();
        // a service that is unregistering on another thread is the tracker's no more, but may still be the engine's
        threads.await("the engine", engine.close(), teardownDeadline.multipliedBy(TEARDOWN_STEPS));
        threads.shutDown(teardownDeadline);
    }

    private synchronized void closeTrackers() {
        open = false;
        clients.close();
        callManagers.close();
        miniports.close();
    }

    @Override
    public List<AdapterSnapshot> adapters() {
        return engine.adapters();
    }

    @Override
    public List<VcSnapshot> instances() {
        return engine.instances();
    }

    @Override
    public CompletionStage<NdisResult<Void>> pause(final String adapter) {
        return engine.pause(adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> restart(final String adapter) {
        return engine.restart(adapter);
    }

    @Override
    public CompletionStage<NdisResult<Void>> reset(final String adapter) {
        return engine.reset(adapter);
    }

    @Override
    public CompletionStage<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
        return engine.swap(adapter, serviceId);
    }

    @Override
    public CompletionStage<NdisResult<Void>> pin(final String adapter, final long serviceId) {
        return engine.pin(adapter, serviceId);
    }

    @Override
    public CompletionStage<NdisResult<Void>> unpin(final String adapter) {
        return engine.unpin(adapter);
    }

    @Override
    public List<SwapReport> swaps(final String adapter) {
        return engine.swaps(adapter);
    }

    @Override
    public Optional<BackendChoice> why(final String adapter) {
        return engine.why(adapter);
    }

    @Override
    public List<Violation> violations() {
        return engine.violations();
    }

    @Override
    public long violationCount() {
        return engine.violationCount();
    }
}
