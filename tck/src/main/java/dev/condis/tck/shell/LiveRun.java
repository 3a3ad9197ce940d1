// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.management.Violation;
import dev.condis.api.media.MediaFlow;
import dev.condis.tck.ConformanceKit;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.Report;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.report.Verdict;
import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.rig.Patience;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The checks on one adapter that runs already, and what the library's verifier has seen of its backend. */
final class LiveRun {
    private static final int VCS = 2;
    private static final String NUMBER = "[0-9]{1,15}";

    private final LiveAdapter adapter;
    private final List<LiveAdapter> others;
    private final NdisHost host;
    private final KitOptions options;

    /**
     * Makes a run.
     *
     * @param adapter what is tested
     * @param others where the kit may listen for calls besides
     * @param host the container's library
     * @param options how long to wait, how much to send
     */
    LiveRun(final LiveAdapter adapter, final List<LiveAdapter> others, final NdisHost host, final KitOptions options) {
        this.adapter = Objects.requireNonNull(adapter, "adapter");
        this.others = List.copyOf(others);
        this.host = Objects.requireNonNull(host, "host");
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * Runs.
     *
     * @param destinations flows or numbers to use for the VCs of the kit; none to let it choose
     * @param goesOn tells whether to go on with the next rule
     * @param lines gets what people read, as it is found
     * @return the report, of the rules that were come to
     */
    Report run(final List<String> destinations, final BooleanSupplier goesOn, final Consumer<String> lines) {
        final Subject.Builder subject =
                Subject.live(adapter.name(), adapter.kind()).medium(adapter.medium());
        final AddressFamily family = family();
        subject.addressFamily(family);
        if (!destinations.isEmpty()) {
            subject.parameters(destinations.stream().map(LiveRun::destination).toArray(CallParameters[]::new));
        } else if (adapter.kind() == Kind.MCM && family.sameFamily(AddressFamily.Q2931)) {
            return runWithCalls(subject, family, goesOn, lines);
        } else if (adapter.kind() == Kind.MINIPORT || family.sameFamily(AddressFamily.PVC)) {
            final List<MediaFlow> flows = FreeFlows.on(adapter, VCS);
            lines.accept("VCs carry " + flows);
            subject.parameters(FreeFlows.parameters(flows));
        }
        return run(subject.build(), goesOn, lines);
    }

    private Report runWithCalls(
            final Subject.Builder subject,
            final AddressFamily family,
            final BooleanSupplier goesOn,
            final Consumer<String> lines) {
        final List<String> partners = Stream.concat(Stream.of(adapter), others.stream())
                .filter(a ->
                        a.isRunning() && a.snapshot().addressFamilies().stream().anyMatch(family::sameFamily))
                .map(LiveAdapter::name)
                .toList();
        try (Reach reach =
                Reach.from(host, new Patience(options), adapter.name(), partners, RandomGenerator.getDefault())) {
            reach.notes().forEach(lines);
            reach.describe(subject);
            return run(subject.build(), goesOn, lines);
        }
    }

    private AddressFamily family() {
        final List<AddressFamily> offered = adapter.snapshot().addressFamilies();
        return offered.stream()
                .filter(AddressFamily.Q2931::sameFamily)
                .findFirst()
                .or(() -> offered.stream().findFirst())
                .orElse(AddressFamily.Q2931);
    }

    private static CallParameters destination(final String text) {
        return text.matches(NUMBER)
                ? Q2931Parameters.call(Sap.e164(text))
                : CallParameters.permanent(MediaFlow.parse(text).toMediaParameters());
    }

    private Report run(final Subject subject, final BooleanSupplier goesOn, final Consumer<String> lines) {
        final ConformanceKit kit = new ConformanceKit(subject, () -> host, options);
        final Map<String, Finding> findings = new LinkedHashMap<>();
        RuleBook.all().stream()
                .takeWhile(
                        rule -> goesOn.getAsBoolean() && !Thread.currentThread().isInterrupted())
                .map(kit::run)
                .forEach(finding -> note(finding, findings, lines));
        // what came out of a rule's check may have broken another rule, that had its line already
        violations().forEach((rule, seen) -> {
            if (Optional.ofNullable(findings.get(rule))
                    .filter(f -> f.verdict().outcome() == Outcome.FAILED)
                    .isEmpty()) {
                note(new Finding(rule, sentence(rule), seen, Duration.ZERO), findings, lines);
            }
        });
        return kit.report(new ArrayList<>(findings.values()));
    }

    private static String sentence(final String rule) {
        return RuleBook.all().stream()
                .filter(r -> r.id().equals(rule))
                .map(r -> r.sentence())
                .findFirst()
                .orElse("a rule that only the library checks");
    }

    private static void note(final Finding finding, final Map<String, Finding> findings, final Consumer<String> lines) {
        findings.put(finding.rule(), finding);
        lines.accept(finding.toString());
    }

    /** By rule; empty unless the library verifies drivers. */
    private Map<String, Verdict> violations() {
        // as the library names the backend of an adapter
        final String driver = "miniport of " + adapter.name();
        return host.library().violations().stream()
                .filter(v -> v.driver().equals(driver))
                .collect(Collectors.toMap(
                        Violation::rule,
                        v -> Verdict.failed("the library's verifier has seen: " + v),
                        (first, second) -> first,
                        LinkedHashMap::new));
    }
}
