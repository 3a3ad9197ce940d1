// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.adapter.sim.net.SimTime;
import java.time.Duration;

/** A loop on the time of a simulated network; its end is noted. */
final class SimLoop implements SignalingLoop {
    private final SimTime time;
    private volatile boolean closed;

    SimLoop(final SimTime time) {
        this.time = time;
    }

    @Override
    public void execute(final Runnable step) {
        time.execute(() -> {
            if (!closed) {
                step.run();
            }
        });
    }

    @Override
    public Alarm schedule(final Duration delay, final Runnable step) {
        return time.schedule(delay, () -> {
            if (!closed) {
                step.run();
            }
        })::cancel;
    }

    @Override
    public long nanoTime() {
        return time.nanoTime();
    }

    @Override
    public void close() {
        closed = true;
    }

    boolean isClosed() {
        return closed;
    }
}
