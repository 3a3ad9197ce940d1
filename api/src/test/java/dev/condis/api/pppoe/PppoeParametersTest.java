// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.pppoe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.CallParameters;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.EthernetFlow;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PppoeParametersTest {
    private static final PppoeTag VENDOR = new PppoeTag(PppoeTag.VENDOR_SPECIFIC, Octets.of((byte) 0, (byte) 1));

    private static SpecificParameters specific(final String hex) {
        return new SpecificParameters(
                PppoeParameters.PARAM_TYPE, Octets.of(HexFormat.of().parseHex(hex.replace(" ", ""))));
    }

    @Test
    void shouldReadBackWhatItWrote() {
        final PppoeParameters all = PppoeParameters.service("internet")
                .at("ac")
                .withMaxPayload(1500)
                .withOthers(List.of(VENDOR));
        assertThat(PppoeParameters.parse(all.toSpecific())).contains(all);
        assertThat(PppoeParameters.of(all.toCall())).contains(all);
        assertThat(all.toCall().callManager().orElseThrow().receive().maxSduSize())
                .isEqualTo(1502);
        final PppoeParameters least = PppoeParameters.service("");
        assertThat(PppoeParameters.parse(least.toSpecific())).contains(least);
        assertThat(PppoeParameters.of(CallParameters.bestEffort())).isEmpty();
    }

    @Test
    void shouldTravelAsTags() {
        assertThat(PppoeParameters.service("a").at("b").withMaxPayload(1500).toSpecific())
                .isEqualTo(specific("0101 0001 61 0102 0001 62 0120 0002 05dc"));
    }

    @ParameterizedTest
    @CsvSource({"1492, 1492", "1493, 1493", "1491, 1492", "0, 1492", "65533, 65533", "65534, 1492", "65535, 1492"})
    void shouldCountOnlyPayloadsThatMean_more(final int said, final int meant) {
        assertThat(PppoeParameters.maxPayloadOf(List.of(PppoeParameters.maxPayloadTag(said))))
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "01", "0102 0001 62", "0101 0002 61", "0101 ffff", "0000 0000 0101 0000"})
    void shouldReadNothing_whenThereIsNoServiceOrNoList(final String hex) {
        assertThat(PppoeParameters.parse(specific(hex))).isEmpty();
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        final String tooLong = "x".repeat(256);
        assertThatThrownBy(() -> PppoeParameters.service(tooLong)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PppoeParameters.service("").at(tooLong)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> PppoeParameters.service("").withMaxPayload(1491))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(
                        () -> PppoeParameters.service("").withOthers(List.of(PppoeTag.ofText(PppoeTag.AC_COOKIE, "c"))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() ->
                        PppoeParameters.service("").withOthers(List.of(new PppoeTag(0x7777, Octets.of(new byte[513])))))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PppoeTag(65_536, Octets.EMPTY)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PppoeTag(1, Octets.of(new byte[65_536])))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldShowTagsForPeople() {
        assertThat(PppoeTag.ofText(PppoeTag.AC_NAME, "ac")).hasToString("AC-Name 'ac'");
        assertThat(VENDOR).hasToString("Vendor-Specific 0001");
        assertThat(new PppoeTag(0x7777, Octets.EMPTY)).hasToString("tag 0x7777 ");
    }

    @Test
    void shouldReadBackOffers_andNothingThatWasCut() {
        final PppoeOffer first = new PppoeOffer(
                EthernetFlow.parse("vlan:7/peer:02-00-00-00-00-01"),
                List.of(
                        PppoeTag.ofText(PppoeTag.AC_NAME, "one"),
                        PppoeTag.ofText(PppoeTag.SERVICE_NAME, ""),
                        PppoeTag.ofText(PppoeTag.SERVICE_NAME, "voice")));
        final PppoeOffer second = new PppoeOffer(EthernetFlow.parse("peer:02-00-00-00-00-02"), List.of());
        final Octets both = PppoeOffer.write(List.of(first, second), 1000);
        assertThat(PppoeOffer.read(both)).contains(List.of(first, second));
        assertThat(first.acName()).isEqualTo("one");
        assertThat(first.services()).containsExactly("", "voice");
        assertThat(second.acName()).isEmpty();
        assertThat(PppoeOffer.read(PppoeOffer.write(List.of(first, second), both.length() - 1)))
                .as("as many as fit")
                .contains(List.of(first));
        final byte[] octets = both.toByteArray();
        final int end = PppoeOffer.write(List.of(first), 1000).length();
        for (int i = 1; i < octets.length; i++) {
            if (i != end) {
                assertThat(PppoeOffer.read(Octets.of(java.util.Arrays.copyOf(octets, i))))
                        .isEmpty();
            }
        }
    }

    @Test
    void shouldThrowNothing_whenOctetsAreRandom() {
        final Random random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            final byte[] noise = new byte[random.nextInt(40)];
            random.nextBytes(noise);
            for (int j = 0; j < noise.length; j++) {
                noise[j] = (byte) (noise[j] & (random.nextBoolean() ? 7 : -1));
            }
            assertThat(PppoeTag.read(noise, 0, noise.length)
                            .map(PppoeTag::length)
                            .orElse(0))
                    .isLessThanOrEqualTo(noise.length);
            assertThat(PppoeOffer.read(Octets.of(noise)).map(List::size).orElse(0))
                    .isLessThanOrEqualTo(noise.length);
            PppoeParameters.parse(new SpecificParameters(PppoeParameters.PARAM_TYPE, Octets.of(noise)))
                    .ifPresent(parameters -> assertThat(PppoeParameters.parse(parameters.toSpecific()))
                            .contains(parameters));
        }
    }
}
