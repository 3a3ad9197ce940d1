// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.oid;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Refusal;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The outcome of a request about an object: what {@code NDIS_OID_REQUEST} holds when it is completed.
 *
 * @param status the final status, never {@link NdisStatus#PENDING}; {@code INVALID_OID}, {@code INVALID_LENGTH},
 *     {@code BUFFER_TOO_SHORT}, {@code INVALID_DATA}, {@code RESOURCES} and {@code RESET_IN_PROGRESS} can be corrected and submitted again
 *     (rule R198)
 * @param information what was asked for, {@code BytesWritten} octets; {@link Octets#EMPTY} after a set or a failure
 * @param bytesNeeded how many octets it would have taken, {@code BytesNeeded}; 0 unless the length was wrong
 * @param refusal the rule that refused, empty when the target gave a bare status
 */
public record OidResult(NdisStatus status, Octets information, int bytesNeeded, Optional<Refusal> refusal) {
    private static final OidResult SUCCESS = new OidResult(NdisStatus.SUCCESS, Octets.EMPTY, 0, Optional.empty());

    /** Checks that the status is final and that only a success has information. */
    public OidResult {
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(information, "information");
        Objects.requireNonNull(refusal, "refusal");
        if (status == NdisStatus.PENDING) {
            throw new IllegalArgumentException("R4: a final status is never " + status);
        }
        if (!status.isSuccess() && information.length() > 0) {
            throw new IllegalArgumentException("a request that ended with " + status + " has no information");
        }
        if (bytesNeeded < 0) {
            throw new IllegalArgumentException("bytesNeeded is negative: " + bytesNeeded);
        }
    }

    /**
     * The success of a set.
     *
     * @return the result
     */
    public static OidResult success() {
        return SUCCESS;
    }

    /**
     * The success of a query.
     *
     * @param information what was asked for
     * @return the result
     */
    public static OidResult success(final Octets information) {
        return new OidResult(NdisStatus.SUCCESS, information, 0, Optional.empty());
    }

    /**
     * A failure.
     *
     * @param status any status but {@link NdisStatus#SUCCESS} and {@link NdisStatus#PENDING}
     * @return the result
     * @throws IllegalArgumentException if the status is {@link NdisStatus#SUCCESS} or {@link NdisStatus#PENDING}
     */
    public static OidResult failure(final NdisStatus status) {
        if (status.isSuccess()) {
            throw new IllegalArgumentException("not a failure: " + status);
        }
        return new OidResult(status, Octets.EMPTY, 0, Optional.empty());
    }

    /**
     * A failure because of a wrong length (rules R196, R201).
     *
     * @param status {@code BUFFER_TOO_SHORT} or {@code INVALID_LENGTH}
     * @param bytesNeeded how many octets it takes
     * @return the result
     */
    public static OidResult wrongLength(final NdisStatus status, final int bytesNeeded) {
        return new OidResult(status, Octets.EMPTY, bytesNeeded, Optional.empty());
    }

    /**
     * A refusal with its reason.
     *
     * @param status any status but {@link NdisStatus#SUCCESS} and {@link NdisStatus#PENDING}
     * @param refusal the reason
     * @return the result
     */
    public static OidResult refused(final NdisStatus status, final Refusal refusal) {
        return new OidResult(status, Octets.EMPTY, 0, Optional.of(refusal));
    }

    /**
     * Tells whether the request was carried out.
     *
     * @return {@code true} when the status is {@link NdisStatus#SUCCESS}
     */
    public boolean isSuccess() {
        return status.isSuccess();
    }

    /**
     * The synchronous return of this result from a callback that may also complete later.
     *
     * @return a stage that is already complete with this result
     */
    public CompletionStage<OidResult> asStage() {
        return CompletableFuture.completedStage(this);
    }

    @Override
    public String toString() {
        return refusal.map(r -> status + ", " + r)
                .orElseGet(() -> bytesNeeded > 0 ? status + ", " + bytesNeeded + " octets needed" : status.toString());
    }
}
