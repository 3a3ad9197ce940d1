// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.callmgr.CmSap;
import dev.condis.api.client.ClientSap;
import java.util.Optional;

/** A SAP with the handles of its client and its call manager. */
final class SapSides {
    private final ModelSap model;
    private Optional<ClientSap> client = Optional.empty();
    private Optional<CmSap> callManager = Optional.empty();

    SapSides(final ModelSap model) {
        this.model = model;
    }

    ModelSap model() {
        return model;
    }

    void client(final ClientSap handle) {
        client = Optional.of(handle);
    }

    void callManager(final CmSap handle) {
        callManager = Optional.of(handle);
    }

    /** Empty until the client has heard that it is registered. */
    Optional<ClientSap> client() {
        return client;
    }

    Optional<CmSap> callManager() {
        return callManager;
    }

    boolean isGone() {
        return model.isGone();
    }

    @Override
    public String toString() {
        return model.toString();
    }
}
