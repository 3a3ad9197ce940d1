// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.subject.ClientControl;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A client that keeps the contract: it opens one address family, takes calls on one SAP, and makes calls when it is told to. */
public class ReferenceClient implements CoClient, ClientAfContext, ClientSapContext, ClientControl {
    private static final CallParameters CALL = ReferenceNetwork.call("kit", ReferenceNetwork.RATE / 2);
    private static final CallParameters BETTER = ReferenceNetwork.call("kit", ReferenceNetwork.RATE);
    private static final int PACKETS = 256;
    private static final int ADDRESS_LIST = 1024;

    private final Optional<Sap> sap;
    private final NetBufferListPool pool = new NetBufferListPool("reference client", PACKETS, ReferenceNic.MAX_PDU);
    private final List<ReferenceClientCall> calls = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private volatile boolean paused;
    private Optional<ClientAf> family = Optional.empty();
    private Optional<CompletableFuture<NdisResult<ClientSap>>> registered = Optional.empty();
    private Optional<CompletableFuture<NdisStatus>> ended = Optional.empty();
    private Optional<CompletableFuture<Void>> unused = Optional.empty();
    private int uses;
    private CompletableFuture<Void> opening = CompletableFuture.completedFuture(null);

    /**
     * Makes the client.
     *
     * @param sap where it takes calls, empty when it takes none
     */
    public ReferenceClient(final Optional<Sap> sap) {
        this.sap = sap;
    }

    /**
     * Its packets.
     *
     * @return the pool
     */
    protected final NetBufferListPool pool() {
        return pool;
    }

    /**
     * Its VCs.
     *
     * @return what it keeps for them
     */
    protected final List<ReferenceClientCall> calls() {
        return calls;
    }

    /**
     * The address family.
     *
     * @return the family, empty while it is not open
     */
    protected final Optional<ClientAf> family() {
        synchronized (lock) {
            return family;
        }
    }

    /**
     * Uses the address family: its end waits until that has returned, and no use begins after it.
     *
     * @param told the family, when it is known already because it was in a callback; the client may hear later that it is open
     * @param use what to do
     * @return what that tells; {@code false} when the family is not open
     */
    private boolean using(final Optional<ClientAf> told, final Function<ClientAf, Boolean> use) {
        final Optional<ClientAf> open;
        synchronized (lock) {
            open = ended.isPresent() ? Optional.empty() : told.or(() -> family);
            open.ifPresent(af -> uses++);
        }
        try {
            return open.map(use).orElse(false);
        } finally {
            open.ifPresent(af -> used());
        }
    }

    private void used() {
        final Optional<CompletableFuture<Void>> last;
        synchronized (lock) {
            uses--;
            last = uses == 0 ? unused : Optional.empty();
        }
        last.ifPresent(done -> done.complete(null));
    }

    /** Lock held. */
    private CompletableFuture<Void> whenUnused() {
        final CompletableFuture<Void> done = new CompletableFuture<>();
        unused = Optional.of(done);
        if (uses == 0) {
            done.complete(null);
        }
        return done;
    }

    // --- the beginning

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.sameFamily(ReferenceCallManager.FAMILY)) {
            open(binding, addressFamily);
        }
    }

    /**
     * Opens the address family.
     *
     * @param binding where
     * @param addressFamily the family as it was announced
     */
    protected void open(final ClientBinding binding, final AddressFamily addressFamily) {
        final CompletableFuture<Void> open = new CompletableFuture<>();
        synchronized (lock) {
            ended = Optional.empty();
            opening = open;
        }
        binding.openAddressFamily(addressFamily, this)
                .thenAccept(opened -> opened.value().ifPresent(this::opened))
                .whenComplete((done, failure) -> open.complete(null));
    }

    /**
     * The address family is open.
     *
     * @param af the family
     */
    protected void opened(final ClientAf af) {
        synchronized (lock) {
            family = Optional.of(af);
        }
        sap.ifPresent(address -> {
            final CompletableFuture<NdisResult<ClientSap>> registration =
                    af.registerSap(address, this).toCompletableFuture();
            synchronized (lock) {
                registered = Optional.of(registration);
            }
        });
    }

    /**
     * The SAP.
     *
     * @return completes when the registration has an outcome; empty without a SAP
     */
    protected final Optional<CompletableFuture<NdisResult<ClientSap>>> registration() {
        synchronized (lock) {
            return registered;
        }
    }

    // --- calls that come in

    @Override
    public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
        if (sap.isEmpty()) {
            return NdisResult.failure(NdisStatus.NOT_SUPPORTED);
        }
        final ReferenceClientCall call = newCall(false);
        call.attach(vc);
        return NdisResult.success(call);
    }

    /**
     * Makes what is kept for a VC.
     *
     * @param own whether the client creates it
     * @return the context
     */
    protected ReferenceClientCall newCall(final boolean own) {
        return new ReferenceClientCall(this, own);
    }

    @Override
    public CompletionStage<NdisResult<CallParameters>> incomingCall(
            final ClientVc vc, final ClientVcContext vcContext, final CallParameters parameters) {
        final ReferenceClientCall call = (ReferenceClientCall) vcContext;
        call.offered();
        use(call);
        return answer(parameters);
    }

    /**
     * Answers an offer.
     *
     * @param parameters the parameters of the call
     * @return the answer
     */
    protected CompletionStage<NdisResult<CallParameters>> answer(final CallParameters parameters) {
        return NdisResult.success(parameters).asStage();
    }

    private void use(final ReferenceClientCall call) {
        calls.remove(call);
        calls.add(call);
    }

    final void forget(final ReferenceClientCall call) {
        calls.remove(call);
    }

    // --- the end

    @Override
    public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf af) {
        return endFamily();
    }

    @Override
    public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding binding) {
        return endFamily();
    }

    @Override
    public CompletionStage<NdisStatus> pause(final ClientBinding binding) {
        pause(true);
        return NdisStatus.SUCCESS.asStage();
    }

    @Override
    public CompletionStage<NdisStatus> restart(final ClientBinding binding) {
        pause(false);
        return NdisStatus.SUCCESS.asStage();
    }

    /**
     * Nothing is sent while the adapter is paused (rule R217).
     *
     * @param pauses whether it is
     */
    protected void pause(final boolean pauses) {
        paused = pauses;
        if (!pauses) {
            calls.forEach(ReferenceClientCall::sendWanted);
        }
    }

    final boolean isPaused() {
        return paused;
    }

    /**
     * Closes calls, deletes own VCs, deregisters the SAP, closes the family, in this order (rule R46).
     *
     * @return the outcome
     */
    protected CompletionStage<NdisStatus> endFamily() {
        final CompletableFuture<NdisStatus> end;
        final ClientAf closing;
        final CompletionStage<Void> begun;
        synchronized (lock) {
            if (ended.isPresent() || family.isEmpty()) {
                return ended.isPresent() ? ended.get() : endWhenOpen(opening);
            }
            end = new CompletableFuture<>();
            ended = Optional.of(end);
            closing = family.get();
            family = Optional.empty();
            // the SAP's registration belongs to the opening
            begun = CompletableFuture.allOf(opening, whenUnused());
        }
        begun.thenCompose(done -> endEverything(closing))
                .whenComplete((status, failure) -> end.complete(failure == null ? status : NdisStatus.FAILURE));
        return end;
    }

    /** Lock held. A family that is still being opened is closed when it is open. */
    private CompletionStage<NdisStatus> endWhenOpen(final CompletableFuture<Void> open) {
        return open.isDone() ? NdisStatus.SUCCESS.asStage() : open.thenCompose(opened -> endFamily());
    }

    /**
     * The steps of {@link #endFamily()}.
     *
     * @param af the family
     * @return the outcome
     */
    protected CompletionStage<NdisStatus> endEverything(final ClientAf af) {
        return endCalls()
                .thenCompose(done -> deregister())
                // once more: until the SAP was gone, calls could come in
                .thenCompose(done -> endCalls())
                .thenCompose(done -> af.close())
                .thenApply(NdisResult::status);
    }

    /**
     * Closes every call and deletes the VCs that the client created.
     *
     * @return completes when that is done
     */
    protected CompletionStage<Void> endCalls() {
        return CompletableFuture.allOf(calls.stream()
                .map(ReferenceClientCall::end)
                .map(CompletionStage::toCompletableFuture)
                .toArray(CompletableFuture[]::new));
    }

    /**
     * Deregisters the SAP.
     *
     * @return completes when that is done
     */
    protected CompletionStage<Void> deregister() {
        final Optional<CompletableFuture<NdisResult<ClientSap>>> registration;
        synchronized (lock) {
            registration = registered;
            registered = Optional.empty();
        }
        return registration
                .<CompletionStage<Void>>map(r -> r.thenCompose(result -> result.value()
                        .map(handle -> deregister(handle).<Void>thenApply(done -> null))
                        .orElseGet(() -> CompletableFuture.completedStage(null))))
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    /**
     * Deregisters a SAP.
     *
     * @param handle the SAP
     * @return the outcome
     */
    protected CompletionStage<NdisResult<Void>> deregister(final ClientSap handle) {
        return handle.deregister();
    }

    // --- what the call manager says

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientAf af, final OidRequest request) {
        if (request.oid().equals(Oid.CO_ADDRESS_CHANGE)) {
            using(Optional.of(af), open -> {
                addressesChanged(open);
                return true;
            });
            return OidResult.success().asStage();
        }
        final boolean known =
                List.of(Oid.CO_SIGNALING_ENABLED, Oid.CO_SIGNALING_DISABLED).contains(request.oid());
        return (known ? OidResult.success() : OidResult.failure(NdisStatus.NOT_SUPPORTED)).asStage();
    }

    /**
     * Addresses have changed: the client looks them up (rule R202).
     *
     * @param af the family
     */
    protected void addressesChanged(final ClientAf af) {
        af.oidRequest(OidRequest.query(Oid.CO_GET_ADDRESSES, ADDRESS_LIST));
    }

    // --- control

    private boolean onNewest(final Function<ReferenceClientCall, Boolean> action) {
        return !calls.isEmpty() && action.apply(calls.get(calls.size() - 1));
    }

    private Optional<ReferenceClientCall> createCall(final ClientAf af) {
        final ReferenceClientCall call = newCall(true);
        final Optional<ClientVc> created = af.createVc(call).value();
        created.ifPresent(vc -> {
            call.attach(vc);
            use(call);
        });
        return created.map(vc -> call);
    }

    @Override
    public boolean makeCall() {
        return using(Optional.empty(), af -> {
            final Optional<ReferenceClientCall> call = createCall(af);
            call.ifPresent(c -> c.make(CALL));
            return call.isPresent();
        });
    }

    @Override
    public boolean makeMultipointCall(final int parties) {
        return using(Optional.empty(), af -> {
            final Optional<ReferenceClientCall> call = createCall(af);
            call.ifPresent(c -> c.makeMultipoint(CALL, parties));
            return call.isPresent();
        });
    }

    @Override
    public boolean addParty() {
        return onNewest(call -> call.addParty(CALL));
    }

    @Override
    public boolean dropParty() {
        return onNewest(ReferenceClientCall::dropOne);
    }

    @Override
    public boolean modifyQoS() {
        return onNewest(call -> {
            call.modify(BETTER);
            return true;
        });
    }

    @Override
    public boolean closeCall() {
        return onNewest(call -> {
            call.close(Octets.EMPTY);
            return true;
        });
    }

    @Override
    public boolean send(final int count) {
        return onNewest(call -> {
            call.send(count);
            return true;
        });
    }
}
