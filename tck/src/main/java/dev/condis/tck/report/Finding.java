// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import java.time.Duration;
import java.util.Objects;

/**
 * One rule and what became of it.
 *
 * @param rule its id
 * @param sentence what it says, in short
 * @param verdict how its check ended
 * @param took how long that took
 */
public record Finding(String rule, String sentence, Verdict verdict, Duration took) {
    /** Checks that nothing is missing. */
    public Finding {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(sentence, "sentence");
        Objects.requireNonNull(verdict, "verdict");
        Objects.requireNonNull(took, "took");
    }

    /**
     * The line of the report.
     *
     * @return id, outcome, sentence, and what there is to say
     */
    @Override
    public String toString() {
        final String detail = verdict.detail().isBlank() ? "" : ": " + verdict.detail();
        return String.format("%-5s %-15s %s%s", rule, verdict.outcome(), sentence, detail);
    }
}
