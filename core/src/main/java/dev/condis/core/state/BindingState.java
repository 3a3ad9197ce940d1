// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

/** The states of a protocol's binding to an adapter (contract B.2). */
public enum BindingState {
    /** There is no binding, or it is closed. */
    UNBOUND,
    /** The protocol is being asked whether it binds. */
    OPENING,
    /** Bound; no packets pass until it is restarted. */
    PAUSED,
    /** Being restarted. */
    RESTARTING,
    /** In operation. */
    RUNNING,
    /** Being paused: what is on its way comes back. */
    PAUSING,
    /** The protocol closes what it has open. */
    CLOSING
}
