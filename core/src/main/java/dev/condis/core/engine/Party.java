// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientVc;
import dev.condis.core.state.PartyTable;
import dev.condis.core.state.PartyTable.Event;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** One party of a multipoint call: its state, and the client's and the call manager's sides. Guarded by the lock of its VC. */
final class Party {
    private final Parties parties;
    private final int number;
    private final Machine<PartyState, Event, PartyTable.Facts> machine;
    private final ClientPartyContext client;
    private final ClientView clientView = new ClientView();
    private final CallManagerView callManagerView = new CallManagerView();

    private Optional<CmPartyContext> callManager = Optional.empty();
    private volatile CallParameters parameters;
    private Optional<Pending<ClientParty>> adding = Optional.empty();
    private Optional<Pending<Void>> dropping = Optional.empty();
    private boolean leftByRemote;

    Party(
            final Parties parties,
            final int number,
            final ClientPartyContext client,
            final CallParameters wanted,
            final EngineOptions options) {
        this.parties = parties;
        this.number = number;
        this.client = client;
        parameters = wanted;
        machine = new Machine<>(PartyTable.TABLE, options.clock());
    }

    Machine<PartyState, Event, PartyTable.Facts> machine() {
        return machine;
    }

    PartyState state() {
        return machine.state();
    }

    /** Takes part in the call: neither refused nor on its way out. */
    boolean isConnected() {
        return state() == PartyState.ACTIVE || state() == PartyState.REMOTE_DROPPING;
    }

    boolean leftByRemote() {
        return leftByRemote;
    }

    void leaveByRemote() {
        leftByRemote = true;
    }

    void added(final AddedParty added) {
        callManager = Optional.of(added.context());
        parameters = added.parameters();
    }

    Optional<CmPartyContext> callManager() {
        return callManager;
    }

    ClientPartyContext client() {
        return client;
    }

    ClientParty clientView() {
        return clientView;
    }

    CmParty callManagerView() {
        return callManagerView;
    }

    void adding(final Pending<ClientParty> pending) {
        adding = Optional.of(pending);
    }

    void dropping(final Pending<Void> pending) {
        dropping = Optional.of(pending);
    }

    boolean isDropping(final Pending<Void> pending) {
        return dropping.filter(current -> current == pending).isPresent();
    }

    void dropEnded() {
        dropping = Optional.empty();
    }

    /** The call is over: who waits for the party hears of it. A party that was being dropped is dropped. */
    void ended(final NdisStatus reason, final Lane clientLane) {
        adding.ifPresent(pending -> pending.settle(NdisResult.failure(reason), clientLane));
        dropping.ifPresent(pending -> pending.settle(NdisResult.success(), clientLane));
        adding = Optional.empty();
        dropping = Optional.empty();
    }

    Parties parties() {
        return parties;
    }

    @Override
    public String toString() {
        return "party#" + number + " of " + parties;
    }

    /** A class of its own, so that a party can be told from another implementation's. */
    final class ClientView implements ClientParty {
        @Override
        public ClientVc vc() {
            return parties.circuit().clientView();
        }

        @Override
        public PartyState state() {
            return machine.state();
        }

        @Override
        public CallParameters callParameters() {
            return parameters;
        }

        @Override
        public CompletionStage<NdisResult<Void>> dropParty(final Octets closeData) {
            return parties.drop(Party.this, Objects.requireNonNull(closeData, "closeData"));
        }

        Party party() {
            return Party.this;
        }

        @Override
        public String toString() {
            return Party.this.toString();
        }
    }

    /** A class of its own, so that a party can be told from another implementation's. */
    final class CallManagerView implements CmParty {
        @Override
        public CmVc vc() {
            return parties.circuit().callManagerView();
        }

        @Override
        public PartyState state() {
            return machine.state();
        }

        @Override
        public NdisResult<Void> dispatchIncomingDropParty(final NdisStatus dropStatus, final Octets closeData) {
            return parties.dispatchIncomingDrop(
                    Party.this,
                    Objects.requireNonNull(dropStatus, "dropStatus"),
                    Objects.requireNonNull(closeData, "closeData"));
        }

        Party party() {
            return Party.this;
        }

        @Override
        public String toString() {
            return Party.this.toString();
        }
    }
}
