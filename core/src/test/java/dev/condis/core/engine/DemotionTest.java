// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.SwapStack.ADAPTER;
import static dev.condis.core.engine.SwapStack.POLICY;
import static dev.condis.core.engine.SwapStack.candidate;
import static dev.condis.core.engine.TestStack.done;
import static dev.condis.core.engine.TestStack.isPending;
import static dev.condis.core.engine.TestStack.succeeds;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.management.BackendChoice;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.core.engine.SwapPolicy.FailBack;
import dev.condis.core.engine.SwapStack.Line;
import java.time.Duration;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** A backend that is demoted stands behind all that are not, and carries the adapter only when no other can. */
class DemotionTest {
    private static final String HOT = "too hot";
    private static final Duration STABLE = Duration.ofSeconds(20);

    private static void demote(final SwapStack swap, final long serviceId) {
        succeeds(swap.stack.engine.demote(ADAPTER, serviceId, HOT));
    }

    private static void promote(final SwapStack swap, final long serviceId) {
        succeeds(swap.stack.engine.promote(ADAPTER, serviceId));
    }

    @Test
    void theNextBackendTakesOverUnderTheCallsWhateverTheFailBack() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        line.send(1);

        final CompletionStage<NdisResult<Void>> demoted = swap.stack.engine.demote(ADAPTER, 0, HOT);
        line.send(2);
        assertThat(isPending(demoted)).as("it completes what it has").isTrue();
        swap.first.completeSends();

        succeeds(demoted);
        assertThat(swap.active()).isEqualTo(1);
        assertThat(swap.lastReport().cause()).isEqualTo(Cause.DEMOTED);
        assertThat(swap.lastReport().explanation()).contains("service.id 0", HOT);
        assertThat(swap.next.octets).containsExactly(2);
        swap.accountsForSuccess();
    }

    @Test
    void whyNamesTheCauseAndTheOrder() {
        final SwapStack swap = SwapStack.pair(POLICY);
        demote(swap, 0);

        assertThat(swap.candidate(0).demotedCause()).contains(HOT);
        assertThat(swap.candidate(0).unavailableCause()).isEmpty();
        assertThat(swap.candidate(1).demotedCause()).isEmpty();
        assertThat(swap.why().candidates())
                .extracting(BackendChoice.Candidate::serviceId)
                .containsExactly(1L, 0L);
        assertThat(swap.why().reason()).contains("not demoted");
        assertThat(swap.why().wouldChange()).anyMatch(answer -> answer.contains("if it were promoted (too hot)"));
    }

    @Test
    void theOnlyBackendGoesOn() {
        final SwapStack swap = SwapStack.alone(POLICY);
        final Line line = swap.line();

        demote(swap, 0);

        assertThat(swap.active()).isZero();
        assertThat(swap.journal()).isEmpty();
        assertThat(swap.why().reason()).contains("no other candidate", HOT);
        line.send(1);
        swap.accountsForSuccess();

        swap.register(1, swap.next);
        assertThat(swap.active()).as("the first that comes is better").isEqualTo(1);
    }

    @Test
    void ofTwoThatAreDemotedTheBetterOneGoesOn() {
        final SwapStack swap = SwapStack.pair(POLICY);

        demote(swap, 1);
        demote(swap, 0);

        assertThat(swap.active()).isZero();
        assertThat(swap.journal()).isEmpty();
    }

    @Test
    void aDemotedOneIsBetterThanNone() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        demote(swap, 1);

        swap.stack.miniportRegistration.unregister();

        assertThat(swap.active()).isEqualTo(1);
        line.send(1);
        swap.accountsForSuccess();
    }

    @Test
    void oneThatIsPinnedStays() {
        final SwapStack swap = SwapStack.pair(POLICY);
        succeeds(swap.stack.engine.pin(ADAPTER, 0));

        demote(swap, 0);
        assertThat(swap.active()).isZero();
        assertThat(swap.why().reason()).contains("pinned");

        succeeds(swap.stack.engine.unpin(ADAPTER));
        assertThat(swap.active()).isEqualTo(1);
    }

    @Test
    void oneThatRefusesLeavesItWhereItIs() {
        final SwapStack swap = SwapStack.pair(POLICY);
        final Line line = swap.line();
        swap.next.activateVc.answer(NdisResult.failure(NdisStatus.RESOURCES));

        demote(swap, 0);

        assertThat(swap.active()).isZero();
        assertThat(swap.lastReport().outcome()).isEqualTo(Outcome.REFUSED);
        assertThat(swap.why().reason()).contains("no other candidate", HOT);
        line.send(1);
        swap.accountsForSuccess();
    }

    @Test
    void oneThatIsPromotedWaitsAsThePolicySays() {
        final SwapStack swap = SwapStack.alone(POLICY.withFailBack(FailBack.AUTOMATIC, STABLE));
        swap.stack.engine.registerMiniport(candidate(1, -1), swap.next);
        swap.clock.advance(STABLE);
        demote(swap, 0);
        assertThat(swap.active()).isEqualTo(1);

        promote(swap, 0);
        assertThat(swap.candidate(0).demotedCause()).isEmpty();
        assertThat(swap.active()).as("it must last").isEqualTo(1);
        swap.clock.advance(STABLE);
        swap.stack.passDeadlines(STABLE);

        assertThat(swap.active()).isZero();
        assertThat(swap.lastReport().cause()).isEqualTo(Cause.BETTER_CANDIDATE);
    }

    @Test
    void aSecondCauseTakesThePlaceOfTheFirst() {
        final SwapStack swap = SwapStack.pair(POLICY);
        demote(swap, 0);

        succeeds(swap.stack.engine.demote(ADAPTER, 0, "on fire"));

        assertThat(swap.candidate(0).demotedCause()).contains("on fire");
        assertThat(swap.journal()).hasSize(1);
        promote(swap, 0);
        promote(swap, 0);
        assertThat(swap.candidate(0).demotedCause()).isEmpty();
    }

    @Test
    void whatIsNotThereIsRefused() {
        final SwapStack swap = SwapStack.pair(POLICY);

        assertThat(done(swap.stack.engine.demote(ADAPTER, 7, HOT)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.stack.engine.promote(ADAPTER, 7)).status()).isEqualTo(NdisStatus.NOT_ACCEPTED);
        assertThat(done(swap.stack.engine.demote("none", 0, HOT)).status()).isEqualTo(NdisStatus.ADAPTER_NOT_FOUND);
        assertThatNullPointerException().isThrownBy(() -> swap.stack.engine.demote(ADAPTER, 0, null));
    }
}
