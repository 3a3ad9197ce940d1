// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.management;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.Transition;
import dev.condis.api.VcState;
import java.time.Instant;
import java.util.Optional;

/**
 * A VC at one moment. The counts are read one after the other, what came back before what was accepted; with traffic going on they belong to
 * slightly different moments.
 * <p>
 * The law that holds whenever somebody looks: everything that was {@linkplain #sendsOffered offered} is back (completed, delivered or failed,
 * or refused), held, or {@linkplain #sendsUnderWay under way} at a backend; none of these is ever negative; and what was offered and what is back
 * never gets less, not by a swap and not by the loss of a backend. What was {@linkplain #receivesOffered received} is refused, held, or indicated, and what
 * was indicated is returned or {@linkplain #receivesUnderWay with the client}.
 *
 * @param name name of the VC, as its handle prints it
 * @param instanceName name that its client or call manager has given it, empty when none has (rule R226)
 * @param client name of its client, empty for a signaling VC
 * @param creator who created it
 * @param created when it was created; with the name it tells VCs apart, also those of a core that was started anew
 * @param state state of the VC
 * @param callState state of its call
 * @param parameters parameters in force, empty when it is not active
 * @param sendsAccepted NBLs that passed the send gate since the VC was created
 * @param sendsCompleted those of them that came back
 * @param sendsHeld NBLs that wait, neither accepted nor refused, because no backend can take them at the moment
 * @param receivesIndicated NBLs indicated to the client or call manager since the VC was created
 * @param receivesReturned those of them that came back
 * @param receivesHeld copies of received NBLs that wait, neither indicated nor refused, for a client that makes a call, or has accepted one, to be connected
 * @param sendsRefused NBLs that were completed at the gate because the VC did not take data
 * @param receivesRefused NBLs that were returned at the gate because the VC did not take data
 * @param lastTransition the last transition of the VC, or of its call
 */
public record VcSnapshot(
        String name,
        Optional<String> instanceName,
        Optional<String> client,
        Creator creator,
        Instant created,
        VcState state,
        CallState callState,
        Optional<CallParameters> parameters,
        long sendsAccepted,
        long sendsCompleted,
        long sendsHeld,
        long receivesIndicated,
        long receivesReturned,
        long receivesHeld,
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

    /**
     * How many NBLs were given to the VC to be sent.
     *
     * @return those that were accepted, those that were refused and those that are held
     */
    public long sendsOffered() {
        return sendsAccepted + sendsRefused + sendsHeld;
    }

    /**
     * How many NBLs a backend has, or is about to get, or their sender is just getting back.
     *
     * @return those that were accepted and did not come back
     */
    public long sendsUnderWay() {
        return sendsAccepted - sendsCompleted;
    }

    /**
     * How many NBLs backends have indicated on the VC.
     *
     * @return those that were indicated, those that were refused and those that are held
     */
    public long receivesOffered() {
        return receivesIndicated + receivesRefused + receivesHeld;
    }

    /**
     * How many received NBLs the client or call manager has.
     *
     * @return those that were indicated and not returned
     */
    public long receivesUnderWay() {
        return receivesIndicated - receivesReturned;
    }
}
