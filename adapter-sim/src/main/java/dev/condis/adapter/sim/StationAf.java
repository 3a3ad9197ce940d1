// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.WrittenState.OfVc;
import dev.condis.adapter.sim.signaling.SignalMessage;
import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
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
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One client's address family at a station, with the VCs that the engine made for its incoming calls. */
final class StationAf implements CmAfContext {

    private static final Logger LOG = LoggerFactory.getLogger(StationAf.class);
    private static final int MAX_DELETE_ATTEMPTS = 14;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);
    private static final int MAX_LOOKS = 10_000;

    private final Station station;
    private final CmAf af;
    private final OidTable oids;

    // Confined to the loop.
    private final Set<SimCall> ownVcs = new HashSet<>();
    private final Deque<SimCall> idle = new ArrayDeque<>();
    private Optional<CompletableFuture<NdisStatus>> closing = Optional.empty();

    StationAf(Station station, CmAf af) {
        this.station = station;
        this.af = af;
        this.oids = oids();
    }

    Station station() {
        return station;
    }

    boolean isClosing() {
        return closing.isPresent();
    }

    /** A VC that another engine had. */
    CmVcContext adopt(CmVc vc, OfVc state) {
        SimCall call = new SimCall(this, state.ofClient());
        call.assign(vc);
        if (!state.ofClient()) {
            ownVcs.add(call);
        }
        if (state.kept()) {
            idle.add(call);
        }
        state.call().ifPresent(call::adopt);
        return call;
    }

    boolean keeps(SimCall call) {
        return idle.contains(call);
    }

    @Override
    public NdisResult<CmVcContext> createVc(CmVc vc) {
        SimCall call = new SimCall(this, true);
        call.assign(vc);
        return NdisResult.success(call);
    }

    @Override
    public CompletionStage<NdisResult<CmSapContext>> registerSap(CmSap sap) {
        SapRegistration registration = new SapRegistration(this, sap);
        station.time().execute(() -> station.addresses().register(registration));
        return registration.registered();
    }

    @Override
    public CompletionStage<NdisStatus> closeAf() {
        CompletableFuture<NdisStatus> closed = new CompletableFuture<>();
        station.time().execute(() -> {
            closing = Optional.of(closed);
            station.closed(this);
            while (!idle.isEmpty()) {
                delete(idle.poll(), 1);
            }
            closeIfEmpty();
        });
        return closed;
    }

    // ---- OIDs

    /** Addresses: {@code OID_CO_ADD_ADDRESS}, {@code OID_CO_DELETE_ADDRESS}, {@code OID_CO_GET_ADDRESSES} (S34). */
    @Override
    public CompletionStage<OidResult> oidRequest(OidRequest request) {
        CompletableFuture<OidResult> answered = new CompletableFuture<>();
        boolean adds = request.type() == OidRequest.Type.SET && request.oid().equals(Oid.CO_ADD_ADDRESS);
        station.time().execute(() -> {
            if (adds) {
                addAddress(request.information(), answered);
            } else {
                answered.complete(oids.answer(request));
            }
        });
        return answered;
    }

    private OidTable oids() {
        return OidTable.ofProtocol()
                .query(
                        Oid.CO_GET_ADDRESSES,
                        () -> CoAddresses.list(station.addresses().of(this)))
                .set(Oid.CO_DELETE_ADDRESS, this::deleteAddress)
                .build();
    }

    private void addAddress(Octets information, CompletableFuture<OidResult> answered) {
        Optional<Sap> address = CoAddresses.parse(information);
        if (address.isEmpty() || closing.isPresent()) {
            answered.complete(OidResult.failure(address.isEmpty() ? NdisStatus.INVALID_DATA : NdisStatus.CLOSING));
            return;
        }
        station.addresses()
                .add(
                        address.get(),
                        this,
                        status -> answered.complete(
                                status.isSuccess() ? OidResult.success() : OidResult.failure(status)));
    }

    private NdisStatus deleteAddress(Octets information) {
        return CoAddresses.parse(information)
                .map(address -> station.addresses().delete(address, this))
                .orElse(NdisStatus.INVALID_DATA);
    }

    /** Another thread may still be busy opening the address family: then the client hears a little later. */
    void beginToTell() {
        lookWhetherOpen(1);
    }

    private void lookWhetherOpen(int look) {
        AfState state = af.state();
        if ((state == AfState.NONE || state == AfState.OPENING) && look < MAX_LOOKS) {
            station.time().schedule(LOOK_AGAIN, () -> lookWhetherOpen(look + 1));
        } else if (state == AfState.OPEN && closing.isEmpty()) {
            station.opened(this);
        }
    }

    /** A client that does not care answers that it does not know the OID. */
    void tell(Oid oid) {
        af.oidRequest(OidRequest.set(oid, Octets.EMPTY))
                .thenAccept(result -> LOG.debug("{} answered {} to {}", af.clientName(), result.status(), oid));
    }

    private void closeIfEmpty() {
        if (closing.isPresent() && ownVcs.isEmpty()) {
            closing.get().complete(NdisStatus.SUCCESS);
        }
    }

    /** A call for a SAP of this client; anything but success refuses it. */
    NdisStatus incomingCall(CmSap sap, SignalMessage setup) {
        if (closing.isPresent()) {
            return NdisStatus.CLOSING;
        }
        SimCall call = idle.poll();
        if (call == null) {
            call = new SimCall(this, false);
            NdisResult<CmVc> created = af.createVc(call);
            if (!created.isSuccess()) {
                return created.status();
            }
            call.assign(created.get());
            ownVcs.add(call);
        }
        call.offer(sap, setup);
        return NdisStatus.SUCCESS;
    }

    /** The call on a VC of ours is over: keep the VC for the next one, or delete it (R156). */
    void over(SimCall call) {
        if (station.options().reuseVcs() && closing.isEmpty()) {
            idle.add(call);
        } else {
            delete(call, 1);
        }
    }

    /**
     * The client, or an event of the VC that is still being worked off, may make the core refuse for a moment; so it is
     * tried again, with growing pauses.
     */
    private void delete(SimCall call, int attempt) {
        NdisStatus status = mayBeDeleted(call.vc()) ? call.vc().deleteVc().status() : NdisStatus.NOT_ACCEPTED;
        boolean refused = status == NdisStatus.NOT_ACCEPTED || status == NdisStatus.CLOSING;
        if (refused && attempt < MAX_DELETE_ATTEMPTS) {
            station.time().schedule(Duration.ofMillis(1L << (attempt - 1)), () -> delete(call, attempt + 1));
            return;
        }
        if (!status.isSuccess()) {
            LOG.warn("{} could not be deleted after its call: {}", call.vc().handle(), status);
        }
        ownVcs.remove(call);
        closeIfEmpty();
    }

    /** R107: the core may still be working off the end of the call, on another thread. */
    private static boolean mayBeDeleted(CmVc vc) {
        return vc.callState() == CallState.IDLE || vc.state() == VcState.DELETED;
    }
}
