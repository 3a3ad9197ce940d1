// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.Sap;
import dev.condis.api.media.FlowPattern;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A SAP of permanent circuits: the name of one, a name in which {@code *} stands for any characters, or a pattern of flows such
 * as {@code vlan:*}. Of several that match, the one with the highest rank gets the call.
 *
 * @param text the pattern as the client gave it
 * @param names the names it matches, empty when it is a pattern of flows
 * @param flows the flows it matches, empty when it is a pattern of names
 * @param rank larger for the more specific pattern
 */
record SapPattern(String text, Optional<Pattern> names, Optional<FlowPattern> flows, int rank) {
    /** A name is worth more than any pattern of flows, which is worth more than a pattern of names. */
    private static final int NAME_RANK = Integer.MAX_VALUE;

    /**
     * Reads a SAP.
     *
     * @throws IllegalArgumentException if it is not one of permanent circuits; the message names the rule
     */
    static SapPattern of(final Sap sap) {
        final String text = sap.address().toText();
        if (sap.type() != Sap.PVC) {
            throw new IllegalArgumentException(
                    "SAP " + sap + ": the type of a SAP of permanent circuits is " + Sap.PVC);
        }
        if (text.isBlank()) {
            throw new IllegalArgumentException("SAP " + sap + ": a name or a pattern is missing");
        }
        return text.indexOf(':') >= 0 ? ofFlows(text) : ofNames(text);
    }

    private static SapPattern ofFlows(final String text) {
        final FlowPattern flows = FlowPattern.parse(text);
        return new SapPattern(text, Optional.empty(), Optional.of(flows), 1 << 16 | flows.specificity());
    }

    private static SapPattern ofNames(final String text) {
        final String regex =
                Arrays.stream(text.split("\\*", -1)).map(Pattern::quote).collect(Collectors.joining(".*"));
        final int rank = text.indexOf('*') < 0 ? NAME_RANK : Math.min(text.length(), 1 << 15);
        return new SapPattern(text, Optional.of(Pattern.compile(regex)), Optional.empty(), rank);
    }

    boolean matches(final PermanentCircuit circuit) {
        return names.map(p -> p.matcher(circuit.name()).matches())
                .or(() -> flows.map(p -> p.matches(circuit.flow())))
                .orElse(false);
    }
}
