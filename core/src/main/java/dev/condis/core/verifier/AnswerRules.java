// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.miniport.McmVc;
import dev.condis.api.miniport.McmVcContext;
import java.util.Optional;

/** What an answer must be true of. */
final class AnswerRules {
    private final Debts debts;

    AnswerRules(final Debts debts) {
        this.debts = debts;
    }

    void check(final Callback callback, final Object answer, final NdisStatus status) {
        switch (callback.name()) {
            case "CmAfContext.createVc" -> contextOfMcm(callback, answer);
            case "CmAfContext.closeAf" -> afClosed(callback, status);
            case "CmSapContext.deregisterSap" -> sapDeregistered(callback, status);
            case "CmVcContext.makeCall" -> callMade(callback, status);
            case "CmVcContext.closeCall" -> callClosed(callback, status);
            case "CmVcContext.modifyCallQoS" -> qosModified(callback, status);
            case "CmPartyContext.dropParty" -> partyDropped(callback, status);
            case "ClientAfContext.notifyCloseAf" -> closeNotified(callback, status);
            case "ClientSapContext.incomingCall" -> parametersChanged(callback, answer);
            case "MiniportVcContext.activateVc" -> activated(callback, answer, status);
            case "MiniportVcContext.deactivateVc" -> deactivated(callback, status);
            case "ClientVcContext.deleteVc", "CmVcContext.deleteVc" -> deleted(callback, status);
            case "MiniportDriver.pause", "CoClient.pause", "CallManager.pause" -> paused(callback, status);
            case "MiniportVcContext.deleteVc" -> callback.subject().ifPresent(handle -> gone(callback, handle));
            default -> {
                // whatever it says is allowed
            }
        }
    }

    private static Optional<CmVc> cmVc(final Callback callback) {
        return callback.context()
                .subject()
                .filter(handle -> handle.target() instanceof CmVc)
                .map(handle -> (CmVc) handle.target());
    }

    private static boolean isActive(final CmVc vc) {
        return vc.state() == VcState.ACTIVE || vc.state() == VcState.REACTIVATING;
    }

    private static void contextOfMcm(final Callback callback, final Object answer) {
        final boolean mcm = callback.subject()
                .filter(handle -> handle.target() instanceof McmVc)
                .isPresent();
        if (mcm
                && answer instanceof NdisResult<?> result
                && result.value()
                        .filter(value -> !(value instanceof McmVcContext))
                        .isPresent()) {
            callback.blame("R16", "gives a context for an MCM's VC that does not carry packets");
        }
    }

    private static void afClosed(final Callback callback, final NdisStatus status) {
        if (status.isSuccess()) {
            callback.subject().ifPresent(handle -> handle.mark(Mark.DEAD, callback.trace()));
        } else if (status != NdisStatus.NOT_ACCEPTED) {
            callback.blame("R42", "answers " + status + " to the close of an address family");
        }
    }

    private static void sapDeregistered(final Callback callback, final NdisStatus status) {
        callback.subject().ifPresent(handle -> handle.mark(Mark.DEAD, callback.trace()));
        if (!status.isSuccess()) {
            callback.blame("R58", "answers " + status + " to the deregistration of a SAP");
        }
    }

    private static void callMade(final Callback callback, final NdisStatus status) {
        cmVc(callback).filter(vc -> vc.state() != VcState.DELETED).ifPresent(vc -> {
            if (status.isSuccess() && !isActive(vc)) {
                callback.blame("R121", "reports a call on a VC that is " + vc.state());
            } else if (!status.isSuccess() && (isActive(vc) || vc.state() == VcState.ACTIVATING)) {
                callback.blame("R123", "fails the call and leaves the VC " + vc.state() + " (C29)");
            }
        });
    }

    /** A deactivation that is under way is as good: the client hears of the close when it is over (C5). */
    private static void callClosed(final Callback callback, final NdisStatus status) {
        cmVc(callback)
                .filter(vc -> status.isSuccess() && (isActive(vc) || vc.state() == VcState.ACTIVATING))
                .ifPresent(vc -> callback.blame("R154", "reports the call closed and leaves the VC " + vc.state()));
    }

    private static void qosModified(final Callback callback, final NdisStatus status) {
        final boolean connected = cmVc(callback)
                .filter(vc -> vc.callState() == CallState.CONNECTED)
                .isPresent();
        final boolean activated = callback.context()
                .subject()
                .filter(handle -> handle.is(Mark.ACTIVATED))
                .isPresent();
        if (status.isSuccess() && connected && !activated) {
            callback.blame("R141", "reports a change and has not activated the VC with it");
        }
    }

    /** R174: the call manager has freed its context. */
    private static void partyDropped(final Callback callback, final NdisStatus status) {
        if (status.isSuccess()) {
            callback.subject().ifPresent(party -> party.mark(Mark.DEAD, callback.trace()));
        }
    }

    private static void closeNotified(final Callback callback, final NdisStatus status) {
        final boolean open = callback.subject()
                .filter(handle -> handle.target() instanceof ClientAf af
                        && (af.state() == AfState.OPEN || af.state() == AfState.OPEN_NOTIFIED))
                .isPresent();
        if (status.isSuccess() && open) {
            callback.blame("R47", "answers the notification with success and leaves the address family open");
        }
    }

    private static void parametersChanged(final Callback callback, final Object answer) {
        final Object asked = callback.argument(callback.arguments().length - 1);
        final boolean negotiated = callback.subject()
                .filter(handle -> handle.is(Mark.RENEGOTIATED))
                .isPresent();
        parameters(answer)
                .filter(accepted -> !negotiated)
                .filter(accepted -> !accepted.equals(asked)
                        && !accepted.flags().contains(CallParameters.Flag.CALL_PARAMETERS_CHANGED))
                .ifPresent(accepted ->
                        callback.blame("R132", "changes the parameters and does not set CALL_PARAMETERS_CHANGED"));
    }

    private static Optional<CallParameters> parameters(final Object answer) {
        return answer instanceof NdisResult<?> result
                        && result.value().orElse(null) instanceof CallParameters parameters
                ? Optional.of(parameters)
                : Optional.empty();
    }

    private static void activated(final Callback callback, final Object answer, final NdisStatus status) {
        if (!status.isSuccess()) {
            callback.subject().ifPresent(handle -> handle.restore(callback.marksBefore(), Mark.CARRIES));
            return;
        }
        final Object asked = callback.argument(0);
        final boolean mayRound = asked instanceof CallParameters wanted
                && wanted.media()
                        .filter(media -> media.flags().contains(MediaParameters.Flag.ROUND_UP_FLOW)
                                || media.flags().contains(MediaParameters.Flag.ROUND_DOWN_FLOW))
                        .isPresent();
        if (!mayRound
                && parameters(answer).filter(inForce -> !inForce.equals(asked)).isPresent()) {
            callback.blame("R82", "changes the parameters though no rounding flag is set");
        }
    }

    private void deactivated(final Callback callback, final NdisStatus status) {
        if (!status.isSuccess()) {
            return;
        }
        callback.subject().ifPresent(handle -> {
            handle.unmark(Mark.CARRIES);
            handle.mark(Mark.HAS_CARRIED, callback.trace());
            drained(callback, handle);
        });
    }

    /** What came while the deactivation was under way may have come after the miniport had looked. */
    private void drained(final Callback callback, final HandleProxy miniport) {
        if (debts.carries(miniport, Debt.Kind.SEND, callback.moment())) {
            callback.blame("R93", "reports the deactivation before every send is completed");
        }
        if (debts.carries(miniport, Debt.Kind.RECEIVE, callback.moment())) {
            callback.blame("R94", "reports the deactivation before every indicated NBL is back");
        }
    }

    private static void paused(final Callback callback, final NdisStatus status) {
        if (!status.isSuccess()) {
            callback.blame(
                    callback.name().startsWith("Miniport") ? "B.1" : "B.2",
                    "answers " + status + " to a pause, which cannot be refused");
        }
    }

    private void deleted(final Callback callback, final NdisStatus status) {
        if (status.isSuccess() && callback.isByTheBook()) {
            callback.subject().ifPresent(handle -> gone(callback, handle));
        }
    }

    private void gone(final Callback callback, final HandleProxy handle) {
        handle.mark(Mark.DEAD, callback.trace());
        debts.deleted(handle);
    }
}
