// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtmConnectionTest {

    @Test
    void shouldPrintWhatItParsed() {
        final AtmConnection connection = AtmConnection.parse("atm:0/100");
        assertThat(connection).isEqualTo(new AtmConnection(0, 100)).hasToString("atm:0/100");
        assertThat(MediaFlow.parse("atm:0x10/0x20")).isEqualTo(new AtmConnection(16, 32));
        assertThat(MediaFlow.fromSpecificParameters(connection.toSpecificParameters()))
                .contains(connection);
    }

    @ParameterizedTest
    @CsvSource({
        "vlan:5, 0, begins with atm:",
        "atm:5, 5, atm:VPI/VCI",
        "atm:/5, 4, VPI is missing",
        "atm:4096/5, 4, 0..4095",
        "atm:0/65536, 6, 0..65535",
        "atm:0/5/6, 7, VCI is a number",
    })
    void shouldNameInputPlaceAndRule_whenTextIsNoConnection(final String text, final int position, final String rule) {
        assertThatThrownBy(() -> AtmConnection.parse(text)).isInstanceOfSatisfying(FlowSyntaxException.class, e -> {
            assertThat(e.position()).isEqualTo(position);
            assertThat(e.rule()).contains(rule);
        });
    }

    @ParameterizedTest
    @CsvSource({"atm:0/100, 0", "atm:0/5, 0", "atm:0/16, 0", "atm:0/4, 1", "atm:256/32, 1", "atm:4095/0, 2"})
    void shouldSayWhyItCannotBeUsedForSending(final String text, final int problems) {
        assertThat(AtmConnection.parse(text).sendProblems()).hasSize(problems);
    }

    @Test
    void shouldRefuseNumbersOutOfRange() {
        assertThatThrownBy(() -> new AtmConnection(-1, 5)).hasMessageContaining("VPI");
        assertThatThrownBy(() -> new AtmConnection(0, 65536)).hasMessageContaining("VCI");
    }

    @Test
    void shouldOrderByPathThenChannel() {
        assertThat(new AtmConnection(0, 100))
                .isLessThan(new AtmConnection(1, 32))
                .isLessThan(new AtmConnection(0, 101));
    }
}
