// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

/** Why something that came from the wire was not used. Each has a counter; none is logged by the packet. */
enum Dropped {
    /** Shorter than two addresses and a header. */
    CUT,
    /** Longer than any discovery packet. */
    TOO_LONG,
    /** Neither version 1 nor type 1. */
    VERSION,
    /** A code that RFC 2516 does not know. */
    CODE,
    /** The length field reaches past the frame. */
    LENGTH,
    /** A tag reaches past the packet, or there are too many. */
    TAGS,
    /** The sender's address is a group's. */
    GROUP_SOURCE,
    /** A session id where there is none, or none where one belongs. */
    SESSION_ID,
    /** For a group, though it concerns one station only. */
    GROUP_DESTINATION,
    /** More came than could be worked off. */
    OVERLOAD,
    /** A PADI, and nobody here takes calls. */
    NOT_SERVING,
    /** A PADI for a service that nobody here has. */
    UNKNOWN_SERVICE,
    /** A PADI while there is no room for another session, or for one of this peer. */
    FULL,
    /** A PADR whose cookie was not made here, or long ago, or for somebody else. */
    COOKIE,
    /** A PADR that came before, and is answered as it was; a second PADO or PADS of the same station. */
    DUPLICATE,
    /** A PADO or PADS that nobody here waits for. */
    UNASKED,
    /** A PADO that is not what was asked for. */
    UNFIT,
    /** A PADT about a session that is not there, or not this peer's. */
    UNKNOWN_SESSION,
    /** A packet of ours that could not be sent, for lack of a buffer or because the adapter did not take it. */
    NOT_SENT
}
