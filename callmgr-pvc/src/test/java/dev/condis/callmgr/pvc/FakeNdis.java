// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pvc;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
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
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** The core, the miniport and the clients as a call manager sees them, by hand: every outcome is chosen by the test. */
final class FakeNdis implements CmBinding {
    /** What happened on the adapter, in order. */
    final List<String> events = new ArrayList<>();

    /** Every VC made so far. */
    final List<Vc> vcs = new ArrayList<>();

    NdisStatus registration = NdisStatus.SUCCESS;
    boolean pendActivation;
    NdisStatus activation = NdisStatus.SUCCESS;
    boolean pendDeactivation;
    NdisStatus deactivation = NdisStatus.SUCCESS;
    NdisStatus clientCreate = NdisStatus.SUCCESS;
    boolean pendAnswer;
    NdisStatus answer = NdisStatus.SUCCESS;
    NdisStatus connected = NdisStatus.SUCCESS;
    NdisStatus deletion = NdisStatus.SUCCESS;
    boolean changeAnswer;
    NdisStatus clientOid = NdisStatus.SUCCESS;
    Optional<CmAddressFamily> family = Optional.empty();

    static <T> T now(final CompletionStage<T> stage) {
        final CompletableFuture<T> future = stage.toCompletableFuture();
        if (!future.isDone()) {
            throw new AssertionError("still pending");
        }
        return future.join();
    }

    static boolean isPending(final CompletionStage<?> stage) {
        return !stage.toCompletableFuture().isDone();
    }

    @Override
    public AdapterInfo adapter() {
        return new AdapterInfo("fake0", Medium.ETHERNET, 0, Map.of());
    }

    @Override
    public NdisResult<Void> registerAddressFamily(final AddressFamily addressFamily, final CmAddressFamily callbacks) {
        events.add("register " + addressFamily);
        family = Optional.of(callbacks);
        return registration.isSuccess() ? NdisResult.success() : NdisResult.failure(registration);
    }

    @Override
    public NdisResult<SignalingVc> createSignalingVc(final SignalingVcContext context) {
        return NdisResult.failure(NdisStatus.NOT_SUPPORTED);
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        events.add("closeAll");
        return NdisResult.success().asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final OidRequest request) {
        return OidResult.failure(NdisStatus.INVALID_OID).asStage();
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final NdisVcHandle vc, final OidRequest request) {
        return oidRequest(request);
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        // every request was answered at once
    }

    /** A client opens the address family. */
    Af open(final String client) {
        final Af af = new Af(client);
        af.context = now(family.orElseThrow().openAf(af)).get();
        return af;
    }

    /** One client's address family. */
    final class Af implements CmAf {
        private final String client;
        CmAfContext context;

        private Af(final String client) {
            this.client = client;
        }

        /** The client creates a VC. */
        Vc createVc() {
            final Vc vc = new Vc(this, false);
            vc.context = context.createVc(vc).get();
            return vc;
        }

        NdisResult<CmSapContext> register(final Sap sap) {
            return now(context.registerSap(new CmSap() {
                @Override
                public Sap sap() {
                    return sap;
                }

                @Override
                public CmAf addressFamily() {
                    return Af.this;
                }
            }));
        }

        @Override
        public AddressFamily addressFamily() {
            return AddressFamily.PVC;
        }

        @Override
        public String clientName() {
            return client;
        }

        @Override
        public NdisResult<CmVc> createVc(final CmVcContext vcContext) {
            if (!clientCreate.isSuccess()) {
                return NdisResult.failure(clientCreate);
            }
            final Vc vc = new Vc(this, true);
            vc.context = vcContext;
            events.add("create " + vc);
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

        @Override
        public CompletionStage<OidResult> oidRequest(final OidRequest request) {
            events.add(request + " at " + client);
            return (clientOid.isSuccess() ? OidResult.success() : OidResult.failure(clientOid)).asStage();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final CmVc vc, final OidRequest request) {
            return oidRequest(request);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final CmParty party, final OidRequest request) {
            return oidRequest(request);
        }

        /** The client asks the call manager. */
        OidResult ask(final OidRequest request) {
            return now(context.oidRequest(request));
        }
    }

    /** One VC: a small miniport and client behind it. */
    final class Vc implements CmVc {
        private final Af af;
        private final boolean incoming;
        private final int number = vcs.size() + 1;
        CmVcContext context;
        VcState state = VcState.INACTIVE;
        CallState call = CallState.IDLE;
        CallParameters inForce;
        Runnable pendingActivation = () -> {};
        Runnable pendingDeactivation = () -> {};
        Runnable pendingAnswer = () -> {};

        private Vc(final Af af, final boolean incoming) {
            this.af = af;
            this.incoming = incoming;
            vcs.add(this);
        }

        @Override
        public NdisVcHandle handle() {
            return new NdisVcHandle() {
                @Override
                public String toString() {
                    return Vc.this.toString();
                }
            };
        }

        @Override
        public CmAf addressFamily() {
            return af;
        }

        @Override
        public VcState state() {
            return state;
        }

        @Override
        public CallState callState() {
            return call;
        }

        @Override
        public Optional<CallParameters> callParameters() {
            return Optional.ofNullable(inForce);
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
            events.add("activate " + this);
            final CompletableFuture<NdisResult<CallParameters>> done = new CompletableFuture<>();
            state = VcState.ACTIVATING;
            pendingActivation = () -> {
                state = activation.isSuccess() ? VcState.ACTIVE : VcState.INACTIVE;
                inForce = parameters;
                done.complete(activation.isSuccess() ? NdisResult.success(parameters) : NdisResult.failure(activation));
            };
            if (!pendActivation) {
                pendingActivation.run();
            }
            return done;
        }

        @Override
        public CompletionStage<NdisResult<Void>> deactivateVc() {
            events.add("deactivate " + this);
            if (state != VcState.ACTIVE) {
                return NdisResult.<Void>failure(NdisStatus.NOT_ACCEPTED).asStage();
            }
            final CompletableFuture<NdisResult<Void>> done = new CompletableFuture<>();
            state = VcState.DEACTIVATING;
            pendingDeactivation = () -> {
                state = deactivation.isSuccess() ? VcState.INACTIVE : VcState.ACTIVE;
                done.complete(deactivation.isSuccess() ? NdisResult.success() : NdisResult.failure(deactivation));
            };
            if (!pendDeactivation) {
                pendingDeactivation.run();
            }
            return done;
        }

        @Override
        public NdisResult<Void> deleteVc() {
            if (!deletion.isSuccess()) {
                return NdisResult.failure(deletion);
            }
            if (state != VcState.INACTIVE || call != CallState.IDLE) {
                return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
            }
            events.add("delete " + this);
            state = VcState.DELETED;
            return NdisResult.success();
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> dispatchIncomingCall(
                final CmSap sap, final CallParameters parameters) {
            events.add("offer " + this + " on " + sap.sap());
            final CompletableFuture<NdisResult<CallParameters>> done = new CompletableFuture<>();
            call = CallState.OFFERED;
            pendingAnswer = () -> {
                final CallParameters accepted = changeAnswer
                        ? new CallParameters(parameters.flags(), Optional.empty(), Optional.empty())
                                .with(CallParameters.Flag.CALL_PARAMETERS_CHANGED)
                        : parameters;
                if (call == CallState.OFFERED) {
                    call = answer.isSuccess() ? CallState.ACCEPTED : CallState.IDLE;
                }
                done.complete(answer.isSuccess() ? NdisResult.success(accepted) : NdisResult.failure(answer));
            };
            if (!pendAnswer) {
                pendingAnswer.run();
            }
            return done;
        }

        @Override
        public CompletionStage<NdisResult<Void>> dispatchCallConnected() {
            events.add("connected " + this);
            if (connected.isSuccess()) {
                call = CallState.CONNECTED;
                return NdisResult.success().asStage();
            }
            return NdisResult.<Void>failure(connected).asStage();
        }

        @Override
        public NdisResult<Void> dispatchIncomingCloseCall(final NdisStatus closeStatus, final Octets closeData) {
            if (call == CallState.IDLE) {
                events.add("no call to close " + this);
                return NdisResult.failure(NdisStatus.NOT_ACCEPTED);
            }
            events.add("close " + this + " " + closeStatus.name());
            call = CallState.REMOTE_CLOSING;
            return NdisResult.success();
        }

        @Override
        public CompletionStage<NdisResult<Void>> dispatchIncomingCallQoSChange(final CallParameters parameters) {
            events.add("qos " + this);
            return NdisResult.success().asStage();
        }

        @Override
        public NdisResult<String> assignInstanceName(final String baseName) {
            return NdisResult.success(baseName + " 0");
        }

        @Override
        public NdisResult<TapiCallId> tapiCallId() {
            return NdisResult.success(new TapiCallId(toString()));
        }

        /** The client makes a call; the core keeps the state of it. */
        CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            call = CallState.MAKING;
            final CompletionStage<NdisResult<CallParameters>> made = context.makeCall(parameters);
            made.thenAccept(result -> call = result.isSuccess() ? CallState.CONNECTED : CallState.IDLE);
            return made;
        }

        /** The client closes the call; the core keeps the state of it. */
        CompletionStage<NdisStatus> closeCall() {
            final CallState before = call;
            call = CallState.CLOSING;
            final CompletionStage<NdisStatus> closed = context.closeCall(Octets.EMPTY);
            closed.thenAccept(status -> call = status.isSuccess() ? CallState.IDLE : before);
            return closed;
        }

        @Override
        public String toString() {
            return (incoming ? "in" : "out") + number;
        }
    }
}
