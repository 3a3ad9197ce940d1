// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.adapter.sim.net.SwitchedCall.Leg;
import dev.condis.adapter.sim.net.SwitchedCall.LegKey;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalCodec;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.NdisStatus;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The network's side of signaling: what comes in on the signaling channels, SAPs, restarts. Calls are {@link SwitchCalls}' affair,
 * changes of their traffic {@link SwitchQos}'. Confined to the network's thread.
 */
final class SwitchSignaling {

    private final SimNetwork network;
    private final SwitchFabric fabric;
    private final SapDirectory directory = new SapDirectory();
    private final RateBook rates = new RateBook();
    private final SwitchCalls calls;
    private final SwitchQos qos;
    private final Set<SwitchPort> restarting = new HashSet<>();
    private final AtomicLong understood = new AtomicLong();
    private final AtomicLong malformed = new AtomicLong();

    SwitchSignaling(SimNetwork network, SwitchFabric fabric) {
        this.network = network;
        this.fabric = fabric;
        this.calls = new SwitchCalls(network, fabric, this, rates);
        this.qos = new SwitchQos(this, rates);
    }

    long understood() {
        return understood.get();
    }

    long malformed() {
        return malformed.get();
    }

    int activeCalls() {
        return calls.active();
    }

    SapDirectory directory() {
        return directory;
    }

    /** The user of this port has not said yet that the VCs of calls before an outage are inactive. */
    boolean isRestarting(SwitchPort port) {
        return restarting.contains(port);
    }

    void received(SwitchPort port, byte[] octets) {
        Optional<SignalMessage> parsed = SignalCodec.parse(octets);
        if (parsed.isEmpty()) {
            malformed.incrementAndGet();
            return;
        }
        understood.incrementAndGet();
        handle(port, parsed.get());
    }

    private void handle(SwitchPort port, SignalMessage message) {
        switch (message.type()) {
            case REGISTER -> register(port, message);
            case DEREGISTER -> message.called().ifPresent(sap -> directory.deregister(port, sap));
            case RESTART -> restartedByUser(port);
            case RESTART_ACK -> restartAcknowledged(port);
            case SETUP -> calls.setup(port, message);
            case STATUS_ENQUIRY -> enquired(port, message);
            default -> handleCall(port, message);
        }
    }

    private void handleCall(SwitchPort port, SignalMessage message) {
        Optional<Leg> found = legOf(port, message);
        if (found.isEmpty()) {
            unknownCall(port, message);
            return;
        }
        Leg leg = found.get();
        switch (message.type()) {
            case CONNECT -> calls.connect(leg, message);
            case CONNECT_ACK -> calls.connectAcknowledged(leg);
            case READY -> calls.ready(leg);
            case RELEASE -> calls.release(leg, message);
            case RELEASE_COMPLETE -> calls.releaseCompleted(leg, message);
            case ADD_PARTY -> calls.addParty(leg, message);
            case DROP_PARTY -> calls.dropParty(leg, message);
            case DROP_PARTY_ACK -> calls.dropAcknowledged(leg, message);
            case MODIFY_REQUEST -> qos.requested(leg, message);
            case MODIFY_ACK -> qos.acknowledged(leg, message);
            case MODIFY_REJECT -> qos.rejected(leg, message);
            default -> countMalformed();
        }
    }

    private Optional<Leg> legOf(SwitchPort port, SignalMessage message) {
        return calls.find(new LegKey(port, message.networkReference(), message.reference()));
    }

    void countMalformed() {
        malformed.incrementAndGet();
    }

    /** A call that only the user knows is cleared at the user. */
    private void unknownCall(SwitchPort port, SignalMessage message) {
        if (message.type() != MessageType.RELEASE_COMPLETE) {
            send(port, reply(MessageType.RELEASE_COMPLETE, message).withCause(NdisStatus.CLOSING));
        }
    }

    /** The user was away, or lost what it was told. */
    private void enquired(SwitchPort port, SignalMessage message) {
        if (message.reference() != 0) {
            legOf(port, message).ifPresentOrElse(this::repeat, () -> unknownCall(port, message));
            return;
        }
        send(port, addressed(MessageType.STATUS, false, port));
        if (restarting.contains(port)) {
            send(port, addressed(MessageType.RESTART, true, port));
        }
        calls.legsOf(port).forEach(this::repeat);
    }

    private void repeat(Leg leg) {
        leg.unanswered.ifPresent(message -> send(leg.port, message));
    }

    private void register(SwitchPort port, SignalMessage message) {
        NdisStatus status =
                message.called().map(sap -> directory.register(port, sap)).orElse(NdisStatus.INVALID_SAP);
        if (status.isSuccess()) {
            send(port, reply(MessageType.REGISTER_ACK, message));
        } else {
            send(port, reply(MessageType.REGISTER_REJECT, message).withCause(status));
        }
    }

    /** The user began anew: it has no VC and no SAP from before. */
    private void restartedByUser(SwitchPort port) {
        calls.clear(port, NdisStatus.DEST_OUT_OF_ORDER);
        calls.forget(port);
        directory.removeAll(port);
        restarting.remove(port);
        send(port, addressed(MessageType.RESTART_ACK, false, port));
    }

    private void restartAcknowledged(SwitchPort port) {
        if (restarting.remove(port)) {
            calls.forget(port);
        }
    }

    void linkChanged(SwitchPort port, boolean up) {
        if (network.medium() != SimMedium.ATM) {
            return;
        }
        if (up) {
            send(port, addressed(MessageType.RESTART, true, port));
        } else {
            calls.clear(port, NdisStatus.DEST_OUT_OF_ORDER);
            // Until the user has answered the RESTART it may still use labels that calls had before the outage.
            if (!calls.legsOf(port).isEmpty()) {
                restarting.add(port);
            }
        }
    }

    void moved(SwitchPort port) {
        directory.removeAddressesAtOldPlace(port);
    }

    void detached(SwitchPort port) {
        calls.clear(port, NdisStatus.DEST_OUT_OF_ORDER);
        calls.forget(port);
        directory.removeAll(port);
        restarting.remove(port);
        rates.remove(port);
    }

    private static SignalMessage addressed(MessageType type, boolean byNetwork, SwitchPort port) {
        return SignalMessage.of(type, byNetwork, 0)
                .withCalled(NsapAddress.of(port.attachmentPoint(), port.address(), 0));
    }

    static SignalMessage reply(MessageType type, SignalMessage to) {
        return SignalMessage.of(type, to.networkReference(), to.reference());
    }

    static SignalMessage toLeg(MessageType type, Leg leg) {
        return SignalMessage.of(type, leg.key.byNetwork(), leg.key.reference());
    }

    /** Says something that the other side has to answer; it is said again when that asks what there is. */
    void tell(Leg leg, SignalMessage message) {
        leg.unanswered = Optional.of(message);
        send(leg.port, message);
    }

    void send(SwitchPort port, SignalMessage message) {
        if (port.isUp() && port.isAttached()) {
            SignalCodec.encode(message).ifPresent(octets -> fabric.sendSignaling(port, octets));
        }
    }
}
