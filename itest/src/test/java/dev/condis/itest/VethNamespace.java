// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.Assume.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.runner.JUnitCore;

/**
 * Runs a container test in a process of its own inside a new network namespace with the cable {@code va}, {@code vb}: whatever it sends stays there, and
 * the namespace is gone with the process.
 */
final class VethNamespace {
    private static final boolean REQUIRED = Boolean.getBoolean("condis.ci");
    private static final int MINUTES = 3;
    private static final String CABLE = "ip link add va address " + colons(PcapOnVeth.MAC_A)
            + " type veth peer name vb address " + colons(PcapOnVeth.MAC_B)
            + "; ip link set va up; ip link set vb up; ";

    private VethNamespace() {}

    /**
     * Runs a test class there, or skips the test where that is impossible.
     *
     * @return what it wrote, line by line
     */
    static List<String> run(final Class<?> test, final Path folder) throws Exception {
        require(works("unshare", "-n", "true"), "root, for a network namespace (unshare -n)");
        require(
                works("unshare", "-n", "ip", "link", "add", "va", "type", "veth", "peer", "name", "vb"),
                "veth pairs (iproute2)");
        require(works("sh", "-c", "ldconfig -p | grep -q 'libpcap\\.so'"), "libpcap: apt-get install libpcap0.8");
        final Path output = folder.resolve("output");

        final Process process = new ProcessBuilder(command(test))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        final boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly().waitFor();
        }

        assertThat(ended)
                .as("it ends; its output:%n%s", Files.readString(output))
                .isTrue();
        assertThat(process.exitValue())
                .as("exit code; output:%n%s", Files.readString(output))
                .isZero();
        assertThat(Files.readString(output)).contains("OK (");
        return Files.readAllLines(output);
    }

    private static List<String> command(final Class<?> test) {
        final String classPath = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        return List.of(
                "unshare",
                "-n",
                "sh",
                "-e",
                "-c",
                CABLE + "exec \"$@\"",
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                property("condis.itest.bundles"),
                property("condis.itest.testBundles"),
                property("org.ops4j.pax.url.mvn.localRepository"),
                property("org.ops4j.pax.url.mvn.offline"),
                "-cp",
                classPath,
                JUnitCore.class.getName(),
                test.getName());
    }

    private static String colons(final String mac) {
        return mac.replace('-', ':');
    }

    private static String property(final String name) {
        return "-D" + name + "=" + System.getProperty(name);
    }

    private static void require(final boolean there, final String what) {
        final String message = "needs " + what;
        if (REQUIRED) {
            assertThat(there).as(message).isTrue();
        }
        assumeTrue(message, there);
    }

    private static boolean works(final String... command) throws InterruptedException {
        try {
            return new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (final IOException e) {
            return false;
        }
    }
}
