// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The signaling VCs of one call manager's binding. */
final class SignalingCircuits {
    private static final Logger LOG = LoggerFactory.getLogger(SignalingCircuits.class);

    private final VcFactory factory;
    private final CallManagerEdge edge;
    private final SignalingCircuit.Owner owner;
    private final Set<SignalingCircuit> circuits = ConcurrentHashMap.newKeySet();

    /** Creates VCs with the factory as long as the edge is not closing. */
    SignalingCircuits(final VcFactory factory, final CallManagerEdge edge, final SignalingCircuit.Owner owner) {
        this.factory = factory;
        this.edge = edge;
        this.owner = owner;
    }

    Stream<SignalingCircuit> stream() {
        return circuits.stream();
    }

    NdisResult<SignalingVc> create(final SignalingVcContext context) {
        if (edge.isClosing()) {
            return edge.refusedClosing();
        }
        final NdisResult<SignalingCircuit> created =
                factory.createSignaling(context, owner, circuits::add, circuits::remove);
        if (edge.isClosing()) {
            // an end that began meanwhile may have removed the others already
            created.value().ifPresent(SignalingCircuit::remove);
            return edge.refusedClosing();
        }
        return created.map(SignalingCircuit::view);
    }

    /** Deactivates and deletes them. */
    CompletionStage<NdisResult<Void>> shutDown() {
        return Stages.all(circuits.stream().map(SignalingCircuit::shutDown).toList());
    }

    /** Takes away what is left. */
    void removeLeftovers() {
        for (final SignalingCircuit circuit : circuits) {
            LOG.warn("S37: {} left its signaling VC {}; it is removed", edge, circuit);
            circuit.remove();
        }
    }
}
