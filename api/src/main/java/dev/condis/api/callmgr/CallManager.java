// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import dev.condis.api.status.StatusIndication;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A call manager: the driver that signals calls for clients. It is written against {@link CmBinding} and the handles that come
 * from it and does not know whether it stands alone above a miniport ({@code NdisCm*}) or inside a miniport call manager
 * ({@code NdisMCm*}).
 * <p>
 * Registered as an OSGi service of this type it stands alone and is bound to every adapter that its
 * {@link dev.condis.api.ServiceProperties#ADAPTER_TARGET} matches. An MCM hands it a binding instead
 * ({@link dev.condis.api.miniport.McmAdapter#integrate}).
 */
@ConsumerType
public interface CallManager {
    /**
     * An adapter is there, {@code ProtocolBindAdapterEx}. The call manager sets up its signaling VC if it needs one and
     * registers its address families before it returns (rule R20); clients are told of them afterwards (rule R26).
     *
     * @param binding the call manager's side of the adapter
     * @return {@link NdisStatus#SUCCESS} to stay bound; anything else declines the adapter, and the binding is closed
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisStatus bindAdapter(CmBinding binding);

    /**
     * The adapter, or the call manager itself, is going away, {@code ProtocolUnbindAdapterEx}. It cannot be refused (rule
     * R215). The call manager notifies every client of its address families (rule R44, sequence S5) and deletes its signaling
     * VCs; the default leaves that to {@link CmBinding#closeAll()}. What is left when the stage completes, the core removes.
     *
     * @param binding the call manager's side of the adapter; dead when the stage has completed
     * @return completes when all is closed
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> unbindAdapter(final CmBinding binding) {
        return binding.closeAll().thenApply(NdisResult::status);
    }

    /**
     * The binding is paused, {@code NetEventPause} (contract B.2): until it is restarted no send is accepted on it. The call manager stops sending
     * and returns what it received at once (rule R217); the core waits for what is on its way. VCs and calls stay (R223).
     *
     * @param binding the binding
     * @return success, when the call manager has nothing more to do; a pause cannot be refused
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> pause(final CmBinding binding) {
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * The binding is restarted, {@code NetEventRestart}: sends are accepted from the moment in which the stage has completed with success. It
     * comes after each bind too. What the miniport can do may have changed meanwhile.
     *
     * @param binding the binding
     * @return success; anything else leaves the binding paused
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default CompletionStage<NdisStatus> restart(final CmBinding binding) {
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * The miniport indicates a status of the adapter, {@code ProtocolCoStatusEx}; the core a reset, {@code NDIS_STATUS_RESET_START} and
     * {@code NDIS_STATUS_RESET_END} (rules R208, R210). One indication at a time for each binding (R206).
     *
     * @param binding the binding
     * @param indication what has happened
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default void status(final CmBinding binding, final StatusIndication indication) {
        // most indications are of no consequence for a call manager
    }
}
