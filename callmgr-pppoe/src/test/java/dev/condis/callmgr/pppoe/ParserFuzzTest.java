// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import dev.condis.api.media.MacAddress;
import dev.condis.api.pppoe.PppoeOffer;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;

/**
 * Every parser of what comes from the wire, under coverage-guided fuzzing. In an ordinary run the inputs in {@code src/test/resources} are tried; with
 * {@code JAZZER_FUZZ=1} in the environment and one test chosen ({@code -Dtest=ParserFuzzTest#readsDiscovery}) it fuzzes for as long as it says.
 */
class ParserFuzzTest {
    private static final MacAddress HERE = new MacAddress(0x0200_0000_0001L);

    /** Either there is a packet, which can be written and read again, or there is a problem. */
    @FuzzTest(maxDuration = "5m")
    void readsDiscovery(final byte[] pdu) {
        final DiscoveryCodec.Reading reading = DiscoveryCodec.read(pdu);
        assertThat(reading.frame().isPresent()).isNotEqualTo(reading.problem().isPresent());
        reading.frame().ifPresent(frame -> {
            final byte[] again = DiscoveryCodec.write(HERE, frame.packet());
            frame.source().copyTo(again, 6);
            assertThat(again.length).isLessThanOrEqualTo(pdu.length);
            assertThat(DiscoveryCodec.read(again).frame().orElseThrow().packet())
                    .isEqualTo(frame.packet());
        });
    }

    @FuzzTest(maxDuration = "5m")
    void readsOffers(final byte[] octets) {
        PppoeOffer.read(Octets.of(octets))
                .ifPresent(offers -> assertThat(PppoeOffer.read(PppoeOffer.write(offers, 1 << 20)))
                        .contains(offers));
    }

    @FuzzTest(maxDuration = "5m")
    void readsParameters(final byte[] octets) {
        PppoeTag.read(octets, 0, octets.length)
                .ifPresent(tags -> assertThat(PppoeTag.length(tags)).isLessThanOrEqualTo(octets.length));
        PppoeParameters.parse(new SpecificParameters(PppoeParameters.PARAM_TYPE, Octets.of(octets)))
                .ifPresent(parameters -> assertThat(PppoeParameters.parse(parameters.toSpecific()))
                        .contains(parameters));
    }
}
