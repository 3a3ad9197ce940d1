// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.management.VcSnapshot.Creator;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportVcContext;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Creates the VCs of one adapter: asks the miniport first, then the other driver that shares the VC (C30), and takes back what was
 * agreed when one refuses (R68). Above an MCM there is no miniport to ask (R65, R66).
 */
final class VcFactory {
    private final String place;
    private final Supplier<Optional<Backend>> carrier;
    private final Optional<CoMiniport> half;
    private final Optional<Backend> home;
    private final Optional<Backend> mcm;
    private final LongSupplier holdLimit;
    private final AtomicLong numbers;
    private final EngineOptions options;
    private final Set<VirtualCircuit> circuits;
    private final Set<VirtualCircuit> below;
    private final Set<VirtualCircuit> leaving;
    private final Set<VirtualCircuit> strays;
    private final Loopback loopback;

    /**
     * Creates VCs above whichever backend carries the adapter.
     *
     * @param adapterName where they are
     * @param carrier the backend, empty while there is none
     * @param numbers numbers them
     * @param holdLimit how many NBLs of one of them may wait for a backend
     * @param options clock, deadlines
     */
    VcFactory(
            final String adapterName,
            final Supplier<Optional<Backend>> carrier,
            final AtomicLong numbers,
            final LongSupplier holdLimit,
            final EngineOptions options) {
        place = adapterName;
        this.carrier = carrier;
        this.numbers = numbers;
        this.holdLimit = holdLimit;
        this.options = options;
        half = Optional.empty();
        home = Optional.empty();
        mcm = Optional.empty();
        circuits = ConcurrentHashMap.newKeySet();
        below = ConcurrentHashMap.newKeySet();
        leaving = ConcurrentHashMap.newKeySet();
        strays = ConcurrentHashMap.newKeySet();
        loopback = new Loopback(adapterName);
    }

    /** A part of the same adapter. */
    private VcFactory(
            final VcFactory whole,
            final String place,
            final Optional<CoMiniport> half,
            final Optional<Backend> home,
            final Optional<Backend> mcm,
            final Set<VirtualCircuit> circuits) {
        this.place = place;
        this.half = half;
        this.home = home;
        this.mcm = mcm;
        this.circuits = circuits;
        carrier = whole.carrier;
        numbers = whole.numbers;
        holdLimit = whole.holdLimit;
        options = whole.options;
        below = whole.below;
        leaving = whole.leaving;
        strays = whole.strays;
        loopback = whole.loopback;
    }

    /** VCs of the same adapter above the miniport half of its MCM. */
    VcFactory above(final CoMiniport miniportHalf, final Backend itsBackend) {
        return new VcFactory(
                this, place, Optional.of(miniportHalf), Optional.of(itsBackend), Optional.empty(), circuits);
    }

    /** VCs of the same adapter that an MCM carries itself. */
    VcFactory above(final Backend carrying) {
        return new VcFactory(this, place, Optional.empty(), Optional.empty(), Optional.of(carrying), circuits);
    }

    /** VCs above the same miniport that do not appear among the adapter's. */
    VcFactory unseen() {
        return new VcFactory(this, place + ", inside", half, home, Optional.empty(), ConcurrentHashMap.newKeySet());
    }

    /** The MCM carries the packets of its VCs itself. */
    boolean isAboveMcm() {
        return mcm.isPresent();
    }

    long holdLimit() {
        return holdLimit.getAsLong();
    }

    /** Every VC that may have something at a backend. */
    List<VirtualCircuit> below() {
        return List.copyOf(below);
    }

    /** Every VC, also one that is gone already, of which sends are on their way. */
    Stream<VirtualCircuit> withSendsBelow() {
        return Stream.of(below, circuits, strays)
                .flatMap(Set::stream)
                .filter(circuit -> circuit.sends.inside() > 0)
                .distinct();
    }

    ClientCircuit forClient(final AddressFamilyInstance af) {
        return new ClientCircuit(nextName(), Creator.CLIENT, af, options);
    }

    ClientCircuit forCallManager(final AddressFamilyInstance af) {
        return new ClientCircuit(nextName(), af.isMcm() ? Creator.MCM : Creator.CALL_MANAGER, af, options);
    }

    private VcName nextName() {
        return new VcName(numbers.incrementAndGet(), place);
    }

    /** {@code NdisCoCreateVc} by a client. */
    NdisResult<ClientCircuit> createForClient(final ClientCircuit circuit, final CmAfContext callManager) {
        final NdisResult<Void> below = createBelow(circuit);
        if (!below.isSuccess()) {
            return failed(below);
        }
        if (isRemoved(circuit)) {
            return taken(circuit);
        }
        final NdisResult<CmVcContext> peer = Callouts.resultNow(
                new Callout("ProtocolCoCreateVc of the call manager", circuit),
                () -> callManager.createVc(circuit.callManagerView()));
        if (!peer.isSuccess()) {
            circuit.undoMiniport();
            return failed(peer);
        }
        circuit.attachCallManager(peer.get());
        final NdisResult<ClientCircuit> attached = attachDataPath(circuit, peer.get());
        if (!attached.isSuccess()) {
            Callouts.statusNow(new Callout("ProtocolCoDeleteVc of the call manager", circuit), () -> peer.get()
                    .deleteVc());
        }
        return attached;
    }

    /** {@code NdisCoCreateVc} by a call manager, {@code NdisMCmCreateVc}. */
    NdisResult<ClientCircuit> createForCallManager(
            final ClientCircuit circuit, final CmVcContext callManager, final ClientAfContext client) {
        final NdisResult<ClientCircuit> attached = attachDataPath(circuit, callManager);
        if (!attached.isSuccess()) {
            return attached;
        }
        circuit.attachCallManager(callManager);
        final NdisResult<Void> below = createBelow(circuit);
        if (!below.isSuccess()) {
            return failed(below);
        }
        if (isRemoved(circuit)) {
            return taken(circuit);
        }
        final NdisResult<ClientVcContext> peer = Callouts.resultNow(
                new Callout("ProtocolCoCreateVc of the client", circuit), () -> client.createVc(circuit.clientView()));
        if (!peer.isSuccess()) {
            circuit.undoMiniport();
            return failed(peer);
        }
        circuit.attachClient(peer.get());
        return attached;
    }

    private static boolean isRemoved(final ClientCircuit circuit) {
        return circuit.state() == VcState.DELETED;
    }

    /** The VC was removed while the miniport created it: the other driver may be unbound by now, and does not hear of it. */
    private static NdisResult<ClientCircuit> taken(final ClientCircuit circuit) {
        circuit.undoMiniport();
        return NdisResult.failure(NdisStatus.CLOSING);
    }

    private NdisResult<Void> createBelow(final VirtualCircuit circuit) {
        return isAboveMcm() ? NdisResult.success() : circuit.inFirstTurn(() -> createAtCarrier(circuit));
    }

    private NdisResult<Void> createAtCarrier(final VirtualCircuit circuit) {
        // first, so that a swap that begins meanwhile either sees the VC, or has said already where it is created
        below.add(circuit);
        circuit.goneBelow().thenRun(() -> below.remove(circuit));
        final Optional<Backend> backend = home.or(carrier);
        final Optional<CoMiniport> miniport = half.or(() -> backend.flatMap(Backend::miniport));
        if (backend.isEmpty() || miniport.isEmpty()) {
            // it is created where the next backend is
            return NdisResult.success();
        }
        final NdisResult<BackendVc> created = createAt(BackendVc.at(circuit, backend.get()), miniport.get());
        created.value().ifPresent(circuit::attach);
        return created.isSuccess() ? NdisResult.success() : failed(created);
    }

    /** {@code MiniportCoCreateVc}. */
    static NdisResult<BackendVc> createAt(final BackendVc at, final CoMiniport miniport) {
        final NdisResult<MiniportVcContext> context =
                Callouts.resultNow(new Callout("MiniportCoCreateVc", at.circuit()), () -> miniport.createVc(at));
        context.value().ifPresent(at::attach);
        return context.map(created -> at);
    }

    private NdisResult<ClientCircuit> attachDataPath(final ClientCircuit circuit, final CmVcContext callManager) {
        if (circuit.isMcmVc()) {
            if (!(callManager instanceof McmVcContext context)) {
                return circuit.refused(
                        NdisStatus.FAILURE, "R16", "the context of an MCM's VC carries packets: it is an McmVcContext");
            }
            final BackendVc at = BackendVc.at(circuit, mcm.orElseThrow());
            at.attach(context);
            circuit.attach(at);
        }
        circuits.add(circuit);
        return NdisResult.success(circuit);
    }

    private static <T> NdisResult<T> failed(final NdisResult<?> result) {
        return new NdisResult<>(result.status(), Optional.empty(), result.refusal());
    }

    /** {@code NdisCoCreateVc} without an address family (R73). */
    NdisResult<SignalingCircuit> createSignaling(
            final SignalingVcContext context,
            final SignalingCircuit.Owner owner,
            final Consumer<SignalingCircuit> whenCreated,
            final Consumer<SignalingCircuit> whenGone) {
        final SignalingCircuit circuit =
                new SignalingCircuit(nextName(), context, owner, loopback, options, whenGone.andThen(this::gone));
        final NdisResult<Void> below = createBelow(circuit);
        if (!below.isSuccess()) {
            circuit.notCreated();
            return failed(below);
        }
        circuit.created();
        circuits.add(circuit);
        whenCreated.accept(circuit);
        return NdisResult.success(circuit);
    }

    /** A VC was deleted or removed; a removed one may still have to be deactivated at the miniport. */
    void gone(final VirtualCircuit circuit) {
        if (circuit.inside() > 0) {
            strays.add(circuit);
        }
        circuits.remove(circuit);
        strays.removeIf(stray -> stray.inside() == 0);
        leaving.add(circuit);
        circuit.goneBelow().thenRun(() -> leaving.remove(circuit));
    }

    /** When the miniport has been told of the end of every VC that is gone. */
    CompletionStage<Void> allGoneBelow() {
        return CompletableFuture.allOf(leaving.stream()
                .map(VirtualCircuit::goneBelow)
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new));
    }

    Collection<VirtualCircuit> circuits() {
        return circuits;
    }

    /** VCs that are gone while NBLs on them have not come back to this day. */
    List<VirtualCircuit> strays() {
        strays.removeIf(circuit -> circuit.inside() == 0);
        return List.copyOf(strays);
    }

    Loopback loopback() {
        return loopback;
    }
}
