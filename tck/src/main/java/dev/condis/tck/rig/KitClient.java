// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** The kit's client: does what a check asks, notes what it is told. */
public final class KitClient implements CoClient, ClientAfContext, ClientSapContext {
    private final Rig rig;
    private final List<AddressFamily> announced = new CopyOnWriteArrayList<>();
    private final List<KitCall> offers = new CopyOnWriteArrayList<>();
    private final List<Oid> told = new CopyOnWriteArrayList<>();
    private volatile Optional<ClientBinding> binding = Optional.empty();
    private volatile Optional<ClientAf> af = Optional.empty();
    private volatile NdisStatus answer = NdisStatus.SUCCESS;
    private volatile Optional<CompletableFuture<NdisStatus>> held = Optional.empty();
    private final AtomicInteger closeNotifications = new AtomicInteger();

    KitClient(final Rig rig) {
        this.rig = rig;
    }

    // --- what the kit does

    /**
     * Waits until a family is announced, and opens it.
     *
     * @param family the family
     * @return the outcome
     */
    public NdisResult<ClientAf> open(final AddressFamily family) {
        rig.patience()
                .until(
                        () -> announced.stream().anyMatch(family::sameFamily),
                        () -> family + " was not announced, only " + announced);
        final NdisResult<ClientAf> opened =
                rig.patience().outcome(binding().openAddressFamily(family, this), "openAddressFamily");
        af = opened.value();
        return opened;
    }

    /**
     * The binding.
     *
     * @return the client's side of the adapter
     */
    public ClientBinding binding() {
        return binding.orElseThrow(() -> new Unmet("the kit's client was not bound"));
    }

    /**
     * The open address family.
     *
     * @return the client's side of it
     */
    public ClientAf af() {
        return af.orElseThrow(() -> new Unmet("the address family is not open"));
    }

    /**
     * Tells whether the family was opened.
     *
     * @return {@code true} if so
     */
    public boolean isOpen() {
        return af.isPresent();
    }

    /**
     * Creates a VC.
     *
     * @return the VC, without a call
     */
    public KitCall newCall() {
        final KitCall call = new KitCall(rig);
        call.created(Rig.succeeded(af().createVc(call), "createVc").get());
        return call;
    }

    /**
     * Tries to create a VC.
     *
     * @return the outcome
     */
    public NdisResult<ClientVc> tryCreate() {
        return af().createVc(new KitCall(rig));
    }

    /**
     * Registers a SAP, and waits for the outcome.
     *
     * @param sap the SAP
     * @return the outcome
     */
    public NdisResult<ClientSap> register(final Sap sap) {
        return rig.patience().outcome(af().registerSap(sap, this), "registerSap");
    }

    /**
     * How to answer calls that come in.
     *
     * @param status success to accept
     */
    public void answer(final NdisStatus status) {
        answer = status;
    }

    /**
     * Lets calls that come in wait.
     *
     * @return completes them
     */
    public CompletableFuture<NdisStatus> holdAnswers() {
        final CompletableFuture<NdisStatus> release = new CompletableFuture<>();
        held = Optional.of(release);
        return release;
    }

    // --- what happened

    /**
     * The families that were announced.
     *
     * @return the families, one that was announced twice twice
     */
    public List<AddressFamily> announced() {
        return List.copyOf(announced);
    }

    /**
     * The calls that came in, on whichever VC.
     *
     * @return the VCs in the order of their calls
     */
    public List<KitCall> offers() {
        return List.copyOf(offers);
    }

    /**
     * What the call manager told by OID.
     *
     * @return the OIDs
     */
    public List<Oid> told() {
        return List.copyOf(told);
    }

    /**
     * How often the call manager asked to close the family.
     *
     * @return the number
     */
    public int closeNotifications() {
        return closeNotifications.get();
    }

    // --- callbacks

    @Override
    public NdisStatus bindAdapter(final ClientBinding newBinding) {
        binding = Optional.of(newBinding);
        return NdisStatus.SUCCESS;
    }

    @Override
    public void afRegisterNotify(final ClientBinding from, final AddressFamily addressFamily) {
        announced.add(addressFamily);
    }

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        final KitCall call = new KitCall(rig);
        call.created(vc);
        return NdisResult.success(call);
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> incomingCall(
            final ClientVc vc, final ClientVcContext vcContext, final CallParameters parameters) {
        final KitCall call = (KitCall) vcContext;
        call.offered(parameters);
        offers.add(call);
        return held.map(release -> release.thenApply(status -> answered(status, parameters)))
                .orElseGet(() -> CompletableFuture.completedFuture(answered(answer, parameters)));
    }

    private static NdisResult<CallParameters> answered(final NdisStatus status, final CallParameters parameters) {
        return status.isSuccess() ? NdisResult.success(parameters) : NdisResult.failure(status);
    }

    @Override
    public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf closing) {
        closeNotifications.incrementAndGet();
        return ClientAfContext.super.notifyCloseAf(closing);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientAf from, final OidRequest request) {
        told.add(request.oid());
        return OidResult.success().asStage();
    }
}
