// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.NdisVcHandle;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/** What drivers have still to do. Looked through when an object ends, and now and then as long as there is something in it. */
final class Debts {
    private final Set<Debt> open = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicLong moments = new AtomicLong();
    private final Findings findings;
    private final Clock clock;
    private final VerifierOptions.Timer timer;
    private final Duration limit;

    Debts(final Findings findings, final VerifierOptions options) {
        this.findings = findings;
        clock = options.clock();
        timer = options.timer();
        limit = options.completionLimit();
    }

    /** The answer to a callback, from now on. */
    Debt answer(final Callback callback) {
        final String rule = callback.name().equals("ClientSapContext.incomingCall") ? Debt.OFFER : "R3";
        return add(new Debt(
                Debt.Kind.ANSWER,
                rule,
                callback.membrane(),
                callback.subject(),
                Optional.empty(),
                callback.name(),
                "what was pended is not completed",
                callback.trace(),
                clock.instant()));
    }

    /** R158, R173: who was told that the other side has closed closes as well. */
    Debt close(final String rule, final Callback callback, final HandleProxy subject) {
        return add(new Debt(
                Debt.Kind.CLOSE,
                rule,
                callback.membrane(),
                Optional.of(subject),
                Optional.empty(),
                callback.name(),
                "the close of the other side is not answered",
                callback.trace(),
                clock.instant()));
    }

    /** R179: a send at its miniport, which is its sender's to wait for. */
    Debt send(final HandleProxy miniport, final HandleProxy sender, final String call, final Trace trace) {
        return add(new Debt(
                Debt.Kind.SEND,
                "R179",
                miniport.membrane(),
                Optional.of(miniport),
                Optional.of(sender),
                call,
                "a send is not completed",
                trace,
                clock.instant()));
    }

    /** R185: a received NBL, which is its miniport's to wait for. */
    Debt receive(
            final HandleProxy receiver, final Optional<HandleProxy> miniport, final String call, final Trace trace) {
        return add(new Debt(
                Debt.Kind.RECEIVE,
                "R185",
                receiver.membrane(),
                Optional.of(receiver),
                miniport,
                call,
                "a received NBL is not returned",
                trace,
                clock.instant()));
    }

    private Debt add(final Debt debt) {
        open.add(debt);
        if (debt.isTimed()) {
            arm();
        }
        return debt;
    }

    void paid(final Debt debt) {
        open.remove(debt);
    }

    /** The other side's close was answered. */
    void closed(final HandleProxy subject) {
        open.removeIf(debt -> debt.kind() == Debt.Kind.CLOSE && debt.isAbout(subject));
    }

    /** The core closes everything below an object, and answers so the closes of the other side. */
    void closedUnder(final HandleProxy subject) {
        open.removeIf(debt -> debt.kind() == Debt.Kind.CLOSE && debt.isUnder(subject));
    }

    /** Tells whether NBLs of a VC are on their way now. */
    boolean carries(final NdisVcHandle vc) {
        final long now = moment();
        return open.stream().anyMatch(debt -> isTransfer(debt.kind()) && debt.isOn(vc, now));
    }

    private static boolean isTransfer(final Debt.Kind kind) {
        return kind == Debt.Kind.SEND || kind == Debt.Kind.RECEIVE;
    }

    /** Tells whether NBLs of a VC at one miniport that were on their way at a moment still are. */
    boolean carries(final HandleProxy miniport, final Debt.Kind kind, final long moment) {
        return open.stream()
                .anyMatch(debt -> debt.kind() == kind
                        && debt.isOf(miniport.membrane())
                        && miniport.vc().filter(vc -> debt.isOn(vc, moment)).isPresent());
    }

    /** Debts have an order, of finer grain than any clock. */
    long moment() {
        return moments.get();
    }

    /** The callbacks that handed these over have returned. */
    void known(final List<Debt> debts) {
        debts.forEach(debt -> debt.known(moments.incrementAndGet()));
    }

    // --- the end of an object ---

    /** A VC is deleted by the book. */
    void deleted(final HandleProxy handle) {
        report(
                open.stream()
                        .filter(debt -> debt.kind() != Debt.Kind.SEND && debt.isAbout(handle))
                        .toList(),
                "and its object is deleted");
        open.removeIf(debt -> debt.kind() == Debt.Kind.CLOSE && debt.isAbout(handle));
    }

    /** A driver is through with a binding, or its miniport with the adapter. */
    void ended(final HandleProxy handle, final Debt.Kind owed, final String ruleOfCreditor, final String when) {
        report(open.stream().filter(debt -> debt.isUnder(handle)).toList(), when);
        open.stream()
                .filter(debt -> debt.kind() == owed && debt.isOwedTo(handle))
                .forEach(debt -> debt.notAwaited(ruleOfCreditor, when)
                        .ifPresent(
                                offence -> findings.report(offence, Trace.here().frames(), debt.trace())));
    }

    private void report(final List<Debt> debts, final String when) {
        for (final Debt debt : debts) {
            debt.overdue(when)
                    .filter(offence -> !debt.isPaidByCore())
                    .ifPresent(offence -> findings.report(offence, Trace.here().frames(), debt.trace()));
        }
    }

    // --- age ---

    private void arm() {
        if (armed.compareAndSet(false, true)) {
            timer.schedule(this::sweep, limit);
        }
    }

    private void sweep() {
        armed.set(false);
        final Instant due = clock.instant().minus(limit);
        report(
                open.stream()
                        .filter(debt -> debt.isTimed() && !debt.since().isAfter(due))
                        .toList(),
                "within " + limit);
        if (open.stream().anyMatch(Debt::isTimed)) {
            arm();
        }
    }
}
