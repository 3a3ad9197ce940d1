// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.core.state.StateTable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which rows of the tables have decided something in programs: what no program reaches is not tested by them. */
final class Coverage {
    private static final Map<StateTable.Row<?, ?, ?>, Long> COUNTS =
            Collections.synchronizedMap(new IdentityHashMap<>());

    private Coverage() {}

    static <S, E, F> StateTable.Row<S, E, F> of(final StateTable.Row<S, E, F> row) {
        COUNTS.merge(row, 1L, Long::sum);
        return row;
    }

    /** The rows of a table that no program has reached. */
    static <S extends Enum<S>, E extends Enum<E>, F> List<StateTable.Row<S, E, F>> missed(
            final StateTable<S, E, F> table, final Predicate<StateTable.Row<S, E, F>> wanted) {
        return table.rows().stream()
                .filter(wanted)
                .filter(row -> !COUNTS.containsKey(row))
                .toList();
    }
}
