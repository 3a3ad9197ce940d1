// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

/** What a driver has done to an object, or was told of it: the verifier's memory of one driver's handle. */
enum Mark {
    /** The driver closes it, drops it or deregisters it. */
    OWN_CLOSE,
    /** The other side has closed or dropped it, and the driver was told. */
    PEER_CLOSE,
    /** The other side has dropped a party of it, and the driver was told. */
    PEER_DROP,
    /** The call manager has asked the client to close it. */
    NOTIFIED,
    /** The driver has asked the core to close everything below, which the core does in its own time. */
    CLOSES_ALL,
    /** The driver has a deactivation under way. */
    DEACTIVATES,
    /** The client has had its parameters changed while it was offered. */
    RENEGOTIATED,
    /** The call manager has activated it: a client's VC since it was asked for other parameters, a signaling VC since it deactivated it. */
    ACTIVATED,
    /** The miniport or the MCM carries data on it. */
    CARRIES,
    /** It has carried data and does not any more. */
    HAS_CARRIED,
    /** The client created it. */
    OWN_CREATION,
    /** It is gone by the book, with the driver's knowledge: the handle is dead. */
    DEAD
}
