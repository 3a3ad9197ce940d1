// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.client;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a client keeps for a VC, {@code ProtocolVcContext}, and the callbacks that carry it. Control callbacks of one VC come
 * one at a time, in the order of the transitions that caused them, except the deletion of an idle VC, which comes on the deleter's
 * thread; data callbacks may come from several threads at once.
 */
@ConsumerType
public interface ClientVcContext {
    /**
     * An incoming call that the client accepted is connected, {@code ProtocolClCallConnected}. The client may send from now on
     * and must be ready for data when this returns (rule R138).
     *
     * @param vc the VC
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void callConnected(final ClientVc vc) {
        // nothing to do for a client that only answers
    }

    /**
     * The remote party or the network closes the call, {@code ProtocolClIncomingCloseCall}. No data passes any more (rule
     * R157). The client must answer with {@link ClientVc#closeCall} (rule R158), after dropping the parties of a multipoint call
     * down to one, which is what the default does.
     *
     * @param vc the VC
     * @param closeStatus {@link NdisStatus#SUCCESS} when the remote party asked for it, anything else when the network has a
     *     problem (rule R161); then the client deletes a VC it created (rule R160)
     * @param closeData octets of the remote party, {@link Octets#EMPTY} when there are none
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void incomingCloseCall(final ClientVc vc, final NdisStatus closeStatus, final Octets closeData) {
        CompletionStage<?> dropped = NdisResult.success().asStage();
        for (final ClientParty party : vc.parties().stream().skip(1).toList()) {
            dropped = dropped.thenCompose(before -> party.dropParty(Octets.EMPTY));
        }
        dropped.thenRun(vc::closeCall);
    }

    /**
     * PDUs came in, {@code ProtocolCoReceiveNetBufferLists}. Without {@code RECEIVE_RESOURCES} in the flags each NBL must be
     * returned, now or later (rule R185); with it the client copies and returns nothing (rule R186).
     * A client that throws has kept nothing: the core returns the chain.
     *
     * @param vc the VC
     * @param nbls head of a chain
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RECEIVE_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void receiveNetBufferLists(ClientVc vc, NetBufferList nbls, int flags);

    /**
     * Sent NBLs come back, {@code ProtocolCoSendNetBufferListsComplete}: in any order, in any grouping (rule R177), each with
     * its status set.
     *
     * @param vc the VC
     * @param nbls head of a chain that belongs to the client again
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .SEND_COMPLETE_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void sendNetBufferListsComplete(ClientVc vc, NetBufferList nbls, int flags);

    /**
     * The call manager deletes a VC that it created, {@code ProtocolCoDeleteVc}. Synchronous. Also the last callback for any VC that
     * the core takes away because its call manager or its adapter is gone.
     *
     * @param vc the VC; dead when the delete succeeded
     * @return success; {@code NOT_ACCEPTED} when the client still has operations outstanding (rule R112)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default NdisStatus deleteVc(final ClientVc vc) {
        return NdisStatus.SUCCESS;
    }

    /**
     * The remote party, or the network, has changed the parameters of the call, {@code ProtocolClIncomingCallQoSChange}. They are in force
     * already. Returning accepts them; a client that cannot live with them closes the call or asks for others (rule R146).
     *
     * @param vc the VC
     * @param parameters the parameters in force
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void incomingCallQoSChange(final ClientVc vc, final CallParameters parameters) {
        // a client that looks at its parameters only when it needs them accepts every change
    }

    /**
     * The miniport indicates a status of this VC, {@code ProtocolCoStatusEx}. One indication at a time for each binding (rule R206).
     *
     * @param vc the VC
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void status(final ClientVc vc, final StatusIndication indication) {
        // most indications are of no consequence for a client
    }

    /**
     * The call manager asks something about the VC, {@code ProtocolCoOidRequest}. Completing the stage is
     * {@code NdisCoOidRequestComplete}.
     *
     * @param vc the VC
     * @param request what is asked
     * @return the answer, {@code NOT_SUPPORTED} for an OID that the client does not know (rule R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<OidResult> oidRequest(final ClientVc vc, final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }
}
