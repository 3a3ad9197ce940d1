// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.Transition;
import dev.condis.api.VcState;
import java.util.Optional;

/**
 * A VC at one moment. The counts are read one after the other; with traffic going on they belong to slightly different moments.
 *
 * @param name name of the VC, as its handle prints it
 * @param instanceName name that its client or call manager has given it, empty when none has (rule R226)
 * @param client name of its client, empty for a signaling VC
 * @param creator who created it
 * @param state state of the VC
 * @param callState state of its call
 * @param parameters parameters in force, empty when it is not active
 * @param sendsAccepted NBLs that passed the send gate since the VC was created
 * @param sendsCompleted those of them that came back
 * @param sendsHeld NBLs that wait, neither accepted nor refused, because no backend can take them at the moment
 * @param receivesIndicated NBLs indicated to the client or call manager since the VC was created
 * @param receivesReturned those of them that came back
 * @param sendsRefused NBLs that were completed at the gate because the VC did not take data
 * @param receivesRefused NBLs that were returned at the gate because the VC did not take data
 * @param lastTransition the last transition of the VC, or of its call
 */
public record VcSnapshot(
        String name,
        Optional<String> instanceName,
        Optional<String> client,
        Creator creator,
        VcState state,
        CallState callState,
        Optional<CallParameters> parameters,
        long sendsAccepted,
        long sendsCompleted,
        long sendsHeld,
        long receivesIndicated,
        long receivesReturned,
        long sendsRefused,
        long receivesRefused,
        Optional<Transition> lastTransition) {
    /** Who created a VC, and so is the one who may delete it (rule R106). */
    public enum Creator {
        /** The client, for an outgoing call. */
        CLIENT,
        /** A stand-alone call manager, for an incoming call. */
        CALL_MANAGER,
        /** An MCM, for an incoming call. */
        MCM,
        /** A stand-alone call manager, for signaling. */
        CALL_MANAGER_SIGNALING
    }
}
