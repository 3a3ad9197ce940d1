// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

/** Whether the parameters of a call are being changed (contract B.9). */
public enum QosState {
    /** The parameters in force are those that client and call manager know. */
    STABLE,
    /** The client has asked for others. */
    MODIFYING
}
