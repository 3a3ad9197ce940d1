// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** What a call manager keeps for a client's address family, {@code CallMgrAfContext}, and the callbacks that carry it. */
@ConsumerType
public interface CmAfContext {
    /**
     * The client creates a VC, {@code ProtocolCoCreateVc}. Synchronous (rule R69). Nothing is signaled to the network because
     * of it (rule R74).
     *
     * @param vc the call manager's side of the VC; in an MCM an {@link dev.condis.api.miniport.McmVc}
     * @return the call manager's context for the VC, in an MCM an {@link dev.condis.api.miniport.McmVcContext}; or a failure
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<CmVcContext> createVc(CmVc vc);

    /**
     * The client registers a SAP, {@code ProtocolCmRegisterSap}. Completing the stage is {@code Ndis(M)CmRegisterSapComplete}.
     * Calls may be dispatched on the SAP at once (rule R53).
     *
     * @param sap the call manager's side of the SAP
     * @return the call manager's context for it (rule R9); or {@code INVALID_DATA} when the SAP is malformed, unsupported or
     *     registered by another client (rule R50), {@code RESOURCES}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CmSapContext>> registerSap(CmSap sap);

    /**
     * The client closes the address family, {@code ProtocolCmCloseAf}. Its calls are closed and its SAPs deregistered. Completing
     * the stage is {@code Ndis(M)CmCloseAddressFamilyComplete}. The call manager deletes the VCs that it created for this client
     * before it completes (C22).
     *
     * @return success (rule R42); {@code NOT_ACCEPTED} is tolerated and leaves the address family open (R41)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisStatus> closeAf();

    /**
     * The client asks the call manager, or sets something there, {@code ProtocolCoOidRequest}: permanent circuits (sequence S33), addresses
     * (S34). Completing the stage is {@code NdisCoOidRequestComplete} or {@code NdisMCmOidRequestComplete} (rule R199).
     *
     * @param request what is asked
     * @return the answer, {@code NOT_SUPPORTED} for an OID that the call manager does not know (R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }
}
