// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/** The state of one party of a multipoint call (contract B.10). */
public enum PartyState {
    /** Not there yet. */
    NONE,
    /** The call manager was asked for it and has not answered. */
    ADDING,
    /** Connected. */
    ACTIVE,
    /** The client was told that the party has left, and has not dropped it yet. */
    REMOTE_DROPPING,
    /** The client drops it. */
    DROPPING,
    /** Dropped, refused, or gone with its call; the handle is dead. */
    GONE
}
