// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
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
import java.util.function.IntFunction;
import java.util.stream.Stream;

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
    private final Timers timers = new Timers();
    private final Deque<Answer> script = new ArrayDeque<>();
    private final List<Held<?>> held = new ArrayList<>();
    private final List<Operation> pending = new ArrayList<>();
    private final Deque<Runnable> passiveTasks = new ArrayDeque<>();
    private final List<AfSides> afs = new ArrayList<>();
    private final List<SapSides> saps = new ArrayList<>();
    private final List<VcSides> vcs = new ArrayList<>();
    private final Steps steps = new Steps(this);
    private final Comparison comparison;
    private final Lifecycle lifecycle;
    private final ScriptedCallManager callManager;
    private final ScriptedMiniport miniport;
    private final List<ScriptedClient> clients;
    private Optional<Runnable> expiring = Optional.empty();
    private ModelAdapter adapter = new ModelAdapter(trace);
    private boolean removesSomething;
    private boolean holdsPassiveTasks;
    private int depth;
    private int numbers;

    World(final Form form) {
        this.form = form;
        final NdisEngine engine = new NdisEngine(new EngineOptions(
                        Clock.fixed(Instant.EPOCH, ZoneOffset.UTC),
                        this::onPassive,
                        timers::schedule,
                        Timers.TEARDOWN,
                        Timers.OPERATION)
                .withEarlyReceives(ModelVc.EARLY));
        comparison = new Comparison(this, engine);
        lifecycle = new Lifecycle(this, engine);
        callManager = new ScriptedCallManager(this);
        miniport = new ScriptedMiniport(this);
        clients =
                Stream.of("a", "b").map(name -> new ScriptedClient(this, name)).toList();
    }

    void start() {
        lifecycle.registerMiniport();
        lifecycle.registerCallManager();
        clients.forEach(lifecycle::register);
        checkAtRest();
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

    private static Runnable inOrder(final Runnable first, final Runnable second) {
        return () -> {
            first.run();
            second.run();
        };
    }

    /** A deadline passes; an operation that is too late is found on a thread that may block. */
    void pass(final Timers.Timer timer) {
        timers.remove(timer);
        expiring = timer.expiry();
        timer.pass();
        expiring = Optional.empty();
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

    boolean holdsPassiveTasks() {
        return !passiveTasks.isEmpty();
    }

    /** A backend begins to carry the adapter. */
    void initializes() {
        adapter = new ModelAdapter(trace);
    }

    // --- what drivers do in callbacks ---

    /** What drivers do in the callbacks that come. */
    void prepare(final List<Answer> answers) {
        script.clear();
        script.addAll(answers);
        removesSomething = false;
    }

    /** By the book from the moment on when the core takes something away: it does so in an order of its own. */
    Answer nextAnswer() {
        final Optional<Answer> next = removesSomething ? Optional.empty() : Optional.ofNullable(script.poll());
        return next.orElse(Answer.BY_THE_BOOK);
    }

    /** What a driver does inside a callback. */
    void inside(final Answer answer) {
        for (final Step step : answer.inside()) {
            if (depth < DEEPEST && !step.op().isOfEnvironment()) {
                depth++;
                steps.perform(step);
                depth--;
                // the next step finds gone what this one has led the core to take away
                follow();
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

    void exit(final ModelLane.Item item) {
        trace.back();
        item.lane().exit();
        afs.forEach(af -> af.model().callManager().runOwn());
        vcs.forEach(vc -> vc.model().runOwn());
    }

    /** The rest of a callback that ends with a status, perhaps later. */
    CompletionStage<NdisStatus> status(
            final ModelLane.Item item,
            final Object about,
            final Consumer<NdisStatus> model,
            final Consumer<Held<NdisStatus>> byTheBook) {
        final Held<NdisStatus> callback =
                new Held<>(item.callback() + " of " + about, variant -> NdisStatus.SUCCESS, status -> status, model);
        return finish(item, callback, byTheBook);
    }

    /** The rest of a callback that ends with a result, perhaps later. */
    <T> CompletionStage<NdisResult<T>> result(
            final ModelLane.Item item,
            final Object about,
            final IntFunction<T> values,
            final Consumer<NdisResult<T>> model,
            final Consumer<Held<NdisResult<T>>> byTheBook) {
        final Held<NdisResult<T>> callback = new Held<>(
                item.callback() + " of " + about,
                variant -> NdisResult.success(values.apply(variant)),
                NdisResult::failure,
                model);
        return finish(item, callback, byTheBook);
    }

    private <T> CompletionStage<T> finish(
            final ModelLane.Item item, final Held<T> callback, final Consumer<Held<T>> byTheBook) {
        final boolean oneOfMany = item.operation().filter(Operation::isOfCore).isPresent();
        final CompletionStage<T> stage =
                answer(oneOfMany ? sameAnswer() : nextAnswer(), callback, () -> byTheBook.accept(callback));
        item.operation().ifPresent(Operation::asked);
        exit(item);
        return stage;
    }

    /** The core makes several callbacks in an order of its own: each is answered in the same way. */
    private Answer sameAnswer() {
        final Answer next = Optional.ofNullable(script.peek()).orElse(Answer.BY_THE_BOOK);
        return new Answer(next.kind(), next.variant(), List.of());
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

    /** The callbacks that are not answered yet. */
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
        final ModelLane.Item item = enter(operation.initiator(), operation.completion(), result.status());
        pending.remove(operation);
        checkOutcome(operation, operation.outcome(), result);
        next.accept(result);
        inside(nextAnswer());
        exit(item);
    }

    private void checkOutcome(final Object what, final Outcome expected, final NdisResult<?> actual) {
        trace.check(expected.isOf(actual), what + " must end with " + expected + " and ends with " + actual);
    }

    // --- what must hold ---

    /** Compares the states of everything, which may be done at any moment. */
    void observe() {
        follow();
        comparison.ofStates();
    }

    /** What the core takes away is taken away in the model when it is seen to be gone. */
    private void follow() {
        for (final AfSides af : afs) {
            removesSomething |= af.follow(lifecycle.isBusy());
        }
        for (final VcSides vc : vcs) {
            removesSomething |= vc.follow();
        }
    }

    /** Nobody is in a callback. */
    void checkAtRest() {
        throwFirstDivergence();
        observe();
        comparison.atRest();
        throwFirstDivergence();
    }

    private void throwFirstDivergence() {
        trace.divergence().ifPresent(divergence -> {
            throw divergence;
        });
    }

    /** Everything was closed. */
    void checkAllIsClosed() {
        checkAtRest();
        comparison.allIsClosed();
    }

    /** Nothing is left, and nobody waits for anything. */
    void checkNothingIsLeft() {
        checkAllIsClosed();
        trace.check(pending.isEmpty(), "nobody has completed " + pending);
        trace.check(held().isEmpty(), "nobody has answered " + held);
        trace.check(!lifecycle.isBusy(), "drivers are still being bound or unbound");
        trace.same(0, pools.outstanding(), "the number of NBLs that are outstanding");
    }

    // --- objects ---

    Form form() {
        return form;
    }

    Trace trace() {
        return trace;
    }

    Pools pools() {
        return pools;
    }

    Timers timers() {
        return timers;
    }

    Steps steps() {
        return steps;
    }

    Lifecycle lifecycle() {
        return lifecycle;
    }

    /** The adapter as the miniport carries it now, or has carried it last. */
    ModelAdapter adapter() {
        return adapter;
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

    /** The address families that were opened, dead ones too. */
    List<AfSides> afs() {
        return afs;
    }

    /** The SAPs that were registered, dead ones too. */
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
