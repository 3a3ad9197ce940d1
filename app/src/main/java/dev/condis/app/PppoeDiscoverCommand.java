// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import dev.condis.api.Octets;
import dev.condis.api.client.ClientAf;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.pppoe.PppoeOffer;
import dev.condis.api.pppoe.PppoeParameters;
import dev.condis.api.pppoe.PppoeTag;
import dev.condis.app.text.Table;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code pppoe discover}: who answers. */
@Command(
        name = "discover",
        mixinStandardHelpOptions = true,
        header = "Look for access concentrators and print what they offer.",
        description = {"Exit status: 0 somebody answered; 1 nobody; 2 wrong usage; 3 the interface cannot be opened."})
final class PppoeDiscoverCommand implements Callable<ExitStatus> {
    private static final int MOST_OCTETS = 65_535;
    private static final Duration ANSWER = Duration.ofSeconds(20);

    private final Platform platform;
    private final Output output;

    @Parameters(paramLabel = "IFACE", description = "Name of the interface, for example eth0.")
    private String source = "";

    @Option(names = "--service", paramLabel = "NAME", description = "The service. Default: any.")
    private String service = "";

    @Option(
            names = "--vlan",
            paramLabel = "TAGS",
            description = "Where to look: vlan:7, svlan:200/vlan:7, ... Default: ${DEFAULT-VALUE}.",
            defaultValue = "untagged")
    private String link = "untagged";

    PppoeDiscoverCommand(final Platform platform, final Output output) {
        this.platform = platform;
        this.output = output;
    }

    @Override
    public ExitStatus call() {
        final PppoeParameters wanted = PppoeCallCommand.wanted(service, Optional.empty(), 0);
        return new PppoeAdapter(platform, output)
                .with("links", new String[] {link})
                .run(source, af -> discover(af, wanted));
    }

    private ExitStatus discover(final ClientAf af, final PppoeParameters wanted) {
        final Octets question = wanted.toSpecific().parameters();
        final OidRequest request = new OidRequest(
                OidRequest.Type.QUERY, Oid.PPPOE_DISCOVER, question, MOST_OCTETS, 0, Duration.ZERO, Optional.empty());
        final OidResult result = Waiting.within(af.oidRequest(request).toCompletableFuture(), ANSWER)
                .orElseThrow(
                        () -> new CommandFailure(ExitStatus.FAULTS, "no answer within " + ANSWER.toSeconds() + " s"));
        if (!result.isSuccess()) {
            throw new CommandFailure(ExitStatus.FAULTS, "the search: " + result);
        }
        final List<PppoeOffer> offers = PppoeOffer.read(result.information()).orElse(List.of());
        table(offers).lines().forEach(output::line);
        return offers.isEmpty() ? ExitStatus.FAULTS : ExitStatus.OK;
    }

    private static Table table(final List<PppoeOffer> offers) {
        final Table table = new Table()
                .column("ACCESS CONCENTRATOR", Table.Align.LEFT)
                .column("STATION", Table.Align.LEFT)
                .column("COOKIE", Table.Align.LEFT)
                .column("SERVICES", Table.Align.LEFT);
        offers.forEach(offer -> table.row(
                printable(offer.acName()),
                offer.station().text(),
                PppoeTag.first(offer.tags(), PppoeTag.AC_COOKIE).isPresent() ? "yes" : "no",
                offer.services().stream()
                        .filter(name -> !name.isEmpty())
                        .map(PppoeDiscoverCommand::printable)
                        .collect(Collectors.joining(", "))));
        return table;
    }

    /** What a peer says goes to a terminal. */
    private static String printable(final String text) {
        return text.replaceAll("[^\\p{Print}]", "?");
    }
}
