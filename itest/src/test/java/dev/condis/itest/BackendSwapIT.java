// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.NdisStatus;
import dev.condis.api.management.SwapReport;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.itest.nic.StillbornNic;
import dev.condis.itest.nic.WireNic;
import dev.condis.itest.nic.WireNic.Fault;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceFactory;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.Version;

/**
 * Backends come, go, break and change their rank under calls that carry traffic, in a real framework: everything that Declarative Services gets
 * wrong, or leaves to the consumer, when the service behind a reference is replaced. Each case ends with a backend that works, and with every
 * PDU of every VC delivered once and in order, both ways.
 */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class BackendSwapIT extends BackendsOnAWire {
    private static final String FAIL_BACK = "swap.failback";
    private static final int VCS = 50;

    // --- better ones, and the end of one ---

    @Test
    public void aBetterBackendTakesOver_andTheOneBeforeIsNotMissed() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);

        final ServiceRegistration<CoMiniport> b = nic(2);
        awaitActive(b);
        assertLast(Cause.BETTER_CANDIDATE, Outcome.SWAPPED);
        assertThat(lastSwap().moved()).isEqualTo(VCS);
        unregister(a);
        client.passes();

        assertThat(library().swaps(adapter)).hasSize(1);
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void aBackendThatLeavesIsReplacedWhileItStillWorks() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(2);
        final ServiceRegistration<CoMiniport> b = nic(1);
        client.load(VCS);
        awaitActive(a);

        unregister(a);

        assertThat(why().active()).as("before the service is gone").hasValue(id(b));
        awaitActive(b);
        assertLast(Cause.UNREGISTERED, Outcome.SWAPPED);
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void callsOutliveTheOnlyBackend() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);

        unregister(a);
        assertThat(why().active()).isEqualTo(OptionalLong.empty());
        assertLast(Cause.UNREGISTERED, Outcome.PARKED);
        assertThat(lastSwap().parked()).isEqualTo(VCS);

        final ServiceRegistration<CoMiniport> b = nic(0);
        awaitActive(b);
        assertLast(Cause.RETURNED, Outcome.SWAPPED);
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void aRankingThatIsRaisedMovesTheAdapter_andOneThatIsLowered() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(2);
        final ServiceRegistration<CoMiniport> b = nic(1);
        client.load(VCS);
        awaitActive(a);

        b.setProperties(properties(3));
        awaitActive(b);
        assertLast(Cause.BETTER_CANDIDATE, Outcome.SWAPPED);

        b.setProperties(properties(0));
        awaitActive(a);
        client.everythingOnceAndInOrder(wire);
    }

    // --- successors that do not work ---

    /** It is better, and broken: A stays. Then A leaves, and a healthy one comes. */
    private void isSurvived(final AutoCloseable broken, final ServiceRegistration<CoMiniport> a) throws Exception {
        client.passes();
        assertThat(why().active()).as("A stays").hasValue(id(a));

        unregister(a);
        final ServiceRegistration<CoMiniport> c = nic(5);
        awaitActive(c);

        broken.close();
        client.passes();
        assertThat(why().active()).as("nobody misses it").hasValue(id(c));
        client.everythingOnceAndInOrder(wire);
    }

    /** As before, but the healthy one comes while A is still there. */
    private void isPassedOver(final IntConsumer registersBroken) throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);
        registersBroken.accept(10);
        final ServiceRegistration<CoMiniport> c = nic(5);
        awaitActive(c);
        unregister(a);
        client.passes();
        assertThat(why().active()).hasValue(id(c));
        client.everythingOnceAndInOrder(wire);
    }

    private void refuses(final Fault fault) throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);

        final WireNic nic = new WireNic(wire).with(fault);
        final ServiceRegistration<CoMiniport> b = register(nic, 10);

        assertLast(Cause.BETTER_CANDIDATE, Outcome.REFUSED);
        assertThat(why().candidates())
                .filteredOn(candidate -> candidate.serviceId() == id(b))
                .singleElement()
                .satisfies(candidate -> assertThat(candidate.lastFailure()).isPresent());
        isSurvived(() -> unregister(b), a);
        assertThat(nic.circuits()).as("nothing stays at the broken one").isZero();
        assertThat(nic.outstanding()).isZero();
    }

    @Test
    public void aSuccessorWhoseInitializeThrowsIsRefused() throws Exception {
        broken.add("R3");
        refuses(Fault.INITIALIZE_THROWS);
    }

    @Test
    public void aSuccessorWhoseInitializeFailsIsRefused() throws Exception {
        refuses(Fault.INITIALIZE_FAILS);
    }

    @Test
    public void aSuccessorThatDoesNotRestartIsRefused() throws Exception {
        refuses(Fault.RESTART_FAILS);
    }

    @Test
    public void aSuccessorThatThrowsWhenItGetsAVcIsRefused() throws Exception {
        broken.add("R3");
        refuses(Fault.CREATE_THROWS);
    }

    @Test
    public void aSuccessorThatActivatesNoVcIsRefused() throws Exception {
        refuses(Fault.ACTIVATE_FAILS);
    }

    @Test
    public void aHealthyOneIsPreferredToABetterOneThatIsBroken() throws Exception {
        broken.add("R3");
        isPassedOver(ranking -> register(new WireNic(wire).with(Fault.INITIALIZE_THROWS), ranking));
    }

    @Test
    public void aDelayedComponentWhoseActivationThrowsIsPassedOver() throws Exception {
        aComponentWhoseActivationThrowsIsSurvived(false);
    }

    @Test
    public void anImmediateComponentWhoseActivationThrowsIsPassedOver() throws Exception {
        aComponentWhoseActivationThrowsIsSurvived(true);
    }

    private void aComponentWhoseActivationThrowsIsSurvived(final boolean immediate) throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);
        final Bundle stillborn = install(StillbornNic.class, 10, immediate);
        assertThat(stillborn.getRegisteredServices()).as("its service is there").hasSize(1);
        isSurvived(stillborn::stop, a);
    }

    /** A service of which only the framework knows that it has no object. */
    private ServiceRegistration<CoMiniport> registerFactory(final Function<Bundle, CoMiniport> makes) {
        final ServiceFactory<CoMiniport> factory = new ServiceFactory<>() {
            @Override
            public CoMiniport getService(final Bundle bundle, final ServiceRegistration<CoMiniport> registration) {
                return makes.apply(bundle);
            }

            @Override
            public void ungetService(
                    final Bundle bundle, final ServiceRegistration<CoMiniport> registration, final CoMiniport service) {
                throw new AssertionError("it was never got");
            }
        };
        return remember(context.registerService(CoMiniport.class, factory, properties(10)));
    }

    @Test
    public void aServiceThatThrowsWhenItIsGotIsPassedOver() throws Exception {
        isPassedOver(ranking -> registerFactory(bundle -> {
            throw new IllegalStateException("not for " + bundle);
        }));
    }

    @Test
    public void aServiceWithoutAnObjectIsPassedOver() throws Exception {
        isPassedOver(ranking -> registerFactory(bundle -> null));
    }

    @Test
    public void whenAllElseIsBrokenTheCallsWaitForOneThatWorks() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);
        register(new WireNic(wire).with(Fault.ACTIVATE_FAILS), 0);

        unregister(a);
        final ServiceRegistration<CoMiniport> c = nic(5);

        awaitActive(c);
        client.everythingOnceAndInOrder(wire);
    }

    // --- operators, and configuration ---

    @Test
    public void anOperatorSwapsPinsAndUnpins() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(2);
        final ServiceRegistration<CoMiniport> b = nic(1);
        client.load(VCS);
        awaitActive(a);

        assertThat(library()
                        .swap(adapter, id(b))
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .get()
                        .outcome())
                .isEqualTo(Outcome.SWAPPED);
        awaitActive(b);
        assertThat(library()
                        .pin(adapter, id(b))
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        final ServiceRegistration<CoMiniport> c = nic(3);
        client.passes();
        assertThat(why().active()).hasValue(id(b));
        assertThat(why().pinned()).hasValue(id(b));

        assertThat(library()
                        .unpin(adapter)
                        .toCompletableFuture()
                        .get(60, TimeUnit.SECONDS)
                        .status())
                .isEqualTo(NdisStatus.SUCCESS);
        awaitActive(c);
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void failBackIsConfiguredUnderCalls() throws Exception {
        changePolicy(Map.of(FAIL_BACK, "MANUAL"));
        final long service = (Long) libraryReference().getProperty(Constants.SERVICE_ID);
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);
        final ServiceRegistration<CoMiniport> b = nic(2);
        client.passes();
        assertThat(why().active()).as("the better one waits").hasValue(id(a));
        assertThat(why().reason()).contains("MANUAL");

        changePolicy(Map.of(FAIL_BACK, "AUTOMATIC"));

        awaitActive(b);
        assertThat(libraryReference().getProperty(Constants.SERVICE_ID))
                .as("the component was not activated again")
                .isEqualTo(service);
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void whatHoldsForAllAdaptersIsConfiguredUnderCalls_andCallsEndWithoutGrace() throws Exception {
        final long service = (Long) libraryReference().getProperty(Constants.SERVICE_ID);
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);
        configureCore(Map.of(GRACE, 0L));
        client.passes();

        unregister(a);

        assertThat(client.areAllDeleted()).isTrue();
        assertThat(library().adapters()).isEmpty();
        assertThat(libraryReference().getProperty(Constants.SERVICE_ID))
                .as("the component was not activated again")
                .isEqualTo(service);
    }

    // --- a bundle is updated ---

    @Test
    public void theBundleOfTheOnlyBackendIsUpdatedUnderLoad() throws Exception {
        final Bundle bundle = install(WireNic.class, 0, false);
        client.load(VCS);
        client.passes();
        final long before = why().active().orElseThrow();
        final Class<?> oldClass = bundle.loadClass(WireNic.class.getName());

        bundle.stop();
        bundle.update(NicBundle.of(WireNic.class, "2.0.0", adapter, 0, false));
        bundle.start();

        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(why().active()).isPresent());
        client.passes();
        assertThat(bundle.getVersion()).isEqualTo(new Version(2, 0, 0));
        assertThat(bundle.loadClass(WireNic.class.getName())).isNotSameAs(oldClass);
        assertThat(why().active()).isNotEqualTo(OptionalLong.of(before));
        assertThat(library().swaps(adapter))
                .extracting(SwapReport::outcome)
                .containsExactly(Outcome.PARKED, Outcome.SWAPPED);
        assertThat(lastSwap().moved()).isEqualTo(VCS);
        client.everythingOnceAndInOrder(wire);
        final SwapReport parking = library().swaps(adapter).get(0);
        final SwapReport returning = lastSwap();
        System.out.printf(
                "bundle 1.0.0 -> 2.0.0 under %d VCs: no backend for %d ms (parked in %d ms, back on one within %d ms), 0 lost%n",
                VCS,
                Duration.between(parking.began(), returning.began())
                        .plus(returning.took())
                        .toMillis(),
                parking.took().toMillis(),
                returning.took().toMillis());
    }

    @Test
    public void aNewerVersionBesideTheOldTakesOver() throws Exception {
        final Bundle old = install(WireNic.class, 0, false);
        client.load(VCS);
        client.passes();

        final Bundle newer = install(WireNic.class, "2.0.0", 1, true);

        awaitActive(newer);
        assertThat(newer.loadClass(WireNic.class.getName())).isNotSameAs(old.loadClass(WireNic.class.getName()));
        uninstall(old);
        client.passes();
        assertLast(Cause.BETTER_CANDIDATE, Outcome.SWAPPED);
        client.everythingOnceAndInOrder(wire);
    }
}
