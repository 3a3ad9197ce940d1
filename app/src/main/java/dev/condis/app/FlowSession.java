// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientAf;
import dev.condis.app.flows.FlowClient;
import dev.condis.app.flows.FlowReport;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What {@code read} and {@code capture} share: an adapter whose flows become calls, until something ends it. */
final class FlowSession {
    private static final Duration LOOK = Duration.ofMillis(20);
    private static final Duration CLOSING = Duration.ofSeconds(15);

    private final Platform platform;
    private final Output output;
    private final String name;
    private final FlowClient client = new FlowClient();
    private final CompletableFuture<Void> stop = new CompletableFuture<>();

    /**
     * Makes a session.
     *
     * @param name name of its logical adapter
     */
    FlowSession(final Platform platform, final Output output, final String name) {
        this.platform = platform;
        this.output = output;
        this.name = name;
    }

    /** Says when to end. */
    @FunctionalInterface
    interface Until {
        /**
         * Decides.
         *
         * @param pdus how many PDUs have come
         */
        boolean isReached(long pdus);
    }

    /**
     * Runs an adapter until its source ends or the condition holds, and prints what came.
     *
     * @param adapter the configuration; its name is that of the session
     * @param until when to end before the source does
     * @param unavailable what the command ends with when the adapter cannot be used
     * @param listening run when flows are taken from now on
     */
    ExitStatus run(
            final CaptureAdapter adapter, final Until until, final Unavailable unavailable, final Runnable listening) {
        final Map<String, Object> service;
        try (Platform.Presence backend = platform.configure(CaptureAdapter.PID, adapter.properties());
                Platform.Presence registered = platform.register(
                        client,
                        Map.of(
                                ServiceProperties.DRIVER_NAME,
                                "condis",
                                ServiceProperties.ADAPTER_TARGET,
                                "(" + ServiceProperties.ADAPTER + "=" + name + ")"))) {
            final ClientAf af = open(unavailable);
            listening.run();
            service = await(until);
            close(af);
        }
        return report(CaptureAdapter.Source.of(service));
    }

    /** Ends the session as if its source had ended. Any thread. */
    void stop() {
        stop.complete(null);
    }

    /** What a command ends with when its adapter cannot be used. */
    @FunctionalInterface
    interface Unavailable {
        /**
         * Decides.
         *
         * @param cause what the adapter says
         */
        CommandFailure failure(String cause);
    }

    private ClientAf open(final Unavailable unavailable) {
        try {
            return Waiting.forClient(platform, name, client.opened());
        } catch (final CommandFailure e) {
            throw Waiting.cause(platform, name).map(unavailable::failure).orElse(e);
        }
    }

    private Map<String, Object> await(final Until until) {
        Map<String, Object> service = backend();
        while (!stop.isDone() && !CaptureAdapter.Source.of(service).ended() && !until.isReached(client.pdus())) {
            Waiting.within(stop, LOOK);
            final Map<String, Object> now = backend();
            if (now.isEmpty() || Waiting.cause(platform, name).isPresent()) {
                throw new CommandFailure(
                        ExitStatus.ADAPTER_UNAVAILABLE,
                        Waiting.cause(platform, name).orElse("the adapter is gone"));
            }
            service = now;
        }
        return service;
    }

    private Map<String, Object> backend() {
        return platform.backend(name).orElse(Map.of());
    }

    private void close(final ClientAf af) {
        final CompletableFuture<NdisResult<Void>> closed = af.closeAll().toCompletableFuture();
        final Optional<NdisResult<Void>> result = Waiting.within(closed, CLOSING);
        if (!result.map(NdisResult::isSuccess).orElse(false)) {
            output.note("the calls were not closed by the book: "
                    + result.map(NdisResult::toString).orElse("no answer within " + CLOSING.toSeconds() + " s"));
        }
    }

    private ExitStatus report(final CaptureAdapter.Source source) {
        final FlowReport report = new FlowReport(client.records());
        report.table().lines().forEach(output::line);
        output.line("");
        output.line(report.summary());
        report.identifiers().forEach(output::line);
        source.frames().ifPresent(frames -> output.line("Frames read: " + frames));
        source.troubles().forEach((reason, count) -> output.line("  " + reason + ": " + count));
        source.cause().ifPresent(cause -> output.note("only a part was readable: " + cause));
        return source.cause().isPresent() ? ExitStatus.FAULTS : ExitStatus.OK;
    }
}
