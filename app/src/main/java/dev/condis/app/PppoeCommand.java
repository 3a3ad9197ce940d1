// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code pppoe}: the commands about PPP over Ethernet. */
@Command(
        name = "pppoe",
        mixinStandardHelpOptions = true,
        header = "PPP over Ethernet: look for access concentrators, call them, or be one.",
        description = {
            "The interface becomes a miniport, above which the call manager of PPPoE signals (RFC 2516, RFC 4638). Sessions are",
            "virtual circuits; a small client answers enough of PPP's link control to keep them up.",
            "Needs libpcap and the privilege to send (root, or CAP_NET_RAW)."
        },
        synopsisSubcommandLabel = "COMMAND")
final class PppoeCommand implements Callable<ExitStatus> {
    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Override
    public ExitStatus call() {
        throw new ParameterException(spec.commandLine(), "a command is missing: discover, call or serve");
    }
}
