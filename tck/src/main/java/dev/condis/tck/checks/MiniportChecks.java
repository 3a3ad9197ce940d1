// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;
import static dev.condis.tck.rig.Rig.succeeded;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.FlowSpec;
import dev.condis.api.MediaParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.rig.Line;
import dev.condis.tck.rig.MiniportRig;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.rig.SignalingLine;
import dev.condis.tck.rig.Traffic;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a plain miniport must do beyond carrying packets: creation, activation, deactivation and deletion of VCs. */
final class MiniportChecks {
    private static final int TIMES = 5;

    private final List<Check> checks = new ArrayList<>();

    private MiniportChecks() {}

    static List<Check> all() {
        final MiniportChecks miniport = new MiniportChecks();
        miniport.add("R70", MiniportChecks::creationAndDeletionDoNotPend);
        miniport.add("R72", MiniportChecks::aCreationWithoutResourcesSaysSo);
        miniport.add("R79", MiniportChecks::parametersAreCheckedEachTime);
        miniport.add("R80", MiniportChecks::anActiveVcIsActivatedAgain);
        miniport.add("R81", MiniportChecks::aFailedChangeLeavesTheOldParameters);
        miniport.add("R82", MiniportChecks::roundedParametersAreReturned);
        miniport.add("R86", MiniportChecks::aFailedActivationLeavesTheVcUsable);
        miniport.add("R97", MiniportChecks::aDeactivatedVcIsActivatedAgain);
        miniport.checks.addAll(StandingChecks.of(Kind.MINIPORT, MiniportRig::new, MiniportChecks::life));
        miniport.checks.addAll(DataChecks.of(Kind.MINIPORT, MiniportRig::new));
        miniport.checks.addAll(OidChecks.of(Kind.MINIPORT, MiniportRig::new));
        miniport.checks.addAll(AdapterChecks.of(Kind.MINIPORT, MiniportRig::new));
        return miniport.checks;
    }

    private void add(final String rule, final Consumer<MiniportRig> procedure) {
        checks.add(new Check(rule, Kind.MINIPORT, environment -> {
            try (MiniportRig rig = new MiniportRig(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    /** Everything a miniport meets in an ordinary life. */
    private static void life(final MiniportRig rig) {
        final SignalingLine line = rig.openLine(0);
        rig.subject().change().ifPresent(line::activate);
        rig.subject().refused().forEach(line::activate);
        exchange(rig, line);
        line.deactivate();
        succeeded(line.activate(rig.parameters(0)), "activateVc");
        line.deactivate();
        succeeded(line.delete(), "deleteVc");
        rig.halt();
    }

    /** Sends on a VC, and receives if there is somebody who transmits. */
    private static void exchange(final MiniportRig rig, final Line line) {
        line.send(rig.burst());
        rig.patience()
                .until(
                        () -> line.traffic().outstanding() == 0,
                        () -> line.traffic().outstanding() + " sends were not completed");
        line.traffic()
                .completed()
                .forEach(c -> expect(
                        c.status().isSuccess(), () -> "a send on an active VC was completed with " + c.status()));
        final Octets pdu = Traffic.content();
        if (rig.hasRemote() && rig.remote().transmit(line.inForce(), pdu)) {
            rig.patience()
                    .until(
                            () -> line.traffic().received().contains(pdu),
                            () -> "a PDU from the remote end was not indicated");
        }
    }

    // --- creation and deletion

    private static void creationAndDeletionDoNotPend(final MiniportRig rig) {
        final SignalingLine line = rig.openLine(0);
        line.deactivate();
        succeeded(line.delete(), "deleteVc");
        for (final Invocation deletion : rig.trace().callbacks("deleteVc")) {
            expect(
                    deletion.answer()
                            .filter(a -> a instanceof NdisStatus s && s != NdisStatus.PENDING)
                            .isPresent(),
                    () -> "MiniportCoDeleteVc answered: " + deletion);
        }
        for (final Invocation creation : rig.trace().callbacks("createVc")) {
            expect(
                    creation.answer().filter(NdisResult.class::isInstance).isPresent(),
                    () -> "MiniportCoCreateVc answered: " + creation);
        }
    }

    private static void aCreationWithoutResourcesSaysSo(final MiniportRig rig) {
        final int limit =
                rig.subject().maxVcs().orElseThrow(() -> new NotApplicable("the author gave no limit of VCs"));
        final List<SignalingLine> created = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            created.add(rig.newVc());
        }
        final SignalingLine tooMany = rig.context();
        final NdisResult<SignalingVc> refused = rig.tryCreate(tooMany);
        expect(
                refused.status() == NdisStatus.RESOURCES,
                () -> "the creation of VC " + (limit + 1) + " of " + limit + " answered " + refused.status());
        succeeded(created.get(0).delete(), "deleteVc");
        created.add(rig.newVc());
    }

    // --- activation

    private static List<CallParameters> refusedParameters(final MiniportRig rig) {
        if (rig.subject().refused().isEmpty()) {
            throw new NotApplicable("the author gave no parameters that the driver must refuse");
        }
        return rig.subject().refused();
    }

    private static void parametersAreCheckedEachTime(final MiniportRig rig) {
        final SignalingLine line = rig.newVc();
        for (final CallParameters bad : refusedParameters(rig)) {
            isInvalid(line, bad, "a first activation");
        }
        succeeded(line.activate(rig.parameters(0)), "activateVc");
        for (final CallParameters bad : refusedParameters(rig)) {
            isInvalid(line, bad, "a change");
        }
    }

    private static void isInvalid(final SignalingLine line, final CallParameters bad, final String what) {
        final NdisResult<CallParameters> result = line.activate(bad);
        expect(
                result.status() == NdisStatus.INVALID_DATA,
                () -> what + " with parameters that the adapter cannot support answered " + result.status());
    }

    private static void anActiveVcIsActivatedAgain(final MiniportRig rig) {
        final SignalingLine line = rig.openLine(0);
        for (int i = 0; i < TIMES; i++) {
            succeeded(line.activate(rig.parameters(0)), "activateVc on an active VC");
            rig.subject().change().ifPresent(change -> succeeded(line.activate(change), "a change of parameters"));
        }
        exchange(rig, line);
        line.deactivate();
        expect(line.state() == VcState.INACTIVE, () -> "one deactivation left the VC " + line.state());
    }

    private static void aFailedChangeLeavesTheOldParameters(final MiniportRig rig) {
        final SignalingLine line = rig.openLine(0);
        refusedParameters(rig)
                .forEach(bad -> expect(
                        !line.activate(bad).isSuccess(),
                        () -> "parameters were accepted that the adapter cannot support"));
        exchange(rig, line);
    }

    private static void roundedParametersAreReturned(final MiniportRig rig) {
        final CallParameters asked = rig.subject()
                .roundable()
                .orElseThrow(() -> new NotApplicable("the author gave no parameters that have to be rounded"));
        final SignalingLine line = rig.newVc();
        final CallParameters inForce = succeeded(line.activate(asked), "an activation that may round down")
                .get();
        final CallManagerParameters wanted = flows(asked);
        final CallManagerParameters got = flows(inForce);
        expect(
                isLess(got.transmit(), wanted.transmit()) || isLess(got.receive(), wanted.receive()),
                () -> "what cannot be had was returned as in force: " + got);
        line.deactivate();
        final CallParameters strict = withoutRounding(asked);
        final NdisResult<CallParameters> refused = line.activate(strict);
        expect(
                !refused.isSuccess() || flows(refused.get()).equals(wanted),
                () -> "a flow was rounded without leave: " + flows(refused.get()));
    }

    private static CallManagerParameters flows(final CallParameters parameters) {
        return parameters.callManager().orElseGet(CallManagerParameters::bestEffort);
    }

    private static boolean isLess(final FlowSpec one, final FlowSpec other) {
        return one.tokenRate() < other.tokenRate();
    }

    private static CallParameters withoutRounding(final CallParameters parameters) {
        return parameters
                .media()
                .map(media -> parameters.withMedia(new MediaParameters(
                        media.flags().stream()
                                .filter(f -> f != MediaParameters.Flag.ROUND_DOWN_FLOW
                                        && f != MediaParameters.Flag.ROUND_UP_FLOW)
                                .collect(java.util.stream.Collectors.toSet()),
                        media.receivePriority(),
                        media.receiveSizeHint(),
                        media.specific())))
                .orElse(parameters);
    }

    private static void aFailedActivationLeavesTheVcUsable(final MiniportRig rig) {
        final SignalingLine line = rig.newVc();
        refusedParameters(rig).forEach(line::activate);
        expect(line.state() == VcState.INACTIVE, () -> "a failed first activation left the VC " + line.state());
        succeeded(line.activate(rig.parameters(0)), "an activation after a failed one");
        exchange(rig, line);
        line.deactivate();
        succeeded(line.delete(), "deleteVc");
    }

    private static void aDeactivatedVcIsActivatedAgain(final MiniportRig rig) {
        final SignalingLine line = rig.openLine(0);
        line.deactivate();
        for (int i = 0; i < TIMES; i++) {
            succeeded(
                    line.activate(rig.parameters(i % rig.subject().parameters().size())),
                    "an activation after a deactivation");
            exchange(rig, line);
            line.deactivate();
        }
        expect(rig.createdVcs() <= 1, () -> "the VC was created more than once");
    }
}
