// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.ADAPTER;
import static dev.condis.core.engine.SwapStack.DRAIN;
import static dev.condis.core.engine.TestStack.OTHER_PARAMETERS;
import static dev.condis.core.engine.TestStack.PARAMETERS;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.CallParameters;
import dev.condis.api.CallState;
import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.callmgr.CmVc;
import dev.condis.api.management.AdapterSnapshot;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.miniport.MiniportDriver.AddressingReset;
import dev.condis.api.nbl.NblFlags;
import dev.condis.api.oid.Oid;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import dev.condis.core.engine.SwapStack.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What is under way when a swap begins, or begins while one is under way. */
class SwapMeanwhileTest {
    private static List<String> at(final SwapStack swap, final String call) {
        return swap.calls.stream().filter(call::equals).toList();
    }

    // --- calls

    @Test
    void aCallThatIsBeingMadeIsConnectedAfterTheSwap() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        swap.stack.callManager.makeCall.hold();
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);

        swap.swap(Outcome.SWAPPED);

        assertThat(isPending(made)).isTrue();
        assertThat(at(swap, "next MCoActivateVc")).hasSize(1);
        swap.stack.callManager.makeCall.release(NdisResult.success(PARAMETERS));
        succeeds(made);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void anActivationIsAnsweredBeforeItsVcMoves() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        swap.first.activateVc.hold();
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(at(swap, "next MCoCreateVc")).isEmpty();
        swap.first.activateVc.release(NdisResult.success(PARAMETERS));

        succeeds(made);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(at(swap, "next MCoActivateVc")).hasSize(1);
        line.send(1);
        assertThat(swap.next.octets).containsExactly(1);
        swap.accountsForSuccess();
    }

    @Test
    void anActivationThatTheBackendBeforeDoesNotAnswerKeepsTheAdapterThere() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        swap.first.activateVc.hold();
        final CompletionStage<NdisResult<CallParameters>> made = line.vc.makeCall(PARAMETERS);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);

        swap.passDrainDeadline();

        final SwapReport report = succeeds(running).get();
        assertThat(report.outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(report.vcs().get(0).reason()).contains("no miniport has answered within " + DRAIN);
        swap.first.activateVc.release(NdisResult.success(PARAMETERS));
        succeeds(made);
        line.send(1);
        assertThat(swap.first.octets).containsExactly(1);
        assertThat(at(swap, "next MCoCreateVc")).isEmpty();
        swap.accountsForSuccess();
    }

    @Test
    void anIncomingCallThatIsBeingAnsweredIsConnectedAfterTheSwap() {
        final SwapStack swap = SwapStack.pair();
        swap.stack.client.register();
        final CmVc vc = swap.stack.incomingVc().get();
        swap.stack.client.incomingCall.hold();
        final CompletionStage<NdisResult<CallParameters>> offered =
                vc.dispatchIncomingCall(swap.stack.callManager.sap, PARAMETERS);

        swap.swap(Outcome.SWAPPED);
        swap.stack.client.incomingCall.release(NdisResult.success(PARAMETERS));

        succeeds(offered);
        succeeds(vc.activateVc(PARAMETERS));
        succeeds(vc.dispatchCallConnected());
        assertThat(swap.stack.client.vc.incoming.callState()).isEqualTo(CallState.CONNECTED);
        assertThat(at(swap, "next MCoActivateVc")).hasSize(1);
        swap.receive(swap.next, 0, 5);
        assertThat(swap.stack.client.vc.octets).containsExactly(5);
    }

    @Test
    void aCloseThatTheCallManagerHasNotAnsweredEndsAfterTheSwap() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.stack.callManager.closeCall.hold();
        final CompletionStage<NdisResult<Void>> closed = line.vc.closeCall();

        swap.swap(Outcome.SWAPPED);
        assertThat(isPending(closed)).isTrue();
        swap.stack.callManager.closeCall.release(NdisStatus.SUCCESS);

        succeeds(closed);
        TestStack.idle(line.vc);
        assertThat(line.vc.deleteVc().isSuccess()).isTrue();
        assertThat(swap.calls).endsWith("next MCoDeleteVc");
        swap.accountsForSuccess();
    }

    @Test
    void aCloseThatIsAskedDuringTheSwapFollowsTheHeldSends() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(2);
        final CompletionStage<NdisResult<Void>> closed = line.vc.closeCall();
        assertThat(isPending(closed)).isTrue();

        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        succeeds(closed);
        assertThat(swap.next.octets).containsExactly(2);
        TestStack.idle(line.vc);
        assertThat(at(swap, "next MCoDeactivateVc")).hasSize(1);
        assertThat(at(swap, "MCoDeactivateVc")).hasSize(1);
        swap.accountsForSuccess();
    }

    // --- deactivation and deletion

    @Test
    void aDeactivationThatWaitsForSendsEndsWhenTheyAreBack() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<Void>> inactive = line.callManager.deactivateVc();
        assertThat(isPending(inactive)).isTrue();

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(isPending(running)).as("the sends are at the backend before").isTrue();
        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        succeeds(inactive);
        assertThat(at(swap, "MCoDeactivateVc")).hasSize(1);
        assertThat(at(swap, "next MCoActivateVc")).isEmpty();
        swap.accountsForSuccess();
    }

    @Test
    void aDeactivationThatWaitsForReceivesEndsWhenTheyAreReturned() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        line.context.returnsAtOnce = false;
        swap.receive(swap.first, 0, 1);
        final CompletionStage<NdisResult<Void>> inactive = line.callManager.deactivateVc();
        swap.first.pause.hold();
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(isPending(inactive)).isTrue();

        line.vc.returnNetBufferLists(line.context.received.get(0), NblFlags.NONE);

        succeeds(inactive);
        assertThat(swap.first.returned).hasSize(1);
        swap.first.pause.release(NdisStatus.SUCCESS);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(at(swap, "next MCoActivateVc")).isEmpty();
        swap.accountsForSuccess();
    }

    @Test
    void aDeactivationThatTheMiniportHasNotAnsweredIsAwaited() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.deactivateVc.hold();
        final CompletionStage<NdisResult<Void>> inactive = line.callManager.deactivateVc();

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(at(swap, "next MCoCreateVc")).isEmpty();
        swap.first.deactivateVc.release(NdisStatus.SUCCESS);

        succeeds(inactive);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(at(swap, "next MCoCreateVc")).hasSize(1);
        assertThat(at(swap, "next MCoActivateVc")).isEmpty();
        swap.accountsForSuccess();
    }

    @Test
    void aVcThatIsBeingDeletedIsDeletedOnceAtEachBackendThatHasIt() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.vc();
        final List<CompletionStage<NdisResult<SwapReport>>> running = new ArrayList<>();
        swap.stack.callManager.deleteVc.whenCalled = () -> running.add(swap.swapTo(1));

        assertThat(line.vc.deleteVc().isSuccess()).isTrue();

        assertThat(succeeds(running.get(0)).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(at(swap, "MCoDeleteVc")).hasSize(1);
        assertThat(at(swap, "next MCoDeleteVc")).hasSameSizeAs(at(swap, "next MCoCreateVc"));
        swap.accountsForSuccess();
    }

    @Test
    void aVcWhoseClientGoesDuringTheSwapEndsAtBothBackends() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.stack.client.leavesEverything = true;
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        final CompletionStage<Void> left = swap.stack.clientRegistration.unregister();
        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(isPending(left)).isFalse();
        assertThat(line.vc.state()).isEqualTo(VcState.DELETED);
        assertThat(swap.calls).containsOnlyOnce("MCoDeleteVc", "next MCoDeactivateVc", "next MCoDeleteVc");
        swap.accounts();
    }

    // --- parameters

    @Test
    void aChangeOfParametersThatTheCallManagerHasNotConfirmedIsKept() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.stack.callManager.modifyCallQoS.hold();
        final CompletionStage<NdisResult<CallParameters>> changed = line.vc.modifyCallQoS(OTHER_PARAMETERS);

        swap.swap(Outcome.SWAPPED);
        swap.stack.callManager.modifyCallQoS.release(NdisResult.success(OTHER_PARAMETERS));

        succeeds(changed);
        assertThat(line.vc.callParameters()).contains(OTHER_PARAMETERS);
        assertThat(at(swap, "next MCoActivateVc")).hasSize(1);
        swap.accountsForSuccess();
    }

    @Test
    void aChangeOfParametersThatTheMiniportHasNotAnsweredIsAwaited() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.activateVc.hold();
        final CompletionStage<NdisResult<CallParameters>> changed = line.vc.modifyCallQoS(OTHER_PARAMETERS);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(at(swap, "next MCoCreateVc")).isEmpty();

        swap.first.activateVc.release(NdisResult.success(OTHER_PARAMETERS));

        succeeds(changed);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(at(swap, "next MCoActivateVc")).hasSize(1);
        assertThat(line.vc.callParameters()).contains(OTHER_PARAMETERS);
        swap.accountsForSuccess();
    }

    @Test
    void aChangeOfParametersDuringTheSwapIsAskedOfTheNextBackend() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        final CompletionStage<NdisResult<CallParameters>> changed = line.vc.modifyCallQoS(OTHER_PARAMETERS);
        assertThat(isPending(changed)).isTrue();

        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        succeeds(changed);
        assertThat(at(swap, "next MCoActivateVc")).hasSize(2);
        assertThat(at(swap, "MCoActivateVc")).hasSize(1);
        swap.accountsForSuccess();
    }

    // --- the adapter

    @Test
    void anAdapterThatIsBeingResetIsSwappedAndTheResetEndsAtTheBackendBefore() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.reset.hold();
        final CompletionStage<NdisResult<Void>> reset = swap.stack.engine.reset(ADAPTER);
        line.send(1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.RESET_IN_PROGRESS);

        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        assertThat(isPending(running)).as("it is not halted during its reset").isTrue();
        assertThat(at(swap, "HaltEx DEVICE_DISABLED")).isEmpty();
        swap.first.reset.release(NdisResult.success(AddressingReset.KEPT));

        succeeds(reset);
        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        line.send(2);
        assertThat(swap.next.octets).containsExactly(2);
        swap.accounts();
    }

    @Test
    void aPausedAdapterIsSwappedAndStaysPaused() {
        final SwapStack swap = SwapStack.pair();
        final OidRequest options = OidRequest.set(Oid.GEN_CO_PROTOCOL_OPTIONS, Octets.of(new byte[] {1, 0, 0, 0}));
        swap.first.oidRequest.answer(OidResult.success());
        swap.next.oidRequest.answer(OidResult.success());
        swap.stack.client.binding.oidRequest(options);
        final Line line = swap.line();
        succeeds(swap.stack.engine.pause(ADAPTER));
        swap.calls.clear();

        swap.swap(Outcome.SWAPPED);

        assertThat(swap.calls).doesNotContain("next Restart", "Pause");
        assertThat(swap.stack.engine.adapters().get(0).state()).isEqualTo(AdapterSnapshot.State.PAUSED);
        line.send(1);
        assertThat(line.context.statuses).containsExactly(NdisStatus.PAUSED);
        succeeds(swap.stack.engine.restart(ADAPTER));
        assertThat(at(swap, "next MCoOidRequest")).as("what protocols had set").hasSize(1);
        line.send(2);
        assertThat(swap.next.octets).containsExactly(2);
        swap.accounts();
    }

    @Test
    void anotherSwapThatIsAskedMeanwhileFollows() {
        final SwapStack swap = SwapStack.pair();
        swap.register(2, swap.third);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        final CompletionStage<NdisResult<SwapReport>> again = swap.swapTo(2);
        final CompletionStage<NdisResult<SwapReport>> same = swap.swapTo(2);
        line.send(2);
        assertThat(isPending(again)).isTrue();

        swap.first.completeSends();

        assertThat(succeeds(running).get().to()).hasValue(1);
        assertThat(succeeds(again).get().to()).hasValue(2);
        assertThat(done(same).status()).as("it is there already").isEqualTo(NdisStatus.NOT_ACCEPTED);
        line.send(3);
        assertThat(List.of(swap.first.octets, swap.next.octets, swap.third.octets))
                .containsExactly(List.of(1), List.of(2), List.of(3));
        swap.accountsForSuccess();
    }

    @Test
    void vcsThatAreCreatedWhileOthersArePreparedMoveToo() {
        final SwapStack swap = SwapStack.pair();
        swap.line();
        final List<Line> created = new ArrayList<>();
        swap.next.activateVc.whenCalled = () -> {
            swap.next.activateVc.whenCalled = () -> {};
            created.add(swap.line());
        };

        final SwapReport report = swap.swap(Outcome.SWAPPED);

        assertThat(report.moved()).isEqualTo(2);
        created.get(0).send(1);
        assertThat(swap.next.octets).containsExactly(1);
        assertThat(at(swap, "MCoDeleteVc")).hasSize(2);
        swap.accountsForSuccess();
    }

    @Test
    void vcsThatAreCreatedDuringTheSwitchAreCreatedAtTheNextBackend() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);

        final Line created = swap.line();
        created.send(2);
        assertThat(swap.next.octets).containsExactly(2);
        swap.first.completeSends();

        assertThat(succeeds(running).get().outcome()).isEqualTo(Outcome.SWAPPED);
        assertThat(at(swap, "MCoCreateVc")).hasSize(1);
        swap.accountsForSuccess();
    }
}
