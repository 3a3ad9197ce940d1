// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisStatus;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.state.BindingState;
import dev.condis.core.state.BindingTable;
import dev.condis.core.state.BindingTable.Event;
import dev.condis.core.state.BindingTable.Facts;
import dev.condis.core.state.StateTable;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A client's or a stand-alone call manager's binding to an adapter (contract B.2): whether packets pass on it, what the driver is told
 * there, what it asks the miniport.
 */
final class Binding implements Traffic {
    private static final Logger LOG = LoggerFactory.getLogger(Binding.class);

    private final Object lock = new Object();
    private final Protocol protocol;
    private final Below adapter;
    private final EngineOptions options;
    private final Listener listener;
    private final MiniportRequests requests;
    private final Machine<BindingState, Event, Facts> machine;

    /** The driver above a binding. */
    interface Protocol {
        /** {@code NetEventPause}. */
        CompletionStage<NdisStatus> pause();

        /** {@code NetEventRestart}. */
        CompletionStage<NdisStatus> restart();

        /** {@code ProtocolCoStatusEx}. */
        void status(StatusIndication indication);

        /** The VCs that carry the driver's packets. */
        Stream<VirtualCircuit> circuits();
    }

    Binding(final String name, final Protocol protocol, final Below adapter, final EngineOptions options) {
        this.protocol = protocol;
        this.adapter = adapter;
        this.options = options;
        listener = new Listener(name);
        requests = new MiniportRequests(adapter::driver, listener, this::refusesOid, options);
        machine = new Machine<>(BindingTable.TABLE, options.clock());
    }

    Listener listener() {
        return listener;
    }

    MiniportRequests requests() {
        return requests;
    }

    boolean isRunning() {
        return machine.state() == BindingState.RUNNING;
    }

    private boolean fire(final Event event) {
        synchronized (lock) {
            return machine.fire(event, Facts.NONE).accepts();
        }
    }

    // --- life ---

    void opening() {
        fire(Event.BIND);
    }

    void opened() {
        fire(Event.BIND_SUCCEEDED);
    }

    /** The driver declines. */
    void declined() {
        fire(Event.BIND_FAILED);
        end();
    }

    void closing() {
        fire(Event.UNBIND);
    }

    /** The driver is unbound: nobody waits any more for what it has asked (R214). */
    void closed() {
        fire(Event.UNBIND_COMPLETED);
        end();
    }

    private void end() {
        listener.close();
        requests.abortAll(NdisStatus.REQUEST_ABORTED, "R214", "the binding is closed");
    }

    /** {@code NetEventRestart}; completes with whether the binding is running. */
    CompletionStage<Boolean> restart() {
        if (!fire(Event.RESTART)) {
            return CompletableFuture.completedStage(isRunning());
        }
        final Callout what = new Callout("NetEventRestart", listener);
        return Patience.restart(what, protocol::restart, options).thenApply(status -> {
            fire(status.isSuccess() ? Event.RESTART_SUCCEEDED : Event.RESTART_FAILED);
            if (!status.isSuccess()) {
                LOG.error("{} answered {}; the binding stays paused", what, status);
            }
            updateGates();
            return status.isSuccess();
        });
    }

    /** {@code NetEventPause}: completes when the driver has, and everything that was on its way is back; or at the deadline. */
    CompletionStage<Void> pause() {
        if (!fire(Event.PAUSE)) {
            return CompletableFuture.completedStage(null);
        }
        updateGates();
        final Callout what = new Callout("NetEventPause", listener);
        final CompletionStage<Void> quiet = Callouts.status(what, protocol::pause)
                .thenCompose(status -> {
                    if (!status.isSuccess()) {
                        LOG.error("B.2: {} answered {}; a pause cannot be refused", what, status);
                    }
                    return Patience.all(protocol.circuits().map(DataPath::whenQuiet));
                });
        return Patience.teardown(what, quiet, options).thenAccept(inTime -> fire(Event.PAUSE_COMPLETED));
    }

    // --- packets ---

    /** Lets the VCs set their gates anew. */
    private void updateGates() {
        protocol.circuits().forEach(VirtualCircuit::refreshGates);
    }

    @Override
    public NdisStatus sendStatus() {
        final NdisStatus below = adapter.sendStatus();
        return below.isSuccess() ? machine.decide(Event.SEND, Facts.NONE).status() : below;
    }

    @Override
    public boolean receivesPass() {
        return adapter.receivesPass()
                && machine.decide(Event.INDICATE, Facts.NONE).accepts();
    }

    // --- statuses and OID requests ---

    /** {@code ProtocolCoStatusEx}, in its turn. */
    void tell(final StatusIndication indication) {
        listener.tell(new Callout("ProtocolCoStatusEx", listener), () -> hear(indication));
    }

    /** {@code ProtocolCoStatusEx}. */
    void hear(final StatusIndication indication) {
        protocol.status(indication);
    }

    private Optional<OidResult> refusesOid() {
        final StateTable.Row<BindingState, Event, Facts> row = machine.decide(Event.OID_REQUEST, Facts.NONE);
        return row.accepts()
                ? adapter.refusesOid()
                : Optional.of(OidResult.refused(row.status(), machine.refusal(row, listener)));
    }

    @Override
    public String toString() {
        return listener.toString();
    }
}
