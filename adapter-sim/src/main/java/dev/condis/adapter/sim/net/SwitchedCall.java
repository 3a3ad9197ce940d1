// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.adapter.sim.signaling.SignalMessage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * A switched call inside the switch: the leg of the caller, and that of the called party, or those of all parties of a
 * point-to-multipoint call. Confined to the network's thread.
 */
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
        GONE;

        boolean isInCall() {
            return this == SETUP || this == CONNECTED;
        }
    }

    /** One end of a call. */
    static final class Leg {

        final SwitchedCall call;
        final SwitchPort port;
        final LegKey key;
        final AtmLabel label;

        /** Which party of the call; the caller's leg has the number of the first one. */
        final int party;

        /** What the leg was told last and did not answer, for who asks again. */
        Optional<SignalMessage> unanswered = Optional.empty();

        State state = State.SETUP;
        Rates rates;

        /** PDUs pass, or are held until the receiver is ready. */
        boolean through;

        Leg(final SwitchedCall call, final LegKey key, final AtmLabel label, final int party, final Rates rates) {
            this.call = call;
            this.port = key.port();
            this.key = key;
            this.label = label;
            this.party = party;
            this.rates = rates;
        }

        boolean isRoot() {
            return this == call.root;
        }

        /** The other end: of the caller the first party that there is. */
        Optional<Leg> peer() {
            return isRoot() ? call.leaves().stream().findFirst() : Optional.of(call.root);
        }
    }

    /**
     * Names a leg on its link.
     *
     * @param port the link
     * @param byNetwork who gave the reference
     * @param reference the number
     */
    record LegKey(SwitchPort port, boolean byNetwork, int reference) {}

    /**
     * A change of traffic parameters that the other end has not answered.
     *
     * @param by who asked
     * @param before what was promised to the one who asked
     * @param wanted what will be promised to it
     */
    record Change(Leg by, Rates before, Rates wanted) {}

    final boolean multipoint;
    private final Map<Integer, Leg> parties = new TreeMap<>();
    Leg root;
    Optional<Change> change = Optional.empty();

    SwitchedCall(final boolean multipoint) {
        this.multipoint = multipoint;
    }

    void add(final Leg leaf) {
        parties.put(leaf.party, leaf);
    }

    void remove(final Leg leaf) {
        parties.remove(leaf.party, leaf);
    }

    Optional<Leg> leaf(final int party) {
        return Optional.ofNullable(parties.get(party));
    }

    /** Whoever is not gone, by number. */
    List<Leg> leaves() {
        return List.copyOf(parties.values());
    }

    boolean isThrough() {
        return parties.values().stream().anyMatch(leaf -> leaf.through);
    }
}
