// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.BundleException;

/** Measures what senders notice when the backend under their VCs is replaced in one way or another, and prints a table. */
public final class SwapComparison {
    private SwapComparison() {}

    /**
     * Runs the comparison.
     *
     * @param arguments options, see {@code --help}
     * @throws IOException if the framework for Declarative Services has no place for its files
     * @throws BundleException if that framework does not start
     * @throws InterruptedException if the run is interrupted
     */
    public static void main(final String... arguments) throws IOException, BundleException, InterruptedException {
        if (List.of(arguments).contains("--help")) {
            System.out.print(Plan.USAGE);
            return;
        }
        final Plan plan = Plan.parse(arguments);
        if (!plan.parked().isEmpty()) {
            parkedMemory(plan.parked());
        }
        if (!plan.circuits().isEmpty()) {
            comparison(plan);
        }
    }

    private static void parkedMemory(final List<Integer> numbers) {
        new ParkedMemory(numbers.get(0)).measure(); // so that classes are loaded
        System.out.println(ParkedMemory.heading());
        for (final int parked : numbers) {
            System.out.println(new ParkedMemory(parked).measure());
        }
        System.out.println();
    }

    private static void comparison(final Plan plan) throws IOException, BundleException, InterruptedException {
        System.out.printf(
                "%d PDUs of %d bytes a second on all VCs together, each at least %d us in a NIC; %d replacements after %d that do not count%n%n",
                plan.perSecond(),
                FarEnd.PDU,
                TimeUnit.NANOSECONDS.toMicros(plan.transit().toNanos()),
                plan.swaps(),
                plan.warmUps());
        System.out.println(Measurement.heading());
        for (final int circuits : plan.circuits()) {
            for (final Plan.Way way : plan.contenders()) {
                measure(plan, way, circuits).forEach(System.out::println);
            }
        }
    }

    private static List<String> measure(final Plan plan, final Plan.Way way, final int circuits)
            throws IOException, BundleException, InterruptedException {
        final FarEnd farEnd = new FarEnd(circuits);
        try (Contender contender = contender(plan, way, farEnd)) {
            return new Measurement(contender, farEnd, plan).run();
        }
    }

    private static Contender contender(final Plan plan, final Plan.Way way, final FarEnd farEnd)
            throws IOException, BundleException {
        return switch (way) {
            case CORE -> new PlannedSwap(farEnd, plan.transit());
            case DS -> new DsReference(farEnd, plan.transit());
            case RECALL -> new CallingAgain(farEnd, plan.transit());
        };
    }
}
