// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.core.engine.MiniportRegistration;
import dev.condis.core.engine.SwapPolicy;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** What the heap holds for VCs that are active, for the same VCs while they are parked, and for each send that waits. */
final class ParkedMemory {
    private static final List<Integer> HELD = List.of(1, 4);
    private static final int COLLECTIONS = 4;

    private final int count;
    private final FarEnd farEnd;

    ParkedMemory(final int count) {
        this.count = count;
        farEnd = new FarEnd(count);
    }

    static String heading() {
        return String.format(
                Locale.ROOT,
                "%8s | %14s %14s | %s",
                "VCs",
                "active B/VC",
                "parked B/VC",
                "B for each send that waits, besides the NBL");
    }

    /** Only sends and parks. */
    private static final class Parking extends CoreContender {
        private MiniportRegistration registration;

        Parking(final FarEnd farEnd) {
            super(farEnd, Duration.ZERO, SwapPolicy.defaults().withGracePeriod(Duration.ofHours(1)));
            registration = register(1);
        }

        @Override
        public String title() {
            return "parking";
        }

        @Override
        public Map<String, Duration> replace() {
            park();
            registration = register(2);
            return Map.of();
        }

        void park() {
            join(registration.unregister());
        }
    }

    String measure() {
        final List<String> perSend = new ArrayList<>();
        final NetBufferListPool pool = new NetBufferListPool(
                "held", HELD.stream().mapToInt(Integer::intValue).sum() * count, FarEnd.PDU);
        try (Parking core = new Parking(farEnd)) {
            final long empty = used();
            core.connect();
            final long active = used();
            core.park();
            final long parked = used();
            long before = parked;
            for (final int held : HELD) {
                hold(core, pool, held);
                final long now = used();
                perSend.add(String.format(Locale.ROOT, "%.0f (%d more)", (now - before) / (double) count / held, held));
                before = now;
            }
            core.replace();
            return String.format(
                    Locale.ROOT,
                    "%8d | %14.0f %14.0f | %s",
                    count,
                    (active - empty) / (double) count,
                    (parked - empty) / (double) count,
                    String.join(", ", perSend));
        }
    }

    private void hold(final CoreContender core, final NetBufferListPool pool, final int each) {
        IntStream.range(0, count * each).forEach(turn -> {
            final NetBufferList nbl = pool.allocate();
            FarEnd.write(nbl, turn / count);
            core.send(turn % count, nbl);
        });
    }

    private static long used() {
        long least = Long.MAX_VALUE;
        for (int i = 0; i < COLLECTIONS; i++) {
            ManagementFactory.getMemoryMXBean().gc();
            least = Math.min(
                    least,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
        }
        return least;
    }
}
