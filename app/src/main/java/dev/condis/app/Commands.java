// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** The command line as a whole: which commands there are, and how they end. */
@Command(
        name = "condis",
        mixinStandardHelpOptions = true,
        header = "Connection-oriented NDIS for OSGi.",
        description = "Without a command: demo.",
        synopsisSubcommandLabel = "COMMAND")
final class Commands implements Callable<ExitStatus> {
    private static final Logger LOG = LoggerFactory.getLogger(Commands.class);
    private static final String DEFAULT = "demo";

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private Commands() {}

    /** Runs one command line. */
    static int execute(final Platform platform, final Output output, final List<String> arguments) {
        final CommandLine line = new CommandLine(new Commands())
                .addSubcommand(new DemoCommand(platform, output))
                .addSubcommand(new ReadCommand(platform, output))
                .addSubcommand(new CaptureCommand(platform, output))
                .addSubcommand(new SendCommand(platform, output))
                .addSubcommand(new CommandLine(new PppoeCommand())
                        .addSubcommand(new PppoeDiscoverCommand(platform, output))
                        .addSubcommand(new PppoeCallCommand(platform, output))
                        .addSubcommand(new PppoeServeCommand(platform, output)))
                .setOut(output.out())
                .setErr(output.err())
                .setParameterExceptionHandler((e, args) -> wrongUsage(output, e))
                .setExecutionExceptionHandler((e, command, result) -> failed(output, e, command, result))
                .setExitCodeExceptionMapper(e -> ExitStatus.FAULTS.code());
        final String version = "condis " + platform.version();
        line.getCommandSpec().version(version);
        line.getSubcommands().values().forEach(sub -> sub.getCommandSpec().version(version));
        line.setExecutionStrategy(result -> run(line, result));
        final int code = line.execute(complete(arguments).toArray(String[]::new));
        output.out().flush();
        output.err().flush();
        return code;
    }

    private static int run(final CommandLine line, final ParseResult result) {
        new CommandLine.RunLast().execute(result);
        return result.asCommandLineList().stream()
                .reduce((outer, inner) -> inner)
                .filter(last -> last.getExecutionResult() instanceof ExitStatus)
                .map(last -> ((ExitStatus) last.getExecutionResult()).code())
                .orElse(line.getCommandSpec().exitCodeOnSuccess());
    }

    /** Options without a command belong to the demo, but for those of the whole. */
    private static List<String> complete(final List<String> arguments) {
        final boolean named = !arguments.isEmpty()
                && (!arguments.get(0).startsWith("-")
                        || List.of("-h", "--help", "-V", "--version").contains(arguments.get(0)));
        if (named) {
            return arguments;
        }
        final List<String> all = new ArrayList<>(List.of(DEFAULT));
        all.addAll(arguments);
        return all;
    }

    private static int wrongUsage(final Output output, final ParameterException e) {
        output.note(name(e.getCommandLine()) + ": " + firstLine(e) + " (see --help)");
        return ExitStatus.USAGE.code();
    }

    private static int failed(
            final Output output, final Exception e, final CommandLine command, final ParseResult result) {
        if (e instanceof CommandFailure failure) {
            output.note(name(command) + ": " + firstLine(failure));
            return failure.status().code();
        }
        LOG.debug("{} failed", result.originalArgs(), e);
        output.note(name(command) + ": unexpected failure, please report it: "
                + e.getClass().getName() + ": " + firstLine(e));
        return ExitStatus.FAULTS.code();
    }

    private static String name(final CommandLine command) {
        return command.getCommandSpec().qualifiedName();
    }

    private static String firstLine(final Exception e) {
        return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    @Override
    public ExitStatus call() {
        throw new ParameterException(spec.commandLine(), "a command is missing");
    }
}
