// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The page with the state diagrams is what the tables say. {@code -Dcondis.docs.write=true} writes it anew. */
class StateDiagramsTest {
    private static final Path PAGE = Path.of("../docs/states.md");
    private static final String HEAD =
            """
            # State machines

            Generated from the tables in `dev.condis.core.state` (`mvn test -pl core -Dtest=StateDiagramsTest -Dcondis.docs.write=true`); a test
            fails when they differ. An arrow is an accepted event, with its guard and the rule or table row of the contract. Every other event is
            refused with a status and a rule; those rows are in the tables below. An event that removes the object because its adapter or
            its driver is gone (`REMOVE`) is possible in every state and not drawn.
            """;

    @Test
    void thePageIsGeneratedFromTheTables() throws IOException {
        final String page = HEAD
                + List.of(
                                AdapterTable.TABLE,
                                BindingTable.TABLE,
                                VcTable.TABLE,
                                CallTables.OUTGOING,
                                CallTables.INCOMING,
                                AfTable.TABLE,
                                SapTable.TABLE,
                                PartyTable.TABLE,
                                QosTable.TABLE,
                                OidRequestTable.TABLE)
                        .stream()
                        .map(StateDiagramsTest::section)
                        .collect(Collectors.joining());
        if (Boolean.getBoolean("condis.docs.write")) {
            Files.writeString(PAGE, page);
        }
        assertThat(Files.readString(PAGE)).isEqualTo(page);
    }

    private static String section(final StateTable<?, ?, ?> table) {
        final String title =
                Character.toUpperCase(table.name().charAt(0)) + table.name().substring(1);
        return "\n## " + title + "\n\n```mermaid\nstateDiagram-v2\n    [*] --> " + table.initial() + "\n"
                + arrows(table) + "```\n\n" + refusals(table);
    }

    private static String arrows(final StateTable<?, ?, ?> table) {
        return table.rows().stream()
                .filter(StateTable.Row::accepts)
                .filter(row -> !row.event().toString().equals("REMOVE"))
                .map(row -> "    " + row.from() + " --> " + row.to() + ": " + row.event() + guard(row) + " ("
                        + row.rule() + ")\n")
                .collect(Collectors.joining());
    }

    private static String refusals(final StateTable<?, ?, ?> table) {
        final Map<String, String> events = new LinkedHashMap<>();
        final Map<String, String> reasons = new LinkedHashMap<>();
        final Map<String, String> states = new LinkedHashMap<>();
        for (final StateTable.Row<?, ?, ?> row : table.rows()) {
            if (!row.accepts()) {
                final String key = row.from() + row.rule() + row.status() + row.explanation();
                events.merge(key, row.event() + guard(row), (before, event) -> before + ", " + event);
                reasons.put(key, row.status().name() + " | " + row.rule() + " | " + row.explanation());
                states.put(key, row.from().toString());
            }
        }
        final StringBuilder page =
                new StringBuilder("| state | event | refused with | rule | because |\n|---|---|---|---|---|\n");
        events.forEach(
                (key, list) -> page.append("| " + states.get(key) + " | " + list + " | " + reasons.get(key) + " |\n"));
        return page.toString();
    }

    private static String guard(final StateTable.Row<?, ?, ?> row) {
        return row.guardName().isEmpty() ? "" : " [" + row.guardName() + "]";
    }
}
