// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.TapiCallId;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAddressFamily;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.media.MediaFlow;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** As much of the core as a driver sees, without the core: records what it is told and answers as the test says. */
final class FakeNdis implements McmAdapter {

    private final AtomicInteger numbers = new AtomicInteger();
    private final List<String> removals = new CopyOnWriteArrayList<>();
    private final List<StatusIndication> statuses = new CopyOnWriteArrayList<>();
    private final List<McmVcFake> created = new CopyOnWriteArrayList<>();
    private Optional<CmAddressFamily> family = Optional.empty();

    static MediaParameters media(final String flow) {
        return MediaParameters.duplex(MediaFlow.parse(flow).toSpecificParameters());
    }

    static CallParameters call(final String flow) {
        return CallParameters.permanent(media(flow));
    }

    List<String> removals() {
        return removals;
    }

    /** What the driver indicated of the adapter. */
    List<StatusIndication> statuses() {
        return statuses;
    }

    /** VCs that the MCM created, in their order. */
    List<McmVcFake> created() {
        return created;
    }

    McmVcFake createdFor(final String flow) {
        return created.stream()
                .filter(vc -> vc.flow().equals(flow))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no call for " + flow));
    }

    @Override
    public AdapterInfo adapter() {
        return new AdapterInfo("fake0", Medium.ETHERNET, 0, Map.of());
    }

    @Override
    public void removeMiniport(final String cause) {
        removals.add(cause);
    }

    @Override
    public void indicateStatus(final StatusIndication indication) {
        statuses.add(indication);
    }

    @Override
    public void resetMiniport(final String cause) {
        throw new AssertionError("nothing asks for a reset: " + cause);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return OidResult.failure(NdisStatus.NOT_SUPPORTED).asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final NdisVcHandle vc, final OidRequest request) {
        return oidRequest(request);
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        // every request was answered at once
    }

    @Override
    public NdisResult<Void> registerAddressFamily(final AddressFamily addressFamily, final CmAddressFamily callbacks) {
        family = Optional.of(callbacks);
        return NdisResult.success();
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        return NdisResult.failure(NdisStatus.NOT_SUPPORTED);
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return NdisResult.success().asStage();
    }

    @Override
    public CmBinding integrate(final CoMiniport half) {
        return this;
    }

    /** A client opens the address family. */
    Client open(final Function<McmVcFake, CompletionStage<NdisResult<CallParameters>>> answer) {
        final Client client = new Client(answer);
        client.context = Optional.of(
                family.orElseThrow().openAf(client).toCompletableFuture().join().get());
        return client;
    }

    /** A client that accepts every call at once. */
    Client openAccepting() {
        return open(vc -> NdisResult.success(vc.offered.orElseThrow()).asStage());
    }

    private record Handle(int number) implements NdisVcHandle {
        @Override
        public String toString() {
            return "vc#" + number;
        }
    }

    /** A client's address family. */
    final class Client implements CmAf {
        private final Function<McmVcFake, CompletionStage<NdisResult<CallParameters>>> answer;
        private final List<String> asked = new CopyOnWriteArrayList<>();
        private Optional<CmAfContext> context = Optional.empty();

        Client(final Function<McmVcFake, CompletionStage<NdisResult<CallParameters>>> answer) {
            this.answer = answer;
        }

        CmAfContext context() {
            return context.orElseThrow();
        }

        NdisStatus register(final String pattern) {
            return register(Sap.pvc(pattern)).status();
        }

        NdisResult<? extends Object> register(final Sap sap) {
            return context()
                    .registerSap(new SapFake(sap, this))
                    .toCompletableFuture()
                    .join();
        }

        /** Creates a VC for an outgoing call. */
        McmVcFake createVc() {
            final McmVcFake vc = new McmVcFake(this, numbers.incrementAndGet());
            vc.context = Optional.of((McmVcContext) context().createVc(vc).get());
            return vc;
        }

        @Override
        public AddressFamily addressFamily() {
            return AddressFamily.PVC;
        }

        @Override
        public String clientName() {
            return "test";
        }

        @Override
        public NdisResult<CmVc> createVc(final CmVcContext vcContext) {
            final McmVcFake vc = new McmVcFake(this, numbers.incrementAndGet());
            vc.context = Optional.of((McmVcContext) vcContext);
            created.add(vc);
            return NdisResult.success(vc);
        }

        @Override
        public CompletionStage<NdisResult<Void>> notifyCloseAddressFamily() {
            return NdisResult.success().asStage();
        }

        @Override
        public AfState state() {
            return AfState.OPEN;
        }

        /** What the call manager asked the client, as text. */
        List<String> asked() {
            return asked;
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final OidRequest request) {
            asked.add(request.toString());
            return OidResult.success().asStage();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final CmVc vc, final OidRequest request) {
            return oidRequest(request);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final CmParty party, final OidRequest request) {
            return oidRequest(request);
        }
    }

    private record SapFake(Sap sap, CmAf addressFamily) implements CmSap {}

    /** What a VC has received. */
    static final class Pdu {
        private final byte[] bytes;
        private final long epochNanos;

        Pdu(final byte[] bytes, final long epochNanos) {
            this.bytes = bytes;
            this.epochNanos = epochNanos;
        }

        byte[] bytes() {
            return bytes;
        }

        long epochNanos() {
            return epochNanos;
        }
    }

    /** The data path of a fake VC. Returns what it receives, unless it is told to keep it. */
    abstract static class DataFake {
        private final List<Pdu> received = new ArrayList<>();
        private final List<NdisStatus> completed = new CopyOnWriteArrayList<>();
        private final List<StatusIndication> indications = new CopyOnWriteArrayList<>();
        private final List<NetBufferList> kept = new ArrayList<>();
        private boolean keeping;
        private volatile Runnable whenReceived = () -> {};

        abstract void giveBack(NetBufferList nbls);

        synchronized List<Pdu> received() {
            return List.copyOf(received);
        }

        List<NdisStatus> completed() {
            return completed;
        }

        /** What the driver indicated of this VC. */
        List<StatusIndication> indications() {
            return indications;
        }

        void indicated(final StatusIndication indication) {
            indications.add(indication);
        }

        synchronized void keep() {
            keeping = true;
        }

        /** Runs after an indication, on its thread, once for each PDU. */
        void whenReceived(final Runnable action) {
            whenReceived = action;
        }

        void returnKept() {
            final List<NetBufferList> back;
            synchronized (this) {
                back = List.copyOf(kept);
                kept.clear();
                keeping = false;
            }
            back.forEach(this::giveBack);
        }

        synchronized int keptCount() {
            return kept.size();
        }

        void complete(final NetBufferList nbls) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                completed.add(nbl.status());
            }
        }

        void take(final NetBufferList nbls) {
            final int before;
            final int now;
            final boolean back;
            synchronized (this) {
                before = received.size();
                for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                    received.add(new Pdu(nbl.toByteArray(), nbl.timestampNanos()));
                }
                now = received.size();
                back = !keeping || !kept.add(nbls);
            }
            if (back) {
                giveBack(nbls);
            }
            for (int i = before; i < now; i++) {
                whenReceived.run();
            }
        }
    }

    /** A VC below a stand-alone call manager. */
    static final class VcFake extends DataFake implements MiniportVc {
        private final NdisVcHandle handle = new Handle(0);
        private Optional<dev.condis.api.miniport.MiniportVcContext> context = Optional.empty();

        static VcFake on(final CoMiniport miniport) {
            final VcFake vc = new VcFake();
            vc.context = Optional.of(miniport.createVc(vc).get());
            return vc;
        }

        dev.condis.api.miniport.MiniportVcContext context() {
            return context.orElseThrow();
        }

        NdisResult<CallParameters> activate(final String flow) {
            return activate(call(flow));
        }

        NdisResult<CallParameters> activate(final CallParameters parameters) {
            return context().activateVc(parameters).toCompletableFuture().join();
        }

        @Override
        void giveBack(final NetBufferList nbls) {
            context().returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public NdisVcHandle handle() {
            return handle;
        }

        @Override
        public void sendNetBufferListsComplete(final NetBufferList nbls, final int flags) {
            complete(nbls);
        }

        @Override
        public void indicateReceiveNetBufferLists(final NetBufferList nbls, final int flags) {
            take(nbls);
        }

        @Override
        public void indicateStatus(final StatusIndication indication) {
            indicated(indication);
        }
    }

    /** A VC of an MCM, with just enough of the state machines. */
    static final class McmVcFake extends DataFake implements McmVc {
        private final Client client;
        private final NdisVcHandle handle;
        private Optional<McmVcContext> context = Optional.empty();
        private Optional<CallParameters> offered = Optional.empty();
        private volatile Optional<CallParameters> parameters = Optional.empty();
        private volatile VcState state = VcState.INACTIVE;
        private volatile CallState callState = CallState.IDLE;
        private volatile Optional<NdisStatus> closeStatus = Optional.empty();
        private volatile Octets closeData = Octets.EMPTY;
        private final AtomicInteger notYet = new AtomicInteger();
        private final AtomicInteger receivedBeforeConnected = new AtomicInteger();
        private volatile Optional<CompletableFuture<NdisStatus>> closing = Optional.empty();

        McmVcFake(final Client client, final int number) {
            this.client = client;
            this.handle = new Handle(number);
        }

        McmVcContext context() {
            return context.orElseThrow();
        }

        String flow() {
            return offered.flatMap(CallParameters::media)
                    .flatMap(MediaParameters::specific)
                    .flatMap(MediaFlow::fromSpecificParameters)
                    .map(MediaFlow::text)
                    .orElse("");
        }

        Optional<NdisStatus> closeStatus() {
            return closeStatus;
        }

        /** The client's answer to an incoming close, if there was one. */
        Optional<CompletableFuture<NdisStatus>> closing() {
            return closing;
        }

        Octets closeData() {
            return closeData;
        }

        int receivedBeforeConnected() {
            return receivedBeforeConnected.get();
        }

        /** The next deactivations are answered with NOT_ACCEPTED, as while the core is still counting. */
        void notYet(final int times) {
            notYet.set(times);
        }

        NdisResult<CallParameters> makeCall(final String flow) {
            callState = CallState.MAKING;
            final NdisResult<CallParameters> result = context()
                    .makeCall(call(flow))
                    .toCompletableFuture()
                    .orTimeout(10, java.util.concurrent.TimeUnit.SECONDS)
                    .join();
            callState = result.isSuccess() ? CallState.CONNECTED : CallState.IDLE;
            return result;
        }

        CompletableFuture<NdisStatus> closeCall() {
            callState = CallState.CLOSING;
            return context()
                    .closeCall(Octets.EMPTY)
                    .toCompletableFuture()
                    .whenComplete((s, e) -> callState = CallState.IDLE);
        }

        @Override
        void giveBack(final NetBufferList nbls) {
            context().returnNetBufferLists(nbls, NblFlags.NONE);
        }

        @Override
        public NdisVcHandle handle() {
            return handle;
        }

        @Override
        public CmAf addressFamily() {
            return client;
        }

        @Override
        public VcState state() {
            return state;
        }

        @Override
        public CallState callState() {
            return callState;
        }

        @Override
        public Optional<CallParameters> callParameters() {
            return parameters;
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters next) {
            parameters = Optional.of(next);
            state = VcState.ACTIVE;
            return NdisResult.success(next).asStage();
        }

        @Override
        public CompletionStage<NdisResult<Void>> deactivateVc() {
            if (state != VcState.ACTIVE || notYet.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
                return NdisResult.<Void>failure(NdisStatus.NOT_ACCEPTED).asStage();
            }
            state = VcState.INACTIVE;
            parameters = Optional.empty();
            return NdisResult.success().asStage();
        }

        @Override
        public NdisResult<Void> deleteVc() {
            if (state != VcState.INACTIVE || callState != CallState.IDLE) {
                return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
            }
            state = VcState.DELETED;
            return NdisResult.success();
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> dispatchIncomingCall(
                final CmSap sap, final CallParameters offer) {
            offered = Optional.of(offer);
            callState = CallState.OFFERED;
            return client.answer.apply(this).thenApply(result -> {
                callState = result.isSuccess() ? CallState.ACCEPTED : CallState.IDLE;
                return result;
            });
        }

        @Override
        public CompletionStage<NdisResult<Void>> dispatchCallConnected() {
            if (callState != CallState.ACCEPTED || state != VcState.ACTIVE) {
                return NdisResult.<Void>failure(NdisStatus.NOT_ACCEPTED).asStage();
            }
            callState = CallState.CONNECTED;
            return NdisResult.success().asStage();
        }

        @Override
        public NdisResult<Void> dispatchIncomingCloseCall(final NdisStatus status, final Octets data) {
            if (callState == CallState.IDLE || callState == CallState.CLOSING) {
                return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
            }
            closeStatus = Optional.of(status);
            closeData = data;
            closing = Optional.of(closeCall());
            return NdisResult.success();
        }

        @Override
        public void sendNetBufferListsComplete(final NetBufferList nbls, final int flags) {
            complete(nbls);
        }

        @Override
        public void indicateStatus(final StatusIndication indication) {
            indicated(indication);
        }

        @Override
        public CompletionStage<NdisResult<Void>> dispatchIncomingCallQoSChange(final CallParameters next) {
            return NdisResult.<Void>failure(NdisStatus.NOT_ACCEPTED).asStage();
        }

        @Override
        public NdisResult<String> assignInstanceName(final String baseName) {
            return NdisResult.failure(NdisStatus.NOT_SUPPORTED);
        }

        @Override
        public NdisResult<TapiCallId> tapiCallId() {
            return NdisResult.success(new TapiCallId(handle.toString()));
        }

        @Override
        public void indicateReceiveNetBufferLists(final NetBufferList nbls, final int flags) {
            if (callState != CallState.CONNECTED) {
                receivedBeforeConnected.incrementAndGet();
            }
            take(nbls);
        }
    }
}
