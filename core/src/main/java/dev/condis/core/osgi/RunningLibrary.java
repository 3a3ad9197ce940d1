// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.osgi;

import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.osgi.framework.BundleContext;

/** An engine, its threads, and the trackers that bring drivers to it: from its start to its end with one set of values. */
final class RunningLibrary {
    /**
     * What has a deadline of its own when an adapter goes: the pause and the unbinding of clients, the end of the calls at call managers, their
     * pause and unbinding, the end of the VCs, a reset, the pause of the miniport.
     */
    private static final int TEARDOWN_STEPS = 8;

    private static final String VERIFY = "condis.verify";
    private static final String VERIFY_FATAL = "condis.verify.fatal";

    private final Settings settings;
    private final PassiveThreads threads = new PassiveThreads();
    private final NdisEngine engine;
    private final BoundDriverTracker<CoClient> clients;
    private final BoundDriverTracker<CallManager> callManagers;
    private final MiniportTracker miniports;
    private boolean open = true;

    /**
     * What cannot change while it runs.
     *
     * @param teardownDeadline how long a driver may take to unbind
     * @param operationDeadline how long a driver may take to complete anything else
     * @param verify whether drivers are checked
     * @param fatal whether a driver that breaks a rule gets an exception
     * @param dispatchLimit how long a callback at DISPATCH may run
     * @param completionLimit how long what is pended may take
     */
    record Settings(
            Duration teardownDeadline,
            Duration operationDeadline,
            boolean verify,
            boolean fatal,
            Duration dispatchLimit,
            Duration completionLimit) {
        static Settings of(final CoreConfig config, final BundleContext context) {
            return new Settings(
                    Duration.ofMillis(config.teardown_deadline_millis()),
                    Duration.ofMillis(config.operation_deadline_millis()),
                    config.verify() || Boolean.parseBoolean(context.getProperty(VERIFY)),
                    config.verify_fatal() || Boolean.parseBoolean(context.getProperty(VERIFY_FATAL)),
                    Duration.ofMillis(config.verify_dispatch_limit_millis()),
                    Duration.ofMillis(config.verify_completion_limit_millis()));
        }
    }

    RunningLibrary(final BundleContext context, final Settings settings) {
        this.settings = settings;
        engine =
                new NdisEngine(settings.verify() ? options().withVerifier(new Verifier(verifierOptions())) : options());
        clients = new BoundDriverTracker<>(context, CoClient.class, engine::registerClient, threads, patience());
        callManagers =
                new BoundDriverTracker<>(context, CallManager.class, engine::registerCallManager, threads, patience());
        miniports = new MiniportTracker(context, engine, threads, patience());
    }

    private EngineOptions options() {
        return new EngineOptions(
                Clock.systemUTC(), threads, threads, settings.teardownDeadline(), settings.operationDeadline());
    }

    private VerifierOptions verifierOptions() {
        return new VerifierOptions(
                Clock.systemUTC(),
                threads::schedule,
                settings.fatal(),
                settings.dispatchLimit(),
                settings.completionLimit());
    }

    private Duration patience() {
        return settings.teardownDeadline().multipliedBy(TEARDOWN_STEPS);
    }

    Settings settings() {
        return settings;
    }

    NdisEngine engine() {
        return engine;
    }

    /** Looks for drivers from now on, though not on the caller's thread: a driver may need the service that the caller is about to become. */
    void start() {
        threads.execute(this::openTrackers);
    }

    private synchronized void openTrackers() {
        if (open) {
            clients.open();
            callManagers.open();
            miniports.open();
        }
    }

    /** Unbinds every driver, halts every adapter, ends the threads. */
    void stop() {
        threads.await("the engine", closeAll(), patience());
        threads.shutDown(settings.teardownDeadline());
    }

    private synchronized CompletionStage<Void> closeAll() {
        open = false;
        clients.close();
        callManagers.close();
        // before the backends are handed back one by one: none of them is to take over from another one now
        final CompletionStage<Void> down = engine.close();
        miniports.close();
        return down;
    }
}
