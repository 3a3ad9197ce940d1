// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.report;

import java.util.Objects;

/**
 * How a check ended.
 *
 * @param outcome the outcome
 * @param detail what was seen of a rule that failed, why one does not apply; blank for one that passed
 */
public record Verdict(Outcome outcome, String detail) {
    /** The outcomes. */
    public enum Outcome {
        /** The driver did what the rule asks. */
        PASSED("passed"),
        /** It did not. */
        FAILED("FAILED"),
        /** The rule cannot be checked on this driver. */
        NOT_APPLICABLE("not applicable");

        private final String text;

        Outcome(final String text) {
            this.text = text;
        }

        @Override
        public String toString() {
            return text;
        }
    }

    /** The driver did what the rule asks. */
    public static final Verdict PASSED = new Verdict(Outcome.PASSED, "");

    /** Checks that nothing is missing. */
    public Verdict {
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(detail, "detail");
    }

    /**
     * The driver broke the rule.
     *
     * @param seen what was seen
     * @return the verdict
     */
    public static Verdict failed(final String seen) {
        return new Verdict(Outcome.FAILED, seen);
    }

    /**
     * The rule cannot be checked.
     *
     * @param why the reason
     * @return the verdict
     */
    public static Verdict notApplicable(final String why) {
        return new Verdict(Outcome.NOT_APPLICABLE, why);
    }
}
