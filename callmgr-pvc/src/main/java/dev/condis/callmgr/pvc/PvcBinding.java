// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.media.MediaFlow;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * The permanent circuits of one adapter: which there are, who uses them, who wants to be offered them. One lock guards all
 * state of the adapter; nobody outside this package is called while it is held.
 */
final class PvcBinding implements CmAddressFamily {
    private record Use(PermanentCircuit circuit, CircuitUser user) {}

    private final Object lock = new Object();
    private final CmBinding binding;
    private final Map<MediaFlow, Use> inUse = new HashMap<>();
    private final List<PvcClient> clients = new ArrayList<>();
    private final List<PvcSap> saps = new ArrayList<>();
    private PvcSettings settings;
    private boolean stopped;

    PvcBinding(final CmBinding binding, final PvcSettings settings) {
        this.binding = binding;
        this.settings = settings;
    }

    Object lock() {
        return lock;
    }

    NdisResult<Void> start() {
        return binding.registerAddressFamily(AddressFamily.PVC, this);
    }

    CompletionStage<NdisResult<Void>> stop() {
        synchronized (lock) {
            stopped = true;
        }
        return binding.closeAll();
    }

    /** Lock held. */
    PvcSettings settings() {
        return settings;
    }

    /** Takes a circuit for a call. Lock held. Answers the call that has it, empty when it was free. */
    Optional<CircuitUser> reserve(final PermanentCircuit circuit, final CircuitUser user) {
        return Optional.ofNullable(inUse.putIfAbsent(circuit.flow(), new Use(circuit, user)))
                .map(Use::user);
    }

    /** Frees a circuit if this call has it. Lock held. */
    void release(final PermanentCircuit circuit, final CircuitUser user) {
        inUse.computeIfPresent(circuit.flow(), (flow, use) -> use.user() == user ? null : use);
    }

    @Override
    public CompletionStage<NdisResult<CmAfContext>> openAf(final CmAf af) {
        final PvcClient client = new PvcClient(this, af);
        synchronized (lock) {
            clients.add(client);
        }
        return CompletableFuture.completedStage(NdisResult.success(client));
    }

    void remove(final PvcClient client) {
        synchronized (lock) {
            clients.remove(client);
            saps.removeIf(sap -> sap.client() == client);
        }
    }

    NdisResult<CmSapContext> register(final PvcClient client, final CmSap handle) {
        final SapPattern pattern;
        try {
            pattern = SapPattern.of(handle.sap());
        } catch (final IllegalArgumentException e) {
            return Outcomes.refused(NdisStatus.INVALID_DATA, "R50", client, "open", e.getMessage());
        }
        final PvcSap sap = new PvcSap(this, client, handle, pattern);
        synchronized (lock) {
            if (saps.stream().anyMatch(other -> other.pattern().text().equals(pattern.text()))) {
                return Outcomes.refused(
                        NdisStatus.INVALID_DATA,
                        "R50",
                        client,
                        "open",
                        "SAP " + handle.sap() + " is registered already");
            }
            saps.add(sap);
        }
        offerFree();
        return NdisResult.success(sap);
    }

    void deregister(final PvcSap sap) {
        final List<IncomingCall> idle;
        synchronized (lock) {
            saps.remove(sap);
            idle = sap.client().calls().stream()
                    .filter(IncomingCall::isKept)
                    .filter(call -> saps.stream()
                            .noneMatch(other -> other.client() == sap.client()
                                    && other.pattern().matches(call.circuit())))
                    .toList();
        }
        idle.forEach(IncomingCall::deleteKept);
    }

    /** Offers every free circuit that is configured as incoming to the client whose SAP fits best. */
    void offerFree() {
        final List<Runnable> offers = new ArrayList<>();
        synchronized (lock) {
            if (stopped) {
                return;
            }
            for (final PermanentCircuit circuit : settings.circuits()) {
                if (circuit.incoming() && !inUse.containsKey(circuit.flow())) {
                    bestSap(circuit).ifPresent(sap -> offers.add(offer(circuit, sap)));
                }
            }
        }
        offers.forEach(Runnable::run);
    }

    private Optional<PvcSap> bestSap(final PermanentCircuit circuit) {
        return saps.stream().filter(sap -> sap.takes(circuit)).max(Comparator.comparingInt(sap -> sap.pattern()
                .rank()));
    }

    private Runnable offer(final PermanentCircuit circuit, final PvcSap sap) {
        final IncomingCall call = sap.client().callOn(circuit);
        reserve(circuit, call);
        return call.offer(sap);
    }

    /** Puts other settings in force: closes the calls on circuits that are gone, offers those that are new. */
    void configure(final PvcSettings next) {
        final List<Runnable> effects = new ArrayList<>();
        synchronized (lock) {
            settings = next;
            inUse.values().stream()
                    .filter(use -> !remains(use.circuit()))
                    .forEach(use -> effects.add(use.user().revoke()));
            clients.stream()
                    .flatMap(client -> client.calls().stream())
                    .filter(call -> call.isKept() && !remains(call.circuit()))
                    .forEach(call -> effects.add(call::deleteKept));
        }
        effects.forEach(Runnable::run);
        offerFree();
    }

    private boolean remains(final PermanentCircuit circuit) {
        final boolean unconfigured = circuit.equals(PermanentCircuit.unconfigured(circuit.flow()));
        return unconfigured && settings.open() || settings.circuits().stream().anyMatch(circuit::carriesOnAs);
    }

    @Override
    public String toString() {
        return binding.adapter().name();
    }
}
