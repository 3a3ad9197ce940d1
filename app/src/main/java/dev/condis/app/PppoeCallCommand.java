// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.CallParameters;
import dev.condis.api.client.ClientAf;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.app.ppp.PppSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pppoe call}: sessions with an access concentrator. */
@Command(
        name = "call",
        mixinStandardHelpOptions = true,
        header = "Open sessions with an access concentrator and keep them up.",
        description = {
            "Ends after --seconds, at Ctrl-C, or when all sessions are over, and prints the table of sessions.",
            "",
            "Exit status: 0 all calls were established; 1 not all; 2 wrong usage; 3 the interface cannot be opened."
        })
final class PppoeCallCommand implements Callable<ExitStatus> {
    /** An access concentrator has a socket buffer too. */
    private static final int AT_A_TIME = 50;

    private static final int MOST_CALLS = 65_534;
    private static final int ALL_ROWS = 1000;
    private static final Duration CALL = Duration.ofSeconds(40);

    private final Platform platform;
    private final Output output;

    @Parameters(paramLabel = "IFACE", description = "Name of the interface, for example eth0.")
    private String source = "";

    @Option(names = "--service", paramLabel = "NAME", description = "The service. Default: any.")
    private String service = "";

    @Option(names = "--ac", paramLabel = "NAME", description = "The access concentrator. Default: any.")
    private Optional<String> acName = Optional.empty();

    @Option(
            names = "--vlan",
            paramLabel = "TAGS",
            description = "Where to call: vlan:7, svlan:200/vlan:7, ... Default: ${DEFAULT-VALUE}.",
            defaultValue = "untagged")
    private String link = "untagged";

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many sessions, 1..65534. Default: ${DEFAULT-VALUE}.")
    private int count = 1;

    @Option(names = "--seconds", paramLabel = "S", description = "End after S seconds, 1 or more.")
    private Optional<Long> seconds = Optional.empty();

    @Option(
            names = "--max-payload",
            paramLabel = "N",
            description = "Largest PPP payload to ask for, 1492 or more (RFC 4638).")
    private int maxPayload;

    PppoeCallCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    /** What the options ask for. */
    static PppoeParameters wanted(final String service, final Optional<String> acName, final int maxPayload) {
        try {
            final PppoeParameters any = PppoeParameters.service(service);
            final PppoeParameters sized = maxPayload == 0 ? any : any.withMaxPayload(maxPayload);
            return acName.map(sized::at).orElse(sized);
        } catch (final IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, e.getMessage());
        }
    }

    @Override
    public ExitStatus call() {
        Options.within("--count", count, 1, MOST_CALLS);
        Options.atLeast("--seconds", seconds, 1);
        final PppoeParameters wanted = wanted(service, acName, maxPayload);
        final CallParameters asked = link.equals("untagged") ? wanted.toCall() : within(wanted.toCall());
        final PppoeAdapter adapter = new PppoeAdapter(platform, output)
                .with("links", new String[] {link})
                .with("maxPayload", wanted.maxPayload());
        return adapter.run(source, af -> call(adapter, af, asked));
    }

    private CallParameters within(final CallParameters call) {
        try {
            return call.withMedia(EthernetFlow.parse(link).toMediaParameters());
        } catch (final IllegalArgumentException e) {
            throw new CommandFailure(ExitStatus.USAGE, "--vlan " + e.getMessage());
        }
    }

    private ExitStatus call(final PppoeAdapter adapter, final ClientAf af, final CallParameters asked) {
        final List<PppSession> calls = new ArrayList<>();
        while (calls.size() < count && !adapter.isStopped()) {
            for (int i = Math.min(AT_A_TIME, count - calls.size()); i > 0; i--) {
                calls.add(adapter.client().call(af, asked));
            }
            adapter.await(
                    () -> adapter.isStopped()
                            || calls.stream().noneMatch(each -> each.state() == PppSession.State.CALLING),
                    CALL);
        }
        final long established = calls.stream()
                .filter(each -> each.state() != PppSession.State.FAILED && each.state() != PppSession.State.CALLING)
                .count();
        adapter.watch(seconds, () -> calls.stream().noneMatch(PppSession::isUp));
        adapter.show(ALL_ROWS).forEach(output::line);
        output.line(established + " of " + count + " calls were established");
        return established == count ? ExitStatus.OK : ExitStatus.FAULTS;
    }
}
