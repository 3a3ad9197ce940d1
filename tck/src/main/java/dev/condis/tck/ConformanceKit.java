// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import dev.condis.tck.checks.AllChecks;
import dev.condis.tck.checks.Check;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.report.Capability;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.Report;
import dev.condis.tck.report.Rule;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.report.Verdict;
import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.rig.Environment;
import dev.condis.tck.rig.Patience;
import dev.condis.tck.rig.Unmet;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.Subject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * Runs the checks on one driver. Each check gets a fresh driver in a fresh library, so that none stands in the way of another.
 */
public final class ConformanceKit {
    /** How many things a check may have to wait for. */
    private static final int WAITS = 6;

    private final Subject subject;
    private final Supplier<NdisHost> hosts;
    private final KitOptions options;
    private final Set<Capability> capabilities = Collections.synchronizedSet(EnumSet.noneOf(Capability.class));

    /**
     * Makes the kit for a driver.
     *
     * @param subject what is tested
     * @param hosts gives a library for each check; always the same one in a container
     * @param options how long to wait, how much to send
     */
    public ConformanceKit(final Subject subject, final Supplier<NdisHost> hosts, final KitOptions options) {
        this.subject = Objects.requireNonNull(subject, "subject");
        this.hosts = Objects.requireNonNull(hosts, "hosts");
        this.options = Objects.requireNonNull(options, "options");
    }

    /**
     * The rules that can be checked on a role.
     *
     * @param kind the role
     * @return the rules in their order
     */
    public static List<Rule> rules(final Kind kind) {
        final List<String> checked =
                AllChecks.of(kind).stream().map(Check::rule).toList();
        return RuleBook.all().stream().filter(r -> checked.contains(r.id())).toList();
    }

    /**
     * Runs every check.
     *
     * @return a verdict for each rule of the contract
     */
    public Report run() {
        return report(RuleBook.all().stream().map(this::run).toList());
    }

    /**
     * Runs the check of one rule.
     *
     * @param rule the rule
     * @return its verdict
     */
    public Finding run(final Rule rule) {
        final long began = System.nanoTime();
        final List<Verdict> verdicts = new ArrayList<>();
        for (final Check check : AllChecks.of(subject.kind())) {
            if (check.rule().equals(rule.id())) {
                verdicts.add(guarded(check));
            }
        }
        final Verdict verdict =
                verdicts.isEmpty() ? Verdict.notApplicable(rule.whyNotChecked(subject.kind())) : summed(verdicts);
        return new Finding(rule.id(), rule.sentence(), verdict, Duration.ofNanos(System.nanoTime() - began));
    }

    private static Verdict summed(final List<Verdict> verdicts) {
        return verdicts.stream()
                .filter(v -> v.outcome() == Outcome.FAILED)
                .findFirst()
                .or(() -> verdicts.stream()
                        .filter(v -> v.outcome() == Outcome.PASSED)
                        .findFirst())
                .orElse(verdicts.get(0));
    }

    /**
     * Makes a report of findings.
     *
     * @param findings the findings
     * @return the report, with what the driver has shown so far that it can do
     */
    public Report report(final List<Finding> findings) {
        return new Report(subject.name(), subject.kind(), findings, capabilities);
    }

    /** A driver that blocks a thread of the kit must not keep the kit. */
    private Verdict guarded(final Check check) {
        final CompletableFuture<Verdict> verdict = new CompletableFuture<>();
        final Environment environment = new Environment(subject, hosts.get(), options, this::witness);
        final Thread runner = new Thread(() -> verdict.complete(check.run(environment)), "tck-" + check.rule());
        runner.setDaemon(true);
        runner.start();
        try {
            final Patience patience =
                    new Patience(options.withPatience(options.patience().multipliedBy(WAITS)));
            if (patience.ends(verdict)) {
                return verdict.join();
            }
            runner.interrupt();
            return Verdict.failed("the check did not come to an end: a thread of the kit is held");
        } catch (final Unmet e) {
            return Verdict.notApplicable(e.getMessage());
        }
    }

    private void witness(final Trace trace) {
        capabilities.addAll(Capabilities.shownIn(trace));
    }
}
