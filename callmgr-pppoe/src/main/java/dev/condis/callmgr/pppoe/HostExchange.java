// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

/** Who waits for answers to a Host-Uniq of this adapter. */
interface HostExchange {
    /** An access concentrator has made an offer (PADO). */
    void offered(SignalFrame offer);

    /**
     * An access concentrator has confirmed a session (PADS), seen on the thread that received it, not on the loop: what comes in the session comes
     * right behind it.
     *
     * @return whether that was all; otherwise {@link #confirmed} follows on the loop
     */
    boolean confirmedNow(SignalFrame confirmation);

    /** An access concentrator has confirmed or refused a session (PADS). */
    void confirmed(SignalFrame confirmation);

    /** The adapter goes: there will be no answer. */
    void abandoned();
}
