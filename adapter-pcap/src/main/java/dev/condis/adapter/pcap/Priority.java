// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;

/**
 * How important the frames of a VC are: the priority code point of their VLAN tags (IEEE 802.1Q) and the traffic class of their labels (RFC 5462), by
 * the service that the VC was promised. The mapping is that of RFC 2815 for integrated services on IEEE 802 networks, which Windows has as well.
 */
final class Priority {

    /** What has no promise. */
    static final int BEST_EFFORT = 0;

    private static final int CONTROLLED_LOAD = 4;
    private static final int DELAY_100_MILLIS = 5;
    private static final int DELAY_10_MILLIS = 6;
    private static final long TEN_MILLIS_IN_MICROS = 10_000;

    private Priority() {}

    /**
     * The priority of what a VC sends.
     *
     * @param parameters the parameters in force
     * @return 0, 4, 5 or 6; 7 belongs to the control of the network itself
     */
    static int of(final CallParameters parameters) {
        return parameters
                .callManager()
                .map(CallManagerParameters::transmit)
                .map(Priority::of)
                .orElse(BEST_EFFORT);
    }

    private static int of(final FlowSpec transmit) {
        return switch (transmit.serviceType()) {
            case NOTRAFFIC, BESTEFFORT -> BEST_EFFORT;
            case CONTROLLEDLOAD -> CONTROLLED_LOAD;
            case GUARANTEED -> transmit.latency() <= TEN_MILLIS_IN_MICROS ? DELAY_10_MILLIS : DELAY_100_MILLIS;
        };
    }
}
