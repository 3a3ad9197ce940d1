// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.NdisResult;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientSap;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pppoe serve}: an access concentrator. */
@Command(
        name = "serve",
        mixinStandardHelpOptions = true,
        header = "Be an access concentrator: take the sessions that hosts ask for.",
        description = {
            "Ends after --seconds or at Ctrl-C, which closes every session, and prints the table of sessions.",
            "",
            "Exit status: 0 done; 1 the service could not be offered; 2 wrong usage; 3 the interface cannot be opened."
        })
final class PppoeServeCommand implements Callable<ExitStatus> {
    private static final int MOST_SESSIONS = 65_534;
    private static final int ALL_ROWS = 1000;
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private final Platform platform;
    private final Output output;

    @Parameters(paramLabel = "IFACE", description = "Name of the interface, for example eth0.")
    private String source = "";

    @Option(
            names = "--service",
            required = true,
            paramLabel = "NAME",
            description = "A service to offer; several times for several; * for every name.")
    private List<String> services = List.of();

    @Option(
            names = "--ac",
            paramLabel = "NAME",
            defaultValue = "condis",
            description = "The name of this access concentrator. Default: ${DEFAULT-VALUE}.")
    private String acName = "condis";

    @Option(
            names = "--vlan",
            paramLabel = "TAGS",
            description = "Where to serve: vlan:7, svlan:200/vlan:7, ... Default: ${DEFAULT-VALUE}.",
            defaultValue = "untagged")
    private String link = "untagged";

    @Option(
            names = "--max",
            paramLabel = "N",
            defaultValue = "65534",
            description = "Most sessions at a time, 1..65534. Default: ${DEFAULT-VALUE}.")
    private int max = MOST_SESSIONS;

    @Option(names = "--seconds", paramLabel = "S", description = "End after S seconds, 1 or more.")
    private Optional<Long> seconds = Optional.empty();

    PppoeServeCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    @Override
    public ExitStatus call() {
        Options.within("--max", max, 1, MOST_SESSIONS);
        Options.atLeast("--seconds", seconds, 1);
        final PppoeAdapter adapter = new PppoeAdapter(platform, output)
                .with("links", new String[] {link})
                .with("acName", acName)
                .with("maxSessions", max);
        return adapter.run(source, af -> serve(adapter, af));
    }

    private ExitStatus serve(final PppoeAdapter adapter, final ClientAf af) {
        for (final String service : services) {
            final Optional<NdisResult<ClientSap>> sap =
                    Waiting.within(adapter.client().serve(af, service).toCompletableFuture(), ANSWER);
            if (!sap.map(NdisResult::isSuccess).orElse(false)) {
                throw new CommandFailure(
                        ExitStatus.FAULTS,
                        "service '" + service + "': "
                                + sap.map(NdisResult::toString).orElse("no answer"));
            }
        }
        output.note("serving on " + source);
        adapter.watch(seconds, () -> false);
        adapter.show(ALL_ROWS).forEach(output::line);
        return ExitStatus.OK;
    }
}
