// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** The parties of one call. Numbers are not used again within a call. Confined to the loop. */
final class SimParties {

    private final SimCall call;
    private final Map<Integer, SimParty> parties = new HashMap<>();
    private int nextNumber;

    SimParties(final SimCall call) {
        this.call = call;
    }

    void callBegins() {
        parties.clear();
        nextNumber = 0;
    }

    /** Makes the first party of a call; it has number 0. */
    SimParty first(final CmParty party) {
        final SimParty first = create(party);
        first.isFirst();
        return first;
    }

    private SimParty create(final CmParty party) {
        final SimParty created = new SimParty(call, this, party, nextNumber++);
        parties.put(created.number(), created);
        return created;
    }

    void add(
            final CmParty party,
            final CallParameters asked,
            final Q2931Parameters whom,
            final CompletableFuture<NdisResult<AddedParty>> stage) {
        create(party).add(asked, whom, stage);
    }

    void remove(final SimParty party) {
        parties.remove(party.number(), party);
    }

    /** What the network says about a party. One that is not known has left before: who asks is told so. */
    void received(final SignalMessage message) {
        final int number = message.party().orElse(0);
        final Optional<SimParty> found = Optional.ofNullable(parties.get(number));
        switch (message.type()) {
            case ADD_PARTY_ACK ->
                found.ifPresentOrElse(SimParty::acknowledged, () -> call.station()
                        .send(call.message(MessageType.DROP_PARTY)
                                .withParty(number)
                                .withCause(NdisStatus.FAILURE)));
            case ADD_PARTY_REJECT -> found.ifPresent(party -> party.rejected(message.causeOr(NdisStatus.FAILURE)));
            case DROP_PARTY -> {
                call.station().send(call.message(MessageType.DROP_PARTY_ACK).withParty(number));
                found.ifPresent(party -> party.left(message.causeOr(NdisStatus.FAILURE), message.closeData()));
            }
            default -> found.ifPresent(SimParty::dropAcknowledged);
        }
    }

    /** The network has let go of the call: what waits for it need not wait any more. */
    void networkGone(final NdisStatus cause) {
        List.copyOf(parties.values()).forEach(party -> party.networkGone(cause));
    }

    void callEnded(final NdisStatus cause) {
        List.copyOf(parties.values()).forEach(party -> party.callEnded(cause));
    }
}
