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

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void everyFaultIsCaughtByItsRule(final Fault fault) {
        isCaught(fault, fault.subject());
    }

    static void isCaught(final Fault fault, final Subject subject) {
        final Finding finding =
                new ConformanceKit(subject, EngineHost::impatient, IMPATIENT).run(RuleBook.of(fault.rule()));
        assertThat(finding.verdict().outcome()).as("%s", finding).isEqualTo(Outcome.FAILED);
        assertThat(finding.verdict().detail()).isNotBlank();
    }
}
