// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench;

import dev.condis.bench.swap.SwapComparison;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.openjdk.jmh.Main;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.CommandLineOptionException;
import org.openjdk.jmh.runner.options.CommandLineOptions;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.osgi.framework.BundleException;

/** Runs the benchmarks, with any option of JMH, and prints what the core costs above a plain interface call. */
public final class BenchMain {
    private static final String ALLOCATED = "gc.alloc.rate.norm";

    private BenchMain() {}

    /**
     * Runs the benchmarks.
     *
     * @param arguments options of JMH, {@code -h} lists them; or {@code swap} and options of {@link SwapComparison}
     * @throws RunnerException if JMH cannot run
     * @throws CommandLineOptionException if an option is wrong
     * @throws IOException if the help cannot be printed
     * @throws BundleException if the framework of {@link SwapComparison} does not start
     * @throws InterruptedException if the run is interrupted
     */
    public static void main(final String[] arguments)
            throws RunnerException, CommandLineOptionException, IOException, BundleException, InterruptedException {
        if (arguments.length > 0 && arguments[0].equals("swap")) {
            SwapComparison.main(Arrays.copyOfRange(arguments, 1, arguments.length));
            return;
        }
        final CommandLineOptions options = new CommandLineOptions(arguments);
        if (options.shouldHelp()) {
            Main.main(arguments);
            return;
        }
        final Collection<RunResult> results = new Runner(new OptionsBuilder()
                        .parent(options)
                        .addProfiler(GCProfiler.class)
                        .build())
                .run();
        print(results);
    }

    private static void print(final Collection<RunResult> results) {
        final Map<String, RunResult> core = byChain(results, "core");
        final Map<String, RunResult> plain = byChain(results, "plain");
        System.out.printf(
                Locale.ROOT,
                "%n%-12s %14s %14s %18s %14s%n",
                "chain of",
                "plain ns/NBL",
                "core ns/NBL",
                "above plain ns/NBL",
                "core B/chain");
        for (final String chain : core.keySet()) {
            if (plain.containsKey(chain)) {
                final int length = Integer.parseInt(chain);
                final double plainNanos = score(plain.get(chain)) / length;
                final double coreNanos = score(core.get(chain)) / length;
                final double bytes =
                        core.get(chain).getSecondaryResults().get(ALLOCATED).getScore();
                System.out.printf(
                        Locale.ROOT,
                        "%-12s %14.2f %14.2f %18.2f %14.3f%n",
                        chain,
                        plainNanos,
                        coreNanos,
                        coreNanos - plainNanos,
                        bytes);
            }
        }
    }

    private static Map<String, RunResult> byChain(final Collection<RunResult> results, final String method) {
        final Map<String, RunResult> found =
                new TreeMap<>((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)));
        for (final RunResult result : results) {
            if (result.getParams().getBenchmark().endsWith("." + method)) {
                found.put(result.getParams().getParam("chainLength"), result);
            }
        }
        return found;
    }

    private static double score(final RunResult result) {
        return result.getPrimaryResult().getScore();
    }
}
