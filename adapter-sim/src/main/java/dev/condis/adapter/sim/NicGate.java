// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.api.NdisStatus;

/**
 * Whether a NIC carries data, and with which status a send comes back when it does not. Of several reasons the graver one counts:
 * removed (rule R221), in a reset (R211), paused (R218). Written by control operations, read by senders.
 */
final class NicGate {

    private boolean removed = true;
    private boolean paused = true;
    private boolean resetting;
    private volatile NdisStatus status = NdisStatus.NOT_ACCEPTED;

    /** Success while the gate is open. */
    NdisStatus status() {
        return status;
    }

    boolean isOpen() {
        return status == NdisStatus.SUCCESS;
    }

    boolean isRemoved() {
        return status == NdisStatus.NOT_ACCEPTED;
    }

    boolean isResetting() {
        return status == NdisStatus.RESET_IN_PROGRESS;
    }

    /** The NIC is on the network, and paused. */
    synchronized void attached() {
        removed = false;
        paused = true;
        resetting = false;
        decide();
    }

    synchronized void removed() {
        removed = true;
        decide();
    }

    synchronized void paused(final boolean on) {
        paused = on;
        decide();
    }

    synchronized void resetting(final boolean on) {
        resetting = on;
        decide();
    }

    private void decide() {
        if (removed) {
            status = NdisStatus.NOT_ACCEPTED;
        } else if (resetting) {
            status = NdisStatus.RESET_IN_PROGRESS;
        } else {
            status = paused ? NdisStatus.PAUSED : NdisStatus.SUCCESS;
        }
    }
}
