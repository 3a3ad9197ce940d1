// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Refusal;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The adapter as its MCM sees it: {@code NdisMCm*}. */
final class McmEdge extends CallManagerEdge implements McmAdapter {
    private final List<IntegratedBinding> halves = new CopyOnWriteArrayList<>();
    private final List<Advertisement> prepared = new CopyOnWriteArrayList<>();
    private final Listener listener;
    private final Backend backend;

    McmEdge(final Adapter adapter, final Backend backend) {
        super(adapter);
        this.backend = backend;
        listener = new Listener(toString());
    }

    @Override
    VcFactory factory() {
        return adapter.vcFactory().above(backend);
    }

    @Override
    Listener listener() {
        return listener;
    }

    Stream<IntegratedBinding> halves() {
        return halves.stream();
    }

    /** The miniport half, when there is one. */
    Optional<CoMiniport> half() {
        return halves.size() == 1 ? Optional.of(halves.get(0).half()) : Optional.empty();
    }

    Backend backend() {
        return backend;
    }

    /** An MCM that is to take the place of another one offers nothing yet. */
    @Override
    boolean advertise(final Advertisement advertisement) {
        if (adapter.isAt(backend)) {
            return super.advertise(advertisement);
        }
        final boolean isNew = prepared(advertisement.addressFamily()).isEmpty();
        return isNew && prepared.add(advertisement);
    }

    /** What it will offer when the adapter is carried by it. */
    List<Advertisement> prepared() {
        return List.copyOf(prepared);
    }

    Optional<Advertisement> prepared(final AddressFamily addressFamily) {
        return prepared.stream()
                .filter(advertisement -> advertisement.addressFamily().sameFamily(addressFamily))
                .findFirst();
    }

    @Override
    boolean isMcm() {
        return true;
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        Objects.requireNonNull(context, "context");
        return NdisResult.refused(
                NdisStatus.NOT_SUPPORTED,
                new Refusal(
                        "R103",
                        toString(),
                        "open",
                        "an MCM keeps its signaling VCs to itself; integrate() keeps them for a call manager half",
                        Optional.empty()));
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        Objects.requireNonNull(request, "request");
        return itsOwnMiniport().asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final NdisVcHandle vc, final OidRequest request) {
        Objects.requireNonNull(vc, "vc");
        Objects.requireNonNull(request, "request");
        return itsOwnMiniport().asStage();
    }

    private OidResult itsOwnMiniport() {
        return OidResult.refused(
                NdisStatus.NOT_SUPPORTED,
                new Refusal("C44", toString(), "open", "an MCM is its own miniport", Optional.empty()));
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        // an MCM has none under way
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return closeInstances();
    }

    @Override
    public void removeMiniport(final String cause) {
        backend.removeMiniport(cause);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        backend.indicateStatus(indication);
    }

    @Override
    public void resetMiniport(final String cause) {
        backend.resetMiniport(cause);
    }

    @Override
    public CmBinding integrate(final CoMiniport half) {
        final IntegratedBinding binding = new IntegratedBinding(this, half);
        halves.add(binding);
        return binding;
    }

    /** Deactivates and deletes the signaling VCs of the halves. */
    CompletionStage<NdisResult<Void>> shutDownHalves() {
        beginClosing();
        return Stages.all(
                halves.stream().map(IntegratedBinding::shutDownSignaling).toList());
    }

    @Override
    void removeLeftovers() {
        super.removeLeftovers();
        halves.forEach(IntegratedBinding::removeLeftovers);
    }

    @Override
    public String toString() {
        return "MCM of " + backend;
    }
}
