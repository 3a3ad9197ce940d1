// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.ThreadLevel;
import dev.condis.api.VcState;
import dev.condis.api.nbl.NetBufferList;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A call manager's VC to the switch (sequence S11). A stand-alone call manager's is an ordinary VC without a client; the core
 * sees it, and every function goes to the miniport. Inside an MCM it never leaves the driver (rules R88, R103, R189). Thread
 * safe.
 */
@ProviderType
public interface SignalingVc {
    /**
     * The identity of the VC.
     *
     * @return the handle
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisVcHandle handle();

    /**
     * The state of the VC at this moment.
     *
     * @return the state
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    VcState state();

    /**
     * Activates the VC, or changes its parameters.
     *
     * @param parameters the parameters to put in force
     * @return as {@link CmVc#activateVc}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> activateVc(CallParameters parameters);

    /**
     * Deactivates the VC.
     *
     * @return as {@link CmVc#deactivateVc}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<Void>> deactivateVc();

    /**
     * Deletes the VC.
     *
     * @return as {@link CmVc#deleteVc}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<Void> deleteVc();

    /**
     * Sends signaling messages (rule R190). Every NBL comes back through
     * {@link SignalingVcContext#sendNetBufferListsComplete}, exactly once, with its status set.
     *
     * @param nbls head of a chain
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .SEND_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void sendNetBufferLists(NetBufferList nbls, int flags);

    /**
     * Gives received NBLs of this VC back.
     *
     * @param nbls head of a chain in which every NBL was received on this VC
     * @param flags {@link dev.condis.api.nbl.NblFlags}{@code .RETURN_*}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void returnNetBufferLists(NetBufferList nbls, int flags);
}
