// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

/** A call that holds a permanent circuit. */
interface CircuitUser {
    /**
     * The operator took the circuit away. Called with the lock of the binding held.
     *
     * @return what to do when the lock is released
     */
    Runnable revoke();
}
