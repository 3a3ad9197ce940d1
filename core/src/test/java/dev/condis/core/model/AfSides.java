// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AfState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.client.ClientAf;
import java.util.Optional;

/** An address family instance with the handles of its client and its call manager. */
final class AfSides {
    private final ModelAf model;
    private final ScriptedClient owner;
    private Optional<ClientAf> client = Optional.empty();
    private Optional<CmAf> callManager = Optional.empty();

    AfSides(final ModelAf model, final ScriptedClient owner) {
        this.model = model;
        this.owner = owner;
    }

    ModelAf model() {
        return model;
    }

    ScriptedClient owner() {
        return owner;
    }

    void client(final ClientAf handle) {
        client = Optional.of(handle);
    }

    void callManager(final CmAf handle) {
        callManager = Optional.of(handle);
    }

    /** Empty until the client has heard that it is open. */
    Optional<ClientAf> client() {
        return client;
    }

    Optional<CmAf> callManager() {
        return callManager;
    }

    boolean isGone() {
        return model.state() == AfState.CLOSED;
    }

    @Override
    public String toString() {
        return model.toString();
    }
}
