// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AdapterInfo;
import dev.condis.api.Medium;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.NdisEngine;
import dev.condis.core.engine.Registration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/** Drivers come and go, the hardware too, and an operator pauses and restarts the adapter. */
final class Lifecycle {
    private static final String ADAPTER = "model0";

    private final World world;
    private final NdisEngine engine;
    private final Map<ScriptedClient, Registration> clients = new HashMap<>();
    private final List<CompletionStage<?>> running = new ArrayList<>();
    private Optional<MiniportRegistration> miniport = Optional.empty();
    private Optional<Registration> callManager = Optional.empty();
    private int inside;

    Lifecycle(final World world, final NdisEngine engine) {
        this.world = world;
        this.engine = engine;
    }

    /** Drivers are being bound, unbound, paused or restarted. */
    boolean isBusy() {
        running.removeIf(stage -> stage.toCompletableFuture().isDone());
        return inside > 0 || !running.isEmpty();
    }

    private <T> T begin(final String what, final Supplier<T> action) {
        world.trace().say(what);
        inside++;
        try {
            return action.get();
        } finally {
            inside--;
        }
    }

    private void follow(final String what, final Supplier<CompletionStage<?>> action) {
        running.add(begin(what, action));
    }

    // --- drivers ---

    void registerMiniport() {
        if (miniport.isPresent()) {
            return;
        }
        final AdapterInfo info = new AdapterInfo(ADAPTER, Medium.ATM, 0, Map.of());
        final MiniportRegistration registered = begin(
                "the miniport is registered",
                () -> engine.registerMiniport(
                        MiniportDescriptor.of(info), world.miniport().backend()));
        miniport = Optional.of(registered);
        running.add(registered.ready());
    }

    void unregisterMiniport() {
        miniport.ifPresent(registration -> {
            miniport = Optional.empty();
            follow("the miniport is unregistered", registration::unregister);
        });
    }

    void removeSurprisingly() {
        miniport.ifPresent(registration ->
                follow("the hardware is gone", () -> registration.surpriseRemoved("somebody pulled it out")));
    }

    void registerCallManager() {
        if (callManager.isPresent() || world.form() != Form.STAND_ALONE) {
            return;
        }
        final Registration registered = begin(
                "the call manager is registered",
                () -> engine.registerCallManager(DriverDescriptor.everywhere("cm"), world.callManager()));
        callManager = Optional.of(registered);
        running.add(registered.ready());
    }

    void unregisterCallManager() {
        callManager.ifPresent(registration -> {
            callManager = Optional.empty();
            follow("the call manager is unregistered", registration::unregister);
        });
    }

    void register(final ScriptedClient client) {
        if (clients.containsKey(client)) {
            return;
        }
        final Registration registered = begin(
                "client " + client + " is registered",
                () -> engine.registerClient(DriverDescriptor.everywhere(client.toString()), client));
        clients.put(client, registered);
        running.add(registered.ready());
    }

    void unregister(final ScriptedClient client) {
        Optional.ofNullable(clients.remove(client))
                .ifPresent(registration -> follow("client " + client + " is unregistered", registration::unregister));
    }

    // --- operators ---

    void pause() {
        follow("an operator pauses the adapter", () -> engine.pause(ADAPTER));
    }

    void restart() {
        follow("an operator restarts the adapter", () -> engine.restart(ADAPTER));
    }

    /** Whoever does not let go is left behind. */
    void passTeardownDeadlines() {
        world.trace().say("the deadlines of teardown pass");
        world.callManager().unbindIsOverdue();
        world.clients().forEach(ScriptedClient::unbindIsOverdue);
        world.timers().ofTeardown().forEach(world::pass);
    }

    void stop() {
        follow("the library stops", engine::close);
    }
}
