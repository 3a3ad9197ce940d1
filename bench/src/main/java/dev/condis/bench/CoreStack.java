// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.CoClient;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.core.engine.DriverDescriptor;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.MiniportDescriptor;
import dev.condis.core.engine.NdisEngine;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** A connected call on an engine with a client, a call manager and a miniport. */
final class CoreStack implements SendBenchmark.Stack {
    private static final OidTable OIDS = OidTable.ofMiniport().build();

    private final ClientVc vc;
    private final Clients.Counting client;

    private CoreStack(final ClientVc vc, final Clients.Counting client) {
        this.vc = vc;
        this.client = client;
    }

    static CoreStack create(final int kind) {
        final NdisEngine engine = new NdisEngine(
                new EngineOptions(Clock.systemUTC(), Runnable::run, (task, delay) -> () -> {}, Duration.ofSeconds(1)));
        final Caller caller = new Caller();
        engine.registerMiniport(
                MiniportDescriptor.of(new AdapterInfo("bench" + kind, Medium.ATM, 0, Map.of())), new Miniport(kind));
        engine.registerCallManager(DriverDescriptor.everywhere("signaling"), new Signaling());
        engine.registerClient(DriverDescriptor.everywhere("caller"), caller);
        final Clients.Counting client = Clients.create(kind);
        final ClientVc vc = caller.af.createVc(client).get();
        final NdisResult<CallParameters> made =
                vc.makeCall(CallParameters.bestEffort()).toCompletableFuture().join();
        if (!made.isSuccess()) {
            throw new IllegalStateException(made.toString());
        }
        return new CoreStack(vc, client);
    }

    @Override
    public void send(final NetBufferList nbls) {
        vc.sendNetBufferLists(nbls, 0);
    }

    @Override
    public long completed() {
        return client.completed();
    }

    private static final class Caller implements CoClient, ClientAfContext {
        private ClientAf af;

        @Override
        public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
            binding.openAddressFamily(addressFamily, this).thenAccept(result -> af = result.get());
        }
    }

    private record Miniport(int kind) implements CoMiniport {
        @Override
        public NdisStatus initialize(final MiniportAdapter adapter) {
            return NdisStatus.SUCCESS;
        }

        @Override
        public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
            return NdisResult.success(Miniports.create(kind, vc));
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return OIDS.answer(request).asStage();
        }

        @Override
        public void halt(final HaltAction action) {
            // there is no hardware
        }
    }

    private static final class Signaling implements CallManager, CmAfContext {
        @Override
        public NdisStatus bindAdapter(final CmBinding binding) {
            return binding.registerAddressFamily(AddressFamily.Q2931, af -> NdisResult.<CmAfContext>success(this)
                            .asStage())
                    .status();
        }

        @Override
        public NdisResult<CmVcContext> createVc(final CmVc vc) {
            return NdisResult.success(new Call(vc));
        }

        @Override
        public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap sap) {
            return NdisResult.<CmSapContext>failure(NdisStatus.NOT_SUPPORTED).asStage();
        }

        @Override
        public CompletionStage<NdisStatus> closeAf() {
            return NdisStatus.SUCCESS.asStage();
        }
    }

    private record Call(CmVc vc) implements CmVcContext {
        @Override
        public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
            return vc.activateVc(parameters);
        }

        @Override
        public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
            return vc.deactivateVc().thenApply(NdisResult::status);
        }

        @Override
        public NdisStatus deleteVc() {
            return NdisStatus.SUCCESS;
        }
    }
}
