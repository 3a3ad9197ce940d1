// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Runs the executable jar as its users do. */
class CondisJarIT {
    private static final long SECONDS = 300;

    /** What the public captures hold, according to the index that lies beside them. */
    private static final Map<String, List<String>> PUBLIC = Map.ofEntries(
            Map.entry("zeek-pppoe.pcap", List.of("PPPoE sessions: 1 (0x0011)", "Frames read: 65")),
            Map.entry(
                    "zeek-pppoe-over-qinq.pcap",
                    List.of("PPPoE sessions: 1 (0x0f07)", "VLAN IDs: 2 (2474, 3704)", "Frames read: 86")),
            Map.entry("suricata-verify-pppoe.pcap", List.of("PPPoE sessions: 2 (0x0001, 0x0002)", "Frames read: 37")),
            Map.entry("pcapplusplus-PPPoEDiscovery.pcap", List.of("PPPoE sessions: 1 (0x0011)", "Frames read: 2")),
            Map.entry(
                    "zeek-mixed-vlan-mpls.pcap",
                    List.of("VLAN IDs: 1 (4093)", "MPLS labels: 1 (29), deepest stack 1", "Frames read: 47")),
            Map.entry(
                    "zeek-mpls-in-vlan.pcap",
                    List.of("VLAN IDs: 3 (0, 3199, 3399)", "MPLS labels: 3 (", "deepest stack 2", "Frames read: 3")),
            Map.entry("zeek-vlan-qinqinq.pcap", List.of("VLAN IDs: 3 (10, 20, 30)", "Frames read: 14")),
            Map.entry("tcpdump-802.1ad_QinQ.pcap", List.of("VLAN IDs: 2 (200, 2001)", "Frames read: 2")),
            Map.entry("pcapplusplus-VlanPackets.pcap", List.of("VLAN IDs: 4 (10, 20, 118, 209)", "Frames read: 26")),
            Map.entry("zeek-vlan-pcp-dei.pcapng", List.of("VLAN IDs: 2 (10, 20)", "Frames read: 9")),
            Map.entry(
                    "tcpdump-mpls-traceroute.pcap", List.of("MPLS labels: 1 (", "deepest stack 1", "Frames read: 18")),
            Map.entry("tcpdump-mpls-over-udp.pcap", List.of("MPLS labels: 2 (", "deepest stack 1", "Frames read: 2")),
            Map.entry("made/linux-atm-svc-call.pcap", List.of("ATM VCs: 2 (0/5, 0/32)", "Frames read: 50")),
            Map.entry(
                    "made/linux-br2684-pvcs.pcap",
                    List.of("ATM VCs: 4 (0/100, 0/101, 1/102, 1/200)", "Frames read: 25")),
            Map.entry(
                    "made/linux-vlan-qinq-mpls.pcap",
                    List.of(
                            "VLAN IDs: 3 (7, 100, 200)",
                            "MPLS labels: 4 (501, 502, 701, 702), deepest stack 2",
                            "Frames read: 46")),
            Map.entry(
                    "made/rp-pppoe-discovery.pcap", List.of("PPPoE sessions: 2 (0x0001, 0x0002)", "Frames read: 18")));

    @TempDir
    private Path directory;

    private record Run(int status, String out, String err) {
        /** The part of the output that belongs to one of several files. */
        private String section(final Path file) {
            final int from = out.indexOf(file + ":");
            assertThat(from).as("the section of %s", file).isNotNegative();
            final int to = out.indexOf(System.lineSeparator() + System.lineSeparator() + "/", from);
            return to < 0 ? out.substring(from) : out.substring(from, to);
        }
    }

    private Run run(final String... arguments) throws IOException, InterruptedException {
        // short runs: the second compiler would only take time from them
        return runOn(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1"), arguments);
    }

    private Run runOn(final List<String> jvm, final String... arguments) throws IOException, InterruptedException {
        final List<String> command = new ArrayList<>(
                List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
        command.addAll(jvm);
        command.addAll(List.of("-jar", System.getProperty("condis.jar")));
        command.addAll(Arrays.asList(arguments));
        final Path out = Files.createTempFile("condis", ".out");
        final Path err = Files.createTempFile("condis", ".err");
        try {
            final Process process = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .redirectOutput(out.toFile())
                    .redirectError(err.toFile())
                    .start();
            process.getOutputStream().close();
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                fail("no end within %d s: %s", SECONDS, command);
            }
            return new Run(process.exitValue(), Files.readString(out), withoutWarningsOfTheJvm(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** Java 24 and later warn of what the framework does with {@code sun.misc.Unsafe}. */
    private static String withoutWarningsOfTheJvm(final Path err) throws IOException {
        return Files.readString(err).replaceAll("(?m)^WARNING: .*\\R", "");
    }

    /** A run of {@code read}; where libpcap is missing the test is skipped, but not where everything has to run. */
    private Run read(final List<Path> files) throws IOException, InterruptedException {
        final Run run = run(Stream.concat(Stream.of("read"), files.stream().map(Path::toString))
                .toArray(String[]::new));
        if (run.err().contains("libpcap is missing")) {
            assertThat(run.status()).isEqualTo(3);
            assertThat(run.err()).contains("install libpcap0.8");
            skip("libpcap is missing");
        }
        return run;
    }

    private static void skip(final String reason) {
        if (Boolean.getBoolean("condis.ci")) {
            fail(reason);
        }
        abort(reason);
    }

    private static void assertNoStackTrace(final Run run) {
        assertThat(run.out() + run.err()).doesNotContain("\tat ", "Exception in");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"demo", "demo --standalone", "", "demo --latency 200 --rate 1000000000", "demo --interactive"})
    void demoLosesNothing(final String line) throws Exception {
        final String arguments = line + " --calls 4 --pdus 500";

        final Run run = run(arguments.strip().split(" +"));

        assertThat(run.err()).contains("4,000 of 4,000 PDUs received (100 %)").doesNotContain("WARN  d.c.", "ERROR");
        assertThat(run.status()).as(run.err()).isZero();
        assertThat(run.out().lines().filter(text -> text.startsWith("both")).findFirst())
                .hasValueSatisfying(text -> assertThat(text.split(" +"))
                        .startsWith("both", "4", "4,000", "4,000", "2,048,000", "0", "0", "0", "0"));
        assertThat(directory).isEmptyDirectory();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "demo --standalone"})
    void theDriversOfTheDemoBreakNoRule(final String line) throws Exception {
        final List<String> jvm = List.of("-Xmx256m", "-Dcondis.verify=true", "-Dcondis.verify.fatal=true");

        final Run run = runOn(jvm, (line + " --calls 4 --pdus 500").split(" "));

        assertThat(run.err()).contains("4,000 of 4,000 PDUs received (100 %)").doesNotContain("WARN  d.c.", "ERROR");
        assertThat(run.status()).as(run.err()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo --swaps 5 --interval 200",
                "--calls 200 --swaps 5 --interval 200",
                "--swaps 3 --interval 200 --latency 500",
                "--calls 64 --swaps 3 --interval 200 --latency 200 --rate 1000000000"
            })
    void demoLosesNothingWhenTheNicIsSwapped(final String line) throws Exception {
        final Run run = run(line.split(" "));

        assertThat(run.err()).doesNotContain("WARN  d.c.", "ERROR");
        assertThat(run.status()).as(run.err() + run.out()).isZero();
        assertThat(run.out().lines().filter(text -> text.startsWith("both")).findFirst())
                .hasValueSatisfying(text ->
                        assertThat(List.of(text.split(" +")).subList(5, 9)).containsOnly("0"));
        final Matcher swaps = Pattern.compile("swaps: (\\d), VCs moved: ([0-9,]+), .* failed: 0")
                .matcher(run.out());
        assertThat(swaps.find()).as(run.out()).isTrue();
        assertThat(line).contains("--swaps " + swaps.group(1));
        assertThat(number(swaps.group(2))).isGreaterThanOrEqualTo(3 * 8);
        assertThat(run.out()).containsPattern("gap that the senders of a VC saw: p50 .* us, p99 .* us, max .* us");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--size 65535 --pdus 300",
                "--size 20 --calls 300 --pdus 200",
                "--size 65535 --pdus 300 --latency 500"
            })
    void demoLosesNothingAtItsLimits(final String line) throws Exception {
        final Run run = run(("demo " + line).split(" "));

        assertThat(run.status()).as(run.err() + run.out()).isZero();
    }

    @Test
    void demoCountsWhatALossyNetworkLoses() throws Exception {
        final Run run = run("demo", "--calls", "2", "--pdus", "2000", "--loss", "0.1");

        assertThat(run.status()).as(run.err()).isZero();
        final List<String> both = List.of(run.out()
                .lines()
                .filter(line -> line.startsWith("both"))
                .findFirst()
                .orElseThrow()
                .split(" +"));
        final int received = number(both.get(3));
        assertThat(received).isBetween(5000, 7500);
        assertThat(number(both.get(5))).isEqualTo(8000 - received);
        assertThat(both.subList(6, 9)).containsExactly("0", "0", "0");
    }

    private static int number(final String text) {
        return Integer.parseInt(text.replace(",", ""));
    }

    @Test
    void helpAndWrongUsage() throws Exception {
        assertThat(run("--help").status()).isZero();
        final Run wrong = run("demo", "--calls", "none");
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).startsWith("condis demo: Invalid value for option '--calls'");
        assertThat(wrong.err().lines()).hasSize(1);
    }

    @Test
    void readsCapturesWholeCompressedAndCut() throws Exception {
        final byte[] capture = capture(3);
        final Path whole = Files.write(directory.resolve("whole.pcap"), capture);
        final Path compressed = directory.resolve("compressed.pcap.gz");
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            out.write(capture);
        }
        final Path cut = Files.write(directory.resolve("cut.pcap"), Arrays.copyOf(capture, capture.length - 5));

        final Run run = read(List.of(whole, compressed, cut));

        assertThat(run.section(whole)).contains("VLAN  vlan:7     3     48", "VLAN IDs: 1 (7)", "Frames read: 3");
        assertThat(run.section(compressed)).contains("VLAN  vlan:7     3     48", "Frames read: 3");
        assertThat(run.section(cut)).contains("VLAN  vlan:7     2     32", "Frames read: 2");
        assertThat(run.err()).startsWith("only a part was readable: ").contains("truncated");
        assertThat(run.status()).isEqualTo(1);
        assertNoStackTrace(run);
    }

    /** Frames of VLAN 7 with an EtherType and 14 octets, in a capture file of Ethernet. */
    private static byte[] capture(final int frames) {
        final ByteArrayOutputStream file = new ByteArrayOutputStream();
        file.writeBytes(ByteBuffer.allocate(24)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(0xa1b2c3d4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(65_535)
                .putInt(1)
                .array());
        for (int i = 0; i < frames; i++) {
            file.writeBytes(ByteBuffer.allocate(16)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putInt(1_000_000_000 + i)
                    .putInt(i)
                    .putInt(32)
                    .putInt(32)
                    .array());
            file.writeBytes(ByteBuffer.allocate(32)
                    .put(new byte[] {2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2})
                    .putShort((short) 0x8100)
                    .putShort((short) 7)
                    .putShort((short) 0x88b5)
                    .array());
        }
        return file.toByteArray();
    }

    @Test
    void saysWhatIsNoCapture() throws Exception {
        final Path text = Files.write(directory.resolve("x.txt"), "no capture".getBytes(StandardCharsets.UTF_8));

        final Run run = read(List.of(text));

        assertThat(run.status()).isEqualTo(1);
        assertThat(run.err()).startsWith("condis read: not a capture file").contains("x.txt");
        assertThat(run.err().lines()).hasSize(1);
    }

    private static Path captures() {
        final String named = System.getProperty("condis.captures", "");
        final Path folder = named.isEmpty() ? Path.of("..", "..", "shared", "captures") : Path.of(named);
        if (!Files.isDirectory(folder)) {
            abort("no captures at " + folder.toAbsolutePath().normalize() + " (property condis.captures)");
        }
        return folder.toAbsolutePath().normalize();
    }

    @Test
    void findsInPublicCapturesWhatTheirIndexSays() throws Exception {
        final Path folder = captures();
        final List<Path> files =
                PUBLIC.keySet().stream().sorted().map(folder::resolve).toList();

        final Run run = read(files);

        assertThat(run.status()).as(run.err()).isZero();
        PUBLIC.forEach((name, facts) ->
                assertThat(run.section(folder.resolve(name))).as(name).contains(facts));
    }

    @Test
    void survivesHostileCaptures() throws Exception {
        final Path folder = captures();
        final List<Path> files = new ArrayList<>();
        for (final String name : List.of("hostile", "hostile-made")) {
            try (Stream<Path> listed = Files.list(folder.resolve(name))) {
                listed.sorted().forEach(files::add);
            }
        }

        final Run run = read(files);

        assertThat(run.status()).isLessThanOrEqualTo(1);
        assertNoStackTrace(run);
        for (final Path file : files) {
            assertThat(run.section(file).contains("VCs: ") || run.err().contains(file.toString()))
                    .as("a report or a reason for %s", file)
                    .isTrue();
        }
    }
}
