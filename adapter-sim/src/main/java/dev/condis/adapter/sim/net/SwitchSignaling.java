// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.adapter.sim.net.SwitchedCall.Leg;
import dev.condis.adapter.sim.net.SwitchedCall.LegKey;
import dev.condis.adapter.sim.net.SwitchedCall.State;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalCodec;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network's side of signaling: sets calls up through the switch and clears them. Confined to the network's thread.
 *
 * <p>A leg: SETUP -> CONNECTED -> RELEASING -> GONE; SETUP -> RELEASING and SETUP -> GONE when refused. The label of a leg
 * is free again only in GONE, after the user said that its VC is inactive: two VCs never meet on one label.
 */
final class SwitchSignaling {

    private final SimNetwork network;
    private final SwitchFabric fabric;
    private final SapDirectory directory = new SapDirectory();
    private final RateBook rates = new RateBook();
    private final Map<LegKey, Leg> legs = new HashMap<>();
    private final Set<NicPort> restarting = new HashSet<>();
    private final AtomicLong understood = new AtomicLong();
    private final AtomicLong malformed = new AtomicLong();
    private final AtomicInteger activeCalls = new AtomicInteger();
    private int nextReference = 1;

    SwitchSignaling(SimNetwork network, SwitchFabric fabric) {
        this.network = network;
        this.fabric = fabric;
    }

    long understood() {
        return understood.get();
    }

    long malformed() {
        return malformed.get();
    }

    int activeCalls() {
        return activeCalls.get();
    }

    void received(NicPort port, byte[] octets) {
        Optional<SignalMessage> parsed = SignalCodec.parse(octets);
        if (parsed.isEmpty()) {
            malformed.incrementAndGet();
            return;
        }
        understood.incrementAndGet();
        handle(port, parsed.get());
    }

    private void handle(NicPort port, SignalMessage message) {
        switch (message.type()) {
            case REGISTER -> register(port, message);
            case DEREGISTER -> message.called().ifPresent(sap -> directory.deregister(port, sap));
            case RESTART -> restartedByUser(port);
            case RESTART_ACK -> restartAcknowledged(port);
            case SETUP -> setup(port, message);
            default -> handleCall(port, message);
        }
    }

    private void handleCall(NicPort port, SignalMessage message) {
        Leg leg = legs.get(new LegKey(port, message.networkReference(), message.reference()));
        if (leg == null) {
            unknownCall(port, message);
            return;
        }
        switch (message.type()) {
            case CONNECT -> connect(leg, message);
            case CONNECT_ACK -> connectAcknowledged(leg);
            case READY -> ready(leg);
            case RELEASE -> release(leg, message);
            case RELEASE_COMPLETE -> releaseCompleted(leg, message);
            default -> malformed.incrementAndGet();
        }
    }

    /** A call that only the user knows is cleared at the user. */
    private void unknownCall(NicPort port, SignalMessage message) {
        if (message.type() != MessageType.RELEASE_COMPLETE) {
            send(port, reply(MessageType.RELEASE_COMPLETE, message).withCause(NdisStatus.CLOSING));
        }
    }

    private void register(NicPort port, SignalMessage message) {
        NdisStatus status =
                message.called().map(sap -> directory.register(port, sap)).orElse(NdisStatus.INVALID_SAP);
        if (status.isSuccess()) {
            send(port, reply(MessageType.REGISTER_ACK, message));
        } else {
            send(port, reply(MessageType.REGISTER_REJECT, message).withCause(status));
        }
    }

    private void setup(NicPort port, SignalMessage message) {
        LegKey key = new LegKey(port, false, message.reference());
        if (legs.containsKey(key)) {
            return;
        }
        NdisStatus status = message.networkReference() || restarting.contains(port)
                ? NdisStatus.DEST_OUT_OF_ORDER
                : route(key, message);
        if (!status.isSuccess()) {
            send(port, reply(MessageType.RELEASE_COMPLETE, message).withCause(status));
        }
    }

    private NdisStatus route(LegKey key, SignalMessage message) {
        Optional<NicPort> found = message.called().flatMap(this::destination);
        if (found.isEmpty()) {
            return NdisStatus.NO_ROUTE_TO_DESTINATION;
        }
        NicPort callee = found.get();
        if (!callee.isUp() || restarting.contains(callee)) {
            return NdisStatus.DEST_OUT_OF_ORDER;
        }
        if (message.called().flatMap(directory::find).isEmpty()) {
            return NdisStatus.NO_ROUTE_TO_DESTINATION;
        }
        if (!rates.promise(key.port(), callee, message.traffic())) {
            return NdisStatus.CELLRATE_NOT_AVAILABLE;
        }
        NdisStatus status = allocate(key, callee, message);
        if (!status.isSuccess()) {
            rates.forget(key.port(), callee, message.traffic());
        }
        return status;
    }

    /** An NSAP address names its NIC even where the selector is not registered. */
    private Optional<NicPort> destination(Sap called) {
        Optional<NicPort> registered = directory.find(called);
        return registered.isPresent() ? registered : NsapAddress.nicOf(called).flatMap(network::port);
    }

    private NdisStatus allocate(LegKey key, NicPort callee, SignalMessage message) {
        LabelSpace callerSpace = network.space(key.port().address());
        Optional<AtmLabel> callerLabel = callerSpace.allocate();
        if (callerLabel.isEmpty()) {
            return NdisStatus.VC_NOT_AVAILABLE;
        }
        Optional<AtmLabel> calleeLabel = network.space(callee.address()).allocate();
        if (calleeLabel.isEmpty()) {
            callerSpace.free(callerLabel.get());
            return NdisStatus.VC_NOT_AVAILABLE;
        }
        begin(key, callerLabel.get(), callee, calleeLabel.get(), message);
        return NdisStatus.SUCCESS;
    }

    private void begin(LegKey key, AtmLabel callerLabel, NicPort callee, AtmLabel calleeLabel, SignalMessage message) {
        SwitchedCall call = new SwitchedCall(message.traffic());
        LegKey calleeKey = new LegKey(callee, true, newReference(callee));
        call.caller = new Leg(call, key.port(), key, callerLabel);
        call.callee = new Leg(call, callee, calleeKey, calleeLabel);
        legs.put(key, call.caller);
        legs.put(calleeKey, call.callee);
        send(key.port(), reply(MessageType.CALL_PROCEEDING, message).withLabel(callerLabel));
        send(
                callee,
                SignalMessage.of(MessageType.SETUP, true, calleeKey.reference())
                        .withCalled(message.called().orElseThrow())
                        .withCalling(Optional.of(message.calling()
                                .orElseGet(() -> NsapAddress.of(key.port().address(), 0))))
                        .withLabel(calleeLabel)
                        .withTraffic(message.traffic().map(SwitchSignaling::seenFromCallee)));
    }

    /** What the caller transmits the called party receives. */
    private static CallManagerParameters seenFromCallee(CallManagerParameters traffic) {
        return new CallManagerParameters(
                /* transmit= */ traffic.receive(), /* receive= */ traffic.transmit(), traffic.specific());
    }

    private int newReference(NicPort port) {
        int reference = nextReference;
        while (legs.containsKey(new LegKey(port, true, reference))) {
            reference = successor(reference);
        }
        nextReference = successor(reference);
        return reference;
    }

    private static int successor(int reference) {
        return reference == Integer.MAX_VALUE ? 1 : reference + 1;
    }

    private void connect(Leg callee, SignalMessage message) {
        Leg caller = callee.peer();
        if (callee != callee.call.callee) {
            return;
        }
        if (callee.state == State.CONNECTED && caller.state == State.CONNECTED) {
            // Sent again: the acknowledgement was lost on its way.
            send(caller.port, toLeg(MessageType.CONNECT, caller).withLabel(caller.label));
            return;
        }
        if (callee.state != State.SETUP || caller.state != State.SETUP) {
            return;
        }
        callee.state = State.CONNECTED;
        caller.state = State.CONNECTED;
        callee.call.through = true;
        activeCalls.incrementAndGet();
        fabric.connect(caller.port, caller.label, callee.port, callee.label, false);
        send(
                caller.port,
                toLeg(MessageType.CONNECT, caller)
                        .withLabel(caller.label)
                        .withTraffic(message.traffic().map(SwitchSignaling::seenFromCallee)));
    }

    private void connectAcknowledged(Leg caller) {
        if (caller == caller.call.caller && caller.state == State.CONNECTED) {
            send(caller.peer().port, toLeg(MessageType.CONNECT_ACK, caller.peer()));
        } else if (caller.state == State.SETUP) {
            malformed.incrementAndGet();
        }
    }

    private void ready(Leg callee) {
        if (callee == callee.call.callee && callee.state == State.CONNECTED) {
            fabric.open(callee.peer().port, callee.peer().label);
        }
    }

    private void release(Leg leg, SignalMessage message) {
        cut(leg.call);
        send(leg.port, reply(MessageType.RELEASE_COMPLETE, message));
        if (leg.state != State.RELEASING) {
            leg.state = State.RELEASING;
            releasePeer(leg, message.causeOr(NdisStatus.SUCCESS), message.closeData());
        }
    }

    private void releasePeer(Leg leg, NdisStatus cause, Octets closeData) {
        Leg peer = leg.peer();
        if (peer.state == State.SETUP || peer.state == State.CONNECTED) {
            peer.state = State.RELEASING;
            send(peer.port, toLeg(MessageType.RELEASE, peer).withCause(cause).withCloseData(closeData));
        }
    }

    private void releaseCompleted(Leg leg, SignalMessage message) {
        cut(leg.call);
        boolean unasked = leg.state != State.RELEASING;
        free(leg);
        if (unasked) {
            releasePeer(leg, message.causeOr(NdisStatus.FAILURE), message.closeData());
        }
    }

    private void cut(SwitchedCall call) {
        if (call.through) {
            call.through = false;
            activeCalls.decrementAndGet();
            fabric.disconnect(call.caller.port, call.caller.label);
            fabric.disconnect(call.callee.port, call.callee.label);
        }
    }

    private void free(Leg leg) {
        if (leg.state == State.GONE) {
            return;
        }
        leg.state = State.GONE;
        legs.remove(leg.key);
        network.space(leg.port.address()).free(leg.label);
        if (leg.peer().state == State.GONE) {
            rates.forget(leg.call.caller.port, leg.call.callee.port, leg.call.traffic);
        }
    }

    /** The user began anew: it has no VC and no SAP from before. */
    private void restartedByUser(NicPort port) {
        clear(port, NdisStatus.DEST_OUT_OF_ORDER);
        legsOf(port).forEach(this::free);
        directory.removeAll(port);
        restarting.remove(port);
        send(port, SignalMessage.of(MessageType.RESTART_ACK, false, 0));
    }

    private void restartAcknowledged(NicPort port) {
        if (restarting.remove(port)) {
            legsOf(port).forEach(this::free);
        }
    }

    void linkChanged(NicPort port, boolean up) {
        if (network.medium() != SimMedium.ATM) {
            return;
        }
        if (up) {
            send(port, SignalMessage.of(MessageType.RESTART, true, 0));
        } else {
            clear(port, NdisStatus.DEST_OUT_OF_ORDER);
            // Until the user has answered the RESTART it may still use labels that calls had before the outage.
            if (!legsOf(port).isEmpty()) {
                restarting.add(port);
            }
        }
    }

    void detached(NicPort port) {
        clear(port, NdisStatus.DEST_OUT_OF_ORDER);
        legsOf(port).forEach(this::free);
        directory.removeAll(port);
        restarting.remove(port);
        rates.remove(port);
    }

    /** Releases the far ends of all calls of a port; its own legs wait for the user. */
    private void clear(NicPort port, NdisStatus cause) {
        for (Leg leg : legsOf(port)) {
            cut(leg.call);
            leg.state = State.RELEASING;
            releasePeer(leg, cause, Octets.EMPTY);
        }
    }

    private List<Leg> legsOf(NicPort port) {
        return legs.values().stream()
                .filter(leg -> leg.port == port)
                .sorted((left, right) -> Integer.compare(left.key.reference(), right.key.reference()))
                .toList();
    }

    private static SignalMessage reply(MessageType type, SignalMessage to) {
        return SignalMessage.of(type, to.networkReference(), to.reference());
    }

    private static SignalMessage toLeg(MessageType type, Leg leg) {
        return SignalMessage.of(type, leg.key.byNetwork(), leg.key.reference());
    }

    private void send(NicPort port, SignalMessage message) {
        if (port.isUp() && port.isAttached()) {
            SignalCodec.encode(message).ifPresent(octets -> fabric.sendSignaling(port, octets));
        }
    }
}
