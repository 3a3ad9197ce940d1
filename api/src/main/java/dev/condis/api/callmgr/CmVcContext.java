// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a call manager keeps for a VC, {@code CallMgrVcContext}, and the callbacks that carry it. They come one at a time, in the
 * order of the transitions that caused them.
 */
@ConsumerType
public interface CmVcContext {
    /**
     * The client makes a call, {@code ProtocolCmMakeCall}. Completing the stage is {@code Ndis(M)CmMakeCallComplete}. The VC must
     * be active before a success is reported (rule R121); a failed call is completed as well (R123), with the VC inactive.
     *
     * @param parameters what the client asks for
     * @return the parameters of the call, with {@code CALL_PARAMETERS_CHANGED} set when they were changed (rule R120); or
     *     {@code NOT_SUPPORTED} for parameters that cannot be used, {@code RESOURCES}, or the network's reason (R119)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> makeCall(CallParameters parameters);

    /**
     * The client closes the call, {@code ProtocolCmCloseCall}. Completing the stage is {@code Ndis(M)CmCloseCallComplete}. The
     * call manager deactivates the VC as part of it, before it completes (rules R90, R154, C5); the client hears of success
     * only when the VC is inactive.
     *
     * @param closeData octets for the remote party, {@link Octets#EMPTY} when there are none
     * @return success; {@code INVALID_DATA} when the medium cannot carry close data (rule R152)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisStatus> closeCall(Octets closeData);

    /**
     * The client deletes a VC that it created, {@code ProtocolCoDeleteVc}. Synchronous.
     *
     * @return success; {@code NOT_ACCEPTED} when operations are outstanding (rule R112)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisStatus deleteVc();

    /**
     * The client makes a multipoint call to its first party, {@code ProtocolCmMakeCall} with an {@code NdisPartyHandle} (rule R122). Otherwise
     * as {@link #makeCall(CallParameters)}.
     *
     * @param parameters what the client asks for
     * @param party the call manager's side of the first party
     * @return the call manager's context for the party and the parameters of the call; {@code NOT_SUPPORTED} by a call manager without
     *     multipoint calls
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisResult<AddedParty>> makeCall(final CallParameters parameters, final CmParty party) {
        return NdisResult.<AddedParty>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    /**
     * The client adds a party, {@code ProtocolCmAddParty}. Completing the stage is {@code Ndis(M)CmAddPartyComplete}. Parameters that differ
     * from those of the VC apply to the party alone, are reset, change all, or are refused, as the medium allows (rule R166).
     *
     * @param party the call manager's side of the party
     * @param parameters what the client asks for
     * @return the call manager's context for the party and its parameters; {@code NOT_SUPPORTED}, {@code RESOURCES}, or the network's reason
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisResult<AddedParty>> addParty(final CmParty party, final CallParameters parameters) {
        return NdisResult.<AddedParty>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    /**
     * The client closes a multipoint call, {@code ProtocolCmCloseCall} with a {@code CallMgrPartyContext}: the call manager frees the last
     * party's state too (rule R153). Otherwise as {@link #closeCall(Octets)}, which is what the default calls.
     *
     * @param lastParty the call manager's context of the party that is left
     * @param closeData octets for the party, {@link Octets#EMPTY} when there are none
     * @return as {@link #closeCall(Octets)}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisStatus> closeCall(final CmPartyContext lastParty, final Octets closeData) {
        return closeCall(closeData);
    }

    /**
     * The client asks for other parameters, {@code ProtocolCmModifyCallQoS}. Completing the stage is {@code Ndis(M)CmModifyCallQoSComplete}.
     * The call manager negotiates with the network, then activates the VC with the new parameters, and reports success after that (rule
     * R141); when either refuses it restores the old state (R142).
     *
     * @param parameters what the client asks for
     * @return the parameters in force, with {@code CALL_PARAMETERS_CHANGED} set when they differ (R143); {@code NOT_SUPPORTED} by a medium
     *     without quality of service (R140), {@code FAILURE}, {@code RESOURCES}, {@code INVALID_DATA}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
        return NdisResult.<CallParameters>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    /**
     * The miniport indicates a status of this VC, {@code ProtocolCoStatusEx}. One indication at a time for each binding (rule R206). In an
     * MCM it is the miniport half that does.
     *
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void status(final StatusIndication indication) {
        // most indications are of no consequence for a call manager
    }

    /**
     * The client asks something about the VC, {@code ProtocolCoOidRequest}. Completing the stage is {@code NdisCoOidRequestComplete} or
     * {@code NdisMCmOidRequestComplete} (rule R199).
     *
     * @param request what is asked
     * @return the answer, {@code NOT_SUPPORTED} for an OID that the call manager does not know (R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }
}
