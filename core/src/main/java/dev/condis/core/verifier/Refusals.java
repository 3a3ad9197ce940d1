// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallState;
import dev.condis.api.NdisStatus;
import dev.condis.api.PartyState;
import dev.condis.api.Refusal;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.core.state.QosState;
import java.util.Optional;
import java.util.Set;

/**
 * Which refusals of the core are the caller's fault. A step out of order is; these are not, because a correct program meets them:
 * <ul>
 *   <li>what another driver refused: only a refusal of the core itself counts;
 *   <li>everything about an object that the core has taken away ({@code REMOVE}), or that the other side has deleted before the caller
 *       could know;
 *   <li>{@code CLOSING}, unless it is the caller who closes: the other side, or the core by {@code closeAll}, was faster;
 *   <li>a close, a drop, or a report of either, when the same came from the other side;
 *   <li>the leave of a party that is the last one because the client has dropped the others (R172);
 *   <li>{@code INVALID_SAP} before the call manager has completed the deregistration;
 *   <li>an address family that another call manager has (R22), or that is offered no more (R32);
 *   <li>a deactivation that finds NBLs which had not reached the MCM yet (R93).
 * </ul>
 */
final class Refusals {
    /** Steps that the core itself makes: it takes an object away, or ends a deactivation that takes too long. */
    private static final Set<String> OF_CORE = Set.of("REMOVE", "DEACTIVATE_OVERDUE");

    /** Refused because of somebody else: another driver's answer or its delay, a binding that ends, a reset, a removal. */
    private static final Set<String> BLAMELESS = Set.of("R112", "E2", "R23", "R210", "R221");

    /** Refused to a client because of its call manager. */
    private static final Set<String> OF_CALL_MANAGER = Set.of("R16", "R121", "R141");

    /** Refused because the handle is dead. */
    private static final Set<String> DEAD = Set.of("R39", "R42", "R56", "R111", "R165", "B.1", "B.2");

    /** What may collide with the other side's close. */
    private static final Set<String> COLLIDING = Set.of(
            "ClientVc.closeCall",
            "ClientVc.modifyCallQoS",
            "ClientVc.addParty",
            "ClientParty.dropParty",
            "CmVc.dispatchIncomingCloseCall",
            "CmVc.dispatchCallConnected",
            "CmVc.dispatchIncomingCallQoSChange",
            "CmParty.dispatchIncomingDropParty");

    private final WeakIdentityMap<Object, Boolean> foreign = new WeakIdentityMap<>();

    /** VCs of which a client has dropped a party. */
    private final WeakIdentityMap<Object, Boolean> dropping = new WeakIdentityMap<>();

    /** A driver has refused, or has passed on that it was refused: whoever gets it from the core is not to blame. */
    void passedByDriver(final Refusal refusal) {
        foreign.get(refusal, () -> Boolean.TRUE);
    }

    boolean isForeign(final Refusal refusal) {
        return foreign.contains(refusal);
    }

    /** A client drops a party: until the call manager is asked to, it cannot know how many are left. */
    void drops(final ClientParty party) {
        dropping.get(party.vc().handle(), () -> Boolean.TRUE);
    }

    boolean isIllegal(final Call call, final NdisStatus status, final Refusal refusal) {
        if (BLAMELESS.contains(refusal.rule())
                || OF_CALL_MANAGER.contains(refusal.rule()) && isClients(call)
                || isRemoved(refusal)
                || call.handle().isOrIsUnder(Mark.CLOSES_ALL) && !call.wasDeadBefore()) {
            return false;
        }
        return switch (status) {
            case NOT_ACCEPTED, FAILURE -> isOutOfOrder(call, refusal);
            case CLOSING -> isClosedByCaller(call, refusal);
            case INVALID_SAP -> call.wasDeadBefore();
            default -> false;
        };
    }

    private static boolean isClients(final Call call) {
        final Object target = call.handle().target();
        return target instanceof ClientVc || target instanceof ClientAf;
    }

    private static boolean isRemoved(final Refusal refusal) {
        return refusal.lastTransition()
                .filter(last -> OF_CORE.contains(last.event()))
                .isPresent();
    }

    // --- NOT_ACCEPTED, FAILURE ---

    private boolean isOutOfOrder(final Call call, final Refusal refusal) {
        if (DEAD.contains(refusal.rule())) {
            return call.wasDeadBefore();
        }
        return switch (refusal.rule()) {
            case "R22" -> knows(call);
            case "R32" -> !refusal.state().equals("closing") && !knows(call);
            case "R93" -> !call.wasDrainedBefore();
            case "R107" -> !call.handle().isInCallbackElsewhere();
            case "R108" -> !isLeftActive(call);
            case "B.6.21" -> call.before(Mark.DEACTIVATES).isPresent();
            case "B.4" -> !isNotified(call);
            case "R168" -> call.wasDeadBefore() || isOwnClose(call);
            case "R172" -> !collides(call, refusal) && !isDroppedFrom(call);
            default -> !collides(call, refusal);
        };
    }

    /** The core asks the clients of a call manager that goes to close: the call manager may ask at the same time. */
    private static boolean isNotified(final Call call) {
        return call.name().equals("CmAf.notifyCloseAddressFamily")
                && call.before(Mark.NOTIFIED).isEmpty();
    }

    private static boolean knows(final Call call) {
        return call.arguments()[0] instanceof AddressFamily family
                && call.handle().knows(family);
    }

    /** The call manager has left the VC active after the call: the client, which has none any more, cannot know. */
    private static boolean isLeftActive(final Call call) {
        return call.handle().target() instanceof ClientVc vc && vc.callState() == CallState.IDLE;
    }

    private static boolean collides(final Call call, final Refusal refusal) {
        if (!COLLIDING.contains(call.name())) {
            return false;
        }
        // before the marks: who is closing for the other side now has been told when he is not any more
        return isRemoteClosing(call)
                || call.handle().isOrIsUnder(Mark.PEER_CLOSE)
                || call.handle().isOrIsUnder(Mark.PEER_DROP)
                || isOfClosedParty(call)
                || isDropped(refusal)
                || isChangeOfBoth(call, refusal);
    }

    /** The other side has closed, and the caller will hear of it. */
    private static boolean isRemoteClosing(final Call call) {
        final Object target = call.handle().target();
        return target instanceof ClientVc vc && vc.callState() == CallState.REMOTE_CLOSING
                || target instanceof ClientParty party && party.vc().callState() == CallState.REMOTE_CLOSING
                || target instanceof CmVc own && own.callState() == CallState.CLOSING
                || target instanceof CmParty leaf && leaf.vc().callState() == CallState.CLOSING;
    }

    /** A client may try to drop a party that has left, and close with it when it was the last (C51). */
    private static boolean isOfClosedParty(final Call call) {
        return call.handlesPassed().stream().anyMatch(handle -> handle.is(Mark.PEER_CLOSE));
    }

    /** The client drops the party of which the call manager says that it has left. */
    private static boolean isDropped(final Refusal refusal) {
        return refusal.state().equals(PartyState.DROPPING.name());
    }

    /** The client may have dropped the others, so that this party is the last one. */
    private boolean isDroppedFrom(final Call call) {
        return call.handle().target() instanceof CmParty party
                && dropping.contains(party.vc().handle());
    }

    /** Both sides change the parameters of the call. */
    private static boolean isChangeOfBoth(final Call call, final Refusal refusal) {
        return call.name().equals("CmVc.dispatchIncomingCallQoSChange")
                && refusal.state().equals(QosState.MODIFYING.name());
    }

    // --- CLOSING ---

    private static boolean isClosedByCaller(final Call call, final Refusal refusal) {
        if (refusal.rule().equals("R109")) {
            return call.before(Mark.DEACTIVATES).isPresent();
        }
        if (refusal.rule().equals("R110")) {
            // only its creator gets as far as that
            return call.method().getName().equals("deleteVc");
        }
        // a call manager that offers a call has been asked to close the one before, and has not done it yet
        return call.name().equals("CmVc.dispatchIncomingCall") || isOwnClose(call);
    }

    private static boolean isOwnClose(final Call call) {
        final boolean own = call.before(Mark.OWN_CLOSE).isPresent()
                || call.handle()
                        .parent()
                        .filter(above -> above.is(Mark.OWN_CLOSE))
                        .isPresent();
        return own && !call.handle().is(Mark.PEER_CLOSE);
    }

    /** Where what is refused was done before. */
    static Optional<Trace> cause(final Call call) {
        return call.before(Mark.DEAD)
                .or(() -> call.before(Mark.OWN_CLOSE))
                .or(() -> call.before(Mark.DEACTIVATES))
                .or(() -> call.handle().lastStep());
    }
}
