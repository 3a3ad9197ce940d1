// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/** One client's open address family as its call manager sees it, {@code NdisAfHandle}. Thread safe. */
@ProviderType
public interface CmAf {
    /**
     * The address family.
     *
     * @return its value
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AddressFamily addressFamily();

    /**
     * The name of the client in logs and tables.
     *
     * @return the name
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    String clientName();

    /**
     * Creates a VC for an incoming call, {@code NdisCoCreateVc} by a stand-alone call manager (sequence S9) or
     * {@code NdisMCmCreateVc} by an MCM (S10): the client, and in the first case the miniport, are asked before it returns.
     *
     * @param context takes the callbacks of the VC; inside an MCM an {@link dev.condis.api.miniport.McmVcContext}, because there
     *     it also carries the packets
     * @return the VC, in an MCM an {@link dev.condis.api.miniport.McmVc}; or the refusal of client or miniport, {@code CLOSING}
     *     when the address family closes, {@code FAILURE} when it is closed (rule R67)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<CmVc> createVc(CmVcContext context);

    /**
     * Asks the client to close the address family, {@code Ndis(M)CmNotifyCloseAddressFamily} (sequence S5).
     *
     * @return completes as {@code ProtocolCmNotifyCloseAfComplete} is called, with the client's status (rule R49);
     *     {@code CLOSING} when the client is closing it already, {@code FAILURE} when it is closed
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    CompletionStage<NdisResult<Void>> notifyCloseAddressFamily();

    /**
     * The state of the address family at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AfState state();

    /**
     * Tells the client something, or asks it, {@code NdisCoOidRequest} by a call manager, {@code NdisMCmOidRequest} by an MCM; the stage completes
     * as {@code ProtocolCoOidRequestComplete} is called. {@code OID_CO_AF_CLOSE} is taken for {@link #notifyCloseAddressFamily()} (C46).
     *
     * @param request what is asked
     * @return the answer of the client; or {@code NOT_SUPPORTED} when it does not know the OID (rule R197), {@code CLOSING} when the address
     *     family closes, {@code FAILURE} when it is closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(OidRequest request);

    /**
     * Asks the client about one VC.
     *
     * @param vc a VC of this address family
     * @param request what is asked
     * @return as {@link #oidRequest(OidRequest)}; {@code FAILURE} when the VC is another family's, or deleted
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(CmVc vc, OidRequest request);

    /**
     * Asks the client about one party.
     *
     * @param party a party of a call of this address family
     * @param request what is asked
     * @return as {@link #oidRequest(OidRequest)}; {@code FAILURE} when the party is another family's, or gone
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(CmParty party, OidRequest request);
}
