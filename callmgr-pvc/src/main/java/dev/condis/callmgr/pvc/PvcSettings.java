// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an operator configured.
 *
 * @param circuits the circuits, each name and each flow once
 * @param open whether clients may also call on circuits that are not configured, by naming the flow
 * @param problems why entries were left out, one sentence for each
 */
record PvcSettings(List<PermanentCircuit> circuits, boolean open, List<String> problems) {
    PvcSettings {
        circuits = List.copyOf(circuits);
        problems = List.copyOf(problems);
    }

    /**
     * Reads the entries of a configuration. A bad entry is left out and does not harm the others.
     *
     * @param entries textual forms of circuits; blank ones count as nothing
     * @param open whether clients may name flows that are not configured
     */
    static PvcSettings parse(final List<String> entries, final boolean open) {
        final Map<String, PermanentCircuit> circuits = new LinkedHashMap<>();
        final Set<Object> flows = new HashSet<>();
        final List<String> problems = new ArrayList<>();
        for (final String entry : entries) {
            if (!entry.isBlank()) {
                read(entry, circuits, flows, problems);
            }
        }
        return new PvcSettings(List.copyOf(circuits.values()), open, problems);
    }

    /** These settings with other circuits. */
    PvcSettings withCircuits(final List<PermanentCircuit> others) {
        return new PvcSettings(others, open, problems);
    }

    private static void read(
            final String entry,
            final Map<String, PermanentCircuit> circuits,
            final Set<Object> flows,
            final List<String> problems) {
        final PermanentCircuit circuit;
        try {
            circuit = PermanentCircuit.parse(entry);
        } catch (final IllegalArgumentException e) {
            problems.add(e.getMessage());
            return;
        }
        if (circuits.containsKey(circuit.name())) {
            problems.add("PVC entry '" + entry + "': the name '" + circuit.name() + "' is taken by an earlier entry");
        } else if (!flows.add(circuit.flow())) {
            problems.add("PVC entry '" + entry + "': the flow " + circuit.flow() + " is taken by an earlier entry");
        } else {
            circuits.put(circuit.name(), circuit);
        }
    }
}
