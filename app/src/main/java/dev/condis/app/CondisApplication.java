// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import java.io.Console;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.osgi.framework.BundleContext;
import org.osgi.service.cm.ConfigurationAdmin;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The main thread of the executable jar: the launcher calls it when everything is started, and ends with what it returns. */
@Component(service = Callable.class, property = "main.thread:Boolean=true", immediate = true)
public final class CondisApplication implements Callable<Integer> {
    private static final Logger LOG = LoggerFactory.getLogger(CondisApplication.class);
    private static final String ARGUMENTS = "launcher.arguments";

    private final OsgiPlatform platform;
    private final List<String> arguments;

    /**
     * Starts.
     *
     * @param context the bundle
     * @param configurations where adapters are configured
     * @param launcher the properties of the launcher's service: what was typed on the command line
     */
    @Activate
    public CondisApplication(
            final BundleContext context,
            @Reference final ConfigurationAdmin configurations,
            @Reference(service = Object.class, target = "(" + ARGUMENTS + "=*)") final Map<String, Object> launcher) {
        platform = new OsgiPlatform(context, configurations);
        arguments = List.of((String[]) launcher.get(ARGUMENTS));
    }

    @Override
    public Integer call() {
        final Output output = new Output(
                new PrintWriter(System.out, false, StandardCharsets.UTF_8),
                new PrintWriter(System.err, false, StandardCharsets.UTF_8),
                isTerminal());
        try {
            return Commands.execute(platform, output, arguments);
        } catch (final RuntimeException | Error e) {
            LOG.error("the command failed", e);
            return ExitStatus.FAULTS.code();
        }
    }

    /** Newer JDKs have a console also where there is no terminal, and a method that tells. */
    private static boolean isTerminal() {
        return Optional.ofNullable(System.console())
                .map(CondisApplication::isTerminal)
                .orElse(false);
    }

    private static boolean isTerminal(final Console console) {
        try {
            return (boolean) Console.class.getMethod("isTerminal").invoke(console);
        } catch (final ReflectiveOperationException e) {
            return true;
        }
    }

    @Deactivate
    void deactivate() {
        platform.stop();
    }
}
