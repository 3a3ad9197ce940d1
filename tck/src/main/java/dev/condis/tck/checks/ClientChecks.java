// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.tck.checks;

import static dev.condis.tck.rig.ClientRig.clientDoes;
import static dev.condis.tck.rig.Rig.expect;

import dev.condis.api.AddressFamily;
import dev.condis.api.CallManagerParameters;
import dev.condis.api.CallParameters;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientVc;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.tck.observe.Invocation;
import dev.condis.tck.observe.Trace;
import dev.condis.tck.rig.ClientRig;
import dev.condis.tck.rig.NotApplicable;
import dev.condis.tck.rig.Traffic;
import dev.condis.tck.subject.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What a client must do. */
@SuppressWarnings(
        "FutureReturnValueIgnored") // a held answer is released by the rig, its future is for checks that release it
// themselves
final class ClientChecks {
    private static final int SOME = 4;
    private static final int MOST_TRIES = 16;
    /** An OID that nobody has. */
    private static final Oid UNKNOWN = new Oid(0xFE7F_7F7F);

    private final List<Check> checks = new ArrayList<>();

    private ClientChecks() {}

    static List<Check> all() {
        final ClientChecks client = new ClientChecks();
        client.families();
        client.vcs();
        client.calls();
        client.closing();
        client.data();
        client.unbinding();
        client.parties();
        client.checks.addAll(StandingChecks.of(Kind.CLIENT, ClientRig::new, ClientChecks::life));
        return client.checks;
    }

    private void add(final String rule, final Consumer<ClientRig> procedure) {
        checks.add(new Check(rule, Kind.CLIENT, environment -> {
            try (ClientRig rig = new ClientRig(environment)) {
                procedure.accept(rig);
            }
        }));
    }

    private void families() {
        add("R28", ClientChecks::aStrangeFamilyDoesNoHarm);
        add("R29", ClientChecks::theFamilyIsOpenedAsItWasAnnounced);
        checks.add(new Check("R35", Kind.CLIENT, environment -> {
            try (ClientRig rig = new ClientRig(environment, r -> r.hold("openAf"))) {
                nothingIsDoneWhileTheOpenPends(rig);
            }
        }));
        add("R37", ClientChecks::nothingIsLeftWhenTheFamilyIsClosed);
        add("R39", ClientChecks::aClosedFamilyIsLeftAlone);
        add("R40", ClientChecks::theNotificationDoesNotWait);
        add("R46", ClientChecks::theEndComesInOrder);
        add("R47", ClientChecks::successOfTheNotificationMeansClosed);
        add("R52", ClientChecks::noVcIsCreatedForASap);
        checks.add(new Check("R53", Kind.CLIENT, environment -> {
            try (ClientRig rig = new ClientRig(environment, r -> r.hold("registerSap"))) {
                callsComeInWhileTheRegistrationPends(rig);
            }
        }));
        add("R56", ClientChecks::aSapIsDeregisteredOnce);
        add("R197", ClientChecks::anUnknownOidIsNotSupported);
        add("R202", ClientChecks::addressesAreLookedUp);
    }

    private void vcs() {
        add("R69", ClientChecks::creationDoesNotPend);
        add("R112", ClientChecks::deletionDoesNotPend);
        add("R117", ClientChecks::theCallManagersVcIsLeftAloneBetweenCalls);
        add("R159", ClientChecks::theCallManagersVcIsNotDeleted);
    }

    private void calls() {
        add("R125", ClientChecks::nothingIsSentBeforeTheCallIsMade);
        add("R126", ClientChecks::theVcOfAFailedCallIsDeleted);
        add("R131", ClientChecks::anOfferIsAnswered);
        add("R132", ClientChecks::changedParametersAreFlagged);
        add("R138", ClientChecks::nothingIsSentBeforeTheConnection);
        add("R139", ClientChecks::aClientWithoutCallsSaysSo);
    }

    private void closing() {
        add("R149", ClientChecks::nothingIsSentAfterTheClose);
        add("R157", ClientChecks::nothingIsSentAfterARemoteClose);
        add("R158", ClientChecks::aRemoteCloseIsAnswered);
        add("R160", ClientChecks::theVcOfABrokenCallIsDeleted);
        add("E3", ClientChecks::noCallbackWaitsForTheClose);
    }

    private void data() {
        add("R182", ClientChecks::sentPacketsAreLeftAlone);
        add("R185", ClientChecks::receivedPacketsAreReturned);
        add("R186", ClientChecks::lentPacketsAreNotReturned);
    }

    private void unbinding() {
        add("R213", ClientChecks::everythingIsClosedBeforeUnbinding);
        add("R214", ClientChecks::unbindingWaitsForSends);
        add("R215", ClientChecks::unbindingSucceeds);
    }

    private void parties() {
        add("R144", ClientChecks::renegotiationIsBounded);
        add("R146", ClientChecks::aRemoteChangeIsTaken);
        add("R164", ClientChecks::partiesAreAddedToMultipointCallsOnly);
        add("R168", ClientChecks::aDroppedPartyIsLeftAlone);
        add("R171", ClientChecks::theLastPartyLeavesWithTheCall);
        add("R173", ClientChecks::aRemoteLeaveIsAnswered);
        add("R217", ClientChecks::aPausedClientSendsNothing);
    }

    /** Everything a client meets in an ordinary life. */
    private static void life(final ClientRig rig) {
        rig.opened();
        if (rig.startsCall()) {
            rig.patience()
                    .until(
                            () -> rig.trace().calls("makeCall").stream().anyMatch(Invocation::isComplete),
                            () -> "the client made no call");
            exchange(rig);
        }
        if (rig.subject().takesCalls()) {
            rig.connectedIncomingCall();
            exchange(rig);
        }
        expect(rig.unregisterClient(), () -> "the client was not unbound in time");
    }

    private static void exchange(final ClientRig rig) {
        rig.control().send(SOME);
        rig.network().transmit(rig.inForce(), Traffic.content());
    }

    // --- what the procedures share

    private static boolean isSuccess(final Invocation invocation) {
        return invocation
                .answer()
                .filter(a -> a instanceof NdisResult<?> result && result.isSuccess()
                        || a instanceof NdisStatus status && status.isSuccess()
                        || a instanceof OidResult oid && oid.isSuccess())
                .isPresent();
    }

    private static List<Invocation> sendsAfter(final ClientRig rig, final long moment) {
        return rig.trace().calls("sendNetBufferLists").stream()
                .filter(i -> i.enteredAt() > moment)
                .toList();
    }

    private static Invocation await(
            final ClientRig rig, final String what, final Predicate<Invocation> which, final List<String> methods) {
        final String[] names = methods.toArray(String[]::new);
        rig.patience()
                .until(() -> rig.trace().calls(names).stream().anyMatch(which), () -> "the client did not " + what);
        return rig.trace().calls(names).stream().filter(which).findFirst().orElseThrow();
    }

    /** Everything that closes an address family: the call itself, and those that do all by the book. */
    private static List<Invocation> closes(final ClientRig rig) {
        return rig.trace().calls("close", "closeAll");
    }

    private static void endOfFamily(final ClientRig rig) {
        rig.notifyClose();
        rig.patience()
                .until(
                        () -> closes(rig).stream().anyMatch(Invocation::isComplete),
                        () -> "the client did not close its address family when it was asked to");
    }

    /** A client with as many calls as it can be made to have. */
    private static void busy(final ClientRig rig) {
        rig.opened();
        if (rig.startsCall()) {
            await(rig, "make a call", Invocation::isComplete, List.of("makeCall"));
        }
        if (rig.subject().takesCalls()) {
            rig.connectedIncomingCall();
        }
    }

    // --- address families

    private static void aStrangeFamilyDoesNoHarm(final ClientRig rig) {
        rig.opened();
        for (final Invocation notification : rig.trace().callbacks("afRegisterNotify")) {
            expect(
                    notification.thrown().isEmpty(),
                    () -> "the announcement of a family made the client throw "
                            + notification.thrown().orElseThrow());
        }
    }

    private static void theFamilyIsOpenedAsItWasAnnounced(final ClientRig rig) {
        rig.opened();
        final List<AddressFamily> announced = rig.trace().callbacks("afRegisterNotify").stream()
                .flatMap(i -> i.argument(AddressFamily.class).stream())
                .toList();
        for (final Invocation open : rig.trace().calls("openAddressFamily")) {
            final AddressFamily opened = open.argument(AddressFamily.class).orElseThrow();
            expect(
                    announced.contains(opened),
                    () -> "the client opened " + opened + ", and announced were " + announced);
        }
    }

    private static void nothingIsDoneWhileTheOpenPends(final ClientRig rig) {
        rig.patience()
                .until(
                        () -> !rig.trace().calls("openAddressFamily").isEmpty(),
                        () -> "the client did not open the address family that was announced");
        rig.patience().settle();
        final List<Invocation> early = rig.trace().all().stream()
                .filter(i -> i.direction() == Invocation.Direction.CALL)
                .filter(i -> List.of("registerSap", "createVc", "close", "closeAll", "oidRequest")
                        .contains(i.method()))
                .toList();
        final long opens = rig.trace().calls("openAddressFamily").stream()
                .filter(i -> !i.isComplete())
                .count();
        expect(
                early.isEmpty() && opens <= 1,
                () -> "while the open was pending the client called "
                        + (early.isEmpty()
                                ? "openAddressFamily again"
                                : early.get(0).method()));
    }

    private static void nothingIsLeftWhenTheFamilyIsClosed(final ClientRig rig) {
        busy(rig);
        endOfFamily(rig);
        for (final Invocation close : closes(rig)) {
            rig.patience().until(close::isComplete, () -> "the close of the family was not completed");
            expect(isSuccess(close), () -> "the close of the family was refused: " + close);
        }
    }

    private static void aClosedFamilyIsLeftAlone(final ClientRig rig) {
        busy(rig);
        endOfFamily(rig);
        rig.patience().settle();
        final Invocation close = closes(rig).get(0);
        final List<Invocation> late = rig.trace().all().stream()
                .filter(i -> i.direction() == Invocation.Direction.CALL
                        && i.object() == close.object()
                        && i != close
                        && i.enteredAt() > close.enteredAt()
                        && !List.of("addressFamily", "binding", "state", "toString")
                                .contains(i.method()))
                .toList();
        expect(
                late.isEmpty() || close.method().equals("closeAll"),
                () -> "after it had closed the address family the client called "
                        + late.get(0).method());
    }

    private static void theNotificationDoesNotWait(final ClientRig rig) {
        busy(rig);
        rig.hold("closeAf");
        ClientRig.aside(() -> {
            rig.notifyClose();
            return true;
        });
        rig.patience()
                .until(
                        () -> !rig.trace().callbacks("notifyCloseAf").isEmpty(),
                        () -> "the client was not asked to close its family");
        rig.nothingBlocks();
    }

    private static void theEndComesInOrder(final ClientRig rig) {
        busy(rig);
        endOfFamily(rig);
        final Invocation close = closes(rig).get(0);
        if (close.method().equals("closeAll")) {
            return;
        }
        final List<Invocation> calls = rig.trace().calls("closeCall");
        final List<Invocation> saps = rig.trace().calls("deregister");
        for (final Invocation call : calls) {
            expect(
                    call.isComplete() && call.completedAt() < close.enteredAt(),
                    () -> "the family was closed before a call");
            saps.forEach(sap -> expect(
                    call.enteredAt() < sap.enteredAt(), () -> "a SAP was deregistered before a call was closed"));
        }
        saps.forEach(sap -> expect(
                sap.enteredAt() < close.enteredAt(), () -> "the family was closed before a SAP was deregistered"));
    }

    private static void successOfTheNotificationMeansClosed(final ClientRig rig) {
        busy(rig);
        final CompletableFuture<Void> release = rig.hold("closeAf");
        rig.notifyClose();
        rig.patience().settle();
        final Optional<Invocation> early = rig.trace().callbacks("notifyCloseAf").stream()
                .filter(Invocation::isComplete)
                .filter(ClientChecks::isSuccess)
                .findFirst();
        release.complete(null);
        expect(early.isEmpty(), () -> "the notification was answered with success before the family was closed");
        rig.patience()
                .until(
                        () -> rig.trace().callbacks("notifyCloseAf").stream().allMatch(Invocation::isComplete),
                        () -> "the notification was not answered");
    }

    // --- SAPs

    private static void noVcIsCreatedForASap(final ClientRig rig) {
        rig.registeredSap();
        rig.connectedIncomingCall();
        final int created = rig.trace().calls("createVc").size();
        expect(created == 0, () -> "the client, which was called and did not call, created " + created + " VCs");
    }

    private static void callsComeInWhileTheRegistrationPends(final ClientRig rig) {
        rig.incomingCall();
        final Invocation offer = rig.trace().callbacks("incomingCall").get(0);
        rig.patience().until(offer::isComplete, () -> "an offer was not answered while the SAP was being registered");
        expect(offer.thrown().isEmpty(), () -> "an offer while the SAP was being registered made the client throw");
        expect(
                isSuccess(offer),
                () -> "an offer while the SAP was being registered was answered with " + offer.answer());
    }

    private static void aSapIsDeregisteredOnce(final ClientRig rig) {
        busy(rig);
        if (rig.trace().calls("registerSap").isEmpty()) {
            throw new NotApplicable("the client registers no SAP");
        }
        endOfFamily(rig);
        rig.patience().settle();
        final List<Object> handles =
                rig.trace().calls("deregister").stream().map(Invocation::object).toList();
        expect(handles.size() == handles.stream().distinct().count(), () -> "a SAP was deregistered twice");
    }

    // --- OIDs

    private static void anUnknownOidIsNotSupported(final ClientRig rig) {
        rig.opened();
        final OidResult result =
                rig.patience().outcome(rig.family().oidRequest(OidRequest.set(UNKNOWN, Octets.EMPTY)), "oidRequest");
        expect(
                result.status() == NdisStatus.NOT_SUPPORTED,
                () -> "a request for an unknown OID was answered with " + result.status());
    }

    private static void addressesAreLookedUp(final ClientRig rig) {
        rig.opened();
        final long before = rig.trace().now();
        final OidResult told = rig.patience()
                .outcome(rig.family().oidRequest(OidRequest.set(Oid.CO_ADDRESS_CHANGE, Octets.EMPTY)), "oidRequest");
        if (!told.isSuccess()) {
            throw new NotApplicable("the client does not want to know of addresses: " + told.status());
        }
        await(
                rig,
                "look its addresses up when they had changed",
                i -> i.enteredAt() > before
                        && i.argument(OidRequest.class)
                                .filter(r -> r.oid().equals(Oid.CO_GET_ADDRESSES))
                                .isPresent(),
                List.of("oidRequest"));
    }

    // --- VCs

    private static void creationDoesNotPend(final ClientRig rig) {
        rig.network().call(rig.registeredSap());
        rig.patience()
                .until(
                        () -> rig.trace().callbacks("createVc").stream().anyMatch(Invocation::isReturned),
                        () -> "the client was not asked to create a VC");
        for (final Invocation creation : rig.trace().callbacks("createVc")) {
            expect(
                    creation.answer().filter(NdisResult.class::isInstance).isPresent(),
                    () -> "ProtocolCoCreateVc answered: " + creation);
        }
    }

    private static void deletionDoesNotPend(final ClientRig rig) {
        rig.connectedIncomingCall();
        endOfFamily(rig);
        rig.patience()
                .until(
                        () -> rig.trace().callbacks("deleteVc").stream().anyMatch(Invocation::isReturned),
                        () -> "the client's VC was not deleted");
        for (final Invocation deletion : rig.trace().callbacks("deleteVc")) {
            expect(
                    deletion.answer()
                            .filter(a -> a instanceof NdisStatus s && s != NdisStatus.PENDING)
                            .isPresent(),
                    () -> "ProtocolCoDeleteVc answered: " + deletion);
        }
    }

    private static void theCallManagersVcIsLeftAloneBetweenCalls(final ClientRig rig) {
        rig.connectedIncomingCall();
        clientDoes(rig.control().closeCall(), "close a call");
        final Invocation close = await(rig, "close its call", Invocation::isComplete, List.of("closeCall"));
        clientDoes(rig.control().send(1), "send");
        rig.patience().settle();
        final Optional<Invocation> late = rig.trace().all().stream()
                .filter(i -> i.direction() == Invocation.Direction.CALL
                        && i.object() == close.object()
                        && i.enteredAt() > close.completedAt()
                        && List.of("sendNetBufferLists", "makeCall", "closeCall", "modifyCallQoS")
                                .contains(i.method()))
                .findFirst();
        expect(
                late.isEmpty(),
                () -> "after the close the client called " + late.orElseThrow().method()
                        + " on a VC of the call manager");
    }

    private static void theCallManagersVcIsNotDeleted(final ClientRig rig) {
        rig.connectedIncomingCall();
        final Object vc = rig.trace()
                .callbacks("incomingCall")
                .get(0)
                .argument(ClientVc.class)
                .orElseThrow();
        rig.network().hangUp(rig.inForce(), Octets.EMPTY);
        await(rig, "close its call", Invocation::isComplete, List.of("closeCall"));
        rig.patience().settle();
        expect(
                rig.trace().calls("deleteVc").stream().noneMatch(i -> i.object() == vc),
                () -> "the client deleted a VC of the call manager");
    }

    // --- calls

    private static void nothingIsSentBeforeTheCallIsMade(final ClientRig rig) {
        rig.opened();
        final CompletableFuture<Void> release = rig.hold("makeCall");
        clientDoes(rig.startsCall(), "make a call");
        clientDoes(rig.control().send(1), "send");
        rig.patience().settle();
        final int early = rig.trace().calls("sendNetBufferLists").size();
        release.complete(null);
        expect(early == 0, () -> "the client sent before its call was made");
    }

    private static void theVcOfAFailedCallIsDeleted(final ClientRig rig) {
        rig.opened();
        rig.network().rejectNextCall();
        clientDoes(rig.startsCall(), "make a call");
        final Invocation made = await(rig, "make a call", Invocation::isComplete, List.of("makeCall"));
        await(rig, "delete the VC of a call that failed", i -> i.object() == made.object(), List.of("deleteVc"));
    }

    private static void anOfferIsAnswered(final ClientRig rig) {
        rig.incomingCall();
        final Invocation offer = rig.trace().callbacks("incomingCall").get(0);
        rig.patience().until(offer::isComplete, () -> "an offer was not answered");
        expect(offer.answer().isPresent(), () -> "the answer to an offer is none: " + offer);
    }

    private static void changedParametersAreFlagged(final ClientRig rig) {
        rig.incomingCall();
        final Invocation offer = rig.trace().callbacks("incomingCall").get(0);
        rig.patience().until(offer::isComplete, () -> "an offer was not answered");
        final CallParameters offered = offer.argument(CallParameters.class).orElseThrow();
        offer.answer()
                .flatMap(a -> ((NdisResult<?>) a).value())
                .map(CallParameters.class::cast)
                .ifPresent(accepted -> expect(
                        flows(accepted).equals(flows(offered))
                                || accepted.has(CallParameters.Flag.CALL_PARAMETERS_CHANGED),
                        () -> "the client changed the parameters of a call and did not flag it"));
    }

    private static List<Object> flows(final CallParameters parameters) {
        final CallManagerParameters flows = parameters.callManager().orElseGet(CallManagerParameters::bestEffort);
        return List.of(flows.transmit(), flows.receive());
    }

    private static void nothingIsSentBeforeTheConnection(final ClientRig rig) {
        final CompletableFuture<Void> release = rig.holdConnections();
        rig.incomingCall();
        clientDoes(rig.control().send(1), "send");
        rig.patience().settle();
        final int early = rig.trace().calls("sendNetBufferLists").size();
        release.complete(null);
        expect(early == 0, () -> "the client sent before its call was connected");
        await(rig, "send when its call was connected", i -> true, List.of("sendNetBufferLists"));
    }

    private static void aClientWithoutCallsSaysSo(final ClientRig rig) {
        if (rig.subject().takesCalls()) {
            throw new NotApplicable("the client takes calls");
        }
        rig.opened();
        final NdisStatus status = rig.offerAVc();
        expect(status == NdisStatus.NOT_SUPPORTED, () -> "a VC for an incoming call was answered with " + status);
    }

    // --- the end of calls

    private static void nothingIsSentAfterTheClose(final ClientRig rig) {
        rig.connectedCall();
        clientDoes(rig.control().send(1), "send");
        await(rig, "send", i -> true, List.of("sendNetBufferLists"));
        rig.hold("closeCall");
        clientDoes(rig.control().closeCall(), "close a call");
        final Invocation close = await(rig, "close its call", i -> true, List.of("closeCall"));
        clientDoes(rig.control().send(1), "send");
        rig.patience().settle();
        expect(sendsAfter(rig, close.enteredAt()).isEmpty(), () -> "the client sent after it had closed its call");
    }

    private static void nothingIsSentAfterARemoteClose(final ClientRig rig) {
        rig.connectedCall();
        rig.hold("closeCall");
        final Invocation close = remoteClose(rig);
        clientDoes(rig.control().send(1), "send");
        rig.patience().settle();
        expect(
                sendsAfter(rig, close.returnedAt()).isEmpty(),
                () -> "the client sent after the other side had closed the call");
    }

    private static Invocation remoteClose(final ClientRig rig) {
        rig.network().hangUp(rig.inForce(), Octets.EMPTY);
        return toldOfClose(rig);
    }

    private static Invocation toldOfClose(final ClientRig rig) {
        rig.patience()
                .until(
                        () -> rig.trace().callbacks("incomingCloseCall").stream()
                                .anyMatch(Invocation::isReturned),
                        () -> "the client's callback for a close from the other side did not return");
        return rig.trace().callbacks("incomingCloseCall").get(0);
    }

    private static void aRemoteCloseIsAnswered(final ClientRig rig) {
        rig.connectedCall();
        final Invocation told = remoteClose(rig);
        await(rig, "answer a close from the other side", i -> i.enteredAt() > told.enteredAt(), List.of("closeCall"));
    }

    private static void theVcOfABrokenCallIsDeleted(final ClientRig rig) {
        rig.connectedCall();
        final Object vc = rig.trace().calls("makeCall").get(0).object();
        rig.network().breakDown(rig.inForce(), NdisStatus.NO_ROUTE_TO_DESTINATION);
        toldOfClose(rig);
        await(rig, "delete the VC of a call that broke down", i -> i.object() == vc, List.of("deleteVc"));
    }

    private static void noCallbackWaitsForTheClose(final ClientRig rig) {
        rig.connectedCall();
        rig.hold("closeCall");
        rig.network().hangUp(rig.inForce(), Octets.EMPTY);
        rig.patience()
                .until(
                        () -> !rig.trace().callbacks("incomingCloseCall").isEmpty(),
                        () -> "the client was not told of a close");
        rig.nothingBlocks();
    }

    // --- data

    private static void sentPacketsAreLeftAlone(final ClientRig rig) {
        rig.connectedCall();
        final ClientRig.HeldSends held = rig.holdSends();
        clientDoes(rig.control().send(SOME), "send");
        rig.patience().until(() -> held.count() > 0, () -> "the client sent nothing");
        rig.control().send(SOME);
        rig.patience().settle();
        held.release();
        expect(!held.isTouched(), () -> "the client changed a PDU that it had sent");
    }

    private static void received(final ClientRig rig, final List<Octets> pdus) {
        pdus.forEach(pdu -> rig.network().transmit(rig.inForce(), pdu));
        rig.patience()
                .until(
                        () -> Trace.pdusOf(rig.trace().callbacks("receiveNetBufferLists"))
                                        .count()
                                >= pdus.size(),
                        () -> "the client did not receive");
    }

    private static List<Octets> some() {
        final List<Octets> pdus = new ArrayList<>();
        for (int i = 0; i < SOME; i++) {
            pdus.add(Traffic.content());
        }
        return pdus;
    }

    private static void receivedPacketsAreReturned(final ClientRig rig) {
        rig.connectedCall();
        received(rig, some());
        rig.patience()
                .until(
                        () -> rig.mcm().nic().pool().outstanding() == 0,
                        () -> rig.mcm().nic().pool().outstanding() + " of " + SOME
                                + " received NBLs were not returned");
    }

    private static void lentPacketsAreNotReturned(final ClientRig rig) {
        rig.connectedCall();
        rig.mcm().nic().lending(true);
        received(rig, some());
        rig.patience().settle();
        final int returned = rig.trace().calls("returnNetBufferLists").size();
        expect(returned == 0, () -> "the client returned NBLs that were only lent to it");
    }

    // --- unbinding

    private static void everythingIsClosedBeforeUnbinding(final ClientRig rig) {
        busy(rig);
        rig.unregisterClient();
        final Invocation unbinding = unbinding(rig);
        expect(unbinding.isComplete(), () -> "the client did not complete its unbinding");
        final boolean closedBefore =
                closes(rig).stream().anyMatch(i -> i.isComplete() && i.completedAt() < unbinding.completedAt());
        expect(closedBefore, () -> "the client unbound before its address family was closed");
    }

    private static Invocation unbinding(final ClientRig rig) {
        rig.patience()
                .until(() -> !rig.trace().callbacks("unbindAdapter").isEmpty(), () -> "the client was not unbound");
        return rig.trace().callbacks("unbindAdapter").get(0);
    }

    private static void unbindingWaitsForSends(final ClientRig rig) {
        rig.connectedCall();
        final ClientRig.HeldSends held = rig.holdSends();
        clientDoes(rig.control().send(1), "send");
        rig.patience().until(() -> held.count() > 0, () -> "the client sent nothing");
        final CompletableFuture<Boolean> gone = ClientRig.aside(rig::unregisterClient);
        final Invocation unbinding = unbinding(rig);
        final boolean early = rig.patience().happens(unbinding::isComplete);
        held.release();
        expect(!early, () -> "the client unbound before its sends were back");
        rig.patience().outcome(gone, "the unbinding");
    }

    private static void unbindingSucceeds(final ClientRig rig) {
        busy(rig);
        expect(rig.unregisterClient(), () -> "the client was not unbound in time");
        final Invocation unbinding = unbinding(rig);
        expect(isSuccess(unbinding), () -> "the client answered its unbinding with " + unbinding);
    }

    // --- QoS and parties

    private static void renegotiationIsBounded(final ClientRig rig) {
        rig.connectedCall();
        rig.network().refuseChanges(true);
        clientDoes(rig.control().modifyQoS(), "change the quality of a call");
        await(rig, "ask for another quality", Invocation::isComplete, List.of("modifyCallQoS"));
        rig.patience().settle();
        final int tries = rig.trace().calls("modifyCallQoS").size();
        expect(tries <= MOST_TRIES, () -> "a refused change was tried " + tries + " times");
    }

    private static void aRemoteChangeIsTaken(final ClientRig rig) {
        rig.connectedCall();
        rig.network().changeQoS(rig.inForce());
        rig.patience()
                .until(
                        () -> rig.trace().callbacks("incomingCallQoSChange").stream()
                                .anyMatch(Invocation::isReturned),
                        () -> "the client's callback for a change from the other side did not return");
        final Invocation told = rig.trace().callbacks("incomingCallQoSChange").get(0);
        expect(told.thrown().isEmpty(), () -> "a change from the other side made the client throw " + told);
    }

    private static void partiesAreAddedToMultipointCallsOnly(final ClientRig rig) {
        rig.connectedCall();
        clientDoes(rig.control().addParty(), "add a party");
        rig.patience().settle();
        expect(
                rig.trace().calls("addParty").isEmpty(),
                () -> "the client added a party to a call that it had made without one");
    }

    private static void multipointCall(final ClientRig rig, final int parties) {
        rig.opened();
        clientDoes(rig.patience().happens(() -> rig.control().makeMultipointCall(parties)), "make a multipoint call");
        rig.patience()
                .until(
                        () -> successes(rig, "makeCall") + successes(rig, "addParty") >= parties,
                        () -> "the client made no call to " + parties + " parties");
    }

    private static long successes(final ClientRig rig, final String method) {
        return rig.trace().calls(method).stream()
                .filter(ClientChecks::isSuccess)
                .count();
    }

    private static void aDroppedPartyIsLeftAlone(final ClientRig rig) {
        multipointCall(rig, SOME);
        clientDoes(rig.patience().happens(rig.control()::dropParty), "drop a party");
        await(rig, "drop a party", Invocation::isComplete, List.of("dropParty"));
        rig.patience().settle();
        final List<Object> dropped =
                rig.trace().calls("dropParty").stream().map(Invocation::object).toList();
        expect(dropped.size() == dropped.stream().distinct().count(), () -> "a party was dropped twice");
    }

    private static void theLastPartyLeavesWithTheCall(final ClientRig rig) {
        multipointCall(rig, SOME);
        clientDoes(rig.control().closeCall(), "close a call");
        final Invocation close = await(rig, "close its call", Invocation::isComplete, List.of("closeCall"));
        expect(isSuccess(close), () -> "the close of a multipoint call was refused: " + close);
    }

    private static void aRemoteLeaveIsAnswered(final ClientRig rig) {
        multipointCall(rig, SOME);
        rig.network().leave(rig.inForce(), 1);
        rig.patience()
                .until(
                        () -> !rig.trace().callbacks("incomingDropParty").isEmpty(),
                        () -> "the client was not told that a party had left");
        final Object party = rig.trace()
                .callbacks("incomingDropParty")
                .get(0)
                .argument(ClientParty.class)
                .orElseThrow();
        await(rig, "drop a party that had left", i -> i.object() == party, List.of("dropParty"));
    }

    private static void aPausedClientSendsNothing(final ClientRig rig) {
        rig.connectedCall();
        final NdisResult<Void> paused = rig.patience().outcome(rig.pause(), "the pause");
        expect(paused.isSuccess(), () -> "the pause answered " + paused);
        final long since = rig.trace().now();
        clientDoes(rig.control().send(1), "send");
        rig.patience().settle();
        expect(sendsAfter(rig, since).isEmpty(), () -> "the client sent while the adapter was paused");
        final NdisResult<Void> restarted = rig.patience().outcome(rig.restart(), "the restart");
        expect(restarted.isSuccess(), () -> "the restart answered " + restarted);
    }
}
