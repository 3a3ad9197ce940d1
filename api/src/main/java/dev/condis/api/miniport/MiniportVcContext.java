// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/** What a miniport keeps for a VC, {@code MiniportVcContext}, and the callbacks that carry it. */
@ConsumerType
public interface MiniportVcContext extends VcDataPath {
    /**
     * Activates the VC or changes its parameters, {@code MiniportCoActivateVc}. Completing the stage is
     * {@code NdisMCoActivateVcComplete}. The parameters are checked each time (rule R79); when a change fails the old ones stay
     * in force (R81).
     *
     * @param parameters the parameters to put in force
     * @return the parameters in force; others than asked for only when a rounding flag was set (rule R82); or
     *     {@code INVALID_DATA} when the adapter cannot carry them, {@code RESOURCES}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisResult<CallParameters>> activateVc(CallParameters parameters);

    /**
     * The address of the adapter to which the far end of this VC sends, and without which the VC is dead: the station address of a PPPoE session, say. Asked
     * after each activation; a VC that has one is moved only to a backend where it has the same. The DDI has no such function, for its VCs never
     * move.
     *
     * @return a text to compare, which operators read too; empty when the VC goes on at any address, as it does unless it says otherwise
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default Optional<String> boundAddress() {
        return Optional.empty();
    }

    /**
     * Deactivates the VC, {@code MiniportCoDeactivateVc}. Completing the stage is {@code NdisMCoDeactivateVcComplete}, after
     * every send has been completed and every indicated NBL is back (rules R93, R94). From then on the miniport neither transmits
     * nor indicates on the VC (R95).
     *
     * @return success; another status leaves the VC active
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<NdisStatus> deactivateVc();

    /**
     * Deletes the VC, {@code MiniportCoDeleteVc}. Synchronous; the VC is inactive at the miniport, and idle.
     *
     * @return success; there is no reason for anything else, and the VC is gone all the same
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisStatus deleteVc();
}
