// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** What a call manager keeps for a party, {@code CallMgrPartyContext}, and the callbacks that carry it. */
@ConsumerType
public interface CmPartyContext {
    /**
     * The client drops the party, {@code ProtocolCmDropParty}. Completing the stage is {@code Ndis(M)CmDropPartyComplete}. After a
     * success the call manager has freed this context (rule R174).
     *
     * @param closeData octets for the party, {@link Octets#EMPTY} when there are none
     * @return success; {@code INVALID_DATA} when the medium cannot carry close data
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisStatus> dropParty(Octets closeData);

    /**
     * The client asks something about the party, {@code ProtocolCoOidRequest}. Completing the stage is
     * {@code NdisCoOidRequestComplete} or {@code NdisMCmOidRequestComplete} (rule R199).
     *
     * @param request what is asked
     * @return the answer, {@code NOT_SUPPORTED} for an OID that the call manager does not know (rule R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }
}
