// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.shell;

import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.VcSnapshot;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What the library tells, as people read it. */
final class LibraryText {
    private static final String NONE = "-";
    private static final int REASONS = 10;
    private static final double NANOS_PER_MILLI = 1e6;

    private final DateTimeFormatter time;

    /** Tells times as they are in a zone. */
    LibraryText(final ZoneId zone) {
        time = DateTimeFormatter.ofPattern("HH:mm:ss.SSS", Locale.ROOT).withZone(zone);
    }

    /** One line for each adapter. */
    String adapters(final List<AdapterSnapshot> adapters, final Function<String, Optional<BackendChoice>> why) {
        if (adapters.isEmpty()) {
            return "no adapters";
        }
        final TextTable table =
                new TextTable("ADAPTER", "STATE", "GENERATION", "SERVICE", "OF", "VCS", "BOUND", "CAUSE");
        adapters.forEach(adapter -> table.row(
                adapter.name(),
                adapter.state(),
                adapter.generation(),
                why.apply(adapter.name()).map(choice -> number(choice.active())).orElse(NONE),
                adapter.candidates(),
                adapter.vcs().size(),
                adapter.bindings().size(),
                adapter.unavailableCause().orElse("")));
        return table.toString();
    }

    /** One line for each VC. */
    String vcs(final AdapterSnapshot adapter) {
        if (adapter.vcs().isEmpty()) {
            return "no VCs on " + adapter.name();
        }
        final TextTable table = new TextTable(
                "VC", "NAME", "CLIENT", "STATE", "CALL", "SENT", "BACK", "RECEIVED", "RETURNED", "REFUSED");
        adapter.vcs().forEach(vc -> row(table, vc));
        return table.toString();
    }

    private static void row(final TextTable table, final VcSnapshot vc) {
        table.row(
                vc.name(),
                vc.instanceName().orElse(NONE),
                vc.client().orElse(NONE),
                vc.state(),
                vc.callState(),
                vc.sendsAccepted(),
                vc.sendsCompleted(),
                vc.receivesIndicated(),
                vc.receivesReturned(),
                vc.sendsRefused() + vc.receivesRefused());
    }

    /** One line for each change, the oldest first. */
    String swaps(final String adapter, final List<SwapReport> swaps) {
        if (swaps.isEmpty()) {
            return "no swaps of " + adapter;
        }
        final TextTable table = new TextTable(
                "NO", "BEGAN", "OUTCOME", "FROM", "TO", "MOVED", "PARKED", "REFUSED", "HELD", "FAILED", "RESENT", "GAP",
                "TOOK", "BECAUSE");
        swaps.forEach(swap -> table.row(
                swap.number(),
                time.format(swap.began()),
                swap.outcome(),
                number(swap.from()),
                number(swap.to()),
                swap.moved(),
                swap.parked(),
                swap.refused(),
                swap.held(),
                swap.failed(),
                swap.resent(),
                millis(swap.longestGap()),
                millis(swap.took()),
                swap.explanation()));
        return table.toString();
    }

    /** One change, with its phases and what did not move. */
    String swap(final SwapReport swap) {
        final List<String> lines = new ArrayList<>();
        lines.add(swaps(swap.adapter(), List.of(swap)));
        lines.add(swap.phases().stream()
                .map(phase -> phase.name() + " " + millis(phase.took()))
                .collect(Collectors.joining(", ", "phases: ", "")));
        final List<String> stayed = swap.vcs().stream()
                .filter(vc -> vc.outcome() != VcOutcome.MOVED)
                .map(vc -> vc.vc() + " " + vc.outcome()
                        + vc.reason().map(why -> ": " + why).orElse(""))
                .toList();
        stayed.stream().limit(REASONS).forEach(lines::add);
        if (stayed.size() > REASONS) {
            lines.add("and " + (stayed.size() - REASONS) + " more VCs");
        }
        return String.join("\n", lines);
    }

    /** Who could carry an adapter, who does, and what would change it. */
    String why(final BackendChoice choice) {
        final List<String> lines = new ArrayList<>();
        lines.add(choice.adapter() + ": "
                + (choice.active().isPresent()
                        ? "service " + choice.active().getAsLong() + " carries it, because "
                        : "no service carries it: ")
                + choice.reason());
        choice.graceEnds().ifPresent(end -> lines.add("calls whose VCs wait for a backend end at " + time.format(end)));
        if (!choice.candidates().isEmpty()) {
            lines.add(candidates(choice));
        }
        lines.add("what would change it:");
        choice.wouldChange().forEach(change -> lines.add("  " + change));
        return String.join("\n", lines);
    }

    private static String candidates(final BackendChoice choice) {
        final TextTable table = new TextTable(
                "SERVICE", "RANKING", "KIND", "IS", "STALE CALLBACKS", "DEMOTED", "CANNOT BE USED", "LAST FAILURE");
        choice.candidates()
                .forEach(candidate -> table.row(
                        candidate.serviceId(),
                        candidate.ranking(),
                        candidate.miniportCallManager() ? "MCM" : "miniport",
                        role(choice, candidate.serviceId()),
                        candidate.staleCallbacks(),
                        candidate.demotedCause().orElse(NONE),
                        candidate.unavailableCause().orElse(NONE),
                        candidate.lastFailure().orElse(NONE)));
        return table.toString();
    }

    private static String role(final BackendChoice choice, final long serviceId) {
        final boolean active = choice.active().equals(OptionalLong.of(serviceId));
        final boolean pinned = choice.pinned().equals(OptionalLong.of(serviceId));
        if (active) {
            return pinned ? "active, pinned" : "active";
        }
        return pinned ? "pinned" : NONE;
    }

    private static String number(final OptionalLong number) {
        return number.isPresent() ? Long.toString(number.getAsLong()) : NONE;
    }

    private static String millis(final Duration duration) {
        return String.format(Locale.ROOT, "%.1f ms", duration.toNanos() / NANOS_PER_MILLI);
    }
}
