// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.rig;

import dev.condis.api.AdapterInfo;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.Octets;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Membrane;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.subject.NdisHost;
import dev.condis.tck.subject.NdisHost.Registration;
import dev.condis.tck.subject.RemoteEnd;
import dev.condis.tck.subject.Specimen;
import dev.condis.tck.subject.Subject;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What every test bench has: a fresh driver behind a membrane, registrations that end with it, and packets. */
public abstract class Rig implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Rig.class);
    private static final AtomicInteger NUMBERS = new AtomicInteger();
    private static final int PACKETS = 1024;
    private static final int PACKET_OCTETS = 2048;

    private final Environment environment;
    private final Patience patience;
    private final Trace trace = new Trace();
    private final Membrane membrane = new Membrane(trace);
    private final Optional<Specimen> specimen;
    private final String adapter;
    private final Deque<Registration> registrations = new ArrayDeque<>();
    private final Deque<Runnable> closed = new ConcurrentLinkedDeque<>();
    private final Deque<Runnable> closing = new ConcurrentLinkedDeque<>();
    private final NetBufferListPool pool = new NetBufferListPool("tck", PACKETS, PACKET_OCTETS);
    private final Set<Thread> threadsBefore = liveThreads();

    /**
     * Makes a bench with a fresh driver, not registered yet.
     *
     * @param environment what the check runs in
     */
    protected Rig(final Environment environment) {
        this.environment = environment;
        patience = new Patience(environment.options());
        specimen = environment.subject().specimens().map(Supplier::get);
        adapter = specimen.isPresent()
                ? "tck" + NUMBERS.incrementAndGet()
                : environment.subject().name();
    }

    private static Set<Thread> liveThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .collect(Collectors.toSet());
    }

    /**
     * What is tested.
     *
     * @return the subject
     */
    public final Subject subject() {
        return environment.subject();
    }

    /**
     * The library.
     *
     * @return the host
     */
    protected final NdisHost host() {
        return environment.host();
    }

    /**
     * How to wait.
     *
     * @return the patience
     */
    public final Patience patience() {
        return patience;
    }

    /**
     * How many PDUs to send at once.
     *
     * @return the number
     */
    public final int burst() {
        return environment.options().burst();
    }

    /**
     * What passed the membrane around the driver under test.
     *
     * @return the trace
     */
    public final Trace trace() {
        if (specimen.isEmpty()) {
            throw new NotApplicable("the adapter runs already, so the kit cannot stand between it and the library");
        }
        return trace;
    }

    /**
     * The membrane around the driver under test.
     *
     * @return the membrane
     */
    public final Membrane membrane() {
        trace();
        return membrane;
    }

    /**
     * The driver under test and what belongs to it.
     *
     * @return the specimen
     */
    protected final Specimen specimen() {
        return specimen.orElseThrow(
                () -> new NotApplicable("the adapter runs already, and this check needs one of its own"));
    }

    /**
     * Tells whether the driver runs already.
     *
     * @return {@code true} if so
     */
    protected final boolean isLive() {
        return specimen.isEmpty();
    }

    /**
     * The other end of the wire.
     *
     * @return the remote end
     */
    public final RemoteEnd remote() {
        return specimen.flatMap(Specimen::remote).orElseThrow(() -> new NotApplicable("the author gave no remote end"));
    }

    /**
     * The other end of the wire, if there is one.
     *
     * @return the remote end
     */
    public final Optional<RemoteEnd> remoteEnd() {
        return specimen.flatMap(Specimen::remote);
    }

    /**
     * Tells whether there is somebody at the other end.
     *
     * @return {@code true} if so
     */
    public final boolean hasRemote() {
        return specimen.flatMap(Specimen::remote).isPresent();
    }

    /**
     * Tells whether the kit stands between the driver and the library.
     *
     * @return {@code true} if there is a trace
     */
    public final boolean isObserved() {
        return specimen.isPresent();
    }

    /**
     * What arrived at the other end that was sent on a VC.
     *
     * @param line the VC
     * @return the PDUs; empty when there is no remote end that could tell
     */
    public final Optional<List<Octets>> remoteReceived(final Line line) {
        return specimen.flatMap(Specimen::remote).flatMap(r -> r.received(line.inForce()));
    }

    /**
     * Demands something of the remote end.
     *
     * @param done what the remote end answered
     * @param what what was asked
     */
    public final void remoteDoes(final boolean done, final String what) {
        if (!done) {
            throw new NotApplicable("the remote end cannot " + what);
        }
    }

    /**
     * The name of the adapter.
     *
     * @return the name
     */
    public final String adapter() {
        return adapter;
    }

    /**
     * What the library is to know of the adapter.
     *
     * @return its description
     */
    protected final AdapterInfo info() {
        return new AdapterInfo(adapter, subject().medium(), 0, subject().properties());
    }

    /**
     * Parameters that the driver accepts.
     *
     * @param index which
     * @return the parameters
     */
    public final CallParameters parameters(final int index) {
        final List<CallParameters> all = subject().parameters();
        if (index >= all.size()) {
            throw new NotApplicable("the author gave parameters for " + all.size() + " VCs only");
        }
        return all.get(index);
    }

    // --- registrations

    /**
     * Registers a driver, and waits until the library is through with it.
     *
     * @param registration the registration
     * @return the registration
     */
    protected final Registration registered(final Registration registration) {
        registrations.push(registration);
        patience.outcome(registration.ready(), "the registration");
        return registration;
    }

    /**
     * Ends the newest registration.
     *
     * @param registration the registration, which is the newest
     * @return completes when the driver is not used any more
     */
    protected final CompletionStage<Void> unregistered(final Registration registration) {
        registrations.remove(registration);
        return registration.unregister();
    }

    /** Waits until the adapter is in operation. */
    protected final void awaitRunning() {
        patience.until(
                () -> snapshot()
                        .filter(s -> s.state() == AdapterSnapshot.State.RUNNING)
                        .isPresent(),
                () -> "the adapter was not in operation: "
                        + snapshot()
                                .map(s -> s.state()
                                        + s.unavailableCause()
                                                .map(c -> ", " + c)
                                                .orElse(""))
                                .orElse("unknown"));
    }

    /**
     * The adapter as the library sees it.
     *
     * @return the snapshot, empty when the library does not know it
     */
    public final Optional<AdapterSnapshot> snapshot() {
        return host().library().adapters().stream()
                .filter(s -> s.name().equals(adapter))
                .findFirst();
    }

    /**
     * Resets the adapter.
     *
     * @return the outcome
     */
    public final CompletionStage<NdisResult<Void>> reset() {
        return host().library().reset(adapter());
    }

    /**
     * Pauses the adapter.
     *
     * @return the outcome
     */
    public final CompletionStage<NdisResult<Void>> pause() {
        return host().library().pause(adapter());
    }

    /**
     * Restarts the adapter.
     *
     * @return the outcome
     */
    public final CompletionStage<NdisResult<Void>> restart() {
        return host().library().restart(adapter());
    }
    /**
     * Does something before the drivers are taken down.
     *
     * @param task what to do
     */
    protected final void onClose(final Runnable task) {
        closing.push(task);
    }

    /**
     * Does something after the drivers have been taken down.
     *
     * @param task what to do
     */
    protected final void onClosed(final Runnable task) {
        closed.push(task);
    }

    @Override
    public void close() {
        closing.forEach(Runnable::run);
        while (!registrations.isEmpty()) {
            if (!patience.ends(registrations.pop().unregister())) {
                LOG.warn("{}: a driver was not let go of in time", adapter);
            }
        }
        closed.forEach(Runnable::run);
        specimen.ifPresent(s -> s.close().run());
        environment.witness().accept(trace);
    }

    /**
     * Threads that are there now and were not when the bench was made.
     *
     * @param prefix the names of threads that are somebody else's begin so
     * @return the threads
     */
    public final Set<Thread> newThreads(final String prefix) {
        final Set<Thread> threads = liveThreads();
        threads.removeAll(threadsBefore);
        threads.removeIf(thread -> thread.getName().startsWith(prefix));
        return threads;
    }

    // --- packets

    /**
     * The kit's packets.
     *
     * @return the pool
     */
    public final NetBufferListPool pool() {
        return pool;
    }

    /**
     * Runs something that a driver may hold up, on a thread of its own.
     *
     * @param <T> what it yields
     * @param task what to run
     * @return completes when it has returned
     */
    public static <T> CompletableFuture<T> aside(final Supplier<T> task) {
        return CompletableFuture.supplyAsync(task, runnable -> {
            final Thread thread = new Thread(runnable, "tck-aside");
            thread.setDaemon(true);
            thread.start();
        });
    }

    /** Demands that every callback that must not block has returned (rule E3). */
    public final void nothingBlocks() {
        patience.settle();
        patience.until(
                () -> held().isEmpty(),
                () -> held().map(Invocation::method).orElse("a callback")
                        + " does not return while it waits for something else");
    }

    private Optional<Invocation> held() {
        return trace().all().stream()
                .filter(i -> i.direction() == Invocation.Direction.CALLBACK && i.mustNotBlock() && !i.isReturned())
                .findFirst();
    }

    /**
     * Demands something of the driver.
     *
     * @param met whether it is so
     * @param seen what to say when it is not
     */
    public static void expect(final boolean met, final Supplier<String> seen) {
        if (!met) {
            throw new Unmet(seen.get());
        }
    }

    /**
     * Demands success.
     *
     * @param <T> what the operation yields
     * @param result the outcome
     * @param operation its name
     * @return what it yielded
     */
    public static <T> NdisResult<T> succeeded(final NdisResult<T> result, final String operation) {
        expect(result.isSuccess(), () -> operation + " answered " + result);
        return result;
    }
}
