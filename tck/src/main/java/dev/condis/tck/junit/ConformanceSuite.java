// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.junit;

import dev.condis.tck.ConformanceKit;
import dev.condis.tck.report.Finding;
import dev.condis.tck.report.JUnitXml;
import dev.condis.tck.report.Report;
import dev.condis.tck.report.Rule;
import dev.condis.tck.report.RuleBook;
import dev.condis.tck.subject.KitOptions;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * The conformance kit as a JUnit 5 suite: one test for each rule that concerns the role of the driver. A subclass says what is tested
 * and in which library. A rule that the driver breaks is a failed test, one that cannot be checked on it a skipped one; both say why.
 *
 * <p>When the last test has run, the report is written as text and as JUnit XML, with every rule of the contract.
 */
@Execution(ExecutionMode.SAME_THREAD)
public abstract class ConformanceSuite {
    private static final Path FOLDER = Path.of("target", "tck");

    /** For subclasses. */
    protected ConformanceSuite() {
        // nothing to set up
    }

    /**
     * What is tested.
     *
     * @return the subject, asked for once a run
     */
    protected abstract Subject subject();

    /**
     * The library to run a check in.
     *
     * @return a fresh host for each check; or always the same, where there is only one
     */
    protected abstract NdisHost host();

    /**
     * How long to wait, how much to send.
     *
     * @return the options; {@link KitOptions#standard()} unless overridden
     */
    protected KitOptions options() {
        return KitOptions.standard();
    }

    /**
     * Where the report goes.
     *
     * @return a file name without its extension, to which {@code .txt} and {@code .xml} are added; {@code target/tck/<kind>-<name>}
     *     unless overridden; empty for no report
     */
    protected Optional<Path> reportFile() {
        final Subject subject = subject();
        final String name = subject.kind() + "-" + subject.name();
        return Optional.of(FOLDER.resolve(name.replaceAll("[^a-zA-Z0-9]+", "-")));
    }

    /**
     * The tests.
     *
     * @return a test for each rule that is checked on drivers of this role; the report is written when the stream is closed
     */
    @TestFactory
    final Stream<DynamicTest> rules() {
        final Subject subject = subject();
        final ConformanceKit kit = new ConformanceKit(subject, this::host, options());
        final List<Rule> checked = ConformanceKit.rules(subject.kind());
        final Map<String, Finding> findings = new ConcurrentHashMap<>();
        return checked.stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.id() + ": " + rule.sentence(), () -> judge(findings, kit.run(rule))))
                .onClose(() -> write(kit, checked, findings));
    }

    private static void judge(final Map<String, Finding> findings, final Finding finding) {
        findings.put(finding.rule(), finding);
        switch (finding.verdict().outcome()) {
            case PASSED -> {}
            case FAILED -> Assertions.fail(finding.verdict().detail());
            case NOT_APPLICABLE -> Assumptions.abort(finding.verdict().detail());
        }
    }

    /** A rule that was to be checked and was not, because the run was cut short, is not in the report. */
    private void write(final ConformanceKit kit, final List<Rule> checked, final Map<String, Finding> findings) {
        if (findings.isEmpty()) {
            return;
        }
        final Stream<Finding> all = RuleBook.all().stream()
                .filter(rule -> findings.containsKey(rule.id()) || !checked.contains(rule))
                .map(rule -> Optional.ofNullable(findings.get(rule.id())).orElseGet(() -> kit.run(rule)));
        final Report report = kit.report(all.toList());
        reportFile().ifPresent(file -> {
            write(file, ".txt", report.toText());
            write(file, ".xml", JUnitXml.of(report));
        });
    }

    private static void write(final Path file, final String extension, final String text) {
        final Path path = file.resolveSibling(file.getFileName() + extension);
        try {
            if (path.getParent() != null) {
                Files.createDirectories(path.getParent());
            }
            Files.writeString(path, text);
        } catch (final IOException e) {
            throw new UncheckedIOException("the report cannot be written to " + path, e);
        }
    }
}
