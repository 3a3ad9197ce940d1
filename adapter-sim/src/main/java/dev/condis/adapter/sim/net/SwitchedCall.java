// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.CallManagerParameters;
import java.util.Optional;

/** A switched call inside the switch: two legs and what is reserved for it. Confined to the network's thread. */
final class SwitchedCall {

    /** Where a leg stands. */
    enum State {
        /** Caller: waits for the called party. Called party: has the SETUP, has not answered. */
        SETUP,
        /** Circuit is through. */
        CONNECTED,
        /** Told to release, or asked for it: the label is still the user's. */
        RELEASING,
        /** Nothing is left. */
        GONE
    }

    /** One end of a call. */
    static final class Leg {

        final SwitchedCall call;
        final NicPort port;
        final LegKey key;
        final AtmLabel label;
        State state = State.SETUP;

        Leg(SwitchedCall call, NicPort port, LegKey key, AtmLabel label) {
            this.call = call;
            this.port = port;
            this.key = key;
            this.label = label;
        }

        Leg peer() {
            return this == call.caller ? call.callee : call.caller;
        }
    }

    /**
     * Names a leg on its link.
     *
     * @param port the link
     * @param byNetwork who gave the reference
     * @param reference the number
     */
    record LegKey(NicPort port, boolean byNetwork, int reference) {}

    final Optional<CallManagerParameters> traffic;
    Leg caller;
    Leg callee;
    boolean through;

    SwitchedCall(Optional<CallManagerParameters> traffic) {
        this.traffic = traffic;
    }
}
