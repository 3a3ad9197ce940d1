// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.junit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.condis.tck.ConformanceKit;
import dev.condis.tck.EngineHost;
import dev.condis.tck.broken.Fault;
import dev.condis.tck.reference.ReferenceDrivers;
import dev.condis.tck.reference.ReferenceMiniport;
import dev.condis.tck.reference.ReferenceNetwork;
import dev.condis.tck.report.Rule;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.Specimen;
import dev.condis.tck.subject.Subject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.w3c.dom.Element;

/** The kit as a JUnit suite: what JUnit is told, and the report. */
class ConformanceSuiteTest {
    private static final String FOLDER = "condis.test.folder";

    /** What an author writes. */
    static class GoodMiniport extends ConformanceSuite {
        @Override
        protected Subject subject() {
            return ReferenceDrivers.miniport("reference", ReferenceMiniport::new);
        }

        @Override
        protected NdisHost host() {
            return new EngineHost();
        }

        @Override
        protected Optional<Path> reportFile() {
            return Optional.of(Path.of(System.getProperty(FOLDER), "good", "report"));
        }
    }

    /** Breaks one rule. */
    static class BrokenMiniport extends GoodMiniport {
        static final Fault FAULT = Fault.MINIPORT_ACTIVATES_ONCE;

        @Override
        protected Subject subject() {
            return FAULT.subject();
        }

        @Override
        protected KitOptions options() {
            return KitOptions.standard().withPatience(Duration.ofMillis(1500));
        }

        @Override
        protected Optional<Path> reportFile() {
            return Optional.empty();
        }
    }

    /** Says nothing of what it can do. */
    static class BareMiniport extends GoodMiniport {
        @Override
        protected Subject subject() {
            return Subject.builder(
                            "bare", Kind.MINIPORT, () -> Specimen.of(new ReferenceMiniport(new ReferenceNetwork())))
                    .build();
        }
    }

    /** How each test ended, by its name. */
    private static final class Results implements TestExecutionListener {
        private final Map<String, TestExecutionResult> tests = new TreeMap<>();
        private final List<TestExecutionResult> containers = new ArrayList<>();

        @Override
        public void executionFinished(final TestIdentifier test, final TestExecutionResult result) {
            if (test.isTest()) {
                tests.put(test.getDisplayName(), result);
            } else {
                containers.add(result);
            }
        }

        private long count(final TestExecutionResult.Status status) {
            return tests.values().stream().filter(r -> r.getStatus() == status).count();
        }
    }

    @TempDir
    private Path folder;

    private Results run(final Class<?> suite) {
        System.setProperty(FOLDER, folder.toString());
        try {
            final Results results = new Results();
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(suite))
                                    .build(),
                            results);
            return results;
        } finally {
            System.clearProperty(FOLDER);
        }
    }

    @Test
    void everyRuleOfTheRoleIsATestAndTheReportHoldsAllRules() throws Exception {
        final Results results = run(GoodMiniport.class);

        assertThat(results.tests.keySet())
                .containsExactlyInAnyOrderElementsOf(ConformanceKit.rules(Kind.MINIPORT).stream()
                        .map(rule -> rule.id() + ": " + rule.sentence())
                        .toList());
        assertThat(results.count(TestExecutionResult.Status.FAILED)).isZero();
        assertThat(results.count(TestExecutionResult.Status.SUCCESSFUL)).isGreaterThan(20);
        assertThat(results.containers).allMatch(r -> r.getStatus() == TestExecutionResult.Status.SUCCESSFUL);
        assertThat(Files.readAllLines(folder.resolve("good/report.txt")))
                .filteredOn(line -> line.matches("R[0-9]+ .*"))
                .hasSize((int) RuleBook.all().stream()
                        .map(Rule::id)
                        .filter(id -> id.startsWith("R"))
                        .count());
        assertThat(cases(folder.resolve("good/report.xml")))
                .isEqualTo(RuleBook.all().size());
    }

    @Test
    void aBrokenRuleIsAFailedTestThatSaysWhatWasSeen() {
        final Results results = run(BrokenMiniport.class);

        final Rule broken = RuleBook.of(BrokenMiniport.FAULT.rule());
        final TestExecutionResult failed = results.tests.get(broken.id() + ": " + broken.sentence());
        assertThat(failed.getStatus()).isEqualTo(TestExecutionResult.Status.FAILED);
        assertThat(failed.getThrowable())
                .hasValueSatisfying(
                        t -> assertThat(t).isInstanceOf(AssertionError.class).hasMessageContaining("activateVc"));
        assertThat(folder).isEmptyDirectory();
    }

    @Test
    void aRuleThatCannotBeCheckedIsSkippedWithTheReason() {
        final Results results = run(BareMiniport.class);

        assertThat(results.tests.values())
                .filteredOn(r -> r.getStatus() == TestExecutionResult.Status.ABORTED)
                .isNotEmpty()
                .allSatisfy(r -> assertThat(r.getThrowable())
                        .hasValueSatisfying(t -> assertThat(t).hasMessageContaining("the author gave")));
        assertThat(results.count(TestExecutionResult.Status.FAILED)).isZero();
    }

    private static int cases(final Path xml) throws Exception {
        final Element suite = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(xml.toFile())
                .getDocumentElement();
        assertThat(suite.getAttribute("failures")).isEqualTo("0");
        assertThat(suite.getAttribute("tests"))
                .isEqualTo(String.valueOf(suite.getElementsByTagName("testcase").getLength()));
        return suite.getElementsByTagName("testcase").getLength();
    }
}
