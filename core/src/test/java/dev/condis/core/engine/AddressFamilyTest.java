// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.now;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AddressFamily;
import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmAf;
import dev.condis.api.callmgr.CmAfContext;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Registering, announcing, opening and closing address families: rules R20 to R49. */
class AddressFamilyTest {
    private static final AddressFamily ANOTHER_VERSION = new AddressFamily(AF.family(), AF.majorVersion() + 1, 0);

    // --- registration

    @ParameterizedTest
    @EnumSource(Form.class)
    void r20r21ACallManagerRegistersWhileItBindsAndAnMcmWhileItInitializes(final Form form) {
        final TestStack stack = form.prepare();

        stack.start();

        assertThat(stack.calls)
                .containsExactly(
                        "InitializeEx", "cm BindAdapter", "client BindAdapter", "CoAfRegisterNotify", "CmOpenAf");
        assertThat(stack.engine.adapters().get(0).addressFamilies()).containsExactly(AF);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r22ASecondRegistrationOfAFamilyFailsWhateverItsVersion(final Form form) {
        final TestStack stack = form.start();

        stack.refuses(NdisStatus.FAILURE, "R22", () -> stack.callManager.register(AF));
        stack.refuses(NdisStatus.FAILURE, "R22", () -> stack.callManager.register(ANOTHER_VERSION));
    }

    @Test
    void r22AnotherCallManagerGetsItsOwnFamiliesOnly() {
        final TestStack stack = TestStack.standAlone();
        final List<NdisStatus> registered = new ArrayList<>();

        stack.engine.registerCallManager(DriverDescriptor.everywhere("cm2"), binding -> {
            registered.add(binding.registerAddressFamily(AF, af -> {
                        throw new AssertionError("the family is another call manager's");
                    })
                    .status());
            registered.add(binding.registerAddressFamily(
                            AddressFamily.PPP, af -> NdisResult.<CmAfContext>failure(NdisStatus.RESOURCES)
                                    .asStage())
                    .status());
            return NdisStatus.SUCCESS;
        });

        assertThat(registered).containsExactly(NdisStatus.FAILURE, NdisStatus.SUCCESS);
        assertThat(stack.client.notified).containsExactly(AF, AddressFamily.PPP);
    }

    @Test
    void r23RegistrationOnAClosingOrClosedBindingFails() {
        final TestStack stack = TestStack.standAlone();
        final List<String> rules = new ArrayList<>();
        stack.callManager.unbindAdapter.whenCalled = () -> rules.add(stack.callManager
                .register(AddressFamily.PPP)
                .refusal()
                .orElseThrow()
                .rule());

        stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(rules).containsExactly("R23");
        stack.refuses(NdisStatus.FAILURE, "R23", () -> stack.callManager.register(AddressFamily.PPP));
        assertThat(stack.engine.adapters().get(0).addressFamilies()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void r23RegistrationByAnMcmThatWasHaltedFails(final Form form) {
        final TestStack stack = form.start();
        stack.miniportRegistration.unregister();

        stack.refuses(NdisStatus.FAILURE, "R23", () -> stack.callManager.register(AddressFamily.PPP));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r24SeveralFamiliesOnOneAdapter(final Form form) {
        final TestStack stack = form.start();

        assertThat(stack.callManager.register(AddressFamily.PPP).isSuccess()).isTrue();

        assertThat(stack.engine.adapters().get(0).addressFamilies()).containsExactly(AF, AddressFamily.PPP);
        assertThat(stack.client.opened).hasSize(2).allMatch(NdisResult::isSuccess);
        assertThat(stack.callManager.afs).extracting(CmAf::addressFamily).containsExactly(AF, AddressFamily.PPP);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void r25TheFamilyOfAnMcmPreemptsAStandAloneCallManager(final Form form) {
        final TestStack stack = form.start();
        final List<NdisResult<Void>> registered = new ArrayList<>();

        stack.engine.registerCallManager(DriverDescriptor.everywhere("cm2"), binding -> {
            final NdisResult<Void> result = binding.registerAddressFamily(AF, af -> {
                throw new AssertionError("the family is the MCM's");
            });
            registered.add(result);
            return result.status();
        });

        assertThat(registered.get(0).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(registered.get(0).refusal().orElseThrow().rule()).isEqualTo("R22");
        assertThat(stack.client.notified).containsExactly(AF);
        assertThat(stack.engine.adapters().get(0).bindings()).containsExactly("client");
    }

    // --- announcement

    @Test
    void r26ABoundClientHearsOfAFamilyWhenTheBindHasReturned() {
        final TestStack stack = TestStack.standAlone();
        final List<Integer> notifiedInsideBind = new ArrayList<>();

        stack.engine.registerCallManager(DriverDescriptor.everywhere("cm2"), binding -> {
            binding.registerAddressFamily(AddressFamily.PPP, af -> NdisResult.<CmAfContext>failure(NdisStatus.RESOURCES)
                    .asStage());
            notifiedInsideBind.add(stack.client.notified.size());
            return NdisStatus.SUCCESS;
        });

        assertThat(notifiedInsideBind).containsExactly(1);
        assertThat(stack.client.notified).containsExactly(AF, AddressFamily.PPP);
    }

    @Test
    void r26AFamilyOfACallManagerWhoseBindFailedIsNeverAnnounced() {
        final TestStack stack = Form.STAND_ALONE.prepare();
        stack.callManager.bindAdapter.answer(NdisStatus.RESOURCES);

        stack.start();

        assertThat(stack.client.notified).isEmpty();
        assertThat(stack.engine.adapters().get(0).addressFamilies()).isEmpty();
        assertThat(stack.engine.adapters().get(0).bindings()).containsExactly("client");
        stack.refuses(NdisStatus.FAILURE, "R23", () -> stack.callManager.register(AddressFamily.PPP));
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void r26AFamilyOfAnMcmWhoseInitializeFailedIsNeverAnnounced(final Form form) {
        final TestStack stack = form.prepare();
        stack.miniport.initialize.answer(NdisStatus.RESOURCES);

        stack.start();

        assertThat(stack.calls).containsExactly("InitializeEx", "cm BindAdapter");
        assertThat(stack.engine.adapters().get(0).addressFamilies()).isEmpty();
        stack.refuses(NdisStatus.FAILURE, "R23", () -> stack.callManager.register(AddressFamily.PPP));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r27EveryClientIsToldOfEveryFamilyOnce(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.register(AddressFamily.PPP);

        final TestStack.TestClient late = stack.anotherClient("late");
        stack.callManager.register(AddressFamily.L2TP);

        assertThat(stack.client.notified).containsExactly(AF, AddressFamily.PPP, AddressFamily.L2TP);
        assertThat(late.notified).containsExactly(AF, AddressFamily.PPP, AddressFamily.L2TP);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r27AClientThatBindsWhileAFamilyIsAnnouncedIsToldOnce(final Form form) {
        final TestStack stack = form.start();
        stack.holdsPassiveTasks = true;
        stack.callManager.register(AddressFamily.PPP);
        final TestStack.TestClient late = stack.anotherClient("late");
        while (!stack.passiveTasks.isEmpty()) {
            stack.passiveTasks.remove().run();
        }

        assertThat(late.notified).containsExactly(AF, AddressFamily.PPP);
        assertThat(stack.client.notified).containsExactly(AF, AddressFamily.PPP);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r28AClientDeclinesByJustReturningAndIsToldOfOtherFamilies(final Form form) {
        final TestStack stack = form.prepare();
        stack.client.opens = false;
        stack.start();
        assertThat(stack.calls).doesNotContain("CmOpenAf");

        stack.client.opens = true;
        stack.callManager.register(AddressFamily.PPP);

        assertThat(stack.callManager.afs).extracting(CmAf::addressFamily).containsExactly(AddressFamily.PPP);
    }

    // --- opening

    @Test
    void r29r31OpenReachesTheCallManagerThatRegisteredTheAnnouncedFamily() {
        final TestStack stack = TestStack.standAlone();
        final List<AddressFamily> openedElsewhere = new ArrayList<>();
        stack.engine.registerCallManager(
                DriverDescriptor.everywhere("cm2"), binding -> binding.registerAddressFamily(AddressFamily.PPP, af -> {
                            openedElsewhere.add(af.addressFamily());
                            return NdisResult.<CmAfContext>failure(NdisStatus.RESOURCES)
                                    .asStage();
                        })
                        .status());

        assertThat(openedElsewhere).containsExactly(AddressFamily.PPP);
        assertThat(stack.callManager.afs).extracting(CmAf::addressFamily).containsExactly(AF);
        assertThat(stack.callManager.af.clientName()).isEqualTo("client");
        assertThat(stack.client.af.addressFamily()).isEqualTo(AF);
        assertThat(stack.client.af.binding()).isSameAs(stack.client.binding);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r32OpenOfAnUnregisteredFamilyFails(final Form form) {
        final TestStack stack = form.start();

        stack.refusesStage(
                NdisStatus.FAILURE,
                "R32",
                () -> stack.client.binding.openAddressFamily(AddressFamily.IRDA, stack.client));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r32OpenOnAClosingOrClosedClientBindingFails(final Form form) {
        final TestStack stack = form.start();
        final List<String> rules = new ArrayList<>();
        stack.client.unbindAdapter.whenCalled = () ->
                rules.add(done(stack.client.open(AF)).refusal().orElseThrow().rule());

        stack.clientRegistration.unregister();

        assertThat(rules).containsExactly("R32");
        stack.refusesStage(NdisStatus.FAILURE, "R32", () -> stack.client.binding.openAddressFamily(AF, stack.client));
    }

    @Test
    void r32OpenWhileTheCallManagersBindingClosesFails() {
        final TestStack stack = TestStack.standAlone();
        final List<String> rules = new ArrayList<>();
        stack.callManager.unbindAdapter.whenCalled = () ->
                rules.add(done(stack.client.open(AF)).refusal().orElseThrow().rule());

        stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(rules).containsExactly("R32");
        stack.refusesStage(NdisStatus.FAILURE, "R32", () -> stack.client.binding.openAddressFamily(AF, stack.client));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r33r34r36AFailedOpenLeavesNothingAndCanBeTriedAgain(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.answer(NdisResult.failure(NdisStatus.RESOURCES));
        stack.start();

        assertThat(stack.client.opened.get(0).status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(stack.client.opened.get(0).value()).isEmpty();
        final CmAf dead = stack.callManager.af;
        assertThat(dead.state()).isEqualTo(AfState.CLOSED);
        stack.refuses(NdisStatus.FAILURE, "R39", stack::incomingVc);
        stack.refusesStage(NdisStatus.FAILURE, "R39", dead::notifyCloseAddressFamily);

        stack.callManager.openAf.asUsual();
        assertThat(succeeds(stack.client.open(AF)).get().state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r34APendedOpenThatFailsLeavesNothing(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.start();
        assertThat(stack.client.opened).isEmpty();

        stack.callManager.openAf.release(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));

        assertThat(stack.client.opened).hasSize(1);
        assertThat(stack.client.opened.get(0).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(stack.callManager.af.state()).isEqualTo(AfState.CLOSED);
        stack.clientRegistration.unregister();
        assertThat(stack.calls).as("there is nothing to close").doesNotContain("CmCloseAf");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c14APendedOpenCompletesWhereTheClientMayBlock(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.start();
        stack.holdsPassiveTasks = true;

        stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));

        assertThat(stack.client.opened).as("not on the call manager's thread").isEmpty();
        stack.runPassiveTasks();
        assertThat(stack.client.opened).hasSize(1);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r35NothingCanBeDoneWithAFamilyThatIsBeingOpened(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.start();

        stack.refuses(NdisStatus.NOT_ACCEPTED, "R35", stack::incomingVc);
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R35", stack.callManager.af::notifyCloseAddressFamily);

        stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));
        assertThat(stack.incomingVc().isSuccess()).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r33AnOpenThatSucceedsWhenTheClientIsGoneIsClosedAgain(final Form form) {
        final TestStack stack = form.prepare();
        stack.callManager.openAf.hold();
        stack.start();
        stack.clientRegistration.unregister();
        stack.passDeadlines();
        assertThat(stack.client.opened).extracting(NdisResult::status).containsExactly(NdisStatus.CLOSING);

        stack.callManager.openAf.release(NdisResult.success(stack.callManager.afContext()));

        assertThat(stack.calls).endsWith("CmCloseAf");
        assertThat(stack.callManager.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(stack.client.opened).hasSize(1);
    }

    // --- closing by the client

    @ParameterizedTest
    @EnumSource(Form.class)
    void r37r46ClosingAllEndsCallsThenSapsThenTheFamily(final Form form) {
        final TestStack stack = form.start();
        stack.connectedIncomingVc();
        final CmVc incoming = stack.callManager.vc;
        stack.calls.clear();

        final CompletionStage<NdisResult<Void>> closed = stack.client.af.closeAll();

        assertThat(stack.calls).containsSubsequence("CmCloseCall", "CmDeregisterSap", "CmCloseAf");
        assertThat(isPending(closed))
                .as("C22: the call manager has not deleted its VC")
                .isTrue();
        assertThat(incoming.deleteVc().isSuccess()).isTrue();
        succeeds(closed);
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r37ClosingAllDeletesTheVcsOfTheClient(final Form form) {
        final TestStack stack = form.start();
        final ClientVc connected = stack.connectedVc();
        stack.calls.clear();

        succeeds(stack.client.af.closeAll());

        assertThat(stack.calls).containsSubsequence("CmCloseCall", "cm CoDeleteVc", "CmCloseAf");
        assertThat(connected.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r37ClosingAllRejectsACallThatTheClientHasNotAnswered(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        final CmVc vc = stack.incomingVc().get();
        stack.client.incomingCall.hold();
        final CompletionStage<NdisResult<CallParameters>> offer =
                vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);

        final CompletionStage<NdisResult<Void>> closed = stack.client.af.closeAll();

        assertThat(done(offer).status()).isEqualTo(NdisStatus.CLOSING);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(closed);
        stack.client.incomingCall.release(NdisResult.success(PARAMETERS));
        assertThat(vc.state()).as("too late to accept").isEqualTo(VcState.DELETED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r37ClosingAllWaitsForACallThatIsBeingMade(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.makeCall.hold();
        final ClientVc making = stack.createVc();
        final CompletionStage<NdisResult<CallParameters>> call = making.makeCall(PARAMETERS);
        final CompletionStage<NdisResult<Void>> closed = stack.client.af.closeAll();
        assertThat(isPending(closed)).isTrue();

        stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));

        succeeds(call);
        succeeds(closed);
        assertThat(stack.calls).containsSubsequence("CmMakeCall", "CmCloseCall", "cm CoDeleteVc", "CmCloseAf");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r38CloseIsRefusedWhileSapsOrVcsOfTheClientAreLeft(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        stack.refusesStage(NdisStatus.FAILURE, "R38", stack.client.af::close);
        succeeds(sap.deregister());

        final ClientVc vc = stack.createVc();
        stack.refusesStage(NdisStatus.FAILURE, "R38", stack.client.af::close);
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        succeeds(stack.client.af.close());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r38ASecondCloseIsRefused(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.closeAf.hold();
        final CompletionStage<NdisResult<Void>> first = stack.client.af.close();

        stack.refusesStage(NdisStatus.FAILURE, "R38", stack.client.af::close);

        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(first);
        stack.refusesStage(NdisStatus.FAILURE, "R39", stack.client.af::close);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r39TheHandleIsDeadOnceCloseWasCalled(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.closeAf.hold();
        final ClientAf af = stack.client.af;
        final CompletionStage<NdisResult<Void>> close = af.close();

        stack.refuses(NdisStatus.CLOSING, "B.4", () -> af.createVc(stack.client.vc));
        stack.refusesStage(NdisStatus.CLOSING, "B.4", () -> af.registerSap(Sap.e164("1"), stack.client));
        stack.refuses(NdisStatus.CLOSING, "B.4", stack::incomingVc);
        stack.refusesStage(NdisStatus.CLOSING, "B.4", stack.callManager.af::notifyCloseAddressFamily);

        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(close);
        stack.refuses(NdisStatus.FAILURE, "R39", () -> af.createVc(stack.client.vc));
        stack.refusesStage(NdisStatus.FAILURE, "R39", () -> af.registerSap(Sap.e164("1"), stack.client));
        stack.refuses(NdisStatus.FAILURE, "R39", stack::incomingVc);
        stack.refusesStage(NdisStatus.FAILURE, "R39", stack.callManager.af::notifyCloseAddressFamily);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r41ACallManagerMayRefuseTheCloseAndTheFamilyIsOpenAgain(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.closeAf.answer(NdisStatus.NOT_ACCEPTED);

        assertThat(done(stack.client.af.close()).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);

        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        assertThat(stack.createVc().deleteVc().isSuccess()).isTrue();
        stack.callManager.closeAf.asUsual();
        succeeds(stack.client.af.close());
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r42r43ThePendedCloseEndsWithTheCallManagersCompletion(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.closeAf.hold();

        final CompletionStage<NdisResult<Void>> close = stack.client.af.close();

        assertThat(isPending(close)).isTrue();
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSING);
        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(close);
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c22TheCloseWaitsForTheVcsOfTheCallManager(final Form form) {
        final TestStack stack = form.start();
        final CmVc vc = stack.incomingVc().get();

        final CompletionStage<NdisResult<Void>> close = stack.client.af.close();

        assertThat(stack.calls).endsWith("CmCloseAf");
        assertThat(isPending(close)).isTrue();
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(close);
    }

    // --- closing by the call manager

    @Test
    void r44AnUnbindingCallManagerNotifiesEveryClient() {
        final TestStack stack = TestStack.standAlone();
        final TestStack.TestClient another = stack.anotherClient("another");
        stack.calls.clear();

        stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(stack.calls)
                .as("C24: while the call manager can still signal")
                .containsExactly("ClNotifyCloseAf", "CmCloseAf", "ClNotifyCloseAf", "CmCloseAf", "cm UnbindAdapter");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(another.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(stack.engine.adapters().get(0).bindings()).containsExactly("client", "another");
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"MCM", "INTEGRATED"})
    void r45c23AnMcmFindsItsFamiliesClosedWhenItIsHalted(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        stack.calls.clear();

        stack.miniportRegistration.unregister();

        assertThat(stack.calls).containsSubsequence("client UnbindAdapter", "CmCloseCall", "CmCloseAf");
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        assertThat(stack.callManager.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r45AnMcmMayAskItsClientsToCloseAtAnyTime(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();

        succeeds(stack.callManager.binding.closeAll());

        assertThat(stack.calls).containsSubsequence("ClNotifyCloseAf", "CmCloseCall", "CmCloseAf");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        assertThat(stack.vcs()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r40ClosingFromTheNotificationDoesNotBlock(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.closeAf.hold();

        final CompletionStage<NdisResult<Void>> notified = stack.callManager.af.notifyCloseAddressFamily();

        assertThat(isPending(notified)).isTrue();
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSING);
        stack.callManager.closeAf.release(NdisStatus.SUCCESS);
        succeeds(notified);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r47ANotificationThatReturnsSuccessAtOnceMeansThatTheFamilyIsClosed(final Form form) {
        final TestStack stack = form.start();

        succeeds(stack.callManager.af.notifyCloseAddressFamily());

        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r48TheFamilyIsUsableWhileTheNotificationIsPending(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.hold();
        final CompletionStage<NdisResult<Void>> notified = stack.callManager.af.notifyCloseAddressFamily();
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN_NOTIFIED);

        final ClientVc vc = stack.connectedVc();
        final ClientSap sap = stack.client.register();

        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(sap.deregister());
        succeeds(stack.client.af.close());
        assertThat(isPending(notified)).isTrue();
        stack.client.notifyCloseAf.release(NdisStatus.SUCCESS);
        succeeds(notified);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r49TheCallManagerGetsTheStatusOfThePendedNotification(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.hold();
        final CompletionStage<NdisResult<Void>> notified = stack.callManager.af.notifyCloseAddressFamily();
        assertThat(now(notified)).isNull();

        stack.client.notifyCloseAf.release(NdisStatus.NOT_ACCEPTED);

        assertThat(done(notified).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(stack.connectedVc().state()).as("the family stays open").isEqualTo(VcState.ACTIVE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r49AClientThatOwesItsAnswerIsNotNotifiedASecondTime(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.hold();
        final CompletionStage<NdisResult<Void>> notified = stack.callManager.af.notifyCloseAddressFamily();
        stack.callManager.closeAf.answer(NdisStatus.NOT_ACCEPTED);
        assertThat(done(stack.client.af.close()).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);

        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "B.4", stack.callManager.af::notifyCloseAddressFamily);

        assertThat(now(notified)).as("the first one still waits").isNull();
        stack.client.notifyCloseAf.release(NdisStatus.FAILURE);
        assertThat(done(notified).status()).isEqualTo(NdisStatus.FAILURE);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r49AFamilyWhoseNotificationWasRefusedIsOpenAndCanBeNotifiedAgain(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.answer(NdisStatus.FAILURE);

        assertThat(done(stack.callManager.af.notifyCloseAddressFamily()).status())
                .isEqualTo(NdisStatus.FAILURE);

        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        stack.client.notifyCloseAf.asUsual();
        succeeds(stack.callManager.af.notifyCloseAddressFamily());
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r44TheCloseOfAllWaitsForANotificationThatIsUnderWay(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.client.notifyCloseAf.hold();
        final CompletionStage<NdisResult<Void>> notified = stack.callManager.af.notifyCloseAddressFamily();

        final CompletionStage<NdisResult<Void>> all = stack.callManager.binding.closeAll();

        assertThat(isPending(all)).isTrue();
        assertThat(vc.callState()).as("the client decides when").isEqualTo(CallState.CONNECTED);
        assertThat(stack.calls).containsOnlyOnce("ClNotifyCloseAf");
        succeeds(stack.client.af.closeAll());
        stack.client.notifyCloseAf.release(NdisStatus.SUCCESS);
        succeeds(notified);
        succeeds(all);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r44TheCloseOfAllFailsWhenTheClientRefusesTheEarlierNotification(final Form form) {
        final TestStack stack = form.start();
        stack.client.notifyCloseAf.hold();
        stack.callManager.af.notifyCloseAddressFamily();
        final CompletionStage<NdisResult<Void>> all = stack.callManager.binding.closeAll();

        stack.client.notifyCloseAf.release(NdisStatus.NOT_ACCEPTED);

        assertThat(done(all).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        stack.client.notifyCloseAf.asUsual();
        succeeds(stack.callManager.binding.closeAll());
    }

    @Test
    void r44ACallManagerThatLeavesWaitsForTheClientThatItNotifiedEarlier() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.connectedVc();
        stack.client.notifyCloseAf.hold();
        stack.callManager.af.notifyCloseAddressFamily();

        final CompletionStage<Void> left =
                stack.callManagerRegistration.orElseThrow().unregister();

        assertThat(isPending(left)).isTrue();
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        succeeds(stack.client.af.closeAll());
        assertThat(isPending(left)).as("nothing is left to wait for").isFalse();
        stack.client.notifyCloseAf.release(NdisStatus.SUCCESS);
        assertThat(stack.calls).doesNotContain("client CoDeleteVc");
    }

    // --- when families are announced

    @ParameterizedTest
    @EnumSource(Form.class)
    void r27AClientThatIsBeingUnboundIsToldOfNoFamily(final Form form) {
        final TestStack stack = form.start();
        stack.client.unbindAdapter.hold();
        final CompletionStage<Void> left = stack.clientRegistration.unregister();

        assertThat(stack.callManager.register(AddressFamily.TAPI).isSuccess()).isTrue();

        assertThat(stack.client.notified).containsExactly(AF);
        stack.client.unbindAdapter.release(NdisStatus.SUCCESS);
        assertThat(isPending(left)).isFalse();
        assertThat(stack.client.notified).as("after the unbind").containsExactly(AF);
        assertThat(stack.anotherClient("another").notified).containsExactly(AF, AddressFamily.TAPI);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r27AClientHearsOfOneFamilyAfterTheOther(final Form form) {
        final TestStack stack = form.start();
        final List<String> order = new ArrayList<>();
        stack.client.opens = false;
        stack.client.whenNotified = () -> {
            order.add("begin");
            if (order.size() == 1) {
                assertThat(stack.callManager.register(AddressFamily.PPP).isSuccess())
                        .isTrue();
            }
            order.add("end");
        };

        assertThat(stack.callManager.register(AddressFamily.TAPI).isSuccess()).isTrue();

        assertThat(order).containsExactly("begin", "end", "begin", "end");
        assertThat(stack.client.notified).containsExactly(AF, AddressFamily.TAPI, AddressFamily.PPP);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r27AFamilyIsAnnouncedWhereClientsMayBlock(final Form form) {
        final TestStack stack = form.start();
        stack.holdsPassiveTasks = true;

        assertThat(stack.callManager.register(AddressFamily.TAPI).isSuccess()).isTrue();

        assertThat(stack.client.notified).containsExactly(AF);
        stack.runPassiveTasks();
        assertThat(stack.client.notified).containsExactly(AF, AddressFamily.TAPI);
    }
}
