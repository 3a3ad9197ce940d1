// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.AdapterSnapshot.State;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.AdapterTable;
import dev.condis.core.state.StateTable;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Resets an adapter (sequence S32): announces it, keeps sends and OID requests away from the miniport meanwhile (R210), and sets again
 * what the miniport has lost. Returns of NBLs, completions and receives pass all the time; handles stay as they are (R209).
 */
final class AdapterReset {
    private static final Logger LOG = LoggerFactory.getLogger(AdapterReset.class);

    private final Adapter adapter;
    private final Backend backend;
    private final AdapterMachine machine;
    private final EngineOptions options;
    private CompletionStage<Void> running = CompletableFuture.completedStage(null);

    AdapterReset(final Adapter adapter, final Backend backend, final EngineOptions options) {
        this.adapter = adapter;
        this.backend = backend;
        machine = backend.machine();
        this.options = options;
    }

    /** Resets the adapter; completes when the reset is over, with its status. */
    CompletionStage<NdisResult<Void>> reset(final String cause) {
        final CompletableFuture<Void> over = new CompletableFuture<>();
        synchronized (this) {
            final StateTable.Row<State, AdapterTable.Event, AdapterTable.Facts> row = machine.beginReset();
            if (!row.accepts()) {
                return machine.<Void>refused(row).asStage();
            }
            running = over;
        }
        LOG.info("{} is reset: {}", backend, cause);
        if (carries()) {
            adapter.updateGates();
            adapter.tellAll(StatusIndication.of(StatusCode.RESET_START));
            adapter.abortRequests(NdisStatus.REQUEST_ABORTED, "B.11", "the adapter is being reset");
        }
        return Patience.result(new Callout("MiniportResetEx", backend), backend.driver()::reset, options)
                .thenCompose(this::restore)
                .thenApply(result -> end(result, over));
    }

    /** A backend that the adapter has left, or is not at yet, has no protocols to tell. */
    private boolean carries() {
        return adapter.backend() == backend && !adapter.isParked();
    }

    private CompletionStage<NdisResult<Void>> restore(final NdisResult<AddressingReset> answer) {
        final NdisResult<Void> result = new NdisResult<>(answer.status(), Optional.empty(), answer.refusal());
        final boolean lost =
                answer.value().filter(kept -> kept == AddressingReset.LOST).isPresent();
        return lost && !machine.isGone()
                ? adapter.restoreSettingsAt(backend).thenApply(done -> result)
                : result.asStage();
    }

    private NdisResult<Void> end(final NdisResult<Void> result, final CompletableFuture<Void> over) {
        machine.endReset();
        result.refusal().filter(Patience::isOverdue).ifPresent(refusal -> backend.overdue("MiniportResetEx"));
        if (carries()) {
            // first, so that a protocol that hears of the end can send at once
            adapter.updateGates();
            adapter.tellAll(StatusIndication.of(
                    StatusCode.RESET_END, OidTable.u32(result.status().code())));
        }
        over.complete(null);
        return result;
    }

    /** When the reset that is under way now is over. */
    synchronized CompletionStage<Void> over() {
        return running;
    }
}
