// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.VcSnapshot;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.inject.Inject;
import javax.xml.parsers.DocumentBuilderFactory;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.junit.After;
import org.junit.Before;
import org.junit.Rule;
import org.junit.Test;
import org.junit.rules.TemporaryFolder;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.cm.ConfigurationAdmin;
import org.w3c.dom.Element;

/** The conformance kit in a real framework, by the commands that people type: it checks adapters that run, and leaves them as they were. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ConformanceIT {
    private static final int RULES = 228;

    @Rule
    public final TemporaryFolder folder = new TemporaryFolder();

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private CommandProcessor shell;

    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private SimulatedNics nics;

    @org.ops4j.pax.exam.Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void makeNics() {
        nics = new SimulatedNics(context, configurations);
    }

    @After
    public void leaveNothingBehind() throws Exception {
        nics.stop();
    }

    private void typed(final String command) throws Exception {
        final PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
        try (CommandSession session = shell.createSession(new ByteArrayInputStream(new byte[0]), out, out)) {
            session.execute(command);
        }
    }

    private List<String> lines() {
        return printed.toString(StandardCharsets.UTF_8).lines().toList();
    }

    private static Element parsed(final Path xml) throws Exception {
        try (var in = Files.newInputStream(xml)) {
            return DocumentBuilderFactory.newInstance()
                    .newDocumentBuilder()
                    .parse(in)
                    .getDocumentElement();
        }
    }

    private void isRunning() {
        await().atMost(SimulatedNics.PATIENCE)
                .until(() -> nics.adapters()
                                .filter(a -> a.state() == AdapterSnapshot.State.RUNNING)
                                .count()
                        == 2);
    }

    private void isAs(final AdapterSnapshot before) {
        final AdapterSnapshot after = nics.adapter(SimulatedNics.A);
        assertThat(after.state()).isEqualTo(before.state());
        assertThat(after.generation()).isEqualTo(before.generation());
        assertThat(after.bindings()).hasSameSizeAs(before.bindings());
        assertThat(after.vcs())
                .extracting(VcSnapshot::name)
                .containsExactlyElementsOf(
                        before.vcs().stream().map(VcSnapshot::name).toList());
    }

    private void isChecked(final String mode, final String role, final String... passed) throws Exception {
        nics.start(mode);
        isRunning();
        nics.hangUp(nics.call());
        final AdapterSnapshot before = nics.adapter(SimulatedNics.A);
        final List<ServiceReference<?>> drivers = Leftovers.drivers(context);
        final Path xml = folder.getRoot().toPath().resolve("report.xml");

        typed("tck:run " + SimulatedNics.A + " " + xml);

        assertThat(lines()).noneMatch(line -> line.contains("FAILED"));
        for (final String rule : passed) {
            assertThat(lines()).anyMatch(line -> line.matches(rule + " +passed .*"));
        }
        assertThat(lines())
                .anyMatch(line -> line.matches(
                        role + " " + SimulatedNics.A + ": [1-9][0-9]* passed, 0 failed, [0-9]+ not applicable"));
        final Element suite = parsed(xml);
        assertThat(suite.getTagName()).isEqualTo("testsuite");
        assertThat(suite.getAttribute("name")).contains(role).contains(SimulatedNics.A);
        assertThat(suite.getAttribute("tests")).isEqualTo(String.valueOf(RULES));
        assertThat(suite.getAttribute("failures")).isEqualTo("0");
        assertThat(suite.getElementsByTagName("testcase").getLength()).isEqualTo(RULES);
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(Leftovers.drivers(context)).containsExactlyElementsOf(drivers));
        isAs(before);
        nics.hangUp(nics.call());
    }

    @Test
    public void anMcmThatRunsIsChecked() throws Exception {
        isChecked("mcm", "MCM", "R42", "R77", "R122", "R152", "R166", "R178", "R180", "R196", "R197");
    }

    @Test
    public void aMiniportThatRunsIsChecked_besideAnotherCallManager() throws Exception {
        isChecked("miniport", "miniport", "R80", "R97", "R178", "R180", "R193", "R196", "R197", "R201");
    }

    @Test
    public void theAdaptersAreListed_andTheRulesOfARole() throws Exception {
        nics.start("mcm");
        isRunning();

        typed("tck:list");
        typed("tck:rules mcm");

        assertThat(lines()).anyMatch(line -> line.matches(SimulatedNics.A + " +MCM +ATM +RUNNING +0 VCs"));
        assertThat(lines()).anyMatch(line -> line.startsWith("R21 ")).noneMatch(line -> line.startsWith("R20 "));
    }

    @Test
    public void anAdapterThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> typed("tck:run nobody")).hasMessageContaining("there is no adapter 'nobody'");
    }
}
