// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AddressFamily;
import dev.condis.api.miniport.McmVc;

/** What is remembered of a driver's calls, because later ones are judged by it. */
final class CallMemory {
    private static final Mark[] NONE = {};
    private static final Mark[] CLOSES = {Mark.OWN_CLOSE, Mark.PEER_CLOSE, Mark.PEER_DROP};

    private final Debts debts;

    CallMemory(final Debts debts) {
        this.debts = debts;
    }

    void made(final Call call) {
        final HandleProxy handle = call.handle();
        switch (call.name()) {
            case "ClientVc.closeCall", "ClientAf.close", "ClientSap.deregister", "ClientParty.dropParty" ->
                closes(call);
            case "ClientAf.closeAll", "ClientBinding.closeAll", "CmBinding.closeAll" -> {
                handle.mark(Mark.CLOSES_ALL, call.trace());
                debts.closedUnder(handle);
            }
            case "ClientVc.makeCall", "CmVc.dispatchIncomingCall" -> handle.unmark(CLOSES);
            case "CmVc.deactivateVc", "SignalingVc.deactivateVc" -> {
                call.drainedBefore(handle.vc().filter(debts::carries).isEmpty());
                handle.unmark(Mark.ACTIVATED);
                handle.mark(Mark.DEACTIVATES, call.trace());
            }
            case "CmAf.notifyCloseAddressFamily" -> handle.mark(Mark.NOTIFIED, call.trace());
            case "CmVc.activateVc" -> {
                if (handle.target() instanceof McmVc) {
                    handle.mark(Mark.CARRIES, call.trace());
                }
            }
            default -> {
                // nothing depends on it
            }
        }
    }

    private void closes(final Call call) {
        call.handle().mark(Mark.OWN_CLOSE, call.trace());
        debts.closed(call.handle());
        call.handlesPassed().forEach(debts::closed);
    }

    private static Mark[] changedBy(final Call call) {
        return switch (call.name()) {
            case "ClientVc.closeCall", "ClientAf.close", "ClientSap.deregister", "ClientParty.dropParty" ->
                new Mark[] {Mark.OWN_CLOSE};
            case "ClientVc.makeCall", "CmVc.dispatchIncomingCall" -> CLOSES.clone();
            case "CmVc.deactivateVc", "SignalingVc.deactivateVc" -> new Mark[] {Mark.DEACTIVATES, Mark.ACTIVATED};
            case "CmAf.notifyCloseAddressFamily" -> new Mark[] {Mark.NOTIFIED};
            case "CmVc.activateVc" -> new Mark[] {Mark.CARRIES};
            default -> NONE;
        };
    }

    /** It came to nothing. */
    void refused(final Call call) {
        call.handle().restore(call.marksBefore(), changedBy(call));
    }

    /** It was carried out, or the driver that was asked said no. */
    void ended(final Call call, final boolean succeeded) {
        final HandleProxy handle = call.handle();
        switch (call.name()) {
            case "ClientVc.deleteVc", "CmVc.deleteVc", "SignalingVc.deleteVc" -> deleted(call, succeeded);
            case "ClientVc.closeCall" -> callClosed(call, succeeded);
            case "ClientAf.close", "ClientAf.closeAll", "ClientParty.dropParty" -> closed(call, succeeded);
            // C20: whatever the call manager says, the SAP is gone
            case "ClientSap.deregister" -> closed(call, true);
            case "CmVc.deactivateVc", "SignalingVc.deactivateVc" -> deactivated(call, succeeded);
            case "CmVc.activateVc", "SignalingVc.activateVc" -> {
                if (succeeded) {
                    handle.mark(Mark.ACTIVATED, call.trace());
                }
            }
            case "ClientVc.modifyCallQoS" -> {
                if (succeeded) {
                    handle.mark(Mark.RENEGOTIATED, call.trace());
                }
            }
            case "CmVc.dispatchIncomingCall" -> {
                if (!succeeded) {
                    handle.mark(Mark.PEER_CLOSE, call.trace());
                }
            }
            case "CmBinding.registerAddressFamily" -> {
                if (succeeded && call.arguments()[0] instanceof AddressFamily family) {
                    handle.families().add(family);
                }
            }
            default -> {
                // nothing depends on it
            }
        }
        if (succeeded) {
            handle.step(call.trace());
        }
    }

    /** C51: the last party goes with its call. */
    private static void callClosed(final Call call, final boolean succeeded) {
        if (succeeded) {
            call.handlesPassed().forEach(party -> party.mark(Mark.DEAD, call.trace()));
        } else {
            call.handle().restore(call.marksBefore(), Mark.OWN_CLOSE);
        }
    }

    private void deleted(final Call call, final boolean succeeded) {
        if (succeeded) {
            call.handle().mark(Mark.DEAD, call.trace());
            debts.deleted(call.handle());
        }
    }

    private void closed(final Call call, final boolean succeeded) {
        if (succeeded) {
            call.handle().mark(Mark.DEAD, call.trace());
        } else {
            refused(call);
        }
    }

    private static void deactivated(final Call call, final boolean succeeded) {
        call.handle().unmark(Mark.DEACTIVATES);
        if (succeeded && call.handle().target() instanceof McmVc) {
            call.handle().unmark(Mark.CARRIES);
            call.handle().mark(Mark.HAS_CARRIED, call.trace());
        }
    }
}
