// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import dev.condis.api.AdapterInfo;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
import dev.condis.tck.subject.NdisHost;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** The engine of the core as the kit wants it: the glue that the package description of the kit shows. */
public final class EngineHost implements NdisHost {
    private static final ExecutorService PASSIVE =
            Executors.newCachedThreadPool(task -> daemon(task, "tck-host-passive"));
    private static final ScheduledExecutorService TIMER =
            Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "tck-host-timer"));

    /** Each check that lets the library wait for ever takes as long. A good driver on a busy machine may not get its turn much sooner. */
    private static final Duration DEADLINE = Duration.ofSeconds(1);

    private static final Duration IMPATIENT_DEADLINE = Duration.ofMillis(300);

    private final NdisEngine engine;

    private EngineHost(final EngineOptions options) {
        engine = new NdisEngine(options);
    }

    /** A library that lets drivers do what they like. */
    public EngineHost() {
        this(options(DEADLINE));
    }

    /** A library for drivers of which it is known that they are broken. */
    static EngineHost impatient() {
        return new EngineHost(options(IMPATIENT_DEADLINE));
    }

    /** A library that watches its drivers. */
    static EngineHost verifying(final Duration patience) {
        return new EngineHost(options(DEADLINE)
                .withVerifier(new Verifier(
                        new VerifierOptions(Clock.systemUTC(), EngineHost::schedule, false, patience, patience))));
    }

    private static EngineOptions options(final Duration deadline) {
        return new EngineOptions(Clock.systemUTC(), PASSIVE, EngineHost::schedule, deadline);
    }

    private static Runnable schedule(final Runnable task, final Duration delay) {
        final var scheduled = TIMER.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        return () -> scheduled.cancel(false);
    }

    private static Thread daemon(final Runnable task, final String name) {
        final Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public Registration registerMiniport(final AdapterInfo info, final MiniportDriver driver) {
        return new Registered(engine.registerMiniport(MiniportDescriptor.of(info), driver));
    }

    @Override
    public Registration registerCallManager(final String name, final String adapter, final CallManager callManager) {
        return new Registered(engine.registerCallManager(DriverDescriptor.on(name, adapter), callManager));
    }

    @Override
    public Registration registerClient(final String name, final String adapter, final CoClient client) {
        return new Registered(engine.registerClient(DriverDescriptor.on(name, adapter), client));
    }

    @Override
    public NdisLibrary library() {
        return engine;
    }

    private record Registered(dev.condis.core.engine.Registration registration) implements Registration {
        @Override
        public CompletionStage<Void> ready() {
            return registration.ready();
        }

        @Override
        public CompletionStage<Void> unregister() {
            return registration.unregister();
        }

        @Override
        public CompletionStage<Void> surpriseRemove(final String cause) {
            return ((MiniportRegistration) registration).surpriseRemoved(cause);
        }
    }
}
