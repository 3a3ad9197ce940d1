// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/** The states of an address family instance: one client's open address family (contract B.4). */
public enum AfState {
    /** Not opened yet. */
    NONE,
    /** The call manager is deciding. */
    OPENING,
    /** Open. */
    OPEN,
    /** Open, and the client was asked to close it; still usable (rule R48). */
    OPEN_NOTIFIED,
    /** The call manager is closing it. */
    CLOSING,
    /** Closed, or never opened. Terminal. */
    CLOSED
}
