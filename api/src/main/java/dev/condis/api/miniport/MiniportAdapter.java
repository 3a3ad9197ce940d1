// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.AdapterInfo;
import dev.condis.api.ThreadLevel;
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
}
