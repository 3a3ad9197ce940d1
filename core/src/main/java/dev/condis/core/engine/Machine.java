// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.Refusal;
import dev.condis.api.Transition;
import dev.condis.core.state.StateTable;
import java.time.Clock;
import java.util.Optional;

/**
 * The state of one object and the last step that it made. Events are fired while the object's lock is held; the state may be read
 * at any time.
 */
final class Machine<S extends Enum<S>, E extends Enum<E>, F> {
    private final StateTable<S, E, F> table;
    private final Clock clock;
    private volatile S state;
    private volatile Transition last;

    Machine(final StateTable<S, E, F> table, final Clock clock) {
        this.table = table;
        this.clock = clock;
        state = table.initial();
    }

    /** Decides and, when the event is accepted, makes the step. */
    StateTable.Row<S, E, F> fire(final E event, final F facts) {
        final StateTable.Row<S, E, F> row = table.decide(state, event, facts);
        if (row.accepts()) {
            last = new Transition(state.name(), event.name(), row.to().name(), clock.instant());
            state = row.to();
        }
        return row;
    }

    /** Decides without making a step. */
    StateTable.Row<S, E, F> decide(final E event, final F facts) {
        return table.decide(state, event, facts);
    }

    S state() {
        return state;
    }

    Optional<Transition> last() {
        return Optional.ofNullable(last);
    }

    Refusal refusal(final StateTable.Row<S, E, F> row, final Object owner) {
        return new Refusal(row.rule(), table.name() + " of " + owner, state.name(), row.explanation(), last());
    }

    <T> NdisResult<T> refused(final StateTable.Row<S, E, F> row, final Object owner) {
        return NdisResult.refused(row.status(), refusal(row, owner));
    }
}
