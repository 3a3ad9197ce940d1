// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.text;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** A table of text with aligned columns, two spaces apart. Confined to one thread. */
public final class Table {
    /** Where the cells of a column stand. */
    public enum Align {
        /** Text. */
        LEFT,
        /** Numbers. */
        RIGHT
    }

    private record Column(String title, Align align) {}

    private final List<Column> columns = new ArrayList<>();
    private final List<List<String>> rows = new ArrayList<>();

    /** Makes a table without columns. */
    public Table() {
        // nothing to set up
    }

    /**
     * Adds a column at the right.
     *
     * @param title what stands above it
     * @param align where its cells stand
     * @return this
     */
    public Table column(final String title, final Align align) {
        columns.add(new Column(title, align));
        return this;
    }

    /**
     * Adds a row at the bottom.
     *
     * @param cells one for each column; {@link Object#toString} is printed
     * @throws IllegalArgumentException if there are more or fewer cells than columns
     */
    public void row(final Object... cells) {
        if (cells.length != columns.size()) {
            throw new IllegalArgumentException(cells.length + " cells for " + columns.size() + " columns");
        }
        rows.add(List.of(cells).stream().map(Object::toString).toList());
    }

    /**
     * Sets the table.
     *
     * @return one line for the titles and one for each row, without blanks at their ends
     */
    public List<String> lines() {
        final List<Integer> widths = new ArrayList<>();
        for (int i = 0; i < columns.size(); i++) {
            final int at = i;
            final int cells =
                    rows.stream().mapToInt(row -> row.get(at).length()).max().orElse(0);
            widths.add(Math.max(cells, columns.get(i).title().length()));
        }
        final List<String> lines = new ArrayList<>();
        lines.add(line(columns.stream().map(Column::title).toList(), widths));
        rows.forEach(row -> lines.add(line(row, widths)));
        return List.copyOf(lines);
    }

    private String line(final List<String> cells, final List<Integer> widths) {
        final List<String> padded = new ArrayList<>();
        for (int i = 0; i < cells.size(); i++) {
            final String blanks = " ".repeat(widths.get(i) - cells.get(i).length());
            padded.add(columns.get(i).align() == Align.LEFT ? cells.get(i) + blanks : blanks + cells.get(i));
        }
        return padded.stream().collect(Collectors.joining("  ")).stripTrailing();
    }

    @Override
    public String toString() {
        return String.join(System.lineSeparator(), lines());
    }
}
