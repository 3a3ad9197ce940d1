// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.CallParameters;
import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.MediaFlow;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Flows on the wire that no VC of an adapter carries now, and that are seldom used by anybody. */
final class FreeFlows {
    private static final int HIGHEST_VLAN = 4094;
    private static final int HIGHEST_VPI = 255;
    private static final int HIGHEST_VCI = 65_535;
    private static final int TRIES = 4000;

    private FreeFlows() {}

    /**
     * Flows of an adapter's medium.
     *
     * @param adapter the adapter
     * @param count how many
     * @return the flows; none for a medium whose flows have no textual form
     */
    static List<MediaFlow> on(final LiveAdapter adapter, final int count) {
        return candidates(adapter)
                .filter(flow -> !adapter.flowsInUse().contains(flow.toSpecificParameters()))
                .limit(count)
                .toList();
    }

    private static Stream<MediaFlow> candidates(final LiveAdapter adapter) {
        return switch (adapter.medium()) {
            case ATM -> IntStream.range(0, TRIES).mapToObj(i -> new AtmConnection(HIGHEST_VPI, HIGHEST_VCI - i));
            case ETHERNET -> IntStream.range(0, TRIES).mapToObj(i -> EthernetFlow.vlan(HIGHEST_VLAN - i));
            case CO_WAN -> Stream.empty();
        };
    }

    /** Parameters of permanent VCs that carry the flows. */
    static CallParameters[] parameters(final List<MediaFlow> flows) {
        return flows.stream()
                .map(flow -> CallParameters.permanent(flow.toMediaParameters()))
                .toArray(CallParameters[]::new);
    }
}
