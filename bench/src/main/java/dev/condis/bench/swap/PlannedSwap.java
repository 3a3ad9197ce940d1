// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.NdisResult;
import dev.condis.api.management.SwapReport;
import dev.condis.core.engine.SwapPolicy;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** A planned swap of the core, between two NICs that are both registered. */
final class PlannedSwap extends CoreContender {
    private static final int FIRST = 1;
    private static final int SECOND = 2;

    private long active = FIRST;
    private Optional<SwapReport> last = Optional.empty();

    PlannedSwap(final FarEnd farEnd, final Duration transit) {
        super(farEnd, transit, SwapPolicy.defaults());
        register(FIRST);
        register(SECOND);
        connect();
    }

    @Override
    public String title() {
        return "swap of the core";
    }

    @Override
    public Map<String, Duration> replace() {
        active = FIRST + SECOND - active;
        final NdisResult<SwapReport> swap = join(engine().swap(ADAPTER, active));
        if (!swap.isSuccess() || swap.get().outcome() != SwapReport.Outcome.SWAPPED) {
            throw new IllegalStateException(swap.toString());
        }
        last = swap.value();
        final Map<String, Duration> steps = new LinkedHashMap<>();
        swap.get().phases().forEach(phase -> steps.put(phase.name(), phase.took()));
        return steps;
    }

    /** How long the core kept sends waiting, for each VC of the last swap, in nanoseconds. */
    long[] gates() {
        return last.stream()
                .flatMap(report -> report.vcs().stream())
                .mapToLong(vc -> vc.gap().toNanos())
                .toArray();
    }
}
