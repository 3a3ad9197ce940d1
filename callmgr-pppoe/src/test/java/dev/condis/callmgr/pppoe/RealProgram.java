// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.adapter.pcap.VethPair;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** A program of rp-pppoe that runs as a host on the right interface, with what it writes. Its input stays open until it is closed. */
final class RealProgram implements AutoCloseable {
    private final Process process;
    private final StringBuffer output = new StringBuffer();
    private final CompletableFuture<Void> read;

    private RealProgram(final Process process) {
        this.process = process;
        this.read = CompletableFuture.runAsync(this::read, task -> {
            final Thread thread = new Thread(task, "real-program");
            thread.setDaemon(true);
            thread.start();
        });
    }

    static RealProgram start(final VethPair pair, final String... command) {
        VethPair.requireProgram(command[0], "pppoe");
        try {
            return new RealProgram(pair.start(command));
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void read() {
        final byte[] some = new byte[1024];
        try {
            for (int count = process.getInputStream().read(some);
                    count >= 0;
                    count = process.getInputStream().read(some)) {
                output.append(new String(some, 0, count, StandardCharsets.ISO_8859_1));
            }
        } catch (final IOException e) {
            output.append(e);
        }
    }

    /** Gives it something to read. */
    void write(final byte[] octets) {
        try {
            process.getOutputStream().write(octets);
            process.getOutputStream().flush();
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String output() {
        return output.toString();
    }

    boolean isRunning() {
        return process.isAlive();
    }

    /** Waits for its end; answers with its exit code. */
    int exitCode() {
        try {
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end: " + output);
            }
            read.orTimeout(10, TimeUnit.SECONDS).join();
            return process.exitValue();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
    }
}
