// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

/** A reusable timer of a {@link SimTime}; armed, moved and disarmed on the thread of that time only. */
final class SimAlarm {

    static final int NOT_ARMED = -1;

    private final Runnable body;

    /** Due time in nanoseconds of the owning time. */
    long at;

    /** Breaks ties: of two alarms for the same nanosecond the one armed first runs first. */
    long sequence;

    /** Place in the heap, or {@link #NOT_ARMED}. */
    int index = NOT_ARMED;

    SimAlarm(Runnable body) {
        this.body = body;
    }

    boolean isArmed() {
        return index != NOT_ARMED;
    }

    void run() {
        body.run();
    }
}
