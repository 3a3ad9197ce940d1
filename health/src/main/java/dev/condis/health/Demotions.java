// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.health;

import dev.condis.api.NdisResult;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.NdisLibrary;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backends that were demoted here. What the core says of a backend counts, not what is remembered: a core that was started anew is told
 * again, and what somebody else has demoted, or has promoted and demoted for a reason of his own, is left alone. Thread safe.
 */
final class Demotions {
    private static final Logger LOG = LoggerFactory.getLogger(Demotions.class);

    private final NdisLibrary library;
    private final Map<Backend, String> ours = new HashMap<>();

    /**
     * A backend of an adapter.
     *
     * @param adapter name of the logical adapter
     * @param serviceId {@code service.id} of its service
     */
    record Backend(String adapter, long serviceId) {
        @Override
        public String toString() {
            return "service " + serviceId + " of " + adapter;
        }
    }

    Demotions(final NdisLibrary library) {
        this.library = library;
    }

    /** Sees to it that these are demoted, for these causes, and no others that were. The first cause stays. */
    synchronized void settle(final Map<Backend, String> wanted) {
        List.copyOf(ours.keySet()).stream()
                .filter(backend -> !wanted.containsKey(backend))
                .forEach(this::promote);
        wanted.forEach(this::demote);
    }

    /** None is to be demoted any more. */
    void end() {
        settle(Map.of());
    }

    private void demote(final Backend backend, final String cause) {
        final Optional<BackendChoice.Candidate> candidate = candidate(backend);
        if (candidate.filter(known -> known.demotedCause().isEmpty()).isEmpty()) {
            return;
        }
        ours.put(backend, cause);
        LOG.warn("{} is demoted: {}", backend, cause);
        ask(backend, () -> library.demote(backend.adapter(), backend.serviceId(), cause));
    }

    private void promote(final Backend backend) {
        final Optional<String> cause = Optional.ofNullable(ours.remove(backend));
        if (candidate(backend)
                .map(BackendChoice.Candidate::demotedCause)
                .filter(cause::equals)
                .isPresent()) {
            LOG.info("{} is not demoted any more", backend);
            ask(backend, () -> library.promote(backend.adapter(), backend.serviceId()));
        }
    }

    private Optional<BackendChoice.Candidate> candidate(final Backend backend) {
        return library.why(backend.adapter()).stream()
                .flatMap(choice -> choice.candidates().stream())
                .filter(candidate -> candidate.serviceId() == backend.serviceId())
                .findFirst();
    }

    /** Not waited for: another backend may have to take over first. */
    private static void ask(final Backend backend, final Supplier<CompletionStage<NdisResult<Void>>> request) {
        try {
            request.get().thenAccept(result -> {
                if (!result.isSuccess()) {
                    LOG.warn("{} is gone meanwhile: {}", backend, result);
                }
            });
        } catch (final RuntimeException e) {
            LOG.warn("the core does not hear of {}; it may be on its way out", backend, e);
        }
    }
}
