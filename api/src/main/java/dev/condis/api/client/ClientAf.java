// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.Sap;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * An open address family as its client sees it, {@code NdisAfHandle} (states: contract B.4). Dead from the moment
 * {@link #close()} is called (rule R39). Thread safe.
 */
@ProviderType
public interface ClientAf {
    /**
     * The address family.
     *
     * @return its value
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AddressFamily addressFamily();

    /**
     * The binding on which it was opened.
     *
     * @return the binding
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    ClientBinding binding();

    /**
     * The state of the address family at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AfState state();

    /**
     * Asks the call manager to route incoming calls for a SAP here, {@code NdisClRegisterSap}; the stage completes as
     * {@code ProtocolClRegisterSapComplete} is called. Calls may come in before it completes (rule R53).
     *
     * @param sap the service access point
     * @param context takes the incoming calls, {@code ProtocolSapContext}
     * @return the SAP's handle; or {@code INVALID_DATA} when the call manager does not know the format or another client has the
     *     SAP (rule R50), {@code RESOURCES}, {@code CLOSING} when the address family closes
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<ClientSap>> registerSap(Sap sap, ClientSapContext context);

    /**
     * Creates a VC for an outgoing call, {@code NdisCoCreateVc}: miniport and call manager are asked before it returns
     * (rule R63).
     *
     * @param context takes the callbacks of the VC, {@code ProtocolVcContext}
     * @return the VC; or the refusal of call manager or miniport, {@code CLOSING} when the address family closes, {@code FAILURE}
     *     when it is closed (rule R67)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<ClientVc> createVc(ClientVcContext context);

    /**
     * Closes the address family, {@code NdisClCloseAddressFamily}; the stage completes as {@code ProtocolClCloseAfComplete} is
     * called. Never wait for it on a callback's thread (rule R40).
     *
     * @return success; or {@code FAILURE} while VCs or SAPs of the client are left, which changes nothing, and on a second close
     *     (rule R38, C19); or {@code NOT_ACCEPTED} when the call manager refuses, which leaves it open
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> close();

    /**
     * Does what {@code ProtocolClNotifyCloseAf} asks of a client (rule R46, C22): waits for its own sends, closes its calls,
     * deletes the VCs it created, deregisters its SAPs, closes the address family.
     *
     * @return completes when the address family is closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> closeAll();

    /**
     * Asks the call manager, or sets something there, {@code NdisCoOidRequest} with an address family (rule R191); the stage completes as
     * {@code ProtocolCoOidRequestComplete} is called. Requests are not serialized (R195) and cannot be cancelled (R200).
     *
     * @param request what is asked
     * @return the answer of the call manager; or {@code NOT_SUPPORTED} when it does not know the OID (R197), {@code CLOSING} when the address
     *     family closes, {@code FAILURE} when it is closed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(OidRequest request);

    /**
     * Asks the call manager about one VC.
     *
     * @param vc a VC of this address family
     * @param request what is asked
     * @return as {@link #oidRequest(OidRequest)}; {@code FAILURE} when the VC is another family's, or deleted
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(ClientVc vc, OidRequest request);

    /**
     * Asks the call manager about one party.
     *
     * @param party a party of a call of this address family
     * @param request what is asked
     * @return as {@link #oidRequest(OidRequest)}; {@code FAILURE} when the party is another family's, or gone
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(ClientParty party, OidRequest request);
}
