// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;
import java.util.Optional;

/**
 * What a call manager needs to set a call up, {@code CO_CALL_MANAGER_PARAMETERS}.
 *
 * @param transmit traffic from the client to the network
 * @param receive traffic from the network to the client
 * @param specific parameters of the signaling protocol
 */
public record CallManagerParameters(FlowSpec transmit, FlowSpec receive, Optional<SpecificParameters> specific) {
    /** Checks that nothing is missing. */
    public CallManagerParameters {
        Objects.requireNonNull(transmit, "transmit");
        Objects.requireNonNull(receive, "receive");
        Objects.requireNonNull(specific, "specific");
    }

    /**
     * Best effort in both directions.
     *
     * @return the parameters
     */
    public static CallManagerParameters bestEffort() {
        return new CallManagerParameters(FlowSpec.bestEffort(), FlowSpec.bestEffort(), Optional.empty());
    }
}
