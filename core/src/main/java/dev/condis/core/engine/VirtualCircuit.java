// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.TapiCallId;
import dev.condis.api.Transition;
import dev.condis.api.VcState;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.core.state.StateTable;
import dev.condis.core.state.VcTable;
import dev.condis.core.state.VcTable.Event;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One VC: its state machine, its parameters, the gates of its data path, and the miniport's side of it. What is above it, a client
 * with a call or a call manager's signaling, is a subclass.
 * <p>
 * Transitions are made under the VC's lock, which is a leaf: nobody is called while it is held. What a transition causes is put into
 * the lane of the driver it concerns while the lock is held, and run after it was released. The gates are derived from the tables:
 * they are open exactly in the states in which the tables accept a transfer.
 */
abstract class VirtualCircuit extends DataPath {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualCircuit.class);
    private static final Set<MediaParameters.Flag> ROUNDING =
            Set.of(MediaParameters.Flag.ROUND_UP_FLOW, MediaParameters.Flag.ROUND_DOWN_FLOW);

    final Lane callManagerLane = new Lane();
    private final Lane miniportLane = new Lane();
    private final Turns miniportTurns = new Turns();
    private final EngineOptions options;
    private final Machine<VcState, Event, VcTable.Facts> machine;
    private final VcName name;
    private final VcSnapshot.Creator creator;
    private final Instant created;
    private final CompletableFuture<Void> goneBelow = new CompletableFuture<>();

    /** Guarded by the lock: the last backend has deleted the VC. */
    private boolean endedBelow;

    private Optional<CallParameters> parameters = Optional.empty();
    private Optional<Deactivation> deactivation = Optional.empty();
    private Optional<Activation> activation = Optional.empty();
    private int activations;
    private Optional<String> instanceName = Optional.empty();
    private VcState removedFrom = VcState.NONE;

    /** No backend has the VC, and the last one had it active. */
    private boolean lostActive;

    /** An activation that waits for the miniport. */
    private static final class Activation {
        private final Pending<CallParameters> pending = new Pending<>();
        private final CallParameters wanted;
        private final boolean again;
        private boolean overdue;

        Activation(final CallParameters wanted, final boolean again) {
            this.wanted = wanted;
            this.again = again;
        }
    }

    /** A deactivation that waits for the miniport and for the last transfer. */
    private static final class Deactivation {
        private final Pending<Void> pending = new Pending<>();
        private boolean completedByMiniport;
        private boolean overdue;
    }

    VirtualCircuit(final VcName name, final VcSnapshot.Creator creator, final EngineOptions options) {
        this.name = name;
        this.creator = creator;
        this.options = options;
        created = options.clock().instant();
        machine = new Machine<>(VcTable.TABLE, options.clock());
    }

    // --- what is above the VC ---

    /** An MCM carries the VC: there is no miniport to ask. */
    abstract boolean isMcmVc();

    /** Lock held. */
    abstract CallState callState();

    /** Lock held. Tells whether the call lets data pass in this direction. */
    abstract boolean callAccepts(Event transfer);

    /** Lock held. Tells whether the call is being made, or accepted, and its client not ready for data yet. */
    abstract boolean callAwaitsConnection();

    /** Lock held. The status with which the call refuses a send. */
    abstract NdisStatus callRefusesSend();

    /** Lock held. The VC has become inactive. */
    abstract void becameInactive();

    /** Lock held. The VC has become active, or has other parameters, or goes on with the old ones. */
    abstract void becameActive();

    /** Lock held. A direction is closed and has nothing left on its way. */
    abstract void transfersEnded();

    /** Lock not held: runs what was put into lanes. */
    abstract void drainLanesAbove();

    /** What lets packets pass besides the VC and its call. */
    abstract Traffic traffic();

    abstract Optional<String> clientName();

    abstract Optional<Transition> lastCallTransition();

    // --- creation ---

    /** The VC is created at a backend. */
    final void attach(final BackendVc created) {
        synchronized (lock) {
            moveTo(created);
        }
    }

    /** Creates the VC at the miniport: nothing else is asked there before. */
    final NdisResult<Void> inFirstTurn(final Supplier<NdisResult<Void>> creation) {
        final AtomicReference<NdisResult<Void>> result = new AtomicReference<>();
        miniportTurns.next(turn -> {
            result.set(creation.get());
            turn.complete(null);
        });
        return result.get();
    }

    /** Ends the creation; false when the VC was removed meanwhile. */
    final boolean created() {
        synchronized (lock) {
            return machine.fire(Event.CREATE_SUCCEEDED, facts(true)).accepts();
        }
    }

    final void notCreated() {
        synchronized (lock) {
            machine.fire(Event.CREATE_FAILED, facts(true));
        }
        goneBelow.complete(null);
    }

    final void undoMiniport() {
        leave(current());
        goneBelow.complete(null);
    }

    /** When the miniport has nothing to do with the VC any more. */
    final CompletionStage<Void> goneBelow() {
        return goneBelow;
    }

    /** Lock held. It is there, and is neither being activated nor deactivated nor deleted. */
    final boolean isSettledBelow() {
        final boolean stable = machine.state() == VcState.INACTIVE || machine.state() == VcState.ACTIVE;
        return stable && activation.isEmpty() && deactivation.isEmpty();
    }

    /** {@code MiniportCoDeleteVc} at a backend that has the VC inactive. */
    final void leave(final BackendVc place) {
        if (place.isRetired()) {
            return;
        }
        place.control().ifPresent(context -> {
            final NdisStatus status = Callouts.statusNow(new Callout("MiniportCoDeleteVc", this), context::deleteVc);
            if (!status.isSuccess()) {
                LOG.warn(
                        "R110: the miniport answered {} to the deletion of {}, which is inactive and idle",
                        status,
                        place);
            }
        });
    }

    // --- another backend ---

    /** Does something at the miniport when nothing else is under way there. */
    final void nextTurn(final Consumer<CompletableFuture<Void>> operation) {
        miniportTurns.next(operation);
    }

    /** Nothing is left of the VC at its backend: it is deleted, or the backend has deleted it and the others will know in a moment. */
    final boolean isOver() {
        return machine.state() == VcState.DELETED || goneBelow.isDone();
    }

    /** The parameters with which a backend has to have the VC active; empty when it is to have it inactive. */
    final Optional<CallParameters> toActivate(final BackendVc from) {
        synchronized (lock) {
            return from.isActive() || lostActive ? parameters : Optional.empty();
        }
    }

    /** Sends wait from now on. */
    final void closeForMove() {
        synchronized (lock) {
            holdSends(options.clock().instant());
        }
    }

    /** The VC is at another backend from here on, or at none. What waits is sent there. */
    final void arriveAt(final BackendVc next) {
        final boolean tooLate;
        synchronized (lock) {
            tooLate = endedBelow;
            if (!tooLate) {
                moveTo(next);
                lostActive = lostActive && !next.isSomewhere();
            }
        }
        if (tooLate) {
            leave(next);
            next.retire();
            return;
        }
        if (next.isSomewhere()) {
            releaseSends();
            resumeActivation();
        }
        drainLanes();
    }

    /** Sends go where they went before. */
    final void stayWhereItIs() {
        releaseSends();
        drainLanes();
    }

    /** The VC leaves its only backend in good order: it is nowhere, and its sends wait. */
    final void park(final boolean active) {
        synchronized (lock) {
            lostActive = active && parameters.isPresent();
            holdSends(options.clock().instant());
            moveTo(BackendVc.nowhere(this));
        }
        drainLanes();
    }

    /**
     * The backend is lost: nobody waits for its answers any more, and sends wait for another backend.
     *
     * @param lost the VC there
     * @param moving whoever moves the VC goes on with it; otherwise its turn is over, for the backend will not end it
     */
    final void lose(final BackendVc lost, final boolean moving) {
        synchronized (lock) {
            if (current() != lost) {
                return;
            }
            lostActive = lost.isActive() && parameters.isPresent();
            holdSends(options.clock().instant());
            moveTo(BackendVc.nowhere(this));
            deactivation.filter(running -> !running.completedByMiniport).ifPresent(running -> {
                running.completedByMiniport = true;
                finishDeactivation();
            });
        }
        lost.retire();
        if (isOver()) {
            goneBelow.complete(null);
        }
        if (!moving) {
            miniportTurns.skip();
        }
        drainLanes();
    }

    /** An activation that no backend has answered is begun again. */
    private void resumeActivation() {
        final Optional<Activation> waiting;
        synchronized (lock) {
            waiting = activation;
        }
        waiting.ifPresent(again -> nextTurn(turn -> activateBelow(again, turn)));
    }

    /** No backend will come for an activation that waits for one. */
    final void abandonActivation() {
        final Optional<Activation> waiting;
        synchronized (lock) {
            waiting = activation;
        }
        waiting.ifPresent(ended -> activationOverdue(ended, NdisResult.failure(NdisStatus.ADAPTER_REMOVED)));
    }

    /** Nothing carried the VC in time: it ends by the book (S5). */
    abstract void expire(NdisStatus reason);

    // --- activation ---

    /** {@code NdisCmActivateVc}. */
    final CompletionStage<NdisResult<CallParameters>> activate(final CallParameters wanted) {
        final Activation started;
        synchronized (lock) {
            final boolean again = machine.state() == VcState.ACTIVE;
            final StateTable.Row<VcState, Event, VcTable.Facts> row = machine.fire(Event.ACTIVATE, facts(false));
            if (!row.accepts()) {
                return this.<CallParameters>refused(row).asStage();
            }
            started = new Activation(wanted, again);
            activation = Optional.of(started);
            miniportLane.add(() -> miniportTurns.next(turn -> activateBelow(started, turn)));
        }
        miniportLane.drain();
        return started.pending.returned(
                new Callout("MiniportCoActivateVc", this), options, failure -> activationOverdue(started, failure));
    }

    private void activateBelow(final Activation started, final CompletableFuture<Void> turn) {
        if (machine.state() == VcState.DELETED) {
            activated(current(), started, NdisResult.failure(NdisStatus.CLOSING), turn);
            return;
        }
        if (started.pending.isSettled() || !current().isSomewhere()) {
            // it became overdue while it waited for the miniport to answer the operation before; or it waits for a
            // backend
            turn.complete(null);
            return;
        }
        final BackendVc at = current();
        Callouts.then(
                new Callout("MiniportCoActivateVc", this),
                activateAt(at, started.wanted),
                result -> activated(at, started, result, turn));
    }

    /** {@code MiniportCoActivateVc}. */
    final CompletionStage<NdisResult<CallParameters>> activateAt(final BackendVc at, final CallParameters wanted) {
        return Callouts.result(
                        new Callout("MiniportCoActivateVc", at),
                        () -> at.control().orElseThrow().activateVc(wanted))
                .thenApply(result -> {
                    at.setActive(result.isSuccess() || at.isActive());
                    if (result.isSuccess()) {
                        at.askForBoundAddress();
                    }
                    return result;
                });
    }

    private void activated(
            final BackendVc at,
            final Activation ended,
            final NdisResult<CallParameters> result,
            final CompletableFuture<Void> turn) {
        final boolean lost;
        final boolean tooLate;
        synchronized (lock) {
            // under the lock, for a loss looks under it what the VC has to be given back
            lost = current() != at;
            tooLate = !lost && ended.overdue;
            if (lost) {
                // the next one is asked again
                at.stale();
            } else if (tooLate) {
                adoptLate(ended, result);
            } else if (activation.filter(current -> current == ended).isEmpty()) {
                miniportLane.add(() -> endBelowAfterActivation(result.isSuccess()));
            } else {
                endActivation(ended, result);
            }
        }
        if (tooLate && result.isSuccess() && !ended.again) {
            // nobody waits for it any more: the miniport is brought back to what everybody else believes
            deactivateAt(at, status -> turn.complete(null));
        } else {
            turn.complete(null);
        }
        drainLanes();
    }

    /** Lock held. */
    private void adoptLate(final Activation ended, final NdisResult<CallParameters> result) {
        LOG.warn("E2: the miniport has answered the activation of {} at last: {}", this, result.status());
        if (result.isSuccess() && ended.again && machine.state() == VcState.ACTIVE) {
            parameters = result.value();
        }
    }

    private void activationOverdue(final Activation overdue, final NdisResult<CallParameters> failure) {
        synchronized (lock) {
            if (activation.filter(current -> current == overdue).isEmpty()) {
                return;
            }
            overdue.overdue = true;
            current().backend().ifPresent(at -> at.overdue("MiniportCoActivateVc of " + this));
            endActivation(overdue, failure);
        }
        drainLanes();
    }

    /** Lock held. */
    private void endActivation(final Activation ended, final NdisResult<CallParameters> result) {
        activation = Optional.empty();
        machine.fire(result.isSuccess() ? Event.ACTIVATE_SUCCEEDED : Event.ACTIVATE_FAILED, facts(false));
        if (result.isSuccess()) {
            checkRounding(ended.wanted, result.get());
            parameters = result.value();
            activations++;
            updateGates();
        }
        // after the state, which the call manager relies on, whose lane another thread may be running without the lock;
        // before what follows
        // from it, of which the call manager hears later
        ended.pending.settle(result, callManagerLane);
        if (!result.isSuccess() && machine.state() == VcState.INACTIVE) {
            becameInactive();
        } else {
            becameActive();
        }
    }

    private void checkRounding(final CallParameters wanted, final CallParameters inForce) {
        final boolean mayRound = wanted.media()
                .map(media -> media.flags().stream().anyMatch(ROUNDING::contains))
                .orElse(false);
        if (!mayRound && !inForce.equals(wanted)) {
            LOG.warn("R82: the miniport changed the parameters of {} though no rounding flag was set", this);
        }
    }

    /** {@code NdisMCmActivateVc}. */
    final NdisResult<CallParameters> mcmActivate(final CallParameters inForce) {
        synchronized (lock) {
            final StateTable.Row<VcState, Event, VcTable.Facts> row = machine.fire(Event.MCM_ACTIVATE, facts(false));
            if (!row.accepts()) {
                return refused(row);
            }
            parameters = Optional.of(inForce);
            activations++;
            updateGates();
            becameActive();
        }
        drainLanes();
        return NdisResult.success(inForce);
    }

    // --- deactivation ---

    /** {@code NdisCmDeactivateVc}. */
    final CompletionStage<NdisResult<Void>> deactivate() {
        final Deactivation started = new Deactivation();
        synchronized (lock) {
            final StateTable.Row<VcState, Event, VcTable.Facts> row = machine.fire(Event.DEACTIVATE, facts(false));
            if (!row.accepts()) {
                return this.<Void>refused(row).asStage();
            }
            deactivation = Optional.of(started);
            updateGates();
            // also when it becomes overdue while it waits for its turn: the VC must not stay active at the miniport
            miniportLane.add(() -> miniportTurns.next(turn -> deactivateBelow(started, turn)));
        }
        drainLanes();
        return started.pending.returned(
                new Callout("MiniportCoDeactivateVc", this), options, failure -> deactivationOverdue(started, failure));
    }

    private void deactivateBelow(final Deactivation started, final CompletableFuture<Void> turn) {
        final BackendVc at = current();
        if (isCompletedBelow(started) && !at.isActive()) {
            // the backend that was to be asked is lost, and another one never had the VC active
            turn.complete(null);
            return;
        }
        deactivateAt(at, status -> {
            if (at.isRetired()) {
                // the backend was lost meanwhile, and nobody waits for it any more
                at.stale();
                turn.complete(null);
            } else {
                deactivated(status, started, turn);
            }
        });
    }

    private boolean isCompletedBelow(final Deactivation started) {
        synchronized (lock) {
            return started.completedByMiniport;
        }
    }

    /**
     * E2: whoever has not answered, or has not given the NBLs back, does not keep the call manager from going on: the VC is inactive. What
     * comes back later is counted out as usual.
     */
    private void deactivationOverdue(final Deactivation overdue, final NdisResult<Void> failure) {
        synchronized (lock) {
            if (deactivation.filter(current -> current == overdue).isEmpty()
                    || !machine.fire(Event.DEACTIVATE_OVERDUE, facts(false)).accepts()) {
                return;
            }
            LOG.error(
                    "E2: {} is inactive though {} and {} sends are not completed and {} indicated NBLs not returned",
                    this,
                    overdue.completedByMiniport ? "the miniport has answered" : "the miniport has not answered",
                    sends.inside(),
                    receives.inside());
            overdue.overdue = true;
            if (!overdue.completedByMiniport || !sends.isDrained()) {
                current().backend().ifPresent(at -> at.overdue("MiniportCoDeactivateVc of " + this));
            }
            deactivation = Optional.empty();
            parameters = Optional.empty();
            overdue.pending.settle(failure, callManagerLane);
            becameInactive();
        }
        drainLanes();
    }

    /** {@code MiniportCoDeactivateVc}, where it is active. */
    final void deactivateAt(final BackendVc at, final Consumer<NdisStatus> next) {
        if (at.isRetired() || at.control().isEmpty()) {
            next.accept(NdisStatus.SUCCESS);
            return;
        }
        final Callout what = new Callout("MiniportCoDeactivateVc", this);
        Callouts.then(
                what, Callouts.status(what, () -> at.control().orElseThrow().deactivateVc()), status -> {
                    at.setActive(!status.isSuccess());
                    next.accept(status);
                });
    }

    private void deactivated(final NdisStatus status, final Deactivation ended, final CompletableFuture<Void> turn) {
        synchronized (lock) {
            if (ended.overdue) {
                LOG.warn("E2: the miniport has answered the deactivation of {} at last: {}", this, status);
            } else if (ended.completedByMiniport) {
                // the backend was lost while it answered, or before it was asked: nobody waits for the answer
                LOG.debug("{}: the answer {} to a deactivation comes after the loss of the backend", this, status);
            } else if (deactivation.filter(current -> current == ended).isEmpty()) {
                miniportLane.add(() -> miniportTurns.next(this::deleteBelow));
            } else if (status.isSuccess()) {
                ended.completedByMiniport = true;
                finishDeactivation();
            } else if (machine.fire(Event.DEACTIVATE_FAILED, facts(false)).accepts()) {
                deactivation = Optional.empty();
                updateGates();
                ended.pending.settle(NdisResult.failure(status), callManagerLane);
            }
        }
        turn.complete(null);
        drainLanes();
    }

    /** When the deactivation that is running now is over, well or not. */
    final CompletionStage<?> whenInactive() {
        synchronized (lock) {
            return deactivation
                    .<CompletionStage<?>>map(running -> running.pending.observed())
                    .orElseGet(() -> CompletableFuture.completedStage(null));
        }
    }

    /** Lock held. Both the miniport and the gates must be through; whichever is last finishes. */
    private void finishDeactivation() {
        final Optional<Deactivation> running = deactivation.filter(d -> d.completedByMiniport);
        if (running.isEmpty()
                || !machine.fire(Event.DEACTIVATE_SUCCEEDED, facts(false)).accepts()) {
            return;
        }
        deactivation = Optional.empty();
        parameters = Optional.empty();
        running.get().pending.settle(NdisResult.success(), callManagerLane);
        becameInactive();
    }

    /** {@code NdisMCmDeactivateVc}. */
    final NdisResult<Void> mcmDeactivate() {
        final NdisResult<Void> result;
        synchronized (lock) {
            final boolean drained = sends.closeIfDrained() && receives.closeIfDrained();
            final StateTable.Row<VcState, Event, VcTable.Facts> row = machine.fire(
                    Event.MCM_DEACTIVATE, new VcTable.Facts(false, callState() == CallState.IDLE, drained));
            if (row.accepts()) {
                parameters = Optional.empty();
                becameInactive();
            }
            updateGates();
            result = row.accepts() ? NdisResult.success() : refused(row);
        }
        drainLanes();
        return result;
    }

    // --- deletion ---

    /** Asks the table; on success the VC is being deleted and the caller goes on with {@link #deleted} or {@link #notDeleted}. */
    final Optional<NdisResult<Void>> refusesDelete(final Event delete, final boolean byCreator) {
        synchronized (lock) {
            final StateTable.Row<VcState, Event, VcTable.Facts> row = machine.fire(delete, facts(byCreator));
            return row.accepts() ? Optional.empty() : Optional.of(refused(row));
        }
    }

    final void deleted() {
        miniportTurns.next(this::deleteBelow);
        synchronized (lock) {
            machine.fire(Event.DELETE_SUCCEEDED, facts(true));
        }
    }

    /** The other driver refused. When the VC was removed meanwhile, nobody else tells the miniport. */
    final void notDeleted() {
        final boolean accepted;
        synchronized (lock) {
            accepted = machine.fire(Event.DELETE_REFUSED, facts(true)).accepts();
        }
        if (!accepted) {
            miniportTurns.next(this::deleteBelow);
        }
    }

    /** Its turn may have been ended by the loss of the backend: then another one may have taken the VC meanwhile, and loses it as well. */
    private void deleteBelow(final CompletableFuture<Void> turn) {
        boolean left = false;
        while (!left) {
            final BackendVc at = current();
            leave(at);
            left = endAt(at);
        }
        goneBelow.complete(null);
        turn.complete(null);
    }

    /** The VC goes nowhere any more, if it is still where it was just deleted. */
    private boolean endAt(final BackendVc at) {
        synchronized (lock) {
            endedBelow = current() == at;
            return endedBelow;
        }
    }

    /**
     * Takes the VC away whatever its state: the adapter, the call manager or the client is gone. Lock held by the subclass, which
     * settles what is above. The miniport gets what it is owed, in its order: a VC that it has active is deactivated before it is
     * deleted, and what it has pending is awaited.
     *
     * @return {@code false} when the VC was gone already
     */
    final boolean remove(final NdisStatus reason) {
        final VcState before = machine.state();
        if (!machine.fire(Event.REMOVE, facts(true)).accepts()) {
            return false;
        }
        parameters = Optional.empty();
        updateGates();
        removedFrom = before;
        final boolean onlyDraining =
                deactivation.filter(running -> running.completedByMiniport).isPresent();
        activation.ifPresent(running -> running.pending.settle(NdisResult.failure(reason), callManagerLane));
        deactivation.ifPresent(running -> running.pending.settle(NdisResult.failure(reason), callManagerLane));
        activation = Optional.empty();
        deactivation = Optional.empty();
        switch (before) {
            case DEACTIVATING -> {
                // the miniport's answer leads to the deletion, unless it is there and only packets were awaited
                if (onlyDraining) {
                    miniportLane.add(() -> miniportTurns.next(this::deleteBelow));
                }
            }
            case INACTIVE -> miniportLane.add(() -> miniportTurns.next(this::deleteBelow));
            case ACTIVE -> miniportLane.add(this::endBelow);
            case ACTIVATING, REACTIVATING -> {
                // no backend has been asked, or the one that was is lost: nobody's answer leads to the deletion
                if (!isMcmVc() && !current().isSomewhere()) {
                    miniportLane.add(() -> miniportTurns.next(this::deleteBelow));
                }
            }
            default -> {
                // whoever creates, activates, deactivates or deletes it finds it gone and finishes
            }
        }
        if (inside() > 0) {
            LOG.warn(
                    "{} is removed while {} sends are not completed and {} indicated NBLs not returned",
                    this,
                    sends.inside(),
                    receives.inside());
        }
        if (isMcmVc() && before != VcState.NONE) {
            // one that is being created may be in the miniport's hands: whoever creates it takes it back
            goneBelow.complete(null);
        }
        return true;
    }

    private void endBelowAfterActivation(final boolean succeeded) {
        if (succeeded || removedFrom == VcState.REACTIVATING) {
            endBelow();
        } else {
            miniportTurns.next(this::deleteBelow);
        }
    }

    private void endBelow() {
        if (!isMcmVc()) {
            miniportTurns.next(turn -> deactivateAt(current(), status -> deleteBelow(turn)));
        }
    }

    // --- data path ---

    @Override
    final NdisStatus sendRefusal() {
        final StateTable.Row<VcState, Event, VcTable.Facts> row = machine.decide(Event.SEND, facts(false));
        if (!row.accepts()) {
            return row.status();
        }
        if (!callAccepts(Event.SEND)) {
            return callRefusesSend();
        }
        final NdisStatus status = traffic().sendStatus();
        // a binding that has just been restarted lets its VCs know in a moment
        return status.isSuccess() ? NdisStatus.PAUSED : status;
    }

    @Override
    final void checkCreated() {
        if (machine.state() == VcState.NONE) {
            throw new IllegalStateException("R63: " + this + " is still being created");
        }
    }

    @Override
    final void drained() {
        synchronized (lock) {
            finishDeactivation();
            transfersEnded();
        }
        drainLanes();
    }

    // --- common ---

    /** Lock held. Opens and closes the gates as the tables of VC, call, binding and adapter say. */
    @Override
    final void updateGates() {
        endEarlyReceives();
        updateGate(sends, Event.SEND, !isHolding() && traffic().sendStatus().isSuccess());
        // what came early is handed over before anything passes the gate
        updateGate(
                receives, Event.INDICATE, earlyReceives().isEmpty() && traffic().receivesPass());
    }

    @Override
    final boolean acceptsSends() {
        return traffic().sendStatus().isSuccess() && accepts(Event.SEND);
    }

    @Override
    final boolean acceptsReceives() {
        return traffic().receivesPass() && accepts(Event.INDICATE);
    }

    @Override
    final boolean awaitsConnection() {
        return callAwaitsConnection()
                && traffic().receivesPass()
                && machine.decide(Event.INDICATE, facts(false)).accepts();
    }

    @Override
    final int earlyLimit() {
        return options.earlyReceives();
    }

    private boolean accepts(final Event transfer) {
        return machine.decide(transfer, facts(false)).accepts() && callAccepts(transfer);
    }

    private void updateGate(final Rundown gate, final Event transfer, final boolean passes) {
        final boolean open = passes && accepts(transfer);
        if (open && !gate.isOpen()) {
            gate.open();
        } else if (!open && gate.isOpen()) {
            gate.close();
        }
    }

    final void drainLanes() {
        endHeldSends();
        miniportLane.drain();
        callManagerLane.drain();
        drainLanesAbove();
    }

    /** What waits for a backend does not wait for one that comes after the end. */
    @Override
    final void endHeldSends() {
        final boolean ended;
        synchronized (lock) {
            ended = heldSends() > 0 && !current().isSomewhere() && !acceptsSends();
        }
        if (ended) {
            failHeldSends(sendRefusal());
            drained();
        }
    }

    /** Lock held. */
    private VcTable.Facts facts(final boolean byCreator) {
        return new VcTable.Facts(byCreator, callState() == CallState.IDLE, isDrained());
    }

    final <T> NdisResult<T> refused(final StateTable.Row<VcState, Event, VcTable.Facts> row) {
        return machine.refused(row, this);
    }

    /** A refusal by something that is not a table. */
    final <T> NdisResult<T> refused(final NdisStatus status, final String rule, final String explanation) {
        return NdisResult.refused(
                status, new Refusal(rule, toString(), machine.state().name(), explanation, machine.last()));
    }

    /** {@code NdisCoAssignInstanceName} (R224). */
    final NdisResult<String> assignInstanceName(final String baseName) {
        if (baseName.isBlank()) {
            throw new IllegalArgumentException("the name for " + this + " is blank");
        }
        synchronized (lock) {
            if (machine.state() == VcState.DELETED) {
                return refused(NdisStatus.FAILURE, "R111", "the VC is deleted, its handle is dead");
            }
            if (instanceName.isEmpty()) {
                instanceName = Optional.of(name.instance(baseName));
            }
            return NdisResult.success(instanceName.get());
        }
    }

    /** {@code NdisCoGetTapiCallId}. */
    final NdisResult<TapiCallId> tapiCallId() {
        return machine.state() == VcState.DELETED
                ? refused(NdisStatus.FAILURE, "R111", "the VC is deleted, its handle is dead")
                : NdisResult.success(new TapiCallId(toString()));
    }

    /** Lock held. How often the VC was activated, or its parameters changed. */
    final int activations() {
        return activations;
    }

    final EngineOptions options() {
        return options;
    }

    final VcState state() {
        return machine.state();
    }

    /** What the miniport, or the MCM, keeps for the VC; empty before it is created and when it is deleted. */
    final Optional<VcDataPath> contextBelow() {
        final VcState state = machine.state();
        final boolean there = state != VcState.NONE && state != VcState.DELETING && state != VcState.DELETED;
        return there ? below() : Optional.empty();
    }

    final Optional<CallParameters> callParameters() {
        synchronized (lock) {
            return parameters;
        }
    }

    final VcSnapshot.Creator creator() {
        return creator;
    }

    final VcSnapshot snapshot() {
        synchronized (lock) {
            // first what is out, then what went in, so that traffic that goes on makes nothing come out that is not in
            final long sendsBack = sends.left();
            final long receivesBack = receives.left();
            return new VcSnapshot(
                    toString(),
                    instanceName,
                    clientName(),
                    creator,
                    created,
                    machine.state(),
                    callState(),
                    parameters,
                    sends.entered() - resent.sum(),
                    sendsBack - resent.sum(),
                    heldSends(),
                    receives.entered(),
                    receivesBack,
                    heldReceives(),
                    sendsRefused.sum(),
                    receivesRefused.sum(),
                    lastTransition());
        }
    }

    private Optional<Transition> lastTransition() {
        final Optional<Transition> ofCall = lastCallTransition();
        final Optional<Transition> ofVc = machine.last();
        if (ofCall.isEmpty() || ofVc.isEmpty()) {
            return ofCall.or(() -> ofVc);
        }
        return ofCall.get().at().isAfter(ofVc.get().at()) ? ofCall : ofVc;
    }

    @Override
    public final String toString() {
        return name.toString();
    }
}
