// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.condis.api.AdapterInfo;
import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.Medium;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.callmgr.CallManager;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmBinding;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmPartyContext;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.callmgr.SignalingVcContext;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientPartyContext;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientSapContext;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportCallManager;
import dev.condis.api.miniport.MiniportDriver;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.verifier.Verifier;
import dev.condis.core.verifier.VerifierOptions;
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
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.slf4j.LoggerFactory;

/**
 * An engine on one thread with scripted drivers around it: a client, a call manager and a miniport that note what they are called
 * with and answer what the test has prepared. Without preparation they answer success at once.
 */
final class TestStack {
    static final AddressFamily AF = AddressFamily.Q2931;
    static final CallParameters PARAMETERS = CallParameters.bestEffort();
    static final CallParameters OTHER_PARAMETERS =
            CallParameters.of(CallManagerParameters.bestEffort()).with(CallParameters.Flag.QUERY_CALL_PARAMETERS);

    /** What a driver throws in tests: without a stack trace, because the core logs it. */
    static final class DriverBug extends RuntimeException {
        private static final long serialVersionUID = 1L;

        DriverBug(final String thrower) {
            super("thrown by the " + thrower, null, false, false);
        }
    }

    static final Duration TEARDOWN = Duration.ofSeconds(5);
    static final Duration OPERATION = Duration.ofSeconds(60);

    /** A deadline that is running. */
    record Deadline(Runnable task, Duration delay) {}

    /** When the drivers complete what they are asked for (contract A.3). */
    enum Timing {
        /** At once: the synchronous return. */
        SYNCHRONOUS,
        /** When the test says so, after everybody has returned. */
        PENDED,
        /** After they have returned, and before the call that caused it has. */
        BEFORE_THE_CALL_RETURNS
    }

    /** Completes as soon as somebody waits for it. */
    private static final class EarlyFuture<T> extends CompletableFuture<T> {
        private final CompletionStage<T> answer;

        EarlyFuture(final CompletionStage<T> answer) {
            this.answer = answer;
        }

        @Override
        public <U> CompletableFuture<U> handle(final BiFunction<? super T, Throwable, ? extends U> next) {
            final CompletableFuture<U> waiting = super.handle(next);
            answer.thenAccept(this::complete);
            return waiting;
        }

        /** Somebody goes on with what follows from it. */
        @Override
        public CompletableFuture<T> toCompletableFuture() {
            answer.thenAccept(this::complete);
            return this;
        }

        @Override
        public <U> CompletableFuture<U> newIncompleteFuture() {
            return new CompletableFuture<>();
        }
    }

    /** How miniport and call manager are deployed. */
    enum Form {
        /** A miniport with a stand-alone call manager above it. */
        STAND_ALONE,
        /** A miniport call manager that was written as one. */
        MCM,
        /** A miniport call manager made of the miniport and the call manager of the stand-alone form. */
        INTEGRATED;

        /** The drivers, not registered yet. */
        TestStack prepare() {
            return new TestStack(this, TestStack::verified);
        }

        /** The drivers, not registered yet, of an engine with other options. */
        TestStack prepare(final UnaryOperator<EngineOptions> changed) {
            return new TestStack(this, changed);
        }

        /** The drivers registered, and the client with the address family open. */
        TestStack start() {
            return prepare().start();
        }
    }

    final List<String> calls = new CopyOnWriteArrayList<>();
    final Deque<Deadline> deadlines = new ArrayDeque<>();
    final Deque<Runnable> passiveTasks = new ArrayDeque<>();
    final Form form;
    final NdisEngine engine;
    final TestClient client = new TestClient();
    final TestCallManager callManager = new TestCallManager();
    final TestMiniport miniport = new TestMiniport("");
    final TestMcm mcm = new TestMcm();
    final NetBufferListPool pool = new NetBufferListPool("test", 64, 2048);

    /** When the drivers complete what they are asked for. */
    Timing timing = Timing.SYNCHRONOUS;

    /** While set, pauses and restarts are noted, and answered with this timing and as the test has prepared; else they succeed at once. */
    boolean showsPauses;

    /** OID requests in the hands of their targets, in the order in which they came. */
    final List<OidRequest> requests = new CopyOnWriteArrayList<>();

    private final Deque<Runnable> pended = new ArrayDeque<>();

    /** While set, what may block waits for {@link #runPassiveTasks()}. */
    boolean holdsPassiveTasks;

    /** While set, there are no threads for what may block, as after the end of the executor. */
    boolean refusesPassiveTasks;

    MiniportRegistration miniportRegistration;
    Registration clientRegistration;
    Optional<Registration> callManagerRegistration = Optional.empty();

    private TestStack(final Form form, final UnaryOperator<EngineOptions> changed) {
        this.form = form;
        engine = new NdisEngine(changed.apply(
                new EngineOptions(Clock.systemUTC(), this::onPassive, this::onDeadline, TEARDOWN, OPERATION)));
    }

    /** Checks the drivers of every stack that is made while it is set. */
    static Optional<Verifier> checking = Optional.empty();

    /** With {@code -Dcondis.verify=true} every test runs with its drivers checked. */
    static EngineOptions verified(final EngineOptions options) {
        return checking.or(() -> Boolean.getBoolean("condis.verify") ? Optional.of(verifier()) : Optional.empty())
                .map(options::withVerifier)
                .orElse(options);
    }

    /** A verifier whose limits do not pass. */
    static Verifier verifier() {
        return new Verifier(VerifierOptions.of(Clock.systemUTC(), (task, delay) -> () -> {}));
    }

    private void onPassive(final Runnable task) {
        if (refusesPassiveTasks) {
            throw new RejectedExecutionException("the threads have ended");
        }
        if (holdsPassiveTasks) {
            passiveTasks.add(task);
        } else {
            task.run();
        }
    }

    void runPassiveTasks() {
        holdsPassiveTasks = false;
        while (!passiveTasks.isEmpty()) {
            passiveTasks.remove().run();
        }
    }

    private <T> CompletionStage<T> inTime(final CompletionStage<T> answer) {
        return switch (timing) {
            case SYNCHRONOUS -> answer;
            case BEFORE_THE_CALL_RETURNS -> new EarlyFuture<>(answer);
            case PENDED -> {
                final CompletableFuture<T> pending = new CompletableFuture<>();
                pended.add(() -> answer.thenAccept(pending::complete));
                yield pending;
            }
        };
    }

    /** Completes what the drivers have pended, and what they pend because of it. */
    void completePended() {
        while (!pended.isEmpty()) {
            pended.remove().run();
        }
    }

    /** The outcome of an operation that reaches a driver: it pends exactly when the driver does. */
    <T> NdisResult<T> ends(final CompletionStage<NdisResult<T>> operation) {
        assertThat(isPending(operation)).as("R1: %s", timing).isEqualTo(timing == Timing.PENDED);
        completePended();
        return succeeds(operation);
    }

    private Runnable onDeadline(final Runnable task, final Duration delay) {
        final Deadline deadline = new Deadline(task, delay);
        deadlines.add(deadline);
        return () -> deadlines.remove(deadline);
    }

    /** Lets every deadline of a teardown pass that is running now. */
    void passDeadlines() {
        passDeadlines(TEARDOWN);
    }

    /** Lets every deadline of an operation pass that is running now, and so those of teardowns. */
    void passOperationDeadlines() {
        passDeadlines(OPERATION);
    }

    /** Lets every deadline pass that is running now and is not longer than this. */
    void passDeadlines(final Duration time) {
        final List<Deadline> due = deadlines.stream()
                .filter(deadline -> deadline.delay().compareTo(time) <= 0)
                .toList();
        deadlines.removeAll(due);
        due.forEach(deadline -> deadline.task().run());
    }

    /** Registers the drivers: from below, as they would come. */
    TestStack start() {
        miniportRegistration = engine.registerMiniport(MiniportDescriptor.of(info()), backend());
        if (form == Form.STAND_ALONE) {
            callManagerRegistration =
                    Optional.of(engine.registerCallManager(DriverDescriptor.everywhere("cm"), callManager));
        }
        clientRegistration = engine.registerClient(DriverDescriptor.everywhere("client"), client);
        return this;
    }

    /** What is registered as the adapter's backend. */
    MiniportDriver backend() {
        return switch (form) {
            case STAND_ALONE -> miniport;
            case MCM -> mcm;
            case INTEGRATED -> new Integrated();
        };
    }

    static TestStack standAlone() {
        return Form.STAND_ALONE.start();
    }

    static TestStack mcm() {
        return Form.MCM.start();
    }

    static TestStack integrated() {
        return Form.INTEGRATED.start();
    }

    /** Registers one more client, with the address family open. */
    TestClient anotherClient(final String name) {
        final TestClient another = new TestClient();
        engine.registerClient(DriverDescriptor.everywhere(name), another);
        return another;
    }

    static AdapterInfo info() {
        return new AdapterInfo("test0", Medium.ATM, 0, Map.of());
    }

    /** What a class logs while something is done. */
    static List<String> logged(final Class<?> by, final Runnable action) {
        final Logger logger = (Logger) LoggerFactory.getLogger(by);
        final ListAppender<ILoggingEvent> appender = new ListAppender<>();
        appender.start();
        logger.addAppender(appender);
        try {
            action.run();
        } finally {
            logger.detachAppender(appender);
        }
        return appender.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    static <T> NdisResult<T> now(final CompletionStage<NdisResult<T>> stage) {
        return stage.toCompletableFuture().getNow(null);
    }

    /** The outcome of an operation that must have ended. */
    static <T> NdisResult<T> done(final CompletionStage<NdisResult<T>> stage) {
        assertThat(isPending(stage)).as("the operation is pending").isFalse();
        return now(stage);
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

    /** A VC that the call manager created for the client, or the refusal. */
    NdisResult<CmVc> incomingVc() {
        final NdisResult<CmVc> created =
                callManager.af.createVc(form == Form.MCM ? mcm.new TestMcmVc() : callManager.new TestCmVc());
        created.value().ifPresent(vc -> callManager.vc = vc);
        return created;
    }

    /** An incoming call that is connected, as its client sees it. */
    ClientVc connectedIncomingVc() {
        client.register();
        incomingVc().get();
        succeeds(callManager.vc.dispatchIncomingCall(callManager.sap, PARAMETERS));
        succeeds(callManager.vc.activateVc(PARAMETERS));
        succeeds(callManager.vc.dispatchCallConnected());
        return client.vc.incoming;
    }

    static <T> NdisResult<T> succeeds(final CompletionStage<NdisResult<T>> stage) {
        final NdisResult<T> result = done(stage);
        assertThat(result.status()).as("%s", result).isEqualTo(NdisStatus.SUCCESS);
        return result;
    }

    /** Where the backend indicates and completes the packets of the youngest VC. */
    VcIndications wire() {
        return form == Form.MCM ? (McmVc) callManager.vc : miniport.vc;
    }

    /** Checks that a call is refused with this status by this rule, reaches no driver and changes nothing. */
    <T> void refuses(final NdisStatus status, final String rule, final Supplier<NdisResult<T>> call) {
        final List<AdapterSnapshot> before = engine.adapters();
        final List<String> callsBefore = List.copyOf(calls);
        final AfState afBefore = client.af == null ? AfState.NONE : client.af.state();

        final NdisResult<T> result = call.get();

        assertThat(result.status()).as("%s", result).isEqualTo(status);
        assertThat(result.refusal().orElseThrow().rule()).as("%s", result).isEqualTo(rule);
        assertThat(result.value()).isEmpty();
        assertThat(engine.adapters()).isEqualTo(before);
        assertThat(calls).isEqualTo(callsBefore);
        assertThat(client.af == null ? AfState.NONE : client.af.state()).isEqualTo(afBefore);
    }

    <T> void refusesStage(
            final NdisStatus status, final String rule, final Supplier<CompletionStage<NdisResult<T>>> call) {
        refuses(status, rule, () -> done(call.get()));
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

    /** The first octet of every NBL of a chain, -1 for one that has none. */
    private static List<Integer> firstOctets(final NetBufferList nbls) {
        final List<Integer> octets = new ArrayList<>();
        for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
            octets.add(nbl.length() == 0 ? -1 : (int) nbl.toByteArray()[0]);
        }
        return octets;
    }

    List<VcSnapshot> vcs() {
        return engine.adapters().get(0).vcs();
    }

    private CompletionStage<NdisStatus> pauseOrRestart(final Answer<NdisStatus> answer) {
        return showsPauses ? answer.stage() : NdisStatus.SUCCESS.asStage();
    }

    private CompletionStage<OidResult> asked(final Answer<OidResult> answer, final OidRequest request) {
        requests.add(request);
        return answer.stage();
    }

    private <T> T note(final String call, final T answer) {
        calls.add(call);
        return answer;
    }

    /** Answers at once, unless the test asked for something else. */
    final class Answer<T> {
        private final Supplier<String> name;
        private final Supplier<T> usual;
        private Optional<Supplier<T>> prepared = Optional.empty();
        private Optional<Supplier<CompletionStage<T>>> broken = Optional.empty();
        private boolean held;
        private final Deque<CompletableFuture<T>> waiting = new ConcurrentLinkedDeque<>();

        /** Run inside each call, when a held answer can be released already. */
        Runnable whenCalled = () -> {};

        Answer(final String name, final Supplier<T> usual) {
            this(() -> name, usual);
        }

        Answer(final Supplier<String> name, final Supplier<T> usual) {
            this.name = name;
            this.usual = usual;
        }

        void hold() {
            held = true;
        }

        void answer(final T answer) {
            prepared = Optional.of(() -> answer);
        }

        void answerWith(final Supplier<T> answer) {
            prepared = Optional.of(answer);
        }

        /** Answers with whatever a driver should not: a stage that has failed, no stage at all, an exception. */
        void breakWith(final Supplier<CompletionStage<T>> stage) {
            broken = Optional.of(stage);
        }

        /** Forgets what was prepared. */
        void asUsual() {
            prepared = Optional.empty();
            broken = Optional.empty();
            held = false;
            whenCalled = () -> {};
        }

        void release(final T answer) {
            waiting.remove().complete(answer);
        }

        /** The stage that was returned ends with an exception. */
        void fail() {
            waiting.remove().completeExceptionally(new DriverBug("driver"));
        }

        boolean isWaiting() {
            return !waiting.isEmpty();
        }

        CompletionStage<T> stage() {
            return stage(usual);
        }

        CompletionStage<T> stage(final Supplier<T> otherwise) {
            return stageOr(() -> CompletableFuture.completedStage(otherwise.get()));
        }

        CompletionStage<T> stageOr(final Supplier<CompletionStage<T>> otherwise) {
            calls.add(name.get());
            if (held) {
                final CompletableFuture<T> answer = new CompletableFuture<>();
                waiting.add(answer);
                whenCalled.run();
                return answer;
            }
            whenCalled.run();
            return inTime(broken.or(() -> prepared.map(answer -> () -> CompletableFuture.completedStage(answer.get())))
                    .orElse(otherwise)
                    .get());
        }

        T value() {
            calls.add(name.get());
            whenCalled.run();
            return prepared.orElse(usual).get();
        }
    }

    /** The client. */
    final class TestClient implements CoClient, ClientAfContext, ClientSapContext {
        final TestClientVc vc = new TestClientVc();
        final Answer<NdisResult<CallParameters>> incomingCall =
                new Answer<>("ClIncomingCall", () -> NdisResult.success(PARAMETERS));
        final Answer<NdisResult<ClientVcContext>> createVc =
                new Answer<>("client CoCreateVc", () -> NdisResult.success(vc));
        final Answer<NdisStatus> bindAdapter = new Answer<>("client BindAdapter", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> unbindAdapter = new Answer<>("client UnbindAdapter", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> notifyCloseAf = new Answer<>("ClNotifyCloseAf", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> pause = new Answer<>("client Pause", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> restart = new Answer<>("client Restart", () -> NdisStatus.SUCCESS);
        final Answer<OidResult> oidRequest =
                new Answer<>("client CoOidRequest", () -> OidResult.failure(NdisStatus.NOT_SUPPORTED));
        final List<StatusIndication> indications = new CopyOnWriteArrayList<>();
        Consumer<StatusIndication> whenIndicated = indication -> {};
        final List<AddressFamily> notified = new ArrayList<>();
        final List<NdisResult<ClientAf>> opened = new ArrayList<>();
        final List<ClientVcContext> offered = new ArrayList<>();
        final List<CallParameters> offeredParameters = new ArrayList<>();
        ClientBinding binding;
        ClientAf af;
        boolean opens = true;
        boolean leavesEverything;
        Runnable whenNotified = () -> {};

        @Override
        public NdisStatus bindAdapter(final ClientBinding newBinding) {
            binding = newBinding;
            return bindAdapter.value();
        }

        @Override
        public void afRegisterNotify(final ClientBinding newBinding, final AddressFamily family) {
            binding = newBinding;
            notified.add(family);
            calls.add("CoAfRegisterNotify");
            whenNotified.run();
            if (opens) {
                open(family);
            }
        }

        CompletionStage<NdisResult<ClientAf>> open(final AddressFamily family) {
            final CompletionStage<NdisResult<ClientAf>> opening = binding.openAddressFamily(family, this);
            opening.thenAccept(result -> {
                opened.add(result);
                result.value().ifPresent(open -> af = open);
            });
            return opening;
        }

        @Override
        public CompletionStage<NdisStatus> unbindAdapter(final ClientBinding leaving) {
            return unbindAdapter.stageOr(
                    () -> leavesEverything ? NdisStatus.SUCCESS.asStage() : CoClient.super.unbindAdapter(leaving));
        }

        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc created) {
            vc.incoming = created;
            return createVc.value();
        }

        @Override
        public CompletionStage<NdisStatus> notifyCloseAf(final ClientAf closing) {
            return notifyCloseAf.stageOr(() -> ClientAfContext.super.notifyCloseAf(closing));
        }

        @Override
        public CompletionStage<NdisResult<CallParameters>> incomingCall(
                final ClientVc incoming, final ClientVcContext context, final CallParameters parameters) {
            offered.add(context);
            offeredParameters.add(parameters);
            return incomingCall.stage(() -> NdisResult.success(parameters));
        }

        @Override
        public CompletionStage<NdisStatus> pause(final ClientBinding paused) {
            return pauseOrRestart(pause);
        }

        @Override
        public CompletionStage<NdisStatus> restart(final ClientBinding restarted) {
            return pauseOrRestart(restart);
        }

        @Override
        public void status(final ClientBinding concerned, final StatusIndication indication) {
            indications.add(indication);
            whenIndicated.accept(indication);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final ClientAf concerned, final OidRequest request) {
            return asked(oidRequest, request);
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
        boolean freesCompleted = true;
        Octets closeData = Octets.EMPTY;
        Runnable whenCompleted = () -> {};
        Runnable whenConnected = () -> {};
        Runnable whenChanged = () -> {};
        final List<CallParameters> changed = new CopyOnWriteArrayList<>();
        Runnable whenReceived = () -> {};
        final List<byte[]> looked = new CopyOnWriteArrayList<>();

        /** The first octet of every NBL that came up. */
        final List<Integer> octets = new CopyOnWriteArrayList<>();

        final List<StatusIndication> indications = new CopyOnWriteArrayList<>();
        final Answer<OidResult> oidRequest =
                new Answer<>("client CoOidRequest vc", () -> OidResult.failure(NdisStatus.NOT_SUPPORTED));
        ClientVc incoming;

        @Override
        public void status(final ClientVc vc, final StatusIndication indication) {
            indications.add(indication);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final ClientVc vc, final OidRequest request) {
            return asked(oidRequest, request);
        }

        @Override
        public void callConnected(final ClientVc vc) {
            calls.add("ClCallConnected");
            whenConnected.run();
        }

        @Override
        public void incomingCallQoSChange(final ClientVc vc, final CallParameters parameters) {
            calls.add("ClIncomingCallQoSChange");
            changed.add(parameters);
            whenChanged.run();
        }

        @Override
        public void incomingCloseCall(final ClientVc vc, final NdisStatus status, final Octets data) {
            calls.add("ClIncomingCloseCall " + status);
            closeData = data;
            if (answersClose) {
                ClientVcContext.super.incomingCloseCall(vc, status, data);
            }
        }

        @Override
        public void receiveNetBufferLists(final ClientVc vc, final NetBufferList nbls, final int flags) {
            received.add(nbls);
            looked.add(nbls.toByteArray());
            octets.addAll(firstOctets(nbls));
            whenReceived.run();
            if (returnsAtOnce && (flags & NblFlags.RECEIVE_RESOURCES) == 0) {
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
            if (freesCompleted) {
                nbls.freeChain();
            }
        }

        @Override
        public NdisStatus deleteVc(final ClientVc vc) {
            return deleteVc.value();
        }
    }

    /** The client's context of a party. */
    final class TestClientParty implements ClientPartyContext {
        final List<NdisStatus> leaves = new ArrayList<>();
        final Answer<OidResult> oidRequest =
                new Answer<>("client CoOidRequest party", () -> OidResult.failure(NdisStatus.NOT_SUPPORTED));
        boolean answersDrop = true;

        @Override
        public CompletionStage<OidResult> oidRequest(final ClientParty party, final OidRequest request) {
            return asked(oidRequest, request);
        }

        @Override
        public void incomingDropParty(final ClientParty party, final NdisStatus status, final Octets data) {
            calls.add("ClIncomingDropParty " + status);
            leaves.add(status);
            if (answersDrop) {
                ClientPartyContext.super.incomingDropParty(party, status, data);
            }
        }
    }

    /** The call manager: activates before it reports a call, deactivates before it reports a close. */
    final class TestCallManager implements CallManager {
        final Answer<NdisResult<CmAfContext>> openAf =
                new Answer<>("CmOpenAf", () -> NdisResult.success(new TestCmAf()));
        final Answer<NdisResult<CmSapContext>> registerSap =
                new Answer<>("CmRegisterSap", () -> NdisResult.success(sapContext()));
        final Answer<NdisStatus> deregisterSap = new Answer<>("CmDeregisterSap", () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<CmVcContext>> createVc =
                new Answer<>("cm CoCreateVc", () -> NdisResult.success(new TestCmVc()));
        final Answer<NdisStatus> deleteVc = new Answer<>("cm CoDeleteVc", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> closeAf = new Answer<>("CmCloseAf", () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<CallParameters>> makeCall =
                new Answer<>("CmMakeCall", () -> NdisResult.success(PARAMETERS));
        final Answer<NdisStatus> closeCall = new Answer<>("CmCloseCall", () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<AddedParty>> addParty =
                new Answer<>("CmAddParty", () -> NdisResult.success(new AddedParty(new TestCmParty(), PARAMETERS)));
        final Answer<NdisStatus> dropParty = new Answer<>("CmDropParty", () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<CallParameters>> modifyCallQoS =
                new Answer<>("CmModifyCallQoS", () -> NdisResult.success(OTHER_PARAMETERS));
        final Answer<NdisStatus> pause = new Answer<>("cm Pause", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> restart = new Answer<>("cm Restart", () -> NdisStatus.SUCCESS);
        final Answer<OidResult> oidRequest =
                new Answer<>("cm CoOidRequest", () -> OidResult.failure(NdisStatus.NOT_SUPPORTED));
        final Answer<OidResult> vcOidRequest =
                new Answer<>("cm CoOidRequest vc", () -> OidResult.failure(NdisStatus.NOT_SUPPORTED));
        final Answer<OidResult> partyOidRequest =
                new Answer<>("cm CoOidRequest party", () -> OidResult.failure(NdisStatus.NOT_SUPPORTED));
        final List<StatusIndication> indications = new CopyOnWriteArrayList<>();
        final List<StatusIndication> vcIndications = new CopyOnWriteArrayList<>();
        final List<CmParty> parties = new ArrayList<>();
        final List<CmPartyContext> closedWith = new ArrayList<>();
        final List<CmPartyContext> dropped = new ArrayList<>();
        final Answer<NdisStatus> bindAdapter = new Answer<>("cm BindAdapter", () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> unbindAdapter = new Answer<>("cm UnbindAdapter", () -> NdisStatus.SUCCESS);
        final List<CmAf> afs = new ArrayList<>();
        final List<CallParameters> asked = new ArrayList<>();
        final List<Octets> closeData = new ArrayList<>();
        boolean activates = true;
        boolean deactivates = true;
        boolean leavesEverything;
        AddressFamily family = AF;
        CmBinding binding;
        CmAf af;
        CmSap sap;
        CmVc vc;

        @Override
        public NdisStatus bindAdapter(final CmBinding newBinding) {
            binding = newBinding;
            final NdisStatus status = bindAdapter.value();
            final NdisStatus registered = register(family).status();
            return status.isSuccess() ? registered : status;
        }

        /** Offers an address family. */
        NdisResult<Void> register(final AddressFamily offered) {
            return binding.registerAddressFamily(offered, opened -> {
                af = opened;
                afs.add(opened);
                return openAf.stage();
            });
        }

        @Override
        public CompletionStage<NdisStatus> unbindAdapter(final CmBinding leaving) {
            return unbindAdapter.stageOr(
                    () -> leavesEverything ? NdisStatus.SUCCESS.asStage() : CallManager.super.unbindAdapter(leaving));
        }

        @Override
        public CompletionStage<NdisStatus> pause(final CmBinding paused) {
            return pauseOrRestart(pause);
        }

        @Override
        public CompletionStage<NdisStatus> restart(final CmBinding restarted) {
            return pauseOrRestart(restart);
        }

        @Override
        public void status(final CmBinding concerned, final StatusIndication indication) {
            indications.add(indication);
        }

        CmAfContext afContext() {
            return new TestCmAf();
        }

        CmSapContext sapContext() {
            return this::deregisterSap;
        }

        private CompletionStage<NdisStatus> deregisterSap() {
            return deregisterSap.stage();
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
            public CompletionStage<OidResult> oidRequest(final OidRequest request) {
                return asked(oidRequest, request);
            }

            @Override
            public CompletionStage<NdisStatus> closeAf() {
                return closeAf.stage();
            }
        }

        /** The call manager's context of a party. */
        final class TestCmParty implements CmPartyContext {
            @Override
            public CompletionStage<OidResult> oidRequest(final OidRequest request) {
                return asked(partyOidRequest, request);
            }

            @Override
            public CompletionStage<NdisStatus> dropParty(final Octets data) {
                dropped.add(this);
                closeData.add(data);
                return dropParty.stage();
            }
        }

        final class TestCmVc implements CmVcContext {
            @Override
            public void status(final StatusIndication indication) {
                vcIndications.add(indication);
            }

            @Override
            public CompletionStage<OidResult> oidRequest(final OidRequest request) {
                return asked(vcOidRequest, request);
            }

            @Override
            public CompletionStage<NdisResult<AddedParty>> makeCall(
                    final CallParameters parameters, final CmParty party) {
                parties.add(party);
                return makeCall(parameters)
                        .thenApply(result -> result.map(made -> new AddedParty(new TestCmParty(), made)));
            }

            @Override
            public CompletionStage<NdisResult<AddedParty>> addParty(
                    final CmParty party, final CallParameters parameters) {
                parties.add(party);
                asked.add(parameters);
                return addParty.stage(() -> NdisResult.success(new AddedParty(new TestCmParty(), parameters)));
            }

            @Override
            public CompletionStage<NdisStatus> closeCall(final CmPartyContext lastParty, final Octets data) {
                closedWith.add(lastParty);
                return closeCall(data);
            }

            @Override
            public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
                asked.add(parameters);
                if (!activates) {
                    return modifyCallQoS.stage();
                }
                return vc.activateVc(parameters)
                        .thenCompose(result -> result.isSuccess()
                                ? modifyCallQoS.stage(() -> result)
                                : note("CmModifyCallQoS", result.asStage()));
            }

            @Override
            public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
                asked.add(parameters);
                if (!activates) {
                    return makeCall.stage();
                }
                return vc.activateVc(parameters)
                        .thenCompose(result -> result.isSuccess()
                                ? makeCall.stage(() -> result)
                                : note("CmMakeCall", result.asStage()));
            }

            @Override
            public CompletionStage<NdisStatus> closeCall(final Octets data) {
                closeData.add(data);
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
        private final String prefix;
        final Answer<NdisResult<CallParameters>> activateVc =
                new Answer<>(() -> named("MCoActivateVc"), () -> NdisResult.success(PARAMETERS));
        final Answer<NdisStatus> deactivateVc = new Answer<>(() -> named("MCoDeactivateVc"), () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> deleteVc = new Answer<>(() -> named("MCoDeleteVc"), () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<MiniportVcContext>> createVc =
                new Answer<>(() -> named("MCoCreateVc"), () -> NdisResult.success(new TestMiniportVc()));
        final Answer<NdisStatus> pause = new Answer<>(() -> named("Pause"), () -> NdisStatus.SUCCESS);
        final Answer<NdisStatus> restart = new Answer<>(() -> named("Restart"), () -> NdisStatus.SUCCESS);
        final Answer<NdisResult<AddressingReset>> reset =
                new Answer<>(() -> named("ResetEx"), () -> NdisResult.success(AddressingReset.KEPT));
        final Answer<OidResult> oidRequest =
                new Answer<>(() -> named("MCoOidRequest"), () -> OidResult.failure(NdisStatus.INVALID_OID));
        final List<Optional<VcDataPath>> askedAbout = new CopyOnWriteArrayList<>();
        final List<OidRequest> cancelled = new CopyOnWriteArrayList<>();
        final List<Long> cancelledSends = new CopyOnWriteArrayList<>();
        Consumer<OidRequest> whenCancelled = request -> {};
        final List<NetBufferList> sent = new CopyOnWriteArrayList<>();
        final List<Integer> sendFlags = new CopyOnWriteArrayList<>();
        final List<NetBufferList> returned = new CopyOnWriteArrayList<>();
        final Answer<NdisStatus> initialize = new Answer<>(() -> named("InitializeEx"), () -> NdisStatus.SUCCESS);
        boolean completesAtOnce = true;
        Runnable whenSent = () -> {};
        Consumer<NetBufferList> whenReturned = NetBufferList::freeChain;
        Runnable whenSurpriseRemoved = () -> {};
        Runnable whenHalted = () -> {};
        CompletionStage<Void> flushed = CompletableFuture.completedStage(null);
        Runnable whenFlushed = () -> {};
        Supplier<Optional<String>> boundAddress = Optional::empty;
        /** For which VCs it has resources. */
        Predicate<MiniportVc> takes = created -> true;

        final List<MiniportVc> vcs = new CopyOnWriteArrayList<>();

        /** The first octets of what was sent, one for each NBL; and the lengths of the chains. */
        final List<Integer> octets = new CopyOnWriteArrayList<>();

        final List<Integer> chains = new CopyOnWriteArrayList<>();
        private final Deque<Runnable> completions = new ConcurrentLinkedDeque<>();
        MiniportVc vc;
        MiniportAdapter adapter;

        /** Its calls are noted with the prefix. */
        TestMiniport(final String prefix) {
            this.prefix = prefix;
        }

        private String named(final String call) {
            return prefix + call;
        }

        @Override
        public NdisStatus initialize(final MiniportAdapter newAdapter) {
            adapter = newAdapter;
            return initialize.value();
        }

        @Override
        public NdisResult<MiniportVcContext> createVc(final MiniportVc created) {
            vc = created;
            vcs.add(created);
            final NdisResult<MiniportVcContext> answer = createVc.value();
            return takes.test(created) ? answer : NdisResult.failure(NdisStatus.RESOURCES);
        }

        @Override
        public void surpriseRemoved() {
            calls.add(named("SurpriseRemoved"));
            whenSurpriseRemoved.run();
        }

        @Override
        public CompletionStage<NdisStatus> pause() {
            return pauseOrRestart(pause);
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return pauseOrRestart(restart);
        }

        @Override
        public CompletionStage<NdisResult<AddressingReset>> reset() {
            return reset.stage();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            askedAbout.add(vcContext);
            return asked(oidRequest, request);
        }

        @Override
        public void cancelOidRequest(final OidRequest request) {
            cancelled.add(request);
            whenCancelled.accept(request);
        }

        @Override
        public void cancelSend(final long cancelId) {
            cancelledSends.add(cancelId);
        }

        @Override
        public void halt(final HaltAction action) {
            calls.add(named("HaltEx " + action));
            whenHalted.run();
        }

        /** Completes the sends that it holds, and those that come because of that. */
        void completeSends() {
            sent.forEach(nbls -> nbls.setChainStatus(NdisStatus.SUCCESS));
            sent.clear();
            while (!completions.isEmpty()) {
                completions.remove().run();
            }
        }

        /** Completes the send that it has held longest. */
        void completeOldest() {
            sent.remove(0).setChainStatus(NdisStatus.SUCCESS);
            completions.remove().run();
        }

        private void look(final NetBufferList nbls) {
            chains.add(nbls.chainLength());
            octets.addAll(firstOctets(nbls));
        }

        @Override
        public CompletionStage<Void> flushReceives() {
            calls.add(named("flushReceives"));
            whenFlushed.run();
            return flushed;
        }

        private final class TestMiniportVc implements MiniportVcContext {
            private final MiniportVc mine = vc;

            @Override
            public CompletionStage<NdisResult<CallParameters>> activateVc(final CallParameters parameters) {
                return activateVc.stage(() -> NdisResult.success(parameters));
            }

            @Override
            public Optional<String> boundAddress() {
                return boundAddress.get();
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
                sendFlags.add(flags);
                look(nbls);
                whenSent.run();
                if (completesAtOnce) {
                    nbls.setChainStatus(NdisStatus.SUCCESS);
                    mine.sendNetBufferListsComplete(nbls, 0);
                } else {
                    sent.add(nbls);
                    completions.add(() -> mine.sendNetBufferListsComplete(nbls, 0));
                }
            }

            @Override
            public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
                returned.add(nbls);
                whenReturned.accept(nbls);
            }
        }
    }

    /** An MCM that was written as one. */
    final class TestMcm implements MiniportCallManager {
        final TestCallManager callManager = TestStack.this.callManager;
        final TestMiniport halfless = TestStack.this.miniport;
        McmAdapter adapter;

        @Override
        public NdisStatus initialize(final McmAdapter newAdapter) {
            adapter = newAdapter;
            callManager.createVc.answerWith(() -> NdisResult.success(new TestMcmVc()));
            final NdisStatus status = halfless.initialize.value();
            final NdisStatus bound = callManager.bindAdapter(newAdapter);
            return status.isSuccess() ? bound : status;
        }

        @Override
        public void surpriseRemoved() {
            halfless.surpriseRemoved();
        }

        @Override
        public CompletionStage<NdisStatus> pause() {
            return halfless.pause();
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return halfless.restart();
        }

        @Override
        public CompletionStage<NdisResult<AddressingReset>> reset() {
            return halfless.reset();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return halfless.oidRequest(vcContext, request);
        }

        @Override
        public void cancelOidRequest(final OidRequest request) {
            halfless.cancelOidRequest(request);
        }

        @Override
        public void cancelSend(final long cancelId) {
            halfless.cancelSend(cancelId);
        }

        @Override
        public void halt(final HaltAction action) {
            halfless.halt(action);
        }

        final class TestMcmVc implements McmVcContext {
            private final CmVcContext control = callManager.new TestCmVc();

            @Override
            public void status(final StatusIndication indication) {
                control.status(indication);
            }

            @Override
            public CompletionStage<OidResult> oidRequest(final OidRequest request) {
                return control.oidRequest(request);
            }

            @Override
            public CompletionStage<NdisResult<CallParameters>> makeCall(final CallParameters parameters) {
                return control.makeCall(parameters);
            }

            @Override
            public CompletionStage<NdisStatus> closeCall(final Octets closeData) {
                return control.closeCall(closeData);
            }

            @Override
            public CompletionStage<NdisResult<AddedParty>> makeCall(
                    final CallParameters parameters, final CmParty party) {
                return control.makeCall(parameters, party);
            }

            @Override
            public CompletionStage<NdisResult<AddedParty>> addParty(
                    final CmParty party, final CallParameters parameters) {
                return control.addParty(party, parameters);
            }

            @Override
            public CompletionStage<NdisStatus> closeCall(final CmPartyContext lastParty, final Octets closeData) {
                return control.closeCall(lastParty, closeData);
            }

            @Override
            public CompletionStage<NdisResult<CallParameters>> modifyCallQoS(final CallParameters parameters) {
                return control.modifyCallQoS(parameters);
            }

            @Override
            public NdisStatus deleteVc() {
                return control.deleteVc();
            }

            @Override
            public void sendNetBufferLists(final NetBufferList nbls, final int flags) {
                halfless.sendFlags.add(flags);
                halfless.whenSent.run();
                if (halfless.completesAtOnce) {
                    ((McmVc) callManager.vc).sendNetBufferListsComplete(nbls, 0);
                } else {
                    halfless.sent.add(nbls);
                }
            }

            @Override
            public void returnNetBufferLists(final NetBufferList nbls, final int flags) {
                halfless.returned.add(nbls);
                halfless.whenReturned.accept(nbls);
            }
        }
    }

    /** An MCM made of the call manager and the miniport. */
    private final class Integrated implements MiniportCallManager {
        @Override
        public NdisStatus initialize(final McmAdapter adapter) {
            mcm.adapter = adapter;
            final NdisStatus status = miniport.initialize(adapter);
            final NdisStatus bound = callManager.bindAdapter(adapter.integrate(miniport));
            return status.isSuccess() ? bound : status;
        }

        @Override
        public void surpriseRemoved() {
            miniport.surpriseRemoved();
        }

        @Override
        public CompletionStage<NdisStatus> pause() {
            return miniport.pause();
        }

        @Override
        public CompletionStage<NdisStatus> restart() {
            return miniport.restart();
        }

        @Override
        public CompletionStage<NdisResult<AddressingReset>> reset() {
            return miniport.reset();
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return miniport.oidRequest(vcContext, request);
        }

        @Override
        public void cancelOidRequest(final OidRequest request) {
            miniport.cancelOidRequest(request);
        }

        @Override
        public void halt(final HaltAction action) {
            miniport.halt(action);
        }
    }

    /** The call manager's context of a signaling VC. */
    static final class TestSignaling implements SignalingVcContext {
        final List<NetBufferList> received = new CopyOnWriteArrayList<>();
        final List<NdisStatus> statuses = new CopyOnWriteArrayList<>();
        final List<StatusIndication> indications = new CopyOnWriteArrayList<>();

        @Override
        public void status(final SignalingVc vc, final StatusIndication indication) {
            indications.add(indication);
        }

        @Override
        public void receiveNetBufferLists(final SignalingVc vc, final NetBufferList nbls, final int flags) {
            received.add(nbls);
            if ((flags & NblFlags.RECEIVE_RESOURCES) == 0) {
                vc.returnNetBufferLists(nbls, flags);
            }
        }

        @Override
        public void sendNetBufferListsComplete(final SignalingVc vc, final NetBufferList nbls, final int flags) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                statuses.add(nbl.status());
            }
            nbls.freeChain();
        }
    }

    static void idle(final ClientVc vc) {
        if (vc.callState() != CallState.IDLE || vc.state() != VcState.INACTIVE) {
            throw new AssertionError(vc + " is " + vc.state() + ", " + vc.callState());
        }
    }
}
