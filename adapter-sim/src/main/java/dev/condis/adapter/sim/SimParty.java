// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalCodec;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A party of a point-to-multipoint call at the engine. Confined to the loop; callbacks only queue.
 *
 * <pre>
 * NEW -> ADDING (ADD_PARTY sent) -> ACTIVE (acknowledged) -> DROPPING (DROP_PARTY sent) -> GONE
 * ACTIVE -> LEFT (the network says that it has left; the client is told) -> GONE (the client drops it)
 * </pre>
 */
final class SimParty implements CmPartyContext {

    private enum State {
        NEW,
        ADDING,
        ACTIVE,
        LEFT,
        DROPPING,
        GONE
    }

    private static final Logger LOG = LoggerFactory.getLogger(SimParty.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int MAX_LOOKS = 10_000;

    private final SimCall call;
    private final SimParties parties;
    private final CmParty party;
    private final int number;
    private final Retransmission retry;
    private State state = State.NEW;
    private CallParameters parameters = CallParameters.bestEffort();
    private CompletableFuture<NdisResult<AddedParty>> adding = new CompletableFuture<>();
    private CompletableFuture<NdisStatus> dropping = new CompletableFuture<>();

    SimParty(final SimCall call, final SimParties parties, final CmParty party, final int number) {
        this.call = call;
        this.parties = parties;
        this.party = party;
        this.number = number;
        this.retry = new Retransmission(call.station());
    }

    int number() {
        return number;
    }

    // ---- adding

    /** The first party is there with the call. */
    void isFirst() {
        state = State.ACTIVE;
    }

    /** Asks the network for the party, with the traffic of the VC (R166). */
    void add(
            final CallParameters asked,
            final Q2931Parameters whom,
            final CompletableFuture<NdisResult<AddedParty>> stage) {
        adding = stage;
        parameters = withTrafficOfCall(asked);
        state = State.ADDING;
        final SignalMessage message = message(MessageType.ADD_PARTY)
                .withCalled(whom.called())
                .withCalling(whom.calling())
                .withTraffic(parameters.callManager());
        if (SignalCodec.encode(message).isEmpty()) {
            fail(NdisStatus.NOT_SUPPORTED);
        } else {
            retry.ask(message, patience(), this::noAnswer);
        }
    }

    /** In all it waits as long as a called party may take to answer. */
    private Duration patience() {
        final SimCallManagerOptions options = call.station().options();
        final Duration rest =
                options.answerTimeout().minus(options.signalingTimeout().multipliedBy(2));
        return rest.compareTo(options.signalingTimeout()) > 0 ? rest : options.signalingTimeout();
    }

    /** Every party gets the same PDUs: what differs is reset, and said. */
    private CallParameters withTrafficOfCall(final CallParameters asked) {
        final CallParameters plain = asked.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
        final CallManagerParameters own = asked.callManager().orElseGet(CallManagerParameters::bestEffort);
        final CallManagerParameters common =
                call.parameters().callManager().orElseGet(CallManagerParameters::bestEffort);
        if (own.transmit().equals(common.transmit()) && own.receive().equals(common.receive())) {
            return plain;
        }
        return plain.withCallManager(new CallManagerParameters(common.transmit(), common.receive(), own.specific()))
                .with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
    }

    private void noAnswer() {
        call.station().send(message(MessageType.DROP_PARTY).withCause(NdisStatus.FAILURE));
        fail(NdisStatus.DEST_OUT_OF_ORDER);
    }

    void acknowledged() {
        if (state == State.ADDING) {
            retry.disarm();
            state = State.ACTIVE;
            adding.complete(NdisResult.success(new AddedParty(this, parameters)));
        }
    }

    void rejected(final NdisStatus cause) {
        if (state == State.ADDING) {
            fail(cause);
        }
    }

    private void fail(final NdisStatus cause) {
        gone();
        adding.complete(NdisResult.failure(cause.isSuccess() ? NdisStatus.FAILURE : cause));
    }

    // ---- leaving

    /** The network says that the party has left, or that it never was there. */
    void left(final NdisStatus cause, final Octets closeData) {
        switch (state) {
            case ADDING -> fail(cause);
            case ACTIVE -> {
                state = State.LEFT;
                tellClient(cause, closeData, 1);
            }
            case DROPPING -> dropped();
            default -> LOG.debug("Party {} of {} left in state {}", number, call, state);
        }
    }

    /** Where another thread still works off that the party was added, its leave is told a little later. */
    private void tellClient(final NdisStatus cause, final Octets closeData, final int look) {
        if (state != State.LEFT) {
            return;
        }
        final NdisStatus told =
                party.dispatchIncomingDropParty(cause, closeData).status();
        if (told == NdisStatus.NOT_ACCEPTED && party.state() == PartyState.ADDING && look < MAX_LOOKS) {
            call.station().time().schedule(LOOK_AGAIN, () -> tellClient(cause, closeData, look + 1));
        } else if (told == NdisStatus.NOT_ACCEPTED && party.state() == PartyState.ACTIVE) {
            // The client has dropped the others meanwhile: this was the last one, and the call ends (R172).
            call.partiesAreGone(cause, closeData);
        } else if (told == NdisStatus.FAILURE) {
            gone();
        }
    }

    @Override
    public CompletionStage<NdisStatus> dropParty(final Octets closeData) {
        if (closeData.length() > SignalCodec.MAX_CLOSE_DATA) {
            return NdisStatus.INVALID_DATA.asStage();
        }
        final CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        call.station().time().execute(() -> drop(closeData, stage));
        return stage;
    }

    private void drop(final Octets closeData, final CompletableFuture<NdisStatus> stage) {
        dropping = stage;
        if (state == State.ACTIVE && call.isKnownToNetwork()) {
            state = State.DROPPING;
            retry.ask(
                    message(MessageType.DROP_PARTY)
                            .withCause(NdisStatus.SUCCESS)
                            .withCloseData(closeData),
                    this::dropped);
        } else {
            dropped();
        }
    }

    void dropAcknowledged() {
        if (state == State.DROPPING) {
            dropped();
        }
    }

    private void dropped() {
        gone();
        dropping.complete(NdisStatus.SUCCESS);
    }

    /** Nobody answers any more. */
    void networkGone(final NdisStatus cause) {
        if (state == State.ADDING) {
            fail(cause);
        } else if (state == State.DROPPING) {
            dropped();
        }
    }

    /** The call is over, and every party with it. */
    void callEnded(final NdisStatus cause) {
        if (state == State.ADDING) {
            fail(cause);
        } else if (state != State.GONE) {
            dropped();
        }
    }

    private void gone() {
        retry.disarm();
        state = State.GONE;
        parties.remove(this);
    }

    private SignalMessage message(final MessageType type) {
        return call.message(type).withParty(number);
    }

    @Override
    public String toString() {
        return "party " + number + " of " + call + " " + state;
    }
}
