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

/** The {@code pppoe} commands at the two ends of a veth pair, in a network namespace that lives as long as the test. */
class PppoeOnVethIT {
    private static final long SECONDS = 120;

    @TempDir
    private Path directory;

    private Process namespace;

    @BeforeEach
    void makeTheNamespace() throws Exception {
        require("root, for a network namespace (unshare -n), and iproute2", "unshare", "-n", "ip", "link", "show");
        require("libpcap: apt-get install libpcap0.8", "sh", "-c", "ldconfig -p | grep -q 'libpcap\\.so'");
        namespace = new ProcessBuilder(
                        "unshare",
                        "-n",
                        "sh",
                        "-ec",
                        "ip link add va type veth peer name vb; ip link set va up; ip link set vb up;"
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
                System.getProperty("condis.jar"),
                "pppoe"));
        command.addAll(Arrays.asList(arguments));
        return new ProcessBuilder(command)
                .redirectInput(Path.of("/dev/null").toFile())
                .redirectOutput(directory.resolve(name + ".out").toFile())
                .redirectError(directory.resolve(name + ".err").toFile())
                .start();
    }

    private void ends(final String name, final Process process, final int code) throws Exception {
        final boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        assertThat(ended).as("%s ends", name).isTrue();
        assertThat(process.exitValue())
                .as("%s: %s %s", name, text(name + ".out"), text(name + ".err"))
                .isEqualTo(code);
        assertThat(text(name + ".err")).doesNotContain("\tat ", "ERROR");
    }

    private String text(final String file) throws IOException {
        return Files.readString(directory.resolve(file));
    }

    @Test
    void oneEndServesAndTheOtherFindsItAndCalls() throws Exception {
        final Process serve = start("serve", "serve", "vb", "--service", "internet", "--ac", "here", "--max", "3");
        await().atMost(Duration.ofSeconds(SECONDS))
                .untilAsserted(() -> assertThat(text("serve.err")).contains("serving on vb"));

        ends("discover", start("discover", "discover", "va", "--service", "internet"), 0);
        assertThat(text("discover.out")).contains("ACCESS CONCENTRATOR", "here", "internet");

        ends("call", start("call", "call", "va", "--service", "internet", "--count", "3", "--seconds", "5"), 0);
        assertThat(text("call.out"))
                .contains("3 of 3 calls were established", "internet of here", "opened", "UP s", "OCTETS")
                .containsPattern("1 +\\d+ +[0-9a-fA-F]{2}(-[0-9a-fA-F]{2}){5} ")
                .doesNotContain("calling");
        assertThat(text("call.err")).contains("session #1 with ", ": up, internet of here", ": opened, ");

        ends("nobody", start("nobody", "call", "va", "--service", "tv"), 1);
        assertThat(text("nobody.out"))
                .contains("0 of 1 calls were established", "1 failed (NO_ROUTE_TO_DESTINATION 1)");

        serve.toHandle().descendants().forEach(ProcessHandle::destroy);
        serve.destroy();
        ends("serve", serve, 0);
        assertThat(text("serve.out")).contains("3 sessions: 0 up, 0 failed", "by the peer");
        assertThat(text("serve.err")).contains("session #3 with ", ": closed, by the peer");
    }

    /** Somebody ends one end: each session ends with a PADT, which the other end hears, and the exit status is that of the calls. */
    @Test
    void whoIsAskedToEndClosesTheSessionsByTheBook() throws Exception {
        final Process serve = start("serve", "serve", "vb", "--service", "internet");
        await().atMost(Duration.ofSeconds(SECONDS))
                .untilAsserted(() -> assertThat(text("serve.err")).contains("serving on vb"));
        final Process call = start("call", "call", "va", "--count", "5");
        await().atMost(Duration.ofSeconds(SECONDS))
                .untilAsserted(() -> assertThat(text("call.err")).contains("session #5 with ", ": opened, "));

        interrupt(call);
        ends("call", call, 0);
        assertThat(text("call.out")).contains("5 of 5 calls were established");
        await().atMost(Duration.ofSeconds(SECONDS))
                .untilAsserted(() -> assertThat(text("serve.err").lines().filter(line -> line.endsWith("by the peer")))
                        .hasSize(5));

        interrupt(serve);
        ends("serve", serve, 0);
        assertThat(text("serve.out")).contains("5 sessions: 0 up, 0 failed");
    }

    /** A request to terminate is what Ctrl-C is; that one may be ignored in what runs the tests, and so in what they start. */
    private static void interrupt(final Process process) {
        process.toHandle().descendants().forEach(ProcessHandle::destroy);
        process.destroy();
    }
}
