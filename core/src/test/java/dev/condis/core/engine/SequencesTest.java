// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.AF;
import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AfState;
import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.PartyState;
import dev.condis.api.Sap;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientAf;
import dev.condis.api.client.ClientParty;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.nbl.NblFlags;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.Timing;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The sequences of the contract (C), each in every form and with every timing of the drivers' completions: who is called, in which
 * order, and that the initiator's call pends exactly when a driver does.
 */
class SequencesTest {
    /** Every form with every timing. */
    static Stream<Arguments> everywhere() {
        return Arrays.stream(Form.values())
                .flatMap(form -> Arrays.stream(Timing.values()).map(timing -> Arguments.of(form, timing)));
    }

    /** Call managers that come and go by themselves; an MCM goes with its adapter. */
    static Stream<Arguments> standAlone() {
        return everywhere().filter(arguments -> arguments.get()[0] == Form.STAND_ALONE);
    }

    private static TestStack start(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        stack.timing = timing;
        stack.calls.clear();
        return stack;
    }

    private static TestStack connected(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        stack.client.vc.incoming = stack.connectedVc();
        stack.timing = timing;
        stack.calls.clear();
        return stack;
    }

    private static TestStack offered(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.incomingVc().get();
        stack.timing = timing;
        stack.calls.clear();
        return stack;
    }

    /** What is seen above an MCM is what is seen above a miniport, without the miniport's callbacks (R65, R66, R78, R91). */
    private static void called(final TestStack stack, final String... expected) {
        final boolean mcm = stack.form == Form.MCM;
        final List<String> visible = Arrays.stream(expected)
                .filter(call -> !mcm || !call.startsWith("MCo"))
                .toList();
        assertThat(stack.calls).containsExactlyElementsOf(visible);
        stack.calls.clear();
    }

    private static void nothingLeft(final TestStack stack) {
        assertThat(stack.engine.adapters().get(0).vcs()).isEmpty();
        assertThat(stack.pool.outstanding()).isZero();
    }

    /** Activates, or deactivates: an MCM's own call is complete on return whatever anybody else does (C1). */
    private static <T> NdisResult<T> endsAtMiniport(
            final TestStack stack, final CompletionStage<NdisResult<T>> operation) {
        return stack.form == Form.MCM ? succeeds(operation) : stack.ends(operation);
    }

    // --- registration, binding, address families

    @ParameterizedTest
    @MethodSource("everywhere")
    void s1s2DriversAreRegisteredAndBoundFromBelowThenFamiliesAreAnnounced(final Form form, final Timing timing) {
        final TestStack stack = form.prepare();
        stack.timing = timing;
        stack.client.opens = false;

        stack.start();
        stack.completePended();

        assertThat(stack.calls)
                .containsExactly("InitializeEx", "cm BindAdapter", "client BindAdapter", "CoAfRegisterNotify");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s3AnAddressFamilyIsOpened(final Form form, final Timing timing) {
        final TestStack stack = form.prepare();
        stack.client.opens = false;
        stack.start();
        stack.timing = timing;
        stack.calls.clear();

        final ClientAf af = stack.ends(stack.client.open(AF)).get();

        called(stack, "CmOpenAf");
        assertThat(af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s4TheClientClosesItsAddressFamily(final Form form, final Timing timing) {
        final TestStack stack = start(form, timing);

        stack.ends(stack.client.af.close());

        called(stack, "CmCloseAf");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s5TheCallManagerAsksForTheCloseOfAnAddressFamily(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        stack.connectedVc();
        stack.client.register();
        stack.timing = timing;
        stack.calls.clear();

        stack.ends(stack.callManager.af.notifyCloseAddressFamily());

        called(
                stack,
                "ClNotifyCloseAf",
                "MCoDeactivateVc",
                "CmCloseCall",
                "cm CoDeleteVc",
                "MCoDeleteVc",
                "CmDeregisterSap",
                "CmCloseAf");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s6s7ASapIsRegisteredAndDeregistered(final Form form, final Timing timing) {
        final TestStack stack = start(form, timing);

        final ClientSap sap = stack.ends(stack.client.af.registerSap(Sap.e164("1"), stack.client))
                .get();
        stack.ends(sap.deregister());

        called(stack, "CmRegisterSap", "CmDeregisterSap");
    }

    // --- VCs

    @ParameterizedTest
    @MethodSource("everywhere")
    void s8s23AClientCreatesAndDeletesAVc(final Form form, final Timing timing) {
        final TestStack stack = start(form, timing);

        final ClientVc vc = stack.createVc();
        called(stack, "MCoCreateVc", "cm CoCreateVc");
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        called(stack, "cm CoDeleteVc", "MCoDeleteVc");
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s9s10s23ACallManagerCreatesAndDeletesAVcForAClient(final Form form, final Timing timing) {
        final TestStack stack = start(form, timing);

        stack.incomingVc().get();
        called(stack, "MCoCreateVc", "client CoCreateVc");
        assertThat(stack.callManager.vc.deleteVc().isSuccess()).isTrue();

        called(stack, "client CoDeleteVc", "MCoDeleteVc");
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s11ACallManagerHasAVcToTheSwitchThatAnMcmKeepsToItself(final Form form, final Timing timing) {
        final TestStack stack = start(form, timing);
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final NdisResult<SignalingVc> created = stack.callManager.binding.createSignalingVc(context);
        if (form == Form.MCM) {
            assertThat(created.status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
            assertThat(stack.calls).isEmpty();
            return;
        }
        final SignalingVc vc = created.get();

        stack.ends(vc.activateVc(PARAMETERS));
        vc.sendNetBufferLists(stack.pool.allocate(), NblFlags.NONE);
        stack.miniport.vc.indicateReceiveNetBufferLists(stack.pool.allocate(), NblFlags.NONE);
        stack.ends(vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        called(stack, "MCoCreateVc", "MCoActivateVc", "MCoDeactivateVc", "MCoDeleteVc");
        assertThat(context.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(context.received).hasSize(1);
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s12s21AVcIsActivatedAndDeactivated(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        stack.createVc();
        stack.timing = timing;
        stack.calls.clear();

        endsAtMiniport(stack, stack.callManager.vc.activateVc(PARAMETERS));
        called(stack, "MCoActivateVc");
        assertThat(stack.callManager.vc.state()).isEqualTo(VcState.ACTIVE);
        endsAtMiniport(stack, stack.callManager.vc.deactivateVc());

        called(stack, "MCoDeactivateVc");
        assertThat(stack.callManager.vc.state()).isEqualTo(VcState.INACTIVE);
    }

    // --- calls

    @ParameterizedTest
    @MethodSource("everywhere")
    void s13AnOutgoingCallIsMade(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.timing = timing;
        stack.calls.clear();

        stack.ends(vc.makeCall(PARAMETERS));

        called(stack, "MCoActivateVc", "CmMakeCall");
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s13AFailedCallLeavesAVcThatTheClientDeletes(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.activates = false;
        stack.callManager.makeCall.answer(NdisResult.failure(NdisStatus.NO_ROUTE_TO_DESTINATION));
        stack.timing = timing;
        stack.calls.clear();

        final CompletionStage<NdisResult<CallParameters>> call = vc.makeCall(PARAMETERS);
        stack.completePended();

        assertThat(done(call).status()).isEqualTo(NdisStatus.NO_ROUTE_TO_DESTINATION);
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        called(stack, "CmMakeCall", "cm CoDeleteVc", "MCoDeleteVc");
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s14AnIncomingCallIsAcceptedOnAVcThatIsActiveAlready(final Form form, final Timing timing) {
        final TestStack stack = offered(form, timing);

        endsAtMiniport(stack, stack.callManager.vc.activateVc(PARAMETERS));
        stack.ends(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        succeeds(stack.callManager.vc.dispatchCallConnected());

        called(stack, "MCoActivateVc", "ClIncomingCall", "ClCallConnected");
        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.CONNECTED);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s14AnIncomingCallIsAcceptedOnAVcThatIsActivatedAfterwards(final Form form, final Timing timing) {
        final TestStack stack = offered(form, timing);

        stack.ends(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        endsAtMiniport(stack, stack.callManager.vc.activateVc(PARAMETERS));
        succeeds(stack.callManager.vc.dispatchCallConnected());

        called(stack, "ClIncomingCall", "MCoActivateVc", "ClCallConnected");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s15AnIncomingCallIsRejected(final Form form, final Timing timing) {
        final TestStack stack = offered(form, timing);
        stack.client.incomingCall.answer(NdisResult.failure(NdisStatus.NOT_ACCEPTED));
        endsAtMiniport(stack, stack.callManager.vc.activateVc(PARAMETERS));

        final CompletionStage<NdisResult<CallParameters>> offer =
                stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS);
        stack.completePended();
        assertThat(done(offer).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        endsAtMiniport(stack, stack.callManager.vc.deactivateVc());
        assertThat(stack.callManager.vc.deleteVc().isSuccess()).isTrue();

        called(stack, "MCoActivateVc", "ClIncomingCall", "MCoDeactivateVc", "client CoDeleteVc", "MCoDeleteVc");
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s16AnAcceptedCallThatIsNotEstablishedIsClosed(final Form form, final Timing timing) {
        final TestStack stack = offered(form, timing);
        stack.ends(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
        stack.calls.clear();

        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.DEST_OUT_OF_ORDER, Octets.EMPTY)
                        .isSuccess())
                .isTrue();
        stack.completePended();

        called(stack, "ClIncomingCloseCall " + NdisStatus.DEST_OUT_OF_ORDER, "CmCloseCall");
        assertThat(stack.callManager.vc.callState()).isEqualTo(CallState.IDLE);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s17TheClientChangesTheQualityOfService(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        stack.ends(stack.client.vc.incoming.modifyCallQoS(OTHER_PARAMETERS));

        called(stack, "MCoActivateVc", "CmModifyCallQoS");
        assertThat(stack.client.vc.incoming.callParameters()).contains(OTHER_PARAMETERS);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s18TheRemotePartyChangesTheQualityOfService(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        endsAtMiniport(stack, stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        succeeds(stack.callManager.vc.dispatchIncomingCallQoSChange(OTHER_PARAMETERS));

        called(stack, "MCoActivateVc", "ClIncomingCallQoSChange");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s19TheClientClosesTheCall(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        stack.ends(stack.client.vc.incoming.closeCall());

        called(stack, "MCoDeactivateVc", "CmCloseCall");
        TestStack.idle(stack.client.vc.incoming);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s20TheRemotePartyClosesTheCall(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        assertThat(stack.callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();
        stack.completePended();

        called(stack, "ClIncomingCloseCall " + NdisStatus.SUCCESS, "MCoDeactivateVc", "CmCloseCall");
        TestStack.idle(stack.client.vc.incoming);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s22AVcIsReusedForAnotherCallWithoutBeingCreatedAgain(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);
        final ClientVc vc = stack.client.vc.incoming;

        endsAtMiniport(stack, stack.callManager.vc.activateVc(OTHER_PARAMETERS));
        stack.ends(vc.closeCall());
        stack.ends(vc.makeCall(OTHER_PARAMETERS));
        stack.ends(vc.closeCall());

        called(
                stack,
                "MCoActivateVc",
                "MCoDeactivateVc",
                "CmCloseCall",
                "MCoActivateVc",
                "CmMakeCall",
                "MCoDeactivateVc",
                "CmCloseCall");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s22ACallManagerReusesItsVcForAnotherCallToTheSameClient(final Form form, final Timing timing) {
        final TestStack stack = offered(form, timing);
        for (int call = 0; call < 2; call++) {
            stack.ends(stack.callManager.vc.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
            endsAtMiniport(stack, stack.callManager.vc.activateVc(PARAMETERS));
            succeeds(stack.callManager.vc.dispatchCallConnected());
            stack.ends(stack.client.vc.incoming.closeCall());

            called(stack, "ClIncomingCall", "MCoActivateVc", "ClCallConnected", "MCoDeactivateVc", "CmCloseCall");
        }
    }

    // --- parties

    @ParameterizedTest
    @MethodSource("everywhere")
    void s24s25PartiesAreAddedAndDropped(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final TestStack.TestClientParty context = stack.new TestClientParty();
        final ClientParty first = succeeds(vc.makeCall(PARAMETERS, context)).get();
        stack.timing = timing;
        stack.calls.clear();

        final ClientParty second = stack.ends(vc.addParty(PARAMETERS, context)).get();
        stack.ends(first.dropParty(Octets.EMPTY));
        stack.ends(vc.closeCall(second, Octets.EMPTY));

        called(stack, "CmAddParty", "CmDropParty", "MCoDeactivateVc", "CmCloseCall");
        TestStack.idle(vc);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s26APartyLeaves(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.createVc();
        final TestStack.TestClientParty context = stack.new TestClientParty();
        succeeds(vc.makeCall(PARAMETERS, context));
        final ClientParty second = succeeds(vc.addParty(PARAMETERS, context)).get();
        stack.timing = timing;
        stack.calls.clear();

        assertThat(stack.callManager
                        .parties
                        .get(1)
                        .dispatchIncomingDropParty(NdisStatus.SUCCESS, Octets.EMPTY)
                        .isSuccess())
                .isTrue();
        stack.completePended();

        called(stack, "ClIncomingDropParty " + NdisStatus.SUCCESS, "CmDropParty");
        assertThat(second.state()).isEqualTo(PartyState.GONE);
    }

    // --- data

    @ParameterizedTest
    @MethodSource("everywhere")
    void s27PdusAreSentAndComeBack(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);
        stack.miniport.completesAtOnce = timing != Timing.PENDED;

        stack.client.vc.incoming.sendNetBufferLists(stack.pool.allocate(), NblFlags.NONE);
        if (timing == Timing.PENDED) {
            assertThat(stack.client.vc.completed).isEmpty();
            stack.wire().sendNetBufferListsComplete(stack.miniport.sent.get(0), NblFlags.NONE);
        }

        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        nothingOut(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s29PdusAreReceivedAndReturned(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);
        stack.client.vc.returnsAtOnce = timing != Timing.PENDED;

        stack.wire().indicateReceiveNetBufferLists(stack.pool.allocate(), NblFlags.NONE);
        if (timing == Timing.PENDED) {
            assertThat(stack.miniport.returned).isEmpty();
            stack.client.binding.returnNetBufferLists(stack.client.vc.received.get(0), NblFlags.NONE);
        }

        assertThat(stack.miniport.returned).hasSize(1);
        nothingOut(stack);
    }

    private static void nothingOut(final TestStack stack) {
        assertThat(stack.pool.outstanding()).isZero();
    }

    // --- the end

    @ParameterizedTest
    @MethodSource("everywhere")
    void s36AClientIsUnbound(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        final CompletionStage<Void> gone = stack.clientRegistration.unregister();
        stack.completePended();

        assertThat(isPending(gone)).isFalse();
        called(
                stack,
                "client UnbindAdapter",
                "MCoDeactivateVc",
                "CmCloseCall",
                "cm CoDeleteVc",
                "MCoDeleteVc",
                "CmCloseAf");
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("standAlone")
    void s37ACallManagerIsUnbound(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        final CompletionStage<Void> gone =
                stack.callManagerRegistration.orElseThrow().unregister();
        stack.completePended();

        assertThat(isPending(gone)).isFalse();
        assertThat(stack.calls)
                .containsSubsequence("ClNotifyCloseAf", "CmCloseCall", "cm CoDeleteVc", "CmCloseAf")
                .contains("cm UnbindAdapter");
        assertThat(stack.client.af.state()).isEqualTo(AfState.CLOSED);
        nothingLeft(stack);
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s38AnAdapterIsRemoved(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        final CompletionStage<Void> gone = stack.miniportRegistration.unregister();
        stack.completePended();

        assertThat(isPending(gone)).isFalse();
        assertThat(stack.calls)
                .containsSubsequence("client UnbindAdapter", "CmCloseCall", "CmCloseAf", "HaltEx DEVICE_DISABLED");
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s40TheHardwareIsGone(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);

        final CompletionStage<Void> gone = stack.miniportRegistration.surpriseRemoved("unplugged");
        stack.completePended();

        assertThat(isPending(gone)).isFalse();
        assertThat(stack.calls)
                .startsWith("SurpriseRemoved")
                .containsSubsequence("client UnbindAdapter", "CmCloseAf", "HaltEx SURPRISE_REMOVED");
    }

    @ParameterizedTest
    @MethodSource("everywhere")
    void s42AfterAReconfigurationTheFamiliesAreAnnouncedAgain(final Form form, final Timing timing) {
        final TestStack stack = connected(form, timing);
        final ClientAf before = stack.client.af;
        stack.miniportRegistration.unregister();
        stack.completePended();
        stack.calls.clear();

        stack.miniportRegistration =
                stack.engine.registerMiniport(MiniportDescriptor.of(TestStack.info()), stack.backend());
        stack.completePended();

        assertThat(stack.calls)
                .containsExactly(
                        "InitializeEx", "cm BindAdapter", "client BindAdapter", "CoAfRegisterNotify", "CmOpenAf");
        assertThat(stack.client.af).isNotSameAs(before);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        assertThat(before.state()).isEqualTo(AfState.CLOSED);
    }
}
