// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.app.traffic.TrafficClient;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code demo}: live calls on a simulated network. */
@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        header = "Two simulated stations, two clients that call each other, traffic in both directions.",
        description = {
            "Meanwhile the NIC of the first station is replaced by another one, and that by the first, under the calls.",
            "Every PDU carries its number and a checksum, so that what is lost, doubled, out of order or damaged shows in the",
            "summary. Then the calls are closed, the virtual circuits deleted, and it is checked that nothing stays behind.",
            "",
            "Exit status: 0 all arrived (on a network that loses nothing) and nothing stayed behind; 1 otherwise;",
            "2 wrong usage; 3 the adapters did not come up."
        })
final class DemoCommand implements Callable<ExitStatus> {
    private static final int MOST_PDU_BYTES = 65_535;
    /** What a simulated NIC takes with its many short receive buffers. */
    private static final int SHORT_PDU_BYTES = 2048;

    private static final int MOST_WINDOW = 128;
    /** How many short receive buffers a simulated NIC has. */
    private static final int MOST_IN_FLIGHT = 4096;

    private static final long MOST_BYTES_IN_FLIGHT = 32L << 20;
    /** A sender has to wait at a swap until its NIC has transmitted what it has: that is to be little. */
    private static final int MOST_WINDOW_SWAPPED = 16;

    private static final int MOST_IN_FLIGHT_SWAPPED = 1024;
    /** There is one more NIC with receive buffers then. */
    private static final long MOST_BYTES_IN_FLIGHT_SWAPPED = 16L << 20;

    private static final int SENDERS = 2;
    private static final int DEFAULT_PDUS = 20_000;
    private static final int DEFAULT_SWAPS = 3;

    private final Platform platform;
    private final Output output;

    @Option(
            names = "--calls",
            paramLabel = "N",
            defaultValue = "8",
            description = "Calls, 1..4096. Default: ${DEFAULT-VALUE}.")
    private int calls = 8;

    @Option(
            names = "--pdus",
            paramLabel = "N",
            description =
                    "PDUs on each call and in each direction; then nothing is swapped. Default: as many as go while"
                            + " the NIC is swapped, 20000 with --swaps 0.")
    private Integer pdus;

    @Option(
            names = "--swaps",
            paramLabel = "N",
            description = "How often the NIC of the first station is replaced, 0..1000; the NICs are plain miniports"
                    + " then. Default: 3, 0 with --pdus.")
    private Integer swaps;

    @Option(
            names = "--interval",
            paramLabel = "MS",
            defaultValue = "1000",
            description = "Milliseconds between swaps, 1..60000. Default: ${DEFAULT-VALUE}.")
    private int interval = 1000;

    @Option(
            names = "--size",
            paramLabel = "BYTES",
            defaultValue = "512",
            description = "Length of a PDU, 20..65535. Default: ${DEFAULT-VALUE}.")
    private int size = 512;

    @Option(
            names = "--loss",
            paramLabel = "P",
            defaultValue = "0",
            description = "Probability that a link loses a PDU, 0..1. Default: 0.")
    private double loss;

    @Option(
            names = "--latency",
            paramLabel = "US",
            defaultValue = "0",
            description = "Latency of a link in microseconds. Default: 0.")
    private long latency;

    @Option(
            names = "--rate",
            paramLabel = "BPS",
            defaultValue = "0",
            description = "Rate of a link in bits per second, 0 for no limit. Default: 0.")
    private long rate;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Seed of everything random. Default: ${DEFAULT-VALUE}.")
    private long seed = 1;

    @Option(
            names = "--standalone",
            description = "Plain miniports with a stand-alone call manager above, instead of miniport call managers.")
    private boolean standalone;

    @Option(names = "--interactive", description = "Stay at the Gogo prompt afterwards; the adapters stay, too.")
    private boolean interactive;

    DemoCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    @Override
    public ExitStatus call() {
        check();
        final int window = window();
        final DemoNetwork.Conditions conditions = new DemoNetwork.Conditions(
                loss,
                Duration.ofNanos(latency * 1000),
                rate,
                seed,
                size > SHORT_PDU_BYTES ? calls * window : 0,
                standalone || swaps() > 0,
                swaps() > 0);
        final DemoRun.Plan plan = new DemoRun.Plan(
                calls,
                pdus().orElse(DEFAULT_PDUS),
                size,
                window,
                loss > 0,
                Duration.ofSeconds(5).plusNanos(latency * 10_000),
                swaps(),
                Duration.ofMillis(interval));
        final ExecutorService executor = Executors.newFixedThreadPool(SENDERS, daemons());
        try (DemoNetwork network = new DemoNetwork(platform, conditions)) {
            final ExitStatus status = new DemoRun(platform, output, plan, network, executor).run();
            if (interactive) {
                platform.runShell();
            }
            return status;
        } finally {
            executor.shutdownNow();
        }
    }

    private Optional<Integer> pdus() {
        return Optional.ofNullable(pdus);
    }

    private int swaps() {
        return Optional.ofNullable(swaps).orElse(pdus().isPresent() ? 0 : DEFAULT_SWAPS);
    }

    /** As many PDUs of each call as leave all calls together within what the NICs and the memory hold. */
    private int window() {
        final boolean swapped = swaps() > 0;
        final long bySize = mostBytes() / ((long) calls * size);
        final long byNic = (swapped ? MOST_IN_FLIGHT_SWAPPED : MOST_IN_FLIGHT) / calls;
        return (int) Math.max(1, Math.min(swapped ? MOST_WINDOW_SWAPPED : MOST_WINDOW, Math.min(bySize, byNic)));
    }

    private long mostBytes() {
        return swaps() > 0 ? MOST_BYTES_IN_FLIGHT_SWAPPED : MOST_BYTES_IN_FLIGHT;
    }

    private void check() {
        Options.within("--calls", calls, 1, 4096);
        Options.within("--pdus", pdus().orElse(0), 0, 100_000_000);
        Options.within("--swaps", swaps(), 0, 1000);
        Options.within("--interval", interval, 1, 60_000);
        if (pdus().isPresent() && swaps() > 0) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "--pdus and --swaps exclude each other: traffic flows until all swaps are done");
        }
        Options.within("--size", size, TrafficClient.Streams.MINIMUM_BYTES, MOST_PDU_BYTES);
        if ((long) calls * size > mostBytes()) {
            throw new CommandFailure(
                    ExitStatus.USAGE,
                    "--calls times --size is at most " + mostBytes() + ": " + calls + " times " + size);
        }
        Options.within("--loss", loss, 0, 1);
        Options.within("--latency", latency, 0, 60_000_000);
        Options.within("--rate", rate, 0, 1e12);
    }

    private static ThreadFactory daemons() {
        return task -> {
            final Thread thread = new Thread(task, "condis-demo");
            thread.setDaemon(true);
            return thread;
        };
    }
}
