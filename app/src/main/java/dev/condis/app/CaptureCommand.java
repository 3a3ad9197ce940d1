// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code capture}: a live interface as an adapter. */
@Command(
        name = "capture",
        mixinStandardHelpOptions = true,
        header = "Receive from an interface: each flow becomes an incoming call.",
        description = {
            "As 'read', but live. Ends after --count PDUs, after --seconds, or at Ctrl-C, whichever comes first, and prints",
            "the table of virtual circuits. Needs libpcap and the privilege to capture (root, or CAP_NET_RAW).",
            "",
            "Exit status: 0 done; 1 the capture broke off; 2 wrong usage; 3 the interface cannot be opened."
        })
final class CaptureCommand implements Callable<ExitStatus> {
    private static final String ADAPTER = "capture0";

    private final Platform platform;
    private final Output output;

    @Parameters(paramLabel = "IFACE", description = "Name of the interface, for example eth0.")
    private String source = "";

    @Option(names = "--write", paramLabel = "FILE", description = "Also write every frame to a capture file.")
    private Optional<Path> write = Optional.empty();

    @Option(names = "--count", paramLabel = "N", description = "End when N PDUs have come, 1 or more.")
    private Optional<Long> count = Optional.empty();

    @Option(names = "--seconds", paramLabel = "S", description = "End after S seconds, 1 or more.")
    private Optional<Long> seconds = Optional.empty();

    @Option(names = "--promiscuous", description = "Receive frames for other stations, too.")
    private boolean promiscuous;

    CaptureCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    @Override
    public ExitStatus call() {
        Options.atLeast("--count", count, 1);
        Options.atLeast("--seconds", seconds, 1);
        final CaptureAdapter adapter =
                new CaptureAdapter(ADAPTER, source, CaptureAdapter.Mode.MCM).promiscuous(promiscuous);
        write.ifPresent(adapter::writing);
        final FlowSession session = new FlowSession(platform, output, ADAPTER);
        final long start = System.nanoTime();
        try (Interrupts ignored = Interrupts.call(session::stop)) {
            return session.run(
                    adapter,
                    pdus -> isOver(pdus, Duration.ofNanos(System.nanoTime() - start)),
                    cause -> new CommandFailure(ExitStatus.ADAPTER_UNAVAILABLE, cause),
                    () -> output.note("listening on " + source));
        }
    }

    private boolean isOver(final long pdus, final Duration elapsed) {
        return count.map(most -> pdus >= most).orElse(false)
                || seconds.map(most -> elapsed.toSeconds() >= most).orElse(false);
    }
}
