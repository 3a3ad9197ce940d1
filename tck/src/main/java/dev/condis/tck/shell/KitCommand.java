// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.management.NdisLibrary;
import dev.condis.tck.ConformanceKit;
import dev.condis.tck.osgi.ServiceHost;
import dev.condis.tck.report.JUnitXml;
import dev.condis.tck.report.Report;
import dev.condis.tck.subject.Kind;
import dev.condis.tck.subject.KitOptions;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Descriptor;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/** The commands {@code tck:run}, {@code tck:list} and {@code tck:rules}. */
@Component(
        service = KitCommand.class,
        property = {
            "osgi.command.scope=tck",
            "osgi.command.function=run",
            "osgi.command.function=list",
            "osgi.command.function=rules"
        })
public final class KitCommand {
    private static final String XML = ".xml";

    private final BundleContext context;
    private final NdisLibrary library;
    private volatile boolean active = true;

    /**
     * Called by Declarative Services.
     *
     * @param context registers what the kit puts above an adapter
     * @param library the core
     */
    @Activate
    public KitCommand(final BundleContext context, @Reference final NdisLibrary library) {
        this.context = Objects.requireNonNull(context, "context");
        this.library = Objects.requireNonNull(library, "library");
    }

    /** A run that is under way comes to its end. */
    @Deactivate
    void deactivate() {
        active = false;
    }

    /**
     * Checks an adapter that runs already, beside its other users and without disturbing them: it is not paused, reset or taken down.
     * The kit makes VCs and calls of its own and sends on them.
     *
     * @param session where to print
     * @param name name of the adapter
     * @param more a file for the report, which ends with {@code .xml}; flows ({@code vlan:100}) or numbers for the VCs of the kit,
     *     unless it is to choose
     * @throws IOException if the report cannot be written
     * @throws IllegalArgumentException if there is no such adapter in operation, or a flow cannot be read
     */
    @Descriptor("checks an adapter that runs; writes JUnit XML when a file is given")
    public void run(
            final CommandSession session,
            @Descriptor("adapter") final String name,
            @Descriptor("[FILE.xml] [FLOW or NUMBER]...") final String... more)
            throws IOException {
        final List<LiveAdapter> all = LiveAdapter.all(context, library);
        final LiveAdapter adapter = running(all, name);
        final List<LiveAdapter> others =
                all.stream().filter(a -> !a.name().equals(name)).toList();
        final PrintStream out = session.getConsole();
        out.println(adapter);
        final Report report = new LiveRun(
                        adapter,
                        others,
                        new ServiceHost(context, new UndisturbedLibrary(library)),
                        KitOptions.standard())
                .run(Stream.of(more).filter(m -> !isFile(m)).toList(), () -> active, out::println);
        report.capabilities().forEach(capability -> out.println("can " + capability));
        out.println(report);
        final Optional<String> file = Stream.of(more).filter(KitCommand::isFile).findFirst();
        if (file.isPresent()) {
            write(out, session.currentDir().resolve(file.get()), report);
        }
    }

    private static boolean isFile(final String argument) {
        return argument.endsWith(XML);
    }

    private static LiveAdapter running(final List<LiveAdapter> all, final String name) {
        final LiveAdapter adapter = all.stream()
                .filter(a -> a.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no adapter '" + name + "', only "
                        + all.stream().map(LiveAdapter::name).toList()));
        if (!adapter.isRunning()) {
            throw new IllegalArgumentException("adapter '" + name + "' is not in operation but "
                    + adapter.snapshot().state()
                    + adapter.snapshot().unavailableCause().map(c -> ": " + c).orElse(""));
        }
        return adapter;
    }

    private static void write(final PrintStream out, final Path file, final Report report) throws IOException {
        Files.writeString(file, JUnitXml.of(report));
        out.println("report: " + file);
    }

    /**
     * Lists the adapters.
     *
     * @param session where to print
     */
    @Descriptor("lists the adapters: name, role, medium, state, VCs")
    public void list(final CommandSession session) {
        LiveAdapter.all(context, library).forEach(session.getConsole()::println);
    }

    /**
     * Lists the rules that can be checked on a role.
     *
     * @param session where to print
     * @param role {@code miniport}, {@code mcm}, {@code call-manager} or {@code client}
     * @throws IllegalArgumentException if it is none of these
     */
    @Descriptor("lists the rules that are checked on a role")
    public void rules(
            final CommandSession session, @Descriptor("miniport, mcm, call-manager or client") final String role) {
        final Kind kind = Stream.of(Kind.values())
                .filter(k -> k.name().equals(role.toUpperCase(Locale.ROOT).replace('-', '_')))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "a role is miniport, mcm, call-manager or client, and not '" + role + "'"));
        ConformanceKit.rules(kind)
                .forEach(rule -> session.getConsole().println(String.format("%-5s %s", rule.id(), rule.sentence())));
    }
}
