// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/** The states of a SAP (contract B.5). */
public enum SapState {
    /** Not registered yet. */
    NONE,
    /** The call manager is deciding; calls may come in already (rule R53). */
    REGISTERING,
    /** Registered. */
    REGISTERED,
    /** The call manager is deregistering it; no call comes in any more. */
    DEREGISTERING,
    /** Gone. Terminal. */
    GONE
}
