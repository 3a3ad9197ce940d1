// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import dev.condis.core.state.BindingState;
import dev.condis.core.state.BindingTable;
import dev.condis.core.state.BindingTable.Event;
import dev.condis.core.state.BindingTable.Facts;
import dev.condis.core.state.StateTable;

/** What a driver's binding must be (B.2), as the driver hears it. */
final class ModelBinding {
    private final String name;
    private final ModelAdapter adapter;
    private final Trace trace;
    private BindingState state = BindingState.UNBOUND;

    ModelBinding(final String name, final ModelAdapter adapter, final Trace trace) {
        this.name = name;
        this.adapter = adapter;
        this.trace = trace;
    }

    /** Something happens to the driver; it must be its time. */
    void fire(final Event event) {
        if (state == BindingState.PAUSING && event != Event.PAUSE_COMPLETED) {
            // the end of a pause is nothing that a driver hears
            fire(Event.PAUSE_COMPLETED);
        }
        final StateTable.Row<BindingState, Event, Facts> row = decide(event);
        trace.check(row.accepts(), row.rule() + ": " + event + " comes to " + name + ", which is " + state);
        state = row.to();
    }

    boolean isRunning() {
        return state == BindingState.RUNNING;
    }

    NdisStatus sendStatus() {
        final NdisStatus below = adapter.sendStatus();
        return below.isSuccess() ? decide(Event.SEND).status() : below;
    }

    boolean receivesPass() {
        return adapter.receivesPass() && decide(Event.INDICATE).accepts();
    }

    private StateTable.Row<BindingState, Event, Facts> decide(final Event event) {
        return Coverage.of(BindingTable.TABLE.decide(state, event, Facts.NONE));
    }

    @Override
    public String toString() {
        return name;
    }
}
