// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.Octets;
import dev.condis.api.VcState;
import dev.condis.api.management.SwapReport;
import dev.condis.core.engine.SwapStack.Line;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A backend is lost while a VC leaves it, and the call on the VC ends at the same time. */
class LossMeanwhileTest {
    @Test
    void aCallThatEndsWhileItsVcMovesFromALostBackendLeavesTheVcAtTheNextOne() {
        final SwapStack swap = SwapStack.pair(SwapStack.PATIENT);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        final CompletionStage<NdisResult<Void>> closing = line.vc.closeCall(Octets.EMPTY);

        swap.stack.miniportRegistration.surpriseRemoved("pulled out");
        swap.passAMoment();

        assertThat(TestStack.succeeds(running).get().moved()).isEqualTo(1);
        TestStack.succeeds(closing);
        assertThat(line.context.statuses).containsExactly(NdisStatus.FAILURE);
        assertThat(line.vc.state()).isEqualTo(VcState.INACTIVE);
        assertThat(swap.calls).as("it does not stay active there").contains("next MCoDeactivateVc");
        assertThat(swap.calls).as("it is the client's still").doesNotContain("next MCoDeleteVc");
        TestStack.succeeds(line.vc.makeCall(TestStack.PARAMETERS));
        line.send(2);
        assertThat(swap.next.octets).containsExactly(2);
    }

    @Test
    void r221ABackendPulledOutInTheMiddleOfASwapHearsOfItBeforeItIsHalted() {
        final SwapStack swap = SwapStack.pair(SwapStack.PATIENT);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);

        swap.stack.miniportRegistration.surpriseRemoved("pulled out");
        swap.passAMoment();

        TestStack.succeeds(running);
        assertThat(swap.calls).containsSubsequence("SurpriseRemoved", "HaltEx SURPRISE_REMOVED");
        assertThat(swap.calls)
                .filteredOn(call -> call.contains("SurpriseRemoved"))
                .hasSize(1);
    }

    @Test
    void r221ANextBackendPulledOutWhileItIsPreparedHearsOfItBeforeItIsHalted() {
        final SwapStack swap = SwapStack.alone(SwapStack.PATIENT);
        final MiniportRegistration successor = swap.register(1, swap.next);
        swap.line();
        swap.next.activateVc.whenCalled = () -> successor.surpriseRemoved("pulled out");

        assertThat(TestStack.succeeds(swap.swapTo(1)).get().outcome()).isEqualTo(SwapReport.Outcome.REFUSED);

        assertThat(swap.calls).containsSubsequence("next SurpriseRemoved", "next HaltEx SURPRISE_REMOVED");
    }
}
