// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Refusal;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmParty;
import dev.condis.api.callmgr.CmSap;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.VcIndications;
import dev.condis.api.oid.OidResult;
import java.util.Optional;
import java.util.Set;

/** What a driver must heed when it calls the core: the level, the objects, the order. */
final class CallRules {
    private static final Set<Class<?>> HANDLES =
            Set.of(ClientVc.class, ClientParty.class, CmVc.class, CmSap.class, CmParty.class);

    private final Levels levels;
    private final Ledger ledger;
    private final CallMemory memory;
    private final Refusals refusals;

    CallRules(final Levels levels, final Ledger ledger, final Debts debts, final Refusals refusals) {
        this.levels = levels;
        this.ledger = ledger;
        this.refusals = refusals;
        memory = new CallMemory(debts);
    }

    /** Before the core is called: where violations are fatal, it is not. */
    void before(final Call call) {
        levels.check(call);
        checkArguments(call);
        if (Ledger.concerns(call)) {
            checkTransfer(call);
            ledger.before(call);
            call.lends(Ledger.lentBy(call));
        }
        if (call.method().getName().equals("indicateStatus")) {
            checkStatus(call);
        }
        if (call.method().getName().equals("dropParty") && call.handle().target() instanceof ClientParty party) {
            refusals.drops(party);
        }
        memory.made(call);
    }

    /** R207: nothing is indicated when the halt has returned, nor on a VC that is deleted. */
    private static void checkStatus(final Call call) {
        final boolean ofVc =
                call.before(Mark.DEAD).isPresent() && call.handle().vc().isPresent();
        call.handle()
                .markedAbove(Mark.DEAD)
                .ifPresent(dead -> call.blame(
                        ofVc ? "R111" : "R207",
                        ofVc ? "the VC is deleted, its handle is dead" : "indicates a status after the halt",
                        Optional.of(dead)));
    }

    // --- the objects ---

    private static void checkArguments(final Call call) {
        final Class<?>[] types = call.method().getParameterTypes();
        for (int i = 0; i < types.length; i++) {
            if (HANDLES.contains(types[i]) && call.arguments()[i] != null) {
                checkHandle(call, call.arguments()[i]);
            }
        }
    }

    private static void checkHandle(final Call call, final Object argument) {
        final Optional<HandleProxy> handle = HandleProxy.of(argument);
        if (handle.isEmpty()) {
            call.blame("R6", "passes a handle that is not the core's: " + argument);
        } else if (!isRelated(call.handle(), handle.get())) {
            call.blame(
                    handle.get().target() instanceof CmSap ? "R129" : "R7",
                    handle.get().description() + " belongs to another object");
        }
    }

    /** What is passed belongs to the object of the call, or to the same object as that. */
    private static boolean isRelated(final HandleProxy handle, final HandleProxy argument) {
        return argument.isUnder(handle)
                || handle.parent().isPresent() && argument.parent().equals(handle.parent());
    }

    // --- transfers ---

    private static void checkTransfer(final Call call) {
        final Optional<Trace> dead = call.before(Mark.DEAD);
        if (dead.isPresent()) {
            final boolean binding = call.handle().vc().isEmpty();
            call.blame(
                    binding ? "R214" : "R111",
                    binding ? "the binding is closed, its handle is dead" : "the VC is deleted, its handle is dead",
                    dead);
        } else if (call.method().getName().equals(Ledger.SEND)) {
            checkSend(call);
        } else if (call.method().getName().equals(Ledger.INDICATE)) {
            checkIndication(call);
        }
    }

    private static void checkSend(final Call call) {
        final Object target = call.handle().target();
        if (target instanceof ClientVc vc && vc.state() != VcState.DELETED) {
            checkSend(call, vc.callState());
        } else if (target instanceof SignalingVc vc) {
            checkSignaling(call, vc.state());
        }
    }

    private static void checkSend(final Call call, final CallState state) {
        final String early = call.handle().is(Mark.OWN_CREATION) ? "R125" : "R138";
        switch (state) {
            case MAKING, OFFERED, ACCEPTED -> call.blame(early, "sends before the call is connected");
            case IDLE, CLOSING -> checkLateSend(call, early);
            case CONNECTED, REMOTE_CLOSING -> {
                // a sender cannot know yet that the remote party has closed
            }
        }
    }

    /** Who closes knows it; who is closed by the other side, or by the core on request, may have a send under way. */
    private static void checkLateSend(final Call call, final String early) {
        final Optional<Trace> closed = call.handle().marked(Mark.OWN_CLOSE);
        final boolean byOther =
                call.handle().is(Mark.PEER_CLOSE) || call.handle().isOrIsUnder(Mark.CLOSES_ALL);
        if (byOther) {
            return;
        }
        if (closed.isPresent()) {
            call.blame("R149", "sends after it has closed the call", closed);
        } else {
            call.blame(early, "sends without a call");
        }
    }

    /** The core may have ended it on its own, at the end of its adapter: then the call manager does not know. */
    private static void checkSignaling(final Call call, final VcState state) {
        final boolean carries = state == VcState.ACTIVE || state == VcState.REACTIVATING || state == VcState.DELETED;
        if (!carries && !call.handle().is(Mark.ACTIVATED)) {
            call.blame("R76", "sends on a signaling VC that is " + state);
        }
    }

    private static void checkIndication(final Call call) {
        final boolean carries = call.handle().is(Mark.CARRIES);
        final boolean gone = call.handle().target() instanceof CmVc vc && vc.state() == VcState.DELETED;
        if (call.handle().target() instanceof VcIndications && !carries && !gone) {
            final Optional<Trace> ended = call.handle().marked(Mark.HAS_CARRIED);
            call.blame(
                    ended.isPresent() ? "R95" : "R76",
                    ended.isPresent()
                            ? "indicates on a VC that it has deactivated"
                            : "indicates on a VC that was not activated",
                    ended);
        }
    }

    // --- the outcome ---

    /** The core, or the other driver, has answered. A step out of order is refused at once, never later. */
    void outcome(final Call call, final Object value) {
        final Optional<NdisStatus> status = status(value);
        if (status.isEmpty()) {
            return;
        }
        final Optional<Refusal> refusal = refusal(value).filter(reason -> !refusals.isForeign(reason));
        if (refusal.isEmpty()) {
            memory.ended(call, status.get().isSuccess());
            return;
        }
        memory.refused(call);
        if (!call.isReturned() && !call.isBlamed() && refusals.isIllegal(call, status.get(), refusal.get())) {
            call.blame(
                    refusal.get().rule(),
                    "is refused with " + status.get() + ": " + refusal.get(),
                    Refusals.cause(call));
        }
    }

    static Optional<NdisStatus> status(final Object value) {
        if (value instanceof NdisResult<?> result) {
            return Optional.of(result.status());
        }
        return value instanceof OidResult result ? Optional.of(result.status()) : Optional.empty();
    }

    static Optional<Refusal> refusal(final Object value) {
        if (value instanceof NdisResult<?> result) {
            return result.refusal();
        }
        return value instanceof OidResult result ? result.refusal() : Optional.empty();
    }

    void returned(final Call call) {
        ledger.lentBack(call);
    }

    /** The core has thrown at a programming error, and taken nothing. */
    void threw(final Call call, final Optional<String> rule, final Throwable thrown) {
        if (Ledger.concerns(call)) {
            ledger.refused(call);
        }
        memory.refused(call);
        if (rule.isPresent() && !call.isBlamed()) {
            call.blame(rule.get(), "the core throws " + thrown);
        }
    }
}
