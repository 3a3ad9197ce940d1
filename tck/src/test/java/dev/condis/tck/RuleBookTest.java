// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.tck.broken.Fault;
import dev.condis.tck.checks.AllChecks;
import dev.condis.tck.checks.Check;
import dev.condis.tck.report.Rule;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.subject.Kind;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Every rule of the contract has a check, or a reason why it has none; every check has a driver that it catches. */
class RuleBookTest {
    private static final int RULES = 226;

    private static Stream<Check> checks() {
        return Stream.of(Kind.values()).flatMap(kind -> AllChecks.of(kind).stream());
    }

    private static String key(final Kind kind, final String rule) {
        return kind + " " + rule;
    }

    @Test
    void shouldHoldEveryRuleInOrder() {
        final List<String> ids = RuleBook.all().stream().map(Rule::id).toList();
        assertThat(ids.subList(0, RULES))
                .containsExactlyElementsOf(IntStream.rangeClosed(1, RULES)
                        .mapToObj(number -> "R" + number)
                        .toList());
        assertThat(ids.subList(RULES, ids.size())).containsExactly("E3", "S38");
        assertThat(RuleBook.all())
                .allSatisfy(rule -> assertThat(rule.sentence()).isNotBlank());
    }

    @Test
    void shouldHaveACheckOrAReason_forEveryRule() {
        final Set<String> checked = checks().map(Check::rule).collect(Collectors.toSet());
        assertThat(RuleBook.all()).allSatisfy(rule -> assertThat(checked.contains(rule.id()) != isUnchecked(rule))
                .as("%s: either a check or a reason", rule.id())
                .isTrue());
    }

    private static boolean isUnchecked(final Rule rule) {
        return rule.unchecked().containsAll(Set.of(Kind.values()));
    }

    @Test
    void shouldGiveAReason_onlyForRolesThatAreNotChecked() {
        final Set<String> checked =
                checks().map(check -> key(check.kind(), check.rule())).collect(Collectors.toSet());
        assertThat(RuleBook.all()).allSatisfy(rule -> {
            assertThat(rule.reason().isBlank()).isEqualTo(rule.unchecked().isEmpty());
            assertThat(rule.unchecked())
                    .noneMatch(kind -> checked.contains(key(kind, rule.id())))
                    .allSatisfy(kind -> assertThat(rule.whyNotChecked(kind)).isEqualTo(rule.reason()));
        });
    }

    @Test
    void shouldKnowTheRuleOfEveryCheckAndFault() {
        final Set<String> ids = RuleBook.all().stream().map(Rule::id).collect(Collectors.toSet());
        assertThat(checks()).extracting(Check::rule).allMatch(ids::contains);
        assertThat(Fault.values()).allSatisfy(fault -> assertThat(ConformanceKit.rules(fault.kind()))
                .as("%s", fault)
                .contains(RuleBook.of(fault.rule())));
    }

    @Test
    void shouldHaveABrokenDriver_forEveryCheck() {
        final Set<String> broken = Stream.concat(
                        Stream.of(Fault.values()).map(fault -> key(fault.kind(), fault.rule())),
                        Stream.of(Fault.values())
                                .filter(fault -> fault.inAnMcm().isPresent())
                                .map(fault -> key(Kind.MCM, fault.rule())))
                .collect(Collectors.toSet());
        final Set<String> without = checks().map(check -> key(check.kind(), check.rule()))
                .filter(check -> !broken.contains(check))
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(without).isEmpty();
    }
}
