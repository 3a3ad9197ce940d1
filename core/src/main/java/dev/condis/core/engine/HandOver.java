// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmSapContext;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.miniport.CallHandOver;
import dev.condis.api.miniport.CallStateFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * Brings the calls of one MCM to another: what clients ask waits, what is under way ends, the one before writes down what it keeps, and the
 * next one adopts it. Until {@link #complete} nothing has changed, and {@link #undo} leaves everything with the one before.
 */
final class HandOver {
    private static final Duration LOOK_AGAIN = Duration.ofMillis(2);

    private final Adapter adapter;
    private final Backend before;
    private final Backend next;
    private final Duration deadline;
    private final EngineOptions options;
    private final List<Runnable> adopted = new ArrayList<>();
    private boolean frozen;

    HandOver(
            final Adapter adapter,
            final Backend before,
            final Backend next,
            final Duration deadline,
            final EngineOptions options) {
        this.adapter = adapter;
        this.before = before;
        this.next = next;
        this.deadline = deadline;
        this.options = options;
    }

    /** Why one driver cannot adopt the calls of another; empty when it can. */
    static Optional<String> obstacle(final Backend before, final Optional<CallHandOver> successor) {
        final Optional<CallHandOver> predecessor = before.handOver();
        if (predecessor.isEmpty() || before.miniport().isEmpty()) {
            return Optional.of("the MCM that has the calls cannot hand them over: they stay with it");
        }
        if (successor.isEmpty()) {
            return Optional.of("the calls of an MCM stay with it: this one cannot adopt them");
        }
        final CallStateFormat format = predecessor.get().format();
        return successor.get().reads(format)
                ? Optional.empty()
                : Optional.of("it does not read calls written in " + format);
    }

    /** VCs of clients that the MCM before has. */
    List<VirtualCircuit> circuits() {
        return clientCircuits().map(VirtualCircuit.class::cast).toList();
    }

    private Stream<ClientCircuit> clientCircuits() {
        return families().flatMap(af -> af.circuits().stream());
    }

    private Stream<AddressFamilyInstance> families() {
        return advertisements().flatMap(advertisement -> advertisement.instances().stream());
    }

    private Stream<Advertisement> advertisements() {
        return before.mcm().stream().flatMap(edge -> adapter.advertisements(edge).stream());
    }

    // --- until everything is adopted ---

    /**
     * Makes clients wait, and lets what is under way end: clients can end things until the end. Completes with the reason when it does not
     * end in time.
     */
    CompletionStage<Optional<String>> settle() {
        adapter.beginnings().close();
        return until(this::isSettledForGood)
                .thenApply(inTime -> inTime
                        ? Optional.empty()
                        : Optional.of(unsettled().orElse("there is always something under way")));
    }

    private boolean isSettledForGood() {
        if (unsettled().isPresent()) {
            return false;
        }
        adapter.endings().close();
        final boolean settled = adapter.endings().isQuiet() && unsettled().isEmpty();
        if (!settled) {
            adapter.endings().open();
        }
        return settled;
    }

    private Optional<String> unsettled() {
        return Stream.concat(
                        families().filter(af -> !af.isSettled()).map(af -> af + " is being opened or closed"),
                        clientCircuits()
                                .filter(circuit -> !circuit.isSettled())
                                .map(circuit -> "the call on " + circuit + " is "
                                        + circuit.snapshot().callState() + ", or changes"))
                .findFirst()
                .or(() -> adapter.beginnings().isQuiet()
                        ? Optional.empty()
                        : Optional.of("a client's request is under way"));
    }

    private CompletionStage<Boolean> until(final BooleanSupplier condition) {
        final CompletableFuture<Boolean> done = new CompletableFuture<>();
        look(condition, done, Duration.ZERO);
        return done;
    }

    private void look(final BooleanSupplier condition, final CompletableFuture<Boolean> done, final Duration waited) {
        if (condition.getAsBoolean()) {
            done.complete(true);
        } else if (waited.compareTo(deadline) >= 0) {
            done.complete(false);
        } else {
            options.timer()
                    .schedule(
                            () -> options.passive().execute(() -> look(condition, done, waited.plus(LOOK_AGAIN))),
                            LOOK_AGAIN);
        }
    }

    /** Freezes the MCM before and has the next one adopt everything. Completes with the reason when one of them refuses. */
    CompletionStage<Optional<String>> adopt() {
        final CompletableFuture<NdisResult<Octets>> answer = new CompletableFuture<>();
        final Callout what = new Callout("the freeze", before);
        frozen = true;
        Callouts.then(what, Callouts.result(what, predecessor()::freeze), answer::complete);
        return Stages.within(answer, deadline, options.timer())
                .thenApplyAsync(
                        inTime -> inTime
                                ? adopt(answer.join())
                                : Optional.of(before + " is not frozen within " + deadline),
                        options.passive());
    }

    private Optional<String> adopt(final NdisResult<Octets> whole) {
        if (!whole.isSuccess()) {
            return Optional.of(before + " cannot be frozen: " + whole);
        }
        final NdisStatus status = Callouts.statusNow(
                "the adoption by " + next, () -> successor().adopt(predecessor().format(), whole.get()));
        return status.isSuccess()
                ? missingFamily().or(this::adoptFamilies).or(this::adoptCircuits)
                : Optional.of(next + " does not adopt the calls: " + status);
    }

    private Optional<String> missingFamily() {
        return advertisements()
                .filter(advertisement -> !advertisement.instances().isEmpty())
                .filter(advertisement -> successorOf(advertisement).isEmpty())
                .map(advertisement -> next + " does not offer " + advertisement.addressFamily())
                .findFirst();
    }

    private Optional<Advertisement> successorOf(final Advertisement advertisement) {
        return next.mcm().flatMap(edge -> edge.prepared(advertisement.addressFamily()));
    }

    private Optional<String> adoptFamilies() {
        return firstFailure(
                families().map(af -> adopt(af).or(() -> firstFailure(af.saps().map(this::adopt)))));
    }

    private Optional<String> adoptCircuits() {
        return firstFailure(clientCircuits().map(this::adopt));
    }

    private static Optional<String> firstFailure(final Stream<Optional<String>> outcomes) {
        return outcomes.flatMap(Optional::stream).findFirst();
    }

    private Optional<String> adopt(final AddressFamilyInstance af) {
        final NdisResult<Octets> state = Callouts.resultNow(
                new Callout("the export", af), () -> predecessor().exportAf(af.callManager()));
        if (!state.isSuccess()) {
            return Optional.of(af + " is not written down: " + state);
        }
        final NdisResult<CmAfContext> context = Callouts.resultNow(
                new Callout("the adoption", af), () -> successor().adoptAf(af.callManagerView(), state.get()));
        final Optional<Advertisement> advertisement = successorOf(af.advertisement());
        if (!context.isSuccess() || advertisement.isEmpty()) {
            return Optional.of(af + " is not adopted: " + context);
        }
        adopted.add(() -> af.adoptedBy(advertisement.get(), context.get()));
        return Optional.empty();
    }

    private Optional<String> adopt(final SapRegistration sap) {
        final NdisResult<Octets> state = Callouts.resultNow(
                new Callout("the export", sap), () -> predecessor().exportSap(sap.callManager()));
        if (!state.isSuccess()) {
            return Optional.of(sap + " is not written down: " + state);
        }
        final NdisResult<CmSapContext> context = Callouts.resultNow(
                new Callout("the adoption", sap), () -> successor().adoptSap(sap.callManagerView(), state.get()));
        context.value().ifPresent(taken -> adopted.add(() -> sap.adoptedBy(taken)));
        return context.isSuccess() ? Optional.empty() : Optional.of(sap + " is not adopted: " + context);
    }

    private Optional<String> adopt(final ClientCircuit circuit) {
        if (!circuit.parties().isEmpty()) {
            return Optional.of("the call on " + circuit + " has parties");
        }
        final NdisResult<Octets> state = Callouts.resultNow(
                new Callout("the export", circuit), () -> predecessor().exportVc(circuit.callManager()));
        if (!state.isSuccess()) {
            return Optional.of("the call on " + circuit + " is not written down: " + state);
        }
        final NdisResult<CmVcContext> context =
                Callouts.resultNow(new Callout("the adoption", circuit), () -> successor()
                        .adoptVc(circuit.callManagerView(), state.get()));
        context.value().ifPresent(taken -> adopted.add(() -> circuit.attachCallManager(taken)));
        return context.isSuccess()
                ? Optional.empty()
                : Optional.of("the call on " + circuit + " is not adopted: " + context);
    }

    private CallHandOver predecessor() {
        return before.handOver().orElseThrow();
    }

    private CallHandOver successor() {
        return next.handOver().orElseThrow();
    }

    /** Everything stays with the MCM before. */
    void undo() {
        if (frozen) {
            Callouts.run(new Callout("the thaw", before), () -> predecessor().thaw());
        }
        letClientsPass();
    }

    private void letClientsPass() {
        adapter.endings().open();
        adapter.beginnings().open();
    }

    // --- from here on there is no way back ---

    /** The calls are the next MCM's. Completes when the one before does not signal any more. */
    CompletionStage<Void> complete() {
        adopted.forEach(Runnable::run);
        before.mcm().ifPresent(from -> next.mcm().ifPresent(to -> adapter.advertiseInstead(from, to)));
        return Patience.teardown(
                        new Callout("the release", before),
                        Callouts.done(new Callout("the release", before), () -> predecessor()
                                .release()),
                        options)
                .thenApply(inTime -> null);
    }

    /** The next MCM signals: what clients have asked meanwhile goes to it. */
    void end() {
        letClientsPass();
    }
}
