// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.Rig.expect;
import static dev.condis.tck.rig.Rig.succeeded;

import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.rig.CallRig;
import dev.condis.tck.rig.KitCall;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** Changes of the quality of service of a call, from both sides. */
final class QosChecks {
    private static final List<NdisStatus> REFUSALS =
            List.of(NdisStatus.FAILURE, NdisStatus.RESOURCES, NdisStatus.INVALID_DATA, NdisStatus.NOT_SUPPORTED);

    private final Kind kind;
    private final List<Check> checks = new ArrayList<>();

    private QosChecks(final Kind kind) {
        this.kind = kind;
    }

    static List<Check> of(final Kind kind) {
        final QosChecks qos = new QosChecks(kind);
        qos.add("R140", QosChecks::aMediumWithoutQualitySaysSo);
        qos.add("R141", QosChecks::aChangeIsActivatedFirst);
        qos.add("R142", QosChecks::aRefusedChangeRestoresTheOldState);
        qos.add("R143", QosChecks::aChangedChangeIsFlagged);
        qos.add("R145", QosChecks::aRemoteChangeIsActivatedFirst);
        qos.add("R147", QosChecks::theRemotePartyIsAnsweredAfterTheClient);
        if (kind == Kind.MCM) {
            qos.add("R87", QosChecks::everyChangeIsReported);
        }
        return qos.checks;
    }

    private void add(final String rule, final Consumer<CallRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (CallRig rig = new CallRig(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private static CallParameters change(final CallRig rig) {
        return rig.subject()
                .change()
                .orElseThrow(() -> new NotApplicable("the author gave no parameters to change to"));
    }

    private static List<Object> flows(final CallParameters parameters) {
        final CallManagerParameters flows = parameters.callManager().orElseGet(CallManagerParameters::bestEffort);
        return List.of(flows.transmit(), flows.receive());
    }

    private static List<Object> flowsInForce(final KitCall call) {
        return flows(call.vc().callParameters().orElseGet(CallParameters::bestEffort));
    }

    private static boolean isSuccess(final Invocation invocation) {
        return invocation
                .answer()
                .filter(a -> a instanceof NdisResult<?> result && result.isSuccess())
                .isPresent();
    }

    private static void aMediumWithoutQualitySaysSo(final CallRig rig) {
        if (rig.subject().change().isPresent()) {
            throw new NotApplicable("the driver's medium has quality of service");
        }
        final KitCall call = rig.connectedCall();
        final NdisResult<CallParameters> modified = call.modify(rig.parameters(0));
        expect(
                modified.status() == NdisStatus.NOT_SUPPORTED,
                () -> "a change of quality on a medium that has none answered " + modified.status());
    }

    private static void aChangeIsActivatedFirst(final CallRig rig) {
        rig.trace();
        final CallParameters wanted = change(rig);
        final KitCall call = rig.connectedCall();
        final NdisResult<CallParameters> modified = call.modify(wanted);
        final Invocation modifying = rig.trace().callbacks("modifyCallQoS").get(0);
        expect(
                !isSuccess(modifying) || isActivatedBetween(rig, modifying.enteredAt(), modifying.completedAt()),
                () -> "a change was reported before it was activated");
        succeeded(modified, "modifyCallQoS");
        expect(
                flowsInForce(call).equals(flows(modified.get())),
                () -> "a change was reported, and in force is " + flowsInForce(call));
    }

    private static boolean isActivatedBetween(final CallRig rig, final long from, final long to) {
        return rig.trace().calls("activateVc").stream()
                .anyMatch(i -> isSuccess(i) && i.enteredAt() > from && i.completedAt() < to);
    }

    private static void aRefusedChangeRestoresTheOldState(final CallRig rig) {
        final CallParameters wanted = change(rig);
        final KitCall call = rig.connectedCall();
        final List<Object> before = flowsInForce(call);
        final Optional<CallParameters> refused = rig.subject().refusedChange();
        refused.ifPresent(bad -> isRefused(call, bad, before));
        if (rig.subject().kind() == Kind.CALL_MANAGER) {
            rig.failActivations();
            isRefused(call, wanted, before);
            rig.allowActivations();
        } else if (refused.isEmpty()) {
            throw new NotApplicable("the author gave no parameters that a change must be refused for");
        }
        call.send(1);
        rig.patience().until(() -> call.traffic().outstanding() == 0, () -> "a send was not completed");
        call.traffic()
                .completed()
                .forEach(c -> expect(
                        c.status().isSuccess(),
                        () -> "a send after a refused change was completed with " + c.status()));
    }

    private static void isRefused(final KitCall call, final CallParameters wanted, final List<Object> before) {
        final NdisResult<CallParameters> modified = call.modify(wanted);
        expect(REFUSALS.contains(modified.status()), () -> "a change that cannot be had answered " + modified.status());
        expect(call.state() == VcState.ACTIVE, () -> "a refused change left the VC " + call.state());
        expect(flowsInForce(call).equals(before), () -> "a refused change left other parameters in force");
    }

    private static void aChangedChangeIsFlagged(final CallRig rig) {
        change(rig);
        final CallParameters asked = rig.subject()
                .roundable()
                .orElseThrow(() -> new NotApplicable("the author gave no parameters that are changed"));
        final KitCall call = rig.connectedCall();
        final CallParameters given =
                succeeded(call.modify(asked), "modifyCallQoS").get();
        expect(
                flows(asked).equals(flows(given)) || given.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED),
                () -> "a change was changed and not flagged");
    }

    private static KitCall changedRemotely(final CallRig rig, final KitCall call) {
        rig.remoteDoes(rig.remote().changeQoS(call.inForce()), "change the quality of a call");
        rig.patience().until(() -> !call.changes().isEmpty(), () -> "a change from the remote end was not dispatched");
        return call;
    }

    private static void aRemoteChangeIsActivatedFirst(final CallRig rig) {
        rig.trace();
        final KitCall call = rig.connectedCall();
        final long before = rig.trace().now();
        changedRemotely(rig, call);
        final Invocation dispatch =
                rig.trace().calls("dispatchIncomingCallQoSChange").get(0);
        expect(
                isActivatedBetween(rig, before, dispatch.enteredAt()),
                () -> "a change from the remote end was dispatched before it was activated");
    }

    private static void theRemotePartyIsAnsweredAfterTheClient(final CallRig rig) {
        final KitCall call = rig.connectedCall();
        final AtomicBoolean early = new AtomicBoolean();
        call.onChange(parameters -> {
            rig.patience().settle();
            early.set(rig.remote().isChangeAnswered().isPresent());
        });
        changedRemotely(rig, call);
        expect(!early.get(), () -> "the remote end was answered before the client's callback had returned");
    }

    private static void everyChangeIsReported(final CallRig rig) {
        rig.trace();
        final CallParameters wanted = change(rig);
        final KitCall call = rig.connectedCall();
        final long before = rig.trace().now();
        succeeded(call.modify(wanted), "modifyCallQoS");
        expect(
                isActivatedBetween(rig, before, rig.trace().now()),
                () -> "a change of parameters was not reported with NdisMCmActivateVc");
    }
}
