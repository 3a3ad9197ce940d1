// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.Octets;
import dev.condis.api.Sap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FlowPatternTest {

    @ParameterizedTest
    @CsvSource({
        "*, vlan:5, true",
        "*, atm:0/5, true",
        "vlan:*, vlan:5, true",
        "vlan:*, vlan:5/pppoe:7, true",
        "vlan:*, pppoe:7, false",
        "vlan:*, svlan:7, false",
        "vlan:5, svlan:9/vlan:5/mpls:77, true",
        "vlan:5, vlan:6, false",
        "/vlan:*/, vlan:5, true",
        "/vlan:*/, vlan:5/vlan:6, false",
        "/vlan:5, vlan:5/vlan:6, true",
        "/vlan:6, vlan:5/vlan:6, false",
        "vlan:6/, vlan:5/vlan:6, true",
        "vlan:5/, vlan:5/vlan:6, false",
        "pppoe:*, vlan:2474/vlan:3704/pppoe:3847, true",
        "vlan:2474/pppoe:*, vlan:2474/vlan:3704/pppoe:3847, false",
        "vlan:*/pppoe:*, vlan:2474/vlan:3704/pppoe:3847, true",
        "mpls:*/mpls:701, mpls:501/mpls:701, true",
        "mpls:*/mpls:*/mpls:*, mpls:501/mpls:701, false",
        "peer:*, peer:02-00-00-00-00-01/type:0x88b6, true",
        "type:0x88b6, peer:02-00-00-00-00-01/type:0x88b6, true",
        "type:llc, peer:02-00-00-00-00-01/type:0x88b6, false",
        "atm:*, atm:3/77, true",
        "atm:*, vlan:5, false",
        "atm:3/*, atm:3/77, true",
        "atm:*/77, atm:3/77, true",
        "atm:3/78, atm:3/77, false",
        "vlan:*, atm:0/5, false",
    })
    void shouldMatch(final String pattern, final String flow, final boolean expected) {
        assertThat(FlowPattern.parse(pattern).matches(MediaFlow.parse(flow))).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "'', 0, kind:value",
        "**, 2, kind:value",
        "vlan, 4, kind:value",
        "vlan:x, 5, a number",
        "/, 1, kind:value",
        "//, 1, kind:value",
        "atm:5, 5, atm:VPI/VCI",
        "atm:*/x, 6, a number",
        "fish:*, 0, one of vlan",
    })
    void shouldNameInputPlaceAndRule_whenTextIsNoPattern(final String text, final int position, final String rule) {
        assertThatThrownBy(() -> FlowPattern.parse(text)).isInstanceOfSatisfying(FlowSyntaxException.class, e -> {
            assertThat(e.position()).isEqualTo(position);
            assertThat(e.rule()).contains(rule);
        });
    }

    @ParameterizedTest
    @CsvSource({
        "vlan:*, *",
        "vlan:5, vlan:*",
        "vlan:*/pppoe:*, vlan:5",
        "/vlan:5, vlan:5",
        "/vlan:5/, /vlan:5",
        "atm:0/*, atm:*",
        "atm:0/5, atm:0/*"
    })
    void shouldRankTheMoreSpecificHigher(final String more, final String less) {
        assertThat(FlowPattern.parse(more).specificity())
                .isGreaterThan(FlowPattern.parse(less).specificity());
    }

    @Test
    void shouldMatchOneFlowExactly() {
        final FlowPattern pattern = FlowPattern.exactly(MediaFlow.parse("vlan:5/vlan:6"));
        assertThat(pattern.matches(MediaFlow.parse("vlan:5/vlan:6"))).isTrue();
        assertThat(pattern.matches(MediaFlow.parse("vlan:5/vlan:6/pppoe:7"))).isFalse();
        assertThat(FlowPattern.exactly(new AtmConnection(0, 5)).matches(new AtmConnection(0, 5)))
                .isTrue();
    }

    @Test
    void shouldTravelInSaps() {
        final FlowPattern pattern = FlowPattern.parse("vlan:*/pppoe:*");
        assertThat(FlowPattern.fromSap(pattern.toSap())).contains(pattern);
        assertThat(FlowPattern.fromSap(Sap.e164("4711"))).isEmpty();
        final Sap bad = new Sap(Sap.PVC, Octets.ofText("fish"));
        assertThatThrownBy(() -> FlowPattern.fromSap(bad)).isInstanceOf(FlowSyntaxException.class);
    }

    @Test
    void shouldSayWhatItRequires() {
        assertThat(FlowPattern.parse("vlan:*/pppoe:7").requiredKinds())
                .containsExactlyInAnyOrder(FlowLayer.Kind.VLAN, FlowLayer.Kind.PPPOE);
        assertThat(FlowPattern.ANY.requiredKinds()).isEmpty();
        assertThat(FlowPattern.parse("atm:*").isAtmOnly()).isTrue();
    }
}
