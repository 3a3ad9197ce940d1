// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.oid.OidResult;
import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.AdapterTable.Event;
import dev.condis.core.state.StateTable;
import java.time.Clock;
import java.util.Optional;

/**
 * The state of an adapter (contract B.1), and what lies over it: a reset, the loss of the hardware, the end. May be read at any time,
 * under any lock.
 */
final class AdapterMachine implements Traffic {
    private final Object lock = new Object();
    private final String adapter;
    private final Machine<State, Event, AdapterTable.Facts> machine;
    private volatile AdapterTable.Facts facts = new AdapterTable.Facts(false, false, false);

    AdapterMachine(final String adapter, final Clock clock) {
        this.adapter = adapter;
        machine = new Machine<>(AdapterTable.TABLE, clock);
    }

    StateTable.Row<State, Event, AdapterTable.Facts> fire(final Event event) {
        synchronized (lock) {
            return machine.fire(event, facts);
        }
    }

    StateTable.Row<State, Event, AdapterTable.Facts> decide(final Event event) {
        return machine.decide(event, facts);
    }

    /** Begins a reset if the table accepts it. */
    StateTable.Row<State, Event, AdapterTable.Facts> beginReset() {
        synchronized (lock) {
            final StateTable.Row<State, Event, AdapterTable.Facts> row = machine.fire(Event.RESET, facts);
            if (row.accepts()) {
                facts = new AdapterTable.Facts(true, facts.removed(), facts.leaving());
            }
            return row;
        }
    }

    void endReset() {
        synchronized (lock) {
            facts = new AdapterTable.Facts(false, facts.removed(), facts.leaving());
        }
    }

    /** The hardware is gone. */
    void remove() {
        synchronized (lock) {
            facts = new AdapterTable.Facts(facts.resetting(), true, facts.leaving());
        }
    }

    /** The adapter is being taken down. */
    void leave() {
        synchronized (lock) {
            facts = new AdapterTable.Facts(facts.resetting(), facts.removed(), true);
        }
    }

    boolean isRunning() {
        return machine.state() == State.RUNNING;
    }

    boolean isHalted() {
        return machine.state() == State.HALTED;
    }

    /** The miniport is asked nothing any more, for good. */
    boolean isGone() {
        final State state = machine.state();
        return facts.removed() || state == State.HALTING || state == State.HALTED;
    }

    /** The state as operators see it: one that is being taken down is halting from the first unbind on. */
    State shown() {
        final State state = machine.state();
        return facts.leaving() && state != State.HALTED ? State.HALTING : state;
    }

    @Override
    public NdisStatus sendStatus() {
        return decide(Event.SEND).status();
    }

    @Override
    public boolean receivesPass() {
        return decide(Event.INDICATE).accepts();
    }

    /** Says why the miniport is asked nothing now. */
    Optional<OidResult> refusesOid() {
        final StateTable.Row<State, Event, AdapterTable.Facts> row = decide(Event.OID_REQUEST);
        return row.accepts()
                ? Optional.empty()
                : Optional.of(OidResult.refused(row.status(), machine.refusal(row, adapter)));
    }

    <T> NdisResult<T> refused(final StateTable.Row<State, Event, AdapterTable.Facts> row) {
        return machine.refused(row, adapter);
    }

    @Override
    public String toString() {
        return adapter;
    }
}
