// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import dev.condis.api.NdisStatus;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;

/**
 * A state machine as data: rows of state, event and guard that yield the next state, or a status with the rule that refuses.
 * Deciding has no side effects; carrying a decision out is the arbiter's business.
 * <p>
 * The first row whose guard holds decides. Every pair of state and event has a row without a guard, at its end: either one that
 * the table's author wrote, or the state's default refusal. So a decision always exists.
 *
 * @param <S> the states
 * @param <E> the events
 * @param <F> what guards look at besides the state
 */
public final class StateTable<S extends Enum<S>, E extends Enum<E>, F> {
    /**
     * One row.
     *
     * @param <S> the states
     * @param <E> the events
     * @param <F> the facts
     * @param from the state in which the row applies
     * @param event the event to which it applies
     * @param guardName the guard for people, empty when the row always applies
     * @param guard the guard
     * @param to the next state; {@code from} when the event is refused
     * @param status {@link NdisStatus#SUCCESS}, or the status with which the event is refused
     * @param rule the rule, resolution or table row of the contract that says so
     * @param explanation why it is refused, for people; empty when it is not
     */
    public record Row<S, E, F>(
            S from,
            E event,
            String guardName,
            Predicate<F> guard,
            S to,
            NdisStatus status,
            String rule,
            String explanation) {
        /**
         * Tells whether the row accepts the event.
         *
         * @return {@code true} when the status is {@link NdisStatus#SUCCESS}
         */
        public boolean accepts() {
            return status.isSuccess();
        }
    }

    private final String name;
    private final S initial;
    private final Map<S, Map<E, List<Row<S, E, F>>>> rows;

    private StateTable(final String name, final S initial, final Map<S, Map<E, List<Row<S, E, F>>>> rows) {
        this.name = name;
        this.initial = initial;
        this.rows = rows;
    }

    /**
     * Starts a table.
     *
     * @param <S> the states
     * @param <E> the events
     * @param <F> what guards look at
     * @param name what the table is of
     * @param initial the first state
     * @param events the type of the events
     * @return a builder
     */
    static <S extends Enum<S>, E extends Enum<E>, F> Builder<S, E, F> of(
            final String name, final S initial, final Class<E> events) {
        return new Builder<>(name, initial, events);
    }

    /**
     * What the table is of.
     *
     * @return a name
     */
    public String name() {
        return name;
    }

    /**
     * The state in which an object starts.
     *
     * @return the state
     */
    public S initial() {
        return initial;
    }

    /**
     * The row that decides.
     *
     * @param state the object's state
     * @param event what happens
     * @param facts what guards look at
     * @return the first row for the pair whose guard holds
     */
    public Row<S, E, F> decide(final S state, final E event, final F facts) {
        // by index: gates are set by this, for each VC several times when its backend is replaced
        final List<Row<S, E, F>> candidates = rows(state, event);
        for (int i = 0; i < candidates.size(); i++) {
            final Row<S, E, F> row = candidates.get(i);
            if (row.guard().test(facts)) {
                return row;
            }
        }
        throw new AssertionError(name + " has no row for " + state + ", " + event);
    }

    /**
     * The rows of one pair, in the order in which they are tried.
     *
     * @param state the state
     * @param event the event
     * @return one row or more, the last without a guard
     */
    public List<Row<S, E, F>> rows(final S state, final E event) {
        return rows.get(state).get(event);
    }

    /**
     * Every row.
     *
     * @return the rows, by state, then event, then order of trial
     */
    public List<Row<S, E, F>> rows() {
        return rows.values().stream()
                .map(Map::values)
                .flatMap(Collection::stream)
                .flatMap(List::stream)
                .toList();
    }

    /** Collects rows. */
    static final class Builder<S extends Enum<S>, E extends Enum<E>, F> {
        private final String name;
        private final S initial;
        private final Class<E> events;
        private final List<Row<S, E, F>> written = new ArrayList<>();
        private final Map<S, Row<S, E, F>> defaults;

        private Builder(final String name, final S initial, final Class<E> events) {
            this.name = name;
            this.initial = initial;
            this.events = events;
            defaults = new EnumMap<>(initial.getDeclaringClass());
        }

        /** What a state answers to every event for which it has no other row. */
        Builder<S, E, F> otherwise(
                final S state, final NdisStatus status, final String rule, final String explanation) {
            defaults.put(state, refusal(state, null, "", facts -> true, status, rule, explanation));
            return this;
        }

        Builder<S, E, F> accept(final S from, final E event, final S to, final String rule) {
            written.add(new Row<>(from, event, "", facts -> true, to, NdisStatus.SUCCESS, rule, ""));
            return this;
        }

        Builder<S, E, F> acceptWhen(
                final S from,
                final E event,
                final String guardName,
                final Predicate<F> guard,
                final S to,
                final String rule) {
            written.add(new Row<>(from, event, guardName, guard, to, NdisStatus.SUCCESS, rule, ""));
            return this;
        }

        Builder<S, E, F> refuse(
                final S from, final E event, final NdisStatus status, final String rule, final String explanation) {
            written.add(refusal(from, event, "", facts -> true, status, rule, explanation));
            return this;
        }

        Builder<S, E, F> refuseWhen(
                final S from,
                final E event,
                final String guardName,
                final Predicate<F> guard,
                final NdisStatus status,
                final String rule,
                final String explanation) {
            written.add(refusal(from, event, guardName, guard, status, rule, explanation));
            return this;
        }

        private Row<S, E, F> refusal(
                final S from,
                final E event,
                final String guardName,
                final Predicate<F> guard,
                final NdisStatus status,
                final String rule,
                final String explanation) {
            if (status.isSuccess()) {
                throw new IllegalArgumentException("a refusal is not " + status);
            }
            return new Row<>(from, event, guardName, guard, from, status, rule, Objects.requireNonNull(explanation));
        }

        StateTable<S, E, F> build() {
            final Class<S> states = initial.getDeclaringClass();
            final Map<S, Map<E, List<Row<S, E, F>>>> table = new EnumMap<>(states);
            for (final S state : states.getEnumConstants()) {
                final Map<E, List<Row<S, E, F>>> ofState = new EnumMap<>(events);
                for (final E event : events.getEnumConstants()) {
                    ofState.put(event, rowsOf(state, event));
                }
                table.put(state, ofState);
            }
            return new StateTable<>(name, initial, Collections.unmodifiableMap(table));
        }

        private List<Row<S, E, F>> rowsOf(final S state, final E event) {
            final List<Row<S, E, F>> rows = new ArrayList<>();
            for (final Row<S, E, F> row : written) {
                if (row.from() == state && row.event() == event) {
                    if (isClosed(rows)) {
                        throw new IllegalStateException(
                                name + ": no row for " + state + ", " + event + " can follow the one without a guard");
                    }
                    rows.add(row);
                }
            }
            if (!isClosed(rows)) {
                rows.add(defaultRow(state, event));
            }
            return List.copyOf(rows);
        }

        private boolean isClosed(final List<Row<S, E, F>> rows) {
            return !rows.isEmpty() && rows.get(rows.size() - 1).guardName().isEmpty();
        }

        private Row<S, E, F> defaultRow(final S state, final E event) {
            final Row<S, E, F> row = defaults.get(state);
            if (row == null) {
                throw new IllegalStateException(name + ": state " + state + " has no answer to " + event);
            }
            return new Row<>(state, event, "", row.guard(), state, row.status(), row.rule(), row.explanation());
        }
    }
}
