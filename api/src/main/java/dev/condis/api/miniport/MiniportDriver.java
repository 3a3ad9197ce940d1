// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
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

    /** Whether a reset lost what protocols had set, {@code AddressingReset}. */
    enum AddressingReset {
        /** Everything is as it was. */
        KEPT,
        /** The core sets it again through {@link #oidRequest}. */
        LOST
    }

    /**
     * The adapter is to send and receive, {@code MiniportRestart} (contract B.1): after initialize, and after each pause. Receives may be
     * indicated from here on.
     *
     * @return success; anything else leaves the adapter paused
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> restart() {
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * The adapter is to stop sending and receiving, {@code MiniportPause}: no further receive is indicated, every send that is held is completed
     * (rule R218). VCs stay as they are (R223). The pause is complete when the stage is and every NBL is back. It cannot fail.
     *
     * @return success
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> pause() {
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * The hardware is to be brought back to a known state, {@code MiniportResetEx} (sequence S32). Sends that are held are completed with
     * {@code RESET_IN_PROGRESS} or {@code REQUEST_ABORTED} (rule R211); VCs stay as they are (R209). Completing the stage is
     * {@code NdisMResetComplete}.
     *
     * @return whether settings were lost; {@code NOT_SUPPORTED} by hardware that cannot be reset, another status when it failed
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<NdisResult<AddressingReset>> reset() {
        return NdisResult.<AddressingReset>failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    /**
     * A protocol, or the core, asks something or sets it, {@code MiniportCoOidRequest}. Completing the stage is
     * {@code NdisMCoOidRequestComplete}. Further requests may come while one is pending (rule R195). The miniport checks contents and lengths
     * itself (R196); {@link dev.condis.api.oid.OidTable} does that for what is declared in it.
     *
     * @param vcContext the miniport's context of the VC that the request is about; empty when it is about the adapter (R193)
     * @param request what is asked
     * @return the answer; {@code INVALID_OID} for an unknown OID, {@code NOT_SUPPORTED} for a known one that is not supported (R197)
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    CompletionStage<OidResult> oidRequest(Optional<VcDataPath> vcContext, OidRequest request);

    /**
     * A request that is pending is to be cancelled, {@code MiniportCancelOidRequest}: the miniport completes it with {@code REQUEST_ABORTED},
     * if it can.
     *
     * @param request the request, as it was given to {@link #oidRequest}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void cancelOidRequest(final OidRequest request) {
        // a miniport that answers at once has nothing to cancel
    }

    /**
     * Sends that were given a cancel id are to be cancelled, {@code MiniportCancelSend}: those that are still queued are completed with
     * {@code SEND_ABORTED}, on whichever VC. Best effort.
     *
     * @param cancelId the id, {@link dev.condis.api.nbl.NetBufferList#cancelId()}
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void cancelSend(final long cancelId) {
        // a miniport that transmits at once has nothing to cancel
    }
}
