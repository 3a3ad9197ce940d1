// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.model;

import dev.condis.api.NdisStatus;
import java.util.Optional;
import java.util.function.Consumer;

/** A control operation that somebody has started (contract A.3): its outcome comes once, as the return value or as a callback. */
final class Operation {
    private final String name;
    private final ModelLane initiator;
    private Optional<Outcome> outcome = Optional.empty();
    private Optional<Consumer<Outcome>> own = Optional.empty();
    private Optional<Consumer<Outcome>> overdue = Optional.empty();
    private Optional<ModelLane> inside = Optional.empty();
    private boolean returned;
    private boolean handle;

    Operation(final String name, final ModelLane initiator) {
        this.name = name;
        this.initiator = initiator;
    }

    void settle(final Outcome result) {
        if (outcome.isPresent()) {
            return;
        }
        outcome = Optional.of(handle ? result.withoutValue() : result);
        if (returned) {
            own.ifPresentOrElse(next -> goOn(next, result), () -> initiator.expect(completion(), result.status()));
        }
    }

    /** What the core goes on with at once when the driver answers at once, and otherwise when it is its turn again. */
    private void goOn(final Consumer<Outcome> next, final Outcome result) {
        if (inside.isPresent()) {
            next.accept(result);
        } else {
            initiator.expectOwn(() -> next.accept(result));
        }
    }

    /** A driver is asked about this before anything else comes in the lane of the initiator, which is the core itself. */
    void asksInside() {
        inside = Optional.of(initiator);
        initiator.hold();
    }

    /** The driver has returned from the callback. */
    void asked() {
        inside.ifPresent(ModelLane::exit);
        inside = Optional.empty();
    }

    /** The initiating call returns; with this outcome, or with a stage that is pending. */
    Optional<Outcome> returns() {
        returned = true;
        return outcome;
    }

    /** The core has started it itself and goes on with its outcome; no driver hears of it. */
    void whenSettled(final Consumer<Outcome> next) {
        own = Optional.of(next);
        returns().ifPresent(next);
    }

    /** What a success yields is a handle of the core, which is not compared. */
    void yieldsHandle() {
        handle = true;
        outcome = outcome.map(Outcome::withoutValue);
    }

    /** It has a deadline (E2); past it this is done with its failure. */
    void failsWhenOverdue(final Consumer<Outcome> failing) {
        overdue = Optional.of(failing);
    }

    boolean hasDeadline() {
        return overdue.isPresent();
    }

    /** The deadline passes. */
    void expire() {
        if (outcome.isEmpty()) {
            overdue.orElseThrow().accept(Outcome.refused(NdisStatus.FAILURE, "E2"));
        }
    }

    boolean isPending() {
        return outcome.isEmpty();
    }

    boolean isOfCore() {
        return own.isPresent();
    }

    Outcome outcome() {
        return outcome.orElseThrow();
    }

    String completion() {
        return "the completion of " + name;
    }

    ModelLane initiator() {
        return initiator;
    }

    @Override
    public String toString() {
        return name;
    }
}
