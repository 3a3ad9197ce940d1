// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.core.state.PartyTable;
import dev.condis.core.state.PartyTable.Event;
import dev.condis.core.state.StateTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The parties of the call on one VC (contract B.10). Guarded by the lock of the VC, whose lanes their callbacks take. */
final class Parties {
    private static final Logger LOG = LoggerFactory.getLogger(Parties.class);

    private final ClientCircuit circuit;
    private final List<Party> parties = new ArrayList<>();
    private boolean multipoint;
    private int numbers;

    Parties(final ClientCircuit circuit) {
        this.circuit = circuit;
    }

    ClientCircuit circuit() {
        return circuit;
    }

    // --- the call ---

    /** Lock held. Makes a party that is not in the call yet. */
    Party create(final ClientPartyContext context, final CallParameters wanted) {
        numbers++;
        return new Party(this, numbers, context, wanted, circuit.options());
    }

    /** Lock held. A call begins, with a first party when it is a multipoint call. */
    void callBegins(final Optional<Party> first) {
        parties.clear();
        multipoint = first.isPresent();
        first.ifPresent(party -> {
            party.machine().fire(Event.MAKE_CALL, facts(party));
            parties.add(party);
        });
    }

    /** Lock held. The call is connected, and the first party with it. */
    void callMade() {
        parties.forEach(party -> party.machine().fire(Event.ADD_SUCCEEDED, facts(party)));
    }

    /** Lock held. The call is over, however it came to that. */
    void callEnded(final NdisStatus reason) {
        parties.forEach(party -> {
            party.machine().fire(Event.CALL_ENDED, facts(party));
            party.ended(reason, circuit.clientLane());
        });
        parties.clear();
        multipoint = false;
    }

    /** Takes what the call manager says about the first party; what remains is what it says about the call. */
    NdisResult<CallParameters> answered(final Party first, final NdisResult<AddedParty> answer) {
        synchronized (circuit.lock) {
            answer.value().ifPresent(first::added);
        }
        return answer.map(AddedParty::parameters);
    }

    // --- adding ---

    /** {@code NdisClAddParty}. */
    CompletionStage<NdisResult<ClientParty>> add(final CallParameters wanted, final ClientPartyContext context) {
        final Party party;
        final Pending<ClientParty> pending = new Pending<>();
        synchronized (circuit.lock) {
            party = create(context, wanted);
            final StateTable.Row<PartyState, Event, PartyTable.Facts> row =
                    party.machine().fire(Event.ADD, facts(party));
            if (!row.accepts()) {
                return circuit.<ClientParty>refusedParty(row, party).asStage();
            }
            parties.add(party);
            party.adding(pending);
            circuit.callManagerLane.add(circuit.whileAlive(() -> askToAdd(party, wanted, pending)));
        }
        circuit.drainLanes();
        return pending.returned(
                new Callout("ProtocolCmAddParty", party),
                circuit.options(),
                failure -> addOverdue(party, failure, pending));
    }

    private void askToAdd(final Party party, final CallParameters wanted, final Pending<ClientParty> pending) {
        final Callout what = new Callout("ProtocolCmAddParty", party);
        Callouts.then(
                what,
                Callouts.result(what, () -> circuit.callManager().addParty(party.callManagerView(), wanted)),
                result -> added(party, result, pending));
    }

    private void added(final Party party, final NdisResult<AddedParty> result, final Pending<ClientParty> pending) {
        final boolean unwanted;
        synchronized (circuit.lock) {
            final Event event = result.isSuccess() ? Event.ADD_SUCCEEDED : Event.ADD_FAILED;
            final boolean accepted = party.machine().fire(event, facts(party)).accepts();
            unwanted = !accepted;
            if (accepted) {
                result.value().ifPresent(party::added);
                removeGone();
                pending.settle(result.map(added -> party.clientView()), circuit.clientLane());
            }
        }
        if (unwanted) {
            result.value().ifPresent(added -> circuit.callManagerLane.add(() -> dropAgain(party, added.context())));
        }
        circuit.drainLanes();
    }

    private void addOverdue(
            final Party party, final NdisResult<ClientParty> failure, final Pending<ClientParty> pending) {
        synchronized (circuit.lock) {
            if (party.machine().fire(Event.ADD_FAILED, facts(party)).accepts()) {
                removeGone();
                pending.settle(failure, circuit.clientLane());
            }
        }
        circuit.drainLanes();
    }

    /** The call manager has added a party that nobody waits for any more. */
    private static void dropAgain(final Party party, final CmPartyContext context) {
        LOG.warn("{} was added when nobody waited for it any more; it is dropped", party);
        final Callout what = new Callout("ProtocolCmDropParty", party);
        Callouts.status(what, () -> context.dropParty(Octets.EMPTY));
    }

    // --- dropping ---

    /** {@code NdisClDropParty}. */
    CompletionStage<NdisResult<Void>> drop(final Party party, final Octets closeData) {
        final Pending<Void> pending = new Pending<>();
        synchronized (circuit.lock) {
            final StateTable.Row<PartyState, Event, PartyTable.Facts> row =
                    party.machine().fire(Event.DROP, facts(party));
            if (!row.accepts()) {
                return circuit.<Void>refusedParty(row, party).asStage();
            }
            party.dropping(pending);
            circuit.callManagerLane.add(circuit.whileAlive(() -> askToDrop(party, closeData, pending)));
        }
        circuit.drainLanes();
        return pending.returned(
                new Callout("ProtocolCmDropParty", party),
                circuit.options(),
                failure -> dropped(party, failure, pending));
    }

    private void askToDrop(final Party party, final Octets closeData, final Pending<Void> pending) {
        final Optional<CmPartyContext> context;
        synchronized (circuit.lock) {
            context = party.isDropping(pending) ? party.callManager() : Optional.empty();
        }
        context.ifPresent(target -> {
            final Callout what = new Callout("ProtocolCmDropParty", party);
            Callouts.then(
                    what,
                    Callouts.status(what, () -> target.dropParty(closeData)),
                    status -> dropped(
                            party, status.isSuccess() ? NdisResult.success() : NdisResult.failure(status), pending));
        });
    }

    private void dropped(final Party party, final NdisResult<Void> result, final Pending<Void> pending) {
        synchronized (circuit.lock) {
            if (party.isDropping(pending)) {
                party.machine().fire(result.isSuccess() ? Event.DROP_SUCCEEDED : Event.DROP_FAILED, facts(party));
                party.dropEnded();
                removeGone();
                pending.settle(result, circuit.clientLane());
            } else if (result.isSuccess() && pending.isSettled() && party.state() != PartyState.GONE) {
                LOG.warn("E2: the call manager has dropped {} at last", party);
                party.machine().fire(Event.CALL_ENDED, facts(party));
                removeGone();
            }
        }
        circuit.drainLanes();
    }

    /** {@code Ndis(M)CmDispatchIncomingDropParty}. */
    NdisResult<Void> dispatchIncomingDrop(final Party party, final NdisStatus dropStatus, final Octets closeData) {
        synchronized (circuit.lock) {
            final StateTable.Row<PartyState, Event, PartyTable.Facts> row =
                    party.machine().fire(Event.DISPATCH_INCOMING_DROP, facts(party));
            if (!row.accepts()) {
                return circuit.refusedParty(row, party);
            }
            party.leaveByRemote();
            circuit.clientLane()
                    .add(circuit.whileAlive(
                            () -> Callouts.run(new Callout("ProtocolClIncomingDropParty", party), () -> party.client()
                                    .incomingDropParty(party.clientView(), dropStatus, closeData))));
        }
        circuit.drainLanes();
        return NdisResult.success();
    }

    /** Drops all parties but one, as a client does that closes everything (R46). */
    CompletionStage<NdisResult<Void>> dropAllButOne() {
        final List<Party> surplus;
        synchronized (circuit.lock) {
            final List<Party> connected = connected();
            surplus = connected.subList(Math.min(1, connected.size()), connected.size());
        }
        CompletionStage<NdisResult<Void>> dropped = NdisResult.success().asStage();
        for (final Party party : surplus) {
            dropped = dropped.thenCompose(before ->
                    before.isSuccess() ? drop(party, Octets.EMPTY) : CompletableFuture.completedStage(before));
        }
        return dropped;
    }

    // --- who is there ---

    private List<Party> connected() {
        return parties.stream().filter(Party::isConnected).toList();
    }

    private void removeGone() {
        parties.removeIf(party -> party.state() == PartyState.GONE);
    }

    /** Lock held. */
    boolean severalConnected() {
        // asked whenever a gate is set anew: with one party, as nearly always, nothing is counted
        return parties.size() > 1 && connected().size() > 1;
    }

    /** Lock held. The party with which the call is closed. */
    Optional<Party> last() {
        return connected().stream().findFirst();
    }

    /** Lock held. The party behind a handle, when it is connected in this call. */
    Optional<Party> find(final ClientParty handle) {
        return handle instanceof Party.ClientView view && connected().contains(view.party())
                ? Optional.of(view.party())
                : Optional.empty();
    }

    List<ClientParty> views() {
        synchronized (circuit.lock) {
            return connected().stream().map(Party::clientView).toList();
        }
    }

    private PartyTable.Facts facts(final Party party) {
        final boolean last = connected().stream().noneMatch(other -> other != party);
        return new PartyTable.Facts(circuit.callState(), multipoint, last, party.leftByRemote());
    }

    @Override
    public String toString() {
        return circuit.toString();
    }
}
