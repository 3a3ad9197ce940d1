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
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.miniport.McmAdapter;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.rig.CallRig;
import dev.condis.tck.rig.KitCall;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** What a call manager does for clients: address families, SAPs, calls in both directions. The same for a stand-alone one and an MCM. */
final class CallChecks {
    private static final int TIMES = 3;
    private static final int MOST_TRIES = 16;

    private final Kind kind;
    private final List<Check> checks = new ArrayList<>();

    private CallChecks(final Kind kind) {
        this.kind = kind;
    }

    static List<Check> of(final Kind kind) {
        final CallChecks calls = new CallChecks(kind);
        calls.families();
        calls.vcs();
        calls.outgoing();
        calls.incoming();
        calls.closing();
        if (kind == Kind.CALL_MANAGER) {
            calls.standAlone();
        } else {
            calls.integrated();
        }
        calls.checks.addAll(QosChecks.of(kind));
        calls.checks.addAll(PartyChecks.of(kind));
        calls.checks.addAll(AddressChecks.of(kind));
        calls.checks.addAll(StandingChecks.of(kind, CallRig::new, CallChecks::life));
        return calls.checks;
    }

    private void add(final String rule, final Consumer<CallRig> procedure) {
        checks.add(new Check(rule, kind, environment -> {
            try (CallRig rig = new CallRig(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private void families() {
        add(kind == Kind.MCM ? "R21" : "R20", this::familiesAreRegisteredInTime);
        add("R9", CallChecks::successBringsItsContext);
        add("R41", CallChecks::aCloseWaitsForTheCallManagersOwnVcs);
        add("R42", CallChecks::aCloseSucceeds);
        add("R50", CallChecks::badSapsAreRefused);
        add("R58", CallChecks::aDeregistrationSucceeds);
        add("R59", CallChecks::callsOutliveTheirSap);
        add("R222", CallChecks::familiesComeBackWithTheAdapter);
    }

    private void vcs() {
        add("R69", CallChecks::creationDoesNotPend);
        add("R72", CallChecks::aCreationWithoutResourcesSaysSo);
        add("R74", CallChecks::creationSignalsNothing);
        add("R112", CallChecks::deletionDoesNotPend);
    }

    private void outgoing() {
        add("R77", CallChecks::aConnectedCallIsActive);
        add("R119", CallChecks::unusableParametersAreRefused);
        add("R120", CallChecks::changedParametersAreFlagged);
        add("R121", CallChecks::activationComesBeforeSuccess);
        add("R123", CallChecks::aFailedCallIsCompleted);
        add("R124", CallChecks::aFailedCallLeavesAVcThatCanGo);
    }

    private void incoming() {
        add("R114", CallChecks::callsComeInAgain);
        add("R129", CallChecks::offersNameASapOfTheClient);
        add("R135", CallChecks::aRejectedCallIsTakenBack);
        add("R136", CallChecks::anAcceptedCallIsConnected);
        add("R137", CallChecks::aCallThatFailsAfterAcceptanceIsClosed);
    }

    private void closing() {
        add("R90", CallChecks::everyCallEndsWithADeactivation);
        add("R152", CallChecks::closeDataIsSentOrRefused);
        add("R154", CallChecks::successOfACloseMeansInactive);
        add("R156", CallChecks::ownVcsAreDeletedInTheEnd);
        add("R161", CallChecks::theCauseOfACloseIsToldApart);
    }

    private void standAlone() {
        add("R84", CallChecks::aVcThatIsNotActiveIsNotUsed);
        add("R85", CallChecks::retriesAreBounded);
        add("R104", CallChecks::nothingIsReportedBeforeTheMiniportIsThrough);
        add("R105", CallChecks::aPendedCloseCompletesFromTheDeactivation);
        add("R215", CallChecks::unbindingSucceeds);
        add("E3", CallChecks::noCallbackWaitsForTheMiniport);
    }

    private void integrated() {
        add("R88", rig -> noSignalingVcIsShown(rig, "activateVc"));
        add("R103", rig -> noSignalingVcIsShown(rig, "deactivateVc"));
        checks.addAll(DataChecks.of(kind, CallRig::new));
        checks.addAll(OidChecks.of(kind, CallRig::new));
        checks.addAll(AdapterChecks.of(kind, CallRig::new));
    }

    /** Everything a call manager meets in an ordinary life. */
    private static void life(final CallRig rig) {
        final KitCall call = rig.connectedCall();
        call.send(rig.burst());
        rig.patience()
                .until(
                        () -> call.traffic().outstanding() == 0,
                        () -> call.traffic().outstanding() + " sends were not completed");
        call.close();
        rig.subject().refused().forEach(call::make);
        succeeded(call.vc().deleteVc(), "deleteVc");
        if (rig.subject().sap().isPresent() && rig.hasRemote()) {
            final ClientSap sap =
                    succeeded(rig.client().register(rig.sap()), "registerSap").get();
            if (rig.remote().call(rig.sap())) {
                awaitConnection(rig);
                rig.client().offers().get(0).close();
            }
            succeeded(rig.patience().outcome(sap.deregister(), "deregister"), "deregister");
        }
        succeeded(
                rig.patience().outcome(rig.client().af().close(), "the close of the family"),
                "the close of the family");
    }

    private static void awaitConnection(final CallRig rig) {
        rig.patience()
                .until(
                        () -> rig.client().offers().stream().anyMatch(c -> c.connections() > 0),
                        () -> "a call from the remote end was not connected");
    }

    private static void closed(final CallRig rig) {
        succeeded(
                rig.patience().outcome(rig.client().af().close(), "the close of the family"),
                "the close of the family");
    }

    private static ClientSap registeredSap(final CallRig rig) {
        rig.openClient();
        return succeeded(rig.client().register(rig.sap()), "registerSap").get();
    }

    private static void deregistered(final CallRig rig, final ClientSap sap) {
        succeeded(rig.patience().outcome(sap.deregister(), "deregister"), "deregister");
    }

    // --- address families and SAPs

    private void familiesAreRegisteredInTime(final CallRig rig) {
        // one that comes too late is seen only by who waits for it
        rig.patience().settle();
        final List<Invocation> registrations = rig.trace().calls("registerAddressFamily");
        expect(!registrations.isEmpty(), () -> "the driver registered no address family");
        final Invocation begin = rig.trace()
                .callbacks(kind == Kind.MCM ? "initialize" : "bindAdapter")
                .get(0);
        for (final Invocation registration : registrations) {
            expect(
                    registration.enteredAt() < begin.returnedAt(),
                    () -> "an address family was registered after " + begin.method() + " had returned");
            expect(isSuccess(registration), () -> "the registration failed: " + registration);
        }
        rig.openClient();
    }

    private static boolean isSuccess(final Invocation invocation) {
        return invocation
                .answer()
                .filter(a -> a instanceof NdisResult<?> result && result.isSuccess())
                .isPresent();
    }

    private static void successBringsItsContext(final CallRig rig) {
        rig.trace();
        if (rig.client().open(rig.subject().addressFamily()).isSuccess()) {
            rig.subject().sap().ifPresent(rig.client()::register);
            rig.client().tryCreate();
        }
        for (final Invocation callback : rig.trace().callbacks("openAf", "registerSap", "createVc")) {
            expect(
                    !isSuccess(callback) || hasValue(callback),
                    () -> callback.method() + " answered success without a context");
        }
    }

    private static boolean hasValue(final Invocation invocation) {
        return invocation
                .answer()
                .filter(a -> a instanceof NdisResult<?> result && result.value().isPresent())
                .isPresent();
    }

    private static void aCloseWaitsForTheCallManagersOwnVcs(final CallRig rig) {
        final ClientSap sap = registeredSap(rig);
        final KitCall call = rig.connectedIncomingCall();
        call.close();
        deregistered(rig, sap);
        closed(rig);
        expect(call.isDeleted(), () -> "the address family was closed while a VC of the call manager was left");
    }

    private static void aCloseSucceeds(final CallRig rig) {
        final KitCall call = rig.connectedCall();
        call.close();
        succeeded(call.vc().deleteVc(), "deleteVc");
        closed(rig);
    }

    private static void badSapsAreRefused(final CallRig rig) {
        rig.openClient();
        if (rig.subject().sap().isEmpty() && rig.subject().refusedSap().isEmpty()) {
            throw new NotApplicable("the author gave no SAPs");
        }
        rig.subject().refusedSap().ifPresent(bad -> {
            final NdisResult<ClientSap> result = rig.client().register(bad);
            expect(
                    result.status() == NdisStatus.INVALID_DATA,
                    () -> "the registration of SAP " + bad + " answered " + result.status());
        });
        rig.subject().sap().ifPresent(good -> {
            succeeded(rig.client().register(good), "registerSap");
            final NdisResult<ClientSap> second = rig.anotherClient().register(good);
            expect(
                    second.status() == NdisStatus.INVALID_DATA,
                    () -> "the registration of a SAP that another client has answered " + second.status());
        });
    }

    private static void aDeregistrationSucceeds(final CallRig rig) {
        for (int i = 0; i < TIMES; i++) {
            if (!rig.client().isOpen()) {
                rig.openClient();
            }
            deregistered(
                    rig,
                    succeeded(rig.client().register(rig.sap()), "registerSap").get());
        }
    }

    private static void callsOutliveTheirSap(final CallRig rig) {
        final ClientSap sap = registeredSap(rig);
        final KitCall call = rig.connectedIncomingCall();
        deregistered(rig, sap);
        rig.patience().settle();
        expect(call.closes().isEmpty(), () -> "a call was closed when its SAP was deregistered");
        expect(
                call.state() == VcState.ACTIVE,
                () -> "a call's VC was " + call.state() + " when its SAP was deregistered");
        call.close();
    }

    private static void familiesComeBackWithTheAdapter(final CallRig rig) {
        rig.openClient();
        closed(rig);
        rig.replaceAdapter();
        final int before = rig.client().announced().size();
        rig.patience()
                .until(
                        () -> rig.client().announced().size() >= Math.max(2, before),
                        () -> "no address family was registered when the adapter came back");
        rig.openClient();
    }

    // --- VCs

    private static void creationDoesNotPend(final CallRig rig) {
        rig.openClient();
        final NdisResult<ClientVc> created = rig.client().tryCreate();
        for (final Invocation creation : rig.trace().callbacks("createVc")) {
            expect(
                    creation.answer().filter(NdisResult.class::isInstance).isPresent(),
                    () -> "ProtocolCoCreateVc answered: " + creation);
        }
        succeeded(created, "createVc");
    }

    private static void aCreationWithoutResourcesSaysSo(final CallRig rig) {
        final int limit =
                rig.subject().maxVcs().orElseThrow(() -> new NotApplicable("the author gave no limit of VCs"));
        rig.openClient();
        final List<KitCall> created = new ArrayList<>();
        for (int i = 0; i < limit; i++) {
            created.add(rig.client().newCall());
        }
        final NdisResult<ClientVc> refused = rig.client().tryCreate();
        expect(
                refused.status() == NdisStatus.RESOURCES,
                () -> "the creation of VC " + (limit + 1) + " of " + limit + " answered " + refused.status());
        succeeded(created.get(0).vc().deleteVc(), "deleteVc");
        rig.client().newCall();
    }

    private static void creationSignalsNothing(final CallRig rig) {
        rig.openClient();
        rig.patience().settle();
        final long before = rig.trace().now();
        final KitCall call = rig.client().newCall();
        rig.patience().settle();
        nothingWasSignaled(rig, before);
        // whatever the driver has put off comes before the completion of what it is asked after that
        call.vc().deleteVc();
        rig.patience().ends(rig.client().af().close());
        nothingWasSignaled(rig, before);
    }

    private static void nothingWasSignaled(final CallRig rig, final long before) {
        rig.trace().all().stream()
                .filter(i -> i.enteredAt() > before && i.direction() == Invocation.Direction.CALL)
                .filter(i -> List.of("activateVc", "sendNetBufferLists").contains(i.method()))
                .findFirst()
                .ifPresent(i -> expect(false, () -> "the creation of a VC made the driver call " + i.method()));
    }

    private static void deletionDoesNotPend(final CallRig rig) {
        rig.openClient();
        final KitCall call = rig.client().newCall();
        final NdisResult<Void> deleted = call.vc().deleteVc();
        for (final Invocation deletion : rig.trace().callbacks("deleteVc")) {
            expect(
                    deletion.answer()
                            .filter(a -> a instanceof NdisStatus s && s != NdisStatus.PENDING)
                            .isPresent(),
                    () -> "ProtocolCoDeleteVc answered: " + deletion);
        }
        succeeded(deleted, "deleteVc");
    }

    // --- outgoing calls

    private static void aConnectedCallIsActive(final CallRig rig) {
        final KitCall call = rig.connectedCall();
        expect(call.state() == VcState.ACTIVE, () -> "the VC of a connected call is " + call.state());
        call.send(1);
        rig.patience().until(() -> call.traffic().outstanding() == 0, () -> "a send was not completed");
        call.traffic()
                .completed()
                .forEach(c -> expect(
                        c.status().isSuccess(), () -> "a send on a connected call was completed with " + c.status()));
        if (rig.subject().sap().isPresent() && rig.hasRemote()) {
            succeeded(rig.client().register(rig.sap()), "registerSap");
            final KitCall incoming = rig.connectedIncomingCall();
            expect(incoming.state() == VcState.ACTIVE, () -> "the VC of a connected call is " + incoming.state());
        }
    }

    private static List<CallParameters> refusedParameters(final CallRig rig) {
        if (rig.subject().refused().isEmpty()) {
            throw new NotApplicable("the author gave no parameters that the driver must refuse");
        }
        return rig.subject().refused();
    }

    private static void unusableParametersAreRefused(final CallRig rig) {
        rig.openClient();
        for (final CallParameters bad : refusedParameters(rig)) {
            final NdisResult<CallParameters> result = rig.client().newCall().make(bad);
            expect(
                    result.status() == NdisStatus.NOT_SUPPORTED,
                    () -> "a call with parameters that cannot be used answered " + result.status());
        }
    }

    private static void changedParametersAreFlagged(final CallRig rig) {
        rig.openClient();
        final CallParameters asked = rig.subject().roundable().orElseGet(() -> rig.parameters(0));
        final CallParameters given =
                succeeded(rig.client().newCall().make(asked), "makeCall").get();
        final boolean same = flows(asked).equals(flows(given));
        expect(
                same || given.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED),
                () -> "the parameters of a call were changed and not flagged");
    }

    private static List<Object> flows(final CallParameters parameters) {
        final CallManagerParameters flows = parameters.callManager().orElseGet(CallManagerParameters::bestEffort);
        return List.of(flows.transmit(), flows.receive());
    }

    private static void activationComesBeforeSuccess(final CallRig rig) {
        rig.trace();
        rig.openClient();
        final KitCall call = rig.client().newCall();
        final NdisResult<CallParameters> made = call.make(rig.parameters(0));
        final Invocation making = rig.trace().callbacks("makeCall").get(0);
        expect(
                !isSuccess(making) || isActivatedBefore(rig, making.completedAt()),
                () -> "a call was reported as made before its VC was active");
        succeeded(made, "makeCall");
    }

    private static long successesBefore(final CallRig rig, final String method, final long moment) {
        return rig.trace().calls(method).stream()
                .filter(i -> i.object() instanceof CmVc && isSuccess(i) && i.completedAt() < moment)
                .count();
    }

    private static boolean isActivatedBefore(final CallRig rig, final long moment) {
        return successesBefore(rig, "activateVc", moment) > 0;
    }

    /** A call that the network or the adapter refuses. */
    private static KitCall failedCall(final CallRig rig) {
        rig.openClient();
        final KitCall call = rig.client().newCall();
        if (!rig.hasRemote() || !rig.remote().rejectNextCall()) {
            rig.failActivations();
        }
        final NdisResult<CallParameters> made = call.make(rig.parameters(0));
        expect(!made.isSuccess(), () -> "a call that was refused was reported as made");
        rig.allowActivations();
        return call;
    }

    private static void aFailedCallIsCompleted(final CallRig rig) {
        failedCall(rig);
    }

    private static void aFailedCallLeavesAVcThatCanGo(final CallRig rig) {
        final KitCall call = failedCall(rig);
        expect(call.state() == VcState.INACTIVE, () -> "a failed call left its VC " + call.state());
        if (rig.isObserved()) {
            final Invocation making = rig.trace().callbacks("makeCall").get(0);
            final long activations = successesBefore(rig, "activateVc", making.completedAt());
            final long deactivations = successesBefore(rig, "deactivateVc", making.completedAt());
            expect(
                    activations == 0 || deactivations > 0,
                    () -> "a call was reported as failed while its VC was active");
        }
        final KitCall other = rig.client().newCall();
        succeeded(call.vc().deleteVc(), "the deletion after a failed call");
        succeeded(other.make(rig.parameters(0)), "a call after a failed one");
    }

    // --- incoming calls

    private static void callsComeInAgain(final CallRig rig) {
        registeredSap(rig);
        for (int i = 0; i < TIMES; i++) {
            rig.connectedIncomingCall().close();
        }
    }

    private static void offersNameASapOfTheClient(final CallRig rig) {
        registeredSap(rig);
        rig.anotherClient();
        rig.remoteDoes(rig.remote().call(rig.sap()), "make calls");
        rig.patience()
                .until(
                        () -> !rig.trace().calls("dispatchIncomingCall").isEmpty(),
                        () -> "a call from the remote end was not offered");
        for (final Invocation offer : rig.trace().calls("dispatchIncomingCall")) {
            rig.patience().until(offer::isComplete, () -> "an offer was not answered");
            expect(
                    offer.answer()
                            .filter(a -> a instanceof NdisResult<?> r && r.status() == NdisStatus.INVALID_SAP)
                            .isEmpty(),
                    () -> "a call was offered on a SAP that is not its client's");
        }
    }

    private static void aRejectedCallIsTakenBack(final CallRig rig) {
        registeredSap(rig);
        rig.client().answer(NdisStatus.NOT_SUPPORTED);
        final KitCall call = rig.incomingCall();
        rig.patience()
                .until(
                        () -> call.state() != VcState.ACTIVE && call.state() != VcState.DEACTIVATING,
                        () -> "the VC of a rejected call was not deactivated");
        rig.patience().settle();
        expect(call.connections() == 0, () -> "a rejected call was connected");
        rig.remote()
                .isAnswered()
                .ifPresent(answered -> expect(!answered, () -> "the remote end was told that the call was accepted"));
    }

    private static void anAcceptedCallIsConnected(final CallRig rig) {
        registeredSap(rig);
        final KitCall call = rig.connectedIncomingCall();
        expect(call.state() == VcState.ACTIVE, () -> "the VC of a connected call is " + call.state());
        rig.remote()
                .isAnswered()
                .ifPresent(answered -> expect(answered, () -> "the remote end was not told of the acceptance"));
    }

    private static void aCallThatFailsAfterAcceptanceIsClosed(final CallRig rig) {
        registeredSap(rig);
        final CompletableFuture<NdisStatus> answer = rig.client().holdAnswers();
        final KitCall call = rig.incomingCall();
        rig.remoteDoes(rig.remote().breakDown(call.inForce(), NdisStatus.NO_ROUTE_TO_DESTINATION), "break calls down");
        answer.complete(NdisStatus.SUCCESS);
        rig.patience()
                .until(() -> !call.closes().isEmpty(), () -> "a call that could not be established was not closed");
        rig.patience().settle();
        expect(call.connections() == 0, () -> "a call that was not established was connected");
    }

    // --- the end of calls

    private static void everyCallEndsWithADeactivation(final CallRig rig) {
        rig.trace();
        final KitCall call = rig.connectedCall();
        for (int i = 0; i < TIMES; i++) {
            final int before = deactivations(rig);
            call.close();
            rig.patience().until(() -> deactivations(rig) > before, () -> "a call was closed without a deactivation");
            succeeded(call.make(rig.parameters(0)), "another call on the VC");
        }
    }

    private static int deactivations(final CallRig rig) {
        return (int) rig.trace().calls("deactivateVc").stream()
                .filter(CallChecks::isSuccess)
                .count();
    }

    private static void closeDataIsSentOrRefused(final CallRig rig) {
        final KitCall call = rig.connectedCall();
        final Octets data = Octets.ofText("good bye");
        final NdisResult<Void> closed = call.close(data);
        if (closed.isSuccess()) {
            rig.remoteEnd()
                    .flatMap(r -> r.closeData())
                    .ifPresent(got -> expect(got.equals(data), () -> "close data arrived as " + got.toText()));
        } else {
            expect(
                    closed.status() == NdisStatus.INVALID_DATA,
                    () -> "a close with close data answered " + closed.status());
            call.close();
        }
    }

    private static void successOfACloseMeansInactive(final CallRig rig) {
        final KitCall call = rig.connectedCall();
        call.close();
        expect(call.state() == VcState.INACTIVE, () -> "a closed call left its VC " + call.state());
        for (final Invocation closing : rig.trace().callbacks("closeCall")) {
            expect(
                    rig.trace().calls("deactivateVc").stream()
                            .anyMatch(i -> i.isComplete() && i.completedAt() < closing.completedAt()),
                    () -> "a close was completed before the VC was deactivated");
        }
    }

    private static void ownVcsAreDeletedInTheEnd(final CallRig rig) {
        final ClientSap sap = registeredSap(rig);
        rig.connectedIncomingCall().close();
        rig.connectedIncomingCall().close();
        deregistered(rig, sap);
        closed(rig);
        rig.client()
                .offers()
                .forEach(call -> expect(call.isDeleted(), () -> "a VC of the call manager was not deleted"));
    }

    private static void theCauseOfACloseIsToldApart(final CallRig rig) {
        final KitCall first = rig.connectedCall();
        rig.remoteDoes(rig.remote().hangUp(first.inForce(), Octets.EMPTY), "hang up");
        awaitClose(rig, first);
        expect(
                first.closes().get(0).status().isSuccess(),
                () -> "a close that the remote end asked for was dispatched with "
                        + first.closes().get(0).status());
        final KitCall second = rig.openLine(0);
        rig.remoteDoes(
                rig.remote().breakDown(second.inForce(), NdisStatus.NO_ROUTE_TO_DESTINATION), "break calls down");
        awaitClose(rig, second);
        expect(
                !second.closes().get(0).status().isSuccess(),
                () -> "a close because of the network was dispatched with success");
    }

    private static void awaitClose(final CallRig rig, final KitCall call) {
        rig.patience().until(() -> !call.closes().isEmpty(), () -> "the client was not told of a close");
        rig.patience().until(() -> call.state() == VcState.INACTIVE, () -> "a close from the other side did not end");
    }

    // --- above a miniport

    private static void aVcThatIsNotActiveIsNotUsed(final CallRig rig) {
        rig.openClient();
        rig.failActivations();
        final NdisResult<CallParameters> made = rig.client().newCall().make(rig.parameters(0));
        for (final Invocation making : rig.trace().callbacks("makeCall")) {
            expect(!isSuccess(making), () -> "a call was reported as made on a VC whose activation failed");
        }
        expect(!made.isSuccess(), () -> "makeCall answered " + made);
    }

    private static void retriesAreBounded(final CallRig rig) {
        rig.openClient();
        rig.failActivations();
        rig.client().newCall().make(rig.parameters(0));
        rig.patience().settle();
        final int tries = rig.below().callbacks("activateVc").size();
        expect(tries <= MOST_TRIES, () -> "an activation was tried " + tries + " times");
    }

    private static void nothingIsReportedBeforeTheMiniportIsThrough(final CallRig rig) {
        rig.below();
        final KitCall call = rig.connectedCall();
        final CompletableFuture<Void> release = rig.holdBelow("deactivateVc");
        final CompletionStage<NdisResult<Void>> closing = call.end();
        final boolean early = rig.patience()
                .happens(() -> rig.trace().callbacks("closeCall").stream().anyMatch(Invocation::isComplete));
        release.complete(null);
        expect(!early, () -> "a close was completed while the miniport was still deactivating");
        succeeded(rig.patience().outcome(closing, "closeCall"), "closeCall");
    }

    private static void aPendedCloseCompletesFromTheDeactivation(final CallRig rig) {
        rig.below();
        final KitCall call = rig.connectedCall();
        final CompletableFuture<Void> release = rig.holdBelow("deactivateVc");
        final CompletionStage<NdisResult<Void>> closing = call.end();
        rig.patience().settle();
        release.complete(null);
        succeeded(rig.patience().outcome(closing, "a close whose deactivation pended"), "closeCall");
        succeeded(call.vc().deleteVc(), "deleteVc");
    }

    private static void noCallbackWaitsForTheMiniport(final CallRig rig) {
        rig.openClient();
        final KitCall call = rig.client().newCall();
        final CompletableFuture<Void> release = rig.holdBelow("activateVc");
        final CompletableFuture<CompletionStage<NdisResult<CallParameters>>> making =
                CallRig.aside(() -> call.vc().makeCall(rig.parameters(0)));
        try {
            rig.patience().until(making::isDone, () -> "makeCall does not return before the miniport has answered");
            rig.nothingBlocks();
        } finally {
            release.complete(null);
        }
        succeeded(
                rig.patience().outcome(rig.patience().outcome(making, "the call of makeCall"), "makeCall"), "makeCall");
    }

    private static void unbindingSucceeds(final CallRig rig) {
        rig.connectedCall();
        expect(rig.unregisterDriver(), () -> "the call manager was not unbound in time");
        final List<Invocation> unbindings = rig.trace().callbacks("unbindAdapter");
        expect(!unbindings.isEmpty(), () -> "the call manager was not unbound");
        unbindings.forEach(unbinding -> expect(
                unbinding.answer().filter(a -> a == NdisStatus.SUCCESS).isPresent(),
                () -> "the call manager answered its unbinding so: " + unbinding));
    }

    // --- in one driver

    private static void noSignalingVcIsShown(final CallRig rig, final String method) {
        final KitCall call = rig.connectedCall();
        call.close();
        final List<Invocation> shown = rig.trace().calls("createSignalingVc").stream()
                .filter(i -> i.object() instanceof McmAdapter)
                .toList();
        expect(shown.isEmpty(), () -> "the MCM asked the library for a signaling VC");
        final long clientVcs = rig.trace().calls(method).stream()
                .filter(i -> i.object() instanceof CmVc || i.object() instanceof SignalingVc)
                .count();
        expect(clientVcs > 0, () -> method + " was never called for the VC of a client");
    }
}
