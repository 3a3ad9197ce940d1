// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.TapiCallId;
import dev.condis.api.ThreadLevel;
import dev.condis.api.VcState;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A client's VC as its call manager sees it: {@code NdisCm*} and {@code NdisMCm*} on a VC handle. States: contract B.6, B.7,
 * B.8. Thread safe.
 */
@ProviderType
public interface CmVc {
    /**
     * The identity that all who share the VC see.
     *
     * @return the handle
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisVcHandle handle();

    /**
     * The address family instance that the VC belongs to.
     *
     * @return the address family
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CmAf addressFamily();

    /**
     * The state of the VC at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    VcState state();

    /**
     * The state of the call at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CallState callState();

    /**
     * The parameters in force.
     *
     * @return the parameters, empty when the VC is not active (rule R99)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    Optional<CallParameters> callParameters();

    /**
     * Activates the VC, or changes the parameters of an active one: {@code NdisCmActivateVc}, which reaches
     * {@code MiniportCoActivateVc} and whose stage completes as {@code ProtocolCmActivateVcComplete} is called; or
     * {@code NdisMCmActivateVc}, which reaches no miniport callback (rule R78) and whose stage is complete on return (C1).
     *
     * @param parameters the parameters to put in force
     * @return the parameters in force, rounded ones when a rounding flag was set (rule R82); or {@code INVALID_DATA},
     *     {@code RESOURCES} or another status of the miniport, after which the VC is as it was before (R81, R86);
     *     {@code NOT_ACCEPTED} while an activation or deactivation is pending; {@code FAILURE} when the VC is deleted
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> activateVc(CallParameters parameters);

    /**
     * Deactivates the VC, an essential step in closing a call (rule R90). No further transfer starts; the deactivation is
     * complete when every send in progress has completed and every indicated NBL has been returned (R93, R94). The handle stays
     * valid (R101), the parameters do not (R99).
     * <p>
     * {@code NdisCmDeactivateVc} reaches {@code MiniportCoDeactivateVc}; the stage completes as
     * {@code ProtocolCmDeactivateVcComplete} is called. {@code NdisMCmDeactivateVc} only marks the VC inactive (R91): the MCM has
     * drained it, and the stage is complete on return (C1).
     *
     * @return success; or {@code NOT_ACCEPTED} and no change when the VC is inactive already (rule R92, C27), when an activation or
     *     deactivation is pending, or when an MCM has not drained its transfers; {@code FAILURE} when the VC is deleted; or the
     *     status with which the miniport failed it, after which the VC is active
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> deactivateVc();

    /**
     * Deletes a VC that this call manager created: {@code NdisCoDeleteVc}, or {@code NdisMCmDeleteVc} inside an MCM (C2). The
     * handle is dead when it returns success (rule R111).
     *
     * @return success; or {@code NOT_ACCEPTED} when the VC is active (rule R108), has a call (R107), was created by the client
     *     (R106) or, in an MCM, while a deactivation is pending (C12); {@code CLOSING} while a deactivation is pending (R109);
     *     {@code FAILURE} when it is deleted; or the refusal of the client, which leaves the VC inactive
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<Void> deleteVc();

    /**
     * Offers a call to the client, {@code Ndis(M)CmDispatchIncomingCall}; the stage completes as
     * {@code ProtocolCmIncomingCallComplete} is called.
     *
     * @param sap the SAP of the same client on which the call came in (rule R129)
     * @param parameters the call parameters
     * @return the parameters that the client accepted, with {@code CALL_PARAMETERS_CHANGED} set when it changed them; or the status
     *     with which it rejected the call, {@code INVALID_SAP} when the SAP is gone or another client's, {@code NOT_ACCEPTED} when
     *     the VC has a call or was created by the client
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> dispatchIncomingCall(CmSap sap, CallParameters parameters);

    /**
     * Tells the client that the call it accepted is established, {@code Ndis(M)CmDispatchCallConnected}. The VC must be active
     * (rule R77).
     *
     * @return completes when {@code ProtocolClCallConnected} has returned: from then on received data reaches the client; or
     *     {@code NOT_ACCEPTED} when there is no accepted call or the VC is not active
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> dispatchCallConnected();

    /**
     * Tells the client that the call is over, {@code Ndis(M)CmDispatchIncomingCloseCall}. The client answers by closing the call
     * (rule R158), which reaches {@link CmVcContext#closeCall}.
     *
     * @param closeStatus success when the remote party asked for it, anything else when the network has a problem (rule R161)
     * @param closeData octets of the remote party, {@link Octets#EMPTY} when there are none
     * @return success; or {@code NOT_ACCEPTED} when there is no call that could be closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<Void> dispatchIncomingCloseCall(NdisStatus closeStatus, Octets closeData);

    /**
     * Tells the client that the parameters of the call were changed by the other side, {@code Ndis(M)CmDispatchIncomingCallQoSChange}. The
     * call manager has activated the VC with them before (rule R145).
     *
     * @param parameters the parameters in force
     * @return completes when {@code ProtocolClIncomingCallQoSChange} has returned, which is when the other side is answered (R147):
     *     {@code CLOSING} when the client closes the call, so that the change is not accepted; or {@code NOT_ACCEPTED} when there is no
     *     connected call, the VC is not active, or a change by the client is under way
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> dispatchIncomingCallQoSChange(CallParameters parameters);

    /**
     * Names the VC for management, {@code NdisCoAssignInstanceName} (rule R224).
     *
     * @param baseName the beginning of the name, not blank; the core adds an index
     * @return the name of the VC: the new one, or the one that it has already; or {@code NOT_SUPPORTED} in an MCM, which cannot name VCs (R225),
     *     {@code FAILURE} when the VC is deleted
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<String> assignInstanceName(String baseName);

    /**
     * The name by which telephony software knows the call on this VC, {@code NdisCoGetTapiCallId}: the same for all who share the VC.
     *
     * @return the name; or {@code FAILURE} when the VC is deleted
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<TapiCallId> tapiCallId();
}
