// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.AdapterInfo;
import dev.condis.api.ThreadLevel;
import dev.condis.api.status.StatusIndication;
import org.osgi.annotation.versioning.ProviderType;

/** The adapter as its miniport sees it, {@code MiniportAdapterHandle}. Valid from initialize until halt returned. Thread safe. */
@ProviderType
public interface MiniportAdapter {
    /**
     * The adapter.
     *
     * @return what is known of it
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    AdapterInfo adapter();

    /**
     * The miniport found that its hardware is gone or beyond repair, {@code NdisMRemoveMiniport}. Returns at once; the core
     * takes the adapter down as after a surprise removal (sequence S40) and halts it with {@code DEVICE_FAILED}.
     *
     * @param cause what happened, for people
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void removeMiniport(String cause);

    /**
     * Indicates a status of the adapter, {@code NdisMCoIndicateStatusEx} without a VC handle: to every bound protocol, or to the one that the
     * indication names (rule R205). From initialize on, never after halt has returned (R207). The begin and the end of a reset are the core's
     * to indicate, and refused here (R208).
     *
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void indicateStatus(StatusIndication indication);

    /**
     * The miniport wants to be reset, {@code NdisMResetMiniport}: its hardware hangs. Returns at once; {@link MiniportDriver#reset()} follows.
     *
     * @param cause what happened, for people
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    void resetMiniport(String cause);
}
