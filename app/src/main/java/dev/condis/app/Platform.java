// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

    /** The version of the program. */
    String version();

    /** Gives the terminal to the shell and returns when the framework is being stopped. */
    void runShell();
}
