// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck;

import dev.condis.tck.report.JUnitXml;
import dev.condis.tck.report.Report;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Keeps the reports of a test run beside its other results. */
public final class Reports {
    private static final Path FOLDER = Path.of("target", "tck");

    private Reports() {}

    public static void write(final Report report) {
        final String name = (report.kind() + "-" + report.subject()).replaceAll("[^a-zA-Z0-9]+", "-");
        try {
            Files.createDirectories(FOLDER);
            Files.writeString(FOLDER.resolve(name + ".txt"), report.toText());
            Files.writeString(FOLDER.resolve(name + ".xml"), JUnitXml.of(report));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
