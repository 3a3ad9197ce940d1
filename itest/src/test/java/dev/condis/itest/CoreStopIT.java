// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.condis.api.NdisResult;
import dev.condis.api.NdisStatus;
import dev.condis.api.ServiceProperties;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportAdapter;
import dev.condis.api.miniport.MiniportVc;
import dev.condis.api.miniport.MiniportVcContext;
import dev.condis.api.miniport.VcDataPath;
import dev.condis.api.oid.OidRequest;
import dev.condis.api.oid.OidResult;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.inject.Inject;
import org.junit.After;
import org.junit.Before;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceRegistration;

/** The core is stopped while backends come and go: none of them is left by its bundle before the core has halted it. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class CoreStopIT {
    private static final String ADAPTER = "it-stop";
    private static final int SECONDS = 60;

    @Inject
    private BundleContext context;

    private final SlowToHalt first = new SlowToHalt();
    private final SlowToHalt second = new SlowToHalt();
    private ServiceRegistration<CoMiniport> ofFirst;
    private ServiceRegistration<CoMiniport> ofSecond;
    private Bundle core;

    /** A NIC whose halt ends when the test says so. */
    private static final class SlowToHalt implements CoMiniport {
        private final AtomicInteger initialized = new AtomicInteger();
        private final CountDownLatch halting = new CountDownLatch(1);
        private final CountDownLatch mayHalt = new CountDownLatch(1);
        private volatile boolean halted;

        @Override
        public NdisStatus initialize(final MiniportAdapter adapter) {
            initialized.incrementAndGet();
            return NdisStatus.SUCCESS;
        }

        @Override
        public NdisResult<MiniportVcContext> createVc(final MiniportVc vc) {
            return NdisResult.failure(NdisStatus.RESOURCES);
        }

        @Override
        public CompletionStage<OidResult> oidRequest(final Optional<VcDataPath> vcContext, final OidRequest request) {
            return CompletableFuture.completedStage(OidResult.failure(NdisStatus.NOT_SUPPORTED));
        }

        @Override
        public void halt(final HaltAction action) {
            halting.countDown();
            assertThat(arrives(mayHalt)).isTrue();
            halted = true;
        }
    }

    private static boolean arrives(final CountDownLatch latch) {
        try {
            return latch.await(SECONDS, TimeUnit.SECONDS);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Configuration
    public Option[] framework() {
        return new Option[] {Container.product()};
    }

    @Before
    public void putTwoBackendsBelowTheCore() {
        core = Stream.of(context.getBundles())
                .filter(bundle -> "dev.condis.core".equals(bundle.getSymbolicName()))
                .findFirst()
                .orElseThrow();
        ofFirst = register(first, 2);
        await().atMost(SimulatedNics.PATIENCE).until(() -> first.initialized.get() == 1);
        ofSecond = register(second, 1);
    }

    private ServiceRegistration<CoMiniport> register(final CoMiniport nic, final int ranking) {
        final Map<String, Object> properties = Map.of(
                ServiceProperties.ADAPTER,
                ADAPTER,
                ServiceProperties.MEDIUM,
                "ETHERNET",
                Constants.SERVICE_RANKING,
                ranking);
        return context.registerService(CoMiniport.class, nic, new Hashtable<>(properties));
    }

    @After
    public void startTheCoreAgain() throws BundleException {
        first.mayHalt.countDown();
        second.mayHalt.countDown();
        core.start();
    }

    private CompletableFuture<Void> stopCore() {
        return CompletableFuture.runAsync(() -> {
            try {
                core.stop();
            } catch (final BundleException e) {
                throw new IllegalStateException(e);
            }
        });
    }

    @Test
    public void aBackendThatIsUnregisteredMeanwhileIsHeldUntilItIsHalted() throws Exception {
        final CompletableFuture<Void> stopped = stopCore();
        assertThat(arrives(first.halting)).isTrue();

        final CompletableFuture<Boolean> haltedBefore = CompletableFuture.supplyAsync(() -> {
            ofFirst.unregister();
            return first.halted;
        });
        // time for what is not held to come back
        assertThatThrownBy(() -> haltedBefore.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);
        first.mayHalt.countDown();

        assertThat(haltedBefore.get(SECONDS, TimeUnit.SECONDS)).isTrue();
        stopped.get(SECONDS, TimeUnit.SECONDS);
        ofSecond.unregister();
    }

    @Test
    public void noBackendTakesOverFromAnotherOne() throws Exception {
        first.mayHalt.countDown();

        stopCore().get(SECONDS, TimeUnit.SECONDS);

        assertThat(first.halted).isTrue();
        assertThat(second.initialized).hasValue(0);
        ofFirst.unregister();
        ofSecond.unregister();
    }
}
