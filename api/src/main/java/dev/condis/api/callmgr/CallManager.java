// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.callmgr;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
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
}
