// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.SwapPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What CoNDIS itself offers: all calls are closed, the NIC is halted, another one is bound, and all calls are made again. */
final class CallingAgain extends CoreContender {
    private long serviceId = 1;
    private MiniportRegistration registration;

    CallingAgain(final FarEnd farEnd, final Duration transit) {
        super(farEnd, transit, SwapPolicy.defaults());
        registration = register(serviceId);
        connect();
    }

    @Override
    public String title() {
        return "calling again";
    }

    @Override
    public Map<String, Duration> replace() {
        final Map<String, Duration> steps = new LinkedHashMap<>();
        final long began = System.nanoTime();
        disconnect();
        final long closed = System.nanoTime();
        join(registration.unregister());
        serviceId++;
        registration = register(serviceId);
        final long bound = System.nanoTime();
        connect();
        steps.put("close", Duration.ofNanos(closed - began));
        steps.put("halt, bind", Duration.ofNanos(bound - closed));
        steps.put("call", Duration.ofNanos(System.nanoTime() - bound));
        return steps;
    }
}
