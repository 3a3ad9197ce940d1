// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.AfState;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientParty;
import dev.condis.api.management.VcSnapshot;
import dev.condis.core.engine.EngineOptions;
import dev.condis.core.engine.NdisEngine;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/**
 * An engine on one thread, with drivers that do what a program says, beside the model. Everything that a driver does is told to the model
 * first; everything that a driver hears must be what the model expects; and whenever somebody looks, the engine's objects are in the
 * model's states.
 */
final class World {
    private static final List<CallParameters> PARAMETERS = List.of(
            CallParameters.bestEffort(),
            CallParameters.of(CallManagerParameters.bestEffort()).with(CallParameters.Flag.QUERY_CALL_PARAMETERS),
            CallParameters.bestEffort().with(CallParameters.Flag.CALL_PARAMETERS_CHANGED));
    private static final List<NdisStatus> FAILURES = List.of(
            NdisStatus.FAILURE,
            NdisStatus.RESOURCES,
            NdisStatus.NOT_ACCEPTED,
            NdisStatus.INVALID_DATA,
            NdisStatus.NOT_SUPPORTED);
    private static final int DEEPEST = 3;

    private final Form form;
    private final Trace trace = new Trace();
    private final Pools pools = Pools.borrow();
    private final NdisEngine engine;
    private final Deque<Answer> script = new ArrayDeque<>();
    private final List<Held<?>> held = new ArrayList<>();
    private final List<Operation> pending = new ArrayList<>();
    private final Timers timers = new Timers();
    private final Deque<Runnable> passiveTasks = new ArrayDeque<>();
    private final List<AfSides> afs = new ArrayList<>();
    private final List<SapSides> saps = new ArrayList<>();
    private final List<VcSides> vcs = new ArrayList<>();
    private final List<ScriptedClient> clients = new ArrayList<>();
    private final Steps steps = new Steps(this);
    private final ScriptedCallManager callManager;
    private final ScriptedMiniport miniport;
    private Optional<Runnable> expiring = Optional.empty();
    private final Lifecycle lifecycle;
    private ModelAdapter adapter = new ModelAdapter(trace);
    private boolean removesSomething;
    private boolean holdsPassiveTasks;
    private int depth;
    private int numbers;

    World(final Form form) {
        this.form = form;
        engine = new NdisEngine(new EngineOptions(
                Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                this::onPassive,
                timers::schedule,
                Timers.TEARDOWN,
                Timers.OPERATION));
        lifecycle = new Lifecycle(this, engine);
        callManager = new ScriptedCallManager(this);
        miniport = new ScriptedMiniport(this);
    }

    // --- environment ---

    private void onPassive(final Runnable task) {
        final Runnable known = expiring.map(expiry -> inOrder(expiry, task)).orElse(task);
        expiring = Optional.empty();
        if (holdsPassiveTasks) {
            passiveTasks.add(known);
        } else {
            known.run();
        }
    }

    /** A deadline passes; an operation that is too late is found on a thread that may block. */
    void pass(final Timers.Timer timer) {
        timers.remove(timer);
        expiring = timer.expiry();
        timer.pass();
        expiring = Optional.empty();
    }

    private static Runnable inOrder(final Runnable first, final Runnable second) {
        return () -> {
            first.run();
            second.run();
        };
    }

    Timers timers() {
        return timers;
    }

    void holdPassiveTasks() {
        holdsPassiveTasks = true;
    }

    void runPassiveTasks() {
        holdsPassiveTasks = false;
        while (!passiveTasks.isEmpty()) {
            passiveTasks.remove().run();
        }
    }

    void start() {
        lifecycle.registerMiniport();
        lifecycle.registerCallManager();
        for (final String name : List.of("a", "b")) {
            final ScriptedClient client = new ScriptedClient(this, name);
            clients.add(client);
            lifecycle.register(client);
        }
        checkAtRest();
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    /** The adapter that the miniport carries now, or has carried last. */
    ModelAdapter adapter() {
        return adapter;
    }

    void initializes() {
        adapter = new ModelAdapter(trace);
    }

    // --- steps ---

    /** What drivers do in the callbacks that come. */
    void prepare(final List<Answer> answers) {
        script.clear();
        script.addAll(answers);
        removesSomething = false;
    }

    /** By the book from the moment on when the core takes something away: it does so in an order of its own. */
    Answer nextAnswer() {
        return removesSomething
                ? Answer.BY_THE_BOOK
                : Optional.ofNullable(script.poll()).orElse(Answer.BY_THE_BOOK);
    }

    /** What a driver does inside a callback. */
    void inside(final Answer answer) {
        for (final Step step : answer.inside()) {
            if (depth < DEEPEST && !step.op().isOfEnvironment()) {
                depth++;
                steps.perform(step);
                depth--;
            }
        }
        follow();
    }

    // --- callbacks ---

    /** What a driver is to hear at once, or in its turn. */
    ModelLane laneOf(final String callback, final ModelLane direct, final ModelLane inTurn) {
        follow();
        return direct.isNext(callback) ? direct : inTurn;
    }

    ModelLane.Item enter(final ModelLane lane, final String callback, final Object argument) {
        follow();
        final ModelLane.Item item = lane.enter(callback, argument);
        trace.say("> " + callback + " " + told(argument));
        trace.deeper();
        observe();
        return item;
    }

    void exit(final ModelLane lane) {
        trace.back();
        lane.exit();
        afs.forEach(af -> af.model().callManager().runOwn());
        vcs.forEach(vc -> vc.model().runOwn());
    }

    /** One of several callbacks that the core makes in an order of its own: each is answered in the same way. */
    <T> CompletionStage<T> answerLikeOthers(final Held<T> callback, final Runnable byTheBook) {
        final Answer next = Optional.ofNullable(script.peek()).orElse(Answer.BY_THE_BOOK);
        return answer(new Answer(next.kind(), next.variant(), List.of()), callback, byTheBook);
    }

    /** A callback whose answer may come later. */
    <T> CompletionStage<T> answer(final Held<T> callback, final Runnable byTheBook) {
        return answer(nextAnswer(), callback, byTheBook);
    }

    private <T> CompletionStage<T> answer(final Answer answer, final Held<T> callback, final Runnable byTheBook) {
        held.add(callback);
        inside(answer);
        if (!callback.isAnswered()) {
            switch (answer.kind()) {
                case BY_THE_BOOK -> byTheBook.run();
                case SUCCEED -> callback.succeed(answer.variant());
                case FAIL -> callback.fail(failure(answer.variant()));
                case PEND -> trace.say("pends");
            }
        }
        return callback.leave();
    }

    /** A callback that counts as failed when it is not answered before the deadline of teardowns. */
    CompletionStage<NdisStatus> answerInTime(final Held<NdisStatus> callback) {
        final CompletionStage<NdisStatus> stage = answer(callback, () -> callback.succeed(0));
        if (!callback.isAnswered()) {
            timers.nextGivesUp(() -> callback.giveUp(NdisStatus.FAILURE));
        }
        return stage;
    }

    /** A callback that is answered at once. */
    NdisStatus answerNow() {
        final Answer answer = nextAnswer();
        inside(answer);
        return answer.kind() == Answer.Kind.FAIL ? failure(answer.variant()) : NdisStatus.SUCCESS;
    }

    List<Held<?>> held() {
        held.removeIf(Held::isAnswered);
        return held;
    }

    // --- operations ---

    <T> void returned(final Operation operation, final CompletionStage<NdisResult<T>> stage) {
        returned(operation, stage, result -> {});
    }

    /** A control operation returns, to a driver that goes on with its outcome. */
    <T> void returned(
            final Operation operation, final CompletionStage<NdisResult<T>> stage, final Consumer<NdisResult<T>> next) {
        final CompletableFuture<NdisResult<T>> future = stage.toCompletableFuture();
        final Optional<Outcome> expected = operation.returns();
        if (expected.isPresent()) {
            trace.check(future.isDone(), operation + " must end with " + expected.get() + " and is pending");
            returned(operation, expected.get(), future.join());
            next.accept(future.join());
            return;
        }
        trace.check(!future.isDone(), operation + " must be pending and has ended with " + future.getNow(null));
        trace.say(operation + " pends");
        trace.check(!operation.hasDeadline() || timers.belongsTo(operation), "E2: " + operation + " has no deadline");
        pending.add(operation);
        observe();
        stage.whenComplete((result, failure) -> completed(operation, result, next));
    }

    /** A call returns that does not pend. */
    void returned(final Object what, final Outcome expected, final NdisResult<?> actual) {
        trace.say(what + ": " + actual.status());
        checkOutcome(what, expected, actual);
        observe();
    }

    private <T> void completed(
            final Operation operation, final NdisResult<T> result, final Consumer<NdisResult<T>> next) {
        trace.check(result != null, operation + " ends with an exception");
        enter(operation.initiator(), operation.completion(), result.status());
        pending.remove(operation);
        checkOutcome(operation, operation.outcome(), result);
        next.accept(result);
        inside(nextAnswer());
        exit(operation.initiator());
    }

    private void checkOutcome(final Object what, final Outcome expected, final NdisResult<?> actual) {
        trace.check(expected.isOf(actual), what + " must end with " + expected + " and ends with " + actual);
    }

    // --- what must hold ---

    /** Compares the states of everything, which may be done at any moment. */
    void observe() {
        follow();
        for (final AfSides af : afs) {
            af.callManager().ifPresent(handle -> trace.same(af.model().state(), handle.state(), "the state of " + af));
            af.client().ifPresent(handle -> trace.same(af.model().state(), handle.state(), "the state of " + af));
        }
        vcs.forEach(this::observe);
    }

    /** What the core takes away is taken away in the model when it is seen to be gone. */
    private void follow() {
        for (final AfSides af : List.copyOf(afs)) {
            removesSomething |= af.follow(lifecycle.isBusy());
        }
        for (final VcSides vc : List.copyOf(vcs)) {
            removesSomething |= vc.follow();
        }
    }

    private void observe(final VcSides vc) {
        if (vc.model().isDoomed()) {
            return;
        }
        final ModelVc model = vc.model();
        final CmVc handle = vc.callManager();
        trace.same(model.state(), handle.state(), "the state of " + vc);
        trace.same(model.callState(), handle.callState(), "the state of the call on " + vc);
        trace.same(model.parameters(), handle.callParameters(), "the parameters of " + vc);
        trace.same(model.state(), vc.client().state(), "the state of " + vc + " for its client");
        trace.same(model.callState(), vc.client().callState(), "the state of the call on " + vc + " for its client");
        observeParties(vc);
    }

    private void observeParties(final VcSides vc) {
        for (final PartySides party : vc.parties()) {
            party.callManager()
                    .ifPresent(handle -> trace.same(party.model().state(), handle.state(), "the state of " + party));
            party.client().ifPresent(handle -> {
                trace.same(party.model().state(), handle.state(), "the state of " + party);
                trace.same(party.model().parameters(), handle.callParameters(), "the parameters of " + party);
            });
        }
        final List<ClientParty> connected = vc.client().parties();
        final List<ModelParty> expected = vc.model().parties().connected();
        trace.same(expected.size(), connected.size(), "the number of parties of " + vc);
        for (final PartySides party : vc.parties()) {
            final int index = expected.indexOf(party.model());
            trace.check(
                    index < 0
                            || party.client().isEmpty()
                            || party.client().get().equals(connected.get(index)),
                    party + " is not party " + index + " of " + vc);
        }
    }

    /** Nobody is in a callback: all that was due has come, and the counters are right. */
    void checkAtRest() {
        trace.divergence().ifPresent(divergence -> {
            throw divergence;
        });
        observe();
        for (final AfSides af : afs) {
            checkEmpty(af.model().client());
            checkEmpty(af.model().callManager());
            checkEmpty(af.model().direct());
            if (passiveTasks.isEmpty()) {
                checkEmpty(af.model().passive());
                trace.check(af.isGone() || !af.isBeingRemoved(), "nobody takes " + af + " away");
            }
        }
        for (final SapSides sap : saps) {
            checkEmpty(sap.model().client());
            checkEmpty(sap.model().callManager());
        }
        for (final VcSides vc : vcs) {
            trace.check(!vc.model().isDoomed(), "nobody takes " + vc + " away");
            checkEmpty(vc.model().client());
            checkEmpty(vc.model().callManager());
            if (!vc.model().miniportOwesAnswer()) {
                checkEmpty(vc.model().miniport());
            }
            checkEmpty(vc.model().direct());
        }
        checkSnapshots();
        trace.divergence().ifPresent(divergence -> {
            throw divergence;
        });
    }

    private void checkEmpty(final ModelLane lane) {
        trace.check(lane.isEmpty(), "nothing comes, but " + lane);
    }

    private void checkSnapshots() {
        final List<VcSnapshot> snapshots = engine.adapters().stream()
                .flatMap(adapter -> adapter.vcs().stream())
                .toList();
        final List<VcSides> live = vcs.stream().filter(vc -> !vc.isGone()).toList();
        trace.same(live.size(), snapshots.size(), "the number of VCs");
        for (final VcSides vc : live) {
            final String name = vc.callManager().toString();
            final Optional<VcSnapshot> snapshot =
                    snapshots.stream().filter(s -> s.name().equals(name)).findFirst();
            trace.check(snapshot.isPresent(), "the library does not know " + name);
            checkCounters(vc, snapshot.get());
        }
    }

    private void checkCounters(final VcSides vc, final VcSnapshot snapshot) {
        final ModelVc.Traffic sends = vc.model().sends();
        final ModelVc.Traffic receives = vc.model().receives();
        trace.same(
                List.of(sends.in(), sends.out(), sends.refused(), receives.in(), receives.out(), receives.refused()),
                List.of(
                        snapshot.sendsAccepted(),
                        snapshot.sendsCompleted(),
                        snapshot.sendsRefused(),
                        snapshot.receivesIndicated(),
                        snapshot.receivesReturned(),
                        snapshot.receivesRefused()),
                "the counters of " + vc);
    }

    /** Everything was closed. */
    void checkAllClosed() {
        checkAtRest();
        for (final AfSides af : afs) {
            trace.same(AfState.CLOSED, af.model().state(), "the state of " + af + " at the end");
        }
        for (final VcSides vc : vcs) {
            trace.same(VcState.DELETED, vc.model().state(), "the state of " + vc + " at the end");
        }
    }

    /** Nothing is left, and nobody waits for anything. */
    void checkNothingLeft() {
        checkAllClosed();
        trace.check(pending.isEmpty(), "nobody has completed " + pending);
        trace.check(held().isEmpty(), "nobody has answered " + held);
        trace.check(!lifecycle.isBusy(), "drivers are still being bound or unbound");
        trace.same(0, pools.outstanding(), "NBLs that are outstanding");
    }

    // --- objects ---

    Steps steps() {
        return steps;
    }

    Form form() {
        return form;
    }

    Trace trace() {
        return trace;
    }

    Pools pools() {
        return pools;
    }

    ScriptedCallManager callManager() {
        return callManager;
    }

    ScriptedMiniport miniport() {
        return miniport;
    }

    List<ScriptedClient> clients() {
        return clients;
    }

    List<AfSides> afs() {
        return afs;
    }

    List<SapSides> saps() {
        return saps;
    }

    /** The VCs that were created, dead ones too. */
    List<VcSides> vcs() {
        return vcs;
    }

    int number() {
        return ++numbers;
    }

    private static Object told(final Object argument) {
        return argument instanceof CallParameters parameters
                ? "parameters " + PARAMETERS.indexOf(parameters)
                : argument;
    }

    static CallParameters parameters(final int variant) {
        return PARAMETERS.get(variant % PARAMETERS.size());
    }

    static NdisStatus failure(final int variant) {
        return FAILURES.get(variant % FAILURES.size());
    }
}
