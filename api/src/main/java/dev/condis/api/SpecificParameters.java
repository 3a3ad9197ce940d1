// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;

/**
 * Parameters that only one kind of call manager or medium understands, {@code CO_SPECIFIC_PARAMETERS}.
 *
 * @param paramType tells the format of the parameters
 * @param parameters the parameters
 */
public record SpecificParameters(int paramType, Octets parameters) {
    /** Checks that the parameters are there. */
    public SpecificParameters {
        Objects.requireNonNull(parameters, "parameters");
    }
}
