// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Where recorded captures are, and what the machine lacks. */
final class Captures {

    private Captures() {}

    /** Skips the test without libpcap, or fails it where nothing may be missing. */
    static void requireLibpcap() {
        Libpcap.unavailabilityCause().ifPresent(Captures::missing);
    }

    static void missing(final String what) {
        if (Boolean.getBoolean("condis.ci")) {
            fail(what);
        }
        abort(what);
    }

    /** The folder with captures, or the test is skipped: they are not part of this repository. */
    static Path folder() {
        final Path here = Path.of("").toAbsolutePath();
        final List<Path> candidates = Stream.of(
                        Path.of(System.getProperty("condis.captures", "captures")),
                        here.resolve("../shared/captures"),
                        here.resolve("../../shared/captures"))
                .toList();
        return candidates.stream()
                .filter(path -> Files.isRegularFile(path.resolve("index.md")))
                .findFirst()
                .orElseGet(() -> abort("no captures: set -Dcondis.captures to their folder"));
    }

    static Path file(final String name) {
        final Path path = folder().resolve(name);
        if (!Files.isRegularFile(path)) {
            abort("no capture " + path);
        }
        return path;
    }

    static List<Path> all(final String subfolder) {
        try (Stream<Path> files = Files.list(folder().resolve(subfolder))) {
            return files.filter(path -> path.toString().contains(".pcap"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
