// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.ServiceProperties;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientVc;
import dev.condis.api.media.MediaFlow;
import dev.condis.app.flows.FlowSender;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code send}: frames from a client through a VC onto an interface. */
@Command(
        name = "send",
        mixinStandardHelpOptions = true,
        header = "Send frames: from a client through a virtual circuit onto an interface.",
        description = {
            "The interface becomes a miniport, above which the call manager of permanent circuits carries the call. The",
            "payload is what follows the layers that name the flow: after a tag or a peer it begins with the two octets of",
            "the EtherType, after type:0x88b6 it is what that type carries, after mpls:LABEL what follows the label stack.",
            "Needs libpcap and the privilege to send (root, or CAP_NET_RAW).",
            "",
            "Exit status: 0 all sent; 1 not all; 2 wrong usage; 3 the interface cannot be opened."
        })
final class SendCommand implements Callable<ExitStatus> {
    private static final String ADAPTER = "send0";
    private static final String CIRCUIT = "send";
    private static final String CALL_MANAGER_PID = "dev.condis.callmgr.pvc";
    private static final Duration ANSWER = Duration.ofSeconds(15);

    /** What is sent: one of the two. */
    static final class Payload {
        @Option(
                names = "--hex",
                paramLabel = "HEX",
                description = "The payload in hexadecimal, blanks and colons allowed.")
        private Optional<String> hex = Optional.empty();

        @Option(names = "--text", paramLabel = "TEXT", description = "The payload as text, in UTF-8.")
        private Optional<String> text = Optional.empty();

        byte[] octets() {
            return text.map(t -> t.getBytes(StandardCharsets.UTF_8))
                    .or(() -> hex.map(SendCommand::parseHex))
                    .orElseThrow(() -> new CommandFailure(ExitStatus.USAGE, "one of --hex and --text is missing"));
        }
    }

    private final Platform platform;
    private final Output output;

    @Parameters(paramLabel = "IFACE", description = "Name of the interface, for example eth0.")
    private String source = "";

    @Option(
            names = "--flow",
            required = true,
            paramLabel = "FLOW",
            description = "The circuit: vlan:100, svlan:200/vlan:7, mpls:501, peer:02-00-00-00-00-02/type:0x88b6, ...")
    private String flow = "";

    @ArgGroup(multiplicity = "1")
    private Payload payload = new Payload();

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many, 1 or more. Default: ${DEFAULT-VALUE}.")
    private int count = 1;

    @Option(
            names = "--interval",
            paramLabel = "MS",
            defaultValue = "0",
            description = "Milliseconds between two. Default: ${DEFAULT-VALUE}.")
    private long interval;

    SendCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    static byte[] parseHex(final String text) {
        final String digits = text.replaceAll("[\\s:]", "");
        try {
            return HexFormat.of().parseHex(digits);
        } catch (final IllegalArgumentException e) {
            throw new CommandFailure(
                    ExitStatus.USAGE, "--hex '" + text + "': pairs of hexadecimal digits: " + e.getMessage());
        }
    }

    @Override
    public ExitStatus call() {
        Options.within("--count", count, 1, Integer.MAX_VALUE);
        Options.within("--interval", interval, 0, Integer.MAX_VALUE);
        final MediaFlow circuit = circuit();
        final byte[] octets = payload.octets();
        if (octets.length == 0) {
            throw new CommandFailure(ExitStatus.USAGE, "the payload is empty");
        }
        final String target = "(" + ServiceProperties.ADAPTER + "=" + ADAPTER + ")";
        final FlowSender client = new FlowSender(octets);
        try (Platform.Presence backend = platform.configure(
                        CaptureAdapter.PID,
                        new CaptureAdapter(ADAPTER, source, CaptureAdapter.Mode.MINIPORT).properties());
                Platform.Presence callManager = platform.configure(
                        CALL_MANAGER_PID, Map.of(ServiceProperties.ADAPTER_TARGET, target, "pvcs", new String[] {
                            CIRCUIT + "=" + circuit.text()
                        }));
                Platform.Presence registered = platform.register(
                        client,
                        Map.of(ServiceProperties.DRIVER_NAME, "condis", ServiceProperties.ADAPTER_TARGET, target))) {
            return send(client, circuit);
        }
    }

    private MediaFlow circuit() {
        final MediaFlow circuit;
        try {
            circuit = MediaFlow.parse(flow);
        } catch (final IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, "--flow " + e.getMessage());
        }
        final List<String> problems = circuit.sendProblems();
        if (!problems.isEmpty()) {
            throw new CommandFailure(ExitStatus.USAGE, "--flow '" + flow + "': " + String.join("; ", problems));
        }
        return circuit;
    }

    private ExitStatus send(final FlowSender client, final MediaFlow circuit) {
        final ClientAf af = Waiting.forClient(platform, ADAPTER, client.opened());
        final ClientVc vc = need("a VC", CompletableFuture.completedStage(af.createVc(client)));
        need(
                "the call on " + circuit,
                vc.makeCall(CallParameters.permanent(MediaParameters.duplex(circuit.toSpecificParameters()))));
        final CompletableFuture<Void> stop = new CompletableFuture<>();
        try (Interrupts ignored = Interrupts.call(() -> stop.complete(null))) {
            sendAll(client, vc, stop);
        }
        final boolean back = Waiting.until(client::isIdle, ANSWER);
        need("the end of the call", vc.closeCall().thenApply(SendCommand::marked));
        need("the end of the VC", CompletableFuture.completedStage(marked(vc.deleteVc())));
        need("the end of the address family", af.close().thenApply(SendCommand::marked));
        output.line(client.succeeded() + " of " + count + " PDUs sent on " + circuit + " through " + source
                + client.failures().map(status -> ", the others: " + status).orElse(""));
        return back && client.succeeded() == count ? ExitStatus.OK : ExitStatus.FAULTS;
    }

    private void sendAll(final FlowSender client, final ClientVc vc, final CompletableFuture<Void> stop) {
        for (int sent = 0; sent < count && !stop.isDone(); sent++) {
            if (!Waiting.until(() -> client.send(vc), ANSWER)) {
                return;
            }
            if (interval > 0 && sent + 1 < count) {
                Waiting.within(stop, Duration.ofMillis(interval));
            }
        }
    }

    /** A success without a value, as one with a value. */
    private static NdisResult<Boolean> marked(final NdisResult<Void> result) {
        return result.isSuccess()
                ? NdisResult.success(true)
                : new NdisResult<>(result.status(), Optional.empty(), result.refusal());
    }

    private <T> T need(final String what, final CompletionStage<NdisResult<T>> stage) {
        final NdisResult<T> result = Waiting.within(stage.toCompletableFuture(), ANSWER)
                .orElseThrow(() -> new CommandFailure(
                        ExitStatus.FAULTS, what + ": no answer within " + ANSWER.toSeconds() + " s"));
        return result.value().orElseThrow(() -> new CommandFailure(ExitStatus.FAULTS, what + ": " + result));
    }
}
