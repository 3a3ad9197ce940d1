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
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.LinkState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The permanent circuits of one adapter: which there are, who uses them, who wants to be offered them. One lock guards all
 * state of the adapter; nobody outside this package is called while it is held.
 */
final class PvcBinding implements CmAddressFamily {
    private static final Logger LOG = LoggerFactory.getLogger(PvcBinding.class);

    private record Use(PermanentCircuit circuit, CircuitUser user) {}

    private final Object lock = new Object();
    private final CmBinding binding;
    private final Map<MediaFlow, Use> inUse = new HashMap<>();
    private final List<PvcClient> clients = new ArrayList<>();
    private final List<PvcSap> saps = new ArrayList<>();
    private final CircuitList circuits;
    private boolean signaling = true;
    private boolean stopped;

    PvcBinding(final CmBinding binding, final PvcSettings settings) {
        this.binding = binding;
        this.circuits = new CircuitList(settings);
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
        return circuits.inForce();
    }

    /** Whether calls can be made, as far as the miniport tells. Lock held. */
    boolean isSignaling() {
        return signaling;
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
            for (final PermanentCircuit circuit : settings().circuits()) {
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
        final List<Runnable> effects;
        synchronized (lock) {
            circuits.configure(next);
            effects = changed();
        }
        effects.forEach(Runnable::run);
        offerFree();
    }

    /** A client adds a circuit, {@code OID_CO_ADD_PVC}. Others may use it from now on. */
    OidResult add(final PermanentCircuit circuit, final PvcClient client) {
        final Optional<PermanentCircuit> taken;
        synchronized (lock) {
            if (circuits.isFull()) {
                return Outcomes.refusedRequest(
                        NdisStatus.RESOURCES, "S33", client, "no more than " + CircuitList.MAX_ADDED + " can be added");
            }
            taken = circuits.add(circuit);
        }
        if (taken.isPresent()) {
            return Outcomes.refusedRequest(
                    NdisStatus.RESOURCE_CONFLICT,
                    "S33",
                    client,
                    "the name or the flow is that of PVC '" + taken.get().name() + "' ("
                            + taken.get().flow() + ")");
        }
        LOG.info("{} has added PVC '{}' ({}) on {}", client, circuit.name(), circuit.flow(), this);
        offerFree();
        return OidResult.success();
    }

    /** A client deletes a circuit, {@code OID_CO_DELETE_PVC}. A call on it is closed by the book (S20). */
    OidResult delete(final CoPvc.Selector which, final PvcClient client) {
        final Optional<PermanentCircuit> found;
        final List<Runnable> effects;
        synchronized (lock) {
            found = circuits.delete(which);
            effects = found.isPresent() ? changed() : List.of();
        }
        if (found.isEmpty()) {
            return Outcomes.refusedRequest(NdisStatus.FAILURE, "S33", client, "there is no permanent circuit " + which);
        }
        LOG.info(
                "{} has deleted PVC '{}' ({}) on {}",
                client,
                found.get().name(),
                found.get().flow(),
                this);
        effects.forEach(Runnable::run);
        return OidResult.success();
    }

    /**
     * The miniport tells something: whether there is a link decides whether calls can be made (R203), and closes none
     * (R212).
     */
    void status(final StatusIndication indication) {
        final Optional<Boolean> connected = connected(indication);
        if (connected.isEmpty()) {
            return;
        }
        final List<PvcClient> all;
        synchronized (lock) {
            signaling = connected.get();
            all = List.copyOf(clients);
        }
        all.forEach(PvcClient::tellSignaling);
    }

    private static Optional<Boolean> connected(final StatusIndication indication) {
        if (indication.code().equals(StatusCode.LINK_STATE)) {
            return LinkState.ofOctets(indication.buffer())
                    .filter(state -> state.connect() != LinkState.MediaConnectState.UNKNOWN)
                    .map(state -> state.connect() == LinkState.MediaConnectState.CONNECTED);
        }
        if (indication.code().equals(StatusCode.MEDIA_CONNECT)) {
            return Optional.of(true);
        }
        return indication.code().equals(StatusCode.MEDIA_DISCONNECT) ? Optional.of(false) : Optional.empty();
    }

    /** What becomes of calls on circuits that are gone. Lock held. */
    private List<Runnable> changed() {
        final List<Runnable> effects = new ArrayList<>();
        inUse.values().stream()
                .filter(use -> !remains(use.circuit()))
                .forEach(use -> effects.add(use.user().revoke()));
        clients.stream()
                .flatMap(client -> client.calls().stream())
                .filter(call -> call.isKept() && !remains(call.circuit()))
                .forEach(call -> effects.add(call::deleteKept));
        return effects;
    }

    private boolean remains(final PermanentCircuit circuit) {
        final boolean unconfigured = circuit.equals(PermanentCircuit.unconfigured(circuit.flow()));
        return unconfigured && settings().open()
                || settings().circuits().stream().anyMatch(circuit::carriesOnAs);
    }

    @Override
    public String toString() {
        return binding.adapter().name();
    }
}
