// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A party of a multipoint call as its client sees it, {@code NdisPartyHandle} (states: contract B.10). For call management only: data
 * goes by the VC (rule R175). Dead from the moment {@link #dropParty} is called (R168), or the call is closed with it. Thread safe.
 */
@ProviderType
public interface ClientParty {
    /**
     * The VC of the call.
     *
     * @return the VC
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    ClientVc vc();

    /**
     * The state of the party at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    PartyState state();

    /**
     * The parameters with which the call manager added the party; {@code CALL_PARAMETERS_CHANGED} is set when they differ from those
     * that were asked for (rule R167).
     *
     * @return the parameters
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CallParameters callParameters();

    /**
     * Drops the party, {@code NdisClDropParty}; the stage completes as {@code ProtocolClDropPartyComplete} is called. The last party
     * leaves with the call: {@link ClientVc#closeCall(ClientParty, Octets)}.
     *
     * @param closeData octets for the party, {@link Octets#EMPTY} when there are none
     * @return success; or {@code FAILURE} when it is the last party (rule R169), or is being dropped or gone (R168),
     *     {@code NOT_ACCEPTED} while it is being added, {@code INVALID_DATA} when the medium cannot carry close data,
     *     after which the party is as before
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> dropParty(Octets closeData);
}
