// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import dev.condis.tck.report.Verdict;
import dev.condis.tck.rig.Environment;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.rig.Unmet;
import dev.condis.tck.subject.Kind;
import java.util.Objects;

/**
 * How one rule is checked on drivers of one role.
 *
 * @param rule the id of the rule
 * @param kind the role
 * @param procedure the stimulus, and the demands on what comes of it
 */
public record Check(String rule, Kind kind, Procedure procedure) {
    /** A stimulus and the demands on what comes of it. */
    @FunctionalInterface
    public interface Procedure {
        /**
         * Runs; returns when the driver did all that is asked.
         *
         * @param environment what it runs in
         */
        void run(Environment environment);
    }

    /** Checks that nothing is missing. */
    public Check {
        Objects.requireNonNull(rule, "rule");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(procedure, "procedure");
    }

    /**
     * Runs the check.
     *
     * @param environment what it runs in
     * @return how it ended; a driver that makes the kit stumble has failed
     */
    public Verdict run(final Environment environment) {
        try {
            procedure.run(environment);
            return Verdict.PASSED;
        } catch (final Unmet e) {
            return Verdict.failed(e.getMessage());
        } catch (final NotApplicable e) {
            return Verdict.notApplicable(e.getMessage());
        } catch (final RuntimeException e) {
            return Verdict.failed("the kit was thrown off by " + e);
        }
    }

    @Override
    public String toString() {
        return rule + " of a " + kind;
    }
}
