// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.management.SwapReport;
import dev.condis.core.engine.SwapStack.Line;
import dev.condis.core.verifier.Verifier;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The verifier does not blame a backend for what another one has of the same VC. */
class VerifiedSwapTest {
    private final Verifier verifier = TestStack.verifier();

    @BeforeEach
    void checkTheDrivers() {
        TestStack.checking = Optional.of(verifier);
    }

    @AfterEach
    void stopChecking() {
        TestStack.checking = Optional.empty();
    }

    @Test
    void aBackendIsDeactivatedWhileTheNextOneHasSendsAlready() {
        final SwapStack swap = SwapStack.pair();
        final Line line = swap.line();
        swap.first.completesAtOnce = false;
        swap.next.completesAtOnce = false;
        line.send(1);
        final CompletionStage<NdisResult<SwapReport>> running = swap.swapTo(1);
        line.send(2);

        swap.first.completeSends();

        assertThat(TestStack.succeeds(running).get().outcome()).isEqualTo(SwapReport.Outcome.SWAPPED);
        swap.next.completeSends();
        assertThat(swap.next.octets).containsExactly(2);
        swap.accountsForSuccess();
        assertThat(verifier.violations()).isEmpty();
        assertThat(verifier.count()).isZero();
    }
}
