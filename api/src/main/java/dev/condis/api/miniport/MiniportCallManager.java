// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.miniport;

import dev.condis.api.NdisStatus;
import dev.condis.api.ThreadLevel;
import java.util.Optional;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A miniport call manager (MCM): one driver that signals calls and carries their packets. What passes between its two halves is
 * its own; the core sees the VCs of clients, their calls and their activation (contract A.1), never its signaling VCs.
 */
@ConsumerType
public interface MiniportCallManager extends MiniportDriver {
    /**
     * The adapter starts, {@code MiniportInitializeEx}. The MCM registers its address families (rule R21) before it returns;
     * clients are bound and told afterwards (R26).
     *
     * @param adapter the MCM's side of the adapter
     * @return success; anything else means that the MCM freed everything, and the adapter stays halted
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    NdisStatus initialize(McmAdapter adapter);

    /**
     * How this MCM hands calls over to its successor and adopts those of its predecessor, when one backend of the adapter takes the
     * place of the other. Not in the DDI.
     *
     * @return empty when it cannot: then its calls end when it goes
     */
    @ThreadLevel.Max(ThreadLevel.PASSIVE)
    default Optional<CallHandOver> handOver() {
        return Optional.empty();
    }
}
