// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.shell;

import dev.condis.api.NdisResult;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * The commands {@code condis:adapters}, {@code vcs}, {@code swap}, {@code pin}, {@code unpin}, {@code demote}, {@code promote},
 * {@code swaps}, {@code why}, {@code pause}, {@code restart} and {@code reset}. Each answers with text, which the shell prints or hands on.
 */
@Component(
        service = AdapterCommands.class,
        property = {
            "osgi.command.scope=condis",
            "osgi.command.function=adapters",
            "osgi.command.function=vcs",
            "osgi.command.function=swap",
            "osgi.command.function=pin",
            "osgi.command.function=unpin",
            "osgi.command.function=demote",
            "osgi.command.function=promote",
            "osgi.command.function=swaps",
            "osgi.command.function=why",
            "osgi.command.function=pause",
            "osgi.command.function=restart",
            "osgi.command.function=reset"
        })
public final class AdapterCommands {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private final NdisLibrary library;
    private final LibraryText text;
    private final Duration patience;

    /**
     * Called by Declarative Services.
     *
     * @param library the core
     */
    @Activate
    public AdapterCommands(@Reference final NdisLibrary library) {
        this(library, ZoneId.systemDefault(), PATIENCE);
    }

    AdapterCommands(final NdisLibrary library, final ZoneId zone, final Duration patience) {
        this.library = Objects.requireNonNull(library, "library");
        text = new LibraryText(zone);
        this.patience = patience;
    }

    /**
     * Lists the adapters.
     *
     * @return a table: state, generation, the service that carries it of how many, VCs, bound drivers
     */
    @Descriptor("lists the adapters: state, generation, the service that carries it of how many, VCs, bound drivers")
    public String adapters() {
        return text.adapters(library.adapters(), library::why);
    }

    /**
     * Lists the VCs of an adapter.
     *
     * @param adapter its name
     * @return a table: state, state of the call, packets sent and come back, received and returned, refused
     * @throws IllegalArgumentException if there is no such adapter
     */
    @Descriptor("lists the VCs of an adapter: packets sent and come back, received and returned, refused")
    public String vcs(@Descriptor("adapter") final String adapter) {
        return text.vcs(known(adapter));
    }

    private AdapterSnapshot known(final String adapter) {
        return library.adapters().stream()
                .filter(snapshot -> snapshot.name().equals(adapter))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no adapter '" + adapter + "', only "
                        + library.adapters().stream().map(AdapterSnapshot::name).toList()));
    }

    /**
     * Moves an adapter to another backend, under its calls.
     *
     * @param adapter its name
     * @param service {@code service.id} of the backend
     * @return the report, or why there is none
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("moves an adapter to another backend, under its calls")
    public String swap(
            @Descriptor("adapter") final String adapter, @Descriptor("service.id of the backend") final long service)
            throws InterruptedException {
        return answer(library.swap(adapter, service), done -> text.swap(done.get()));
    }

    /**
     * Moves an adapter to a backend and keeps it there.
     *
     * @param adapter its name
     * @param service {@code service.id} of the backend
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("moves an adapter to a backend, and keeps it there whatever the ranking of others")
    public String pin(
            @Descriptor("adapter") final String adapter, @Descriptor("service.id of the backend") final long service)
            throws InterruptedException {
        return answer(library.pin(adapter, service), done -> adapter + " is pinned to service " + service);
    }

    /**
     * Lets an adapter follow the ranking of its backends again.
     *
     * @param adapter its name
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("lets an adapter follow the ranking of its backends again")
    public String unpin(@Descriptor("adapter") final String adapter) throws InterruptedException {
        return answer(library.unpin(adapter), done -> adapter + " is not pinned");
    }

    /**
     * Lets a backend stand behind all others of its adapter.
     *
     * @param adapter its name
     * @param service {@code service.id} of the backend
     * @param cause what is wrong with it
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("lets a backend stand behind all others of its adapter, whatever its ranking")
    public String demote(
            @Descriptor("adapter") final String adapter,
            @Descriptor("service.id of the backend") final long service,
            @Descriptor("what is wrong with it") final String cause)
            throws InterruptedException {
        return answer(library.demote(adapter, service, cause), done -> "service " + service + " is demoted");
    }

    /**
     * Ends the demotion of a backend.
     *
     * @param adapter its name
     * @param service {@code service.id} of the backend
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("lets a backend that was demoted stand where its ranking says")
    public String promote(
            @Descriptor("adapter") final String adapter, @Descriptor("service.id of the backend") final long service)
            throws InterruptedException {
        return answer(library.promote(adapter, service), done -> "service " + service + " is not demoted");
    }

    /**
     * Lists the latest swaps of an adapter.
     *
     * @param adapter its name
     * @return a table, the oldest first
     * @throws IllegalArgumentException if there is no such adapter
     */
    @Descriptor("lists the latest changes of an adapter's backend")
    public String swaps(@Descriptor("adapter") final String adapter) {
        return text.swaps(known(adapter).name(), library.swaps(adapter));
    }

    /**
     * Explains why an adapter is carried by the backend that carries it.
     *
     * @param adapter its name
     * @return the reason, the candidates, and what would change it
     * @throws IllegalArgumentException if there is no such adapter
     */
    @Descriptor("explains why an adapter is carried by the backend that carries it, and what would change it")
    public String why(@Descriptor("adapter") final String adapter) {
        return library.why(adapter)
                .map(text::why)
                .orElseGet(() -> "nothing is known of " + known(adapter).name());
    }

    /**
     * Pauses an adapter.
     *
     * @param adapter its name
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("pauses an adapter; VCs and calls stay")
    public String pause(@Descriptor("adapter") final String adapter) throws InterruptedException {
        return answer(library.pause(adapter), done -> adapter + " is paused");
    }

    /**
     * Restarts an adapter that was paused.
     *
     * @param adapter its name
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("restarts an adapter that was paused")
    public String restart(@Descriptor("adapter") final String adapter) throws InterruptedException {
        return answer(library.restart(adapter), done -> adapter + " is in operation");
    }

    /**
     * Resets an adapter.
     *
     * @param adapter its name
     * @return how it ended
     * @throws InterruptedException if the user has had enough
     */
    @Descriptor("resets an adapter; handles survive it")
    public String reset(@Descriptor("adapter") final String adapter) throws InterruptedException {
        return answer(library.reset(adapter), done -> adapter + " was reset");
    }

    private <T> String answer(final CompletionStage<NdisResult<T>> stage, final Function<NdisResult<T>, String> success)
            throws InterruptedException {
        try {
            final NdisResult<T> result = stage.toCompletableFuture().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return result.isSuccess() ? success.apply(result) : result.toString();
        } catch (final TimeoutException e) {
            return "not over after " + patience.toSeconds() + " s; it goes on";
        } catch (final ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
    }
}
