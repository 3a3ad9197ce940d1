// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmVc;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * Tells a client that its call is over. Where another thread is still working off events of the VC, the call may not be at the point yet at which it
 * can be closed; then the client is told a little later. Confined to the loop.
 */
final class CloseTeller {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int MAX_LOOKS = 10_000;

    private final SignalingLoop loop;
    private final CmVc vc;
    /** Whether the call still waits for the client to close it. */
    private final BooleanSupplier due;
    /** What to do when the client has no call that it could close. */
    private final Runnable withoutClient;

    CloseTeller(final SignalingLoop loop, final CmVc vc, final BooleanSupplier due, final Runnable withoutClient) {
        this.loop = loop;
        this.vc = vc;
        this.due = due;
        this.withoutClient = withoutClient;
    }

    void tell(final NdisStatus status, final Octets closeData) {
        tell(status, closeData, 1);
    }

    private void tell(final NdisStatus status, final Octets closeData, final int look) {
        if (!due.getAsBoolean()
                || vc.dispatchIncomingCloseCall(status, closeData).isSuccess()) {
            return;
        }
        final CallState seen = vc.callState();
        if (seen == CallState.IDLE) {
            withoutClient.run();
        } else if (seen != CallState.CLOSING && seen != CallState.REMOTE_CLOSING && look < MAX_LOOKS) {
            loop.schedule(LOOK_AGAIN, () -> tell(status, closeData, look + 1));
        }
    }
}
