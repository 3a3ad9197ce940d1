// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.shell;

import dev.condis.api.CallParameters;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.ServiceProperties;
import dev.condis.api.SpecificParameters;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.tck.subject.Kind;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;

/**
 * An adapter of this container.
 *
 * @param snapshot what the library says of it
 * @param kind what its backend is
 * @param medium what it is attached to
 */
record LiveAdapter(AdapterSnapshot snapshot, Kind kind, Medium medium) {
    /** Checks that nothing is missing. */
    LiveAdapter {
        Objects.requireNonNull(snapshot, "snapshot");
        Objects.requireNonNull(kind, "kind");
        Objects.requireNonNull(medium, "medium");
    }

    /** Every adapter for which a backend is registered, in the order of their names. */
    static List<LiveAdapter> all(final BundleContext context, final NdisLibrary library) {
        return library.adapters().stream()
                .flatMap(snapshot -> of(context, snapshot).stream())
                .sorted(Comparator.comparing(LiveAdapter::name))
                .toList();
    }

    private static Optional<LiveAdapter> of(final BundleContext context, final AdapterSnapshot snapshot) {
        return Stream.concat(references(context, MiniportCallManager.class), references(context, CoMiniport.class))
                .filter(r -> snapshot.name().equals(r.getProperty(ServiceProperties.ADAPTER)))
                .max(Comparator.<ServiceReference<?>, Boolean>comparing(LiveAdapter::isAvailable)
                        .thenComparing(Comparator.naturalOrder()))
                .flatMap(reference -> medium(reference).map(m -> new LiveAdapter(snapshot, kind(reference), m)));
    }

    private static Stream<ServiceReference<?>> references(final BundleContext context, final Class<?> role) {
        try {
            return Optional.ofNullable(context.getAllServiceReferences(role.getName(), null)).stream()
                    .flatMap(Stream::of);
        } catch (final InvalidSyntaxException e) {
            throw new IllegalStateException("no filter is a filter", e);
        }
    }

    private static boolean isAvailable(final ServiceReference<?> reference) {
        return !Boolean.FALSE.equals(reference.getProperty(ServiceProperties.AVAILABLE));
    }

    private static Kind kind(final ServiceReference<?> reference) {
        final Object roles = reference.getProperty("objectClass");
        return List.of((String[]) roles).contains(MiniportCallManager.class.getName()) ? Kind.MCM : Kind.MINIPORT;
    }

    private static Optional<Medium> medium(final ServiceReference<?> reference) {
        final String name = String.valueOf(reference.getProperty(ServiceProperties.MEDIUM));
        return Stream.of(Medium.values())
                .filter(m -> m.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /** Its name. */
    String name() {
        return snapshot.name();
    }

    /** Whether packets can pass. */
    boolean isRunning() {
        return snapshot.state() == AdapterSnapshot.State.RUNNING;
    }

    /** What VCs on it carry now, as their media parameters name it. */
    Set<SpecificParameters> flowsInUse() {
        return snapshot.vcs().stream()
                .map(VcSnapshot::parameters)
                .flatMap(Optional::stream)
                .map(CallParameters::media)
                .flatMap(Optional::stream)
                .map(MediaParameters::specific)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    @Override
    public String toString() {
        return String.format(
                "%-16s %-9s %-9s %-12s %d VCs",
                name(), kind, medium, snapshot.state(), snapshot.vcs().size());
    }
}
