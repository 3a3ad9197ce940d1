// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A connection-oriented miniport: the driver that carries packets, below stand-alone call managers. One service is one backend
 * instance of the logical adapter that its {@link dev.condis.api.ServiceProperties#ADAPTER} names.
 */
@ConsumerType
public interface CoMiniport extends MiniportDriver {
    /**
     * The adapter starts, {@code MiniportInitializeEx}. Protocols are bound when it has returned success.
     *
     * @param adapter the miniport's side of the adapter
     * @return success; anything else means that the miniport freed everything, and the adapter stays halted
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisStatus initialize(MiniportAdapter adapter);

    /**
     * A VC is created, {@code MiniportCoCreateVc}. Synchronous (rule R70).
     *
     * @param vc the miniport's side of the VC
     * @return the miniport's context for the VC, or a failure, {@code RESOURCES} when something is short
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    NdisResult<MiniportVcContext> createVc(MiniportVc vc);

    /**
     * Indicates everything that the wire had brought before this call, on every VC. Asked of a miniport that shares its wire with
     * others ({@link dev.condis.api.ServiceProperties#WIRE}), when one of those takes its VCs over: each frame that the other has not
     * heard must come from this one. Before that it is asked of the other, which does not have the VCs yet: what this one has delivered
     * until then must not come from the other later. The DDI has no such function. Several calls may be under way at once.
     *
     * @return completes when that is done, on any thread; exceptionally counts as done. This miniport has nothing to wait for unless
     *     it says otherwise
     */
    @ThreadLevel.Max(ThreadLevel.DISPATCH)
    default CompletionStage<Void> flushReceives() {
        return CompletableFuture.completedStage(null);
    }
}
