// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.state;

/** How far an OID request is (contract B.11). */
public enum OidRequestState {
    /** Its requester has it. */
    IDLE,
    /** It is on its way to its target, which has not returned yet. */
    SUBMITTED,
    /** Its target has returned and will complete it. */
    PENDING,
    /** It is over. */
    DONE
}
