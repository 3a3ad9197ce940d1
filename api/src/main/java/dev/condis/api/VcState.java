// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

/** The states of a VC (contract B.6). */
public enum VcState {
    /** Being created; the handle is not given out yet. */
    NONE,
    /** Never activated, or deactivated: there are no valid call parameters (rule R99). */
    INACTIVE,
    /** A first activation is pending. */
    ACTIVATING,
    /** Active: parameters are in force. */
    ACTIVE,
    /** Active with an activation pending; the old parameters are still in force (rule R81). */
    REACTIVATING,
    /** A deactivation is pending: transfers are being drained (rules R93, R94). */
    DEACTIVATING,
    /** The delete call is asking the others who share the VC (rule R110). */
    DELETING,
    /** Deleted: the handle is dead (rule R111). Terminal. */
    DELETED
}
