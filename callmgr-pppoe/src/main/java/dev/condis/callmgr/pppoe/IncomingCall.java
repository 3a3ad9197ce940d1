// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session that a host has asked for, as a call to a client (sequences S14, S16). Callbacks come on any thread and go to the loop.
 *
 * <pre>
 * NEW -> ACTIVATING (VC created) -> OFFERED (dispatched) -> CONNECTED (accepted, PADS sent, connected)
 * CONNECTED -> CLOSING (the client closes; PADT sent when the VC is inactive) -> GONE
 * OFFERED, CONNECTED -> REMOTE_CLOSING (PADT came) -> CLOSING -> GONE
 * NEW, ACTIVATING, OFFERED -> REFUSING (PADS with an error sent) -> GONE
 * </pre>
 *
 * The PADS is sent before the client hears that it is connected, so that what the client sends then finds a session at the other side.
 */
final class IncomingCall implements CmVcContext, PppoeSession {
    private enum Phase {
        NEW,
        ACTIVATING,
        OFFERED,
        CONNECTED,
        REMOTE_CLOSING,
        CLOSING,
        REFUSING,
        GONE
    }

    private static final Logger LOG = LoggerFactory.getLogger(IncomingCall.class);

    private final PppoeBinding binding;
    private final PppoeSap sap;
    private final List<PppoeTag> answer;
    private final Runnable forgetRequest;

    private Phase phase = Phase.NEW;
    private Optional<CmVc> created = Optional.empty();
    private Optional<SessionKey> session = Optional.empty();
    private boolean confirmed;
    private boolean endedByPeer;

    /**
     * Makes one.
     *
     * @param answer the tags of its PADS
     * @param forgetRequest forgets that the host has asked
     */
    IncomingCall(
            final PppoeBinding binding, final PppoeSap sap, final List<PppoeTag> answer, final Runnable forgetRequest) {
        this.binding = binding;
        this.sap = sap;
        this.answer = List.copyOf(answer);
        this.forgetRequest = forgetRequest;
    }

    private PppoeClient client() {
        return sap.client();
    }

    private SessionKey session() {
        return session.orElseThrow(() -> new IllegalStateException(this + " has no session"));
    }

    // --- offering

    void offer(final SessionKey key, final PppoeParameters agreed) {
        session = Optional.of(key);
        client().add(this);
        if (client().isClosing()) {
            refuse(NdisStatus.CLOSING);
            return;
        }
        final NdisResult<CmVc> made = client().af().createVc(this);
        created = made.value();
        if (!made.isSuccess()) {
            LOG.info("{} is not offered to {}: no VC: {}", this, client(), made);
            refuse(made.status());
            return;
        }
        phase = Phase.ACTIVATING;
        final CallParameters parameters =
                CallPlan.session(agreed.toCall(), key.link().session(key.peer(), key.id()), agreed);
        Outcomes.settled(made.get().activateVc(parameters))
                .thenAccept(result -> binding.loop().execute(() -> activated(made.get(), result)));
    }

    private void activated(final CmVc vc, final NdisResult<CallParameters> result) {
        if (phase != Phase.ACTIVATING) {
            return;
        }
        if (!result.isSuccess()) {
            LOG.warn("{} cannot be carried: {}", this, result);
            refuse(result.status());
        } else if (endedByPeer || client().isClosing()) {
            refuse(NdisStatus.CLOSING);
        } else {
            phase = Phase.OFFERED;
            Outcomes.settled(vc.dispatchIncomingCall(sap.handle(), result.get()))
                    .thenAccept(said -> binding.loop().execute(() -> answered(vc, result.get(), said)));
        }
    }

    private void answered(final CmVc vc, final CallParameters offered, final NdisResult<CallParameters> said) {
        if (phase == Phase.REMOTE_CLOSING) {
            // the client may have rejected it at the same moment
            if (vc.callState() == CallState.IDLE) {
                withoutClient();
            }
            return;
        }
        if (phase != Phase.OFFERED) {
            return;
        }
        if (!said.isSuccess()) {
            refuse(said.status());
        } else if (isChanged(offered, said.get())) {
            // R137: a session is what it is, there is nothing to negotiate
            sendRefusal(NdisStatus.NOT_SUPPORTED);
            endFromHere(NdisStatus.NOT_SUPPORTED);
        } else {
            connect(vc);
        }
    }

    private static boolean isChanged(final CallParameters offered, final CallParameters accepted) {
        return accepted.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)
                && !(accepted.media().equals(offered.media())
                        && accepted.callManager().equals(offered.callManager()));
    }

    private void connect(final CmVc vc) {
        phase = Phase.CONNECTED;
        confirmed = true;
        sendConfirmation();
        Outcomes.settled(vc.dispatchCallConnected())
                .thenAccept(result -> binding.loop().execute(() -> {
                    if (!result.isSuccess()) {
                        endFromHere(result.status());
                    }
                }));
    }

    private void sendConfirmation() {
        final SessionKey key = session();
        key.link().send(key.peer(), new DiscoveryPacket(DiscoveryPacket.Code.PADS, key.id(), answer));
    }

    /** The host has not heard the answer, or is in a hurry. */
    void askedAgain() {
        if (phase == Phase.CONNECTED) {
            sendConfirmation();
        }
    }

    // --- refusing

    private void refuse(final NdisStatus why) {
        phase = Phase.REFUSING;
        sendRefusal(why);
        deactivateAndDelete();
    }

    private void sendRefusal(final NdisStatus why) {
        if (endedByPeer) {
            return;
        }
        final SessionKey key = session();
        final List<PppoeTag> tags = new ArrayList<>(answer);
        tags.removeIf(tag -> tag.type() == PppoeTag.PPP_MAX_PAYLOAD);
        tags.add(ErrorTags.of(why));
        key.link().send(key.peer(), DiscoveryPacket.of(DiscoveryPacket.Code.PADS, tags));
    }

    private void deactivateAndDelete() {
        if (created.isEmpty()) {
            end();
            client().remove(this);
            return;
        }
        final CmVc vc = created.get();
        Outcomes.settled(vc.deactivateVc()).thenAccept(result -> binding.loop().execute(() -> {
            if (!Outcomes.isInactive(result, vc)) {
                LOG.error("{} cannot be deactivated and is left to the core: {}", vc.handle(), result);
            }
            end();
            client().delete(this, vc);
        }));
    }

    // --- ending

    @Override
    public void endedByPeer(final Octets reason) {
        endedByPeer = true;
        endCall(NdisStatus.SUCCESS, reason);
    }

    /** Has the client close its call, or gives the call up at once when there is none yet. */
    void endFromHere(final NdisStatus status) {
        endCall(status, Octets.EMPTY);
    }

    private void endCall(final NdisStatus status, final Octets reason) {
        if (phase == Phase.OFFERED || phase == Phase.CONNECTED) {
            phase = Phase.REMOTE_CLOSING;
            created.ifPresent(
                    vc -> new CloseTeller(binding.loop(), vc, () -> phase == Phase.REMOTE_CLOSING, this::withoutClient)
                            .tell(status, reason));
        }
    }

    /** The client has no call (any more) that it could close. */
    private void withoutClient() {
        if (phase == Phase.REMOTE_CLOSING) {
            phase = Phase.CLOSING;
            sayGoodbye(Octets.EMPTY);
            deactivateAndDelete();
        }
    }

    @Override
    public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
        if (closeData.length() > PppoeParameters.MAX_NAME) {
            // R152: a PADT carries a text, and no more
            return NdisStatus.INVALID_DATA.asStage();
        }
        final CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        binding.loop().execute(() -> close(closeData, stage));
        return stage;
    }

    private void close(final Octets closeData, final CompletableFuture<NdisStatus> stage) {
        if (phase != Phase.CONNECTED && phase != Phase.REMOTE_CLOSING || created.isEmpty()) {
            stage.complete(NdisStatus.NOT_ACCEPTED);
            return;
        }
        final Phase before = phase;
        final CmVc vc = created.get();
        phase = Phase.CLOSING;
        Outcomes.settled(vc.deactivateVc()).thenAccept(result -> binding.loop().execute(() -> {
            if (Outcomes.isInactive(result, vc)) {
                sayGoodbye(closeData);
                end();
                stage.complete(NdisStatus.SUCCESS);
                client().delete(this, vc);
            } else {
                phase = before;
                stage.complete(result.status());
            }
        }));
    }

    /** After a PADT nothing may be sent in a session (RFC 2516, section 5.5): so it is sent when the VC is inactive. */
    private void sayGoodbye(final Octets closeData) {
        if (confirmed && !endedByPeer) {
            final SessionKey key = session();
            key.link()
                    .send(
                            key.peer(),
                            new DiscoveryPacket(DiscoveryPacket.Code.PADT, key.id(), ErrorTags.ofClose(closeData)));
        }
    }

    private void end() {
        phase = Phase.GONE;
        forgetRequest.run();
        session.ifPresent(key -> binding.sessions().takeBack(key, this));
    }

    // --- what does not concern a call that came in

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
        return Outcomes.<CallParameters>refused(
                        NdisStatus.NOT_ACCEPTED, "R60", this, "incoming", "the VC belongs to an incoming call")
                .asStage();
    }

    @Override
    public NdisStatus deleteVc() {
        // R106: the client does not delete what it did not create.
        return NdisStatus.NOT_ACCEPTED;
    }

    @Override
    public String toString() {
        return "session "
                + session.map(key -> key.link().session(key.peer(), key.id()).text())
                        .orElse("(none)") + " for '" + sap.service() + "'";
    }
}
