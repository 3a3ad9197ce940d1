// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.itest.nic.WireNic;
import java.util.concurrent.TimeUnit;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;

/**
 * Two versions of one bundle, both installed, take turns in carrying a thousand VCs under load, in a real framework and as in production: without
 * the verifier. 20 times; 200 times with {@code -Dcondis.long=true}.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class SwapUnderLoadIT extends BackendsOnAWire {
    private static final int VCS = 1000;
    private static final int SWAPS = Boolean.getBoolean("condis.long") ? 200 : 20;

    private final int vcs;
    private final int swaps;

    public SwapUnderLoadIT() {
        this(VCS, SWAPS);
    }

    SwapUnderLoadIT(final int vcs, final int swaps) {
        this.vcs = vcs;
        this.swaps = swaps;
    }

    @Override
    @Configuration
    public Option[] framework() {
        return new Option[] {Container.unverified()};
    }

    @Test
    public void theVersionsTakeTurns() throws Exception {
        final Bundle one = install(WireNic.class, "1.0.0", 1, true);
        client.load(vcs);
        awaitActive(one);
        final Bundle two = install(WireNic.class, "2.0.0", 0, true);
        assertThat(two.loadClass(WireNic.class.getName())).isNotSameAs(one.loadClass(WireNic.class.getName()));
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(why().candidates()).hasSize(2));

        for (int i = 0; i < swaps; i++) {
            swapTo(i % 2 == 0 ? two : one);
        }

        client.everythingOnceAndInOrder(wire);
        System.out.printf(
                "%d swaps of %d VCs under load: %,d PDUs there and back, each once%n", swaps, vcs, wire.received());
    }

    private void swapTo(final Bundle next) throws Exception {
        final SwapReport report = library()
                .swap(adapter, id(next))
                .toCompletableFuture()
                .get(60, TimeUnit.SECONDS)
                .get();
        assertThat(report.outcome()).as(report.toString()).isEqualTo(Outcome.SWAPPED);
        assertThat(report.moved()).isEqualTo(vcs);
        awaitActive(next);
    }
}
