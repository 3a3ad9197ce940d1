// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.FlowSpec;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Rates promised to calls, per direction of each link. Only GUARANTEED flows are promised anything. */
final class RateBook {

    private static final int UP = 0;
    private static final int DOWN = 1;
    private static final int BITS = 8;

    private final Map<NicPort, long[]> promised = new HashMap<>();

    /** Promises the caller's rates on both links; false, and nothing changed, if a link cannot carry them. */
    boolean promise(NicPort caller, NicPort callee, Optional<CallManagerParameters> traffic) {
        long forward = forward(traffic);
        long backward = backward(traffic);
        if (!fits(caller, UP, forward)
                || !fits(caller, DOWN, backward)
                || !fits(callee, DOWN, forward)
                || !fits(callee, UP, backward)) {
            return false;
        }
        add(caller, callee, forward, backward);
        return true;
    }

    void forget(NicPort caller, NicPort callee, Optional<CallManagerParameters> traffic) {
        add(caller, callee, -forward(traffic), -backward(traffic));
    }

    void remove(NicPort port) {
        promised.remove(port);
    }

    private void add(NicPort caller, NicPort callee, long forward, long backward) {
        rates(caller)[UP] += forward;
        rates(caller)[DOWN] += backward;
        rates(callee)[DOWN] += forward;
        rates(callee)[UP] += backward;
    }

    private boolean fits(NicPort port, int direction, long bitsPerSecond) {
        long rate = port.profile().bitsPerSecond();
        return rate == 0 || bitsPerSecond == 0 || rates(port)[direction] + bitsPerSecond <= rate;
    }

    private long[] rates(NicPort port) {
        return promised.computeIfAbsent(port, key -> new long[2]);
    }

    private static long forward(Optional<CallManagerParameters> traffic) {
        return traffic.map(parameters -> guaranteed(parameters.transmit())).orElse(0L);
    }

    private static long backward(Optional<CallManagerParameters> traffic) {
        return traffic.map(parameters -> guaranteed(parameters.receive())).orElse(0L);
    }

    private static long guaranteed(FlowSpec flow) {
        if (flow.serviceType() != FlowSpec.ServiceType.GUARANTEED) {
            return 0;
        }
        long octets = flow.peakBandwidth() == FlowSpec.UNSPECIFIED ? flow.tokenRate() : flow.peakBandwidth();
        return octets == FlowSpec.UNSPECIFIED ? 0 : octets * BITS;
    }
}
