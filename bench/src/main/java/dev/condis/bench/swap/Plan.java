// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What is measured.
 *
 * @param circuits numbers of VCs, one row of the table each
 * @param contenders which ways
 * @param warmUps replacements that are not counted
 * @param swaps replacements that are counted
 * @param perSecond PDUs offered a second, on all VCs together
 * @param transit how long a PDU is in a NIC
 * @param parked numbers of VCs for the memory of parked ones
 */
record Plan(
        List<Integer> circuits,
        List<Way> contenders,
        int warmUps,
        int swaps,
        long perSecond,
        Duration transit,
        List<Integer> parked) {
    static final String USAGE =
            """
            options: --vcs 1,1000,10000,100000   VCs, one measurement each
                     --ways core,ds,recall       which of the three
                     --warm-ups 3 --swaps 10     replacements, of which the first are not counted
                     --rate 100000               PDUs offered a second, on all VCs together
                     --transit 100               microseconds that a PDU is in a NIC at least
                     --parked 1000,10000,100000  VCs that are parked to see what memory they take; 0: none
            """;

    /** A way to replace a backend. */
    enum Way {
        /** A planned swap of the core. */
        CORE,
        /** A dynamic reference of Declarative Services. */
        DS,
        /** Tearing down and calling again. */
        RECALL
    }

    Plan {
        circuits = List.copyOf(circuits);
        contenders = List.copyOf(contenders);
        parked = List.copyOf(parked);
    }

    static Plan defaults() {
        return new Plan(
                List.of(1, 1_000, 10_000, 100_000),
                List.of(Way.values()),
                3,
                10,
                100_000,
                Duration.ofNanos(100_000),
                List.of(1_000, 10_000, 100_000));
    }

    /**
     * Reads options.
     *
     * @throws IllegalArgumentException if one is unknown or not a number
     */
    static Plan parse(final String... arguments) {
        final List<String> left = new ArrayList<>(List.of(arguments));
        Plan plan = defaults();
        while (!left.isEmpty()) {
            final String option = left.remove(0);
            if (left.isEmpty()) {
                throw new IllegalArgumentException(option + " needs a value");
            }
            plan = plan.with(option, left.remove(0));
        }
        return plan;
    }

    private Plan with(final String option, final String value) {
        return switch (option) {
            case "--vcs" -> new Plan(numbers(value), contenders, warmUps, swaps, perSecond, transit, parked);
            case "--ways" ->
                new Plan(
                        circuits,
                        Stream.of(value.toUpperCase(Locale.ROOT).split(",", -1))
                                .map(Way::valueOf)
                                .toList(),
                        warmUps,
                        swaps,
                        perSecond,
                        transit,
                        parked);
            case "--warm-ups" ->
                new Plan(circuits, contenders, Integer.parseInt(value), swaps, perSecond, transit, parked);
            case "--swaps" ->
                new Plan(circuits, contenders, warmUps, Integer.parseInt(value), perSecond, transit, parked);
            case "--rate" -> new Plan(circuits, contenders, warmUps, swaps, Long.parseLong(value), transit, parked);
            case "--parked" -> new Plan(circuits, contenders, warmUps, swaps, perSecond, transit, numbers(value));
            case "--transit" ->
                new Plan(
                        circuits,
                        contenders,
                        warmUps,
                        swaps,
                        perSecond,
                        Duration.of(Long.parseLong(value), ChronoUnit.MICROS),
                        parked);
            default -> throw new IllegalArgumentException("unknown option " + option);
        };
    }

    private static List<Integer> numbers(final String list) {
        return Stream.of(list.split(",", -1))
                .map(Integer::valueOf)
                .filter(number -> number > 0)
                .toList();
    }
}
