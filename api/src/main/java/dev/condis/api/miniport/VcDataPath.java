// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.ThreadLevel;
import dev.condis.api.nbl.NetBufferList;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * The packets of one VC on their way down: what a miniport's and an MCM's context for a VC have in common. Called from any
 * number of threads at once.
 */
@ConsumerType
public interface VcDataPath {
    /**
     * Sends, {@code MiniportCoSendNetBufferLists}. The miniport accepts everything, queues what it cannot transmit at once, and
     * keeps the order (rule R178). Each NBL is completed exactly once, with its status set, through
     * {@link MiniportVc#sendNetBufferListsComplete} (R179).
     * <p>
     * A send that was on its way when a deactivation began may arrive after it; it is completed with {@code VC_NOT_ACTIVATED}. A
     * miniport that throws has taken nothing: the core completes the chain with {@code FAILURE}.
     *
     * @param nbls head of a chain that belongs to the miniport until it is completed
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .SEND_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void sendNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Indicated NBLs come back, {@code MiniportReturnNetBufferLists}: in any order, in any grouping.
     *
     * @param nbls head of a chain that belongs to the miniport again
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RETURN_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void returnNetBufferLists(NetBufferList nbls, int flags);
}
