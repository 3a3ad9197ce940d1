// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AddressFamily;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import java.util.Optional;

/** What a driver must heed when the core calls it, and what is remembered of it. */
final class CallbackRules {
    private final Findings findings;
    private final Ledger ledger;
    private final Debts debts;
    private final Refusals refusals;
    private final AnswerRules answers;

    CallbackRules(final Findings findings, final Ledger ledger, final Debts debts, final Refusals refusals) {
        this.findings = findings;
        this.ledger = ledger;
        this.debts = debts;
        this.refusals = refusals;
        answers = new AnswerRules(debts);
    }

    /** Before the driver is called. */
    void before(final Callback callback) {
        final Optional<HandleProxy> vc = callback.context().subject();
        switch (callback.name()) {
            case "MiniportDriver.initialize", "CoMiniport.initialize", "MiniportCallManager.initialize" ->
                callback.subject().ifPresent(callback.context()::attach);
            case "CoClient.afRegisterNotify" -> announced(callback);
            case "ClientSapContext.incomingCall" ->
                callback.subject()
                        .ifPresent(h -> h.unmark(Mark.OWN_CLOSE, Mark.PEER_CLOSE, Mark.PEER_DROP, Mark.RENEGOTIATED));
            case "ClientVcContext.incomingCloseCall" -> closedByPeer(callback, "R158");
            case "ClientPartyContext.incomingDropParty" -> closedByPeer(callback, "R173");
            case "CmVcContext.makeCall" -> vc.ifPresent(h -> h.unmark(Mark.PEER_CLOSE, Mark.PEER_DROP));
            case "CmVcContext.closeCall" -> vc.ifPresent(h -> h.mark(Mark.PEER_CLOSE, callback.trace()));
            case "CmVcContext.modifyCallQoS" -> vc.ifPresent(h -> h.unmark(Mark.ACTIVATED));
            case "CmPartyContext.dropParty" -> dropped(callback);
            case "MiniportVcContext.activateVc" -> vc.ifPresent(h -> h.mark(Mark.CARRIES, callback.trace()));
            case "ClientVcContext.deleteVc", "CmVcContext.deleteVc" -> deleted(callback);
            default -> ledger.before(callback);
        }
    }

    private static void announced(final Callback callback) {
        if (callback.argument(1) instanceof AddressFamily family) {
            callback.subject().ifPresent(binding -> binding.families().add(family));
        }
    }

    private void closedByPeer(final Callback callback, final String rule) {
        callback.subject().ifPresent(handle -> {
            handle.mark(Mark.PEER_CLOSE, callback.trace());
            if (!handle.is(Mark.OWN_CLOSE) && !handle.isOrIsUnder(Mark.CLOSES_ALL)) {
                debts.close(rule, callback, handle);
            }
        });
    }

    private static void dropped(final Callback callback) {
        callback.subject().ifPresent(party -> {
            party.mark(Mark.PEER_CLOSE, callback.trace());
            party.parent().ifPresent(vc -> vc.mark(Mark.PEER_DROP, callback.trace()));
        });
    }

    /** A VC that is deleted by its creator is being deleted still; one that the core takes away is gone, with nothing to close on it. */
    private void deleted(final Callback callback) {
        if (callback.subject().flatMap(handle -> state(handle.target())).equals(Optional.of(VcState.DELETED))) {
            callback.notByTheBook();
            callback.subject().ifPresent(debts::closedUnder);
        }
    }

    private static Optional<VcState> state(final Object target) {
        if (target instanceof ClientVc vc) {
            return Optional.of(vc.state());
        }
        if (target instanceof CmVc vc) {
            return Optional.of(vc.state());
        }
        return target instanceof SignalingVc vc ? Optional.of(vc.state()) : Optional.empty();
    }

    // --- the end of a callback ---

    /** The driver has returned. */
    void returned(final Callback callback) {
        ledger.after(callback);
        callback.subject().ifPresent(handle -> handle.step(callback.trace()));
        if (callback.name().equals("MiniportDriver.halt")) {
            callback.subject().ifPresent(adapter -> {
                adapter.mark(Mark.DEAD, callback.trace());
                debts.ended(adapter, Debt.Kind.RECEIVE, "R220", "when the halt of the adapter returns");
            });
        }
    }

    /** An answer is there, at once or later. */
    void answered(final Callback callback, final Optional<Object> answer) {
        if (answer.isEmpty()) {
            if (yields(callback)) {
                callback.blame("R3", "answers null");
            }
            return;
        }
        CallRules.refusal(answer.get()).ifPresent(refusals::passedByDriver);
        final Optional<NdisStatus> status = statusOf(answer.get());
        if (status.filter(NdisStatus.PENDING::equals).isPresent()) {
            callback.blame(ruleOfPending(callback.name()), "answers PENDING as a final status");
        } else if (isWithoutValue(answer.get())) {
            callback.blame("R9", "succeeds without what belongs to a success");
        } else if (status.isPresent()) {
            answers.check(callback, answer.get(), status.get());
        }
        if (callback.name().endsWith(".unbindAdapter")) {
            unbound(callback);
        }
    }

    /** Nobody expects an answer of a callback without one. */
    private static boolean yields(final Callback callback) {
        return callback.method().getReturnType() != void.class;
    }

    private static Optional<NdisStatus> statusOf(final Object answer) {
        return answer instanceof NdisStatus status ? Optional.of(status) : CallRules.status(answer);
    }

    private static String ruleOfPending(final String name) {
        return switch (name) {
            case "CmVcContext.deleteVc", "ClientVcContext.deleteVc" -> "R112";
            case "MiniportVcContext.deleteVc" -> "R70";
            default -> "R4";
        };
    }

    private static boolean isWithoutValue(final Object answer) {
        return answer instanceof NdisResult<?> result
                && result.isSuccess()
                && result.value().isEmpty();
    }

    /** It has thrown; what the verifier itself has thrown through it is no fault of its own. */
    void threw(final Callback callback, final Throwable thrown) {
        ledger.after(callback);
        if (!(thrown instanceof VerifierException)) {
            callback.blame(ruleOfThrow(callback), "throws " + thrown);
        }
    }

    private static String ruleOfThrow(final Callback callback) {
        return switch (callback.method().getName()) {
            case Ledger.SEND -> "R178";
            case Ledger.RECEIVE -> "R185";
            case "halt" -> "R220";
            default -> "R3";
        };
    }

    /** The stage that it returned has failed. */
    void failed(final Callback callback, final Throwable failure) {
        callback.blame("R3", "completes with an exception instead of an answer: " + failure);
    }

    private void unbound(final Callback callback) {
        callback.subject().ifPresent(binding -> {
            for (final Object left : Leftovers.of(binding)) {
                findings.report(
                        new Findings.Offence(
                                Leftovers.rule(left),
                                callback.membrane().driver(),
                                left.toString(),
                                callback.name(),
                                "is through with the binding and leaves it open"),
                        Trace.here().frames(),
                        Optional.of(callback.trace()));
            }
            debts.ended(binding, Debt.Kind.SEND, "R214", "when the driver is through with the binding");
            binding.mark(Mark.DEAD, callback.trace());
        });
    }
}
