// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.SapState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.core.state.SapTable;
import dev.condis.core.state.SapTable.Event;
import dev.condis.core.state.StateTable;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One SAP of one client's address family. */
final class SapRegistration {
    private static final Logger LOG = LoggerFactory.getLogger(SapRegistration.class);

    private final Object lock = new Object();
    private final Lane clientLane = new Lane();
    private final AddressFamilyInstance af;
    private final Sap sap;
    private final ClientSapContext context;
    private final EngineOptions options;
    private final Machine<SapState, Event, SapTable.Facts> machine;
    private final Pending<ClientSap> registering = new Pending<>();
    private final ClientView clientView = new ClientView();
    private final CallManagerView callManagerView = new CallManagerView();

    private Optional<CmSapContext> callManager = Optional.empty();
    private Optional<Pending<Void>> deregistering = Optional.empty();

    SapRegistration(
            final AddressFamilyInstance af,
            final Sap sap,
            final ClientSapContext context,
            final EngineOptions options) {
        this.af = af;
        this.sap = sap;
        this.context = context;
        this.options = options;
        machine = new Machine<>(SapTable.TABLE, options.clock());
    }

    ClientSapContext context() {
        return context;
    }

    CmSap callManagerView() {
        return callManagerView;
    }

    boolean acceptsCalls() {
        synchronized (lock) {
            return machine.decide(Event.DISPATCH_INCOMING_CALL, SapTable.Facts.NONE)
                    .accepts();
        }
    }

    /** Registered, and nothing is under way. */
    boolean isSettled() {
        synchronized (lock) {
            return machine.state() == SapState.REGISTERED && deregistering.isEmpty();
        }
    }

    CmSapContext callManager() {
        synchronized (lock) {
            return callManager.orElseThrow();
        }
    }

    /** Another call manager has the SAP from here on. */
    void adoptedBy(final CmSapContext adopted) {
        synchronized (lock) {
            callManager = Optional.of(adopted);
        }
    }

    /** {@code NdisClRegisterSap}. */
    CompletionStage<NdisResult<ClientSap>> register() {
        synchronized (lock) {
            machine.fire(Event.REGISTER, SapTable.Facts.NONE);
        }
        Callouts.result(new Callout("ProtocolCmRegisterSap", this), () -> af.callManager()
                        .registerSap(callManagerView))
                .thenAccept(this::registered);
        return registering.returned(
                new Callout("ProtocolCmRegisterSap", this),
                options,
                failure -> registered(failure.map(registered -> callManager.orElseThrow())));
    }

    private void registered(final NdisResult<CmSapContext> result) {
        final boolean gone;
        synchronized (lock) {
            final Event event = result.isSuccess() ? Event.REGISTER_SUCCEEDED : Event.REGISTER_FAILED;
            final boolean accepted = machine.fire(event, SapTable.Facts.NONE).accepts();
            gone = !accepted || !result.isSuccess();
            if (!gone) {
                callManager = result.value();
            }
            registering.settle(
                    accepted ? result.map(registeredContext -> clientView) : NdisResult.failure(NdisStatus.CLOSING),
                    clientLane);
        }
        if (gone) {
            result.value().ifPresent(this::deregisterAgain);
            af.sapGone(this);
        }
        clientLane.drain();
    }

    /** The call manager registered it for a client that is gone. */
    private void deregisterAgain(final CmSapContext registered) {
        Callouts.status(new Callout("ProtocolCmDeregisterSap", this), registered::deregisterSap);
    }

    /** {@code NdisClDeregisterSap}. */
    CompletionStage<NdisResult<Void>> deregister() {
        return af.endings().pass(this::deregisterNow);
    }

    private CompletionStage<NdisResult<Void>> deregisterNow() {
        final Optional<NdisResult<Void>> refusal = af.refusesDeregisterSap();
        if (refusal.isPresent()) {
            return refusal.get().asStage();
        }
        final Pending<Void> pending = new Pending<>();
        synchronized (lock) {
            final StateTable.Row<SapState, Event, SapTable.Facts> row =
                    machine.fire(Event.DEREGISTER, SapTable.Facts.NONE);
            if (!row.accepts()) {
                return machine.<Void>refused(row, this).asStage();
            }
            deregistering = Optional.of(pending);
        }
        Callouts.status(
                        new Callout("ProtocolCmDeregisterSap", this),
                        () -> callManager.orElseThrow().deregisterSap())
                .thenAccept(status -> deregistered(Stages.outcome(status), pending));
        return pending.returned(
                new Callout("ProtocolCmDeregisterSap", this), options, failure -> deregistered(failure, pending));
    }

    private void deregistered(final NdisResult<Void> result, final Pending<Void> pending) {
        synchronized (lock) {
            if (!result.isSuccess()) {
                LOG.warn(
                        "R58: the call manager answered {} to the deregistration of {}, which is gone all the same",
                        result,
                        this);
            }
            machine.fire(Event.DEREGISTER_COMPLETED, SapTable.Facts.NONE);
            pending.settle(result, clientLane);
        }
        af.sapGone(this);
        clientLane.drain();
    }

    /** Deregisters, after a registration that is still going on. */
    CompletionStage<NdisResult<Void>> shutDown() {
        final Optional<Pending<Void>> running;
        synchronized (lock) {
            running = deregistering;
        }
        if (running.isPresent()) {
            return running.get().observed();
        }
        return registering
                .observed()
                .thenCompose(result ->
                        result.isSuccess() ? deregister() : NdisResult.success().asStage());
    }

    /** Takes the SAP away whatever its state. */
    void remove(final NdisStatus reason) {
        final boolean tell;
        synchronized (lock) {
            tell = machine.state() == SapState.REGISTERED;
            if (!machine.fire(Event.REMOVE, SapTable.Facts.NONE).accepts()) {
                return;
            }
            registering.settle(NdisResult.failure(reason), clientLane);
            deregistering.ifPresent(pending -> pending.settle(NdisResult.failure(reason), clientLane));
        }
        if (tell) {
            Callouts.status(
                    new Callout("ProtocolCmDeregisterSap", this),
                    () -> callManager.orElseThrow().deregisterSap());
        }
        af.sapGone(this);
        clientLane.drain();
    }

    @Override
    public String toString() {
        return sap + " of " + af;
    }

    private final class ClientView implements ClientSap {
        @Override
        public Sap sap() {
            return sap;
        }

        @Override
        public CompletionStage<NdisResult<Void>> deregister() {
            return SapRegistration.this.deregister();
        }

        @Override
        public String toString() {
            return SapRegistration.this.toString();
        }
    }

    /** A class of its own, so that a SAP can be told from another implementation's. */
    final class CallManagerView implements CmSap {
        @Override
        public Sap sap() {
            return sap;
        }

        @Override
        public CmAf addressFamily() {
            return af.callManagerView();
        }

        SapRegistration registration() {
            return SapRegistration.this;
        }

        @Override
        public String toString() {
            return SapRegistration.this.toString();
        }
    }
}
