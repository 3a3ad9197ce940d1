// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport;
import dev.condis.api.media.CaptureProperties;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final BarePlatform platform = new BarePlatform();

    /** A framework in which every adapter is unavailable. */
    private static final class BarePlatform implements Platform {
        private final List<String> events = new ArrayList<>();
        private final Set<Object> configured = new HashSet<>();
        private Map<String, Object> backend =
                Map.of(ServiceProperties.AVAILABLE, false, ServiceProperties.UNAVAILABLE_CAUSE, "it is broken");

        @Override
        public Presence configure(final String factoryPid, final Map<String, Object> properties) {
            events.add("configure " + factoryPid + " "
                    + properties.getOrDefault(ServiceProperties.ADAPTER, properties.get("name")));
            final Object configuration = new Object();
            configured.add(configuration);
            return () -> {
                configured.remove(configuration);
                events.add("delete " + factoryPid);
            };
        }

        @Override
        public Presence register(final CoClient client, final Map<String, Object> properties) {
            events.add("register " + properties.get(ServiceProperties.ADAPTER_TARGET));
            return () -> events.add("unregister");
        }

        @Override
        public Optional<Map<String, Object>> backend(final String adapter) {
            return configured.isEmpty() ? Optional.empty() : Optional.of(backend);
        }

        @Override
        public List<AdapterSnapshot> adapters() {
            return List.of();
        }

        @Override
        public Optional<BackendChoice> backends(final String adapter) {
            return Optional.empty();
        }

        @Override
        public CompletableFuture<NdisResult<SwapReport>> swap(final String adapter, final long serviceId) {
            return CompletableFuture.completedFuture(NdisResult.failure(NdisStatus.ADAPTER_NOT_FOUND));
        }

        @Override
        public String version() {
            return "1.2.3";
        }

        @Override
        public void runShell() {
            events.add("shell");
        }
    }

    private int run(final String... arguments) {
        return Commands.execute(
                platform, new Output(new PrintWriter(out), new PrintWriter(err), false), List.of(arguments));
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "demo --help", "read --help", "capture --help", "send --help", "--version"})
    void helpIsAResult(final String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString()).containsIgnoringCase("condis");
        assertThat(err.toString()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"--version", "-V", "read --version"})
    void versionIsThatOfTheBundle(final String line) {
        assertThat(run(line.split(" "))).isZero();
        assertThat(out.toString().strip()).isEqualTo("condis 1.2.3");
    }

    @Test
    void worstFileDecides(@TempDir final Path directory) throws IOException {
        final Path file = Files.writeString(directory.resolve("x.pcap"), "nothing");

        assertThat(run("read", file.toString(), "there/is/none")).isEqualTo(2);

        assertThat(out.toString()).contains("x.pcap:", "there/is/none:");
        assertThat(err.toString().lines())
                .containsExactly("condis read: it is broken", "condis read: 'there/is/none': no such file");
        assertThat(platform.events).endsWith("unregister", "delete dev.condis.adapter.pcap");
    }

    @Test
    void helpNamesEveryCommand() {
        run("--help");

        assertThat(out.toString()).contains("demo", "read", "capture", "send");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "nonsense                              | condis: Unmatched argument at index 0: 'nonsense'",
                "--calls                               | condis demo: Missing required parameter for option '--calls'",
                "demo --calls x                        | condis demo: Invalid value for option '--calls': 'x' is not an int",
                "demo --calls 0                        | condis demo: --calls is 1..4096: 0",
                "--size 19                             | condis demo: --size is 20..65535: 19",
                "--size 65535 --calls 1000 --pdus 1    | condis demo: --calls times --size is at most 33554432: 1000 times 65535",
                "--size 65535 --calls 300              | condis demo: --calls times --size is at most 16777216: 300 times 65535",
                "--loss 1.5                            | condis demo: --loss is 0..1: 1.5",
                "--swaps 1001                          | condis demo: --swaps is 0..1000: 1001",
                "--interval 0                          | condis demo: --interval is 1..60000: 0",
                "--swaps 1 --pdus 2                    | condis demo: --pdus and --swaps exclude each other",
                "demo --rate -1                        | condis demo: --rate is 0..1000000000000: -1",
                "read                                  | condis read: Missing required parameter: 'FILE'",
                "read there/is/none                    | condis read: 'there/is/none': no such file",
                "capture                               | condis capture: Missing required parameter: 'IFACE'",
                "capture eth0 --count 0                | condis capture: --count is 1 or more: 0",
                "send eth0 --text a                    | condis send: Missing required option: '--flow=FLOW'",
                "send eth0 --flow vlan:1               | condis send: one of --hex and --text is missing",
                "send eth0 --flow vlan:1 --text a --hex 00 | mutually exclusive",
                "send eth0 --flow vlan:x --text a      | condis send: --flow 'vlan:x' at 5: vlan is a number",
                "send eth0 --flow vlan:0 --text a      | condis send: --flow 'vlan:0': VLAN id 0 is a priority tag",
                "send eth0 --flow vlan:1 --hex 0       | condis send: --hex '0': pairs of hexadecimal digits",
                "send eth0 --flow vlan:1 --hex 0g      | condis send: --hex '0g': pairs of hexadecimal digits",
                "send eth0 --flow vlan:1 --count 0 --text a | condis send: --count is 1..2147483647: 0",
            })
    void wrongUsageIsOneLineAndStatusTwo(final String line, final String message) {
        assertThat(run(line.split(" "))).isEqualTo(2);
        assertThat(err.toString()).contains(message);
        assertThat(err.toString().lines()).hasSize(1);
        assertThat(out.toString()).isEmpty();
        assertThat(platform.events).isEmpty();
    }

    @Test
    void readNeedsAFile(@TempDir final Path directory) {
        assertThat(run("read", directory.toString())).isEqualTo(2);
        assertThat(err.toString()).contains("': not a file");
    }

    @ParameterizedTest
    @CsvSource({
        "libpcap is missing (install libpcap0.8), 3",
        "x.pcap: not a capture file, 1",
    })
    void readSaysWhyItCannot(final String cause, final int status, @TempDir final Path directory) throws IOException {
        final Path file = Files.writeString(directory.resolve("x.pcap"), "nothing");
        platform.backend = Map.of(ServiceProperties.AVAILABLE, false, ServiceProperties.UNAVAILABLE_CAUSE, cause);

        assertThat(run("read", file.toString())).isEqualTo(status);

        assertThat(err.toString()).isEqualTo("condis read: " + cause + System.lineSeparator());
        assertThat(platform.events)
                .containsExactly(
                        "configure dev.condis.adapter.pcap capture0",
                        "register (condis.adapter=capture0)",
                        "unregister",
                        "delete dev.condis.adapter.pcap");
    }

    @Test
    void unavailableAdapterIsStatusThree() {
        assertThat(run("capture", "eth9")).isEqualTo(3);
        assertThat(run("send", "eth9", "--flow", "vlan:1", "--hex", "08 00:45")).isEqualTo(3);
        assertThat(run("demo", "--standalone")).isEqualTo(3);
        assertThat(err.toString().lines())
                .containsExactly(
                        "condis capture: it is broken", "condis send: it is broken", "condis demo: it is broken");
        assertThat(platform.events)
                .endsWith(
                        "configure dev.condis.adapter.sim demo-a",
                        "configure dev.condis.adapter.sim demo-a",
                        "configure dev.condis.adapter.sim demo-b",
                        "configure dev.condis.callmgr.sim demo-cm",
                        "register (condis.adapter=demo-b)",
                        "register (condis.adapter=demo-a)",
                        "unregister",
                        "unregister",
                        "delete dev.condis.callmgr.sim",
                        "delete dev.condis.adapter.sim",
                        "delete dev.condis.adapter.sim",
                        "delete dev.condis.adapter.sim");
    }

    @Test
    void optionsWithoutACommandAreTheDemos() {
        assertThat(run("--calls", "2")).isEqualTo(3);
        assertThat(run()).isEqualTo(3);
        assertThat(err.toString().lines()).allMatch(line -> line.startsWith("condis demo: "));
    }

    @Test
    void readsWhatTheAdapterSaysOfItsSource() {
        final CaptureAdapter.Source source = CaptureAdapter.Source.of(Map.of(
                CaptureProperties.STATE,
                CaptureProperties.STATE_ENDED,
                CaptureProperties.FRAMES,
                7L,
                CaptureProperties.CAUSE,
                "cut off",
                CaptureProperties.SUMMARY,
                "frames 7, bytes 700, of_no_vc 2, VLAN id 4095 3, odd"));

        assertThat(source.ended()).isTrue();
        assertThat(source.frames()).contains(7L);
        assertThat(source.cause()).contains("cut off");
        assertThat(source.troubles()).containsExactly(Map.entry("VLAN id 4095", 3L), Map.entry("without a VC", 2L));
        assertThat(CaptureAdapter.Source.of(Map.of()).ended()).isFalse();
        assertThat(CaptureAdapter.Source.of(Map.of()).troubles()).isEmpty();
    }

    @Test
    void progressKeepsToOneLineOnATerminalOnly() {
        final PrintWriter writer = new PrintWriter(err);
        new Output(writer, writer, true).progress("half");
        new Output(writer, writer, false).progress("all");

        assertThat(err.toString()).isEqualTo("\rhalf\u001b[Kall" + System.lineSeparator());
    }

    @Test
    void aTableIsShownOverTheOneBefore() {
        final PrintWriter writer = new PrintWriter(err);
        final Output output = new Output(writer, writer, true);
        output.table(List.of("a", "b"), 0);
        output.table(List.of("c"), 2);

        final String end = System.lineSeparator();
        assertThat(err.toString())
                .isEqualTo("\u001b[?7la" + end + "b" + end + "\u001b[?7h\u001b[2A\r\u001b[J\u001b[?7lc" + end
                        + "\u001b[?7h");
    }
}
