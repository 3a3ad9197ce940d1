// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.Octets;
import dev.condis.api.SpecificParameters;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EthernetFlowTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vlan:100",
                "vlan:0",
                "svlan:200/vlan:7",
                "vlan9100:1/svlan:2/vlan:3",
                "mpls:501/mpls:701",
                "mpls:0",
                "vlan:4094/mpls:1048575",
                "udp:6635/mpls:100",
                "vlan:2474/vlan:3704/pppoe:3847",
                "peer:02-00-00-00-00-01/type:0x88b6",
                "peer:02-00-00-00-00-01/type:llc",
                "vlan:5/peer:02-00-00-00-00-01",
                "peer:02-00-00-00-00-01/pppoe:65535",
                "type:0x0600",
                "stations:0x8863",
                "svlan:200/vlan:7/stations:0x8863",
                "ppp:0x0021"
            })
    void shouldPrintWhatItParsed(final String text) {
        final EthernetFlow flow = EthernetFlow.parse(text);
        assertThat(flow).hasToString(text);
        assertThat(flow.text()).isEqualTo(text);
        assertThat(MediaFlow.parse(text)).isEqualTo(flow).hasSameHashCodeAs(flow);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, kind:value",
        "vlan, 4, kind:value",
        "lan:5, 0, one of vlan",
        "VLAN:5, 0, one of vlan",
        "vlan:, 5, missing",
        "vlan:4095, 5, 0..4094",
        "vlan:-1, 5, a number",
        "vlan:5x, 6, a number",
        "vlan:99999999999999999999, 5, out of range",
        "vlan:5/, 7, kind:value",
        "/vlan:5, 0, kind:value",
        "vlan:5//vlan:6, 7, kind:value",
        "mpls:1048576, 5, 0..1048575",
        "pppoe:0, 6, 1..65535",
        "pppoe:5/vlan:7, 8, vlan cannot follow pppoe",
        "mpls:5/vlan:7, 7, vlan cannot follow mpls",
        "mpls:5/type:0x0800, 7, nothing follows the label stack",
        "peer:02-00-00-00-00-01/peer:02-00-00-00-00-02, 23, peer cannot follow peer",
        "peer:02-00-00-00-00-01/vlan:5, 23, vlan cannot follow peer",
        "type:0x8100, 5, written as a vlan",
        "type:0x05ff, 5, 1536..65535",
        "stations:llc, 9, a number",
        "stations:0x8100, 9, written as a vlan",
        "peer:02-00-00-00-00-01/stations:0x8863, 23, every peer",
        "stations:0x8863/pppoe:5, 16, pppoe cannot follow stations",
        "udp:6635, 0, followed by mpls",
        "udp:6635/pppoe:5, 0, followed by mpls",
    })
    void shouldNameInputPlaceAndRule_whenTextIsNoFlow(final String text, final int position, final String rule) {
        assertThatThrownBy(() -> EthernetFlow.parse(text)).isInstanceOfSatisfying(FlowSyntaxException.class, e -> {
            assertThat(e.input()).isEqualTo(text);
            assertThat(e.position()).isEqualTo(position);
            assertThat(e.rule()).contains(rule);
        });
    }

    @Test
    void shouldRefuseMoreLayersThanItsBound_whateverTheInputsLength() {
        final String deep = "vlan:1/".repeat(100_000) + "vlan:1";
        assertThatThrownBy(() -> EthernetFlow.parse(deep))
                .isInstanceOf(FlowSyntaxException.class)
                .hasMessageContaining("at most " + EthernetFlow.MAX_LAYERS);
    }

    @Test
    void shouldThrowNothingButSyntaxErrors_whenTextIsRandom() {
        final Random random = new Random(20_240_501);
        final String alphabet = "vlansmpupoetyc:/0123456789xabf-*";
        int parsed = 0;
        for (int i = 0; i < 200_000; i++) {
            final StringBuilder text = new StringBuilder(i % 3 == 0 ? "vlan:" : i % 3 == 1 ? "mpls:" : "");
            for (int n = random.nextInt(12); n > 0; n--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                final MediaFlow flow = MediaFlow.parse(text.toString());
                assertThat(MediaFlow.parse(flow.text())).isEqualTo(flow);
                parsed++;
            } catch (FlowSyntaxException e) {
                assertThat(e.position()).isBetween(0, text.length());
            }
        }
        assertThat(parsed).isGreaterThan(100);
    }

    @ParameterizedTest
    @CsvSource({
        "vlan:0, VLAN id 0",
        "svlan:5/vlan:0, VLAN id 0",
        "mpls:15, label 15 is reserved",
        "mpls:16/mpls:3, label 3 is reserved",
        "pppoe:5, a peer layer is missing",
        "peer:02-00-00-00-00-01/pppoe:65535, 65535 is reserved",
        "peer:ff-ff-ff-ff-ff-ff/pppoe:5, group address",
        "udp:6635/mpls:16, received only",
        "ppp:0x0021, received only",
        "peer:00-00-00-00-00-00, no station"
    })
    void shouldSayWhyItCannotBeUsedForSending(final String text, final String problem) {
        assertThat(EthernetFlow.parse(text).sendProblems()).anyMatch(p -> p.contains(problem));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vlan:1",
                "vlan:4094",
                "svlan:1/vlan:4094",
                "mpls:16/mpls:1048575",
                "peer:02-00-00-00-00-01/pppoe:1",
                "peer:02-00-00-00-00-01/type:0x88b6",
                "type:llc"
            })
    void shouldFindNothingWrong_whenFlowIsFitForSending(final String text) {
        assertThat(EthernetFlow.parse(text).sendProblems()).isEmpty();
    }

    @Test
    void shouldTravelInCallParameters() {
        final EthernetFlow flow = EthernetFlow.parse("svlan:200/vlan:7");
        final SpecificParameters parameters = flow.toSpecificParameters();
        assertThat(parameters.paramType()).isEqualTo(EthernetFlow.PARAM_TYPE);
        assertThat(parameters.parameters().toText()).isEqualTo("svlan:200/vlan:7");
        assertThat(MediaFlow.fromSpecificParameters(parameters)).contains(flow);
    }

    @Test
    void shouldNotReadForeignParameters() {
        assertThat(MediaFlow.fromSpecificParameters(new SpecificParameters(77, Octets.ofText("vlan:5"))))
                .isEmpty();
        final var garbage = new SpecificParameters(EthernetFlow.PARAM_TYPE, Octets.of((byte) 0xff, (byte) 0));
        assertThatThrownBy(() -> MediaFlow.fromSpecificParameters(garbage)).isInstanceOf(FlowSyntaxException.class);
        final var crossed = new SpecificParameters(AtmConnection.PARAM_TYPE, Octets.ofText("vlan:5"));
        assertThatThrownBy(() -> MediaFlow.fromSpecificParameters(crossed)).isInstanceOf(FlowSyntaxException.class);
    }

    @Test
    void shouldGiveItsParts() {
        final EthernetFlow flow = EthernetFlow.peer(MacAddress.parse("02-00-00-00-00-01"), 0x88b6);
        assertThat(flow).hasToString("peer:02-00-00-00-00-01/type:0x88b6");
        assertThat(flow.peer()).contains(MacAddress.parse("02-00-00-00-00-01"));
        assertThat(flow.innermost()).isEqualTo(new FlowLayer(FlowLayer.Kind.TYPE, 0x88b6));
        assertThat(EthernetFlow.vlan(5).peer()).isEmpty();
    }
}
