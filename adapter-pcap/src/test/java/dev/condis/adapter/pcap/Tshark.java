// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** What tshark and tcpdump, which nobody here wrote, say is in a capture file. */
final class Tshark {
    static final String TSHARK = "/usr/bin/tshark";
    private static final String TCPDUMP = "/usr/bin/tcpdump";

    private Tshark() {}

    /**
     * One frame as tshark reads it.
     *
     * @param fields the fields that were asked for
     * @param values the values of each, from the outermost on
     */
    record Row(List<String> fields, List<List<String>> values) {

        /** The values of a field, from the outermost on. */
        List<String> all(final String field) {
            final int at = fields.indexOf(field);
            assertThat(at).as("field %s was asked for", field).isNotNegative();
            return values.get(at);
        }

        /** The values of a field that is a number, decimal or with 0x. */
        List<Long> numbers(final String field) {
            return all(field).stream().map(Long::decode).toList();
        }

        boolean has(final String field) {
            return !all(field).isEmpty();
        }
    }

    /**
     * What a program said.
     *
     * @param code its exit code
     * @param out lines that it wrote to its output
     * @param errors lines that it wrote beside it
     */
    record Said(int code, List<String> out, List<String> errors) {}

    /** Skips the test without tshark, or fails it where nothing may be missing. */
    static void requireTshark() {
        VethPair.requireProgram(TSHARK, "tshark");
    }

    /** Skips the test without tcpdump, or fails it where nothing may be missing. */
    static void requireTcpdump() {
        VethPair.requireProgram(TCPDUMP, "tcpdump");
    }

    /** Has tshark read a file to its end. */
    static List<Row> read(final Path file, final List<String> fields) {
        final Said said = run(command(file, fields));
        assertThat(said.code()).as("exit code of tshark; %s", said.errors()).isZero();
        return rows(said, fields);
    }

    private static List<String> command(final Path file, final List<String> fields) {
        final List<String> command =
                new ArrayList<>(List.of(TSHARK, "-n", "-r", file.toString(), "-o", "ip.check_checksum:TRUE"));
        command.addAll(List.of("-o", "udp.check_checksum:TRUE", "-T", "fields"));
        command.addAll(List.of("-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=,"));
        fields.forEach(field -> command.addAll(List.of("-e", field)));
        return command;
    }

    private static List<Row> rows(final Said said, final List<String> fields) {
        return said.out().stream()
                .map(line -> new Row(
                        fields,
                        Stream.of(line.split("\t", fields.size()))
                                .map(Tshark::values)
                                .toList()))
                .toList();
    }

    private static List<String> values(final String column) {
        return column.isEmpty() ? List.of() : List.of(column.split(","));
    }

    /** Has tcpdump read a file. */
    static Said tcpdump(final Path file) {
        return run(List.of(TCPDUMP, "-nn", "-e", "-r", file.toString()));
    }

    /** Runs a program to its end. */
    static Said run(final List<String> command) {
        try {
            final Path errors = Files.createTempFile("condis-test-", ".errors");
            try {
                final Process process = new ProcessBuilder(command)
                        .redirectError(errors.toFile())
                        .start();
                process.getOutputStream().close();
                final List<String> out;
                try (Stream<String> lines = process.inputReader().lines()) {
                    out = lines.toList();
                }
                return new Said(process.waitFor(), out, Files.readAllLines(errors));
            } finally {
                Files.deleteIfExists(errors);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Octets as tshark writes them: two digits each, nothing between. */
    static String hex(final byte[] octets, final int from) {
        final StringBuilder text = new StringBuilder();
        IntStream.range(from, octets.length).forEach(i -> text.append(String.format("%02x", octets[i])));
        return text.toString();
    }
}
