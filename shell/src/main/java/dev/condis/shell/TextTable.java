// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** A table of plain text. Columns stand two blanks apart; one whose cells are all numbers stands to the right. */
final class TextTable {
    private static final String NUMBER = "-|[0-9]+|[0-9.]+ ms";

    private final List<String> titles;
    private final List<List<String>> rows = new ArrayList<>();

    TextTable(final String... titles) {
        this.titles = List.of(titles);
    }

    /** Adds a row at the bottom. */
    void row(final Object... cells) {
        if (cells.length != titles.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + titles.size() + " columns");
        }
        rows.add(Stream.of(cells).map(Object::toString).toList());
    }

    @Override
    public String toString() {
        return Stream.concat(Stream.of(titles), rows.stream()).map(this::line).collect(Collectors.joining("\n"));
    }

    private String line(final List<String> cells) {
        return IntStream.range(0, cells.size())
                .mapToObj(column -> padded(cells.get(column), column))
                .collect(Collectors.joining("  "))
                .stripTrailing();
    }

    private String padded(final String cell, final int column) {
        final String blanks = " ".repeat(width(column) - cell.length());
        return isNumeric(column) ? blanks + cell : cell + blanks;
    }

    private int width(final int column) {
        return Stream.concat(Stream.of(titles), rows.stream())
                .mapToInt(cells -> cells.get(column).length())
                .max()
                .orElse(0);
    }

    private boolean isNumeric(final int column) {
        return rows.stream().allMatch(cells -> cells.get(column).matches(NUMBER));
    }
}
