// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisStatus;

/**
 * What lets packets pass besides the VC itself: the adapter, and the binding of the driver above. Asked when a VC sets its gates, never
 * for a packet; who changes the answer lets the VCs set their gates anew.
 */
interface Traffic {
    /** For a VC that never leaves its driver (R88, R103): the driver alone decides. */
    Traffic OF_THE_DRIVER = new Traffic() {
        @Override
        public NdisStatus sendStatus() {
            return NdisStatus.SUCCESS;
        }

        @Override
        public boolean receivesPass() {
            return true;
        }
    };

    /** Success when sends pass, or the status with which they come back. */
    NdisStatus sendStatus();

    /** Tells whether receives pass. */
    boolean receivesPass();
}
