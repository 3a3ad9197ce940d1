// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.AdapterTable.Event;
import dev.condis.core.state.StateTable;

/** What an adapter must be while one backend carries it (B.1), as its miniport hears it. */
final class ModelAdapter {
    private final Trace trace;
    private State state = State.HALTED;
    private boolean removed;

    ModelAdapter(final Trace trace) {
        this.trace = trace;
    }

    /** Something happens to the miniport; it must be its time. */
    void fire(final Event event) {
        if (state == State.PAUSING && event != Event.PAUSE_COMPLETED) {
            // the end of a pause is nothing that a driver hears
            fire(Event.PAUSE_COMPLETED);
        }
        final StateTable.Row<State, Event, AdapterTable.Facts> row = decide(event);
        trace.check(row.accepts(), row.rule() + ": " + event + " comes while the adapter is " + state);
        state = row.to();
    }

    /** The hardware is gone. */
    void remove() {
        removed = true;
    }

    boolean isRunning() {
        return state == State.RUNNING;
    }

    NdisStatus sendStatus() {
        return decide(Event.SEND).status();
    }

    boolean receivesPass() {
        return decide(Event.INDICATE).accepts();
    }

    private StateTable.Row<State, Event, AdapterTable.Facts> decide(final Event event) {
        return Coverage.of(AdapterTable.TABLE.decide(state, event, new AdapterTable.Facts(false, removed, false)));
    }
}
