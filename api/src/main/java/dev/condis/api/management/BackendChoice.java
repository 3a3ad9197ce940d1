// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Why a logical adapter is carried by the backend that carries it.
 *
 * @param adapter name of the logical adapter
 * @param active {@code service.id} of the backend that carries it, empty when none does
 * @param pinned {@code service.id} of the backend to which an operator has pinned it
 * @param reason why it is this one, or why it is none
 * @param graceEnds when the calls end whose VCs wait for a backend, unless one comes; empty when none waits
 * @param candidates all that are registered, the best first
 * @param wouldChange what would make it another one
 */
public record BackendChoice(
        String adapter,
        OptionalLong active,
        OptionalLong pinned,
        String reason,
        Optional<Instant> graceEnds,
        List<Candidate> candidates,
        List<String> wouldChange) {
    /**
     * A backend that is registered for the adapter.
     *
     * @param serviceId its {@code service.id}
     * @param ranking its {@code service.ranking}
     * @param miniportCallManager it is an MCM
     * @param unavailableCause why it cannot be used now, empty when it can
     * @param demotedCause why it stands behind all that are not demoted, empty when it is not
     * @param lastFailure why it did not take the adapter, or lost it, when it last had the chance
     * @param staleCallbacks callbacks of earlier generations of it that came too late and were ignored
     */
    public record Candidate(
            long serviceId,
            int ranking,
            boolean miniportCallManager,
            Optional<String> unavailableCause,
            Optional<String> demotedCause,
            Optional<String> lastFailure,
            long staleCallbacks) {}

    /** Copies the lists. */
    public BackendChoice {
        candidates = List.copyOf(candidates);
        wouldChange = List.copyOf(wouldChange);
    }
}
