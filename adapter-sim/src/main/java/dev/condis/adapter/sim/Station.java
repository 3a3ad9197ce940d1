// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine at one adapter: its signaling channel, SAPs and calls. Confined to the loop of its time.
 *
 * <p>STARTING until the network has answered the RESTART with which a station begins: what a station before it left in the
 * network is gone then. Messages of calls and SAPs wait until that.
 */
final class Station {

    private static final Logger LOG = LoggerFactory.getLogger(Station.class);
    private static final int MAX_RESTARTS = 5;

    /** Names a call on the link. */
    private record Reference(boolean byNetwork, int number) {}

    private final CmBinding binding;
    private final SimTime time;
    private final SimCallManagerOptions options;
    private final SignalingChannel channel;
    private final Map<Reference, SimCall> calls = new HashMap<>();
    private final Map<Sap, SapRegistration> saps = new HashMap<>();
    private final Map<Integer, SapRegistration> registering = new HashMap<>();
    private final Set<SimCall> beforeRestart = new HashSet<>();
    private final List<SignalMessage> outbox = new ArrayList<>();
    private final AtomicInteger callCount = new AtomicInteger();
    private boolean ready;
    private boolean restartAckDue;
    private boolean stopped;
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
        if (status.isSuccess()) {
            time.execute(() -> restart(1));
        }
        return status;
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
        return NdisResult.<CmAfContext>success(new StationAf(this, af)).asStage();
    }

    private void restart(int attempt) {
        if (ready || stopped) {
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
        if (stopped) {
            return;
        }
        switch (message.type()) {
            case RESTART -> restartedByNetwork();
            case RESTART_ACK -> becomeReady();
            case REGISTER_ACK, REGISTER_REJECT -> registered(message);
            case SETUP -> setup(message);
            default -> callMessage(message);
        }
    }

    private void becomeReady() {
        ready = true;
        List<SignalMessage> waiting = List.copyOf(outbox);
        outbox.clear();
        waiting.forEach(channel::send);
    }

    private void restartedByNetwork() {
        restartAckDue = true;
        clearCalls(NdisStatus.DEST_OUT_OF_ORDER);
        acknowledgeRestart();
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
        Optional<SapRegistration> sap = message.called().map(saps::get);
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

    // ---- SAPs

    void register(SapRegistration registration) {
        Sap sap = registration.sap().sap();
        if (saps.putIfAbsent(sap, registration) != null) {
            registration.complete(NdisStatus.INVALID_DATA);
            return;
        }
        int number = nextNumber++;
        registering.put(number, registration);
        sendRegister(number, registration, 1);
    }

    private void sendRegister(int number, SapRegistration registration, int attempt) {
        if (!registering.containsKey(number)) {
            return;
        }
        if (attempt > 2) {
            registering.remove(number);
            saps.remove(registration.sap().sap());
            registration.complete(NdisStatus.ADAPTER_NOT_READY);
            return;
        }
        send(SignalMessage.of(MessageType.REGISTER, false, number)
                .withCalled(registration.sap().sap()));
        time.schedule(options.signalingTimeout(), () -> sendRegister(number, registration, attempt + 1));
    }

    private void registered(SignalMessage message) {
        SapRegistration registration = registering.remove(message.reference());
        if (registration == null) {
            return;
        }
        if (message.type() == MessageType.REGISTER_ACK) {
            registration.complete(NdisStatus.SUCCESS);
        } else {
            saps.remove(registration.sap().sap());
            registration.complete(message.causeOr(NdisStatus.FAILURE));
        }
    }

    void deregister(SapRegistration registration) {
        if (saps.remove(registration.sap().sap(), registration)) {
            registering.values().removeIf(registration::equals);
            send(SignalMessage.of(MessageType.DEREGISTER, false, 0)
                    .withCalled(registration.sap().sap()));
        }
    }
}
