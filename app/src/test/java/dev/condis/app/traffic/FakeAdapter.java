// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

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
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** An adapter by hand: its VCs keep what is sent until the test completes it, or complete at once. */
public final class FakeAdapter implements ClientBinding, ClientAf {
    /** VCs in the order in which they were made. */
    public final List<FakeVc> vcs = new ArrayList<>();

    /** SAPs that were registered. */
    public final List<Sap> saps = new ArrayList<>();

    /** Takes the calls of the last SAP. */
    public Optional<ClientSapContext> sapContext = Optional.empty();

    /** What the client gave for its address family. */
    public Optional<ClientAfContext> afContext = Optional.empty();

    NdisStatus open = NdisStatus.SUCCESS;
    NdisStatus register = NdisStatus.SUCCESS;
    NdisStatus create = NdisStatus.SUCCESS;
    NdisStatus make = NdisStatus.SUCCESS;
    boolean completeAtOnce;

    private static NdisResult<Void> result(final NdisStatus status) {
        return status.isSuccess() ? NdisResult.success() : NdisResult.failure(status);
    }

    @Override
    public AdapterInfo adapter() {
        return new AdapterInfo("fake", Medium.ATM, 0, Map.of());
    }

    @Override
    public CompletionStage<NdisResult<ClientAf>> openAddressFamily(
            final AddressFamily addressFamily, final ClientAfContext context) {
        afContext = Optional.of(context);
        return (open.isSuccess() ? NdisResult.<ClientAf>success(this) : NdisResult.<ClientAf>failure(open)).asStage();
    }

    @Override
    public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
        nbls.freeChain();
    }

    @Override
    public CompletionStage<NdisResult<Void>> closeAll() {
        return NdisResult.success().asStage();
    }

    @Override
    public AddressFamily addressFamily() {
        return AddressFamily.Q2931;
    }

    @Override
    public ClientBinding binding() {
        return this;
    }

    @Override
    public AfState state() {
        return AfState.OPEN;
    }

    @Override
    public CompletionStage<NdisResult<ClientSap>> registerSap(final Sap sap, final ClientSapContext context) {
        saps.add(sap);
        sapContext = Optional.of(context);
        if (!register.isSuccess()) {
            return NdisResult.<ClientSap>failure(register).asStage();
        }
        return NdisResult.<ClientSap>success(new ClientSap() {
                    @Override
                    public Sap sap() {
                        return sap;
                    }

                    @Override
                    public CompletionStage<NdisResult<Void>> deregister() {
                        return NdisResult.success().asStage();
                    }
                })
                .asStage();
    }

    @Override
    public NdisResult<ClientVc> createVc(final ClientVcContext context) {
        if (!create.isSuccess()) {
            return NdisResult.failure(create);
        }
        return NdisResult.success(new FakeVc(Optional.of(context)));
    }

    /** A VC for an incoming call, its context made by the client. */
    public FakeVc incoming() {
        final FakeVc vc = new FakeVc(Optional.empty());
        vc.context = Optional.of(afContext.orElseThrow().createVc(vc).get());
        return vc;
    }

    @Override
    public CompletionStage<NdisResult<Void>> close() {
        return NdisResult.success().asStage();
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
    public CompletionStage<OidResult> oidRequest(final ClientVc vc, final OidRequest request) {
        return oidRequest(request);
    }

    @Override
    public CompletionStage<OidResult> oidRequest(final ClientParty party, final OidRequest request) {
        return oidRequest(request);
    }

    @Override
    public void cancelOidRequest(final long requestId) {
        // every request was answered at once
    }

    @Override
    public void cancelSendNetBufferLists(final long cancelId) {
        // a send is completed by the test alone
    }

    @Override
    public NdisResult<ClientVcContext> vcContext(final TapiCallId tapiCallId) {
        return NdisResult.failure(NdisStatus.FAILURE);
    }

    /** One VC. */
    public final class FakeVc implements ClientVc {
        /** What was sent and not completed. */
        public final NetBufferListQueue sent = new NetBufferListQueue();

        /** The client's side. */
        public Optional<ClientVcContext> context;

        int sends;
        int closes;
        int deletes;
        NdisStatus close = NdisStatus.SUCCESS;

        private FakeVc(final Optional<ClientVcContext> context) {
            this.context = context;
            vcs.add(this);
        }

        @Override
        public NdisVcHandle handle() {
            return new NdisVcHandle() {
                @Override
                public String toString() {
                    return "vc";
                }
            };
        }

        @Override
        public ClientAf addressFamily() {
            return FakeAdapter.this;
        }

        @Override
        public VcState state() {
            return VcState.ACTIVE;
        }

        @Override
        public CallState callState() {
            return CallState.CONNECTED;
        }

        @Override
        public Optional<CallParameters> callParameters() {
            return Optional.empty();
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return (make.isSuccess() ? NdisResult.success(parameters) : NdisResult.<CallParameters>failure(make))
                    .asStage();
        }

        @Override
        public CompletionStage<NdisResult<Void>> closeCall(final Octets closeData) {
            closes++;
            return result(close).asStage();
        }

        @Override
        public CompletionStage<NdisResult<ClientParty>> makeCall(
                final CallParameters parameters, final ClientPartyContext partyContext) {
            return NdisResult.<ClientParty>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }

        @Override
        public CompletionStage<NdisResult<ClientParty>> addParty(
                final CallParameters parameters, final ClientPartyContext partyContext) {
            return NdisResult.<ClientParty>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }

        @Override
        public List<ClientParty> parties() {
            return List.of();
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
            return NdisResult.<CallParameters>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }

        @Override
        public CompletionStage<NdisResult<Void>> closeCall(final ClientParty lastParty, final Octets closeData) {
            return closeCall(closeData);
        }

        @Override
        public NdisResult<String> assignInstanceName(final String baseName) {
            return NdisResult.success(baseName + " 0");
        }

        @Override
        public NdisResult<TapiCallId> tapiCallId() {
            return NdisResult.success(new TapiCallId("vc"));
        }

        @Override
        public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
            sends++;
            if (completeAtOnce) {
                context.orElseThrow().sendNetBufferListsComplete(this, nbls, NblFlags.NONE);
            } else {
                sent.add(nbls);
            }
        }

        /** Completes everything that is out. */
        public void completeAll(final NdisStatus status) {
            final NetBufferList nbls = sent.takeAll();
            nbls.setChainStatus(status);
            context.orElseThrow().sendNetBufferListsComplete(this, nbls, NblFlags.NONE);
        }

        @Override
        public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
            nbls.freeChain();
        }

        @Override
        public NdisResult<Void> deleteVc() {
            deletes++;
            return NdisResult.success();
        }
    }
}
