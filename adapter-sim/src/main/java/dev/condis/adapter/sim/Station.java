// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.WrittenState.OfStation;
import dev.condis.adapter.sim.WrittenState.OfVc;
import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.oid.Oid;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine at one adapter: its signaling channel, addresses and calls. Confined to the loop of its time.
 *
 * <p>It begins when its adapter is restarted for the first time. STARTING until the network has answered the RESTART with which a
 * station begins: what a station before it left in the network is gone then. Messages of calls and SAPs wait until that. After a
 * pause, in which the adapter dropped what came in, it asks the network what there is.
 */
final class Station {

    private static final Logger LOG = LoggerFactory.getLogger(Station.class);
    private static final int MAX_RESTARTS = 5;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int MAX_LOOKS = 10_000;

    /** Names a call on the link. */
    private record Reference(boolean byNetwork, int number) {}

    private final CmBinding binding;
    private final SimTime time;
    private final SimCallManagerOptions options;
    private final SignalingChannel channel;
    private final Map<Reference, SimCall> calls = new HashMap<>();
    private final StationAddresses addresses = new StationAddresses(this);
    private final Set<StationAf> clients = new LinkedHashSet<>();
    private final Map<CmAf, StationAf> adopted = new HashMap<>();
    private final Set<SimCall> beforeRestart = new HashSet<>();
    private final List<SignalMessage> outbox = new ArrayList<>();
    private final AtomicInteger callCount = new AtomicInteger();
    private boolean begun;
    private boolean suspended = true;
    private boolean ready;
    private boolean linkUp = true;

    /** What clients were told last. */
    private boolean available;

    private boolean restartAckDue;
    private boolean stopped;

    /** Another engine may be taking over: nothing is said, and nothing heard. */
    private boolean frozen;

    private int nextNumber = 1;

    Station(CmBinding binding, SimTime time, SimCallManagerOptions options) {
        this.binding = binding;
        this.time = time;
        this.options = options;
        this.channel = new SignalingChannel(time, binding.adapter().name(), this::received);
    }

    SimTime time() {
        return time;
    }

    SimCallManagerOptions options() {
        return options;
    }

    int callCount() {
        return callCount.get();
    }

    /** PASSIVE, from bind. */
    NdisStatus start() {
        NdisStatus status = channel.open(binding);
        if (status.isSuccess()) {
            status = binding.registerAddressFamily(AddressFamily.Q2931, this::openAf)
                    .status();
        }
        return status;
    }

    StationAddresses addresses() {
        return addresses;
    }

    // ---- another engine

    /** Stops when no call is being set up, changed or ended. */
    CompletionStage<NdisResult<Octets>> freeze() {
        CompletableFuture<NdisResult<Octets>> frozenNow = new CompletableFuture<>();
        time.execute(() -> freeze(1, frozenNow));
        return frozenNow;
    }

    private void freeze(int look, CompletableFuture<NdisResult<Octets>> stage) {
        if (isAtRest()) {
            frozen = true;
            stage.complete(NdisResult.success(WrittenState.of(
                    new OfStation(nextNumber, addresses.nextNumber(), linkUp, available, addresses.own()))));
        } else if (look < MAX_LOOKS && !stopped) {
            time.schedule(LOOK_AGAIN, () -> freeze(look + 1, stage));
        } else {
            stage.complete(NdisResult.failure(NdisStatus.NOT_ACCEPTED));
        }
    }

    private boolean isAtRest() {
        return ready
                && !stopped
                && !restartAckDue
                && outbox.isEmpty()
                && addresses.isAtRest()
                && clients.stream().noneMatch(StationAf::isClosing)
                && calls.values().stream().allMatch(SimCall::isAtRest);
    }

    /** What came meanwhile was not heard: the network is asked. */
    void thaw() {
        frozen = false;
        if (!suspended) {
            enquireAll();
        }
    }

    /** Another engine has the calls. */
    CompletionStage<Void> release() {
        CompletableFuture<Void> silent = new CompletableFuture<>();
        time.execute(() -> {
            stopped = true;
            calls.clear();
            clients.clear();
            callCount.set(0);
            channel.giveUp().whenComplete((status, failure) -> silent.complete(null));
        });
        return silent;
    }

    NdisResult<Void> adopt(OfStation state) {
        begun = true;
        ready = true;
        nextNumber = Math.max(1, state.nextNumber());
        linkUp = state.linkUp();
        available = state.available();
        addresses.adopt(state.own(), state.nextRegistration());
        return NdisResult.success();
    }

    NdisResult<CmAfContext> adopt(CmAf af, List<Sap> added) {
        StationAf client = new StationAf(this, af);
        clients.add(client);
        adopted.put(af, client);
        added.forEach(address -> addresses.adopt(address, client));
        return NdisResult.success(client);
    }

    NdisResult<CmSapContext> adopt(CmSap sap) {
        return adoptedAf(sap.addressFamily()).map(af -> addresses.adopt(new SapRegistration(af, sap)));
    }

    NdisResult<CmVcContext> adopt(CmVc vc, OfVc state) {
        return adoptedAf(vc.addressFamily()).map(af -> af.adopt(vc, state));
    }

    private NdisResult<StationAf> adoptedAf(CmAf af) {
        return Optional.ofNullable(adopted.get(af))
                .map(NdisResult::success)
                .orElseGet(() -> NdisResult.failure(NdisStatus.INVALID_DATA));
    }

    void resume() {
        suspended = false;
        channel.resume();
        if (!begun) {
            begun = true;
            restart(1);
        } else if (ready) {
            enquireAll();
        }
    }

    private void enquireAll() {
        calls.keySet()
                .forEach(call -> send(SignalMessage.of(MessageType.STATUS_ENQUIRY, call.byNetwork(), call.number())));
        enquire();
    }

    void suspend() {
        suspended = true;
        channel.suspend();
    }

    private void enquire() {
        send(SignalMessage.of(MessageType.STATUS_ENQUIRY, false, 0));
    }

    void stop() {
        time.execute(() -> {
            stopped = true;
            channel.close();
            List.copyOf(calls.values()).forEach(SimCall::abandon);
            calls.clear();
            callCount.set(0);
        });
    }

    private CompletionStage<NdisResult<CmAfContext>> openAf(CmAf af) {
        StationAf client = new StationAf(this, af);
        time.execute(client::beginToTell);
        return NdisResult.<CmAfContext>success(client).asStage();
    }

    // ---- what clients are told (R202, R203)

    /** The client has the address family open. */
    void opened(StationAf client) {
        clients.add(client);
        client.tell(Oid.CO_ADDRESS_CHANGE);
        if (!available) {
            client.tell(Oid.CO_SIGNALING_DISABLED);
        }
    }

    void closed(StationAf client) {
        clients.remove(client);
        addresses.deleteAll(client);
    }

    private void addressIs(SignalMessage message) {
        if (addresses.isNow(message.called())) {
            clients.forEach(client -> client.tell(Oid.CO_ADDRESS_CHANGE));
        }
    }

    private void refreshAvailability() {
        boolean now = ready && linkUp && !restartAckDue;
        if (now != available) {
            available = now;
            clients.forEach(client -> client.tell(now ? Oid.CO_SIGNALING_ENABLED : Oid.CO_SIGNALING_DISABLED));
        }
    }

    /**
     * Down: nobody can be called. Up again: the network begins with a RESTART. It is asked all the same: that may have been lost, or have
     * come before we heard that the link was down.
     */
    void linkChanged(boolean up) {
        if (!up) {
            linkUp = false;
            refreshAvailability();
        } else if (!linkUp && ready) {
            enquireUntilHeard(1);
        }
    }

    private void enquireUntilHeard(int attempt) {
        if (linkUp || stopped) {
            return;
        }
        enquire();
        if (attempt < MAX_RESTARTS) {
            time.schedule(options.signalingTimeout(), () -> enquireUntilHeard(attempt + 1));
        }
    }

    private void networkSpeaks(SignalMessage message) {
        linkUp = true;
        addressIs(message);
        refreshAvailability();
    }

    private void restart(int attempt) {
        if (ready || stopped) {
            return;
        }
        if (suspended) {
            time.schedule(options.signalingTimeout(), () -> restart(attempt));
            return;
        }
        channel.send(SignalMessage.of(MessageType.RESTART, false, 0));
        if (attempt < MAX_RESTARTS) {
            time.schedule(options.signalingTimeout(), () -> restart(attempt + 1));
        } else {
            LOG.warn(
                    "The network does not answer on adapter {}; waiting for it",
                    binding.adapter().name());
        }
    }

    private void received(SignalMessage message) {
        if (stopped || frozen) {
            return;
        }
        switch (message.type()) {
            case RESTART -> restartedByNetwork(message);
            case RESTART_ACK -> becomeReady(message);
            case STATUS -> networkSpeaks(message);
            case REGISTER_ACK, REGISTER_REJECT -> addresses.answered(message);
            case SETUP -> setup(message);
            default -> callMessage(message);
        }
    }

    private void becomeReady(SignalMessage message) {
        ready = true;
        List<SignalMessage> waiting = List.copyOf(outbox);
        outbox.clear();
        waiting.forEach(channel::send);
        networkSpeaks(message);
    }

    private void restartedByNetwork(SignalMessage message) {
        restartAckDue = true;
        clearCalls(NdisStatus.DEST_OUT_OF_ORDER);
        acknowledgeRestart();
        networkSpeaks(message);
        if (!ready) {
            restart(MAX_RESTARTS);
        }
    }

    /** The network has forgotten all calls. */
    void clearCalls(NdisStatus cause) {
        for (SimCall call : List.copyOf(calls.values())) {
            beforeRestart.add(call);
            call.networkForgot(cause);
        }
    }

    private void acknowledgeRestart() {
        if (restartAckDue && beforeRestart.isEmpty()) {
            restartAckDue = false;
            channel.send(SignalMessage.of(MessageType.RESTART_ACK, true, 0));
            refreshAvailability();
        }
    }

    private void callMessage(SignalMessage message) {
        SimCall call = calls.get(new Reference(message.networkReference(), message.reference()));
        if (call != null) {
            call.received(message);
        } else if (message.type() == MessageType.RELEASE) {
            send(SignalMessage.of(MessageType.RELEASE_COMPLETE, message.networkReference(), message.reference()));
        }
    }

    private void setup(SignalMessage message) {
        Reference reference = new Reference(true, message.reference());
        if (calls.containsKey(reference)) {
            return;
        }
        Optional<SapRegistration> sap = message.called().flatMap(addresses::find);
        NdisStatus status = NdisStatus.INVALID_SAP;
        if (sap.isPresent() && message.label().isPresent() && message.networkReference()) {
            status = sap.get().af().incomingCall(sap.get().sap(), message);
        }
        if (!status.isSuccess()) {
            send(SignalMessage.of(MessageType.RELEASE_COMPLETE, true, message.reference())
                    .withCause(status));
        }
    }

    /** Gives an outgoing call its reference. */
    int addOutgoing(SimCall call) {
        while (calls.containsKey(new Reference(false, nextNumber))) {
            nextNumber = nextNumber == Integer.MAX_VALUE ? 1 : nextNumber + 1;
        }
        int number = nextNumber;
        nextNumber = number == Integer.MAX_VALUE ? 1 : number + 1;
        add(new Reference(false, number), call);
        return number;
    }

    void adoptOutgoing(int number, SimCall call) {
        add(new Reference(false, number), call);
    }

    void addIncoming(int number, SimCall call) {
        add(new Reference(true, number), call);
    }

    private void add(Reference reference, SimCall call) {
        calls.put(reference, call);
        callCount.set(calls.size());
    }

    /** The call is over and its VC inactive. */
    void remove(boolean byNetwork, int number, SimCall call) {
        calls.remove(new Reference(byNetwork, number), call);
        callCount.set(calls.size());
        beforeRestart.remove(call);
        acknowledgeRestart();
    }

    /** False if the message is too long to be sent. */
    boolean send(SignalMessage message) {
        if (ready) {
            return channel.send(message);
        }
        outbox.add(message);
        return true;
    }
}
