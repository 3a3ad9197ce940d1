// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.swap;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.management.SwapReport;
import dev.condis.core.engine.SwapPolicy;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Backends are replaced under calls that carry traffic. */
class SwapUnderLoadTest {
    private static final int VCS = 1000;
    private static final int SWAPS = 40;
    private static final int MANY_SWAPS = 200;
    private static final int BUFFERS = 4096;

    @Test
    void plannedSwapsLoseNothingDoubleNothingAndKeepTheOrder() throws Exception {
        swap(SWAPS);
    }

    @Test
    @Tag("long")
    void twoHundredPlannedSwapsLoseNothingDoubleNothingAndKeepTheOrder() throws Exception {
        swap(MANY_SWAPS);
    }

    private static void swap(final int times) throws Exception {
        try (LoadedStack stack = new LoadedStack(BUFFERS, SwapPolicy.defaults())) {
            stack.register(new WireNic("a", stack.wire), 1, 0);
            stack.register(new WireNic("b", stack.wire), 2, 0);
            stack.connect(VCS);
            stack.load(2);
            for (int i = 0; i < times; i++) {
                final NdisResult<SwapReport> swap = stack.engine
                        .swap(LoadedStack.ADAPTER, 2 - i % 2)
                        .toCompletableFuture()
                        .join();
                assertThat(swap.isSuccess()).as(swap.toString()).isTrue();
                assertThat(swap.get().outcome()).as(swap.get().toString()).isEqualTo(SwapReport.Outcome.SWAPPED);
                assertThat(swap.get().moved()).isEqualTo(VCS);
            }
            stack.stop();
            stack.assertEverythingOnceAndInOrder();
            assertThat(stack.wire.delivered()).isGreaterThan(VCS);
        }
    }

    @Test
    void theOnlyBackendIsReplacedByANewOneAfterAPause() throws Exception {
        final SwapPolicy patient = SwapPolicy.defaults().withGracePeriod(Duration.ofSeconds(30));
        try (LoadedStack stack = new LoadedStack(BUFFERS, patient)) {
            var registration = stack.register(new WireNic("version 1", stack.wire), 1, 0);
            stack.connect(100);
            stack.load(2);
            for (int version = 2; version < 12; version++) {
                registration.unregister().toCompletableFuture().join();
                registration = stack.register(new WireNic("version " + version, stack.wire), version, 0);
            }
            stack.stop();
            stack.assertEverythingOnceAndInOrder();
        }
    }
}
