// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.WrittenState.OfCall;
import dev.condis.adapter.sim.WrittenState.OfVc;
import dev.condis.adapter.sim.net.AtmLabel;
import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalCodec;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.media.AtmConnection;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A VC at the engine and the call on it. Confined to the loop; callbacks only queue.
 *
 * <pre>
 * outgoing: IDLE -> CALLING (SETUP sent) -> ACTIVATING (CONNECT came) -> CONNECTED (CONNECT_ACK sent)
 * incoming: IDLE -> OFFERED -> ACTIVATING -> ANSWERED (CONNECT sent) -> CONNECTED (CONNECT_ACK came)
 * closing:  any but IDLE -> CLEARED (the network released first) -> CLOSING (the client closes) -> IDLE
 * refusing: OFFERED -> REFUSING -> IDLE
 * </pre>
 *
 * Changes of parameters are {@link QosChanges}' affair, the parties of a point-to-multipoint call {@link SimParties}'.
 */
final class SimCall implements CmVcContext {

    enum State {
        IDLE,
        CALLING,
        OFFERED,
        ACTIVATING,
        ANSWERED,
        CONNECTED,
        CLEARED,
        CLOSING,
        REFUSING
    }

    private static final Logger LOG = LoggerFactory.getLogger(SimCall.class);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int MAX_LOOKS = 10_000;
    private static final Set<CallParameters.Flag> UNSUPPORTED =
            Set.of(CallParameters.Flag.PERMANENT_VC, CallParameters.Flag.BROADCAST_VC);

    private final StationAf af;
    private final Station station;
    private final SimTime time;
    private final boolean ofClient;
    private final SimParties parties;
    private final QosChanges qos;
    private final Retransmission retry;
    private CmVc vc;

    private volatile State state = State.IDLE;
    private boolean outgoing;
    private boolean multipoint;

    /** Connected for our client too, as far as it concerns what the network asks. */
    private boolean established;

    private int reference;
    private Optional<AtmLabel> label = Optional.empty();
    private CallParameters parameters = CallParameters.bestEffort();
    private boolean active;
    private boolean activationPending;

    /** The network has released the call, or never knew it: there is nobody to tell. */
    private boolean networkDone;

    private boolean releaseSent;

    /** The network holds a label for this call until it hears that the VC is inactive. */
    private boolean completeDue;

    private CompletableFuture<NdisResult<CallParameters>> making = new CompletableFuture<>();
    private CompletableFuture<NdisStatus> closing = new CompletableFuture<>();

    SimCall(StationAf af, boolean ofClient) {
        this.af = af;
        this.station = af.station();
        this.time = station.time();
        this.ofClient = ofClient;
        this.parties = new SimParties(this);
        this.qos = new QosChanges(this);
        this.retry = new Retransmission(station);
    }

    Station station() {
        return station;
    }

    CallParameters parameters() {
        return parameters;
    }

    boolean isMultipoint() {
        return multipoint;
    }

    boolean isOffered() {
        return state == State.OFFERED;
    }

    boolean isEstablished() {
        return state == State.CONNECTED && established;
    }

    boolean isKnownToNetwork() {
        return !networkDone && !releaseSent;
    }

    /** There is no call, or it is connected for both, and nothing is under way. */
    boolean isAtRest() {
        return state == State.IDLE || isEstablished() && !activationPending && qos.isAtRest();
    }

    NdisResult<OfVc> export() {
        if (!isAtRest() || multipoint && state != State.IDLE) {
            return NdisResult.failure(multipoint ? NdisStatus.NOT_SUPPORTED : NdisStatus.NOT_ACCEPTED);
        }
        Optional<OfCall> connected =
                state == State.IDLE ? Optional.empty() : label.map(circuit -> new OfCall(outgoing, reference, circuit));
        return NdisResult.success(new OfVc(ofClient, af.keeps(this), connected));
    }

    /** A call that another engine had. */
    void adopt(OfCall call) {
        begin(call.outgoing(), false, State.CONNECTED);
        reference = call.reference();
        label = Optional.of(call.label());
        vc.callParameters().ifPresent(this::inForce);
        active = true;
        established = true;
        completeDue = true;
        if (outgoing) {
            station.adoptOutgoing(reference, this);
        } else {
            station.addIncoming(reference, this);
        }
    }

    void assign(CmVc newVc) {
        vc = newVc;
    }

    CmVc vc() {
        return vc;
    }

    private void begin(boolean isOutgoing, boolean isMultipoint, State first) {
        outgoing = isOutgoing;
        multipoint = isMultipoint;
        established = false;
        parties.callBegins();
        state = first;
        label = Optional.empty();
        active = false;
        activationPending = false;
        networkDone = false;
        releaseSent = false;
        completeDue = false;
    }

    // ---- outgoing

    @Override
    public CompletionStage<NdisResult<CallParameters>> makeCall(CallParameters asked) {
        CompletableFuture<NdisResult<CallParameters>> stage = new CompletableFuture<>();
        time.execute(() -> {
            if (asked.has(CallParameters.Flag.MULTIPOINT_VC)) {
                stage.complete(NdisResult.failure(NdisStatus.NOT_SUPPORTED));
            } else {
                call(asked, false, stage);
            }
        });
        return stage;
    }

    @Override
    public CompletionStage<NdisResult<AddedParty>> makeCall(CallParameters asked, CmParty party) {
        CompletableFuture<NdisResult<CallParameters>> stage = new CompletableFuture<>();
        CompletionStage<NdisResult<AddedParty>> made =
                stage.thenApply(result -> result.map(inForce -> new AddedParty(parties.first(party), inForce)));
        time.execute(() -> call(asked, true, stage));
        return made;
    }

    private void call(CallParameters asked, boolean toParties, CompletableFuture<NdisResult<CallParameters>> stage) {
        NdisStatus status = check(asked, toParties);
        if (!status.isSuccess()) {
            stage.complete(NdisResult.failure(status));
            return;
        }
        begin(true, toParties, State.CALLING);
        parameters = asked.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
        making = stage;
        reference = station.addOutgoing(this);
        SignalMessage setup = setup(asked, whomOf(asked).orElseThrow());
        if (SignalCodec.encode(setup).isPresent()) {
            retry.ask(setup, this::noAnswer);
        } else {
            networkDone = true;
            failMaking(NdisStatus.NOT_SUPPORTED);
        }
    }

    private NdisStatus check(CallParameters asked, boolean toParties) {
        if (state != State.IDLE) {
            return NdisStatus.NOT_ACCEPTED;
        }
        if (whomOf(asked).isEmpty() || UNSUPPORTED.stream().anyMatch(asked::has)) {
            return NdisStatus.NOT_SUPPORTED;
        }
        // Nothing comes back from the parties of a point-to-multipoint call: nothing can be promised for it.
        return toParties && isGuaranteed(asked) ? NdisStatus.INCOMPATIBLE_QOS : NdisStatus.SUCCESS;
    }

    private static boolean isGuaranteed(CallParameters asked) {
        return asked.callManager()
                .filter(traffic -> traffic.receive().serviceType() == FlowSpec.ServiceType.GUARANTEED)
                .isPresent();
    }

    private static Optional<Q2931Parameters> whomOf(CallParameters asked) {
        return asked.callManager().flatMap(CallManagerParameters::specific).flatMap(Q2931Parameters::parse);
    }

    private SignalMessage setup(CallParameters asked, Q2931Parameters whom) {
        return message(MessageType.SETUP)
                .with(SignalMessage.Flag.MULTIPOINT, multipoint)
                .with(SignalMessage.Flag.ROUND_DOWN, QosChanges.mayRoundDown(asked))
                .withCalled(whom.called())
                .withCalling(whom.calling())
                .withTraffic(asked.callManager());
    }

    private void noAnswer() {
        release(NdisStatus.FAILURE, Octets.EMPTY);
        failMaking(NdisStatus.DEST_OUT_OF_ORDER);
    }

    private void proceeding(SignalMessage message) {
        if (state == State.CALLING) {
            label = message.label();
            completeDue = true;
            retry.arm(station.options().answerTimeout(), this::noAnswer);
        }
    }

    private void connected(SignalMessage message) {
        if (state == State.CONNECTED && outgoing) {
            station.send(message(MessageType.CONNECT_ACK));
        }
        if (state != State.CALLING || message.label().isEmpty()) {
            return;
        }
        retry.disarm();
        label = message.label();
        completeDue = true;
        state = State.ACTIVATING;
        message.traffic()
                .filter(traffic -> !hasFlows(traffic))
                .ifPresent(traffic -> parameters = changed(parameters, traffic));
        activate();
    }

    boolean hasFlows(CallManagerParameters traffic) {
        return parameters
                .callManager()
                .filter(asked -> asked.transmit().equals(traffic.transmit())
                        && asked.receive().equals(traffic.receive()))
                .isPresent();
    }

    private static CallParameters changed(CallParameters before, CallManagerParameters traffic) {
        Optional<CallManagerParameters> asked = before.callManager();
        CallManagerParameters merged = new CallManagerParameters(
                traffic.transmit(), traffic.receive(), asked.flatMap(CallManagerParameters::specific));
        return before.withCallManager(merged).with(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
    }

    private void outgoingActivated(NdisResult<CallParameters> result) {
        if (networkDone) {
            giveUpMaking(NdisStatus.DEST_OUT_OF_ORDER);
        } else if (!result.isSuccess()) {
            release(result.status(), Octets.EMPTY);
            failMaking(result.status());
        } else {
            state = State.CONNECTED;
            result.value().ifPresent(this::inForce);
            making.complete(result);
            confirm(1);
        }
    }

    /**
     * The called party may send as soon as it has the CONNECT_ACK. If another thread is working off events of the VC, the
     * client is not connected yet: the acknowledgement waits for that.
     */
    private void confirm(int look) {
        if (state != State.CONNECTED) {
            return;
        }
        CallState seen = vc.callState();
        if (seen == CallState.MAKING && look < MAX_LOOKS) {
            time.schedule(LOOK_AGAIN, () -> confirm(look + 1));
        } else if (seen == CallState.CONNECTED) {
            established = true;
            station.send(message(MessageType.CONNECT_ACK));
            qos.resume();
        }
    }

    /** The call failed after the VC had become active. */
    private void giveUpMaking(NdisStatus cause) {
        deactivate(() -> failMaking(cause));
    }

    private void failMaking(NdisStatus cause) {
        CompletableFuture<NdisResult<CallParameters>> stage = making;
        end();
        stage.complete(NdisResult.failure(cause.isSuccess() ? NdisStatus.FAILURE : cause));
    }

    // ---- incoming

    void offer(CmSap sap, SignalMessage setup) {
        begin(false, setup.has(SignalMessage.Flag.MULTIPOINT), State.OFFERED);
        reference = setup.reference();
        label = setup.label();
        completeDue = true;
        parameters = offered(setup);
        station.addIncoming(reference, this);
        if (station.options().activateBeforeOffer()) {
            activateThen(result -> offerActive(sap, result));
        } else {
            dispatch(sap);
        }
    }

    private CallParameters offered(SignalMessage setup) {
        CallManagerParameters traffic = setup.traffic().orElseGet(CallManagerParameters::bestEffort);
        Octets info = traffic.specific()
                .flatMap(Q2931Parameters::parse)
                .map(Q2931Parameters::infoElements)
                .orElse(Octets.EMPTY);
        Sap called = setup.called().orElseThrow();
        Q2931Parameters parties = new Q2931Parameters(called, setup.calling(), info);
        CallManagerParameters seen =
                new CallManagerParameters(traffic.transmit(), traffic.receive(), Optional.of(parties.toSpecific()));
        CallParameters plain = CallParameters.of(seen);
        return withLabel(multipoint ? plain.with(CallParameters.Flag.MULTIPOINT_VC) : plain);
    }

    private void offerActive(CmSap sap, NdisResult<CallParameters> result) {
        if (state == State.CLEARED) {
            finishWithoutClient();
        } else if (result.isSuccess()) {
            dispatch(sap);
        } else {
            refuse(result.status());
        }
    }

    private void dispatch(CmSap sap) {
        vc.dispatchIncomingCall(sap, parameters).thenAccept(answer -> time.execute(() -> answered(answer)));
    }

    private void answered(NdisResult<CallParameters> answer) {
        if (state != State.OFFERED) {
            if (state == State.CLEARED && vc.callState() == CallState.IDLE) {
                finishWithoutClient();
            }
            return;
        }
        if (!answer.isSuccess()) {
            refuse(answer.status());
            return;
        }
        CallParameters accepted = answer.value().orElse(parameters);
        parameters = accepted.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED)
                ? accepted.callManager()
                        .map(traffic -> changed(parameters, traffic))
                        .orElse(parameters)
                : parameters;
        state = State.ACTIVATING;
        if (active) {
            incomingActivated(NdisResult.success(parameters));
        } else {
            activate();
        }
    }

    private void incomingActivated(NdisResult<CallParameters> result) {
        if (result.isSuccess()) {
            state = State.ANSWERED;
            result.value().ifPresent(this::inForce);
            SignalMessage connect = message(MessageType.CONNECT).withTraffic(parameters.callManager());
            retry.ask(connect, () -> clear(NdisStatus.FAILURE, result.status()));
        } else {
            // Accepted, but it cannot be established: the client hears of a close and never of a connection (S16,
            // R137).
            clear(result.status(), result.status());
        }
    }

    private void connectAcknowledged() {
        if (state != State.ANSWERED) {
            return;
        }
        retry.disarm();
        state = State.CONNECTED;
        vc.dispatchCallConnected().thenAccept(result -> time.execute(() -> ready(result.status())));
    }

    private void ready(NdisStatus status) {
        if (status.isSuccess() && state == State.CONNECTED) {
            established = true;
            station.send(message(MessageType.READY));
            qos.resume();
        }
    }

    private void refuse(NdisStatus cause) {
        state = State.REFUSING;
        deactivate(() -> {
            releaseComplete(cause);
            end();
            af.over(this);
        });
    }

    // ---- activation and deactivation

    private void activate() {
        activateThen(this::activated);
    }

    private void activateThen(Consumer<NdisResult<CallParameters>> then) {
        activationPending = true;
        vc.activateVc(withLabel(parameters))
                .thenAccept(result -> inLoop(() -> {
                    activationPending = false;
                    active = result.isSuccess();
                    then.accept(result);
                }));
    }

    /** Changes the parameters of the call, on the wire if the VC is active. When it fails, everything is as it was. */
    void putInForce(CallParameters wanted, Consumer<NdisResult<CallParameters>> then) {
        if (!active) {
            parameters = wanted;
            then.accept(NdisResult.success(wanted));
            return;
        }
        activationPending = true;
        vc.activateVc(withLabel(wanted))
                .thenAccept(result -> inLoop(() -> {
                    activationPending = false;
                    result.value().ifPresent(this::inForce);
                    then.accept(result);
                    closeIfDue();
                }));
    }

    private void inForce(CallParameters now) {
        parameters = now.without(CallParameters.Flag.CALL_PARAMETERS_CHANGED);
    }

    /** The call ended while the VC was being activated. */
    private void closeIfDue() {
        if (state == State.CLOSING) {
            closeDeactivate();
        } else if (state == State.CLEARED && vc.callState() == CallState.IDLE) {
            finishWithoutClient();
        }
    }

    private void inLoop(Runnable step) {
        if (time.isLoopThread()) {
            step.run();
        } else {
            time.execute(step);
        }
    }

    private void activated(NdisResult<CallParameters> result) {
        switch (state) {
            case ACTIVATING -> {
                if (outgoing) {
                    outgoingActivated(result);
                } else {
                    incomingActivated(result);
                }
            }
            case CLOSING, CLEARED -> closeIfDue();
            default -> LOG.debug("{} was activated in state {}", vc.handle(), state);
        }
    }

    private CallParameters withLabel(CallParameters base) {
        AtmLabel here = label.orElseThrow();
        AtmConnection connection = new AtmConnection(here.vpi(), here.vci());
        MediaParameters media = base.media()
                .or(() -> Optional.of(MediaParameters.duplex(connection.toSpecificParameters())))
                .map(asked -> new MediaParameters(
                        directions(asked.flags()),
                        asked.receivePriority(),
                        asked.receiveSizeHint(),
                        Optional.of(connection.toSpecificParameters())))
                .orElseThrow();
        return base.withMedia(media);
    }

    /** In a point-to-multipoint call the caller sends, and nobody else. */
    private Set<MediaParameters.Flag> directions(Set<MediaParameters.Flag> asked) {
        if (!multipoint) {
            return asked;
        }
        Set<MediaParameters.Flag> flags = EnumSet.noneOf(MediaParameters.Flag.class);
        flags.addAll(asked);
        flags.remove(outgoing ? MediaParameters.Flag.RECEIVE_VC : MediaParameters.Flag.TRANSMIT_VC);
        flags.add(outgoing ? MediaParameters.Flag.TRANSMIT_VC : MediaParameters.Flag.RECEIVE_VC);
        return flags;
    }

    /** Deactivates if there is something to deactivate, then goes on. */
    private void deactivate(Runnable then) {
        if (!active) {
            then.run();
            return;
        }
        vc.deactivateVc()
                .thenAccept(result -> inLoop(() -> {
                    active = vc.state() != VcState.INACTIVE && !result.isSuccess();
                    if (active) {
                        LOG.warn("{} stays active: {}", vc.handle(), result);
                    }
                    then.run();
                }));
    }

    // ---- closing

    @Override
    public CompletionStage<NdisStatus> closeCall(Octets closeData) {
        if (closeData.length() > SignalCodec.MAX_CLOSE_DATA) {
            return NdisStatus.INVALID_DATA.asStage();
        }
        CompletableFuture<NdisStatus> stage = new CompletableFuture<>();
        time.execute(() -> close(closeData, stage));
        return stage;
    }

    private void close(Octets closeData, CompletableFuture<NdisStatus> stage) {
        if (state == State.IDLE || state == State.CLOSING) {
            stage.complete(state == State.IDLE ? NdisStatus.SUCCESS : NdisStatus.CLOSING);
            return;
        }
        closing = stage;
        state = State.CLOSING;
        release(NdisStatus.SUCCESS, closeData);
        if (!activationPending) {
            closeDeactivate();
        }
    }

    private void closeDeactivate() {
        deactivate(() -> {
            if (active) {
                failClose();
            } else {
                releaseComplete(NdisStatus.SUCCESS);
                finishClose();
            }
        });
    }

    /** The VC could not be deactivated: the close failed and may be tried again. */
    private void failClose() {
        state = networkDone ? State.CLEARED : State.CONNECTED;
        closing.complete(NdisStatus.FAILURE);
    }

    private void finishClose() {
        if (state == State.CLOSING && !active && !activationPending && networkDone) {
            CompletableFuture<NdisStatus> stage = closing;
            end();
            stage.complete(NdisStatus.SUCCESS);
            if (!ofClient) {
                af.over(this);
            }
        }
    }

    /** Tells the network that the call is over, once. */
    private void release(NdisStatus cause, Octets closeData) {
        if (networkDone || releaseSent) {
            return;
        }
        releaseSent = true;
        completeDue = true;
        othersEnd(cause);
        SignalMessage message = message(MessageType.RELEASE).withCause(cause).withCloseData(closeData);
        retry.ask(message, this::networkIsSilent);
    }

    /** What waits for the network need not wait any more. */
    private void othersEnd(NdisStatus cause) {
        qos.callEnded();
        parties.networkGone(cause);
    }

    private void networkIsSilent() {
        networkDone = true;
        finishClose();
    }

    /** Tells the network, once, that the VC is inactive: it may give the label to another call. */
    private void releaseComplete(NdisStatus cause) {
        if (completeDue) {
            completeDue = false;
            station.send(message(MessageType.RELEASE_COMPLETE).withCause(cause));
        }
    }

    /** Our side cannot go on: tells the network and the client. */
    private void clear(NdisStatus networkCause, NdisStatus clientCause) {
        release(networkCause, Octets.EMPTY);
        state = State.CLEARED;
        tellClient(clientCause.isSuccess() ? NdisStatus.FAILURE : clientCause, Octets.EMPTY);
    }

    private void tellClient(NdisStatus cause, Octets closeData) {
        tellClient(cause, closeData, 1);
    }

    /**
     * Where another thread is still working off events of the VC, its call may not be at the point yet at which it can be
     * closed; then it is told a little later.
     */
    private void tellClient(NdisStatus cause, Octets closeData, int look) {
        if (state != State.CLEARED
                || vc.dispatchIncomingCloseCall(cause, closeData).isSuccess()) {
            return;
        }
        CallState seen = vc.callState();
        if (seen == CallState.IDLE) {
            if (!activationPending) {
                finishWithoutClient();
            }
        } else if (seen != CallState.CLOSING && seen != CallState.REMOTE_CLOSING && look < MAX_LOOKS) {
            time.schedule(LOOK_AGAIN, () -> tellClient(cause, closeData, look + 1));
        }
    }

    /** The client has no call (any more) that it could close. */
    private void finishWithoutClient() {
        deactivate(() -> {
            releaseComplete(NdisStatus.SUCCESS);
            end();
            if (!ofClient) {
                af.over(this);
            }
        });
    }

    private void networkReleased(NdisStatus cause, Octets closeData) {
        networkDone = true;
        retry.disarm();
        othersEnd(cause);
        switch (state) {
            case CALLING -> {
                releaseComplete(NdisStatus.SUCCESS);
                failMaking(cause);
            }
            case ACTIVATING -> {
                if (!outgoing) {
                    state = State.CLEARED;
                    tellClient(cause, closeData);
                }
            }
            case OFFERED, ANSWERED, CONNECTED -> {
                state = State.CLEARED;
                tellClient(cause, closeData);
            }
            case CLOSING -> finishClose();
            default -> LOG.debug("{} was released in state {}", vc.handle(), state);
        }
    }

    /** The network has forgotten the call: there is no label to give back. */
    void networkForgot(NdisStatus cause) {
        completeDue = false;
        networkReleased(cause, Octets.EMPTY);
    }

    /** The engine leaves the adapter: nobody waits any more. */
    void abandon() {
        retry.disarm();
        qos.callEnded();
        parties.callEnded(NdisStatus.CLOSING);
        making.complete(NdisResult.failure(NdisStatus.CLOSING));
        closing.complete(NdisStatus.SUCCESS);
        state = State.IDLE;
    }

    // ---- parties and parameters

    @Override
    public CompletionStage<NdisResult<AddedParty>> addParty(CmParty party, CallParameters asked) {
        CompletableFuture<NdisResult<AddedParty>> stage = new CompletableFuture<>();
        time.execute(() -> {
            NdisStatus status = checkParty(asked);
            if (status.isSuccess()) {
                parties.add(party, asked, whomOf(asked).orElseThrow(), stage);
            } else {
                stage.complete(NdisResult.failure(status));
            }
        });
        return stage;
    }

    private NdisStatus checkParty(CallParameters asked) {
        if (!multipoint || !outgoing || whomOf(asked).isEmpty()) {
            return NdisStatus.NOT_SUPPORTED;
        }
        return state == State.CONNECTED ? NdisStatus.SUCCESS : NdisStatus.NOT_ACCEPTED;
    }

    /** A party that was not the last when it left is the last now. */
    void partiesAreGone(NdisStatus cause, Octets closeData) {
        if (state == State.CONNECTED) {
            release(NdisStatus.SUCCESS, Octets.EMPTY);
            state = State.CLEARED;
            tellClient(cause, closeData);
        }
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(CallParameters asked) {
        CompletableFuture<NdisResult<CallParameters>> stage = new CompletableFuture<>();
        time.execute(() -> qos.begin(asked, stage));
        return stage;
    }

    @Override
    public NdisStatus deleteVc() {
        return state == State.IDLE ? NdisStatus.SUCCESS : NdisStatus.NOT_ACCEPTED;
    }

    private void end() {
        retry.disarm();
        qos.callEnded();
        parties.callEnded(NdisStatus.FAILURE);
        releaseComplete(NdisStatus.SUCCESS);
        state = State.IDLE;
        station.remove(!outgoing, reference, this);
    }

    // ---- messages

    void received(SignalMessage message) {
        switch (message.type()) {
            case CALL_PROCEEDING -> proceeding(message);
            case CONNECT -> connected(message);
            case CONNECT_ACK -> connectAcknowledged();
            case RELEASE -> networkReleased(message.causeOr(NdisStatus.FAILURE), message.closeData());
            case RELEASE_COMPLETE -> releaseCompleted(message);
            case ADD_PARTY_ACK, ADD_PARTY_REJECT, DROP_PARTY, DROP_PARTY_ACK -> parties.received(message);
            case MODIFY_REQUEST -> qos.requested(message);
            case MODIFY_ACK -> qos.acknowledged(message);
            case MODIFY_REJECT -> qos.rejected(message);
            default -> LOG.debug("{} got a {} that means nothing", vc.handle(), message.type());
        }
    }

    private void releaseCompleted(SignalMessage message) {
        if (!releaseSent) {
            // Refused, or unknown to the network: it holds no label.
            completeDue = false;
        }
        networkReleased(message.causeOr(NdisStatus.FAILURE), message.closeData());
    }

    SignalMessage message(MessageType type) {
        return SignalMessage.of(type, !outgoing, reference);
    }

    @Override
    public String toString() {
        return "call " + (outgoing ? "out " : "in ") + reference + " " + state;
    }
}
