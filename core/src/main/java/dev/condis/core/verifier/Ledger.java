// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.verifier;

import dev.condis.api.NdisStatus;
import dev.condis.api.NdisVcHandle;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Follows every NBL from hand to hand (contract B.12, D.14). */
final class Ledger {
    static final String SEND = "sendNetBufferLists";
    static final String COMPLETE = "sendNetBufferListsComplete";
    static final String INDICATE = "indicateReceiveNetBufferLists";
    static final String RECEIVE = "receiveNetBufferLists";
    static final String RETURN = "returnNetBufferLists";

    private final Findings findings;
    private final Levels levels;
    private final Debts debts;

    /** What is wrong with handing an NBL over, and where it was handed over before. */
    private record Fault(String rule, String explanation, Optional<Trace> before) {}

    Ledger(final Findings findings, final Levels levels, final Debts debts) {
        this.findings = findings;
        this.levels = levels;
        this.debts = debts;
    }

    static boolean concerns(final Call call) {
        return switch (call.method().getName()) {
            case SEND, COMPLETE, INDICATE, RETURN -> true;
            default -> false;
        };
    }

    private NblRecord record(final NetBufferList nbl) {
        if (nbl.guard().orElse(null) instanceof NblRecord known && known.isOf(this)) {
            return known;
        }
        final NblRecord made = new NblRecord(this);
        nbl.setGuard(made);
        return made;
    }

    /** No further than the head says: the links of an NBL that is in two chains may go in a circle. */
    private static List<NetBufferList> chain(final Object[] arguments) {
        final List<NetBufferList> nbls = new ArrayList<>();
        if (arguments[0] instanceof NetBufferList head) {
            final int length = head.chainLength();
            for (NetBufferList nbl = head; nbl != null && nbls.size() < length; nbl = nbl.next()) {
                nbls.add(nbl);
            }
        }
        return nbls;
    }

    private static boolean isLent(final Object[] arguments) {
        return ((Integer) arguments[1] & NblFlags.RECEIVE_RESOURCES) != 0;
    }

    // --- calls ---

    /** Before the core sees the NBLs: nothing is moved when the caller is stopped. */
    void before(final Call call) {
        final List<NetBufferList> nbls = chain(call.arguments());
        final List<NetBufferList> sound = new ArrayList<>();
        for (final NetBufferList nbl : nbls) {
            final Optional<Fault> fault = fault(call, nbl, record(nbl));
            if (fault.isEmpty()) {
                sound.add(nbl);
            } else if (!call.isBlamed()) {
                call.blame(
                        fault.get().rule(),
                        nbl + " " + fault.get().explanation(),
                        fault.get().before());
            }
        }
        sound.forEach(nbl -> move(call, nbl, record(nbl)));
    }

    private static Optional<Fault> fault(final Call call, final NetBufferList nbl, final NblRecord record) {
        return switch (call.method().getName()) {
            case SEND -> faultOfSend(record);
            case INDICATE -> faultOfIndication(record);
            case COMPLETE -> faultOfCompletion(call, nbl, record);
            default -> faultOfReturn(call, record);
        };
    }

    private static Optional<Fault> faultOfSend(final NblRecord record) {
        return switch (record.state()) {
            case HOME -> Optional.empty();
            case SENT, AT_MINIPORT, COMPLETED -> fault("R182", "is sent while it is on its way already", record);
            case INDICATED, RETURNED -> fault("R185", "was received: it is to be returned, not sent", record);
            case LENT -> fault("R186", "was received and is the miniport's: it is to be copied, not sent", record);
        };
    }

    private static Optional<Fault> faultOfIndication(final NblRecord record) {
        return switch (record.state()) {
            case HOME -> Optional.empty();
            case SENT, AT_MINIPORT, COMPLETED ->
                fault("R179", "was sent: it is to be completed, not indicated", record);
            case INDICATED, LENT, RETURNED -> fault("R187", "is indicated while the receiver has it", record);
        };
    }

    private static Optional<Fault> faultOfCompletion(final Call call, final NetBufferList nbl, final NblRecord record) {
        final NblRecord.State state = record.state();
        if (state != NblRecord.State.AT_MINIPORT) {
            final boolean twice = state == NblRecord.State.COMPLETED
                    || state == NblRecord.State.HOME && record.last() == NblRecord.State.COMPLETED;
            return twice
                    ? fault("R179", "is completed for the second time", record)
                    : fault("R183", "is completed and was not sent", record);
        }
        if (!record.isOn(call.handle().vc()) || !record.isHeldBy(call.handle().membrane())) {
            return fault("R183", "is completed on another VC than it was sent on", record);
        }
        return nbl.status() == NdisStatus.PENDING
                ? fault("R179", "is completed without a final status", record)
                : Optional.empty();
    }

    private static Optional<Fault> faultOfReturn(final Call call, final NblRecord record) {
        return switch (record.state()) {
            case INDICATED ->
                record.isHeldBy(call.handle().membrane())
                                && record.isOn(call.handle().vc())
                        ? Optional.empty()
                        : fault("R185", "is returned where it was not received", record);
            case LENT -> fault("R186", "is returned and was only lent", record);
            case HOME, RETURNED -> faultOfLateReturn(record);
            case SENT, AT_MINIPORT, COMPLETED -> fault("R185", "is returned and was not received", record);
        };
    }

    private static Optional<Fault> faultOfLateReturn(final NblRecord record) {
        if (record.wasLent()) {
            return fault("R186", "is returned and was only lent", record);
        }
        final boolean twice = record.state() == NblRecord.State.RETURNED || record.last() == NblRecord.State.RETURNED;
        return fault("R185", twice ? "is returned for the second time" : "is returned and was not received", record);
    }

    private static Optional<Fault> fault(final String rule, final String explanation, final NblRecord record) {
        return Optional.of(new Fault(rule, explanation, record.trace()));
    }

    private void move(final Call call, final NetBufferList nbl, final NblRecord record) {
        final Optional<HandleProxy> caller = Optional.of(call.handle());
        final Optional<NdisVcHandle> vc = call.handle().vc();
        switch (call.method().getName()) {
            case SEND -> record.handOver(NblRecord.State.SENT, nbl, caller, vc, call.trace());
            case INDICATE ->
                record.handOver(
                        isLent(call.arguments()) ? NblRecord.State.LENT : NblRecord.State.INDICATED,
                        nbl,
                        caller,
                        vc,
                        call.trace());
            case COMPLETE -> {
                checkPayload(
                        call, nbl, record, "R182", "the sender touched it (R182), or the miniport changed it (R180)");
                record.givenBack(NblRecord.State.COMPLETED, call.trace()).ifPresent(debts::paid);
            }
            default -> {
                checkPayload(call, nbl, record, "R187", "the miniport touched it while the receiver had it");
                record.givenBack(NblRecord.State.RETURNED, call.trace()).ifPresent(debts::paid);
            }
        }
    }

    /** The payload is the same when an NBL comes back as when it was given away: who gave it away keeps his hands off. */
    private void checkPayload(
            final Call call,
            final NetBufferList nbl,
            final NblRecord record,
            final String rule,
            final String explanation) {
        if (record.isChanged(nbl)) {
            record.from()
                    .ifPresent(giver -> findings.report(
                            new Findings.Offence(
                                    rule,
                                    giver.membrane().driver(),
                                    giver.description(),
                                    call.name(),
                                    "the payload of " + nbl + " changed on its way: " + explanation),
                            call.trace().frames(),
                            record.trace()));
        }
    }

    /** The core threw: it took nothing. */
    void refused(final Call call) {
        if (call.method().getName().equals(SEND) || call.method().getName().equals(INDICATE)) {
            chain(call.arguments()).forEach(nbl -> record(nbl).home().ifPresent(debts::paid));
        }
    }

    /** The NBLs of a call, while they can still be found through their head. */
    static List<NetBufferList> lentBy(final Call call) {
        return call.method().getName().equals(INDICATE) && isLent(call.arguments())
                ? chain(call.arguments())
                : List.of();
    }

    /** An indication has returned: what was lent is the miniport's again. */
    void lentBack(final Call call) {
        for (final NetBufferList nbl : call.lent()) {
            final NblRecord record = record(nbl);
            if (record.state() == NblRecord.State.LENT) {
                checkPayload(call, nbl, record, "R187", "the miniport touched it before the indication returned");
                record.home().ifPresent(debts::paid);
            }
        }
    }

    // --- callbacks ---

    /** The core hands NBLs to a driver. */
    void before(final Callback callback) {
        if (concerns(callback)) {
            callback.subject().ifPresent(taker -> take(callback, taker));
        }
    }

    private void take(final Callback callback, final HandleProxy taker) {
        final List<NetBufferList> nbls = chain(data(callback));
        nbls.forEach(nbl -> take(callback, taker, nbl, record(nbl)));
        if (callback.method().getName().equals(RECEIVE) && isLent(data(callback))) {
            callback.lends(nbls);
        }
    }

    /** What the core itself has lent, for a loopback, is the core's again; of what a miniport lends the end is seen elsewhere. */
    void after(final Callback callback) {
        debts.known(callback.debts());
        callback.lent().stream()
                .map(this::record)
                .filter(record ->
                        record.state() == NblRecord.State.LENT && record.from().isEmpty())
                .forEach(NblRecord::home);
    }

    private static boolean concerns(final Callback callback) {
        return switch (callback.method().getName()) {
            case SEND, COMPLETE, RECEIVE, RETURN -> true;
            default -> false;
        };
    }

    /** The chain and its flags are the last two arguments of every data callback. */
    private static Object[] data(final Callback callback) {
        final int length = callback.arguments().length;
        return new Object[] {callback.argument(length - 2), callback.argument(length - 1)};
    }

    private void take(
            final Callback callback, final HandleProxy taker, final NetBufferList nbl, final NblRecord record) {
        switch (callback.method().getName()) {
            case SEND -> takeSend(callback, taker, record);
            case RECEIVE -> takeReceive(callback, taker, nbl, record);
            default -> record.home().ifPresent(debts::paid);
        }
    }

    private void takeSend(final Callback callback, final HandleProxy miniport, final NblRecord record) {
        final Optional<Debt> owed = record.from()
                .map(sender -> callback.owes(debts.send(
                        miniport, sender, callback.name(), record.trace().orElseThrow())));
        record.taken(NblRecord.State.AT_MINIPORT, miniport, owed);
    }

    /** A receive that no miniport has indicated is one that the core makes itself: a loopback (R188). */
    private void takeReceive(
            final Callback callback, final HandleProxy receiver, final NetBufferList nbl, final NblRecord record) {
        final boolean lent = isLent(data(callback));
        switch (record.state()) {
            case SENT, AT_MINIPORT -> {
                // the sent NBL itself is shown to its sender, and stays where it is
                return;
            }
            case HOME, COMPLETED, RETURNED ->
                record.handOver(NblRecord.State.INDICATED, nbl, Optional.empty(), receiver.vc(), callback.trace());
            case INDICATED, LENT -> {
                // as it was indicated
            }
        }
        final Optional<Debt> owed = lent
                ? Optional.empty()
                : Optional.of(callback.owes(debts.receive(
                        receiver, record.from(), callback.name(), record.trace().orElseThrow())));
        record.taken(lent ? NblRecord.State.LENT : NblRecord.State.INDICATED, receiver, owed);
    }

    // --- the pool ---

    /** An NBL goes back to its pool: it must be with whoever allocated it. */
    void freeing(final NblRecord record, final NetBufferList nbl) {
        switch (record.state()) {
            case SENT, AT_MINIPORT -> freedByOther(record, nbl, "R182", "R179");
            case INDICATED -> freedByOther(record, nbl, "R187", "R185");
            case LENT -> freedByOther(record, nbl, "R187", "R186");
            case HOME, COMPLETED, RETURNED -> {
                // its owner's, or the core's own
            }
        }
    }

    private void freedByOther(
            final NblRecord record, final NetBufferList nbl, final String ruleOfGiver, final String ruleOfHolder) {
        final boolean byGiver = record.holder().isEmpty() || isRunning(record.from());
        final Optional<HandleProxy> offender = byGiver ? record.from() : record.holder();
        findings.reportCaller(
                new Findings.Offence(
                        byGiver ? ruleOfGiver : ruleOfHolder,
                        offender.map(handle -> handle.membrane().driver()).orElse("unknown"),
                        offender.map(HandleProxy::description).orElseGet(nbl::toString),
                        "NetBufferList.freeChain",
                        nbl + " is freed while it is not with whoever allocated it (" + record.state() + ")"),
                Trace.here(),
                record.trace());
        record.home().ifPresent(debts::paid);
    }

    private boolean isRunning(final Optional<HandleProxy> handle) {
        return handle.map(h -> h.membrane().driver())
                .filter(name -> levels.isRunning(name))
                .isPresent();
    }
}
