// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import java.time.Duration;
import java.util.Optional;

/**
 * Sends a packet again until it is answered, each time waiting twice as long (RFC 2516, section 8). Confined to the loop.
 */
final class Retransmission {
    private final SignalingLoop loop;
    private final PppoeSettings.Timing timing;
    private Optional<SignalingLoop.Alarm> alarm = Optional.empty();

    Retransmission(final SignalingLoop loop, final PppoeSettings.Timing timing) {
        this.loop = loop;
        this.timing = timing;
    }

    /** Sends now, and again; when the last one remains unanswered, gives up. Ends what was asked before. */
    void ask(final Runnable send, final Runnable giveUp) {
        disarm();
        attempt(send, giveUp, 1, timing.firstWait());
    }

    private void attempt(final Runnable send, final Runnable giveUp, final int number, final Duration wait) {
        send.run();
        final Runnable next =
                number < timing.attempts() ? () -> attempt(send, giveUp, number + 1, wait.multipliedBy(2)) : giveUp;
        alarm = Optional.of(loop.schedule(wait, next));
    }

    /** The answer is there, or nobody wants it any more. */
    void disarm() {
        alarm.ifPresent(SignalingLoop.Alarm::cancel);
        alarm = Optional.empty();
    }
}
