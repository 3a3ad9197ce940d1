// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;

/**
 * The name by which telephony software knows the call on a VC, the {@code VAR_STRING} of {@code NdisCoGetTapiCallId}. Opaque: compared,
 * passed on, never interpreted.
 *
 * @param id the name
 */
public record TapiCallId(String id) {
    /** Checks that the name is there. */
    public TapiCallId {
        if (Objects.requireNonNull(id, "id").isBlank()) {
            throw new IllegalArgumentException("the TAPI call id is blank");
        }
    }

    @Override
    public String toString() {
        return id;
    }
}
