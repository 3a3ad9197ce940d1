// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.condis.api.AfState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.callmgr.CmVcContext;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientVc;
import dev.condis.api.client.ClientVcContext;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.core.engine.TestStack.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** NdisCoCreateVc, NdisMCmCreateVc: rules R60 to R75. */
class VcCreationTest {
    // --- who is asked

    @Test
    void r63AClientsVcIsCreatedAtMiniportAndCallManagerBeforeTheCallReturns() {
        final TestStack stack = TestStack.standAlone();
        stack.calls.clear();

        final ClientVc vc = stack.createVc();

        assertThat(stack.calls).containsExactly("MCoCreateVc", "cm CoCreateVc");
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(vc.callParameters()).isEmpty();
        assertThat(stack.vcs()).extracting(VcSnapshot::creator).containsExactly(VcSnapshot.Creator.CLIENT);
    }

    @Test
    void r63ACallManagersVcIsCreatedAtMiniportAndClientBeforeTheCallReturns() {
        final TestStack stack = TestStack.standAlone();
        stack.calls.clear();

        final CmVc vc = stack.incomingVc().get();

        assertThat(stack.calls).containsExactly("MCoCreateVc", "client CoCreateVc");
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(stack.vcs()).extracting(VcSnapshot::creator).containsExactly(VcSnapshot.Creator.CALL_MANAGER);
    }

    @Test
    void r65AClientsVcIsCreatedAtTheMcmOnly() {
        final TestStack stack = TestStack.mcm();
        stack.calls.clear();

        stack.createVc();

        assertThat(stack.calls).containsExactly("cm CoCreateVc");
    }

    @Test
    void r66AnMcmsVcIsCreatedAtTheClientOnly() {
        final TestStack stack = TestStack.mcm();
        stack.calls.clear();

        stack.incomingVc().get();

        assertThat(stack.calls).containsExactly("client CoCreateVc");
        assertThat(stack.vcs()).extracting(VcSnapshot::creator).containsExactly(VcSnapshot.Creator.MCM);
    }

    @Test
    void r65r66TheMiniportHalfOfAnIntegratedMcmLearnsOfBothKindsOfVc() {
        final TestStack stack = TestStack.integrated();
        stack.calls.clear();

        stack.createVc();
        stack.incomingVc().get();

        assertThat(stack.calls).containsExactly("MCoCreateVc", "cm CoCreateVc", "MCoCreateVc", "client CoCreateVc");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r60TheCallManagerKnowsTheVcBeforeTheCall(final Form form) {
        final TestStack stack = form.start();

        stack.connectedVc();

        assertThat(stack.calls).containsSubsequence("cm CoCreateVc", "CmMakeCall");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r61ACallComesInOnAVcOfTheCallManager(final Form form) {
        final TestStack stack = form.start();
        stack.client.register();
        stack.createVc();
        final CmVc clients = stack.callManager.vc;

        stack.refusesStage(
                NdisStatus.NOT_ACCEPTED, "R61", () -> clients.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r64EverybodySeesTheSameHandle(final Form form) {
        final TestStack stack = form.start();

        final ClientVc vc = stack.createVc();
        assertThat(stack.callManager.vc.handle()).isSameAs(vc.handle());
        assertThat(stack.wire().handle()).isSameAs(vc.handle());

        final CmVc incoming = stack.incomingVc().get();
        assertThat(stack.client.vc.incoming.handle())
                .isSameAs(incoming.handle())
                .isNotSameAs(vc.handle());
        assertThat(stack.wire().handle()).isSameAs(incoming.handle());
        assertThat(stack.vcs())
                .extracting(VcSnapshot::name)
                .contains(incoming.handle().toString());
        assertThat(incoming.addressFamily()).isSameAs(stack.callManager.af);
        assertThat(vc.addressFamily()).isSameAs(stack.client.af);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r63NothingCanBeDoneWithAVcThatIsBeingCreated(final Form form) {
        final TestStack stack = form.start();
        final List<String> rules = new ArrayList<>();
        stack.client.createVc.whenCalled = () -> {
            final ClientVc unborn = stack.client.vc.incoming;
            rules.add(unborn.deleteVc().refusal().orElseThrow().rule());
            rules.add(done(unborn.makeCall(PARAMETERS)).refusal().orElseThrow().rule());
            final NetBufferList kept = stack.nbl(1);
            assertThatIllegalStateException()
                    .isThrownBy(() -> unborn.sendNetBufferLists(kept, 0))
                    .withMessageStartingWith("R63");
            kept.freeChain();
        };

        assertThat(stack.incomingVc().isSuccess()).isTrue();

        assertThat(rules).containsExactly("R63", "R117");
        assertThat(stack.client.vc.statuses).isEmpty();
        assertThat(stack.callManager.vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r63TheCallManagerCannotActivateAVcThatIsBeingCreated(final Form form) {
        final TestStack stack = form.start();
        final List<NdisResult<?>> results = new ArrayList<>();
        stack.callManager.createVc.whenCalled = () -> results.add(done(stack.callManager.vc.activateVc(PARAMETERS)));

        final ClientVc vc = stack.createVc();

        assertThat(results.get(0).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(results.get(0).refusal().orElseThrow().rule()).isEqualTo("R63");
        assertThat(vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(stack.calls).doesNotContain("MCoActivateVc");
    }

    // --- refusals

    @ParameterizedTest
    @EnumSource(Form.class)
    void r67AVcOnAClosedFamilyFails(final Form form) {
        final TestStack stack = form.start();
        succeeds(stack.client.af.close());

        stack.refuses(NdisStatus.FAILURE, "R39", () -> stack.client.af.createVc(stack.client.vc));
        stack.refuses(NdisStatus.FAILURE, "R39", stack::incomingVc);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r67r68ACallManagerThatRefusesLeavesNothing(final Form form) {
        final TestStack stack = form.start();
        stack.callManager.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        stack.calls.clear();

        final NdisResult<ClientVc> refused = stack.client.af.createVc(stack.client.vc);

        assertThat(refused.status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(refused.value()).isEmpty();
        assertThat(stack.calls)
                .isEqualTo(
                        form == Form.MCM
                                ? List.of("cm CoCreateVc")
                                : List.of("MCoCreateVc", "cm CoCreateVc", "MCoDeleteVc"));
        nothingIsLeft(stack);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r67r68AClientThatRefusesLeavesNothing(final Form form) {
        final TestStack stack = form.start();
        stack.client.createVc.answer(NdisResult.failure(NdisStatus.NOT_SUPPORTED));
        stack.calls.clear();

        final NdisResult<CmVc> refused = stack.incomingVc();

        assertThat(refused.status()).isEqualTo(NdisStatus.NOT_SUPPORTED);
        assertThat(refused.value()).isEmpty();
        assertThat(stack.calls)
                .isEqualTo(
                        form == Form.MCM
                                ? List.of("client CoCreateVc")
                                : List.of("MCoCreateVc", "client CoCreateVc", "MCoDeleteVc"));
        nothingIsLeft(stack);
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r67r68AMiniportThatRefusesLeavesNothing(final Form form) {
        final TestStack stack = form.start();
        stack.miniport.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));
        stack.calls.clear();

        assertThat(stack.client.af.createVc(stack.client.vc).status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(stack.calls).containsExactly("MCoCreateVc");
        nothingIsLeft(stack);

        stack.calls.clear();
        assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.RESOURCES);
        assertThat(stack.calls).containsExactly("MCoCreateVc");
        nothingIsLeft(stack);
    }

    private static void nothingIsLeft(final TestStack stack) {
        assertThat(stack.vcs()).isEmpty();
        if (stack.callManager.vc != null) {
            stack.refusesStage(NdisStatus.FAILURE, "R111", () -> stack.callManager.vc.activateVc(PARAMETERS));
        }
        if (stack.client.vc.incoming != null) {
            stack.refuses(NdisStatus.FAILURE, "R111", stack.client.vc.incoming::deleteVc);
        }
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r69ACallManagersAnswerThatIsNoneFailsTheCreation(final Form form) {
        for (final Supplier<NdisResult<CmVcContext>> answer : List.<Supplier<NdisResult<CmVcContext>>>of(
                () -> {
                    throw new TestStack.DriverBug("call manager");
                },
                () -> null,
                () -> new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty()))) {
            final TestStack stack = form.start();
            stack.callManager.createVc.answerWith(answer);
            stack.calls.clear();

            final NdisResult<ClientVc> failed = stack.client.af.createVc(stack.client.vc);

            assertThat(failed.status()).isEqualTo(NdisStatus.FAILURE);
            assertThat(stack.calls)
                    .isEqualTo(
                            form == Form.MCM
                                    ? List.of("cm CoCreateVc")
                                    : List.of("MCoCreateVc", "cm CoCreateVc", "MCoDeleteVc"));
            nothingIsLeft(stack);
            succeeds(stack.client.af.close());
        }
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r69AClientsAnswerThatIsNoneFailsTheCreation(final Form form) {
        for (final Supplier<NdisResult<ClientVcContext>> answer : List.<Supplier<NdisResult<ClientVcContext>>>of(
                () -> {
                    throw new TestStack.DriverBug("client");
                },
                () -> null,
                () -> new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty()))) {
            final TestStack stack = form.start();
            stack.client.createVc.answerWith(answer);

            assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.FAILURE);

            assertThat(stack.calls).endsWith(form == Form.MCM ? "client CoCreateVc" : "MCoDeleteVc");
            nothingIsLeft(stack);
            succeeds(stack.client.af.close());
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"STAND_ALONE", "INTEGRATED"})
    void r70AMiniportsAnswerThatIsNoneFailsTheCreation(final Form form) {
        for (final Supplier<NdisResult<MiniportVcContext>> answer : List.<Supplier<NdisResult<MiniportVcContext>>>of(
                () -> {
                    throw new TestStack.DriverBug("miniport");
                },
                () -> null,
                () -> new NdisResult<>(NdisStatus.SUCCESS, Optional.empty(), Optional.empty()))) {
            final TestStack stack = form.start();
            stack.miniport.createVc.answerWith(answer);

            assertThat(stack.client.af.createVc(stack.client.vc).status()).isEqualTo(NdisStatus.FAILURE);
            assertThat(stack.incomingVc().status()).isEqualTo(NdisStatus.FAILURE);

            nothingIsLeft(stack);
            succeeds(stack.client.af.close());
        }
    }

    @Test
    void r70AMiniportCannotKeepAVcByRefusingItsDeletion() {
        final TestStack stack = TestStack.standAlone();
        final ClientVc vc = stack.createVc();
        stack.miniport.deleteVc.answer(NdisStatus.PENDING);

        assertThat(vc.deleteVc().isSuccess()).isTrue();

        assertThat(vc.state()).isEqualTo(VcState.DELETED);
        assertThat(stack.vcs()).isEmpty();
    }

    @Test
    void r16TheContextOfAnMcmsVcCarriesPackets() {
        final TestStack stack = TestStack.mcm();
        stack.callManager.createVc.answerWith(() -> NdisResult.success(stack.callManager.new TestCmVc()));
        stack.calls.clear();

        final NdisResult<ClientVc> refused = stack.client.af.createVc(stack.client.vc);
        assertThat(refused.status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(refused.refusal().orElseThrow().rule()).isEqualTo("R16");
        assertThat(stack.calls).containsExactly("cm CoCreateVc", "cm CoDeleteVc");

        stack.refuses(NdisStatus.FAILURE, "R16", () -> stack.callManager.af.createVc(stack.callManager.new TestCmVc()));
    }

    // --- signaling VCs

    @Test
    void r73AStandAloneCallManagersSignalingVcIsTheMiniportsAffairToo() {
        final TestStack stack = TestStack.standAlone();
        stack.calls.clear();

        final SignalingVc vc = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        succeeds(vc.activateVc(PARAMETERS));
        succeeds(vc.deactivateVc());
        assertThat(stack.vcs())
                .extracting(VcSnapshot::creator)
                .containsExactly(VcSnapshot.Creator.CALL_MANAGER_SIGNALING);
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        assertThat(stack.calls).containsExactly("MCoCreateVc", "MCoActivateVc", "MCoDeactivateVc", "MCoDeleteVc");
        assertThat(stack.vcs()).isEmpty();
        stack.refuses(NdisStatus.FAILURE, "R111", vc::deleteVc);
    }

    @Test
    void r73ARefusedSignalingVcLeavesNothing() {
        final TestStack stack = TestStack.standAlone();
        stack.miniport.createVc.answer(NdisResult.failure(NdisStatus.RESOURCES));

        assertThat(stack.callManager
                        .binding
                        .createSignalingVc(new TestStack.TestSignaling())
                        .status())
                .isEqualTo(NdisStatus.RESOURCES);

        assertThat(stack.vcs()).isEmpty();
    }

    @Test
    void r88r103AnMcmHasNoSignalingVcsOutsideItself() {
        final TestStack stack = TestStack.mcm();

        stack.refuses(
                NdisStatus.NOT_SUPPORTED,
                "R103",
                () -> stack.callManager.binding.createSignalingVc(new TestStack.TestSignaling()));
    }

    @Test
    void r88r103TheSignalingVcOfAnIntegratedMcmStaysInside() {
        final TestStack stack = TestStack.integrated();
        stack.calls.clear();

        final SignalingVc vc = stack.callManager
                .binding
                .createSignalingVc(new TestStack.TestSignaling())
                .get();
        succeeds(vc.activateVc(PARAMETERS));
        assertThat(stack.vcs()).isEmpty();
        succeeds(vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();

        assertThat(stack.calls).containsExactly("MCoCreateVc", "MCoActivateVc", "MCoDeactivateVc", "MCoDeleteVc");
        assertThat(stack.vcs()).isEmpty();
    }

    // --- one call at a time

    @ParameterizedTest
    @EnumSource(Form.class)
    void r75AVcHasOneCallAtATime(final Form form) {
        final TestStack stack = form.start();
        final ClientVc outgoing = stack.connectedVc();
        stack.refusesStage(NdisStatus.NOT_ACCEPTED, "R75", () -> outgoing.makeCall(PARAMETERS));

        stack.connectedIncomingVc();
        final CmVc incoming = stack.callManager.vc;
        stack.refusesStage(
                NdisStatus.NOT_ACCEPTED, "R75", () -> incoming.dispatchIncomingCall(stack.callManager.sap, PARAMETERS));
    }
}
