// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void alignsColumns() {
        final Table table = new Table().column("name", Table.Align.LEFT).column("n", Table.Align.RIGHT);
        table.row("a", 1);
        table.row("longer", 12345);

        assertThat(table.lines()).containsExactly("name        n", "a           1", "longer  12345");
    }

    @Test
    void leavesNoBlanksAtTheEnd() {
        final Table table = new Table().column("n", Table.Align.RIGHT).column("name", Table.Align.LEFT);
        table.row(1, "");

        assertThat(table.lines()).containsExactly("n  name", "1");
    }

    @Test
    void refusesRowsOfAnotherLength() {
        final Table table = new Table().column("n", Table.Align.RIGHT);

        assertThatThrownBy(() -> table.row(1, 2)).hasMessage("2 cells for 1 columns");
    }

    @Test
    void writesFigures() {
        assertThat(Figures.count(1234567)).isEqualTo("1,234,567");
        assertThat(Figures.seconds(Duration.ofMillis(1250))).isEqualTo("1.250 s");
        assertThat(Figures.rate(50, Duration.ofMillis(500))).isEqualTo("100 /s");
        assertThat(Figures.rate(50, Duration.ZERO)).isEqualTo("-");
        assertThat(Figures.throughput(1_000_000, Duration.ofSeconds(1))).isEqualTo("8.0 Mbit/s");
        assertThat(Figures.throughput(1, Duration.ZERO)).isEqualTo("-");
    }

    @Test
    void writesMoments() {
        assertThat(Figures.moment(1_000_001_000L)).isEqualTo("1970-01-01 00:00:01.000001");
        assertThat(Figures.moment(-1000)).isEqualTo("1969-12-31 23:59:59.999999");
    }
}
