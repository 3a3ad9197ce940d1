// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.AfTable;
import dev.condis.core.state.BindingTable;
import dev.condis.core.state.CallTables;
import dev.condis.core.state.PartyTable;
import dev.condis.core.state.QosTable;
import dev.condis.core.state.SapTable;
import dev.condis.core.state.StateTable;
import dev.condis.core.state.VcTable;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Which rows of the tables have decided something in programs: a row that no program reaches is not tested by them. */
final class Coverage {
    private static final List<StateTable<?, ?, ?>> TABLES = List.of(
            VcTable.TABLE,
            CallTables.OUTGOING,
            CallTables.INCOMING,
            PartyTable.TABLE,
            QosTable.TABLE,
            AfTable.TABLE,
            SapTable.TABLE,
            BindingTable.TABLE,
            AdapterTable.TABLE);

    /** What no program can reach, or what programs do not do. */
    private static final Set<String> OUT_OF_REACH = Set.of(
            // removed before anybody has asked for it
            "address family NONE REMOVE",
            "SAP NONE REMOVE",
            "party NONE CALL_ENDED",
            // states of the other kind of call
            "outgoing call OFFERED REMOVE",
            "outgoing call ACCEPTED REMOVE",
            "incoming call MAKING REMOVE",
            // nothing that a driver hears or sees
            "binding CLOSING UNBIND_COMPLETED",
            "adapter RESTARTING INDICATE",
            // resets, requests and statuses of the adapter are not in the programs
            "adapter RESET",
            "adapter OID_REQUEST",
            "adapter INDICATE_STATUS",
            "binding OID_REQUEST");

    private static final Set<StateTable.Row<?, ?, ?>> REACHED =
            Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));

    private Coverage() {}

    /** Notes that a row has decided. */
    static <S, E, F> StateTable.Row<S, E, F> of(final StateTable.Row<S, E, F> row) {
        REACHED.add(row);
        return row;
    }

    /** The transitions that programs can make and have not made. */
    static List<String> missed() {
        return TABLES.stream().flatMap(Coverage::missed).toList();
    }

    private static Stream<String> missed(final StateTable<?, ?, ?> table) {
        return table.rows().stream()
                .filter(row -> row.accepts() && !REACHED.contains(row))
                .filter(row -> !OUT_OF_REACH.contains(table.name() + " " + row.from() + " " + row.event())
                        && !OUT_OF_REACH.contains(table.name() + " " + row.event()))
                .map(row -> table.name() + " " + row.from() + " " + row.event() + " " + row.guardName());
    }
}
