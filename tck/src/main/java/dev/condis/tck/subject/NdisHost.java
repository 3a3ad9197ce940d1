// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

import dev.condis.api.AdapterInfo;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.MiniportDriver;
import java.util.concurrent.CompletionStage;

/**
 * The NDIS library in which the kit runs drivers: a real one, not a mock. In plain Java the author wraps the engine of
 * {@code dev.condis.core} (the package description of {@code dev.condis.tck} has it ready to copy); in a container the kit registers
 * its drivers as services.
 */
public interface NdisHost {
    /** A driver's registration. */
    interface Registration {
        /**
         * When the library has done what follows from the registration.
         *
         * @return completes then; at once where the library cannot tell
         */
        CompletionStage<Void> ready();

        /**
         * Ends the registration, as when the driver's bundle stops.
         *
         * @return completes when the driver is not used any more
         */
        CompletionStage<Void> unregister();

        /**
         * Takes the hardware away (sequence S40). Meant for adapters only.
         *
         * @param cause what happened, for people
         * @return completes when the adapter is down
         */
        CompletionStage<Void> surpriseRemove(String cause);
    }

    /**
     * Registers an adapter's backend.
     *
     * @param info name, medium and speed of the adapter
     * @param driver a {@link dev.condis.api.miniport.CoMiniport} or a {@link dev.condis.api.miniport.MiniportCallManager}
     * @return its registration
     */
    Registration registerMiniport(AdapterInfo info, MiniportDriver driver);

    /**
     * Registers a stand-alone call manager for one adapter.
     *
     * @param name its name in logs and tables
     * @param adapter the name of the adapter
     * @param callManager the call manager
     * @return its registration
     */
    Registration registerCallManager(String name, String adapter, CallManager callManager);

    /**
     * Registers a client for one adapter.
     *
     * @param name its name in logs and tables
     * @param adapter the name of the adapter
     * @param client the client
     * @return its registration
     */
    Registration registerClient(String name, String adapter, CoClient client);

    /**
     * The library's own view.
     *
     * @return what operators see
     */
    NdisLibrary library();
}
