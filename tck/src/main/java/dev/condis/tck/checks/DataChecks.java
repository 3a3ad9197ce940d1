// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.nbl.NetBufferListPool;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Pdu;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.rig.DataRig;
import dev.condis.tck.rig.Environment;
import dev.condis.tck.rig.Line;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.rig.Traffic;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Consumer;
import java.util.function.Function;

/** The rules of the data path, and of deactivation and halt as far as packets are concerned: the same for a miniport and an MCM. */
final class DataChecks {
    private static final String COMPLETE = "sendNetBufferListsComplete";
    private static final String INDICATE = "indicateReceiveNetBufferLists";
    private static final int SENDERS = 4;

    private final Kind kind;
    private final Function<Environment, DataRig> rigs;
    private final List<Check> checks = new ArrayList<>();

    private DataChecks(final Kind kind, final Function<Environment, DataRig> rigs) {
        this.kind = kind;
        this.rigs = rigs;
    }

    /**
     * The checks for a role.
     *
     * @param kind the role
     * @param rigs makes a bench for it
     * @return the checks
     */
    static List<Check> of(final Kind kind, final Function<Environment, DataRig> rigs) {
        final DataChecks data = new DataChecks(kind, rigs);
        data.add("R19", DataChecks::sendsFromSeveralThreads);
        data.add("R93", DataChecks::sendsAreCompletedBeforeTheEnd);
        data.add("R94", DataChecks::receivesAreBackBeforeTheEnd);
        data.add("R95", DataChecks::nothingIsIndicatedAfterTheEnd);
        data.add("R96", DataChecks::nothingIsTransmittedAfterTheEnd);
        data.add("R178", DataChecks::everySendIsTakenAndKeepsItsOrder);
        data.add("R179", DataChecks::everySendIsCompletedOnce);
        data.add("R180", DataChecks::sendsComeBackAsTheyWere);
        data.add("R181", DataChecks::successMeansSent);
        data.add("R187", DataChecks::indicatedPacketsAreLeftAlone);
        data.add("E3", DataChecks::noCallbackWaitsForReceives);
        data.add("R220", DataChecks::haltWaitsForReceives);
        data.add("R221", DataChecks::sendsAreRefusedAfterSurpriseRemoval);
        data.add("R221", DataChecks::requestsAreRefusedAfterSurpriseRemoval);
        return data.checks;
    }

    private void add(final String rule, final Consumer<DataRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (DataRig rig = rigs.apply(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    // --- what the procedures share

    private static void awaitCompletions(final DataRig rig, final Line line) {
        rig.patience()
                .until(
                        () -> line.traffic().outstanding() == 0,
                        () -> line.traffic().outstanding() + " sends were not completed");
    }

    private static List<Octets> transmit(final DataRig rig, final Line line, final int count) {
        final List<Octets> sent = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            final Octets pdu = Traffic.content();
            rig.remoteDoes(rig.remote().transmit(line.inForce(), pdu), "send PDUs");
            sent.add(pdu);
        }
        return sent;
    }

    private static void awaitReceived(final DataRig rig, final Line line, final List<Octets> sent) {
        rig.patience()
                .until(
                        () -> line.traffic().received().containsAll(sent),
                        () -> "of " + sent.size() + " PDUs from the remote end "
                                + line.traffic().received().size() + " were indicated");
    }

    private static List<Octets> arrived(final DataRig rig, final Line line) {
        return rig.remote()
                .received(line.inForce())
                .orElseThrow(() -> new NotApplicable("the remote end cannot tell what arrived"));
    }

    private static void end(final DataRig rig, final Line line) {
        final NdisResult<Void> ended = rig.patience().outcome(line.end(), "the end of transfers");
        expect(ended.isSuccess(), () -> "the end of transfers answered " + ended);
    }

    /** A driver that signals over its own adapter sends and receives more than the kit does. */
    private static long ownPdus(final Invocation invocation) {
        return invocation.pdus().stream()
                .filter(pdu -> Traffic.isOurs(pdu.content()))
                .count();
    }

    private static long endOfTransfers(final DataRig rig) {
        final List<Long> ends = rig.endsOfTransfers();
        expect(!ends.isEmpty(), () -> "the driver never said that transfers are over");
        return ends.get(0);
    }

    // --- R19

    private static void sendsFromSeveralThreads(final DataRig rig) {
        final Line line = rig.openLine(0);
        final CyclicBarrier start = new CyclicBarrier(SENDERS);
        final List<Thread> senders = new ArrayList<>();
        for (int i = 0; i < SENDERS; i++) {
            final Thread sender =
                    new Thread(() -> sendTogether(start, line, rig.burst() / SENDERS + 1), "tck-sender-" + i);
            senders.add(sender);
            sender.start();
        }
        rig.patience().until(() -> senders.stream().noneMatch(Thread::isAlive), () -> "sending did not return");
        awaitCompletions(rig, line);
        everyCompletionIsSuccess(line);
    }

    private static void sendTogether(final CyclicBarrier start, final Line line, final int count) {
        try {
            start.await();
            for (int i = 0; i < count; i++) {
                line.send(1);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (final BrokenBarrierException e) {
            throw new IllegalStateException("another sender of the kit gave up", e);
        }
    }

    private static void everyCompletionIsSuccess(final Line line) {
        line.traffic()
                .completed()
                .forEach(c -> expect(
                        c.status().isSuccess(), () -> "a send on an active VC was completed with " + c.status()));
    }

    // --- R93 to R96

    private static void sendsAreCompletedBeforeTheEnd(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        line.send(rig.burst());
        end(rig, line);
        final long over = endOfTransfers(rig);
        final long sent = rig.trace().callbacks("sendNetBufferLists").stream()
                .filter(i -> i.enteredAt() < over)
                .mapToLong(DataChecks::ownPdus)
                .sum();
        final long completed = rig.trace().calls(COMPLETE).stream()
                .filter(i -> i.enteredAt() < over)
                .mapToLong(DataChecks::ownPdus)
                .sum();
        expect(
                completed >= sent,
                () -> "transfers were said to be over when " + (sent - completed) + " sends were not completed");
    }

    private static void receivesAreBackBeforeTheEnd(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        line.traffic().hold();
        awaitReceived(rig, line, transmit(rig, line, 1));
        final CompletionStage<NdisResult<Void>> ending = line.end();
        final boolean early =
                rig.patience().happens(() -> !rig.endsOfTransfers().isEmpty());
        line.release();
        expect(!early, () -> "transfers were said to be over while an indicated NBL was not back");
        final NdisResult<Void> ended = rig.patience().outcome(ending, "the end of transfers");
        expect(ended.isSuccess(), () -> "the end of transfers answered " + ended);
    }

    private static void noCallbackWaitsForReceives(final DataRig rig) {
        final Line line = rig.openLine(0);
        line.traffic().hold();
        awaitReceived(rig, line, transmit(rig, line, 1));
        final CompletableFuture<CompletionStage<NdisResult<Void>>> ending = DataRig.aside(line::end);
        try {
            rig.patience().until(ending::isDone, () -> "the call that ends transfers does not return before they end");
            rig.nothingBlocks();
        } finally {
            line.release();
        }
        rig.patience().outcome(rig.patience().outcome(ending, "the call that ends transfers"), "the end of transfers");
    }

    private static void nothingIsIndicatedAfterTheEnd(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        awaitReceived(rig, line, transmit(rig, line, 1));
        end(rig, line);
        final long over = endOfTransfers(rig);
        transmit(rig, line, SENDERS);
        rig.patience().settle();
        final List<Invocation> late = rig.trace().calls(INDICATE).stream()
                .filter(i -> i.enteredAt() > over && ownPdus(i) > 0)
                .toList();
        expect(late.isEmpty(), () -> Trace.pdusOf(late).count() + " PDUs were indicated after transfers were over");
    }

    private static void nothingIsTransmittedAfterTheEnd(final DataRig rig) {
        final Line line = rig.openLine(0);
        arrived(rig, line);
        line.send(rig.burst());
        end(rig, line);
        final List<Octets> sent = line.traffic().completed().stream()
                .filter(c -> c.status().isSuccess())
                .map(Traffic.Completed::content)
                .toList();
        // a wire has a length: what was sent in time may arrive a little later
        rig.patience().soon(() -> arrived(rig, line).containsAll(sent));
        rig.patience().settle();
        final long stray =
                arrived(rig, line).stream().filter(pdu -> !sent.contains(pdu)).count();
        expect(stray == 0, () -> stray + " PDUs were transmitted whose sends were not completed with success");
    }

    // --- R178 to R181

    private static void everySendIsTakenAndKeepsItsOrder(final DataRig rig) {
        final Line line = rig.openLine(0);
        for (int i = 0; i < SENDERS; i++) {
            line.send(rig.burst());
        }
        awaitCompletions(rig, line);
        everyCompletionIsSuccess(line);
        final List<Octets> sent = rig.isObserved()
                ? Trace.pdusOf(rig.trace().callbacks("sendNetBufferLists"))
                        .map(Pdu::content)
                        .toList()
                : List.of();
        rig.remoteReceived(line)
                .filter(arrived -> !sent.isEmpty())
                .ifPresent(arrived -> expect(
                        arrived.equals(sent.stream().filter(arrived::contains).toList()),
                        () -> "PDUs were not transmitted in the order in which they were sent"));
    }

    private static void everySendIsCompletedOnce(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        for (int i = 0; i < SENDERS; i++) {
            line.send(rig.burst());
        }
        awaitCompletions(rig, line);
        rig.patience().settle();
        final List<Octets> completed =
                Trace.pdusOf(rig.trace().calls(COMPLETE)).map(Pdu::content).toList();
        final long distinct = completed.stream().distinct().count();
        expect(
                distinct == completed.size(),
                () -> (completed.size() - distinct) + " completions were for NBLs that had been completed before");
        Trace.pdusOf(rig.trace().calls(COMPLETE))
                .forEach(p -> expect(
                        p.status() != NdisStatus.PENDING, () -> "a send was completed with the status " + p.status()));
    }

    private static void sendsComeBackAsTheyWere(final DataRig rig) {
        final Line line = rig.openLine(0);
        line.send(rig.burst());
        awaitCompletions(rig, line);
        final long altered =
                line.traffic().completed().stream().filter(c -> !c.intact()).count();
        expect(altered == 0, () -> altered + " NBLs came back with another PDU than was sent");
    }

    private static void successMeansSent(final DataRig rig) {
        final Line line = rig.openLine(0);
        line.send(rig.burst());
        awaitCompletions(rig, line);
        rig.subject().maxPdu().ifPresent(longest -> tooLongIsNoSuccess(rig, line, longest));
        if (rig.subject().maxPdu().isEmpty()) {
            arrived(rig, line);
        }
        rig.remoteReceived(line).ifPresent(ignored -> awaitArrival(rig, line));
    }

    private static void awaitArrival(final DataRig rig, final Line line) {
        final List<Octets> sent = line.traffic().completed().stream()
                .filter(c -> c.status().isSuccess())
                .map(Traffic.Completed::content)
                .toList();
        rig.patience()
                .until(
                        () -> arrived(rig, line).containsAll(sent),
                        () -> "sends were completed with success that the remote end did not get");
    }

    private static void tooLongIsNoSuccess(final DataRig rig, final Line line, final int longest) {
        final NetBufferListPool large = new NetBufferListPool("tck long", 1, longest + 1);
        final Octets pdu = Traffic.content(longest + 1);
        line.send(line.traffic().chain(large, List.of(pdu)));
        awaitCompletions(rig, line);
        line.traffic().completed().stream()
                .filter(c -> c.content().equals(pdu))
                .forEach(c -> expect(
                        !c.status().isSuccess(), () -> "a PDU that is too long to be sent was completed with success"));
    }

    // --- R187

    private static void indicatedPacketsAreLeftAlone(final DataRig rig) {
        final Line line = rig.openLine(0);
        line.traffic().hold();
        awaitReceived(rig, line, transmit(rig, line, 1));
        awaitReceived(rig, line, transmit(rig, line, SENDERS));
        line.release();
        expect(line.traffic().isHeldIntact(), () -> "an indicated NBL was changed before it was back");
    }

    // --- R220, R221

    private static void haltWaitsForReceives(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        line.traffic().hold();
        awaitReceived(rig, line, transmit(rig, line, 1));
        final CompletableFuture<Boolean> halted = DataRig.aside(rig::halt);
        final boolean begun = rig.patience().soon(() -> !rig.halts().isEmpty());
        final boolean early = rig.patience().happens(() -> rig.halts().stream().anyMatch(Invocation::isComplete));
        line.release();
        expect(!early, () -> "halt returned while an indicated NBL was not back");
        expect(rig.patience().outcome(halted, "the halt"), () -> "the adapter was not halted in time");
        if (!begun) {
            throw new NotApplicable("the library waited for the NBL itself, longer than the kit's patience");
        }
    }

    /** What was on its way to the driver when the hardware went: it gets there after it was told. */
    private static void sendsAreRefusedAfterSurpriseRemoval(final DataRig rig) {
        final Line line = rig.openLine(0);
        final CompletableFuture<Boolean> down = removedWhile(rig, "sendNetBufferLists", () -> line.send(SENDERS));
        awaitCompletions(rig, line);
        line.traffic()
                .completed()
                .forEach(c -> expect(
                        c.status() == NdisStatus.NOT_ACCEPTED,
                        () -> "a send after the surprise removal was completed with " + c.status()));
        expect(rig.patience().outcome(down, "the removal"), () -> "the adapter was not down in time");
    }

    private static void requestsAreRefusedAfterSurpriseRemoval(final DataRig rig) {
        rig.openLine(0);
        final OidRequest request = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 2 * Integer.BYTES);
        final CompletableFuture<Boolean> down = removedWhile(rig, "oidRequest", () -> rig.oidRequest(request));
        expect(rig.patience().outcome(down, "the removal"), () -> "the adapter was not down in time");
        final Invocation asked = rig.trace().callbacks("oidRequest").get(0);
        rig.patience().until(asked::isComplete, () -> "an OID request after the surprise removal was not completed");
        expect(
                asked.answer()
                        .filter(a -> a instanceof OidResult result && result.status() == NdisStatus.NOT_ACCEPTED)
                        .isPresent(),
                () -> "an OID request after the surprise removal was completed so: " + asked);
    }

    /** Removes the hardware while a callback is on its way, which gets to the driver when it has been told. */
    private static CompletableFuture<Boolean> removedWhile(
            final DataRig rig, final String callback, final Runnable initiator) {
        final CompletableFuture<Void> told = new CompletableFuture<>();
        rig.membrane().around("surpriseRemoved", (invocation, driver) -> {
            try {
                return driver.proceed();
            } finally {
                told.complete(null);
            }
        });
        rig.membrane().around(callback, (invocation, driver) -> {
            if (invocation.pdus().isEmpty() || ownPdus(invocation) > 0) {
                rig.patience().soon(told::isDone);
            }
            return driver.proceed();
        });
        final CompletableFuture<Boolean> begun = DataRig.aside(() -> {
            initiator.run();
            return true;
        });
        rig.patience()
                .until(
                        () -> begun.isDone()
                                || rig.trace().callbacks(callback).stream()
                                        .anyMatch(i -> i.pdus().isEmpty() || ownPdus(i) > 0),
                        () -> callback + " did not reach the driver");
        final CompletableFuture<Boolean> down = DataRig.aside(rig::surpriseRemove);
        expect(rig.patience().soon(told::isDone), () -> "the driver was not told of the removal");
        rig.patience().outcome(begun, callback);
        return down;
    }
}
