// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.oid.RequestHandle;

/**
 * One driver above the adapter, as the adapter calls it back: statuses and completions of OID requests come one at a time (R206). It is
 * the handle that its OID requests carry, too.
 */
final class Listener implements RequestHandle {
    private final Lane lane = new Lane();
    private final String name;
    private volatile boolean closed;

    Listener(final String name) {
        this.name = name;
    }

    /** Takes the completions of what the driver asked for. */
    Lane lane() {
        return lane;
    }

    /** Calls the driver back, after what it is being told already, unless its time is over by then. */
    void tell(final Object what, final Runnable callback) {
        lane.add(() -> {
            if (!closed) {
                Callouts.run(what, callback);
            }
        });
        lane.drain();
    }

    /** The driver is unbound. Completions still reach whoever waits for them. */
    void close() {
        closed = true;
    }

    @Override
    public String toString() {
        return name;
    }
}
