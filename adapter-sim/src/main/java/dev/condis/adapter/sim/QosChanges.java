// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of the parameters of one call, from both sides (contract B.9, S17, S18). Of two that cross each other the network refuses one;
 * the other side's waits here until our own is answered, and our own until the other side's is dealt with, which may be what our client
 * answers to it (R146). Confined to the loop.
 *
 * <pre>
 * own:   MODIFY_REQUEST sent -> acknowledged -> VC activated with the new parameters -> the client is answered
 *                                            -> the miniport refuses -> the network is asked for the old ones -> the client is answered
 * other: MODIFY_REQUEST came -> VC activated -> the client is told, and accepts -> MODIFY_ACK
 *                            -> the miniport refuses, or the client does: the old ones are restored -> MODIFY_REJECT
 * </pre>
 */
final class QosChanges {

    private static final Logger LOG = LoggerFactory.getLogger(QosChanges.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int MAX_LOOKS = 10_000;
    private static final Set<NdisStatus> DOCUMENTED =
            Set.of(NdisStatus.RESOURCES, NdisStatus.INVALID_DATA, NdisStatus.NOT_SUPPORTED);

    /** A change that our client asked for. */
    private static final class Own {
        private final CallParameters asked;
        private final CompletableFuture<NdisResult<CallParameters>> stage;

        /** Set when the miniport has refused what the network granted, and the network is asked for the old parameters again. */
        private Optional<NdisStatus> refused = Optional.empty();

        private boolean started;
        private boolean activating;

        private Own(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> stage) {
            this.asked = asked;
            this.stage = stage;
        }
    }

    private final SimCall call;
    private final Retransmission retry;
    private Optional<Own> own = Optional.empty();
    private boolean othersInProgress;
    private Optional<SignalMessage> waiting = Optional.empty();

    QosChanges(final SimCall call) {
        this.call = call;
        this.retry = new Retransmission(call.station());
    }

    /** No change is under way. */
    boolean isAtRest() {
        return own.isEmpty() && !othersInProgress && waiting.isEmpty();
    }

    // ---- asked for by our client

    void begin(final CallParameters asked, final CompletableFuture<NdisResult<CallParameters>> stage) {
        final NdisStatus status = check(asked);
        if (!status.isSuccess()) {
            stage.complete(NdisResult.failure(status));
            return;
        }
        final Own change = new Own(asked.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED), stage);
        own = Optional.of(change);
        if (!othersInProgress) {
            start(change);
        }
    }

    private void start(final Own change) {
        change.started = true;
        if (call.isOffered()) {
            // The network has not been answered yet: it hears of the parameters with the answer.
            activate(change, change.asked.callManager().orElseThrow());
            return;
        }
        retry.ask(
                call.message(MessageType.MODIFY_REQUEST)
                        .withTraffic(change.asked.callManager().map(QosChanges::flowsOf))
                        .with(SignalMessage.Flag.ROUND_DOWN, mayRoundDown(change.asked)),
                this::noAnswer);
    }

    private NdisStatus check(final CallParameters asked) {
        if (call.isMultipoint()) {
            return NdisStatus.NOT_SUPPORTED;
        }
        if (own.isPresent() || !(call.isEstablished() || call.isOffered())) {
            return NdisStatus.NOT_ACCEPTED;
        }
        return asked.callManager().isPresent() ? NdisStatus.SUCCESS : NdisStatus.INVALID_DATA;
    }

    private static CallManagerParameters flowsOf(final CallManagerParameters traffic) {
        return new CallManagerParameters(traffic.transmit(), traffic.receive(), Optional.empty());
    }

    static boolean mayRoundDown(final CallParameters asked) {
        return asked.media()
                .filter(media -> media.flags().contains(MediaParameters.Flag.ROUND_DOWN_FLOW))
                .isPresent();
    }

    private void noAnswer() {
        own.ifPresent(change -> finish(change, NdisResult.failure(change.refused.orElse(NdisStatus.FAILURE))));
    }

    /** The other side and the network have the new parameters in force. */
    void acknowledged(final SignalMessage message) {
        if (own.filter(change -> change.started).isEmpty()) {
            // Too late: our client was told that it failed, so the network is asked for the old ones.
            message.traffic().filter(traffic -> !call.hasFlows(traffic)).ifPresent(traffic -> askForOld());
            return;
        }
        final Own change = own.get();
        if (change.refused.isPresent()) {
            finish(change, NdisResult.failure(change.refused.get()));
        } else if (!change.activating) {
            activate(
                    change,
                    message.traffic().orElseGet(() -> change.asked.callManager().orElseThrow()));
        }
    }

    private void askForOld() {
        call.station()
                .send(call.message(MessageType.MODIFY_REQUEST)
                        .withTraffic(call.parameters().callManager().map(QosChanges::flowsOf)));
    }

    private void activate(final Own change, final CallManagerParameters granted) {
        retry.disarm();
        change.activating = true;
        final CallParameters wanted = merged(change.asked, granted);
        call.putInForce(wanted, result -> {
            change.activating = false;
            if (result.isSuccess()) {
                finish(change, NdisResult.success(marked(change.asked, result.get())));
            } else {
                restore(change, result.status());
            }
        });
    }

    /** The parameters that were asked for, with the flows that were granted; who is called stays what it is. */
    private CallParameters merged(final CallParameters asked, final CallManagerParameters granted) {
        final CallManagerParameters traffic = new CallManagerParameters(
                granted.transmit(),
                granted.receive(),
                call.parameters().callManager().flatMap(CallManagerParameters::specific));
        final CallParameters base = asked.media().isPresent() ? asked : call.parameters();
        return base.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED).withCallManager(traffic);
    }

    private static CallParameters marked(final CallParameters asked, final CallParameters inForce) {
        final boolean same = asked.callManager()
                .map(QosChanges::flowsOf)
                .equals(inForce.callManager().map(QosChanges::flowsOf));
        return same
                ? inForce.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED)
                : inForce.with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
    }

    /** The miniport has refused and kept the old parameters (R81); the network has to hear of it (R142). */
    private void restore(final Own change, final NdisStatus cause) {
        change.refused = Optional.of(reported(cause));
        if (call.isEstablished()) {
            retry.ask(
                    call.message(MessageType.MODIFY_REQUEST)
                            .withTraffic(call.parameters().callManager().map(QosChanges::flowsOf)),
                    this::noAnswer);
        } else {
            finish(change, NdisResult.failure(change.refused.get()));
        }
    }

    /** The network or the other side refuses; nothing has changed. */
    void rejected(final SignalMessage message) {
        own.filter(change -> change.started && !change.activating)
                .ifPresent(change -> finish(
                        change,
                        NdisResult.failure(change.refused.orElse(reported(message.causeOr(NdisStatus.FAILURE))))));
    }

    /** The client hears one of the documented statuses, whatever the network's cause (R142). */
    private static NdisStatus reported(final NdisStatus cause) {
        return DOCUMENTED.contains(cause) ? cause : NdisStatus.FAILURE;
    }

    private static NdisStatus refusal(final NdisStatus cause) {
        return cause.isSuccess() ? NdisStatus.FAILURE : cause;
    }

    private void finish(final Own change, final NdisResult<CallParameters> result) {
        retry.disarm();
        own = Optional.empty();
        change.stage.complete(result);
        resume();
    }

    // ---- asked for by the other side

    /** The other side asks. */
    void requested(final SignalMessage message) {
        waiting = Optional.of(message);
        resume();
    }

    /** The call is established for our client too: what came before can be worked off. */
    void resume() {
        if (othersInProgress || !call.isEstablished()) {
            return;
        }
        own.filter(change -> !change.started).ifPresent(this::start);
        if (waiting.isEmpty() || own.isPresent()) {
            return;
        }
        final SignalMessage message = waiting.get();
        waiting = Optional.empty();
        final Optional<CallManagerParameters> traffic = message.traffic();
        if (traffic.isEmpty()) {
            reject(NdisStatus.INVALID_DATA);
        } else if (call.hasFlows(traffic.get())) {
            accept();
        } else {
            follow(traffic.get());
        }
    }

    private void follow(final CallManagerParameters traffic) {
        othersInProgress = true;
        final CallParameters before = call.parameters();
        call.putInForce(merged(before, traffic), result -> {
            if (result.isSuccess()) {
                tellClient(before, 1);
            } else {
                othersInProgress = false;
                reject(result.status());
                resume();
            }
        });
    }

    /** Where another thread still works off events of the VC, its client is told a little later. */
    private void tellClient(final CallParameters before, final int look) {
        final CallState seen = call.vc().callState();
        if (seen == CallState.MAKING && look < MAX_LOOKS) {
            call.station().time().schedule(LOOK_AGAIN, () -> tellClient(before, look + 1));
            return;
        }
        call.vc()
                .dispatchIncomingCallQoSChange(call.parameters())
                .thenAccept(told -> call.station().time().execute(() -> answered(told.status(), before)));
    }

    /** R147: the other side is answered after the client's callback has returned. */
    private void answered(final NdisStatus told, final CallParameters before) {
        othersInProgress = false;
        if (told.isSuccess()) {
            accept();
            resume();
        } else if (call.isEstablished() && told != NdisStatus.CLOSING) {
            othersInProgress = true;
            call.putInForce(before, restored -> {
                othersInProgress = false;
                LOG.debug("{} has its old parameters again: {}", call, restored.status());
                reject(told);
                resume();
            });
        } else {
            reject(told);
        }
    }

    private void accept() {
        if (call.isEstablished()) {
            call.station()
                    .send(call.message(MessageType.MODIFY_ACK)
                            .withTraffic(call.parameters().callManager().map(QosChanges::flowsOf)));
        }
    }

    private void reject(final NdisStatus cause) {
        call.station().send(call.message(MessageType.MODIFY_REJECT).withCause(refusal(cause)));
    }

    /** The call is over, or about to be. */
    void callEnded() {
        retry.disarm();
        waiting = Optional.empty();
        othersInProgress = false;
        final Optional<Own> pending = own;
        own = Optional.empty();
        pending.ifPresent(change -> change.stage.complete(NdisResult.failure(NdisStatus.FAILURE)));
    }
}
