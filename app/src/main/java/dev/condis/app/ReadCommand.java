// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code read}: a capture file as an adapter. */
@Command(
        name = "read",
        mixinStandardHelpOptions = true,
        header = "Read capture files: each flow in it becomes an incoming call.",
        description = {
            "A file is an adapter that only receives. Each flow found in it (VLAN, MPLS label stack, PPPoE session, ATM",
            "connection, or a station and what it sends) becomes a virtual circuit, offered as an incoming call and taken.",
            "Prints one line for each, then which identifiers occur. Formats: pcap and pcapng, also compressed with gzip.",
            "",
            "Exit status, the worst of all files: 0 read whole; 1 damaged, the readable part is printed; 2 no such file;",
            "3 libpcap is missing."
        })
final class ReadCommand implements Callable<ExitStatus> {
    private final Platform platform;
    private final Output output;

    @Parameters(paramLabel = "FILE", arity = "1..*", description = "Capture files.")
    private List<Path> files = List.of();

    ReadCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    @Override
    public ExitStatus call() {
        if (files.size() == 1) {
            return read(files.get(0), 0);
        }
        ExitStatus worst = ExitStatus.OK;
        for (int i = 0; i < files.size(); i++) {
            output.line((i == 0 ? "" : System.lineSeparator()) + files.get(i) + ":");
            final ExitStatus status = readOneOfMany(files.get(i), i);
            worst = status.compareTo(worst) > 0 ? status : worst;
        }
        return worst;
    }

    private ExitStatus readOneOfMany(final Path file, final int number) {
        try {
            return read(file, number);
        } catch (final CommandFailure e) {
            output.note("condis read: " + e.getMessage());
            return e.status();
        }
    }

    private ExitStatus read(final Path file, final int number) {
        check(file);
        final String adapter = "capture" + number;
        return new FlowSession(platform, output, adapter)
                .run(
                        new CaptureAdapter(adapter, file.toAbsolutePath().toString(), CaptureAdapter.Mode.MCM),
                        pdus -> false,
                        cause -> new CommandFailure(statusOf(cause), cause),
                        () -> {
                            // a file is read at once
                        });
    }

    private static void check(final Path file) {
        if (!Files.exists(file)) {
            throw new CommandFailure(ExitStatus.USAGE, "'" + file + "': no such file");
        }
        if (!Files.isRegularFile(file)) {
            throw new CommandFailure(ExitStatus.USAGE, "'" + file + "': not a file");
        }
        if (!Files.isReadable(file)) {
            throw new CommandFailure(ExitStatus.USAGE, "'" + file + "': not readable by this user");
        }
    }

    private static ExitStatus statusOf(final String cause) {
        return cause.startsWith("libpcap is missing") ? ExitStatus.ADAPTER_UNAVAILABLE : ExitStatus.FAULTS;
    }
}
