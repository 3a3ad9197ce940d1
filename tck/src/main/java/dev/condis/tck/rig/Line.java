// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.VcState;
import dev.condis.api.nbl.NetBufferList;
import java.util.concurrent.CompletionStage;

/** A VC that carries packets, whatever made it: the kit's end of it. */
public interface Line {
    /**
     * The identity of the VC.
     *
     * @return the handle
     */
    NdisVcHandle handle();

    /**
     * The parameters in force.
     *
     * @return the parameters
     */
    CallParameters inForce();

    /**
     * The packets.
     *
     * @return the traffic
     */
    Traffic traffic();

    /**
     * Sends.
     *
     * @param nbls a chain that {@link Traffic} made
     */
    void send(NetBufferList nbls);

    /** Gives back what {@link Traffic#hold} kept. */
    void release();

    /**
     * Ends the transfers: deactivates the VC, or closes its call.
     *
     * @return the outcome
     */
    CompletionStage<NdisResult<Void>> end();

    /**
     * The state of the VC.
     *
     * @return the state
     */
    VcState state();

    /**
     * Sends fresh PDUs.
     *
     * @param count how many
     */
    default void send(final int count) {
        send(traffic().chain(count));
    }
}
