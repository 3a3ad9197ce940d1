// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.TapiCallId;
import dev.condis.api.ThreadLevel;
import dev.condis.api.VcState;
import dev.condis.api.nbl.NetBufferList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A VC as its client sees it. The client makes and closes calls on it and sends; activating and deactivating are not its
 * business. States: contract B.6, B.7, B.8. Thread safe.
 */
@ProviderType
public interface ClientVc {
    /**
     * The identity that all who share the VC see.
     *
     * @return the handle
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisVcHandle handle();

    /**
     * The address family that the VC belongs to.
     *
     * @return the address family
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    ClientAf addressFamily();

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
     * Makes a call, {@code NdisClMakeCall}; the stage completes as {@code ProtocolClMakeCallComplete} is called.
     *
     * @param parameters what is asked for
     * @return the parameters of the call, with {@code CALL_PARAMETERS_CHANGED} set when the call manager changed them (rule
     *     R127); or {@code NOT_ACCEPTED} when the VC has a call, is active, closing or was created by the call manager,
     *     {@code NOT_SUPPORTED}, {@code RESOURCES} or another status of the call manager, after which the VC is idle and inactive
     *     again (C29)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> makeCall(CallParameters parameters);

    /**
     * Closes the call, {@code NdisClCloseCall}; the stage completes as {@code ProtocolClCloseCallComplete} is called, when the
     * VC is inactive (C5). No send is accepted from now on; the call manager hears of the close when the client has those back
     * that are on their way (rule R148), unless the remote party has closed before.
     *
     * <p>
     * The last party of a multipoint call leaves with it, whichever it is; while more than one is left the close is refused.
     *
     * @param closeData octets for the remote party, {@link Octets#EMPTY} when there are none (rule R163)
     * @return success, after which the creator of the VC may reuse or delete it; or {@code NOT_ACCEPTED} when there is no call to
     *     close, {@code CLOSING} when it is being closed, {@code INVALID_DATA} when the medium cannot carry close data (rule R152),
     *     {@code FAILURE} when more than one party is left (R151)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> closeCall(Octets closeData);

    /**
     * Makes a multipoint call to its first party, {@code NdisClMakeCall} with a {@code ProtocolPartyContext}. Only such a call takes further
     * parties (rule R164). Otherwise as {@link #makeCall(CallParameters)}.
     *
     * @param parameters what is asked for
     * @param context takes the callbacks of the first party
     * @return the first party, whose parameters are those of the call; or a status as of {@link #makeCall(CallParameters)},
     *     {@code NOT_SUPPORTED} when the call manager has no multipoint calls
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<ClientParty>> makeCall(CallParameters parameters, ClientPartyContext context);

    /**
     * Adds a party to a multipoint call, {@code NdisClAddParty}; the stage completes as {@code ProtocolClAddPartyComplete} is called.
     *
     * @param parameters what is asked for
     * @param context takes the callbacks of the party
     * @return the party; or {@code NOT_SUPPORTED} when the call was not made with a party (rule R164), {@code NOT_ACCEPTED} when it is not
     *     connected, {@code FAILURE} when the VC is deleted (R165), or the status of the call manager (R166)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<ClientParty>> addParty(CallParameters parameters, ClientPartyContext context);

    /**
     * The parties of the call that are neither dropped nor refused, in the order in which they were added (rule R171).
     *
     * @return the parties at this moment; empty when the call is not a multipoint call
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    List<ClientParty> parties();

    /**
     * Asks for other parameters, {@code NdisClModifyCallQoS}; the stage completes as {@code ProtocolClModifyCallQoSComplete} is called.
     * Allowed on a connected call, and on an incoming one that the client has not answered yet (rule R133, C38).
     *
     * @param parameters what is asked for
     * @return the parameters in force, with {@code CALL_PARAMETERS_CHANGED} set when they differ from those asked for (rule R143); or
     *     {@code NOT_SUPPORTED} by a medium without quality of service (R140), {@code FAILURE}, {@code RESOURCES} or {@code INVALID_DATA} when
     *     the network or the miniport refuses, after which the old ones are in force (R142); {@code NOT_ACCEPTED} while a change is
     *     under way, or when there is no call that could be changed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> modifyCallQoS(CallParameters parameters);

    /**
     * Closes a multipoint call of which one party is left, {@code NdisClCloseCall} with an {@code NdisPartyHandle}. Otherwise as
     * {@link #closeCall(Octets)}.
     *
     * @param lastParty the party that is left, not necessarily the first (rule R170); its handle is dead from now on (C51)
     * @param closeData octets for the party, {@link Octets#EMPTY} when there are none
     * @return as {@link #closeCall(Octets)}; {@code FAILURE} when more than one party is left (rule R151), or the party is not of this
     *     call
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> closeCall(ClientParty lastParty, Octets closeData);

    /**
     * Closes the call without close data.
     *
     * @return as {@link #closeCall(Octets)}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisResult<Void>> closeCall() {
        return closeCall(Octets.EMPTY);
    }

    /**
     * Sends, {@code NdisCoSendNetBufferLists}. The core sets the source handle of the chain (rule R176). Every NBL comes back
     * through {@link ClientVcContext#sendNetBufferListsComplete}, exactly once, with its status set; also when it could not be
     * sent: {@code VC_NOT_ACTIVATED} on a VC that is not active, {@code CLOSING} while the call closes, {@code NOT_ACCEPTED}
     * before the call is connected.
     *
     * @param nbls head of a chain, sent in its order; not to be touched until it comes back (rule R182)
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .SEND_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void sendNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Gives received NBLs of this VC back, {@code NdisReturnNetBufferLists}.
     *
     * @param nbls head of a chain in which every NBL was received on this VC
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RETURN_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void returnNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Deletes a VC that this client created, {@code NdisCoDeleteVc}. The handle is dead when it returns success (rule R111).
     *
     * @return success; or {@code NOT_ACCEPTED} when the VC is active (rule R108), has a call (R107) or was created by the call
     *     manager (R106), {@code CLOSING} while a deactivation is pending (R109), {@code FAILURE} when it is deleted, or the
     *     refusal of the call manager, which leaves the VC inactive
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<Void> deleteVc();

    /**
     * Names the VC for management, {@code NdisCoAssignInstanceName} (rule R224). The name stays until the VC is deleted.
     *
     * @param baseName the beginning of the name, not blank; the core adds an index
     * @return the name of the VC: the new one, or the one that it has already; or {@code FAILURE} when the VC is deleted
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
