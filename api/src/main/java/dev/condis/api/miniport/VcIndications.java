// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.NdisVcHandle;
import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.status.StatusIndication;
import org.osgi.annotation.versioning.ProviderType;

/**
 * The packets of one VC on their way up: what a miniport's and an MCM's side of a VC have in common. Thread safe.
 */
@ProviderType
public interface VcIndications {
    /**
     * The identity that all who share the VC see.
     *
     * @return the handle
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisVcHandle handle();

    /**
     * Completes sends, {@code NdisMCoSendNetBufferListsComplete}: in any order and any grouping, each NBL exactly once, its
     * status set (rule R179).
     *
     * @param nbls head of a chain in which every NBL was sent on this VC
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .SEND_COMPLETE_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void sendNetBufferListsComplete(NetBufferList nbls, int flags);

    /**
     * Indicates received PDUs, {@code NdisMCoIndicateReceiveNetBufferLists}. The core sets the source handle of the chain (rule
     * R176). Without {@code RECEIVE_RESOURCES} they come back through {@link VcDataPath#returnNetBufferLists}, at once when the
     * call does not take data; with it the miniport has them back when this returns.
     *
     * @param nbls head of a chain
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RECEIVE_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void indicateReceiveNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Indicates a status of this VC, {@code NdisMCoIndicateStatusEx} with a VC handle: to the protocols that share the VC (rule R205).
     *
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void indicateStatus(StatusIndication indication);
}
