// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import java.util.List;
import java.util.Optional;

/**
 * The other end of the wire, as far as the author can play it. What it cannot do, it answers with {@code false} or nothing, and the
 * checks that need it do not apply. VCs are named by the parameters in force on them. Called from any thread.
 */
public interface RemoteEnd {
    /**
     * Sends a PDU that arrives on a VC of the driver under test.
     *
     * @param vc the parameters in force on the VC
     * @param pdu the PDU
     * @return {@code true} if it is on its way
     */
    default boolean transmit(final CallParameters vc, final Octets pdu) {
        return false;
    }

    /**
     * What arrived here that was sent on a VC of the driver under test, oldest first.
     *
     * @param vc the parameters in force on the VC
     * @return the PDUs so far; empty when the remote end cannot tell
     */
    default Optional<List<Octets>> received(final CallParameters vc) {
        return Optional.empty();
    }

    /**
     * Calls a SAP that a client of the driver under test has registered.
     *
     * @param sap the SAP
     * @return {@code true} if the call is on its way
     */
    default boolean call(final Sap sap) {
        return false;
    }

    /**
     * Whether the last call that was made with {@link #call} is established for the caller.
     *
     * @return {@code true} once it is; empty when the remote end cannot tell
     */
    default Optional<Boolean> isAnswered() {
        return Optional.empty();
    }

    /**
     * Rejects the next call that comes in here.
     *
     * @return {@code true} if it will
     */
    default boolean rejectNextCall() {
        return false;
    }

    /**
     * Ends a call from here.
     *
     * @param vc the parameters in force on its VC
     * @param closeData what to send with it
     * @return {@code true} if it is on its way
     */
    default boolean hangUp(final CallParameters vc, final Octets closeData) {
        return false;
    }

    /**
     * The network fails under a call: it ends without anybody having asked for it (rule R161).
     *
     * @param vc the parameters in force on its VC
     * @param cause why
     * @return {@code true} if it is on its way
     */
    default boolean breakDown(final CallParameters vc, final NdisStatus cause) {
        return false;
    }

    /**
     * The close data that came in with the last call that was closed from the other side.
     *
     * @return the octets; empty when the remote end cannot tell
     */
    default Optional<Octets> closeData() {
        return Optional.empty();
    }

    /**
     * Changes the quality of a call from here (sequence S18).
     *
     * @param vc the parameters in force on its VC
     * @return {@code true} if it is on its way
     */
    default boolean changeQoS(final CallParameters vc) {
        return false;
    }

    /**
     * The answer to the last {@link #changeQoS}.
     *
     * @return {@code true} once it was accepted, {@code false} once it was refused; empty before that, or when the remote end cannot tell
     */
    default Optional<Boolean> isChangeAnswered() {
        return Optional.empty();
    }

    /**
     * One party leaves a multipoint call that the driver under test made.
     *
     * @param vc the parameters in force on its VC
     * @param party which: 0 for the one that was called first
     * @return {@code true} if it is on its way
     */
    default boolean leave(final CallParameters vc, final int party) {
        return false;
    }

    /**
     * Signaling between the driver under test and its network fails, or works again.
     *
     * @param works whether it works from now on
     * @return {@code true} if it will be noticed
     */
    default boolean signaling(final boolean works) {
        return false;
    }

    /**
     * Unplugs the cable, or plugs it in.
     *
     * @param up whether it is in from now on
     * @return {@code true} if it will be noticed
     */
    default boolean link(final boolean up) {
        return false;
    }
}
