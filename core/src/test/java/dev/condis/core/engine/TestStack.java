// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;

/**
 * An engine on one thread with scripted drivers around it: a client, a call manager and a miniport that note what they are called
 * with and answer what the test has prepared. Without preparation they answer success at once.
 */
final class TestStack {
    static final AddressFamily AF = AddressFamily.Q2931;
    static final CallParameters PARAMETERS = CallParameters.bestEffort();
    static final CallParameters OTHER_PARAMETERS =
            CallParameters.of(CallManagerParameters.bestEffort()).with(CallParameters.Flag.QUERY_CALL_PARAMETERS);

    final List<String> calls = new CopyOnWriteArrayList<>();
    final Deque<Runnable> deadlines = new ArrayDeque<>();
    final NdisEngine engine;
    final TestClient client = new TestClient();
    final TestCallManager callManager = new TestCallManager();
    final TestMiniport miniport = new TestMiniport();
    final TestMcm mcm = new TestMcm();
    final NetBufferListPool pool = new NetBufferListPool("test", 64, 2048);

    Registration miniportRegistration;
    Registration clientRegistration;
    Optional<Registration> callManagerRegistration = Optional.empty();

    private TestStack() {
        engine = new NdisEngine(
                new EngineOptions(Clock.systemUTC(), Runnable::run, this::onDeadline, Duration.ofSeconds(5)));
    }

    private Runnable onDeadline(final Runnable task, final Duration delay) {
        deadlines.add(task);
        return () -> deadlines.remove(task);
    }

    /** A miniport with a call manager above it, and a client with the address family open. */
    static TestStack standAlone() {
        final TestStack stack = new TestStack();
        stack.miniportRegistration = stack.engine.registerMiniport(MiniportDescriptor.of(info()), stack.miniport);
        stack.callManagerRegistration =
                Optional.of(stack.engine.registerCallManager(DriverDescriptor.everywhere("cm"), stack.callManager));
        stack.clientRegistration = stack.engine.registerClient(DriverDescriptor.everywhere("client"), stack.client);
        return stack;
    }

    /** An MCM, and a client with the address family open. */
    static TestStack mcm() {
        final TestStack stack = new TestStack();
        stack.miniportRegistration = stack.engine.registerMiniport(MiniportDescriptor.of(info()), stack.mcm);
        stack.clientRegistration = stack.engine.registerClient(DriverDescriptor.everywhere("client"), stack.client);
        return stack;
    }

    /** An MCM made of the call manager and the miniport of the stand-alone form. */
    static TestStack integrated() {
        final TestStack stack = new TestStack();
        final MiniportCallManager both = new MiniportCallManager() {
            @Override
            public NdisStatus initialize(final McmAdapter adapter) {
                stack.miniport.initialize(adapter);
                return stack.callManager.bindAdapter(adapter.integrate(stack.miniport));
            }

            @Override
            public void halt(final HaltAction action) {
                stack.miniport.halt(action);
            }
        };
        stack.miniportRegistration = stack.engine.registerMiniport(MiniportDescriptor.of(info()), both);
        stack.clientRegistration = stack.engine.registerClient(DriverDescriptor.everywhere("client"), stack.client);
        return stack;
    }

    static AdapterInfo info() {
        return new AdapterInfo("test0", Medium.ATM, 0, Map.of());
    }

    static <T> NdisResult<T> now(final CompletionStage<NdisResult<T>> stage) {
        return stage.toCompletableFuture().getNow(null);
    }

    static boolean isPending(final CompletionStage<?> stage) {
        return !stage.toCompletableFuture().isDone();
    }

    ClientVc createVc() {
        return client.af.createVc(client.vc).get();
    }

    /** An outgoing call that is connected. */
    ClientVc connectedVc() {
        final ClientVc vc = createVc();
        final NdisResult<CallParameters> made = now(vc.makeCall(PARAMETERS));
        if (!made.isSuccess()) {
            throw new AssertionError(made);
        }
        return vc;
    }

    NetBufferList nbl(final int length) {
        final NetBufferList nbl = pool.allocate();
        nbl.fill(new byte[length]);
        return nbl;
    }

    NetBufferList chain(final int count) {
        final NetBufferListQueue queue = new NetBufferListQueue();
        for (int i = 0; i < count; i++) {
            queue.add(nbl(1));
        }
        return queue.takeAll();
    }

    List<VcSnapshot> vcs() {
        return engine.adapters().get(0).vcs();
    }

    private <T> T note(final String call, final T answer) {
        calls.add(call);
        return answer;
    }

    /** Answers at once, unless the test asked to hold the answer. */
    final class Answer<T> {
        private final String name;
        private final Supplier<T> usual;
        private Optional<T> prepared = Optional.empty();
        private boolean held;
        private final Deque<CompletableFuture<T>> waiting = new ConcurrentLinkedDeque<>();

        Answer(final String name, final Supplier<T> usual) {
            this.name = name;
            this.usual = usual;
        }

        void hold() {
            held = true;
        }

        void answer(final T answer) {
            prepared = Optional.of(answer);
        }

        void release(final T answer) {
            waiting.remove().complete(answer);
        }

        boolean isWaiting() {
            return !waiting.isEmpty();
        }

        CompletionStage<T> stage() {
            return stage(usual);
        }

        CompletionStage<T> stage(final Supplier<T> otherwise) {
            calls.add(name);
            if (held) {
                final CompletableFuture<T> answer = new CompletableFuture<>();
                waiting.add(answer);
                return answer;
            }
            return CompletableFuture.completedStage(prepared.orElseGet(otherwise));
        }

        T value() {
            calls.add(name);
            return prepared.orElseGet(usual);
        }
    }

    /** The client. */
    final class TestClient implements CoClient, ClientAfContext, ClientSapContext {
        final TestClientVc vc = new TestClientVc();
        final Answer<NdisResult<CallParameters>> incomingCall =
                new Answer<>("ClIncomingCall", () -> NdisResult.success(PARAMETERS));
        final Answer<NdisResult<ClientVcContext>> createVc =
                new Answer<>("client CoCreateVc", () -> NdisResult.success(vc));
        final List<AddressFamily> notified = new ArrayList<>();
        ClientBinding binding;
        ClientAf af;
        boolean opens = true;
        boolean leavesEverything;

        @Override
        public void afRegisterNotify(final ClientBinding newBinding, final AddressFamily family) {
            binding = newBinding;
            notified.add(family);
            calls.add("CoAfRegisterNotify");
            if (opens) {
                newBinding.openAddressFamily(family, this).thenAccept(result -> result.value()
                        .ifPresent(opened -> af = opened));
            }
        }

        @Override
        public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding leaving) {
            calls.add("client UnbindAdapter");
            return leavesEverything ? NdisStatus.SUCCESS.asStage() : CoClient.super.unbindAdapter(leaving);
        }

        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc created) {
            vc.incoming = created;
            return createVc.value();
        }

        @Override
        public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf closing) {
            calls.add("ClNotifyCloseAf");
            return ClientAfContext.super.notifyCloseAf(closing);
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> incomingCall(
                final ClientVc incoming, final ClientVcContext context, final CallParameters parameters) {
            return incomingCall.stage(() -> NdisResult.success(parameters));
        }

        ClientSap register() {
            return now(af.registerSap(Sap.e164("1"), this)).get();
        }
    }

    /** The client's context of every VC. */
    final class TestClientVc implements ClientVcContext {
        final List<NetBufferList> received = new CopyOnWriteArrayList<>();
        final List<NetBufferList> completed = new CopyOnWriteArrayList<>();
        final List<NdisStatus> statuses = new CopyOnWriteArrayList<>();
        final Answer<NdisStatus> deleteVc = new Answer<>("client CoDeleteVc", () -> NdisStatus.SUCCESS);
        boolean answersClose = true;
        boolean returnsAtOnce = true;
        Runnable whenCompleted = () -> {};
        Runnable whenConnected = () -> {};
        ClientVc incoming;

        @Override
        public void callConnected(final ClientVc vc) {
            calls.add("ClCallConnected");
            whenConnected.run();
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus status, final Octets data) {
            calls.add("ClIncomingCloseCall " + status);
            if (answersClose) {
                vc.closeCall();
            }
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            received.add(nbls);
            if (returnsAtOnce) {
                vc.returnNetBufferLists(nbls, 0);
            }
        }

        @Override
        public void sendNetBufferListsComplete(final ClientVc vc, final NetBufferList nbls, final int flags) {
            completed.add(nbls);
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                statuses.add(nbl.status());
            }
            whenCompleted.run();
            nbls.freeChain();
        }

        @Override
        public NdisStatus deleteVc(final ClientVc vc) {
            return deleteVc.value();
        }
    }

    /** The call manager: activates before it reports a call, deactivates before it reports a close. */
    final class TestCallManager implements CallManager {
        final Answer<NdisResult<CmAfContext>> openAf =
                new Answer<>("CmOpenAf", () -> NdisResult.success(new TestCmAf()));
        final Answer<NdisResult<CmSapContext>> registerSap = new Answer<>(
                "CmRegisterSap", () -> NdisResult.success(() -> note("CmDeregisterSap", NdisStatus.SUCCESS.asStage())));
        final Answer<NdisResult<CmVcContext>> createVc =
                new Answer<>("cm CoCreateVc", () -> NdisResult.success(new TestCmVc()));
        final Answer<NdisStatus> deleteVc = new Answer<>("cm CoDeleteVc", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> closeAf = new Answer<>("CmCloseAf", () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<CallParameters>> makeCall =
                new Answer<>("CmMakeCall", () -> NdisResult.success(PARAMETERS));
        final Answer<NdisStatus> closeCall = new Answer<>("CmCloseCall", () -> NdisStatus.SUCCESS);
        boolean activates = true;
        boolean deactivates = true;
        CmBinding binding;
        CmAf af;
        CmSap sap;
        CmVc vc;

        @Override
        public NdisStatus bindAdapter(final CmBinding newBinding) {
            binding = newBinding;
            calls.add("cm BindAdapter");
            return newBinding
                    .registerAddressFamily(AF, opened -> {
                        af = opened;
                        return openAf.stage();
                    })
                    .status();
        }

        /** A VC that the call manager created for the client. */
        CmVc createVc() {
            vc = af.createVc(new TestCmVc()).get();
            return vc;
        }

        private final class TestCmAf implements CmAfContext {
            @Override
            public NdisResult<CmVcContext> createVc(final CmVc created) {
                vc = created;
                return createVc.value();
            }

            @Override
            public CompletionStage<NdisResult<CmSapContext>> registerSap(final CmSap registered) {
                sap = registered;
                return registerSap.stage();
            }

            @Override
            public CompletionStage<NdisStatus> closeAf() {
                return closeAf.stage();
            }
        }

        final class TestCmVc implements CmVcContext {
            @Override
            public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
                if (!activates) {
                    return makeCall.stage();
                }
                return vc.activateVc(parameters)
                        .thenCompose(result -> result.isSuccess()
                                ? makeCall.stage(() -> result)
                                : note("CmMakeCall", result.asStage()));
            }

            @Override
            public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
                if (!deactivates || vc.state() != VcState.ACTIVE) {
                    return closeCall.stage();
                }
                return vc.deactivateVc().thenCompose(result -> closeCall.stage(result::status));
            }

            @Override
            public NdisStatus deleteVc() {
                return deleteVc.value();
            }
        }
    }

    /** The miniport: holds or completes sends. */
    final class TestMiniport implements CoMiniport {
        final Answer<NdisResult<CallParameters>> activateVc =
                new Answer<>("MCoActivateVc", () -> NdisResult.success(PARAMETERS));
        final Answer<NdisStatus> deactivateVc = new Answer<>("MCoDeactivateVc", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> deleteVc = new Answer<>("MCoDeleteVc", () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<MiniportVcContext>> createVc =
                new Answer<>("MCoCreateVc", () -> NdisResult.success(new TestMiniportVc()));
        final List<NetBufferList> sent = new CopyOnWriteArrayList<>();
        final List<NetBufferList> returned = new CopyOnWriteArrayList<>();
        boolean completesAtOnce = true;
        MiniportVc vc;
        MiniportAdapter adapter;

        @Override
        public NdisStatus initialize(final MiniportAdapter newAdapter) {
            adapter = newAdapter;
            return note("InitializeEx", NdisStatus.SUCCESS);
        }

        @Override
        public NdisResult<MiniportVcContext> createVc(final MiniportVc created) {
            vc = created;
            return createVc.value();
        }

        @Override
        public void surpriseRemoved() {
            calls.add("SurpriseRemoved");
        }

        @Override
        public void halt(final HaltAction action) {
            calls.add("HaltEx " + action);
        }

        private final class TestMiniportVc implements MiniportVcContext {
            private final MiniportVc mine = vc;

            @Override
            public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
                return activateVc.stage(() -> NdisResult.success(parameters));
            }

            @Override
            public CompletionStage<NdisStatus> deactivateVc() {
                return deactivateVc.stage();
            }

            @Override
            public NdisStatus deleteVc() {
                return deleteVc.value();
            }

            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                if (completesAtOnce) {
                    nbls.setChainStatus(NdisStatus.SUCCESS);
                    mine.sendNetBufferListsComplete(nbls, 0);
                } else {
                    sent.add(nbls);
                }
            }

            @Override
            public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
                returned.add(nbls);
                nbls.freeChain();
            }
        }
    }

    /** An MCM that was written as one. */
    final class TestMcm implements MiniportCallManager {
        final TestCallManager callManager = TestStack.this.callManager;
        final TestMiniport halfless = TestStack.this.miniport;

        @Override
        public NdisStatus initialize(final McmAdapter adapter) {
            calls.add("InitializeEx");
            callManager.createVc.answer(NdisResult.success(new TestMcmVc()));
            return callManager.bindAdapter(adapter);
        }

        @Override
        public void halt(final HaltAction action) {
            calls.add("HaltEx " + action);
        }

        CmVc createVc() {
            callManager.vc = callManager.af.createVc(new TestMcmVc()).get();
            return callManager.vc;
        }

        final class TestMcmVc implements McmVcContext {
            private final CmVcContext control = callManager.new TestCmVc();

            @Override
            public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
                return control.makeCall(parameters);
            }

            @Override
            public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
                return control.closeCall(closeData);
            }

            @Override
            public NdisStatus deleteVc() {
                return control.deleteVc();
            }

            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                if (halfless.completesAtOnce) {
                    ((McmVc) callManager.vc).sendNetBufferListsComplete(nbls, 0);
                } else {
                    halfless.sent.add(nbls);
                }
            }

            @Override
            public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
                halfless.returned.add(nbls);
                nbls.freeChain();
            }
        }
    }

    static void idle(final ClientVc vc) {
        if (vc.callState() != CallState.IDLE || vc.state() != VcState.INACTIVE) {
            throw new AssertionError(vc + " is " + vc.state() + ", " + vc.callState());
        }
    }
}
