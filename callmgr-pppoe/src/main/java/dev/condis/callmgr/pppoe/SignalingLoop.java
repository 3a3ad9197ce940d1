// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import java.time.Duration;

/**
 * Where the signaling of one adapter runs: one step at a time. Everything in this package that is not said to be thread safe is confined to it. Steps
 * do not block, and what they throw is logged and ends that step only.
 */
interface SignalingLoop extends AutoCloseable {
    /** A step that waits for its time. */
    @FunctionalInterface
    interface Alarm {
        /** Forgets the step, if it has not begun. */
        void cancel();
    }

    /** Runs a step after those that were given before. Never in the call itself. From any thread; after {@link #close} it does nothing. */
    void execute(Runnable step);

    /** Runs a step when the time has passed. From any thread. */
    Alarm schedule(Duration delay, Runnable step);

    /** A time that never goes back, in nanoseconds. */
    long nanoTime();

    /** Ends; steps that wait are forgotten. */
    @Override
    void close();
}
