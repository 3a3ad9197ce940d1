// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.AfState;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientSap;
import dev.condis.api.client.ClientVc;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.oid.OidTable;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.TestStack.Form;
import dev.condis.core.engine.TestStack.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Resets: sequence S32, rules R208 to R211. */
class ResetTest {
    private static final String EVERYWHERE = "dev.condis.core.engine.SequencesTest#everywhere";
    private static final OidRequest QUERY = OidRequest.query(Oid.GEN_CO_LINK_SPEED, 8);

    private static MiniportAdapter adapter(final TestStack stack) {
        return stack.form == Form.STAND_ALONE ? stack.miniport.adapter : stack.mcm.adapter;
    }

    private static List<StatusCode> codes(final List<StatusIndication> indications) {
        return indications.stream().map(StatusIndication::code).toList();
    }

    private static long endStatus(final TestStack stack) {
        final StatusIndication last = stack.client.indications.get(stack.client.indications.size() - 1);
        assertThat(last.code()).isEqualTo(StatusCode.RESET_END);
        assertThat(last.buffer().length()).isEqualTo(4);
        return OidTable.number(last.buffer());
    }

    // --- the sequence

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void r208s32TheCoreAnnouncesTheBeginAndTheEndOfAReset(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        stack.timing = timing;
        final List<StatusCode> atReset = new ArrayList<>();
        stack.miniport.reset.whenCalled = () -> atReset.addAll(codes(stack.client.indications));
        stack.calls.clear();

        stack.ends(stack.engine.reset("test0"));

        assertThat(stack.calls).containsExactly("ResetEx");
        assertThat(atReset).containsExactly(StatusCode.RESET_START);
        assertThat(codes(stack.client.indications)).containsExactly(StatusCode.RESET_START, StatusCode.RESET_END);
        assertThat(endStatus(stack)).isZero();
        assertThat(codes(stack.callManager.indications))
                .isEqualTo(
                        form == Form.STAND_ALONE ? List.of(StatusCode.RESET_START, StatusCode.RESET_END) : List.of());
        assertThat(stack.deadlines).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s32AMiniportMayAskToBeReset(final Form form) {
        final TestStack stack = form.start();
        stack.calls.clear();

        adapter(stack).resetMiniport("the transmitter hangs");

        assertThat(stack.calls).containsExactly("ResetEx");
        assertThat(codes(stack.client.indications)).containsExactly(StatusCode.RESET_START, StatusCode.RESET_END);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s32AMiniportAsksOnAnyThreadAndIsResetOnOneThatMayBlock(final Form form) {
        final TestStack stack = form.start();
        stack.calls.clear();
        stack.holdsPassiveTasks = true;

        adapter(stack).resetMiniport("the transmitter hangs");
        assertThat(stack.calls).as("it returns at once").isEmpty();
        stack.runPassiveTasks();

        assertThat(stack.calls).containsExactly("ResetEx");
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void c49AResetThatFailsIsAnnouncedAllTheSame(final Form form) {
        final TestStack stack = form.start();
        stack.miniport.reset.answer(NdisResult.failure(NdisStatus.HARD_ERRORS));

        assertThat(done(stack.engine.reset("test0")).status()).isEqualTo(NdisStatus.HARD_ERRORS);

        assertThat(codes(stack.client.indications)).containsExactly(StatusCode.RESET_START, StatusCode.RESET_END);
        assertThat((int) endStatus(stack)).isEqualTo(NdisStatus.HARD_ERRORS.code());
        stack.connectedVc().sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
    }

    // --- handles

    @ParameterizedTest
    @EnumSource(Form.class)
    void r209HandlesThatWereValidBeforeAreValidAfter(final Form form) {
        final TestStack stack = form.start();
        final ClientSap sap = stack.client.register();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = stack.engine.reset("test0");
        assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(stack.engine.adapters().get(0).state())
                .as("a reset is no state")
                .isEqualTo(AdapterSnapshot.State.RUNNING);

        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));

        succeeds(reset);
        assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
        assertThat(stack.client.af.state()).isEqualTo(AfState.OPEN);
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        succeeds(vc.closeCall());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        succeeds(sap.deregister());
        succeeds(stack.client.af.close());
    }

    // --- what passes meanwhile

    @ParameterizedTest
    @EnumSource(Form.class)
    void r210SendsAndRequestsAreNotAcceptedMeanwhile(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = stack.engine.reset("test0");
        stack.calls.clear();

        vc.sendNetBufferLists(stack.chain(3), 0);
        final OidResult refused =
                stack.client.binding.oidRequest(QUERY).toCompletableFuture().getNow(null);

        assertThat(stack.client.vc.statuses).hasSize(3).containsOnly(NdisStatus.RESET_IN_PROGRESS);
        assertThat(refused.status()).isEqualTo(NdisStatus.RESET_IN_PROGRESS);
        assertThat(refused.refusal().orElseThrow().rule()).isEqualTo("R210");
        assertThat(stack.miniport.sendFlags).isEmpty();
        assertThat(stack.requests).isEmpty();
        assertThat(stack.client
                        .af
                        .oidRequest(QUERY)
                        .toCompletableFuture()
                        .getNow(null)
                        .status())
                .as("the call manager is not being reset")
                .isEqualTo(NdisStatus.NOT_SUPPORTED);
        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));
        succeeds(reset);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @Test
    void r210ACallManagersSignalingIsNotAcceptedMeanwhileEither() {
        final TestStack stack = TestStack.standAlone();
        final TestStack.TestSignaling context = new TestStack.TestSignaling();
        final SignalingVc vc =
                stack.callManager.binding.createSignalingVc(context).get();
        succeeds(vc.activateVc(TestStack.PARAMETERS));
        stack.miniport.reset.hold();
        stack.engine.reset("test0");

        vc.sendNetBufferLists(stack.nbl(1), 0);
        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));
        vc.sendNetBufferLists(stack.nbl(1), 0);

        assertThat(context.statuses).containsExactly(NdisStatus.RESET_IN_PROGRESS, NdisStatus.SUCCESS);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r210ReceivesAndReturnsPassMeanwhile(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        stack.client.vc.returnsAtOnce = false;
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = stack.engine.reset("test0");

        stack.client.binding.returnNetBufferLists(stack.client.vc.received.get(0), 0);
        stack.client.vc.returnsAtOnce = true;
        stack.wire().indicateReceiveNetBufferLists(stack.nbl(1), 0);

        assertThat(stack.miniport.returned).hasSize(2);
        assertThat(stack.client.vc.received).hasSize(2);
        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));
        succeeds(reset);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r211HeldSendsComeBackAndAreSubmittedAgainAtTheEnd(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.completesAtOnce = false;
        vc.sendNetBufferLists(stack.chain(3), 0);
        final NetBufferList held = stack.miniport.sent.get(0);
        stack.miniport.reset.whenCalled = () -> {
            held.setChainStatus(NdisStatus.RESET_IN_PROGRESS);
            stack.wire().sendNetBufferListsComplete(held, 0);
            stack.miniport.completesAtOnce = true;
        };
        stack.client.whenIndicated = indication -> {
            if (indication.code().equals(StatusCode.RESET_END)) {
                vc.sendNetBufferLists(stack.chain(3), 0);
            }
        };

        succeeds(stack.engine.reset("test0"));

        assertThat(stack.client.vc.statuses)
                .containsExactly(
                        NdisStatus.RESET_IN_PROGRESS,
                        NdisStatus.RESET_IN_PROGRESS,
                        NdisStatus.RESET_IN_PROGRESS,
                        NdisStatus.SUCCESS,
                        NdisStatus.SUCCESS,
                        NdisStatus.SUCCESS);
        assertThat(stack.pool.outstanding()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void b11PendingRequestsEndWithTheReset(final Form form) {
        final TestStack stack = form.start();
        stack.miniport.oidRequest.hold();
        final CompletionStage<OidResult> pending = stack.client.binding.oidRequest(QUERY);

        succeeds(stack.engine.reset("test0"));

        assertThat(pending.toCompletableFuture().getNow(null).status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        assertThat(stack.miniport.cancelled).containsExactlyElementsOf(stack.requests);
    }

    // --- what was set

    @ParameterizedTest
    @MethodSource(EVERYWHERE)
    void s32WhatAResetHasLostIsSetAgain(final Form form, final Timing timing) {
        final TestStack stack = form.start();
        final TestStack.TestClient other = stack.anotherClient("other");
        final OidRequest first = OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(1));
        final OidRequest second = OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(2));
        stack.miniport.oidRequest.answer(OidResult.success());
        stack.client.binding.oidRequest(first);
        stack.client.binding.oidRequest(second);
        other.binding.oidRequest(first);
        stack.miniport.oidRequest.answer(OidResult.failure(NdisStatus.INVALID_DATA));
        stack.client.binding.oidRequest(first);
        final List<OidRequest> before = List.copyOf(stack.requests);
        stack.miniport.oidRequest.answer(OidResult.success());
        stack.miniport.reset.answer(NdisResult.success(AddressingReset.LOST));
        final List<Integer> announcedWhenSet = new ArrayList<>();
        stack.miniport.oidRequest.whenCalled = () -> announcedWhenSet.add(stack.client.indications.size());
        stack.timing = timing;

        stack.ends(stack.engine.reset("test0"));

        assertThat(stack.requests.subList(before.size(), stack.requests.size()))
                .as("the last of each protocol that was accepted")
                .containsExactly(before.get(1), before.get(2));
        assertThat(announcedWhenSet).as("before the end is announced").containsExactly(1, 1);
        assertThat(endStatus(stack)).isZero();
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void s32NothingIsSetAgainThatWasKept(final Form form) {
        final TestStack stack = form.start();
        stack.miniport.oidRequest.answer(OidResult.success());
        stack.client.binding.oidRequest(OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, OidTable.u32(1)));

        succeeds(stack.engine.reset("test0"));

        assertThat(stack.requests).hasSize(1);
    }

    // --- resets that are refused, resets that hang

    @ParameterizedTest
    @EnumSource(Form.class)
    void r210AResetDuringAResetIsRefused(final Form form) {
        final TestStack stack = form.start();
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> first = stack.engine.reset("test0");
        final int announced = stack.client.indications.size();

        stack.refusesStage(NdisStatus.RESET_IN_PROGRESS, "R210", () -> stack.engine.reset("test0"));
        adapter(stack).resetMiniport("impatient");

        assertThat(stack.client.indications).hasSize(announced);
        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));
        succeeds(first);
        stack.miniport.reset.asUsual();
        succeeds(stack.engine.reset("test0"));
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r219AnAdapterThatIsBeingTakenDownIsNotReset(final Form form) {
        final TestStack stack = form.start();
        final MiniportAdapter handle = adapter(stack);
        final List<NdisResult<Void>> refused = new ArrayList<>();
        stack.client.unbindAdapter.whenCalled = () -> refused.add(done(stack.engine.reset("test0")));
        stack.miniport.whenHalted = () -> {
            refused.add(done(stack.engine.reset("test0")));
            handle.resetMiniport("too late");
        };

        stack.miniportRegistration.unregister();
        handle.resetMiniport("far too late");

        assertThat(refused).hasSize(2).allMatch(result -> result.status() == NdisStatus.NOT_ACCEPTED);
        assertThat(stack.calls).doesNotContain("ResetEx");
        assertThat(done(stack.engine.reset("test0")).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);
        assertThat(done(stack.engine.reset("nowhere")).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void e2AResetThatIsNeverCompletedFailsAtItsDeadlineAndSendsPassAgain(final Form form) {
        final TestStack stack = form.start();
        final ClientVc vc = stack.connectedVc();
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = stack.engine.reset("test0");
        assertThat(isPending(reset)).isTrue();

        stack.passOperationDeadlines();

        assertThat(done(reset).status()).isEqualTo(NdisStatus.FAILURE);
        assertThat(done(reset).refusal().orElseThrow().rule()).isEqualTo("E2");
        assertThat((int) endStatus(stack)).isEqualTo(NdisStatus.FAILURE.code());
        vc.sendNetBufferLists(stack.nbl(1), 0);
        assertThat(stack.client.vc.statuses).containsExactly(NdisStatus.SUCCESS);
        final int announced = stack.client.indications.size();
        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));
        assertThat(stack.client.indications).as("late").hasSize(announced);
    }

    @ParameterizedTest
    @EnumSource(Form.class)
    void r219AHaltWaitsForTheReset(final Form form) {
        final TestStack stack = form.start();
        stack.miniport.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = stack.engine.reset("test0");

        final CompletionStage<Void> down = stack.miniportRegistration.unregister();

        assertThat(isPending(down)).isTrue();
        assertThat(stack.calls).doesNotContain("HaltEx DEVICE_DISABLED");
        stack.miniport.reset.release(NdisResult.success(AddressingReset.KEPT));
        succeeds(reset);
        assertThat(isPending(down)).isFalse();
        assertThat(stack.calls).endsWith("HaltEx DEVICE_DISABLED");
    }
}
