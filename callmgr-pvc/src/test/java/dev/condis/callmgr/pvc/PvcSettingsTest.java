// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.condis.api.FlowSpec;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PvcSettingsTest {
    @Test
    void readsNameFlowAndOptions() {
        final PermanentCircuit circuit = PermanentCircuit.parse("lan = vlan:100 ; rate=125000; sdu=1500; incoming");

        assertThat(circuit.name()).isEqualTo("lan");
        assertThat(circuit.flow()).isEqualTo(EthernetFlow.vlan(100));
        assertThat(circuit.transmit()).contains(FlowSpec.guaranteed(125000, 1500));
        assertThat(circuit.receive()).contains(FlowSpec.guaranteed(125000, 1500));
        assertThat(circuit.incoming()).isTrue();
    }

    @Test
    void readsOneDirection() {
        final PermanentCircuit circuit = PermanentCircuit.parse("pvc1=atm:0/100;receive=10");

        assertThat(circuit.flow()).isEqualTo(new AtmConnection(0, 100));
        assertThat(circuit.transmit()).isEmpty();
        assertThat(circuit.receive().map(FlowSpec::tokenRate)).contains(10L);
        assertThat(circuit.incoming()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing            | PVC entry 'nothing': an entry is name=flow",
                "=vlan:1            | PVC entry '=vlan:1': a name has letters",
                "a b=vlan:1         | a name has letters",
                "a=vlan:9999        | PVC entry 'a=vlan:9999': the flow 'vlan:9999' at 5: vlan is out of range 0..4094",
                "a=atm:0            | the flow 'atm:0' at 5: an ATM connection is atm:VPI/VCI",
                "a=vlan:1;speed=5   | 'speed=5' is none of rate=N",
                "a=vlan:1;rate      | 'rate' needs a number 1..4294967294",
                "a=vlan:1;rate=0    | 'rate=0' needs a number",
                "a=vlan:1;rate=-1   | 'rate=-1' needs a number",
                "a=vlan:1;rate=4294967295 | needs a number",
                "a=vlan:1;          | '' is none of",
                "a=vlan:1;sap       | 'sap' needs e164: with 1 to 15 digits",
                "a=vlan:1;sap=4711  | 'sap=4711' needs e164:",
                "a=vlan:1;sap=nsap:47 | needs e164: with 1 to 15 digits, or nsap: with 40 hexadecimal digits",
            })
    void namesEntryAndRule(final String entry, final String message) {
        assertThatThrownBy(() -> PermanentCircuit.parse(entry))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(message);
    }

    @Test
    void keepsTheGoodEntries() {
        final PvcSettings settings =
                PvcSettings.parse(List.of("a=vlan:1", "b=vlan:x", "", "a=vlan:2", "c=vlan:1", "d=vlan:3"), true);

        assertThat(settings.circuits()).extracting(PermanentCircuit::name).containsExactly("a", "d");
        assertThat(settings.open()).isTrue();
        assertThat(settings.problems())
                .hasSize(3)
                .anyMatch(p -> p.contains("'b=vlan:x'"))
                .anyMatch(p -> p.contains("'a=vlan:2'") && p.contains("name 'a' is taken"))
                .anyMatch(p -> p.contains("'c=vlan:1'") && p.contains("flow vlan:1 is taken"));
    }

    @ParameterizedTest
    @CsvSource({
        "*, true",
        "lan, true",
        "la*, true",
        "*n, true",
        "l*n, true",
        "l, false",
        "lan2, false",
        "LAN, false",
        "vlan:*, true",
        "vlan:100, true",
        "vlan:7, false",
        "atm:*, false"
    })
    void matchesNamesAndFlows(final String pattern, final boolean expected) {
        assertThat(SapPattern.of(Sap.pvc(pattern)).matches(PermanentCircuit.parse("lan=vlan:100")))
                .isEqualTo(expected);
    }

    @Test
    void ranksNamesBeforeFlowsBeforeWildcards() {
        assertThat(List.of("lan", "vlan:100", "vlan:*", "la*", "*").stream()
                        .map(text -> SapPattern.of(Sap.pvc(text)).rank())
                        .toList())
                .isSortedAccordingTo((a, b) -> Integer.compare(b, a))
                .doesNotHaveDuplicates();
    }

    @Test
    void refusesSapsOfAnotherKind() {
        assertThatThrownBy(() -> SapPattern.of(Sap.e164("123"))).hasMessageContaining("the type of a SAP");
        assertThatThrownBy(() -> SapPattern.of(new Sap(Sap.PVC, Octets.EMPTY))).hasMessageContaining("is missing");
        assertThatThrownBy(() -> SapPattern.of(Sap.pvc("vlan:x"))).hasMessageContaining("'vlan:x' at 5");
    }
}
