// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.reference;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.Sap;
import dev.condis.api.SpecificParameters;
import dev.condis.tck.subject.RemoteEnd;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A network in memory with one NIC and one call manager on it; the kit plays the other end. A circuit is a number from 1 to 255, which
 * media parameters of type {@link #CIRCUIT} name in one octet. A call is made to a name, in call manager's parameters of type
 * {@link #DESTINATION}; the network gives it a circuit. Signaling runs on the network's one thread.
 */
public final class ReferenceNetwork implements RemoteEnd {
    /** Type of media parameters that name a circuit. */
    public static final int CIRCUIT = 0x0C0D_7C01;
    /** Type of call manager's parameters that name a destination. */
    public static final int DESTINATION = 0x0C0D_7C02;
    /** What a circuit carries, in octets a second. */
    public static final long RATE = 1_000_000;
    /** What the network does not even negotiate about, in octets a second. */
    public static final long ABSURD_RATE = 8 * RATE;

    private static final int PATIENCE_SECONDS = 10;
    private static final int PDU_SIZE = 1500;
    private static final int FIRST_SWITCHED = 16;
    private static final int SWITCHED = 200;
    private static final AtomicInteger NUMBERS = new AtomicInteger();

    /** The NIC as the network sees it. */
    interface Receiver {
        void receive(int circuit, Octets pdu);

        void linkChanged(boolean up);
    }

    /** The call manager as the network sees it. Called on the network's thread. */
    interface Exchange {
        void offered(Sap sap, CallParameters parameters);

        boolean listens(Sap sap);

        void released(int circuit, NdisStatus cause, Octets closeData);

        void changed(int circuit, CallParameters parameters);

        void left(int circuit, int leg);

        void signaling(boolean works);
    }

    private final Map<Integer, List<Octets>> arrived = new ConcurrentHashMap<>();
    private final Map<Integer, CallParameters> calls = new ConcurrentHashMap<>();
    private final AtomicInteger nextCircuit = new AtomicInteger();
    private final ExecutorService signaling;
    private final boolean obliging;
    private volatile Optional<Receiver> nic = Optional.empty();
    private volatile Optional<Exchange> exchange = Optional.empty();
    private volatile Optional<Boolean> answered = Optional.empty();
    private volatile Optional<Boolean> changeAnswered = Optional.empty();
    private volatile Optional<Octets> closeData = Optional.empty();
    private volatile boolean rejecting;
    private volatile boolean refusingChanges;

    /** Makes a network without a NIC. */
    public ReferenceNetwork() {
        this(false);
    }

    private ReferenceNetwork(final boolean obliging) {
        this.obliging = obliging;
        final String name = "reference-network-" + NUMBERS.incrementAndGet();
        signaling = Executors.newSingleThreadExecutor(task -> new Thread(task, name));
    }

    /**
     * Makes a network that takes every call and every SAP, whatever their parameters look like.
     *
     * @return the network
     */
    public static ReferenceNetwork obliging() {
        return new ReferenceNetwork(true);
    }

    /**
     * Tells whether it takes everything.
     *
     * @return {@code true} for an {@link #obliging} one
     */
    public boolean isObliging() {
        return obliging;
    }

    /**
     * Tells whether somebody takes calls on a SAP.
     *
     * @param sap the SAP
     * @return {@code true} if it is registered
     */
    public boolean isListening(final Sap sap) {
        return exchange.filter(e -> e.listens(sap)).isPresent();
    }

    /**
     * Refuses every change of quality from now on.
     *
     * @param refuses whether it does
     */
    public void refuseChanges(final boolean refuses) {
        refusingChanges = refuses;
    }

    /** Ends the thread. */
    public void close() {
        signaling.shutdown();
    }

    /**
     * Runs something on the network's thread, after all that was given to it before.
     *
     * @param task what to run
     */
    public void later(final Runnable task) {
        try {
            signaling.execute(task);
        } catch (final RejectedExecutionException e) {
            // the network is closed: whoever still wants something gets it at once, so that nobody waits for ever
            task.run();
        }
    }

    /** Waits until what was given to the network's thread is done, and what followed from it. Not on that thread. */
    public void settle() {
        final CountDownLatch done = new CountDownLatch(1);
        later(() -> later(done::countDown));
        try {
            if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the network's thread has not come to rest");
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    // --- parameters

    /**
     * Parameters that name a circuit, best effort.
     *
     * @param circuit its number
     * @return the parameters
     */
    public static CallParameters circuit(final int circuit) {
        return CallParameters.bestEffort().withMedia(media(circuit));
    }

    private static MediaParameters media(final int circuit) {
        return MediaParameters.duplex(new SpecificParameters(CIRCUIT, Octets.of((byte) circuit)));
    }

    /**
     * Parameters that name a circuit and a flow.
     *
     * @param circuit its number
     * @param octetsPerSecond the rate in both directions
     * @return the parameters
     */
    public static CallParameters circuit(final int circuit, final long octetsPerSecond) {
        final FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, PDU_SIZE);
        return circuit(circuit).withCallManager(new CallManagerParameters(flow, flow, Optional.empty()));
    }

    /**
     * The same, with leave to round down.
     *
     * @param parameters the parameters
     * @return the parameters with {@code ROUND_DOWN_FLOW}
     */
    public static CallParameters roundable(final CallParameters parameters) {
        final MediaParameters media = parameters.media().orElseThrow();
        return parameters.withMedia(new MediaParameters(
                Set.of(
                        MediaParameters.Flag.TRANSMIT_VC,
                        MediaParameters.Flag.RECEIVE_VC,
                        MediaParameters.Flag.ROUND_DOWN_FLOW),
                media.receivePriority(),
                media.receiveSizeHint(),
                media.specific()));
    }

    /**
     * The circuit that parameters name.
     *
     * @param parameters the parameters
     * @return its number, empty when they name none
     */
    public static OptionalInt circuitOf(final CallParameters parameters) {
        return parameters
                .media()
                .flatMap(MediaParameters::specific)
                .filter(s -> s.paramType() == CIRCUIT && s.parameters().length() == 1)
                .map(s -> OptionalInt.of(s.parameters().toByteArray()[0] & 0xFF))
                .filter(number -> number.getAsInt() > 0)
                .orElseGet(OptionalInt::empty);
    }

    /**
     * Parameters of a call.
     *
     * @param destination whom to call
     * @param octetsPerSecond the rate in both directions
     * @return the parameters
     */
    public static CallParameters call(final String destination, final long octetsPerSecond) {
        final FlowSpec flow = FlowSpec.guaranteed(octetsPerSecond, PDU_SIZE);
        return CallParameters.of(new CallManagerParameters(
                flow, flow, Optional.of(new SpecificParameters(DESTINATION, Octets.ofText(destination)))));
    }

    private static boolean namesDestination(final CallParameters parameters) {
        return parameters
                .callManager()
                .flatMap(CallManagerParameters::specific)
                .filter(s -> s.paramType() == DESTINATION && s.parameters().length() > 0)
                .isPresent();
    }

    // --- the NIC

    void attach(final Receiver receiver) {
        nic = Optional.of(receiver);
    }

    void detach() {
        nic = Optional.empty();
    }

    /**
     * A PDU that the NIC transmitted arrives at the other end.
     *
     * @param circuit the circuit
     * @param pdu the PDU
     */
    public void arrive(final int circuit, final Octets pdu) {
        arrived.computeIfAbsent(circuit, number -> new CopyOnWriteArrayList<>()).add(pdu);
    }

    // --- the call manager

    void attach(final Exchange newExchange) {
        exchange = Optional.of(newExchange);
    }

    void detachExchange() {
        exchange = Optional.empty();
    }

    private int switchedCircuit() {
        return FIRST_SWITCHED + nextCircuit.getAndIncrement() % SWITCHED;
    }

    /** Sets a call up: gives it a circuit, and no more than the network can carry. */
    NdisResult<CallParameters> setUp(final CallParameters asked) {
        if (!obliging && !namesDestination(asked)) {
            return NdisResult.failure(NdisStatus.NOT_SUPPORTED);
        }
        if (rejecting) {
            rejecting = false;
            return NdisResult.failure(NdisStatus.DEST_OUT_OF_ORDER);
        }
        final int circuit = switchedCircuit();
        calls.put(circuit, asked);
        return NdisResult.success(possible(asked).withMedia(media(circuit)));
    }

    private static CallParameters possible(final CallParameters asked) {
        final CallManagerParameters flows = asked.callManager().orElseGet(CallManagerParameters::bestEffort);
        return asked.withCallManager(
                new CallManagerParameters(limited(flows.transmit()), limited(flows.receive()), flows.specific()));
    }

    private static FlowSpec limited(final FlowSpec flow) {
        return flow.tokenRate() == FlowSpec.UNSPECIFIED || flow.tokenRate() <= RATE ? flow : flow.withRate(RATE);
    }

    /**
     * Changes the flows of a call, or refuses.
     *
     * @param circuit the circuit of the call
     * @param asked what is asked for
     * @return what the network gives
     */
    public NdisResult<CallParameters> negotiate(final int circuit, final CallParameters asked) {
        final boolean absurd = asked.callManager()
                .filter(c -> c.transmit().tokenRate() != FlowSpec.UNSPECIFIED
                        && c.transmit().tokenRate() >= ABSURD_RATE)
                .isPresent();
        if (absurd || refusingChanges || !calls.containsKey(circuit)) {
            return NdisResult.failure(NdisStatus.FAILURE);
        }
        calls.put(circuit, asked);
        return NdisResult.success(possible(asked).withMedia(media(circuit)));
    }

    void release(final int circuit, final Octets data) {
        if (calls.remove(circuit) != null) {
            closeData = Optional.of(data);
        }
    }

    void answered(final boolean accepted) {
        answered = Optional.of(accepted);
    }

    /**
     * Answers the other end's change of quality.
     *
     * @param accepted whether it was accepted
     */
    public void answerChange(final boolean accepted) {
        changeAnswered = Optional.of(accepted);
    }

    // --- the other end

    private boolean signal(final CallParameters vc, final java.util.function.BiConsumer<Exchange, Integer> signal) {
        final OptionalInt circuit = circuitOf(vc);
        if (circuit.isEmpty() || exchange.isEmpty()) {
            return false;
        }
        later(() -> exchange.ifPresent(e -> signal.accept(e, circuit.getAsInt())));
        return true;
    }

    @Override
    public boolean transmit(final CallParameters vc, final Octets pdu) {
        final OptionalInt circuit = circuitOf(vc);
        if (circuit.isEmpty()) {
            return false;
        }
        nic.ifPresent(receiver -> receiver.receive(circuit.getAsInt(), pdu));
        return true;
    }

    @Override
    public Optional<List<Octets>> received(final CallParameters vc) {
        final OptionalInt circuit = circuitOf(vc);
        return circuit.isPresent()
                ? Optional.of(List.copyOf(arrived.getOrDefault(circuit.getAsInt(), List.of())))
                : Optional.empty();
    }

    @Override
    public boolean call(final Sap sap) {
        answered = Optional.empty();
        final int circuit = switchedCircuit();
        final CallParameters parameters = circuit(circuit, RATE / 2);
        calls.put(circuit, parameters);
        later(() -> exchange.ifPresent(e -> e.offered(sap, parameters)));
        return true;
    }

    @Override
    public Optional<Boolean> isAnswered() {
        return answered;
    }

    @Override
    public boolean rejectNextCall() {
        rejecting = true;
        return true;
    }

    @Override
    public boolean hangUp(final CallParameters vc, final Octets data) {
        return signal(vc, (e, circuit) -> e.released(circuit, NdisStatus.SUCCESS, data));
    }

    @Override
    public boolean breakDown(final CallParameters vc, final NdisStatus cause) {
        return signal(vc, (e, circuit) -> e.released(circuit, cause, Octets.EMPTY));
    }

    @Override
    public Optional<Octets> closeData() {
        return closeData;
    }

    @Override
    public boolean changeQoS(final CallParameters vc) {
        changeAnswered = Optional.empty();
        return signal(vc, (e, circuit) -> e.changed(circuit, circuit(circuit, RATE / 4)));
    }

    @Override
    public Optional<Boolean> isChangeAnswered() {
        return changeAnswered;
    }

    @Override
    public boolean leave(final CallParameters vc, final int party) {
        return signal(vc, (e, circuit) -> e.left(circuit, party));
    }

    @Override
    public boolean signaling(final boolean works) {
        later(() -> exchange.ifPresent(e -> e.signaling(works)));
        return true;
    }

    @Override
    public boolean link(final boolean up) {
        nic.ifPresent(receiver -> receiver.linkChanged(up));
        return nic.isPresent();
    }
}
