// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import static org.awaitility.Awaitility.await;

import dev.condis.adapter.pcap.VethPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** {@code pppoe-server} of rp-pppoe on the right interface: an access concentrator that nobody here wrote. Each of its sessions is a process. */
final class RealServer implements AutoCloseable {
    static final String AC_NAME = "real-ac";
    private static final String PROGRAM = "/usr/sbin/pppoe-server";
    private static final String STUB = "#!/bin/sh\nexec sleep 100000\n";

    private final Process process;
    private final Path stub;

    private RealServer(final Process process, final Path stub) {
        this.process = process;
        this.stub = stub;
    }

    /** Starts it with services and a bound on sessions; or skips the test where it is missing. */
    static RealServer start(final VethPair pair, final Path folder, final int sessions, final String... services) {
        VethPair.requireProgram(PROGRAM, "pppoe");
        try {
            final Path stub = Files.writeString(folder.resolve("condis-pppd-" + pair.hashCode()), STUB);
            Files.setPosixFilePermissions(stub, PosixFilePermissions.fromString("rwxr-xr-x"));
            final Path options = Files.writeString(folder.resolve("options"), "");
            final List<String> command = new ArrayList<>(List.of(
                    PROGRAM,
                    "-F",
                    "-I",
                    "right",
                    "-C",
                    AC_NAME,
                    "-N",
                    Integer.toString(sessions),
                    "-q",
                    stub.toString(),
                    "-Q",
                    "/usr/sbin/pppoe",
                    "-O",
                    options.toString()));
            for (final String service : services) {
                command.addAll(List.of("-S", service));
            }
            return new RealServer(pair.start(command.toArray(String[]::new)), stub);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many sessions it has. */
    long sessions() {
        return process.descendants()
                .filter(child -> child.info()
                        .commandLine()
                        .map(line -> line.contains("sleep") || line.contains(stub.toString()))
                        .orElse(false))
                .count();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Ends as an operator ends it: with a PADT in each session. */
    void terminate() {
        process.destroy();
        await().atMost(Duration.ofSeconds(30)).until(() -> !process.isAlive());
    }

    @Override
    public void close() {
        final List<ProcessHandle> children = process.descendants().toList();
        process.destroy();
        children.forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
