// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.ADAPTER;
import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.SignalingVc;
import dev.condis.api.client.ClientParty;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.management.SwapReport.VcOutcome;
import dev.condis.api.management.VcSnapshot;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListQueue;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.api.status.StatusCode;
import dev.condis.api.status.StatusIndication;
import dev.condis.core.engine.SwapStack.Line;
import dev.condis.core.engine.TestStack.Form;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A planned swap: every VC is prepared at the next backend before anything happens at the one before (design section 6). */
class SwapTest {
    private static final OidRequest OPTIONS =
            OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, Octets.of(new byte[] {1, 0, 0, 0}));

    private static final StatusIndication NEWS = StatusIndication.of(StatusCode.LINK_SPEED_CHANGE);

    // --- the order of calls

    @Test
    void theNextBackendHasTheVcActiveBeforeAnythingHappensAtTheOneBefore() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.send(1);
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.SWAPPED);

        assertThat(swap.calls)
                .containsExactly(
                        "next InitializeEx",
                        "next Restart",
                        "next MCoCreateVc",
                        "next MCoActivateVc",
                        "MCoDeactivateVc",
                        "MCoDeleteVc",
                        "Pause",
                        "HaltEx DEVICE_DISABLED");
        assertThat(report.cause()).isEqualTo(Cause.OPERATOR);
        assertThat(report.from()).isEqualTo(OptionalLong.of(0));
        assertThat(report.to()).isEqualTo(OptionalLong.of(1));
        assertThat(report.generation()).isEqualTo(2);
        assertThat(report.number()).isEqualTo(1);
        assertThat(report.adapter()).isEqualTo(ADAPTER);
        assertThat(report.phases())
                .extracting(SwapReport.Phase::name)
                .containsExactly("initialize", "prepare", "switch", "retire");
        assertThat(report.vcs()).singleElement().satisfies(vc -> {
            assertThat(vc.vc()).isEqualTo(line.vc.toString());
            assertThat(vc.outcome()).isEqualTo(VcOutcome.MOVED);
            assertThat(vc.reason()).isEmpty();
        });
        assertThat(List.of(report.moved(), report.parked(), report.refused(), report.held(), report.failed()))
                .containsExactly(1L, 0L, 0L, 0L, 0L);
        line.send(2);
        assertThat(swap.first.octets).containsExactly(1);
        assertThat(swap.next.octets).containsExactly(2);
        assertThat(line.vc.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(swap.active()).isEqualTo(1);
        swap.accountsForSuccess();
    }

    @Test
    void nobodyAboveHearsOfASwap() {
        final SwapStack swap = SwapStack.pair();
        swap.line();
        swap.calls.clear();

        swap.swap(Outcome.SWAPPED);

        assertThat(swap.calls)
                .noneMatch(call -> call.startsWith("Cl") || call.startsWith("client ") || call.startsWith("cm "));
        assertThat(swap.stack.client.indications).isEmpty();
        assertThat(swap.stack.engine.adapters().get(0).generation()).isEqualTo(2);
        swap.accountsForSuccess();
    }

    @Test
    void aSwapThereAndBackIsTwoGenerations() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.send(1);
        swap.swap(Outcome.SWAPPED);
        line.send(2);

        assertThat(succeeds(swap.swapTo(0)).get().outcome()).isEqualTo(Outcome.SWAPPED);

        line.send(3);
        assertThat(swap.first.octets).containsExactly(1, 3);
        assertThat(swap.next.octets).containsExactly(2);
        assertThat(swap.stack.engine.adapters().get(0).generation()).isEqualTo(3);
        swap.accountsForSuccess();
    }

    // --- sends

    @Test
    void sendsThatAreHeldMeanwhileArriveInOrderAndAChainStaysAChain() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        line.send(2, 3);

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(4);
        line.send(5, 6, 7);
        line.send(8);

        assertThat(isPending(running)).isTrue();
        assertThat(swap.next.octets).isEmpty();
        assertThat(swap.calls).doesNotContain("MCoDeactivateVc");
        assertThat(line.held()).isEqualTo(5);
        swap.accounts();
        swap.first.completeSends();

        final SwapReport report = succeeds(running).get();
        assertThat(report.outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(report.held()).isEqualTo(5);
        assertThat(report.vcs().get(0).held()).isEqualTo(5);
        assertThat(swap.first.octets).containsExactly(1, 2, 3);
        assertThat(swap.next.octets).containsExactly(4, 5, 6, 7, 8);
        assertThat(swap.next.chains).containsExactly(1, 3, 1);
        line.send(9);
        assertThat(swap.next.octets).endsWith(9);
        swap.accountsForSuccess();
    }

    @Test
    void theGapIsTheTimeThatSendsHadToWait() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        swap.clock.advance(Duration.ofMillis(20));
        swap.first.completeSends();

        assertThat(succeeds(running).get().longestGap()).isEqualTo(Duration.ofMillis(20));
        assertThat(succeeds(running).get().vcs().get(0).gap()).isEqualTo(Duration.ofMillis(20));
        swap.accountsForSuccess();
    }

    @Test
    void aSendThatAClientMakesInsideACompletionKeepsItsPlace() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(2);
        line.context.whenCompleted = () -> {
            line.context.whenCompleted = () -> {};
            line.send(3);
        };

        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(swap.next.octets).containsExactly(2, 3);
        swap.accountsForSuccess();
    }

    @Test
    void oneVcThatDrainsSlowlyDoesNotKeepTheOthersWaiting() {
        final SwapStack swap = SwapStack.pair();
        final Line slow = swap.line();
        final Line quick = swap.line();
        swap.first.completesAtOnce = false;
        slow.send(1);

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        quick.send(2);
        slow.send(3);

        assertThat(swap.next.octets).containsExactly(2);
        swap.first.completeSends();
        assertThat(succeeds(running).get().moved()).isEqualTo(2);
        assertThat(swap.next.octets).containsExactly(2, 3);
        swap.accountsForSuccess();
    }

    // --- receives

    @Test
    void whatTheNextBackendReceivesEarlyComesUpAfterWhatTheOneBeforeHas() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        swap.receive(swap.first, 0, 10);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);

        swap.receive(swap.next, 0, 20, 21);
        swap.receive(swap.first, 0, 11);
        assertThat(line.received()).containsExactly(10, 11);
        swap.first.deactivateVc.whenCalled = () -> swap.receive(swap.first, 0, 12);
        swap.first.completeSends();
        swap.receive(swap.next, 0, 22);

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(line.received()).containsExactly(10, 11, 12, 20, 21, 22);
        assertThat(swap.next.returned)
                .as("each NBL of a VC that has moved is returned by itself")
                .hasSize(3);
        swap.accountsForSuccess();
    }

    @Test
    void whatIsOnlyLentIsCopiedWhenItHasToWait() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        final NetBufferList lent = SwapStack.chain(swap.stack.pool, 20, 21);

        swap.next.vcs.get(0).indicateReceiveNetBufferLists(lent, NblFlags.RECEIVE_RESOURCES);
        lent.fill(new byte[] {99});
        lent.freeChain();
        swap.receive(swap.next, 0, 22);
        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(line.received()).containsExactly(20, 21, 22);
        assertThat(swap.next.returned).as("the copies are not its own").hasSize(1);
        swap.accountsForSuccess();
    }

    @Test
    void nblsGoBackToTheBackendThatIndicatedThem() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.context.returnsAtOnce = false;
        swap.receive(swap.first, 0, 1, 2);
        swap.first.pause.hold();

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(isPending(running))
                .as("R216: a miniport is paused when its NBLs are back")
                .isTrue();
        swap.receive(swap.next, 0, 3);
        line.context.received.forEach(nbls -> line.vc.returnNetBufferLists(nbls, NblFlags.NONE));

        assertThat(swap.first.returned).hasSize(2);
        assertThat(swap.next.returned).hasSize(1);
        swap.first.pause.release(NdisStatus.SUCCESS);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(line.snapshot().receivesReturned()).isEqualTo(3);
        swap.accountsForSuccess();
    }

    @Test
    void aChainThatMixesNblsOfTwoBackendsIsReturnedToEach() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.context.returnsAtOnce = false;
        swap.receive(swap.first, 0, 1);
        swap.receive(swap.first, 0, 2);
        swap.first.pause.hold();
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        swap.receive(swap.next, 0, 3);
        final NetBufferListQueue mixed = new NetBufferListQueue();
        List.of(2, 0, 1).forEach(index -> mixed.add(line.context.received.get(index)));

        line.vc.returnNetBufferLists(mixed.takeAll(), NblFlags.NONE);

        assertThat(swap.first.returned).hasSize(2);
        assertThat(swap.next.returned).hasSize(1);
        swap.first.pause.release(NdisStatus.SUCCESS);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        swap.accountsForSuccess();
    }

    @Test
    void aHaltedBackendIsNotGivenWhatItDidNotWaitFor() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.context.returnsAtOnce = false;
        final int outstanding = swap.stack.pool.outstanding();
        swap.receive(swap.first, 0, 1);

        swap.swap(Outcome.SWAPPED);
        line.vc.returnNetBufferLists(line.context.received.get(0), NblFlags.NONE);

        assertThat(swap.first.returned).as("it is halted").isEmpty();
        assertThat(swap.stack.pool.outstanding()).isEqualTo(outstanding);
        assertThat(line.snapshot().receivesReturned()).isEqualTo(1);
        swap.accountsForSuccess();
    }

    // --- every kind of VC

    @Test
    void anInactiveVcIsOnlyCreatedAtTheNextBackend() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        swap.calls.clear();

        swap.swap(Outcome.SWAPPED);

        assertThat(swap.calls)
                .contains("next MCoCreateVc", "MCoDeleteVc")
                .doesNotContain("next MCoActivateVc", "MCoDeactivateVc");
        succeeds(line.vc.makeCall(PARAMETERS));
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        assertThat(swap.calls).contains("next MCoActivateVc").doesNotContain("MCoActivateVc");
        swap.accountsForSuccess();
    }

    @Test
    void aSignalingVcIsMovedToo() {
        final SwapStack swap = SwapStack.pair();
        final TestStack.TestSignaling signaling = new TestStack.TestSignaling();
        final SignalingVc vc =
                swap.stack.callManager.binding.createSignalingVc(signaling).get();
        succeeds(vc.activateVc(PARAMETERS));

        assertThat(swap.swap(Outcome.SWAPPED).moved()).isEqualTo(1);

        vc.sendNetBufferLists(SwapStack.chain(swap.stack.pool, 7), NblFlags.NONE);
        swap.receive(swap.next, 0, 8);
        assertThat(swap.next.octets).containsExactly(7);
        assertThat(signaling.statuses).containsExactly(NdisStatus.SUCCESS);
        assertThat(signaling.received).hasSize(1);
        succeeds(vc.deactivateVc());
        assertThat(vc.deleteVc().isSuccess()).isTrue();
        assertThat(swap.calls).endsWith("next MCoDeactivateVc", "next MCoDeleteVc");
    }

    @Test
    void aMultipointCallKeepsItsParties() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        final TestStack.TestClientParty context = swap.stack.new TestClientParty();
        final ClientParty root = succeeds(line.vc.makeCall(PARAMETERS, context)).get();
        final ClientParty leaf = succeeds(line.vc.addParty(PARAMETERS, context)).get();

        swap.swap(Outcome.SWAPPED);

        assertThat(line.vc.parties()).containsExactly(root, leaf);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        succeeds(line.vc.addParty(PARAMETERS, context));
        assertThat(line.vc.parties()).hasSize(3);
        swap.accountsForSuccess();
    }

    @Test
    void anIncomingCallGoesOn() {
        final SwapStack swap = SwapStack.pair();
        swap.stack.connectedIncomingVc();

        swap.swap(Outcome.SWAPPED);

        swap.receive(swap.next, 0, 1);
        assertThat(swap.stack.client.vc.octets).containsExactly(1);
        assertThat(swap.stack
                        .callManager
                        .vc
                        .dispatchIncomingCloseCall(NdisStatus.SUCCESS, Octets.EMPTY)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
    }

    @Test
    void anAdapterWithoutVcsIsSwapped() {
        final SwapStack swap = SwapStack.pair();

        assertThat(swap.swap(Outcome.SWAPPED).vcs()).isEmpty();

        final Line line = swap.line();
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    // --- what goes on

    @Test
    void theStatisticsOfAVcGoOn() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.send(1, 2);
        swap.receive(swap.first, 0, 3);
        final VcSnapshot before = line.snapshot();

        swap.swap(Outcome.SWAPPED);

        assertThat(line.snapshot()).isEqualTo(before);
        line.send(4);
        swap.receive(swap.next, 0, 5, 6);
        assertThat(line.snapshot().sendsAccepted()).isEqualTo(3);
        assertThat(line.snapshot().sendsCompleted()).isEqualTo(3);
        assertThat(line.snapshot().receivesIndicated()).isEqualTo(3);
        assertThat(line.snapshot().receivesReturned()).isEqualTo(3);
        swap.accountsForSuccess();
    }

    @Test
    void whatProtocolsHadSetIsSetAtTheNextBackend() {
        final SwapStack swap = SwapStack.pair();
        swap.first.oidRequest.answer(OidResult.success());
        swap.next.oidRequest.answer(OidResult.success());
        assertThat(swap.stack
                        .client
                        .binding
                        .oidRequest(OPTIONS)
                        .toCompletableFuture()
                        .getNow(null)
                        .isSuccess())
                .isTrue();
        swap.line();
        swap.calls.clear();

        swap.swap(Outcome.SWAPPED);

        assertThat(swap.calls)
                .startsWith("next InitializeEx", "next Restart", "next MCoOidRequest", "next MCoCreateVc");
        assertThat(swap.stack.requests).hasSize(2);
        assertThat(swap.stack.requests.get(1).oid()).isEqualTo(Oid.GEN_CO_PROTOCOL_OPTIONS);
    }

    @Test
    void aRequestThatTheBackendBeforeHasNotAnsweredIsAborted() {
        final SwapStack swap = SwapStack.pair();
        swap.first.oidRequest.hold();
        final CompletionStage<OidResult> asked =
                swap.stack.client.binding.oidRequest(OidRequest.query(Oid.GEN_CO_VENDOR_ID, 4));

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(isPending(asked)).as("it may still answer").isTrue();
        assertThat(isPending(running)).isTrue();
        swap.passDrainDeadline();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(asked.toCompletableFuture().getNow(null).status()).isEqualTo(NdisStatus.REQUEST_ABORTED);
        swap.first.oidRequest.release(OidResult.success());
    }

    @Test
    void theBackendBeforeAnswersWhatItWasAsked() {
        final SwapStack swap = SwapStack.pair();
        swap.first.oidRequest.hold();
        final CompletionStage<OidResult> asked =
                swap.stack.client.binding.oidRequest(OidRequest.query(Oid.GEN_CO_VENDOR_ID, 4));
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(swap.calls).doesNotContain("Pause");

        swap.first.oidRequest.release(OidResult.success());

        assertThat(asked.toCompletableFuture().getNow(null).isSuccess()).isTrue();
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
    }

    @Test
    void aStatusOfTheNextBackendWaitsUntilItCarriesTheVc() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);

        swap.next.vcs.get(0).indicateStatus(NEWS);
        assertThat(line.context.indications).isEmpty();
        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(line.context.indications).containsExactly(NEWS);
        swap.next.vcs.get(0).indicateStatus(NEWS);
        assertThat(line.context.indications).containsExactly(NEWS, NEWS);
        swap.accountsForSuccess();
    }

    @Test
    void aBackendThatDoesNotCarryTheAdapterYetHasNoNewsOfIt() {
        final SwapStack swap = SwapStack.pair();
        swap.line();
        swap.next.activateVc.whenCalled = () -> swap.next.adapter.indicateStatus(NEWS);

        swap.swap(Outcome.SWAPPED);
        assertThat(swap.stack.client.indications).isEmpty();

        swap.next.adapter.indicateStatus(NEWS);
        assertThat(swap.stack.client.indications).containsExactly(NEWS);
    }

    @Test
    void backendsOnWiresOfTheirOwnAreNotFlushed() {
        final SwapStack swap = SwapStack.pair();
        swap.line();
        swap.swap(Outcome.SWAPPED);
        assertThat(swap.calls).doesNotContain("flushReceives");
    }

    // --- MCMs keep their calls

    @ParameterizedTest
    @EnumSource(
            value = Form.class,
            names = {"INTEGRATED", "MCM"})
    void theCallsOfAnMcmStayWithItAndTheReportSaysSo(final Form form) {
        final TestStack stack = form.start();
        stack.connectedVc();
        final TestStack.TestMiniport next = stack.new TestMiniport("next ");
        stack.engine.registerMiniport(SwapStack.candidate(1, 0), next);
        stack.calls.clear();

        final SwapReport report = succeeds(stack.engine.swap(ADAPTER, 1)).get();

        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.explanation()).contains("the calls of an MCM stay with it");
        assertThat(stack.calls).isEmpty();
        assertThat(stack.vcs()).singleElement().satisfies(vc -> {
            assertThat(vc.callState()).isEqualTo(CallState.CONNECTED);
            assertThat(vc.state()).isEqualTo(VcState.ACTIVE);
            assertThat(vc.parameters()).isNotEqualTo(Optional.of(OTHER_PARAMETERS));
        });
    }

    @Test
    void theVcsOfAMiniportAreNotTakenByAnMcm() {
        final SwapStack swap = SwapStack.alone(POLICY);
        final Line line = swap.line();
        swap.stack.engine.registerMiniport(SwapStack.candidate(1, 0), swap.stack.mcm);
        swap.calls.clear();

        final SwapReport report = swap.swap(Outcome.REFUSED);

        assertThat(report.explanation()).contains("MCM");
        assertThat(swap.calls).isEmpty();
        line.send(1);
        assertThat(swap.first.octets).containsExactly(1);
        swap.accountsForSuccess();
    }
}
