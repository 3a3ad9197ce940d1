// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;
import static dev.condis.tck.rig.Rig.succeeded;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.rig.DataRig;
import dev.condis.tck.rig.Environment;
import dev.condis.tck.rig.Line;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.rig.Traffic;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;

/** Status indications, reset and pause: the same for a miniport and an MCM. */
final class AdapterChecks {
    private static final List<StatusCode> OF_THE_CORE = List.of(StatusCode.RESET_START, StatusCode.RESET_END);
    private static final List<NdisStatus> ABORTED = List.of(
            NdisStatus.SUCCESS, NdisStatus.REQUEST_ABORTED, NdisStatus.RESET_IN_PROGRESS, NdisStatus.SEND_ABORTED);
    private static final List<StatusCode> LINK =
            List.of(StatusCode.LINK_STATE, StatusCode.MEDIA_DISCONNECT, StatusCode.MEDIA_CONNECT);

    private final Kind kind;
    private final Function<Environment, DataRig> rigs;
    private final List<Check> checks = new ArrayList<>();

    private AdapterChecks(final Kind kind, final Function<Environment, DataRig> rigs) {
        this.kind = kind;
        this.rigs = rigs;
    }

    static List<Check> of(final Kind kind, final Function<Environment, DataRig> rigs) {
        final AdapterChecks adapter = new AdapterChecks(kind, rigs);
        adapter.checks.add(new Check("R207", kind, adapter::noStatusAfterHalt));
        adapter.add("R208", AdapterChecks::resetIsAnnouncedByTheCoreAlone);
        adapter.add("R211", AdapterChecks::sendsSurviveAResetOrAreCompleted);
        adapter.add("R212", AdapterChecks::linkChangesAreIndicated);
        adapter.add("R218", AdapterChecks::aPauseWaitsAndIsQuiet);
        return adapter.checks;
    }

    private void add(final String rule, final Consumer<DataRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (DataRig rig = rigs.apply(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private static List<Invocation> indications(final Trace trace) {
        return trace.calls("indicateStatus");
    }

    private static boolean isOneOf(final Invocation indication, final List<StatusCode> codes) {
        return indication
                .argument(StatusIndication.class)
                .filter(i -> codes.contains(i.code()))
                .isPresent();
    }

    private static void reset(final DataRig rig) {
        final NdisResult<Void> reset = rig.patience().outcome(rig.reset(), "the reset");
        if (reset.status() == NdisStatus.NOT_SUPPORTED) {
            throw new NotApplicable("the driver cannot be reset");
        }
        succeeded(reset, "the reset");
    }

    private void noStatusAfterHalt(final Environment environment) {
        final DataRig rig = rigs.apply(environment);
        try (rig) {
            rig.openLine(0).send(1);
            expect(rig.halt(), () -> "the adapter was not halted in time");
        }
        rig.patience().settle();
        final List<Invocation> halts = rig.halts();
        expect(!halts.isEmpty(), () -> "the driver was not halted");
        final List<Invocation> late = indications(rig.trace()).stream()
                .filter(i -> i.enteredAt() > halts.get(0).returnedAt())
                .toList();
        expect(
                late.isEmpty(),
                () -> "a status was indicated after halt had returned: "
                        + late.get(0).arguments());
    }

    private static void resetIsAnnouncedByTheCoreAlone(final DataRig rig) {
        rig.trace();
        rig.openLine(0);
        reset(rig);
        rig.patience().settle();
        indications(rig.trace())
                .forEach(i -> expect(!isOneOf(i, OF_THE_CORE), () -> "the driver itself indicated " + i.arguments()));
    }

    private static void sendsSurviveAResetOrAreCompleted(final DataRig rig) {
        final Line line = rig.openLine(0);
        line.send(rig.burst());
        reset(rig);
        rig.patience()
                .until(
                        () -> line.traffic().outstanding() == 0,
                        () -> line.traffic().outstanding() + " sends were not completed by a reset");
        line.traffic()
                .completed()
                .forEach(c -> expect(
                        ABORTED.contains(c.status()),
                        () -> "a send was completed with " + c.status() + " because of a reset"));
        line.send(1);
        rig.patience().until(() -> line.traffic().outstanding() == 0, () -> "a send after a reset was not completed");
    }

    private static void linkChangesAreIndicated(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        rig.remoteDoes(rig.remote().link(false), "unplug the cable");
        awaitIndications(rig, 1);
        rig.patience().settle();
        expect(line.state() == VcState.ACTIVE, () -> "the loss of the link left a VC " + line.state());
        // what the network has released meanwhile may be closed now
        rig.remoteDoes(rig.remote().link(true), "plug the cable in");
        awaitIndications(rig, 2);
    }

    private static void awaitIndications(final DataRig rig, final int count) {
        rig.patience()
                .until(
                        () -> indications(rig.trace()).stream()
                                        .filter(i -> isOneOf(i, LINK))
                                        .count()
                                >= count,
                        () -> "a change of the link was not indicated");
    }

    private static void aPauseWaitsAndIsQuiet(final DataRig rig) {
        rig.trace();
        final Line line = rig.openLine(0);
        line.traffic().hold();
        final Octets pdu = Traffic.content();
        rig.remoteDoes(rig.remote().transmit(line.inForce(), pdu), "send PDUs");
        rig.patience()
                .until(
                        () -> line.traffic().received().contains(pdu),
                        () -> "a PDU from the remote end was not indicated");
        line.send(rig.burst());
        final CompletionStage<NdisResult<Void>> pausing = rig.pause();
        rig.patience()
                .until(() -> !rig.trace().callbacks("pause").isEmpty(), () -> "the driver was not asked to pause");
        final boolean early = rig.patience()
                .happens(() -> rig.trace().callbacks("pause").stream().anyMatch(Invocation::isComplete));
        line.release();
        expect(!early, () -> "a pause was completed while an indicated NBL was not back");
        succeeded(rig.patience().outcome(pausing, "the pause"), "the pause");
        expect(line.traffic().outstanding() == 0, () -> "sends were not completed when the pause was");
        final long paused = rig.trace().now();
        rig.remote().transmit(line.inForce(), Traffic.content());
        rig.patience().settle();
        final boolean indicated = rig.trace().calls("indicateReceiveNetBufferLists").stream()
                .filter(i -> i.enteredAt() > paused)
                .flatMap(i -> i.pdus().stream())
                .anyMatch(late -> Traffic.isOurs(late.content()));
        expect(!indicated, () -> "a PDU was indicated while the adapter was paused");
        succeeded(rig.patience().outcome(rig.restart(), "the restart"), "the restart");
        line.send(1);
        rig.patience().until(() -> line.traffic().outstanding() == 0, () -> "a send after a restart was not completed");
    }
}
