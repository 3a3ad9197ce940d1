// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the commands need of the framework they run in. */
interface Platform {
    /** Something that was added to the framework, until it is closed. */
    interface Presence extends AutoCloseable {
        /** Takes it away again. Does nothing the second time. */
        @Override
        void close();
    }

    /**
     * Adds a configuration: one more adapter or call manager.
     *
     * @param factoryPid which kind
     * @param properties its settings
     */
    Presence configure(String factoryPid, Map<String, Object> properties);

    /**
     * Registers a client.
     *
     * @param client the client
     * @param properties its service properties
     */
    Presence register(CoClient client, Map<String, Object> properties);

    /**
     * The service properties of an adapter's backend.
     *
     * @param adapter name of the logical adapter
     * @return the properties, empty when there is no backend
     */
    Optional<Map<String, Object>> backend(String adapter);

    /** What the core knows of the adapters; nothing when there is no core. */
    List<AdapterSnapshot> adapters();

    /**
     * The backends of an adapter, and which one carries it.
     *
     * @param adapter name of the logical adapter
     * @return empty when there is no such adapter, or no core
     */
    Optional<BackendChoice> backends(String adapter);

    /**
     * Replaces the backend of an adapter under its calls.
     *
     * @param adapter name of the logical adapter
     * @param serviceId {@code service.id} of the next backend
     * @return completes with what became of it
     */
    CompletableFuture<NdisResult<SwapReport>> swap(String adapter, long serviceId);

    /** The version of the program. */
    String version();

    /** Gives the terminal to the shell and returns when the framework is being stopped. */
    void runShell();
}
