// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.callmgr.CmParty;
import dev.condis.api.client.ClientParty;
import java.util.Optional;

/** A party with the handles of its client and its call manager. */
final class PartySides {
    private final ModelParty model;
    private final VcSides vc;
    private Optional<ClientParty> client = Optional.empty();
    private Optional<CmParty> callManager = Optional.empty();

    PartySides(final ModelParty model, final VcSides vc) {
        this.model = model;
        this.vc = vc;
    }

    ModelParty model() {
        return model;
    }

    VcSides vc() {
        return vc;
    }

    void client(final ClientParty handle) {
        client = Optional.of(handle);
    }

    void callManager(final CmParty handle) {
        callManager = Optional.of(handle);
    }

    /** Empty until the client has heard that it was added. */
    Optional<ClientParty> client() {
        return client;
    }

    /** Empty until the call manager was asked to add it. */
    Optional<CmParty> callManager() {
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
