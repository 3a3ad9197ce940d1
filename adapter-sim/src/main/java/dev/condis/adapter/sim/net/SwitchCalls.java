// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import static dev.condis.adapter.sim.net.SwitchSignaling.reply;
import static dev.condis.adapter.sim.net.SwitchSignaling.toLeg;

import dev.condis.adapter.sim.net.SwitchedCall.Leg;
import dev.condis.adapter.sim.net.SwitchedCall.LegKey;
import dev.condis.adapter.sim.net.SwitchedCall.State;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sets calls up through the switch and clears them. Confined to the network's thread.
 *
 * <p>A leg: SETUP -> CONNECTED -> RELEASING -> GONE; SETUP -> RELEASING and SETUP -> GONE when refused. The label of a leg
 * is free again only in GONE, after the user said that its VC is inactive: two VCs never meet on one label.
 *
 * <p>A point-to-multipoint call has one leg for its caller and one for each party. It lasts as long as a party is connected.
 */
final class SwitchCalls {

    /** The party that a SETUP adds when it names none. */
    private static final int FIRST_PARTY = 0;

    private final SimNetwork network;
    private final SwitchFabric fabric;
    private final SwitchSignaling signaling;
    private final RateBook rates;
    private final Map<LegKey, Leg> legs = new HashMap<>();
    private final AtomicInteger active = new AtomicInteger();
    private int nextReference = 1;

    /** A way to a called party that can be taken: its link, and what the call is granted as the caller sees it. */
    private record Way(SwitchPort port, Optional<CallManagerParameters> traffic) {}

    SwitchCalls(
            final SimNetwork network,
            final SwitchFabric fabric,
            final SwitchSignaling signaling,
            final RateBook rates) {
        this.network = network;
        this.fabric = fabric;
        this.signaling = signaling;
        this.rates = rates;
    }

    int active() {
        return active.get();
    }

    Optional<Leg> find(final LegKey key) {
        return Optional.ofNullable(legs.get(key));
    }

    List<Leg> legsOf(final SwitchPort port) {
        return legs.values().stream()
                .filter(leg -> leg.port == port)
                .sorted((left, right) -> Integer.compare(left.key.reference(), right.key.reference()))
                .toList();
    }

    // ---- setting up

    void setup(final SwitchPort port, final SignalMessage message) {
        final LegKey key = new LegKey(port, false, message.reference());
        final Optional<Leg> known = find(key);
        if (known.isPresent()) {
            repeatSetup(known.get());
            return;
        }
        final NdisStatus status = message.networkReference() || signaling.isRestarting(port)
                ? NdisStatus.DEST_OUT_OF_ORDER
                : begin(key, message);
        if (!status.isSuccess()) {
            signaling.send(port, reply(MessageType.RELEASE_COMPLETE, message).withCause(status));
        }
    }

    /** The caller did not hear that its call proceeds; perhaps the called party did not hear of the call either. */
    private void repeatSetup(final Leg root) {
        if (root.state == State.SETUP) {
            signaling.send(root.port, toLeg(MessageType.CALL_PROCEEDING, root).withLabel(root.label));
            root.call.leaves().forEach(this::repeatUnanswered);
        }
    }

    private void repeatUnanswered(final Leg leg) {
        if (leg.state == State.SETUP) {
            leg.unanswered.ifPresent(message -> signaling.send(leg.port, message));
        }
    }

    private NdisStatus begin(final LegKey key, final SignalMessage message) {
        final SwitchedCall call = new SwitchedCall(message.has(SignalMessage.Flag.MULTIPOINT));
        final Optional<AtmLabel> label = network.space(key.port().address()).allocate();
        if (label.isEmpty()) {
            return NdisStatus.VC_NOT_AVAILABLE;
        }
        final int party = message.party().orElse(FIRST_PARTY);
        call.root = new Leg(call, key, label.get(), party, Rates.NONE);
        final NdisResult<Way> way = route(call, message);
        final NdisStatus status = way.isSuccess() ? addLeaf(call, party, way.get(), message) : way.status();
        if (status.isSuccess()) {
            legs.put(key, call.root);
            signaling.send(
                    key.port(), reply(MessageType.CALL_PROCEEDING, message).withLabel(label.get()));
            call.leaf(party).ifPresent(this::repeatUnanswered);
        } else {
            free(call.root);
        }
        return status;
    }

    /** Where the call goes, with its rates on the caller's link promised. */
    private NdisResult<Way> route(final SwitchedCall call, final SignalMessage message) {
        final Optional<SwitchPort> found = message.called().flatMap(this::destination);
        if (found.isEmpty()) {
            return NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION);
        }
        final SwitchPort callee = found.get();
        if (!callee.isUp() || signaling.isRestarting(callee)) {
            return NdisResult.failure(NdisStatus.DEST_OUT_OF_ORDER);
        }
        if (message.called().flatMap(signaling.directory()::find).isEmpty()) {
            return NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION);
        }
        final Optional<CallManagerParameters> traffic = message.has(SignalMessage.Flag.ROUND_DOWN)
                ? message.traffic().map(asked -> RateBook.limited(asked, availableTo(call.root, callee)))
                : message.traffic();
        // A point-to-multipoint call uses the caller's link once, for all its parties; who comes later adds nothing.
        final Rates wanted = call.multipoint ? call.root.rates.max(upOnly(Rates.of(traffic))) : Rates.of(traffic);
        if (!rates.change(call.root.port, call.root.rates, wanted)) {
            return NdisResult.failure(NdisStatus.CELLRATE_NOT_AVAILABLE);
        }
        call.root.rates = wanted;
        return NdisResult.success(new Way(callee, traffic));
    }

    private Rates availableTo(final Leg root, final SwitchPort callee) {
        return rates.available(root.port, root.rates)
                .min(rates.available(callee, Rates.NONE).seenFromPeer());
    }

    private static Rates upOnly(final Rates both) {
        return new Rates(both.up(), 0);
    }

    /** An NSAP address names its NIC even where the selector is not registered. */
    private Optional<SwitchPort> destination(final Sap called) {
        final Optional<SwitchPort> registered = signaling.directory().find(called);
        return registered.isPresent()
                ? registered
                : NsapAddress.nicOf(called)
                        .flatMap(network::switchPort)
                        .filter(port -> NsapAddress.isAt(called, port.address(), port.attachmentPoint()));
    }

    private NdisStatus addLeaf(final SwitchedCall call, final int party, final Way way, final SignalMessage message) {
        final Optional<CallManagerParameters> seen = way.traffic().map(SwitchCalls::seenFromPeer);
        final Rates wanted = call.multipoint ? upOnly(Rates.of(way.traffic())).seenFromPeer() : Rates.of(seen);
        if (!rates.change(way.port(), Rates.NONE, wanted)) {
            return NdisStatus.CELLRATE_NOT_AVAILABLE;
        }
        final Optional<AtmLabel> label = network.space(way.port().address()).allocate();
        if (label.isEmpty()) {
            rates.change(way.port(), wanted, Rates.NONE);
            return NdisStatus.VC_NOT_AVAILABLE;
        }
        final LegKey key = new LegKey(way.port(), true, newReference(way.port()));
        final Leg leaf = new Leg(call, key, label.get(), party, wanted);
        leaf.unanswered = Optional.of(setupOf(leaf, message).withTraffic(seen));
        call.add(leaf);
        legs.put(key, leaf);
        return NdisStatus.SUCCESS;
    }

    private static SignalMessage setupOf(final Leg leaf, final SignalMessage asked) {
        final SwitchPort caller = leaf.call.root.port;
        return toLeg(MessageType.SETUP, leaf)
                .withCalled(asked.called().orElseThrow())
                .withCalling(Optional.of(
                        asked.calling().orElseGet(() -> NsapAddress.of(caller.attachmentPoint(), caller.address(), 0))))
                .withLabel(leaf.label)
                .with(SignalMessage.Flag.MULTIPOINT, leaf.call.multipoint);
    }

    /** What one end transmits the other receives. */
    static CallManagerParameters seenFromPeer(final CallManagerParameters traffic) {
        return new CallManagerParameters(
                /* transmit= */ traffic.receive(), /* receive= */ traffic.transmit(), traffic.specific());
    }

    private int newReference(final SwitchPort port) {
        int reference = nextReference;
        while (legs.containsKey(new LegKey(port, true, reference))) {
            reference = successor(reference);
        }
        nextReference = successor(reference);
        return reference;
    }

    private static int successor(final int reference) {
        return reference == Integer.MAX_VALUE ? 1 : reference + 1;
    }

    // ---- connecting

    void connect(final Leg leaf, final SignalMessage message) {
        final Leg root = leaf.call.root;
        if (leaf.isRoot()) {
            return;
        }
        if (leaf.state == State.CONNECTED && root.state == State.CONNECTED) {
            // Sent again: the acknowledgement was lost on its way.
            tellAccepted(leaf, Optional.empty());
            return;
        }
        if (leaf.state != State.SETUP || !root.state.isInCall()) {
            return;
        }
        if (settleRates(leaf, message.traffic())) {
            join(leaf);
            tellAccepted(leaf, message.traffic());
        } else {
            giveUp(leaf);
        }
    }

    /** The called party may have accepted with other parameters. */
    private boolean settleRates(final Leg leaf, final Optional<CallManagerParameters> traffic) {
        if (leaf.call.multipoint || traffic.isEmpty()) {
            return true;
        }
        final Leg root = leaf.call.root;
        final Rates wanted = Rates.of(traffic);
        if (!rates.change(leaf.port, leaf.rates, wanted)) {
            return false;
        }
        leaf.rates = wanted;
        final boolean fits = rates.change(root.port, root.rates, wanted.seenFromPeer());
        root.rates = fits ? wanted.seenFromPeer() : root.rates;
        return fits;
    }

    private void giveUp(final Leg leaf) {
        final Leg root = leaf.call.root;
        for (final Leg leg : List.of(leaf, root)) {
            leg.state = State.RELEASING;
            signaling.tell(leg, toLeg(MessageType.RELEASE, leg).withCause(NdisStatus.CELLRATE_NOT_AVAILABLE));
        }
    }

    private void join(final Leg leaf) {
        final Leg root = leaf.call.root;
        if (!leaf.call.isThrough()) {
            active.incrementAndGet();
        }
        leaf.unanswered = Optional.empty();
        leaf.state = State.CONNECTED;
        leaf.through = true;
        root.state = State.CONNECTED;
        if (leaf.call.multipoint) {
            fabric.connectBranch(root.port, root.label, leaf.port, leaf.label);
        } else {
            fabric.connect(root.port, root.label, leaf.port, leaf.label, false);
        }
    }

    /** The first party is acknowledged by the caller, when its VC is active; for a later one it is. */
    private void tellAccepted(final Leg leaf, final Optional<CallManagerParameters> traffic) {
        final Leg root = leaf.call.root;
        if (leaf.party == root.party) {
            signaling.send(
                    root.port,
                    toLeg(MessageType.CONNECT, root)
                            .withLabel(root.label)
                            .withTraffic(traffic.map(SwitchCalls::seenFromPeer)));
        } else {
            signaling.send(
                    root.port,
                    toLeg(MessageType.ADD_PARTY_ACK, root).withParty(leaf.party).withTraffic(traffic));
            signaling.send(leaf.port, toLeg(MessageType.CONNECT_ACK, leaf));
        }
    }

    void connectAcknowledged(final Leg root) {
        if (root.isRoot() && root.state == State.CONNECTED) {
            root.call
                    .leaf(root.party)
                    .filter(leaf -> leaf.state == State.CONNECTED)
                    .ifPresent(leaf -> signaling.send(leaf.port, toLeg(MessageType.CONNECT_ACK, leaf)));
        } else if (root.state == State.SETUP) {
            signaling.countMalformed();
        }
    }

    void ready(final Leg leaf) {
        final Leg root = leaf.call.root;
        if (!leaf.isRoot() && leaf.state == State.CONNECTED) {
            fabric.open(root.port, root.label, leaf.port, leaf.label);
        }
    }

    // ---- parties

    void addParty(final Leg root, final SignalMessage message) {
        final Optional<Leg> known =
                message.party().isPresent() ? root.call.leaf(message.party().getAsInt()) : Optional.empty();
        if (known.filter(leaf -> leaf.state == State.SETUP).isPresent()) {
            repeatUnanswered(known.get());
            return;
        }
        if (known.filter(leaf -> leaf.state == State.CONNECTED).isPresent()) {
            tellAccepted(known.get(), Optional.empty());
            return;
        }
        final NdisStatus status = tryToAdd(root, message, known.isPresent());
        if (!status.isSuccess()) {
            signaling.send(
                    root.port,
                    toLeg(MessageType.ADD_PARTY_REJECT, root)
                            .withParty(message.party().orElse(FIRST_PARTY))
                            .withCause(status));
        }
    }

    private NdisStatus tryToAdd(final Leg root, final SignalMessage message, final boolean numberTaken) {
        if (!root.isRoot() || !root.call.multipoint) {
            return NdisStatus.NOT_SUPPORTED;
        }
        if (root.state != State.CONNECTED || numberTaken || message.party().isEmpty()) {
            return NdisStatus.NOT_ACCEPTED;
        }
        final int party = message.party().getAsInt();
        final NdisResult<Way> way = route(root.call, message);
        final NdisStatus status = way.isSuccess() ? addLeaf(root.call, party, way.get(), message) : way.status();
        root.call.leaf(party).ifPresent(this::repeatUnanswered);
        return status;
    }

    void dropParty(final Leg root, final SignalMessage message) {
        final int party = message.party().orElse(FIRST_PARTY);
        if (!root.isRoot() || !root.call.multipoint) {
            signaling.countMalformed();
            return;
        }
        root.call
                .leaf(party)
                .filter(leaf -> leaf.state.isInCall())
                .ifPresent(leaf -> releaseLeaf(leaf, message.causeOr(NdisStatus.SUCCESS), message.closeData()));
        signaling.send(root.port, reply(MessageType.DROP_PARTY_ACK, message).withParty(party));
        if (root.state == State.CONNECTED && !hasConnectedLeaf(root.call)) {
            endForAll(root.call, NdisStatus.SUCCESS, Octets.EMPTY);
        }
    }

    /** Nothing waits for it: the party's leg ends with its own release. */
    void dropAcknowledged(final Leg root, final SignalMessage message) {
        if (!root.isRoot() || message.party().isEmpty()) {
            signaling.countMalformed();
        }
    }

    private static boolean hasConnectedLeaf(final SwitchedCall call) {
        return call.leaves().stream().anyMatch(leaf -> leaf.state == State.CONNECTED);
    }

    // ---- releasing

    void release(final Leg leg, final SignalMessage message) {
        signaling.send(leg.port, reply(MessageType.RELEASE_COMPLETE, message));
        if (leg.state != State.RELEASING) {
            end(leg, message.causeOr(NdisStatus.SUCCESS), message.closeData());
        }
    }

    void releaseCompleted(final Leg leg, final SignalMessage message) {
        if (leg.state.isInCall()) {
            end(leg, message.causeOr(NdisStatus.FAILURE), message.closeData());
        }
        free(leg);
    }

    /** The user of this leg is out of the call; the others hear of it. */
    private void end(final Leg leg, final NdisStatus cause, final Octets closeData) {
        final State before = leg.state;
        leg.state = State.RELEASING;
        leg.unanswered = Optional.empty();
        leg.call.change = Optional.empty();
        if (leg.isRoot()) {
            leg.call.leaves().stream()
                    .filter(leaf -> leaf.state.isInCall())
                    .forEach(leaf -> releaseLeaf(leaf, cause, closeData));
        } else {
            cut(leg);
            leafLeft(leg, before, cause, closeData);
        }
    }

    private void leafLeft(final Leg leaf, final State before, final NdisStatus cause, final Octets closeData) {
        final Leg root = leaf.call.root;
        if (root.state == State.CONNECTED && before == State.SETUP) {
            signaling.send(
                    root.port,
                    toLeg(MessageType.ADD_PARTY_REJECT, root)
                            .withParty(leaf.party)
                            .withCause(cause));
        } else if (root.state == State.CONNECTED && hasConnectedLeaf(leaf.call)) {
            signaling.send(
                    root.port,
                    toLeg(MessageType.DROP_PARTY, root)
                            .withParty(leaf.party)
                            .withCause(cause)
                            .withCloseData(closeData));
        } else if (root.state.isInCall()) {
            endForAll(leaf.call, cause, closeData);
        }
    }

    /** Nobody is left whom the caller could talk to. */
    private void endForAll(final SwitchedCall call, final NdisStatus cause, final Octets closeData) {
        final Leg root = call.root;
        root.state = State.RELEASING;
        signaling.tell(root, toLeg(MessageType.RELEASE, root).withCause(cause).withCloseData(closeData));
        call.leaves().stream()
                .filter(leaf -> leaf.state.isInCall())
                .forEach(leaf -> releaseLeaf(leaf, cause, Octets.EMPTY));
    }

    private void releaseLeaf(final Leg leaf, final NdisStatus cause, final Octets closeData) {
        cut(leaf);
        leaf.state = State.RELEASING;
        signaling.tell(leaf, toLeg(MessageType.RELEASE, leaf).withCause(cause).withCloseData(closeData));
    }

    private void cut(final Leg leaf) {
        if (!leaf.through) {
            return;
        }
        final Leg root = leaf.call.root;
        leaf.through = false;
        fabric.disconnect(root.port, root.label, leaf.port, leaf.label);
        fabric.disconnect(leaf.port, leaf.label, root.port, root.label);
        if (!leaf.call.isThrough()) {
            active.decrementAndGet();
        }
    }

    private void free(final Leg leg) {
        if (leg.state == State.GONE) {
            return;
        }
        leg.state = State.GONE;
        leg.unanswered = Optional.empty();
        legs.remove(leg.key, leg);
        leg.call.remove(leg);
        network.space(leg.port.address()).free(leg.label);
        rates.change(leg.port, leg.rates, Rates.NONE);
        leg.rates = Rates.NONE;
    }

    /** Takes a port out of all its calls; its own legs wait for the user. */
    void clear(final SwitchPort port, final NdisStatus cause) {
        for (final Leg leg : legsOf(port)) {
            if (leg.state.isInCall()) {
                end(leg, cause, Octets.EMPTY);
            }
        }
    }

    /** The user of a port has no VC any more. */
    void forget(final SwitchPort port) {
        legsOf(port).forEach(this::free);
    }
}
