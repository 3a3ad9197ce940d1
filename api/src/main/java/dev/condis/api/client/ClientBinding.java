// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.TapiCallId;
import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** A client's binding to a logical adapter, {@code NdisBindingHandle}. Valid from bind to the end of unbind. Thread safe. */
@ProviderType
public interface ClientBinding {
    /**
     * The adapter.
     *
     * @return what is known of it
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AdapterInfo adapter();

    /**
     * Opens an address family that a call manager offers here, {@code NdisClOpenAddressFamilyEx}; the stage completes as
     * {@code ProtocolClOpenAfCompleteEx} is called, at PASSIVE.
     *
     * @param addressFamily a family that {@link CoClient#afRegisterNotify} announced
     * @param context takes the callbacks of the address family, {@code ClientAfContext}
     * @return the open address family; or {@code FAILURE} when it is not registered here or a binding is closing (rule R32),
     *     {@code RESOURCES}, or the call manager's status
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<ClientAf>> openAddressFamily(AddressFamily addressFamily, ClientAfContext context);

    /**
     * Gives received NBLs back, {@code NdisReturnNetBufferLists}: the core finds the VC from the source handle (C34).
     *
     * @param nbls head of a chain in which every NBL was received on the same VC of this binding
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RETURN_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void returnNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Closes everything that was opened through this binding, by the book (sequence S36): for each address family what
     * {@link ClientAf#closeAll()} does.
     *
     * @return completes when all is closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> closeAll();

    /**
     * Asks the miniport, or sets something there, for the whole adapter: {@code NdisCoOidRequest} without an address family (rules R191,
     * R193); the stage completes as {@code ProtocolCoOidRequestComplete} is called. Requests are not serialized (R195).
     *
     * @param request what is asked
     * @return the answer of the miniport; or {@code INVALID_OID} or {@code NOT_SUPPORTED} (R197), {@code RESET_IN_PROGRESS} during a reset
     *     (R210), {@code REQUEST_ABORTED} when it was cancelled or took too long, {@code NOT_ACCEPTED} when the hardware is gone (R221),
     *     {@code CLOSING} when the binding is closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(OidRequest request);

    /**
     * Asks the miniport about one VC (rule R193).
     *
     * @param vc the handle of a VC of this binding
     * @param request what is asked
     * @return as {@link #oidRequest(OidRequest)}; {@code FAILURE} when the VC is not of this binding, or deleted
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(NdisVcHandle vc, OidRequest request);

    /**
     * Cancels requests to the miniport that are pending on this binding, {@code NdisCancelOidRequest}. Best effort: a request that the
     * miniport cancels ends with {@code REQUEST_ABORTED}, any other as if nothing had been said. Requests to call managers and clients
     * cannot be cancelled (rule R200).
     *
     * @param requestId the name that the requests were given, {@link OidRequest#requestId()}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void cancelOidRequest(long requestId);

    /**
     * Cancels sends of this binding that were given a cancel id, {@code NdisCancelSendNetBufferLists} (sequence S28). Best effort: an NBL
     * that the miniport has not transmitted yet comes back with {@code SEND_ABORTED}.
     *
     * @param cancelId the id, {@link NetBufferList#setCancelId}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void cancelSendNetBufferLists(long cancelId);

    /**
     * Finds the client's context of the VC that telephony software knows by a name, {@code NdisClGetProtocolVcContextFromTapiCallId}.
     *
     * @param tapiCallId the name, {@link ClientVc#tapiCallId()}
     * @return the context that the client gave for the VC; or {@code FAILURE} when no VC of this binding has the name
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<ClientVcContext> vcContext(TapiCallId tapiCallId);
}
