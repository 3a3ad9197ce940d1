// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.SwapReport.VcReport;
import dev.condis.api.miniport.CoMiniport;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves one VC to another backend: make before break. While it lasts, nothing else is asked of a miniport for this VC; what is asked waits.
 * <p>
 * It is prepared first: the next backend has the VC created, and active if it was, and keeps what it receives. Then it is either given up or
 * carried out: sends wait, the backend before completes what it has, the sends go to the next one, the backend before says its last, and what
 * the next one has kept goes up. So the order is kept in both directions, and at every moment one backend has each PDU.
 */
final class VcMove {
    private static final Logger LOG = LoggerFactory.getLogger(VcMove.class);

    private final VirtualCircuit circuit;
    private final Backend to;
    private final Duration deadline;
    private final Rescue rescue;
    private final EngineOptions options;
    private final CompletableFuture<Void> ready = new CompletableFuture<>();
    private final CompletableFuture<Void> discarded = new CompletableFuture<>();

    private CompletableFuture<Void> turn = CompletableFuture.completedFuture(null);
    private BackendVc from;
    private Optional<WireCut> cut = Optional.empty();
    private Optional<BackendVc> next = Optional.empty();
    private Optional<String> refusal = Optional.empty();
    private boolean activating;
    private boolean givenUp;
    private boolean over;

    /** Takes what a VC has at a backend that does not give it back. */
    interface Rescue {
        /** The backend goes in any case: the VC does not go back to it. */
        boolean isForced();

        /** Completes when the backend has no NBL of the VC any more. */
        CompletionStage<?> takeBack(VirtualCircuit circuit, BackendVc lost);
    }

    VcMove(
            final VirtualCircuit circuit,
            final Backend to,
            final Duration deadline,
            final Rescue rescue,
            final EngineOptions options) {
        this.circuit = circuit;
        this.to = to;
        this.deadline = deadline;
        this.rescue = rescue;
        this.options = options;
        from = circuit.current();
    }

    // --- preparation ---

    /** Both backends hear the same frames: the next one has to be flushed between {@link #beginCut} and {@link #prepare}. */
    boolean isOnOneWire() {
        return from.backend().filter(to::sharesWireWith).isPresent();
    }

    /** On a wire that both hear, what the backend before delivers from now on is known, so that it is not delivered again. */
    void beginCut() {
        synchronized (this) {
            cut = isOnOneWire() ? Optional.of(new WireCut(circuit.toString())) : Optional.empty();
            from.leaveBy(cut);
        }
    }

    /** What the backend before delivers concerns nobody any more. */
    private void endCut() {
        synchronized (this) {
            from.leaveBy(Optional.empty());
        }
    }

    /** Completes when the next backend has the VC too, or it is known that it will not. */
    CompletionStage<Void> prepare() {
        circuit.nextTurn(this::begin);
        if (!ready.isDone()) {
            final Runnable cancel =
                    options.timer().schedule(() -> options.passive().execute(this::late), deadline);
            Callouts.then(new Callout("the preparation", circuit), ready, done -> cancel.run());
        }
        return ready;
    }

    private void late() {
        refuse("no miniport has answered within " + deadline);
    }

    private void begin(final CompletableFuture<Void> given) {
        synchronized (this) {
            turn = given;
            if (givenUp || refusal.isPresent()) {
                given.complete(null);
                return;
            }
            if (circuit.current() != from) {
                endCut();
                from = circuit.current();
                beginCut();
            }
            over = circuit.isOver() || from.backend().filter(at -> at == to).isPresent();
        }
        if (over) {
            endCut();
            given.complete(null);
            ready.complete(null);
        } else {
            create();
        }
    }

    private void create() {
        final Optional<CoMiniport> miniport = to.miniport();
        if (miniport.isEmpty()) {
            refuse("an MCM does not take the VCs of a miniport");
            return;
        }
        final NdisResult<BackendVc> created = VcFactory.createAt(BackendVc.shadowAt(circuit, to, cut), miniport.get());
        if (!created.isSuccess()) {
            refuse("MiniportCoCreateVc answered " + created.status());
            return;
        }
        final BackendVc at = created.get();
        final boolean unwanted;
        synchronized (this) {
            next = Optional.of(at);
            unwanted = givenUp;
        }
        if (unwanted) {
            discardWhenGivenUp();
        } else {
            circuit.toActivate(from).ifPresentOrElse(wanted -> activate(at, wanted), () -> ready.complete(null));
        }
    }

    private void activate(final BackendVc at, final CallParameters wanted) {
        synchronized (this) {
            activating = true;
        }
        Callouts.then(new Callout("the activation", at), circuit.activateAt(at, wanted), result -> {
            synchronized (this) {
                activating = false;
            }
            if (!result.isSuccess()) {
                refuse("MiniportCoActivateVc answered " + result);
            } else if (!result.get().equals(wanted)) {
                refuse("the parameters in force would be others: " + result.get());
            } else if (isBoundElsewhere(at)) {
                refuse("its far end knows it at " + circuit.boundAddressAt(from).orElse("")
                        + ", and the next backend is " + at.boundAddress().orElse("at none"));
            } else {
                ready.complete(null);
            }
            discardWhenGivenUp();
        });
    }

    private boolean isBoundElsewhere(final BackendVc at) {
        final Optional<String> bound = circuit.boundAddressAt(from);
        return bound.isPresent() && !bound.equals(at.boundAddress());
    }

    private void refuse(final String why) {
        synchronized (this) {
            if (ready.isDone()) {
                return;
            }
            refusal = Optional.of(why);
        }
        ready.complete(null);
    }

    Optional<String> refusal() {
        synchronized (this) {
            return refusal;
        }
    }

    /** There is nothing to move: the VC is gone, or there already. */
    boolean isOver() {
        synchronized (this) {
            return over;
        }
    }

    VirtualCircuit circuit() {
        return circuit;
    }

    // --- giving up ---

    /** The VC stays where it is. */
    VcReport giveUp(final VcOutcome outcome) {
        synchronized (this) {
            givenUp = true;
        }
        endCut();
        discardWhenGivenUp();
        turn.complete(null);
        return report(outcome, refusal(), Duration.ZERO, 0);
    }

    /** When the next backend has nothing to do any more with a VC that was given up. */
    CompletionStage<Void> discarded() {
        synchronized (this) {
            return givenUp ? discarded : CompletableFuture.completedStage(null);
        }
    }

    /** Whoever answers when nobody wants the VC there any more loses it again, but not before it has answered. */
    private void discardWhenGivenUp() {
        final Optional<BackendVc> unwanted;
        synchronized (this) {
            if (!givenUp || activating) {
                return;
            }
            unwanted = next;
            next = Optional.empty();
        }
        unwanted.ifPresentOrElse(this::discard, () -> discarded.complete(null));
    }

    private void discard(final BackendVc at) {
        if (to.isOver()) {
            at.retire();
            discarded.complete(null);
        } else if (at.isActive()) {
            circuit.deactivateAt(at, status -> discardInactive(at));
        } else {
            discardInactive(at);
        }
    }

    private void discardInactive(final BackendVc at) {
        leave(at);
        discarded.complete(null);
    }

    private void leave(final BackendVc at) {
        circuit.leave(at);
        at.retire();
    }

    // --- carrying out ---

    /** Moves the VC. Completes when the backend before has nothing to do with it any more. */
    CompletionStage<VcReport> commit() {
        final BackendVc at = next.orElseThrow();
        final Instant began = options.clock().instant();
        // what waits already waits for this backend
        final long heldBefore = circuit.heldInAll() - circuit.heldSends();
        if (!from.isSomewhere() || !from.isActive() && circuit.sends.isDrained()) {
            // an active VC that was parked, or lost its backend, has kept its senders waiting since then
            final Instant silent = at.isActive() ? circuit.holdingSince().orElse(began) : began;
            circuit.arriveAt(at);
            final Duration gap = since(silent);
            at.carry();
            leave(from);
            turn.complete(null);
            return done(VcOutcome.MOVED, Optional.empty(), gap, heldBefore);
        }
        circuit.closeForMove();
        return quiet().thenCompose(inTime -> {
            if (circuit.sends.isDrained()) {
                return switchOver(at, began, heldBefore);
            }
            final boolean lost = from.backend().filter(Backend::isLost).isPresent();
            return lost || rescue.isForced() ? arriveWithout(at, began, heldBefore) : goBack(began, heldBefore);
        });
    }

    /** The backend before does not give back what it has: it is taken from it. */
    private CompletionStage<VcReport> arriveWithout(final BackendVc at, final Instant began, final long heldBefore) {
        circuit.lose(from, true);
        return rescue.takeBack(circuit, from).thenCompose(taken -> {
            circuit.arriveAt(at);
            at.carry();
            turn.complete(null);
            return done(VcOutcome.MOVED, Optional.empty(), since(began), heldBefore);
        });
    }

    private CompletionStage<Boolean> quiet() {
        final CompletionStage<Void> quiet = circuit.whenSendsQuiet();
        final CompletableFuture<Void> either = new CompletableFuture<>();
        Callouts.then(new Callout("the sends", circuit), quiet, done -> either.complete(null));
        from.backend()
                .ifPresent(at -> Callouts.then(new Callout("the loss", at), at.loss(), cause -> either.complete(null)));
        return Stages.within(either, deadline, options.timer());
    }

    private CompletionStage<VcReport> switchOver(final BackendVc at, final Instant began, final long heldBefore) {
        circuit.arriveAt(at);
        final Duration gap = since(began);
        return flushed().thenCompose(flushed -> deactivated()).thenCompose(deactivated -> {
            leave(from);
            at.carry();
            turn.complete(null);
            return done(VcOutcome.MOVED, Optional.empty(), gap, heldBefore);
        });
    }

    private CompletionStage<Void> deactivated() {
        final CompletableFuture<Void> silent = new CompletableFuture<>();
        if (!from.isActive()) {
            silent.complete(null);
            return silent;
        }
        circuit.deactivateAt(from, status -> {
            if (!status.isSuccess()) {
                LOG.error("R95: the miniport answered {} to the deactivation of {}, which has moved", status, from);
            }
            silent.complete(null);
        });
        return inTime("the deactivation", silent);
    }

    private CompletionStage<Void> inTime(final String what, final CompletionStage<Void> stage) {
        return Stages.within(stage, deadline, options.timer()).thenAccept(inTime -> {
            if (!inTime) {
                LOG.error("E2: {} of {} has not completed within {}; the VC has moved", what, from, deadline);
            }
        });
    }

    /** On a wire that both hear, the backend before delivers everything that came in before the next one listened. */
    private CompletionStage<Void> flushed() {
        return from.backend()
                .filter(to::sharesWireWith)
                .flatMap(Backend::miniport)
                .map(miniport -> Callouts.done(new Callout("flushReceives", from), miniport::flushReceives))
                .map(flushed -> inTime("flushReceives", flushed))
                .orElseGet(() -> CompletableFuture.completedStage(null));
    }

    private CompletionStage<VcReport> goBack(final Instant began, final long heldBefore) {
        circuit.stayWhereItIs();
        final Duration gap = since(began);
        giveUp(VcOutcome.ROLLED_BACK);
        return done(
                VcOutcome.ROLLED_BACK,
                Optional.of("the sends at the backend before are not completed within " + deadline),
                gap,
                heldBefore);
    }

    private Duration since(final Instant began) {
        return Duration.between(began, options.clock().instant());
    }

    private CompletionStage<VcReport> done(
            final VcOutcome outcome, final Optional<String> why, final Duration gap, final long heldBefore) {
        return CompletableFuture.completedStage(report(outcome, why, gap, circuit.heldInAll() - heldBefore));
    }

    private VcReport report(final VcOutcome outcome, final Optional<String> why, final Duration gap, final long held) {
        return new VcReport(circuit.toString(), outcome, why, held, gap);
    }
}
