// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import dev.condis.tck.broken.Fault;
import dev.condis.tck.report.Rule;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.subject.Kind;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a call manager can get wrong, an MCM can too. */
class BrokenCallManagersInAnMcmTest {
    @ParameterizedTest(name = "{0}, in an MCM")
    @MethodSource
    void everyFaultOfACallManagerIsCaughtInAnMcmToo(final Fault fault) {
        BrokenDriversTest.isCaught(fault, fault.inAnMcm().orElseThrow());
    }

    static Stream<Fault> everyFaultOfACallManagerIsCaughtInAnMcmToo() {
        final List<Rule> checked = ConformanceKit.rules(Kind.MCM);
        return Stream.of(Fault.values())
                .filter(fault -> fault.inAnMcm().isPresent() && checked.contains(RuleBook.of(fault.rule())));
    }
}
