// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.SwapReport.VcReport;
import dev.condis.app.text.Figures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Swaps of the NIC below one adapter, to and fro, and what became of them. */
final class DemoSwaps {
    private static final Duration ANSWER = Duration.ofSeconds(15);
    private static final int MEDIAN = 50;
    private static final int NEARLY_ALL = 99;
    private static final int ALL = 100;

    private final Platform platform;
    private final String adapter;
    private final List<SwapReport> reports = new ArrayList<>();

    DemoSwaps(final Platform platform, final String adapter) {
        this.platform = platform;
        this.adapter = adapter;
    }

    /**
     * Replaces the NIC by another one.
     *
     * @return what went wrong, empty when every VC is on the other NIC
     */
    Optional<String> swap() {
        final Optional<Long> other = Waiting.until(() -> other().isPresent(), ANSWER) ? other() : Optional.empty();
        if (other.isEmpty()) {
            return Optional.of("there is no other NIC for adapter " + adapter);
        }
        final Optional<NdisResult<SwapReport>> result = Waiting.within(platform.swap(adapter, other.get()), ANSWER);
        result.flatMap(NdisResult::value).ifPresent(reports::add);
        return result.map(this::fault)
                .orElseGet(() -> Optional.of("a swap has not ended within " + ANSWER.toSeconds() + " s"));
    }

    private Optional<Long> other() {
        final Optional<BackendChoice> backends = platform.backends(adapter);
        return backends.filter(choice -> choice.active().isPresent()).flatMap(choice -> choice.candidates().stream()
                .map(BackendChoice.Candidate::serviceId)
                .filter(id -> id != choice.active().getAsLong())
                .findFirst());
    }

    private Optional<String> fault(final NdisResult<SwapReport> result) {
        return result.value()
                .map(report -> Optional.of(
                                "swap " + report.number() + ": " + report.outcome() + ", " + report.explanation())
                        .filter(text -> report.outcome() != Outcome.SWAPPED || report.refused() + report.parked() > 0))
                .orElseGet(() -> Optional.of("a swap was not accepted: " + result));
    }

    int count() {
        return reports.size();
    }

    /** The summary: how many VCs moved, and for how long their senders had to wait. */
    List<String> lines() {
        final List<Duration> gaps = reports.stream()
                .map(SwapReport::vcs)
                .flatMap(List::stream)
                .map(VcReport::gap)
                .sorted()
                .toList();
        return List.of(
                String.format(
                        "swaps: %d, VCs moved: %s, PDUs held: %s, failed: %s",
                        reports.size(),
                        Figures.count(sum(
                                reports.stream().mapToLong(SwapReport::moved).toArray())),
                        Figures.count(
                                sum(reports.stream().mapToLong(SwapReport::held).toArray())),
                        Figures.count(sum(
                                reports.stream().mapToLong(SwapReport::failed).toArray()))),
                String.format(
                        "gap that the senders of a VC saw: p50 %s, p99 %s, max %s",
                        percentile(gaps, MEDIAN), percentile(gaps, NEARLY_ALL), percentile(gaps, ALL)));
    }

    private static long sum(final long... values) {
        long all = 0;
        for (final long value : values) {
            all += value;
        }
        return all;
    }

    /** The smallest gap that is not exceeded in so many of a hundred cases. */
    static String percentile(final List<Duration> sorted, final int percent) {
        return sorted.isEmpty() ? "-" : Figures.micros(sorted.get((sorted.size() * percent + ALL - 1) / ALL - 1));
    }
}
