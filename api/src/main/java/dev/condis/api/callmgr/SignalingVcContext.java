// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import org.osgi.annotation.versioning.ConsumerType;

/** What a call manager keeps for its signaling VC, and the callbacks that carry it. */
@ConsumerType
public interface SignalingVcContext {
    /**
     * Signaling messages came in, {@code ProtocolCoReceiveNetBufferLists}: returned as a client does (rules R185, R186).
     *
     * @param vc the VC
     * @param nbls head of a chain
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RECEIVE_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void receiveNetBufferLists(SignalingVc vc, NetBufferList nbls, int flags);

    /**
     * Sent messages come back, {@code ProtocolCoSendNetBufferListsComplete}.
     *
     * @param vc the VC
     * @param nbls head of a chain that belongs to the call manager again
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .SEND_COMPLETE_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void sendNetBufferListsComplete(SignalingVc vc, NetBufferList nbls, int flags);

    /**
     * The miniport indicates a status of this VC, {@code ProtocolCoStatusEx}. One indication at a time for each binding (rule R206).
     *
     * @param vc the VC
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void status(final SignalingVc vc, final StatusIndication indication) {
        // most indications are of no consequence for a call manager
    }
}
