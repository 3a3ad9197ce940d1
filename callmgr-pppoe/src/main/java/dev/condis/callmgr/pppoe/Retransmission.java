// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Sends a packet again until it is answered, each time waiting twice as long (RFC 2516, section 8). Confined to the loop.
 */
final class Retransmission {
    private final SignalingLoop loop;
    private final Supplier<PppoeSettings.Timing> timing;
    private Optional<SignalingLoop.Alarm> alarm = Optional.empty();

    Retransmission(final SignalingLoop loop, final Supplier<PppoeSettings.Timing> timing) {
        this.loop = loop;
        this.timing = timing;
    }

    /** Sends now, and again; when the last one remains unanswered, gives up. Ends what was asked before. */
    void ask(final Runnable send, final Runnable giveUp) {
        disarm();
        attempt(send, giveUp, 1, timing.get().firstWait());
    }

    private void attempt(final Runnable send, final Runnable giveUp, final int number, final Duration wait) {
        send.run();
        final Runnable next = number < timing.get().attempts()
                ? () -> attempt(send, giveUp, number + 1, wait.multipliedBy(2))
                : giveUp;
        alarm = Optional.of(loop.schedule(wait, next));
    }

    /** Does something later, instead of sending again. */
    void after(final Duration wait, final Runnable then) {
        disarm();
        alarm = Optional.of(loop.schedule(wait, then));
    }

    /** The answer is there, or nobody wants it any more. */
    void disarm() {
        alarm.ifPresent(SignalingLoop.Alarm::cancel);
        alarm = Optional.empty();
    }
}
