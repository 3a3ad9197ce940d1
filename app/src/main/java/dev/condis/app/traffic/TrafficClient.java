// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.traffic;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientAfContext;
import dev.condis.api.client.ClientBinding;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.client.CoClient;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;

/**
 * A client of one adapter that makes calls and takes calls, and sends a stream of checked PDUs on each. Thread safe.
 */
public final class TrafficClient implements CoClient {
    /** A call that this client made. */
    private record Made(ClientVc vc, TrafficVc context) {}

    private final AddressFamily family;
    private final Optional<Sap> sap;
    private final Streams streams;
    private final Executor executor;
    private final CompletableFuture<NdisResult<ClientAf>> opened = new CompletableFuture<>();
    private final List<TrafficVc> all = new ArrayList<>();
    private final List<Made> made = new ArrayList<>();
    private int nextStream;

    /**
     * What is sent on each call.
     *
     * @param pdus how many PDUs, in each direction, {@link #UNBOUNDED} for no number
     * @param pduBytes length of each in bytes
     * @param window how many PDUs of one call may be on their way out at a time
     * @param firstStream number of the first stream of this client; the others follow, two apart
     */
    public record Streams(int pdus, int pduBytes, int window, int firstStream) {
        /** A number of PDUs: those that go until {@link TrafficClient#end}. */
        public static final int UNBOUNDED = Integer.MAX_VALUE;

        /** Shortest PDU in bytes. */
        public static final int MINIMUM_BYTES = TestPdu.MINIMUM_BYTES;

        /** Checks the ranges. */
        public Streams {
            if (pdus < 0 || window < 1 || pduBytes < MINIMUM_BYTES) {
                throw new IllegalArgumentException("pdus is 0 or more, window 1 or more and pduBytes " + MINIMUM_BYTES
                        + " or more: " + pdus + ", " + window + ", " + pduBytes);
            }
        }
    }

    /**
     * Makes a client; registered as a service it is bound to its adapter.
     *
     * @param family the address family that it opens
     * @param sap where it takes calls, empty when it takes none
     * @param streams what it sends
     * @param executor where sending begins
     */
    public TrafficClient(
            final AddressFamily family, final Optional<Sap> sap, final Streams streams, final Executor executor) {
        this.family = family;
        this.sap = sap;
        this.streams = streams;
        this.executor = executor;
        nextStream = streams.firstStream();
    }

    @Override
    public void afRegisterNotify(final ClientBinding binding, final AddressFamily addressFamily) {
        if (addressFamily.sameFamily(family)) {
            binding.openAddressFamily(addressFamily, new Family())
                    .thenCompose(this::listen)
                    .thenAccept(opened::complete);
        }
    }

    private CompletionStage<NdisResult<ClientAf>> listen(final NdisResult<ClientAf> af) {
        if (!af.isSuccess() || sap.isEmpty()) {
            return af.asStage();
        }
        return af.get()
                .registerSap(sap.get(), (vc, context, parameters) -> NdisResult.success(parameters)
                        .asStage())
                .thenApply(registered -> new NdisResult<>(
                        registered.status(),
                        registered.isSuccess() ? af.value() : Optional.empty(),
                        registered.refusal()));
    }

    /**
     * Completes when the address family is open and the SAP, if there is one, is registered.
     *
     * @return the address family, or why not
     */
    public CompletableFuture<NdisResult<ClientAf>> opened() {
        return opened;
    }

    /**
     * Makes a call and starts to send on it.
     *
     * @param af the open address family
     * @param parameters whom to call
     * @return the parameters of the call, or the first refusal; a VC that could not be used is deleted again
     */
    public CompletionStage<NdisResult<CallParameters>> call(final ClientAf af, final CallParameters parameters) {
        final TrafficVc context = newVc();
        final NdisResult<ClientVc> vc = af.createVc(context);
        if (!vc.isSuccess()) {
            forget(context);
            return new NdisResult<CallParameters>(vc.status(), Optional.empty(), vc.refusal()).asStage();
        }
        return vc.get().makeCall(parameters).thenApply(result -> connected(new Made(vc.get(), context), result));
    }

    private NdisResult<CallParameters> connected(final Made call, final NdisResult<CallParameters> result) {
        if (!result.isSuccess()) {
            forget(call.context());
            call.vc().deleteVc();
            return result;
        }
        synchronized (all) {
            made.add(call);
        }
        call.context().start(call.vc());
        return result;
    }

    private TrafficVc newVc() {
        synchronized (all) {
            final TrafficVc context = new TrafficVc(
                    new StreamSender(nextStream, streams.pdus(), streams.pduBytes(), streams.window()),
                    new SequenceCheck(streams.pdus()),
                    executor);
            nextStream += 2;
            all.add(context);
            return context;
        }
    }

    private void forget(final TrafficVc context) {
        synchronized (all) {
            all.remove(context);
        }
    }

    private List<TrafficVc> vcs() {
        synchronized (all) {
            return List.copyOf(all);
        }
    }

    /**
     * Completes when every call up to now has sent and received everything.
     *
     * @return a stage without a value
     */
    public CompletableFuture<Void> finished() {
        return CompletableFuture.allOf(
                vcs().stream().map(vc -> vc.finished().toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /**
     * Ends the streams that have no number of PDUs.
     *
     * @return completes when everything that was sent has come back, with the number of PDUs of each stream
     */
    public CompletableFuture<Map<Integer, Integer>> end() {
        final List<TrafficVc> begun =
                vcs().stream().filter(TrafficVc::isStarted).toList();
        begun.forEach(TrafficVc::end);
        return CompletableFuture.allOf(begun.stream()
                        .map(vc -> vc.sender().done().toCompletableFuture())
                        .toArray(CompletableFuture[]::new))
                .thenApply(done -> begun.stream().collect(Collectors.toMap(vc -> vc.sender().stream(), vc -> vc.sender()
                        .pdus())));
    }

    /**
     * Says how much is to come. A stream of which nothing has come yet is one of those that nobody else has.
     *
     * @param streams the number of PDUs of each stream, as the other client's {@link #end} told
     */
    public void expect(final Map<Integer, Integer> streams) {
        final Map<Integer, Integer> left = new TreeMap<>(streams);
        final List<SequenceCheck> silent = new ArrayList<>();
        for (final TrafficVc vc : vcs()) {
            final OptionalInt stream = vc.check().stream();
            if (stream.isPresent()) {
                vc.check()
                        .expect(Optional.ofNullable(left.remove(stream.getAsInt()))
                                .orElse(0));
            } else {
                silent.add(vc.check());
            }
        }
        final Iterator<Integer> unheard = left.values().iterator();
        silent.forEach(check -> check.expect(unheard.hasNext() ? unheard.next() : 0));
    }

    /**
     * Closes the calls that this client made, each when its sends are back, and deletes their VCs.
     *
     * @return completes with the refusals of those that could not be closed or deleted
     */
    public CompletableFuture<List<NdisResult<Void>>> closeCalls() {
        final List<Made> calls;
        synchronized (all) {
            calls = List.copyOf(made);
            made.clear();
        }
        final List<CompletableFuture<NdisResult<Void>>> closing = calls.stream()
                .map(call -> call.context()
                        .sender()
                        .stop(call.vc())
                        .thenCompose(drained -> close(call))
                        .toCompletableFuture())
                .toList();
        return CompletableFuture.allOf(closing.toArray(CompletableFuture[]::new))
                .thenApply(all -> closing.stream()
                        .map(CompletableFuture::join)
                        .filter(result -> !result.isSuccess())
                        .toList());
    }

    private static CompletionStage<NdisResult<Void>> close(final Made call) {
        final CompletionStage<NdisResult<Void>> closed =
                call.context().remoteClose().isPresent()
                        ? call.context().ended().thenApply(TrafficClient::resultOf)
                        : call.vc().closeCall();
        return closed.thenApply(result -> result.isSuccess() ? call.vc().deleteVc() : result);
    }

    private static NdisResult<Void> resultOf(final NdisStatus status) {
        return status.isSuccess() ? NdisResult.success() : NdisResult.failure(status);
    }

    /**
     * Completes when the calls that this client took have been closed by the other end.
     *
     * @return a stage without a value
     */
    public CompletableFuture<Void> ended() {
        return CompletableFuture.allOf(
                vcs().stream().map(vc -> vc.ended().toCompletableFuture()).toArray(CompletableFuture[]::new));
    }

    /**
     * How many VCs this client took part in.
     *
     * @return the number, VCs that could not be used left out
     */
    public int calls() {
        return vcs().size();
    }

    /**
     * How many calls the other end or the network closed with an error.
     *
     * @return the number
     */
    public long failedCalls() {
        return vcs().stream()
                .flatMap(vc -> vc.remoteClose().stream())
                .filter(status -> !status.isSuccess())
                .count();
    }

    /**
     * What this client has sent.
     *
     * @return sum over all calls; only the counts of sent PDUs are set
     */
    public TrafficCounts sent() {
        return vcs().stream()
                .map(vc ->
                        new TrafficCounts(vc.sender().succeeded(), vc.sender().failed(), 0, 0, 0, 0, 0, 0))
                .reduce(TrafficCounts.NONE, TrafficCounts::plus);
    }

    /**
     * What this client has received.
     *
     * @return sum over all calls; the counts of sent PDUs are 0
     */
    public TrafficCounts received() {
        return vcs().stream().map(vc -> vc.check().counts()).reduce(TrafficCounts.NONE, TrafficCounts::plus);
    }

    /**
     * How many NBLs have not come back.
     *
     * @return the number over all calls
     */
    public int outstanding() {
        return vcs().stream().mapToInt(vc -> vc.sender().outstanding()).sum();
    }

    /** The address family: every VC of an incoming call is taken. */
    private final class Family implements ClientAfContext {
        @Override
        public NdisResult<ClientVcContext> createVc(final ClientVc vc) {
            return NdisResult.success(newVc());
        }
    }
}
