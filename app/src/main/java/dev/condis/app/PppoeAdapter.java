// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientAf;
import dev.condis.app.ppp.PppClient;
import dev.condis.app.ppp.PppSession;
import dev.condis.app.text.Table;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Function;

/** An interface as a miniport with the call manager of PPPoE above it and a client above that, and the table of its sessions. */
final class PppoeAdapter {
    private static final String ADAPTER = "pppoe0";
    private static final String CALL_MANAGER_PID = "dev.condis.callmgr.pppoe";
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration CLOSING = Duration.ofSeconds(30);
    private static final int LIVE_ROWS = 20;

    private final Platform platform;
    private final Output output;
    private final PppClient client = new PppClient();
    private final Map<String, Object> signaling = new TreeMap<>();
    private final CompletableFuture<Void> stop = new CompletableFuture<>();

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

    /** Shows the sessions whenever they have changed, until the condition holds, the time is up or somebody asks to end. */
    void watch(final Optional<Long> seconds, final BooleanSupplier until) {
        final long start = System.nanoTime();
        long seen = -1;
        while (!isStopped() && !until.getAsBoolean() && !isOver(seconds, start)) {
            final long now = client.changes();
            if (now != seen) {
                seen = now;
                show(LIVE_ROWS).forEach(output::note);
            }
            Waiting.within(stop, LOOK);
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
                .column("SESSION", Table.Align.LEFT)
                .column("SERVICE", Table.Align.LEFT)
                .column("STATE", Table.Align.LEFT)
                .column("RECEIVED", Table.Align.RIGHT)
                .column("SENT", Table.Align.RIGHT)
                .column("REASON", Table.Align.LEFT);
        all.subList(Math.max(0, all.size() - rows), all.size()).forEach(session -> table.row(session.row()));
        final List<String> lines = new java.util.ArrayList<>(table.lines());
        lines.add(summary(all));
        return lines;
    }

    private String summary(final List<PppSession> all) {
        final long up = all.stream().filter(PppSession::isUp).count();
        final long failed = all.stream()
                .filter(session -> session.state() == PppSession.State.FAILED)
                .count();
        return (all.size() + client.forgotten()) + " sessions: " + up + " up, " + failed + " failed";
    }
}
