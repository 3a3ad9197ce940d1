// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code send} and {@code capture} at the two ends of a veth pair, in a network namespace that lives as long as the test. */
class CaptureOnVethIT {
    private static final long SECONDS = 120;
    private static final String PAYLOAD = "88b5" + "5a".repeat(60);

    @TempDir
    private Path directory;

    private Process namespace;

    @BeforeEach
    void makeTheNamespace() throws Exception {
        require("root, for a network namespace (unshare -n)", "unshare", "-n", "true");
        require(
                "iproute2, for a veth pair",
                "unshare",
                "-n",
                "ip",
                "link",
                "add",
                "va",
                "type",
                "veth",
                "peer",
                "name",
                "vb");
        require("libpcap: apt-get install libpcap0.8", "sh", "-c", "ldconfig -p | grep -q 'libpcap\\.so'");
        // without IPv6 nobody but the test sends; the shell ends with its standard input
        namespace = new ProcessBuilder(
                        "unshare",
                        "-n",
                        "sh",
                        "-ec",
                        "for c in all default; do echo 1 > /proc/sys/net/ipv6/conf/$c/disable_ipv6; done;"
                                + " ip link add va type veth peer name vb; ip link set va up; ip link set vb up;"
                                + " echo ready; exec cat")
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        assertThat(namespace.inputReader().readLine()).isEqualTo("ready");
    }

    @AfterEach
    void endTheNamespace() throws Exception {
        if (namespace != null) {
            namespace.getOutputStream().close();
            namespace.waitFor();
        }
    }

    private static void require(final String what, final String... command) throws InterruptedException {
        boolean there;
        try {
            there = new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (final IOException e) {
            there = false;
        }
        if (Boolean.getBoolean("condis.ci")) {
            assertThat(there).as("needs " + what).isTrue();
        }
        assumeTrue(there, "needs " + what);
    }

    /** A command of the jar inside the namespace. */
    private Process start(final String name, final String... arguments) throws IOException {
        final List<String> command = new ArrayList<>(List.of(
                "nsenter",
                "--net=/proc/" + namespace.pid() + "/ns/net",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-jar",
                System.getProperty("condis.jar")));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(directory.resolve(name + ".err").toFile())
                .start();
    }

    private void succeeds(final String name, final Process process) throws Exception {
        final boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("%s ends", name).isTrue();
        assertThat(process.exitValue()).as("%s: %s", name, text(name + ".err")).isZero();
        assertThat(text(name + ".err")).doesNotContain("\tat ", "ERROR");
    }

    private String text(final String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    @Test
    void whatOneEndSendsTheOtherCapturesAndAFileKeeps() throws Exception {
        final Path file = directory.resolve("kept.pcap");
        final Process capture = start("capture", "capture", "vb", "--count", "5", "--write", file.toString());
        await().atMost(Duration.ofSeconds(SECONDS))
                .untilAsserted(() -> assertThat(text("capture.err")).contains("listening on vb"));

        succeeds("send", start("send", "send", "va", "--flow", "vlan:100", "--hex", PAYLOAD, "--count", "5"));
        succeeds("capture", capture);
        succeeds("read", start("read", "read", file.toString()));

        assertThat(text("capture.out")).contains("VLAN  vlan:100     5", "VLAN IDs: 1 (100)");
        assertThat(text("read.out")).contains("VLAN  vlan:100     5", "VLAN IDs: 1 (100)", "Frames read: 5");
    }
}
