// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.NdisVcHandle;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Something that a driver has still to do: answer, close, give an NBL back. */
final class Debt {
    /** What is owed. */
    enum Kind {
        /** The completion of what it pended. */
        ANSWER(true),
        /** Its own close, after the other side's. */
        CLOSE(true),
        /** The completion of a send. */
        SEND(true),
        /** A received NBL, which it may keep as long as it likes while the call lasts. */
        RECEIVE(false);

        private final boolean timed;

        Kind(final boolean timed) {
            this.timed = timed;
        }
    }

    /** The rule by which a call that was offered is accepted or rejected. */
    static final String OFFER = "R131";

    private final Kind kind;
    private final String rule;
    private final Membrane debtor;
    private final Optional<HandleProxy> subject;
    private final Optional<HandleProxy> creditor;
    private final String call;
    private final String explanation;
    private final Trace trace;
    private final Instant since;
    private final AtomicBoolean reported = new AtomicBoolean();
    private volatile long knownSince = Long.MAX_VALUE;

    Debt(
            final Kind kind,
            final String rule,
            final Membrane debtor,
            final Optional<HandleProxy> subject,
            final Optional<HandleProxy> creditor,
            final String call,
            final String explanation,
            final Trace trace,
            final Instant since) {
        this.kind = kind;
        this.rule = rule;
        this.debtor = debtor;
        this.subject = subject;
        this.creditor = creditor;
        this.call = call;
        this.explanation = explanation;
        this.trace = trace;
        this.since = since;
    }

    Kind kind() {
        return kind;
    }

    boolean isTimed() {
        return kind.timed && !reported.get();
    }

    /** The callback that handed it over has returned: from now on the debtor has no excuse. */
    void known(final long moment) {
        knownSince = moment;
    }

    Instant since() {
        return since;
    }

    boolean isAbout(final HandleProxy handle) {
        return subject.filter(handle::equals).isPresent();
    }

    boolean isUnder(final HandleProxy ancestor) {
        return subject.filter(handle -> handle.isUnder(ancestor)).isPresent();
    }

    boolean isOwedTo(final HandleProxy ancestor) {
        return creditor.filter(handle -> handle.isUnder(ancestor)).isPresent();
    }

    /** An NBL of this VC that its debtor knew of at a moment: the callback that hands it over may be about to begin. */
    boolean isOn(final NdisVcHandle vc, final long moment) {
        return knownSince <= moment
                && subject.flatMap(HandleProxy::vc).filter(vc::equals).isPresent();
    }

    /** A VC that moves to another backend is at two miniports for a while: this is what one of them has, or has given. */
    boolean isOf(final Membrane miniport) {
        return debtor == miniport
                || creditor.filter(handle -> handle.membrane() == miniport).isPresent();
    }

    /** A driver that asks the core to close everything needs not answer what it was offered; the core has rejected it. */
    boolean isPaidByCore() {
        return rule.equals(OFFER)
                && subject.filter(handle -> handle.isOrIsUnder(Mark.CLOSES_ALL)).isPresent();
    }

    /** The debtor has not paid in time: once. */
    Optional<Findings.Offence> overdue(final String when) {
        return reported.compareAndSet(false, true)
                ? Optional.of(offence(rule, debtor.driver(), explanation + " " + when))
                : Optional.empty();
    }

    /** The creditor should have waited: not when the debtor was blamed already. */
    Optional<Findings.Offence> notAwaited(final String ruleOfCreditor, final String when) {
        return reported.get()
                ? Optional.empty()
                : creditor.map(handle -> offence(
                        ruleOfCreditor, handle.membrane().driver(), "does not wait for what is on its way " + when));
    }

    private Findings.Offence offence(final String broken, final String driver, final String text) {
        return new Findings.Offence(
                broken, driver, subject.map(HandleProxy::description).orElse(driver), call, text);
    }

    Optional<Trace> trace() {
        return Optional.of(trace);
    }
}
