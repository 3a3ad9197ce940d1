// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import dev.condis.api.AddressFamily;
import java.util.List;
import java.util.Optional;

/**
 * A logical adapter at one moment.
 *
 * @param name name of the logical adapter
 * @param state state of the adapter (contract B.1)
 * @param generation which backend in turn carries the adapter, counted from 1; 0 when none has yet
 * @param candidates how many backends are registered for it
 * @param unavailableCause why no backend carries it, or why the one that does could not be restarted; empty when all is well
 * @param addressFamilies the families that call managers offer on it
 * @param bindings names of the clients and call managers bound to it
 * @param vcs the VCs on it
 */
public record AdapterSnapshot(
        String name,
        State state,
        int generation,
        int candidates,
        Optional<String> unavailableCause,
        List<AddressFamily> addressFamilies,
        List<String> bindings,
        List<VcSnapshot> vcs) {
    /** The states of an adapter. */
    public enum State {
        /** No backend carries it. */
        HALTED,
        /** A backend is being initialized. */
        INITIALIZING,
        /** Initialized; no packets pass until it is restarted. */
        PAUSED,
        /** Being restarted. */
        RESTARTING,
        /** In operation. */
        RUNNING,
        /** Being paused: what is on its way comes back. */
        PAUSING,
        /** The backend is being taken down: protocols are unbound, then it is halted. */
        HALTING
    }

    /** Copies the lists. */
    public AdapterSnapshot {
        addressFamilies = List.copyOf(addressFamilies);
        bindings = List.copyOf(bindings);
        vcs = List.copyOf(vcs);
    }
}
