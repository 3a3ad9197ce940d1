// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a client keeps for a party, {@code ProtocolPartyContext}, and the callbacks that carry it. They come in one order with the
 * control callbacks of the VC.
 */
@ConsumerType
public interface ClientPartyContext {
    /**
     * A party that is not the last has left, {@code ProtocolClIncomingDropParty}. The client must answer by dropping the party, or by
     * closing the call when it has become the last meanwhile (rule R173, C51), which is what the default does.
     *
     * @param party the party
     * @param dropStatus {@link NdisStatus#SUCCESS} when the party asked for it, anything else when the network has a problem
     * @param closeData octets of the party, {@link Octets#EMPTY} when there are none
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void incomingDropParty(final ClientParty party, final NdisStatus dropStatus, final Octets closeData) {
        party.dropParty(Octets.EMPTY).thenAccept(dropped -> {
            if (dropped.status() == NdisStatus.FAILURE) {
                party.vc().closeCall(party, Octets.EMPTY);
            }
        });
    }

    /**
     * The call manager asks something about the party, {@code ProtocolCoOidRequest}. Completing the stage is
     * {@code NdisCoOidRequestComplete}.
     *
     * @param party the party
     * @param request what is asked
     * @return the answer, {@code NOT_SUPPORTED} for an OID that the client does not know (rule R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<OidResult> oidRequest(final ClientParty party, final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }
}
