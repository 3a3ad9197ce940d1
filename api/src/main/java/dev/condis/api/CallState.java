// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/** The states of the call on a VC: an outgoing one (contract B.7) or an incoming one (contract B.8). */
public enum CallState {
    /** No call. */
    IDLE,
    /** Outgoing: the call manager is making the call. */
    MAKING,
    /** Incoming: the client is deciding. */
    OFFERED,
    /** Incoming: the client accepted, the call manager has not reported the connection yet. */
    ACCEPTED,
    /** Connected: data flows. */
    CONNECTED,
    /** The client was told of a close and has not closed the call yet. */
    REMOTE_CLOSING,
    /** The client closed the call, the call manager is tearing it down. */
    CLOSING
}
