// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * What {@code NdisCm*} and {@code NdisMCm*} have in common: the services that the core gives to a call manager, stand-alone or
 * inside an MCM. Valid from bind to the end of unbind. Thread safe.
 */
@ProviderType
public interface CmBinding {
    /**
     * The adapter.
     *
     * @return what is known of it
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AdapterInfo adapter();

    /**
     * Offers an address family to clients, {@code Ndis(M)CmRegisterAddressFamilyEx}: from bind (stand-alone, rule R20) or from
     * initialize (MCM, rule R21). There is no deregistration: it lasts until the binding closes.
     *
     * @param addressFamily the family
     * @param callbacks takes the clients that open it
     * @return success; or {@code FAILURE} when the family has a call manager on this adapter (rule R22), or the binding is closing
     *     (R23)
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisResult<Void> registerAddressFamily(AddressFamily addressFamily, CmAddressFamily callbacks);

    /**
     * Creates a VC for signaling: {@code NdisCoCreateVc} with a {@code NULL} address family for a stand-alone call manager (rule
     * R73), a VC that the core never sees inside an MCM (R88, R103).
     *
     * @param context takes the callbacks of the VC
     * @return the VC, or the refusal of the miniport
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<SignalingVc> createSignalingVc(SignalingVcContext context);

    /**
     * Does what unbind asks of a call manager (sequences S5, S37): notifies every client that has an address family open, waits
     * for the closes, deactivates and deletes the signaling VCs.
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
     *     {@code CLOSING} when the binding is closed,
     *     {@code NOT_SUPPORTED} in an MCM, which is its own miniport
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
}
