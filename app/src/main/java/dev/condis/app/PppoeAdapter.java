// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientAf;
import dev.condis.app.ppp.PppClient;
import dev.condis.app.ppp.PppSession;
import dev.condis.app.text.Table;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.Collectors;

/** An interface as a miniport with the call manager of PPPoE above it and a client above that, and the table of its sessions. */
final class PppoeAdapter {
    private static final String ADAPTER = "pppoe0";
    private static final String CALL_MANAGER_PID = "dev.condis.callmgr.pppoe";
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(30);
    private static final int LIVE_ROWS = 20;

    private final Platform platform;
    private final Output output;
    private final PppClient client = new PppClient(Clock.systemUTC());
    private final Map<String, Object> signaling = new TreeMap<>();
    private final CompletableFuture<Void> stop = new CompletableFuture<>();
    private int shown;

    PppoeAdapter(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
        signaling.put(ServiceProperties.ADAPTER_TARGET, "(" + ServiceProperties.ADAPTER + "=" + ADAPTER + ")");
    }

    /** Sets an attribute of the call manager. */
    PppoeAdapter with(final String attribute, final Object value) {
        signaling.put(attribute, value);
        return this;
    }

    PppClient client() {
        return client;
    }

    /** Opens everything on an interface, does something, and closes everything, calls first. */
    ExitStatus run(final String source, final Function<ClientAf, ExitStatus> work) {
        final String target = "(" + ServiceProperties.ADAPTER + "=" + ADAPTER + ")";
        try (Platform.Presence backend = platform.configure(
                        CaptureAdapter.PID,
                        new CaptureAdapter(ADAPTER, source, CaptureAdapter.Mode.MINIPORT).properties());
                Platform.Presence callManager = platform.configure(CALL_MANAGER_PID, Map.copyOf(signaling));
                Platform.Presence registered = platform.register(
                        client,
                        Map.of(ServiceProperties.DRIVER_NAME, "condis", ServiceProperties.ADAPTER_TARGET, target));
                Interrupts ignored = Interrupts.call(() -> stop.complete(null))) {
            final ClientAf af = Waiting.forClient(platform, ADAPTER, client.opened());
            final ExitStatus status = work.apply(af);
            close(af);
            return status;
        }
    }

    private void close(final ClientAf af) {
        final Optional<NdisResult<Void>> closed = Waiting.within(af.closeAll().toCompletableFuture(), CLOSING);
        if (!closed.map(NdisResult::isSuccess).orElse(false)) {
            output.note("the calls were not closed by the book: "
                    + closed.map(NdisResult::toString).orElse("no answer within " + CLOSING.toSeconds() + " s"));
        }
    }

    /** Whether somebody has asked to end. */
    boolean isStopped() {
        return stop.isDone();
    }

    /** Shows the sessions until the condition holds, the time is up or somebody asks to end. */
    void watch(final Optional<Long> seconds, final BooleanSupplier until) {
        final long start = System.nanoTime();
        while (!isStopped() && !until.getAsBoolean() && !isOver(seconds, start)) {
            report();
            Waiting.within(stop, LOOK);
        }
        report();
    }

    /** Shows the sessions until the condition holds, or the time is up. */
    void await(final BooleanSupplier condition, final Duration most) {
        final long start = System.nanoTime();
        while (!Waiting.until(condition, LOOK) && System.nanoTime() - start < most.toNanos()) {
            report();
        }
        report();
    }

    /** Shows what there is now: as a table that is refreshed on a terminal, else a line for each event. */
    void report() {
        final List<String> events = client.takeEvents();
        if (output.terminal()) {
            final List<String> lines = show(LIVE_ROWS);
            output.table(lines, shown);
            shown = lines.size();
        } else {
            events.forEach(output::note);
        }
    }

    private static boolean isOver(final Optional<Long> seconds, final long start) {
        return seconds.map(most ->
                        System.nanoTime() - start >= Duration.ofSeconds(most).toNanos())
                .orElse(false);
    }

    /** The table of the youngest sessions, and a line about all. */
    List<String> show(final int rows) {
        final List<PppSession> all = client.sessions();
        final Table table = new Table()
                .column("#", Table.Align.RIGHT)
                .column("ID", Table.Align.RIGHT)
                .column("PEER", Table.Align.LEFT)
                .column("SERVICE", Table.Align.LEFT)
                .column("STATE", Table.Align.LEFT)
                .column("UP s", Table.Align.RIGHT)
                .column("RECV", Table.Align.RIGHT)
                .column("OCTETS", Table.Align.RIGHT)
                .column("SENT", Table.Align.RIGHT)
                .column("OCTETS", Table.Align.RIGHT)
                .column("REASON", Table.Align.LEFT);
        all.subList(Math.max(0, all.size() - rows), all.size()).forEach(session -> table.row(session.row()));
        final List<String> lines = new ArrayList<>(table.lines());
        lines.add(summary(all));
        return lines;
    }

    private String summary(final List<PppSession> all) {
        final long up = all.stream().filter(PppSession::isUp).count();
        final Map<String, Long> failures = client.failures();
        final long failed =
                failures.values().stream().mapToLong(Long::longValue).sum();
        final String reasons = failures.entrySet().stream()
                .map(reason -> reason.getKey() + " " + reason.getValue())
                .collect(Collectors.joining(", "));
        return (all.size() + client.forgotten()) + " sessions: " + up + " up, " + failed + " failed"
                + (reasons.isEmpty() ? "" : " (" + reasons + ")");
    }
}
