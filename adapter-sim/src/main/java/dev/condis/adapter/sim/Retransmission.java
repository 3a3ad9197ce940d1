// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.SimTime;
import dev.condis.adapter.sim.signaling.SignalMessage;
import java.time.Duration;
import java.util.Optional;

/** The one timer of something that waits for the network. Confined to the loop. */
final class Retransmission {

    private final Station station;
    private Optional<SimTime.Timer> timer = Optional.empty();

    Retransmission(final Station station) {
        this.station = station;
    }

    /** Sends now, again after a while without an answer, then gives up. */
    void ask(final SignalMessage message, final Runnable giveUp) {
        ask(message, station.options().signalingTimeout(), giveUp);
    }

    /** As {@link #ask(SignalMessage, Runnable)}; after the repetition it is patient for as long as it is told. */
    void ask(final SignalMessage message, final Duration patience, final Runnable giveUp) {
        station.send(message);
        arm(station.options().signalingTimeout(), () -> {
            station.send(message);
            arm(patience, giveUp);
        });
    }

    void arm(final Duration delay, final Runnable body) {
        disarm();
        timer = Optional.of(station.time().schedule(delay, body));
    }

    void disarm() {
        timer.ifPresent(SimTime.Timer::cancel);
        timer = Optional.empty();
    }
}
