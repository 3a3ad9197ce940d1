// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.ThreadLevel;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * What a miniport and a miniport call manager have in common: the end of the adapter. Register a service as
 * {@link CoMiniport} or {@link MiniportCallManager}, not as this.
 */
@ConsumerType
public interface MiniportDriver {
    /** Why an adapter is halted, {@code NDIS_HALT_ACTION}. */
    enum HaltAction {
        /** The adapter is being stopped or its bundle goes, {@code NdisHaltDeviceDisabled}. */
        DEVICE_DISABLED,
        /** The hardware is gone already, {@code NdisHaltDeviceSurpriseRemoved}. */
        SURPRISE_REMOVED,
        /** The adapter failed, {@code NdisHaltDeviceFailed}. */
        DEVICE_FAILED
    }

    /**
     * The hardware is gone, {@code MiniportDevicePnPEventNotify(NdisDevicePnPEventSurpriseRemoved)}. From now on the miniport
     * completes every send, those it holds too, with {@code NOT_ACCEPTED} (rule R221); a halt follows.
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default void surpriseRemoved() {
        // a miniport without hardware notices nothing
    }

    /**
     * The adapter ends, {@code MiniportHaltEx}. Every protocol is unbound, no send is outstanding (rule R219). Returns when
     * every indicated NBL is back (R220) and nothing is left: no thread, no handle, no timer.
     *
     * @param action why
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    void halt(HaltAction action);
}
