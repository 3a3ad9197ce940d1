// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.status;

import dev.condis.api.Octets;
import dev.condis.api.oid.RequestHandle;
import java.util.Objects;
import java.util.Optional;

/**
 * What a miniport tells the protocols above it, {@code NDIS_STATUS_INDICATION}.
 *
 * @param code what has happened
 * @param buffer what belongs to it, {@code StatusBuffer}; {@link Octets#EMPTY} when nothing does
 * @param destination the only protocol that is to hear of it, {@code DestinationHandle}: the handle that came with its OID request; empty
 *     for all (sequence S31)
 */
public record StatusIndication(StatusCode code, Octets buffer, Optional<RequestHandle> destination) {
    /** Checks that nothing is missing. */
    public StatusIndication {
        Objects.requireNonNull(code, "code");
        Objects.requireNonNull(buffer, "buffer");
        Objects.requireNonNull(destination, "destination");
    }

    /**
     * An indication for everybody, without a buffer.
     *
     * @param code what has happened
     * @return the indication
     */
    public static StatusIndication of(final StatusCode code) {
        return new StatusIndication(code, Octets.EMPTY, Optional.empty());
    }

    /**
     * An indication for everybody.
     *
     * @param code what has happened
     * @param buffer what belongs to it
     * @return the indication
     */
    public static StatusIndication of(final StatusCode code, final Octets buffer) {
        return new StatusIndication(code, buffer, Optional.empty());
    }

    /**
     * That the state of the link has changed (rule R212).
     *
     * @param state the state now
     * @return the indication
     */
    public static StatusIndication linkState(final LinkState state) {
        return of(StatusCode.LINK_STATE, state.toOctets());
    }
}
