// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import static dev.condis.adapter.sim.net.SwitchSignaling.toLeg;

import dev.condis.adapter.sim.net.SwitchedCall.Change;
import dev.condis.adapter.sim.net.SwitchedCall.Leg;
import dev.condis.adapter.sim.net.SwitchedCall.State;
import dev.condis.adapter.sim.signaling.MessageType;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.NdisStatus;
import java.util.Optional;

/**
 * Changes of the traffic parameters of connected calls. While the other end has not answered, the links are held for the larger
 * of what is and what will be; so a refusal always finds its way back. Confined to the network's thread.
 */
final class SwitchQos {

    private final SwitchSignaling signaling;
    private final RateBook rates;

    SwitchQos(final SwitchSignaling signaling, final RateBook rates) {
        this.signaling = signaling;
        this.rates = rates;
    }

    void requested(final Leg leg, final SignalMessage message) {
        final NdisStatus status = tryToChange(leg, message);
        if (!status.isSuccess()) {
            signaling.send(leg.port, toLeg(MessageType.MODIFY_REJECT, leg).withCause(status));
        }
    }

    private NdisStatus tryToChange(final Leg leg, final SignalMessage message) {
        final Optional<Leg> other = leg.peer();
        if (leg.call.multipoint) {
            return NdisStatus.NOT_SUPPORTED;
        }
        final boolean connected = leg.state == State.CONNECTED
                && other.filter(peer -> peer.state == State.CONNECTED).isPresent();
        if (!connected || leg.call.change.filter(change -> change.by() != leg).isPresent()) {
            return NdisStatus.NOT_ACCEPTED;
        }
        if (message.traffic().isEmpty()) {
            return NdisStatus.INVALID_DATA;
        }
        return ask(leg, other.get(), message);
    }

    private NdisStatus ask(final Leg leg, final Leg peer, final SignalMessage message) {
        final Rates before = leg.call.change.map(Change::before).orElse(leg.rates);
        final CallManagerParameters asked = message.traffic().orElseThrow();
        final CallManagerParameters granted =
                message.has(SignalMessage.Flag.ROUND_DOWN) ? RateBook.limited(asked, availableTo(leg, peer)) : asked;
        final Rates wanted = Rates.of(Optional.of(granted));
        if (!hold(leg, peer, before.max(wanted))) {
            return NdisStatus.CELLRATE_NOT_AVAILABLE;
        }
        leg.call.change = Optional.of(new Change(leg, before, wanted));
        signaling.tell(
                peer,
                toLeg(MessageType.MODIFY_REQUEST, peer).withTraffic(Optional.of(SwitchCalls.seenFromPeer(granted))));
        return NdisStatus.SUCCESS;
    }

    private Rates availableTo(final Leg leg, final Leg peer) {
        return rates.available(leg.port, leg.rates)
                .min(rates.available(peer.port, peer.rates).seenFromPeer());
    }

    /** Both links, or none. */
    private boolean hold(final Leg leg, final Leg peer, final Rates held) {
        if (!rates.change(leg.port, leg.rates, held)) {
            return false;
        }
        if (!rates.change(peer.port, peer.rates, held.seenFromPeer())) {
            rates.change(leg.port, held, leg.rates);
            return false;
        }
        leg.rates = held;
        peer.rates = held.seenFromPeer();
        return true;
    }

    void acknowledged(final Leg leg, final SignalMessage message) {
        pending(leg).ifPresent(change -> {
            final Rates agreed = message.traffic().isPresent()
                    ? Rates.of(message.traffic()).seenFromPeer().min(change.by().rates)
                    : change.wanted();
            settle(leg, change, agreed);
            signaling.send(
                    change.by().port,
                    toLeg(MessageType.MODIFY_ACK, change.by())
                            .withTraffic(message.traffic().map(SwitchCalls::seenFromPeer)));
        });
    }

    void rejected(final Leg leg, final SignalMessage message) {
        pending(leg).ifPresent(change -> {
            settle(leg, change, change.before());
            signaling.send(
                    change.by().port,
                    toLeg(MessageType.MODIFY_REJECT, change.by()).withCause(message.causeOr(NdisStatus.FAILURE)));
        });
    }

    /** The change that this leg was asked about. */
    private static Optional<Change> pending(final Leg leg) {
        return leg.call.change.filter(change -> change.by() != leg);
    }

    private void settle(final Leg leg, final Change change, final Rates agreed) {
        leg.call.change = Optional.empty();
        leg.unanswered = Optional.empty();
        hold(change.by(), leg, agreed);
    }
}
