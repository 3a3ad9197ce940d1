// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.subject;

/**
 * Makes a client under test do what clients do. What the client cannot do, or does unasked, it answers with {@code false}; the checks
 * that need it do not apply. Each method only starts what it names.
 */
public interface ClientControl {
    /**
     * Makes a call on a new VC of the address family.
     *
     * @return {@code true} if the client does it
     */
    default boolean makeCall() {
        return false;
    }

    /**
     * Closes the call that was made or accepted last.
     *
     * @return {@code true} if the client does it
     */
    default boolean closeCall() {
        return false;
    }

    /**
     * Sends PDUs on the call that was made or accepted last, or as soon as it may.
     *
     * @param count how many
     * @return {@code true} if the client does it
     */
    default boolean send(final int count) {
        return false;
    }

    /**
     * Makes a multipoint call on a new VC of the address family.
     *
     * @param parties how many parties it is to have
     * @return {@code true} if the client does it
     */
    default boolean makeMultipointCall(final int parties) {
        return false;
    }

    /**
     * Adds a party to the call that was made last.
     *
     * @return {@code true} if the client does it, or tries to
     */
    default boolean addParty() {
        return false;
    }

    /**
     * Drops one party of the call that was made last.
     *
     * @return {@code true} if the client does it
     */
    default boolean dropParty() {
        return false;
    }

    /**
     * Asks for another quality of the call that was made or accepted last.
     *
     * @return {@code true} if the client does it
     */
    default boolean modifyQoS() {
        return false;
    }
}
