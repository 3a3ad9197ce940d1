// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.ThreadLevel;
import org.osgi.annotation.versioning.ProviderType;

/** A party of a multipoint call as its call manager sees it, {@code NdisPartyHandle} (states: contract B.10). Thread safe. */
@ProviderType
public interface CmParty {
    /**
     * The VC of the call.
     *
     * @return the VC
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CmVc vc();

    /**
     * The state of the party at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    PartyState state();

    /**
     * Tells the client that the party has left, {@code Ndis(M)CmDispatchIncomingDropParty}. The client answers by dropping it (rule
     * R173), which reaches {@link CmPartyContext#dropParty}. The leave of the last party is
     * {@link CmVc#dispatchIncomingCloseCall} (R172).
     *
     * @param dropStatus success when the party asked for it, anything else when the network has a problem
     * @param closeData octets of the party, {@link Octets#EMPTY} when there are none
     * @return success; or {@code NOT_ACCEPTED} when it is the last party or not active, {@code FAILURE} when it is gone
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<Void> dispatchIncomingDropParty(NdisStatus dropStatus, Octets closeData);
}
