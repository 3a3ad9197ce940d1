// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferListPool;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * One way with one number of VCs: the load runs all the time; for each replacement, from its begin until every VC has had its turn again, the
 * longest silence of each VC is taken. As a control, the same windows without a replacement.
 */
final class Measurement {
    private static final int BUFFERS = 1 << 16;
    private static final Duration AT_LEAST = Duration.ofMillis(250);
    private static final double ROUNDS = 1.5;
    private static final double MILLI = 1_000_000;

    private final Contender contender;
    private final FarEnd farEnd;
    private final Plan plan;
    private final Load load;
    private final Silences silences = new Silences();
    private final Silences undisturbed = new Silences();
    private final Silences gates = new Silences();
    private final List<Map<String, Duration>> steps = new ArrayList<>();
    private long counted;
    private long refused;
    private long offered;
    private long collections;
    private Duration collecting = Duration.ZERO;

    Measurement(final Contender contender, final FarEnd farEnd, final Plan plan) {
        this.contender = contender;
        this.farEnd = farEnd;
        this.plan = plan;
        load = new Load(contender, farEnd.size(), plan.perSecond(), new NetBufferListPool("load", BUFFERS, FarEnd.PDU));
    }

    static String heading() {
        return String.format(
                Locale.ROOT,
                "%-18s %8s | %10s %10s %10s | %10s %10s | %8s %8s %8s | %10s",
                "",
                "VCs",
                "gap p50 ms",
                "p99",
                "max",
                "total ms",
                "max",
                "lost",
                "refused",
                "late",
                "PDUs");
    }

    /** Runs, and returns the rows of the table. */
    List<String> run() throws InterruptedException {
        load.start();
        settle();
        for (int i = 0; i < plan.warmUps(); i++) {
            contender.replace();
            settle();
        }
        for (int i = 0; i < plan.swaps(); i++) {
            final Duration took = measureReplacement();
            measureControl(took);
        }
        load.stop();
        return rows();
    }

    private Duration measureReplacement() {
        final long refusedBefore = load.refused() + contender.failed();
        final long offeredBefore = load.offered();
        final long collectionsBefore = collections();
        final Duration collectingBefore = collecting();
        farEnd.beginWindow();
        final long began = System.nanoTime();
        final Map<String, Duration> all = new LinkedHashMap<>(contender.replace());
        final Duration took = Duration.ofNanos(System.nanoTime() - began);
        collections += collections() - collectionsBefore;
        collecting = collecting.plus(collecting().minus(collectingBefore));
        all.put("all", took);
        steps.add(all);
        settle();
        silences.add(farEnd.silences());
        if (contender instanceof PlannedSwap swap) {
            gates.add(swap.gates());
        }
        refused += load.refused() + contender.failed() - refusedBefore;
        offered += load.offered() - offeredBefore;
        counted++;
        return took;
    }

    private void measureControl(final Duration as) {
        farEnd.beginWindow();
        LockSupport.parkNanos(as.toNanos());
        settle();
        undisturbed.add(farEnd.silences());
    }

    /** Until every VC has had its turn. */
    private void settle() {
        final long round = (long) (ROUNDS * TimeUnit.SECONDS.toNanos(farEnd.size()) / plan.perSecond());
        final long until = System.nanoTime() + Math.max(AT_LEAST.toNanos(), round);
        for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    private static long collections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionCount)
                .sum();
    }

    private static Duration collecting() {
        return Duration.ofMillis(ManagementFactory.getGarbageCollectorMXBeans().stream()
                .mapToLong(GarbageCollectorMXBean::getCollectionTime)
                .sum());
    }

    // --- the table ---

    private List<String> rows() {
        final FarEnd.Arrivals arrivals = farEnd.arrivals();
        final long lost = load.offered() - load.refused() - contender.failed() - arrivals.delivered();
        final List<String> rows = new ArrayList<>();
        rows.add(String.format(
                Locale.ROOT,
                "%-18s %8d | %s | %10.1f %10.1f | %8d %8d %8d | %10d",
                contender.title(),
                farEnd.size(),
                silences.row(),
                total("all", 0.5),
                total("all", 1),
                lost,
                refused,
                arrivals.late(),
                offered));
        rows.add(String.format(Locale.ROOT, "%-18s %8s | %s |", "  no replacement", "", undisturbed.row()));
        if (contender instanceof PlannedSwap) {
            rows.add(String.format(Locale.ROOT, "%-18s %8s | %s |", "  sends held", "", gates.row()));
        }
        rows.add(String.format(
                Locale.ROOT,
                "%-18s %s; %d garbage collections, %d ms, in %d replacements%s",
                "  of which",
                parts(),
                collections,
                collecting.toMillis(),
                counted,
                load.starved() == 0 ? "" : "; " + load.starved() + " PDUs not offered, for want of buffers"));
        return rows;
    }

    private String parts() {
        final StringBuilder text = new StringBuilder();
        for (final String step : steps.get(0).keySet()) {
            if (!step.equals("all")) {
                text.append(text.length() == 0 ? "" : ", ")
                        .append(String.format(Locale.ROOT, "%s %.1f ms", step, total(step, 0.5)));
            }
        }
        return text.toString();
    }

    private double total(final String step, final double share) {
        final long[] sorted = steps.stream()
                .mapToLong(all -> all.get(step).toNanos())
                .sorted()
                .toArray();
        return sorted[Math.max(0, (int) Math.ceil(share * sorted.length) - 1)] / MILLI;
    }
}
