// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.tck.reference.ReferenceCallManager;
import dev.condis.tck.reference.ReferenceClient;
import dev.condis.tck.reference.ReferenceDrivers;
import dev.condis.tck.reference.ReferenceMcm;
import dev.condis.tck.reference.ReferenceMiniport;
import dev.condis.tck.report.Report;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.Subject;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The reference drivers keep every rule that can be checked on them. */
class ReferenceDriversTest {
    static Stream<Subject> subjects() {
        return Stream.of(
                ReferenceDrivers.miniport("reference", ReferenceMiniport::new),
                ReferenceDrivers.mcm("reference", ReferenceMcm::new),
                ReferenceDrivers.halves("reference of two halves", ReferenceCallManager::new),
                ReferenceDrivers.halvesWithoutQuality(
                        "reference of two halves without quality", ReferenceDrivers::callWithoutQuality),
                ReferenceDrivers.callManager("reference", ReferenceCallManager::new),
                ReferenceDrivers.callManagerWithoutQuality(
                        "reference without quality", ReferenceDrivers::callWithoutQuality),
                ReferenceDrivers.client("reference", () -> new ReferenceClient(Optional.of(ReferenceDrivers.SAP))),
                ReferenceDrivers.callingClient("reference without SAP", () -> new ReferenceClient(Optional.empty())));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("subjects")
    void theyKeepEveryRule(final Subject subject) {
        final Report report = new ConformanceKit(subject, EngineHost::new, KitOptions.standard()).run();
        Reports.write(report);
        assertThat(report.isClean()).as(report.toText()).isTrue();
    }
}
