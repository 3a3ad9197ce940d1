// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.Q2931Parameters;
import dev.condis.api.Sap;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientAf;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.VcSnapshot;
import dev.condis.app.text.Figures;
import dev.condis.app.text.Table;
import dev.condis.app.text.Table.Align;
import dev.condis.app.traffic.TrafficClient;
import dev.condis.app.traffic.TrafficCounts;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.stream.Stream;

/** The run of the demo: two clients on two adapters, calls between them, traffic, and the end by the book. */
final class DemoRun {
    /**
     * What is asked for.
     *
     * @param calls how many calls
     * @param pdus how many PDUs on each call, in each direction
     * @param pduBytes length of each
     * @param window how many PDUs of one call may be on their way out at a time
     * @param lossy whether the network loses PDUs on purpose
     * @param patience how long nothing may arrive before the rest counts as lost
     * @param swaps how often the NIC of client A is replaced; if at all, traffic flows until that is done
     * @param interval between the swaps
     */
    record Plan(
            int calls,
            int pdus,
            int pduBytes,
            int window,
            boolean lossy,
            Duration patience,
            int swaps,
            Duration interval) {}

    /** Where client B takes calls. */
    static final Sap LISTENER = Sap.e164("4930200");

    private static final Duration SECOND = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final Platform platform;
    private final Output output;
    private final Plan plan;
    private final DemoNetwork network;
    private final TrafficClient caller;
    private final TrafficClient listener;
    private final DemoSwaps swaps;
    private final List<String> faults = new ArrayList<>();

    DemoRun(
            final Platform platform,
            final Output output,
            final Plan plan,
            final DemoNetwork network,
            final ExecutorService executor) {
        this.platform = platform;
        this.output = output;
        this.plan = plan;
        this.network = network;
        swaps = new DemoSwaps(platform, DemoNetwork.FIRST);
        caller = new TrafficClient(DemoNetwork.FAMILY, Optional.empty(), streams(0), executor);
        listener = new TrafficClient(DemoNetwork.FAMILY, Optional.of(LISTENER), streams(1), executor);
    }

    private TrafficClient.Streams streams(final int first) {
        final int pdus = plan.swaps() > 0 ? TrafficClient.Streams.UNBOUNDED : plan.pdus();
        return new TrafficClient.Streams(pdus, plan.pduBytes(), plan.window(), first);
    }

    /** Runs to the end and prints the summary. The adapters are there before and after. */
    ExitStatus run() {
        final long start;
        final long end;
        try (Platform.Presence b = platform.register(listener, properties("b", DemoNetwork.SECOND));
                Platform.Presence a = platform.register(caller, properties("a", DemoNetwork.FIRST))) {
            final ClientAf afOfB = Waiting.forClient(platform, DemoNetwork.SECOND, listener.opened());
            final ClientAf afOfA = Waiting.forClient(platform, DemoNetwork.FIRST, caller.opened());
            start = System.nanoTime();
            makeCalls(afOfA);
            swaps(start);
            traffic(start);
            end = System.nanoTime();
            closeCalls();
            close("address family of a", afOfA);
            close("address family of b", afOfB);
        }
        checkNothingIsLeft();
        summary(Duration.ofNanos(end - start));
        faults.forEach(output::note);
        return faults.isEmpty() ? ExitStatus.OK : ExitStatus.FAULTS;
    }

    private static Map<String, Object> properties(final String name, final String adapter) {
        return Map.of(
                ServiceProperties.DRIVER_NAME,
                name,
                ServiceProperties.ADAPTER_TARGET,
                "(" + ServiceProperties.ADAPTER + "=" + adapter + ")");
    }

    private void makeCalls(final ClientAf af) {
        final CallParameters parameters = Q2931Parameters.call(LISTENER);
        final List<CompletableFuture<NdisResult<CallParameters>>> calls = new ArrayList<>();
        for (int i = 0; i < plan.calls(); i++) {
            calls.add(caller.call(af, parameters).toCompletableFuture());
        }
        for (int i = 0; i < calls.size(); i++) {
            final Optional<NdisResult<CallParameters>> result = Waiting.within(calls.get(i), ANSWER);
            if (!result.map(NdisResult::isSuccess).orElse(false)) {
                faults.add("call " + (i + 1) + " was not made: "
                        + result.map(NdisResult::toString).orElse("no answer within " + ANSWER.toSeconds() + " s"));
            }
        }
    }

    /** Traffic flows before, between and after the swaps. */
    private void swaps(final long start) {
        for (int i = 0; i < plan.swaps() && faults.isEmpty(); i++) {
            flow(start);
            swaps.swap().ifPresent(faults::add);
        }
        if (plan.swaps() > 0) {
            flow(start);
            endStreams(caller, listener);
            endStreams(listener, caller);
        }
    }

    private void flow(final long start) {
        final CompletableFuture<Void> never = new CompletableFuture<>();
        Waiting.within(never, plan.interval());
        progress(Duration.ofNanos(System.nanoTime() - start));
    }

    private void endStreams(final TrafficClient from, final TrafficClient to) {
        Waiting.within(from.end(), ANSWER)
                .ifPresentOrElse(
                        to::expect, () -> faults.add("sends have not come back within " + ANSWER.toSeconds() + " s"));
    }

    private void traffic(final long start) {
        // b knows of a call as soon as a does, since it had to accept it
        final CompletableFuture<Void> all = CompletableFuture.allOf(caller.finished(), listener.finished());
        long arrived = arrived();
        long since = System.nanoTime();
        while (!isDone(all)) {
            progress(Duration.ofNanos(System.nanoTime() - start));
            final long now = arrived();
            if (now != arrived) {
                arrived = now;
                since = System.nanoTime();
            } else if (System.nanoTime() - since > plan.patience().toNanos()) {
                break;
            }
        }
        progress(Duration.ofNanos(System.nanoTime() - start));
        output.progressEnds();
    }

    private static boolean isDone(final CompletableFuture<Void> all) {
        Waiting.within(all, SECOND);
        return all.isDone();
    }

    private long arrived() {
        return caller.received().received() + listener.received().received();
    }

    private void progress(final Duration elapsed) {
        if (plan.swaps() > 0) {
            output.progress(String.format(
                    "%6s  %d calls  %s PDUs received  %d of %d swaps",
                    Figures.seconds(elapsed), caller.calls(), Figures.count(arrived()), swaps.count(), plan.swaps()));
            return;
        }
        final long all = 2L * plan.calls() * plan.pdus();
        final TrafficCounts counts = total();
        output.progress(String.format(
                "%6s  %d calls  %s of %s PDUs received (%d %%)",
                Figures.seconds(elapsed),
                caller.calls(),
                Figures.count(counts.received()),
                Figures.count(all),
                all == 0 ? 100 : counts.received() * 100 / all));
    }

    private void closeCalls() {
        final Optional<List<NdisResult<Void>>> refused = Waiting.within(caller.closeCalls(), ANSWER);
        if (refused.isEmpty()) {
            faults.add("not every call was closed within " + ANSWER.toSeconds() + " s");
        }
        refused.stream().flatMap(List::stream).forEach(result -> faults.add("a call was not closed: " + result));
        final CompletableFuture<Void> ended = listener.ended();
        Waiting.within(ended, ANSWER);
        if (!ended.isDone()) {
            faults.add("b did not hear of the end of every call within " + ANSWER.toSeconds() + " s");
        }
    }

    private void close(final String what, final ClientAf af) {
        final Optional<NdisResult<Void>> result = Waiting.within(af.closeAll().toCompletableFuture(), ANSWER);
        if (!result.map(NdisResult::isSuccess).orElse(false)) {
            faults.add(what + " was not closed: "
                    + result.map(NdisResult::toString).orElse("no answer within " + ANSWER.toSeconds() + " s"));
        }
    }

    private void checkNothingIsLeft() {
        if (!Waiting.until(() -> vcs().findAny().isEmpty(), ANSWER)) {
            vcs().forEach(vc -> faults.add("left behind: " + vc.name() + ", " + vc.state()));
        }
        final int nbls = caller.outstanding() + listener.outstanding();
        if (nbls > 0) {
            faults.add("left behind: " + nbls + " NBLs that were sent and did not come back");
        }
        judge();
    }

    private Stream<VcSnapshot> vcs() {
        return platform.adapters().stream()
                .filter(adapter -> network.isPart(adapter.name()))
                .map(AdapterSnapshot::vcs)
                .flatMap(List::stream)
                .filter(vc -> vc.client().isPresent());
    }

    private void judge() {
        final TrafficCounts counts = total();
        if (!(plan.lossy() ? counts.isCleanButForLoss() : counts.isClean())) {
            faults.add("PDUs were lost, doubled, out of order, damaged or not sent: see the table");
        }
        final long failed = caller.failedCalls() + listener.failedCalls();
        if (failed > 0) {
            faults.add(failed + " calls were closed because of an error of the network");
        }
    }

    private TrafficCounts total() {
        return direction(caller, listener).plus(direction(listener, caller));
    }

    private static TrafficCounts direction(final TrafficClient from, final TrafficClient to) {
        return from.sent().plus(to.received());
    }

    private void summary(final Duration time) {
        final Table table = new Table().column("direction", Align.LEFT);
        Stream.of(
                        "calls",
                        "PDUs sent",
                        "received",
                        "bytes",
                        "lost",
                        "duplicated",
                        "out of order",
                        "corrupt",
                        "time",
                        "PDUs",
                        "rate")
                .forEach(title -> table.column(title, Align.RIGHT));
        row(table, "a -> b", direction(caller, listener), time);
        row(table, "b -> a", direction(listener, caller), time);
        row(table, "both", total(), time);
        table.lines().forEach(output::line);
        if (plan.swaps() > 0) {
            swaps.lines().forEach(output::line);
        }
        output.line(String.format(
                "calls left: %d, VCs left: %d, NBLs out: %d",
                vcs().filter(vc -> vc.callState() != CallState.IDLE).count(),
                vcs().count(),
                caller.outstanding() + listener.outstanding()));
    }

    private void row(final Table table, final String name, final TrafficCounts counts, final Duration time) {
        table.row(
                name,
                caller.calls(),
                Figures.count(counts.sent()),
                Figures.count(counts.received()),
                Figures.count(counts.bytes()),
                Figures.count(counts.lost()),
                Figures.count(counts.duplicated()),
                Figures.count(counts.outOfOrder()),
                Figures.count(counts.corrupt()),
                Figures.seconds(time),
                Figures.rate(counts.received(), time),
                Figures.throughput(counts.bytes(), time));
    }
}
