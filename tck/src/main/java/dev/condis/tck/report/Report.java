// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.subject.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What the kit found on one driver.
 *
 * @param subject the name of the driver
 * @param kind its role
 * @param findings a verdict for each rule, in the order of the rules
 * @param capabilities what the driver showed that it can do
 */
public record Report(String subject, Kind kind, List<Finding> findings, Set<Capability> capabilities) {
    /** Copies the collections. */
    public Report {
        findings = List.copyOf(findings);
        capabilities = Set.copyOf(capabilities);
    }

    /**
     * The findings with one outcome.
     *
     * @param outcome the outcome
     * @return the findings
     */
    public List<Finding> with(final Outcome outcome) {
        return findings.stream().filter(f -> f.verdict().outcome() == outcome).toList();
    }

    /**
     * Tells whether the driver broke no rule.
     *
     * @return {@code true} if nothing failed
     */
    public boolean isClean() {
        return with(Outcome.FAILED).isEmpty();
    }

    /**
     * The time of all checks.
     *
     * @return the sum
     */
    public Duration took() {
        return findings.stream().map(Finding::took).reduce(Duration.ZERO, Duration::plus);
    }

    /**
     * The report for people: one line a rule, the capabilities, the sums.
     *
     * @return lines, each with its line feed
     */
    public String toText() {
        final StringBuilder text = new StringBuilder();
        text.append(kind).append(' ').append(subject).append('\n');
        findings.forEach(finding -> text.append(finding).append('\n'));
        for (final Capability capability : EnumSet.allOf(Capability.class)) {
            text.append(capabilities.contains(capability) ? "can      " : "not seen ")
                    .append(capability)
                    .append('\n');
        }
        return text.append(sums()).append('\n').toString();
    }

    private String sums() {
        return count(with(Outcome.PASSED)) + " passed, " + count(with(Outcome.FAILED)) + " failed, "
                + count(with(Outcome.NOT_APPLICABLE)) + " not applicable";
    }

    private static int count(final Collection<?> all) {
        return all.size();
    }

    @Override
    public String toString() {
        return kind + " " + subject + ": " + sums();
    }
}
