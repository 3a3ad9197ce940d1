// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A piece of work for the thread of a {@link SimTime}. The link to the next task is inside, so that a port can post the
 * same task again and again without allocating. A task that is already posted is not posted twice.
 */
abstract class SimTask {

    /** Next task of the same posting stack; owned by {@link SimTime}. */
    SimTask next;

    private final AtomicBoolean posted = new AtomicBoolean();

    /** Claims the task for one posting; false if it is posted already. */
    final boolean claim() {
        return !posted.get() && posted.compareAndSet(false, true);
    }

    /** Makes the task postable again, then runs it: what was made visible before a refused posting is seen by this run. */
    final void runOnce() {
        posted.set(false);
        run();
    }

    abstract void run();

    static SimTask of(Runnable body) {
        return new SimTask() {
            @Override
            void run() {
                body.run();
            }
        };
    }
}
