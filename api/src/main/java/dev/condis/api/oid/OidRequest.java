// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.oid;

import dev.condis.api.Octets;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/**
 * A request about an object, {@code NDIS_OID_REQUEST}. Immutable, so that nobody can touch it while it is pending (rule R194).
 *
 * @param type whether it asks or sets
 * @param oid what it is about
 * @param information what is to be set; {@link Octets#EMPTY} in a query
 * @param bufferLength how many octets the requester takes as the answer of a query, {@code InformationBufferLength}; the length of the
 *     information in a set
 * @param requestId names the request when it is cancelled, {@code RequestId}; 0 when it is not meant to be
 * @param timeout how long a miniport may take before the request is cancelled, {@code Timeout}; zero for as long as the core allows
 * @param requestHandle who asked; given by the core, empty in the hands of the requester
 */
public record OidRequest(
        Type type,
        Oid oid,
        Octets information,
        int bufferLength,
        long requestId,
        Duration timeout,
        Optional<RequestHandle> requestHandle) {
    /** What is asked for, {@code NDIS_REQUEST_TYPE}. */
    public enum Type {
        /** For information, {@code NdisRequestQueryInformation}. */
        QUERY,
        /** To change something, {@code NdisRequestSetInformation}. */
        SET
    }

    /** Checks that nothing is missing, no length negative, and a set as long as its information. */
    public OidRequest {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(oid, "oid");
        Objects.requireNonNull(information, "information");
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(requestHandle, "requestHandle");
        if (bufferLength < 0) {
            throw new IllegalArgumentException(
                    "bufferLength of a request for " + oid + " is negative: " + bufferLength);
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout of a request for " + oid + " is negative: " + timeout);
        }
        if (type == Type.SET && bufferLength != information.length()) {
            throw new IllegalArgumentException("a set of " + oid + " has " + information.length()
                    + " octets of information and says " + bufferLength);
        }
    }

    /**
     * A query.
     *
     * @param oid what it is about
     * @param bufferLength how many octets the requester takes
     * @return the request
     * @throws IllegalArgumentException if the length is negative
     */
    public static OidRequest query(final Oid oid, final int bufferLength) {
        return new OidRequest(Type.QUERY, oid, Octets.EMPTY, bufferLength, 0, Duration.ZERO, Optional.empty());
    }

    /**
     * A set.
     *
     * @param oid what it is about
     * @param information what is to be set
     * @return the request
     */
    public static OidRequest set(final Oid oid, final Octets information) {
        return new OidRequest(Type.SET, oid, information, information.length(), 0, Duration.ZERO, Optional.empty());
    }

    /**
     * This request with a name by which it can be cancelled.
     *
     * @param id the name; several requests may have the same, and are cancelled together
     * @return the request
     */
    public OidRequest withRequestId(final long id) {
        return new OidRequest(type, oid, information, bufferLength, id, timeout, requestHandle);
    }

    /**
     * This request with a time within which a miniport is to complete it.
     *
     * @param limit the time, more than zero
     * @return the request
     * @throws IllegalArgumentException if the time is negative
     */
    public OidRequest withTimeout(final Duration limit) {
        return new OidRequest(type, oid, information, bufferLength, requestId, limit, requestHandle);
    }

    /**
     * This request as the core passes it on.
     *
     * @param handle who asked
     * @return the request
     */
    public OidRequest withRequestHandle(final RequestHandle handle) {
        return new OidRequest(type, oid, information, bufferLength, requestId, timeout, Optional.of(handle));
    }

    @Override
    public String toString() {
        return (type == Type.QUERY ? "query of " : "set of ") + oid;
    }
}
