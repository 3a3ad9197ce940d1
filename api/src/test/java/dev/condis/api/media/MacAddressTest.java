// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MacAddressTest {

    @ParameterizedTest
    @ValueSource(strings = {"02-00-00-00-00-01", "ff-ff-ff-ff-ff-ff", "00-00-00-00-00-00", "a1-b2-c3-d4-e5-f6"})
    void shouldPrintWhatItParsed(final String text) {
        assertThat(MacAddress.parse(text)).hasToString(text);
    }

    @Test
    void shouldReadColonsAndUpperCase() {
        assertThat(MacAddress.parse("A1:B2:C3:D4:E5:F6")).isEqualTo(new MacAddress(0xa1b2_c3d4_e5f6L));
    }

    @ParameterizedTest
    @CsvSource({
        "02-00-00-00-00, 0, six octets",
        "02-00-00-00-00-01-, 0, six octets",
        "02.00.00.00.00.01, 2, separated by",
        "02-00:00-00-00-01, 5, one kind of separator",
        "02-00-0g-00-00-01, 7, hexadecimal",
        "02-00-00-00-00-0٣, 16, hexadecimal",
    })
    void shouldNameInputPlaceAndRule_whenTextIsNoAddress(final String text, final int position, final String rule) {
        assertThatThrownBy(() -> MacAddress.parse(text)).isInstanceOfSatisfying(FlowSyntaxException.class, e -> {
            assertThat(e.input()).isEqualTo(text);
            assertThat(e.position()).isEqualTo(position);
            assertThat(e.rule()).contains(rule);
            assertThat(e).hasMessageContaining(text).hasMessageContaining("at " + position);
        });
    }

    @Test
    void shouldCopyToAndFromTheWire() {
        final byte[] bytes = new byte[9];
        final MacAddress address = MacAddress.parse("a1-b2-c3-d4-e5-f6");
        address.copyTo(bytes, 2);
        assertThat(bytes).containsExactly(0, 0, 0xa1, 0xb2, 0xc3, 0xd4, 0xe5, 0xf6, 0);
        assertThat(MacAddress.of(bytes, 2)).isEqualTo(address);
        assertThatThrownBy(() -> MacAddress.of(bytes, 4)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void shouldTellGroupAddresses() {
        assertThat(MacAddress.BROADCAST.isGroup()).isTrue();
        assertThat(MacAddress.parse("01-80-c2-00-00-00").isGroup()).isTrue();
        assertThat(MacAddress.parse("02-00-00-00-00-01").isGroup()).isFalse();
    }

    @Test
    void shouldRefuseMoreThan48Bits() {
        assertThatThrownBy(() -> new MacAddress(1L << 48)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new MacAddress(-1)).isInstanceOf(IllegalArgumentException.class);
    }
}
