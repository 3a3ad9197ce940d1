// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.FlowSpec;
import java.util.Optional;

/**
 * What is promised to one end of a call on its link. Only GUARANTEED flows are promised anything.
 *
 * @param up bits per second from the NIC to the switch
 * @param down bits per second from the switch to the NIC
 */
record Rates(long up, long down) {

    /** Nothing. */
    static final Rates NONE = new Rates(0, 0);

    private static final int BITS = 8;

    /** What the one who sees these parameters as its own is promised. */
    static Rates of(final Optional<CallManagerParameters> traffic) {
        return traffic.map(parameters -> new Rates(guaranteed(parameters.transmit()), guaranteed(parameters.receive())))
                .orElse(NONE);
    }

    private static long guaranteed(final FlowSpec flow) {
        if (flow.serviceType() != FlowSpec.ServiceType.GUARANTEED) {
            return 0;
        }
        final long octets = flow.peakBandwidth() == FlowSpec.UNSPECIFIED ? flow.tokenRate() : flow.peakBandwidth();
        return octets == FlowSpec.UNSPECIFIED ? 0 : octets * BITS;
    }

    /** The flow, its guaranteed rate no higher than a number of bits per second. */
    static FlowSpec limited(final FlowSpec flow, final long bitsPerSecond) {
        return guaranteed(flow) <= bitsPerSecond ? flow : flow.withRate(bitsPerSecond / BITS);
    }

    /** What the other end is promised. */
    Rates seenFromPeer() {
        return new Rates(/* up= */ down, /* down= */ up);
    }

    Rates max(final Rates other) {
        return new Rates(Math.max(up, other.up), Math.max(down, other.down));
    }

    Rates min(final Rates other) {
        return new Rates(Math.min(up, other.up), Math.min(down, other.down));
    }
}
