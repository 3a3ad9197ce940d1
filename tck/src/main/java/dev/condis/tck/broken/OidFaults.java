// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.broken;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.reference.ReferenceChannel;
import java.util.Optional;
import java.util.function.Supplier;

/** Wrong answers to OID requests. */
final class OidFaults {
    /** Makes another answer of the right one. */
    @FunctionalInterface
    interface Answer {
        OidResult answer(Supplier<OidResult> right, Optional<ReferenceChannel> channel, OidRequest request);
    }

    private OidFaults() {}

    static OidResult whateverTheLength(final OidResult right) {
        return right.bytesNeeded() > 0 ? OidResult.success(Octets.EMPTY) : right;
    }

    static OidResult oneWord(final OidResult right) {
        return right.status() == NdisStatus.INVALID_OID ? OidResult.failure(NdisStatus.FAILURE) : right;
    }

    static OidResult eightOctetsOnly(final OidResult right, final OidRequest request) {
        return request.oid().equals(Oid.GEN_CO_XMIT_PDUS_OK) && request.bufferLength() < Long.BYTES
                ? OidResult.wrongLength(NdisStatus.INVALID_LENGTH, Long.BYTES)
                : right;
    }
}
