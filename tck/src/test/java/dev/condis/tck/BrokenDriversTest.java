// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.tck.broken.Fault;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.report.Verdict.Outcome;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.Subject;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kit catches every broken driver, by the rule that it breaks. */
class BrokenDriversTest {
    private static final KitOptions IMPATIENT = new KitOptions(Duration.ofMillis(700), Duration.ofMillis(100), 64);
    private static final KitOptions PATIENT = new KitOptions(Duration.ofSeconds(5), Duration.ofSeconds(1), 64);

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void everyFaultIsCaughtByItsRule(final Fault fault) {
        isCaught(fault, fault.subject());
    }

    static void isCaught(final Fault fault, final Subject subject) {
        // on a busy machine a fault may need longer to show
        final Finding hasty = run(fault, subject, IMPATIENT);
        final Finding finding = hasty.verdict().outcome() == Outcome.FAILED ? hasty : run(fault, subject, PATIENT);
        assertThat(finding.verdict().outcome()).as("%s", finding).isEqualTo(Outcome.FAILED);
        assertThat(finding.verdict().detail()).isNotBlank();
    }

    private static Finding run(final Fault fault, final Subject subject, final KitOptions options) {
        return new ConformanceKit(subject, EngineHost::impatient, options).run(RuleBook.of(fault.rule()));
    }
}
