// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

/** How miniport and call manager are deployed. */
enum Form {
    /** A miniport with a stand-alone call manager above it. */
    STAND_ALONE,
    /** A miniport call manager that was written as one. */
    MCM,
    /** A miniport call manager made of a miniport and a call manager. */
    INTEGRATED;

    /** There is a miniport that is asked to create, activate, deactivate and delete VCs (R65, R66, R78, R91). */
    boolean asksMiniport() {
        return this != MCM;
    }

    /** The call manager deletes VCs with {@code NdisMCmDeleteVc}. */
    boolean isMcm() {
        return this != STAND_ALONE;
    }
}
