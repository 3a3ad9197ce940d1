// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** What the reference call manager keeps for a client. */
public class ReferenceAf implements CmAfContext {
    /** The address that all clients have. */
    public static final Octets COMMON_ADDRESS = Octets.ofText("condis");

    private final ReferenceCallManager callManager;
    private final CmAf af;
    private final Map<Sap, CmSap> saps = new ConcurrentHashMap<>();
    private final List<ReferenceCall> outgoing = new CopyOnWriteArrayList<>();
    private final List<ReferenceCall> incoming = new CopyOnWriteArrayList<>();
    private final List<Octets> addresses = new CopyOnWriteArrayList<>();
    private final OidTable table = OidTable.ofProtocol()
            .query(Oid.CO_GET_ADDRESSES, this::addressList)
            .set(Oid.CO_ADD_ADDRESS, this::addAddress)
            .set(Oid.CO_DELETE_ADDRESS, this::deleteAddress)
            .build();

    /**
     * Makes the context.
     *
     * @param callManager the call manager
     * @param af the client's address family
     */
    public ReferenceAf(final ReferenceCallManager callManager, final CmAf af) {
        this.callManager = callManager;
        this.af = af;
    }

    /**
     * The client's address family.
     *
     * @return the call manager's side of it
     */
    public final CmAf af() {
        return af;
    }

    /**
     * The call manager.
     *
     * @return the call manager
     */
    public final ReferenceCallManager callManager() {
        return callManager;
    }

    /**
     * Every call of the client.
     *
     * @return what is kept for its VCs
     */
    protected final Stream<ReferenceCall> calls() {
        return Stream.concat(outgoing.stream(), incoming.stream());
    }

    final boolean hasSap(final Sap sap) {
        return saps.containsKey(sap);
    }

    final void offer(final Sap sap, final CallParameters parameters) {
        offer(saps.get(sap), parameters);
    }

    // --- VCs

    @Override
    public NdisResult<CmVcContext> createVc(final CmVc vc) {
        if (outgoing.size() >= ReferenceCallManager.MAX_VCS) {
            return NdisResult.failure(NdisStatus.RESOURCES);
        }
        final ReferenceCall call = callManager.newCall(this);
        call.attach(vc);
        outgoing.add(call);
        return NdisResult.success(call);
    }

    final void deleted(final ReferenceCall call) {
        outgoing.remove(call);
    }

    /**
     * A call comes in: it is offered on a VC that is free, or a new one (rule R114).
     *
     * @param sap the SAP that is called
     * @param parameters the parameters of the call
     */
    protected void offer(final CmSap sap, final CallParameters parameters) {
        offerOnVcOfThisClient(sap, parameters);
    }

    /**
     * Offers a call on a VC of this client, whoever's the SAP is.
     *
     * @param sap the SAP
     * @param parameters the parameters of the call
     */
    public final void offerOnVcOfThisClient(final CmSap sap, final CallParameters parameters) {
        final Optional<ReferenceCall> call =
                incoming.stream().filter(ReferenceCall::isIdle).findFirst().or(this::newIncoming);
        call.ifPresentOrElse(
                c -> c.offer(sap, parameters), () -> callManager.network().answered(false));
    }

    private Optional<ReferenceCall> newIncoming() {
        final ReferenceCall call = callManager.newCall(this);
        final NdisResult<CmVc> created = af.createVc(call);
        created.value().ifPresent(vc -> {
            call.attach(vc);
            incoming.add(call);
        });
        return created.value().map(vc -> call);
    }

    // --- SAPs

    @Override
    public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
        final CompletableFuture<NdisResult<CmSapContext>> registered = new CompletableFuture<>();
        callManager.network().later(() -> registered.complete(register(sap)));
        return registered;
    }

    /**
     * Registers a SAP that is well-formed and free (rule R50).
     *
     * @param sap the SAP
     * @return its context
     */
    protected NdisResult<CmSapContext> register(final CmSap sap) {
        if (!isWellFormed(sap.sap()) || callManager.isTaken(sap.sap())) {
            return NdisResult.failure(NdisStatus.INVALID_DATA);
        }
        saps.put(sap.sap(), sap);
        return NdisResult.success(() -> deregister(sap));
    }

    private boolean isWellFormed(final Sap sap) {
        return callManager.network().isObliging() || sap.type() == Sap.E164;
    }

    /**
     * Deregisters a SAP; its calls go on (rule R59).
     *
     * @param sap the SAP
     * @return success (R58)
     */
    protected CompletionStage<NdisStatus> deregister(final CmSap sap) {
        final CompletableFuture<NdisStatus> deregistered = new CompletableFuture<>();
        callManager.network().later(() -> {
            saps.remove(sap.sap(), sap);
            deregistered.complete(NdisStatus.SUCCESS);
        });
        return deregistered;
    }

    // --- the end

    @Override
    public CompletionStage<NdisStatus> closeAf() {
        final CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
        callManager.network().later(() -> close(closed));
        return closed;
    }

    /**
     * Deletes the VCs that the call manager created (C22), and forgets the client.
     *
     * @param closed takes the outcome
     */
    protected void close(final CompletableFuture<NdisStatus> closed) {
        deleteIncoming();
        callManager.closed(this);
        closed.complete(NdisStatus.SUCCESS);
    }

    /** Deletes the VCs that the call manager created. */
    protected final void deleteIncoming() {
        incoming.forEach(ReferenceCall::deleteOwn);
        incoming.clear();
    }

    // --- OIDs

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return table.answer(request).asStage();
    }

    /** The answer to the open was given; the family is open when the library has taken it. On the network's thread. */
    final void opened() {
        if (af.state() == AfState.OPENING) {
            callManager.network().later(this::opened);
        } else if (af.state() != AfState.CLOSING && af.state() != AfState.CLOSED) {
            announceAddresses();
        }
    }

    /** Tells the client that addresses have changed (rule R202). */
    protected void announceAddresses() {
        tell(Oid.CO_ADDRESS_CHANGE);
    }

    /**
     * Tells the client something; what it answers is its own affair.
     *
     * @param oid what
     */
    protected final void tell(final Oid oid) {
        af.oidRequest(OidRequest.set(oid, Octets.EMPTY));
    }

    /**
     * The client adds an address.
     *
     * @param address {@code CO_ADDRESS}
     * @return success
     */
    protected NdisStatus addAddress(final Octets address) {
        addresses.add(address);
        return NdisStatus.SUCCESS;
    }

    private NdisStatus deleteAddress(final Octets address) {
        return addresses.remove(address) ? NdisStatus.SUCCESS : NdisStatus.INVALID_DATA;
    }

    /**
     * The addresses of this client.
     *
     * @return those of all clients and its own (rule R204)
     */
    protected List<Octets> addresses() {
        final List<Octets> all = new ArrayList<>(List.of(COMMON_ADDRESS));
        // CO_ADDRESS begins with its length
        addresses.forEach(address -> all.add(withoutLength(address)));
        return all;
    }

    private static Octets withoutLength(final Octets address) {
        final byte[] octets = address.toByteArray();
        return Octets.of(java.util.Arrays.copyOfRange(octets, Math.min(Integer.BYTES, octets.length), octets.length));
    }

    private Octets addressList() {
        final List<Octets> all = addresses();
        final int length =
                all.stream().mapToInt(a -> Integer.BYTES + a.length()).sum();
        final ByteBuffer list = ByteBuffer.allocate(2 * Integer.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
        list.putInt(all.size()).putInt(all.size());
        all.forEach(a -> list.putInt(a.length()).put(a.toByteArray()));
        return Octets.of(list.array());
    }
}
