// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static dev.condis.core.engine.TestStack.PARAMETERS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.NdisResult;
import dev.condis.api.VcState;
import dev.condis.api.client.ClientVc;
import dev.condis.core.engine.TestStack.Form;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The miniport answers an activation on its own thread while the call manager is in a callback. */
@Timeout(60)
class ActivationRaceTest {
    private static final int PATIENCE_SECONDS = 20;

    private final CountDownLatch inTransition = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final List<VcState> seen = new CopyOnWriteArrayList<>();
    private final TestStack stack = Form.STAND_ALONE.prepare(options -> new EngineOptions(
            new HeldClock(),
            options.passive(),
            options.timer(),
            options.teardownDeadline(),
            options.operationDeadline()));
    private final Thread miniport =
            new Thread(() -> stack.miniport.activateVc.release(NdisResult.success(PARAMETERS)), "miniport");

    /** A transition asks for the time: so the thread of the miniport is kept in the middle of one. */
    private final class HeldClock extends Clock {
        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(final ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            if (Thread.currentThread().equals(miniport)) {
                inTransition.countDown();
                await(goOn);
            }
            return Instant.EPOCH;
        }
    }

    private static void await(final CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        } catch (final InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Its lane is run by the thread that is in the callback, without the VC's lock. */
    @Test
    void theCallManagerHearsThatTheVcIsActiveWhenItIs() throws Exception {
        stack.start();
        final ClientVc vc = stack.createVc();
        stack.callManager.activates = false;
        stack.callManager.makeCall.hold();
        stack.miniport.activateVc.hold();
        stack.callManager.makeCall.whenCalled = () -> {
            stack.callManager.vc.activateVc(PARAMETERS).thenAccept(active -> seen.add(stack.callManager.vc.state()));
            miniport.start();
            await(inTransition);
        };

        assertThat(TestStack.isPending(vc.makeCall(PARAMETERS))).isTrue();
        assertThat(seen).as("the transition is not over").isEmpty();
        goOn.countDown();
        miniport.join();

        assertThat(seen).containsExactly(VcState.ACTIVE);
    }
}
