// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.client.CoClient;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** The clients and call managers that are registered, in the order in which they came. */
final class Drivers {
    private final List<Registered<CoClient>> clients = new CopyOnWriteArrayList<>();
    private final List<Registered<CallManager>> callManagers = new CopyOnWriteArrayList<>();

    /** One client or call manager. */
    static final class Registered<D> {
        private final DriverDescriptor descriptor;
        private final D driver;
        private volatile boolean registered = true;

        Registered(final DriverDescriptor descriptor, final D driver) {
            this.descriptor = descriptor;
            this.driver = driver;
        }

        DriverDescriptor descriptor() {
            return descriptor;
        }

        D driver() {
            return driver;
        }

        boolean isRegistered() {
            return registered;
        }

        void unregister() {
            registered = false;
        }
    }

    Registered<CoClient> addClient(final DriverDescriptor descriptor, final CoClient client) {
        final Registered<CoClient> added = new Registered<>(descriptor, client);
        clients.add(added);
        return added;
    }

    Registered<CallManager> addCallManager(final DriverDescriptor descriptor, final CallManager callManager) {
        final Registered<CallManager> added = new Registered<>(descriptor, callManager);
        callManagers.add(added);
        return added;
    }

    void remove(final Registered<?> driver) {
        driver.unregister();
        clients.remove(driver);
        callManagers.remove(driver);
    }

    List<Registered<CoClient>> clients(final AdapterInfo adapter) {
        return targeting(clients, adapter);
    }

    List<Registered<CallManager>> callManagers(final AdapterInfo adapter) {
        return targeting(callManagers, adapter);
    }

    private static <D> List<Registered<D>> targeting(final List<Registered<D>> drivers, final AdapterInfo adapter) {
        return drivers.stream()
                .filter(driver -> driver.descriptor().target().test(adapter))
                .toList();
    }
}
