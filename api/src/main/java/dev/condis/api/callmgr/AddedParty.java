// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.CallParameters;
import java.util.Objects;

/**
 * What a call manager answers when it has added a party: the outcome of {@code Ndis(M)CmAddPartyComplete}, and of
 * {@code Ndis(M)CmMakeCallComplete} for the first party.
 *
 * @param context the call manager's context for the party (rule R9)
 * @param parameters the parameters of the party, with {@code CALL_PARAMETERS_CHANGED} set when they were changed (rules R120, R166)
 */
public record AddedParty(CmPartyContext context, CallParameters parameters) {
    /** Checks that nothing is missing. */
    public AddedParty {
        Objects.requireNonNull(context, "context");
        Objects.requireNonNull(parameters, "parameters");
    }
}
