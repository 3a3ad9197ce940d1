// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AfState;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientBinding;
import java.util.Optional;

/** An address family instance with the handles of its client and its call manager. */
final class AfSides {
    private final ModelAf model;
    private final ScriptedClient owner;
    private final ClientBinding binding;
    private Optional<ClientAf> client = Optional.empty();
    private Optional<CmAf> callManager = Optional.empty();
    private Optional<Runnable> removal = Optional.empty();

    AfSides(final ModelAf model, final ScriptedClient owner, final ClientBinding binding) {
        this.model = model;
        this.owner = owner;
        this.binding = binding;
    }

    ModelAf model() {
        return model;
    }

    ScriptedClient owner() {
        return owner;
    }

    ClientBinding binding() {
        return binding;
    }

    /** The driver has nothing to say any more: the core may take the address family away. */
    void mayBeRemoved(final NdisStatus reason, final boolean clientStays) {
        if (removal.isEmpty()) {
            removal = Optional.of(() -> model.remove(reason, clientStays));
        }
    }

    boolean isBeingRemoved() {
        return removal.isPresent();
    }

    /**
     * Follows what the core does at a moment of its choice; tells whether it has taken the address family away. While drivers come and
     * go it may ask the client to close it (S5, S37).
     */
    boolean follow(final boolean mayBeNotified) {
        final AfState actual = state();
        if (mayBeNotified && model.state() == AfState.OPEN && actual == AfState.OPEN_NOTIFIED) {
            model.notifyCloseByCore();
        }
        final boolean removed = removal.isPresent() && model.state() != AfState.CLOSED && actual == AfState.CLOSED;
        if (removed) {
            removal.get().run();
        }
        return removed;
    }

    /** The state that the engine shows; the model's when nobody has a handle yet. */
    private AfState state() {
        return callManager
                .map(CmAf::state)
                .or(() -> client.map(ClientAf::state))
                .orElse(model.state());
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
