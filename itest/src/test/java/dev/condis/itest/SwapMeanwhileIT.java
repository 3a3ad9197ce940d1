// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.VcState;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.itest.LoadClient.LoadVc;
import dev.condis.itest.nic.WireNic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;

/**
 * Two versions of one bundle, both installed, carry an adapter in turn, in a real framework and under load, while other calls on it are in every
 * state between their beginning and their end.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapMeanwhileIT extends BackendsOnAWire {
    private static final boolean LONG = Boolean.getBoolean("condis.long");
    private static final int VCS = 20;
    private static final int SWAPS_UNDER_CALLERS = LONG ? 50 : 10;
    private static final int CALLERS = 2;
    private static final int UPDATES = LONG ? 10 : 3;

    private Bundle one;
    private Bundle two;

    private void bothVersions() throws Exception {
        one = install(WireNic.class, "1.0.0", 1, true);
        client.load(VCS);
        awaitActive(one);
        two = install(WireNic.class, "2.0.0", 0, true);
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(why().candidates()).hasSize(2));
    }

    private static <T> T get(final CompletionStage<T> stage) throws Exception {
        return stage.toCompletableFuture().get(60, TimeUnit.SECONDS);
    }

    private static boolean isPending(final CompletionStage<?> stage) {
        return !stage.toCompletableFuture().isDone();
    }

    private static void succeeds(final CompletionStage<? extends NdisResult<?>> stage) throws Exception {
        assertThat(get(stage).status()).isEqualTo(NdisStatus.SUCCESS);
    }

    private void isSwapped(final CompletionStage<NdisResult<SwapReport>> running, final Bundle to) throws Exception {
        final SwapReport report = get(running).get();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.SWAPPED);
        awaitActive(to);
    }

    private void ends(final LoadVc vc) throws Exception {
        succeeds(vc.handle().closeCall());
        isDeleted(vc);
    }

    private void isDeleted(final LoadVc vc) {
        assertThat(vc.handle().deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
        assertThat(vc.handle().state()).isEqualTo(VcState.DELETED);
        assertThat(wire.attached()).as("circuits that a NIC listens to").isEqualTo(VCS);
        client.passes();
    }

    private Bundle inTurn(final int swap) {
        return swap % 2 == 0 ? two : one;
    }

    @Test
    public void aCallThatIsBeingSetUpIsConnected() throws Exception {
        bothVersions();
        final LoadVc vc = client.another(VCS);
        final FarEnd.Hold hold = wire.holdNext();
        final CompletionStage<? extends NdisResult<?>> made = vc.call();
        hold.awaitReached();

        final CompletionStage<NdisResult<SwapReport>> running = library().swap(adapter, id(two));
        assertThat(isPending(made)).isTrue();
        hold.release();

        succeeds(made);
        isSwapped(running, two);
        vc.exchange(3);
        ends(vc);
        client.everythingOnceAndInOrder(wire);
        vc.everythingOnceAndInOrder(wire);
    }

    @Test
    public void aCallThatIsBeingClosedEndsOnce() throws Exception {
        bothVersions();
        final LoadVc vc = client.another(VCS);
        succeeds(vc.call());
        vc.exchange(3);
        final FarEnd.Hold hold = wire.holdNext();
        final CompletionStage<NdisResult<Void>> closed = vc.handle().closeCall();
        hold.awaitReached();

        final CompletionStage<NdisResult<SwapReport>> running = library().swap(adapter, id(two));
        assertThat(isPending(closed))
                .as("the backend before deactivates the VC")
                .isTrue();
        hold.release();

        succeeds(closed);
        isSwapped(running, two);
        isDeleted(vc);
        client.everythingOnceAndInOrder(wire);
        vc.everythingOnceAndInOrder(wire);
    }

    @Test
    public void aDeactivationThatWaitsForItsClientEndsWhenThatReturnsWhatItHas() throws Exception {
        bothVersions();
        final LoadVc vc = client.another(VCS);
        succeeds(vc.call());
        vc.keep();
        vc.exchange(1);
        final CompletionStage<NdisResult<Void>> closed = vc.handle().closeCall();

        final CompletionStage<NdisResult<SwapReport>> running = library().swap(adapter, id(two));
        assertThat(isPending(closed)).as("an indicated NBL is not back").isTrue();
        vc.returnKept();

        succeeds(closed);
        isSwapped(running, two);
        isDeleted(vc);
        client.everythingOnceAndInOrder(wire);
        vc.everythingOnceAndInOrder(wire);
    }

    @Test
    public void aSwapThatIsAskedDuringASwapFollowsIt() throws Exception {
        bothVersions();
        // the next one that attaches itself is the NIC of the next version
        final FarEnd.Hold hold = wire.holdNext();
        final CompletionStage<NdisResult<SwapReport>> there = library().swap(adapter, id(two));
        hold.awaitReached();

        final CompletionStage<NdisResult<SwapReport>> back = library().swap(adapter, id(one));
        assertThat(isPending(there)).isTrue();
        assertThat(isPending(back)).isTrue();
        hold.release();

        assertThat(get(there).get().outcome()).isEqualTo(Outcome.SWAPPED);
        isSwapped(back, one);
        assertThat(library().swaps(adapter)).extracting(SwapReport::outcome).containsOnly(Outcome.SWAPPED);
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void callsAreMadeAndClosedWhileTheVersionsTakeTurns() throws Exception {
        bothVersions();
        final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        final Churn[] churns = new Churn[CALLERS];
        final List<Future<?>> running = new ArrayList<>();
        for (int i = 0; i < CALLERS; i++) {
            churns[i] = new Churn(client.another(VCS + i));
            final Churn churn = churns[i];
            running.add(callers.submit(() -> {
                churn.run();
                return true;
            }));
        }
        try {
            for (int i = 0; i < SWAPS_UNDER_CALLERS; i++) {
                isSwapped(library().swap(adapter, id(inTurn(i))), inTurn(i));
                for (final Churn churn : churns) {
                    churn.goesOn();
                }
            }
        } finally {
            for (final Churn churn : churns) {
                churn.stops = true;
            }
            callers.shutdown();
        }
        for (final Future<?> caller : running) {
            caller.get(60, TimeUnit.SECONDS);
        }
        assertThat(wire.attached()).isEqualTo(VCS);
        client.everythingOnceAndInOrder(wire);
        for (final Churn churn : churns) {
            churn.vc.everythingOnceAndInOrder(wire);
        }
    }

    /** Makes a call, uses it, ends it, again and again, on one circuit. */
    private static final class Churn {
        private final LoadVc vc;
        private final AtomicInteger calls = new AtomicInteger();
        private volatile boolean stops;

        Churn(final LoadVc vc) {
            this.vc = vc;
        }

        private void run() throws Exception {
            assertThat(vc.handle().deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
            while (!stops) {
                vc.create();
                succeeds(vc.call());
                vc.exchange(2);
                succeeds(vc.handle().closeCall());
                assertThat(vc.handle().deleteVc().status()).isEqualTo(NdisStatus.SUCCESS);
                calls.incrementAndGet();
            }
        }

        private void goesOn() {
            final int before = calls.get();
            await().atMost(SimulatedNics.PATIENCE).until(() -> calls.get() > before);
        }
    }

    @Test
    public void aCallThatIsMadeWhileTheOnlyBundleIsUpdatedIsConnectedByTheNextVersion() throws Exception {
        one = install(WireNic.class, "1.0.0", 0, true);
        client.load(VCS);
        awaitActive(one);
        for (int update = 2; update < 2 + UPDATES; update++) {
            one.stop();
            final LoadVc vc = client.another(VCS + update);
            final CompletionStage<? extends NdisResult<?>> made = vc.call();
            assertThat(isPending(made)).as("there is no backend").isTrue();

            one.update(NicBundle.of(WireNic.class, update + ".0.0", adapter, 0, true));
            one.start();

            succeeds(made);
            awaitActive(one);
            assertThat(one.getVersion().getMajor()).isEqualTo(update);
            vc.exchange(3);
            ends(vc);
            vc.everythingOnceAndInOrder(wire);
        }
        client.everythingOnceAndInOrder(wire);
    }
}
