// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.SwapReport.VcReport;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes one VC away from its backend in good order when there is no other one: what the backend has is completed, then it is deactivated
 * there; what is sent meanwhile waits.
 */
final class VcParking {
    private static final Logger LOG = LoggerFactory.getLogger(VcParking.class);

    private final VirtualCircuit circuit;
    private final Duration deadline;
    private final EngineOptions options;
    private final long heldBefore;
    private final CompletableFuture<Void> begun = new CompletableFuture<>();
    private final CompletableFuture<VcReport> parked = new CompletableFuture<>();

    private VcParking(final VirtualCircuit circuit, final Duration deadline, final EngineOptions options) {
        this.circuit = circuit;
        this.deadline = deadline;
        this.options = options;
        heldBefore = circuit.heldInAll();
    }

    /** Completes when the backend has nothing to do with the VC any more, or has not answered in time. */
    static CompletionStage<VcReport> park(
            final VirtualCircuit circuit, final Duration deadline, final EngineOptions options) {
        return new VcParking(circuit, deadline, options).run();
    }

    private CompletionStage<VcReport> run() {
        circuit.nextTurn(this::begin);
        Stages.within(begun, deadline, options.timer()).thenAccept(inTime -> {
            if (!inTime) {
                LOG.error("E2: the backend of {} has not answered within {}; it is not waited for", circuit, deadline);
                circuit.lose(circuit.current(), false);
            }
        });
        return parked;
    }

    private void begin(final CompletableFuture<Void> turn) {
        begun.complete(null);
        final BackendVc from = circuit.current();
        if (circuit.isOver() || !from.isSomewhere()) {
            end(turn);
            return;
        }
        circuit.closeForMove();
        Stages.within(circuit.whenSendsQuiet(), deadline, options.timer())
                .thenAccept(drained -> drained(from, drained, turn));
    }

    private void drained(final BackendVc from, final boolean inTime, final CompletableFuture<Void> turn) {
        final boolean active = from.isActive();
        final CompletableFuture<Void> silent = new CompletableFuture<>();
        if (active && inTime) {
            circuit.deactivateAt(from, status -> silent.complete(null));
        } else {
            silent.complete(null);
        }
        Stages.within(silent, deadline, options.timer()).thenAccept(quiet -> {
            if (inTime) {
                circuit.leave(from);
            }
            circuit.park(active);
            from.retire();
            end(turn);
        });
    }

    private void end(final CompletableFuture<Void> turn) {
        turn.complete(null);
        parked.complete(new VcReport(
                circuit.toString(),
                VcOutcome.PARKED,
                Optional.empty(),
                circuit.heldInAll() - heldBefore,
                Duration.ZERO));
    }
}
