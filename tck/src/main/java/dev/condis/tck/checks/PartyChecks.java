// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;
import static dev.condis.tck.rig.Rig.succeeded;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.AddedParty;
import dev.condis.api.client.ClientParty;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.rig.CallRig;
import dev.condis.tck.rig.KitCall;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Multipoint calls. */
final class PartyChecks {
    private static final int MANY = 16;

    private final Kind kind;
    private final List<Check> checks = new ArrayList<>();

    private PartyChecks(final Kind kind) {
        this.kind = kind;
    }

    static List<Check> of(final Kind kind) {
        final PartyChecks parties = new PartyChecks(kind);
        parties.add("R122", PartyChecks::aFirstPartyHasAContext);
        parties.add("R153", PartyChecks::theLastPartyLeavesWithTheCall);
        parties.add("R166", PartyChecks::otherParametersOfAPartyAreTreatedOpenly);
        parties.add("R172", PartyChecks::aRemoteLeaveIsReportedAsWhatItIs);
        parties.add("R174", PartyChecks::droppedPartiesAreForgotten);
        return parties.checks;
    }

    private void add(final String rule, final Consumer<CallRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (CallRig rig = new CallRig(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private static CallParameters parameters(final CallRig rig, final int index) {
        return rig.subject().partyParameters().stream()
                .skip(index)
                .findFirst()
                .orElseThrow(() -> new NotApplicable("the author gave parameters for "
                        + rig.subject().partyParameters().size() + " parties only"));
    }

    private static KitCall multipointCall(final CallRig rig) {
        parameters(rig, 0);
        rig.openClient();
        final KitCall call = rig.client().newCall();
        succeeded(call.makeToParty(parameters(rig, 0)), "makeCall to a party");
        return call;
    }

    private static void aFirstPartyHasAContext(final CallRig rig) {
        parameters(rig, 0);
        rig.openClient();
        final KitCall call = rig.client().newCall();
        final NdisResult<ClientParty> made = call.makeToParty(parameters(rig, 0));
        if (rig.isObserved()) {
            final Invocation making = rig.trace().callbacks("makeCall").get(0);
            expect(
                    making.answer()
                            .filter(a -> a instanceof NdisResult<?> result
                                    && (!result.isSuccess()
                                            || result.value()
                                                    .filter(AddedParty.class::isInstance)
                                                    .isPresent()))
                            .isPresent(),
                    () -> "a multipoint call was reported as made without a context for its first party");
        }
        succeeded(made, "makeCall to a party");
        call.close();
    }

    private static void theLastPartyLeavesWithTheCall(final CallRig rig) {
        final KitCall call = multipointCall(rig);
        final ClientParty first = call.vc().parties().get(0);
        succeeded(call.addParty(parameters(rig, 1)), "addParty");
        succeeded(rig.patience().outcome(first.dropParty(Octets.EMPTY), "dropParty"), "dropParty");
        final ClientParty last = call.vc().parties().get(0);
        succeeded(rig.patience().outcome(call.vc().closeCall(last, Octets.EMPTY), "closeCall"), "closeCall");
        expect(call.state() == VcState.INACTIVE, () -> "a closed multipoint call left its VC " + call.state());
        succeeded(call.makeToParty(parameters(rig, 0)), "another multipoint call on the VC");
    }

    private static List<Object> flows(final CallParameters parameters) {
        final CallManagerParameters flows = parameters.callManager().orElseGet(CallManagerParameters::bestEffort);
        return List.of(flows.transmit(), flows.receive());
    }

    private static void otherParametersOfAPartyAreTreatedOpenly(final CallRig rig) {
        final CallParameters other = rig.subject()
                .change()
                .orElseThrow(() -> new NotApplicable("the author gave no parameters to change to"));
        final KitCall call = multipointCall(rig);
        final NdisResult<ClientParty> added = call.addParty(other);
        added.value()
                .map(ClientParty::callParameters)
                .ifPresent(given -> expect(
                        flows(given).equals(flows(other)) || given.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED),
                        () -> "the parameters of a party were changed and not flagged"));
    }

    private static void aRemoteLeaveIsReportedAsWhatItIs(final CallRig rig) {
        final KitCall call = multipointCall(rig);
        succeeded(call.addParty(parameters(rig, 1)), "addParty");
        rig.remoteDoes(rig.remote().leave(call.inForce(), 1), "leave a multipoint call");
        rig.patience()
                .until(
                        () -> !call.leaving().isEmpty() || !call.closes().isEmpty(),
                        () -> "the leave of a party was not reported");
        expect(call.closes().isEmpty(), () -> "the leave of a party that is not the last was reported as a close");
        // a party that is being dropped is one of the call still, to the call manager
        rig.patience().until(() -> !call.dropped().isEmpty(), () -> "a party that left was not dropped");
        expect(
                call.vc().parties().size() == 1,
                () -> call.vc().parties().size() + " of two parties are left when one was dropped");
        rig.remoteDoes(rig.remote().leave(call.inForce(), 0), "leave a multipoint call");
        rig.patience()
                .until(() -> !call.closes().isEmpty(), () -> "the leave of the last party was not reported as a close");
    }

    private static void droppedPartiesAreForgotten(final CallRig rig) {
        final KitCall call = multipointCall(rig);
        for (int i = 0; i < MANY; i++) {
            final ClientParty party =
                    succeeded(call.addParty(parameters(rig, 1)), "addParty").get();
            final NdisResult<Void> dropped = rig.patience().outcome(party.dropParty(Octets.EMPTY), "dropParty");
            expect(dropped.status() == NdisStatus.SUCCESS, () -> "a party was dropped with " + dropped.status());
        }
    }
}
