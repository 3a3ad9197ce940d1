// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.ops4j.pax.exam.CoreOptions.bundle;
import static org.ops4j.pax.exam.CoreOptions.composite;
import static org.ops4j.pax.exam.CoreOptions.frameworkProperty;
import static org.ops4j.pax.exam.CoreOptions.junitBundles;
import static org.ops4j.pax.exam.CoreOptions.systemProperty;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.ops4j.pax.exam.Option;

/** The framework that every container test starts from: the resolution of {@code cnf/itest.bndrun} and the test libraries. */
final class Container {

    private Container() {}

    /** The bundles of the product without its command line, verifying and logging at WARN, JUnit, AssertJ and Awaitility. */
    static Option product() {
        return composite(frameworkProperty("condis.verify").value("true"), unverified());
    }

    /** The same without the verifier, as it runs in production. */
    static Option unverified() {
        return composite(
                systemProperty("org.ops4j.pax.logging.DefaultServiceLog.level").value("WARN"),
                bundlesOf("condis.itest.bundles"),
                bundlesOf("condis.itest.testBundles"),
                junitBundles());
    }

    /** Where the build left the bundle whose file name starts with {@code symbolicName}, for tests that update it. */
    static Path jarOf(String symbolicName) {
        return jarsIn("condis.itest.bundles").stream()
                .filter(jar -> jar.getFileName().toString().startsWith(symbolicName + "-"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("not exported by cnf/itest.bndrun: " + symbolicName));
    }

    /** Hands a system property of this build on to the test inside the framework. */
    static Option property(String name) {
        return systemProperty(name).value(System.getProperty(name));
    }

    private static Option bundlesOf(String property) {
        return composite(jarsIn(property).stream()
                .map(jar -> bundle(jar.toUri().toString()))
                .toArray(Option[]::new));
    }

    private static List<Path> jarsIn(String property) {
        Path folder = Path.of(System.getProperty(property)).normalize();
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException("run the build of cnf first: " + folder, e);
        }
    }
}
