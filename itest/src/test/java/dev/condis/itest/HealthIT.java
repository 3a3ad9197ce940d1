// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.ServiceProperties;
import dev.condis.api.management.SwapReport.Cause;
import dev.condis.api.management.SwapReport.Outcome;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.itest.nic.WireNic;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.felix.hc.api.HealthCheck;
import org.apache.felix.hc.api.Result;
import org.apache.felix.hc.api.Result.Status;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.Configuration;

/** The product's health checks in a real framework, and health checks of others that demote a backend under calls. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class HealthIT extends BackendsOnAWire {
    private static final String ACCOUNTING = "Condis accounting";
    private static final String ADAPTERS = "Condis adapters";
    private static final long INTERVAL_MILLIS = 20;
    private static final int VCS = 20;

    private final AtomicReference<Result> verdict = new AtomicReference<>(new Result(Status.OK, "cool"));

    private Result run(final String name) throws InvalidSyntaxException {
        final ServiceReference<HealthCheck> found =
                context.getServiceReferences(HealthCheck.class, "(hc.name=" + name + ")").stream()
                        .findFirst()
                        .orElseThrow();
        try {
            return context.getService(found).execute();
        } finally {
            context.ungetService(found);
        }
    }

    private void is(final String check, final Status status, final String... words) {
        await().atMost(SimulatedNics.PATIENCE).untilAsserted(() -> {
            final Result result = run(check);
            assertThat(result.getStatus()).as("%s", result).isEqualTo(status);
            assertThat(result.toString()).contains(words);
        });
    }

    /** A check of somebody else, about backends that this filter matches. */
    private ServiceRegistration<HealthCheck> watch(final String target) throws Exception {
        final Configuration health = configurations.getConfiguration("dev.condis.health", "?");
        health.update(new Hashtable<>(Map.of("interval.millis", INTERVAL_MILLIS)));
        configured.push(health);
        return context.registerService(
                HealthCheck.class,
                verdict::get,
                new Hashtable<>(Map.of(HealthCheck.NAME, "thermometer", ServiceProperties.HEALTH_TARGET, target)));
    }

    private Optional<String> demotion(final ServiceRegistration<CoMiniport> backend) {
        return why().candidates().stream()
                .filter(candidate -> candidate.serviceId() == id(backend))
                .findFirst()
                .orElseThrow()
                .demotedCause();
    }

    @Test
    public void underLoadAllIsWell_andTheCountsAddUp() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);

        is(ADAPTERS, Status.OK, adapter + ": RUNNING");
        is(ACCOUNTING, Status.OK, VCS + " VCs");
        client.passes();
        final ServiceRegistration<CoMiniport> b = nic(2);
        is(ACCOUNTING, Status.OK, VCS + " VCs");
        awaitActive(b);
        is(ACCOUNTING, Status.OK, VCS + " VCs");
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void vcsThatWaitForABackendAreAWarning_andOneThatCannotBeUsedIsCritical() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);

        unregister(a);
        is(ADAPTERS, Status.WARN, "VCs wait for a backend");
        final ServiceRegistration<CoMiniport> b = nic(1);
        awaitActive(b);
        is(ADAPTERS, Status.OK, adapter + ": RUNNING");
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void anAdapterWithoutAUsableBackendIsCritical() {
        final Dictionary<String, Object> properties = properties(1);
        properties.put(ServiceProperties.AVAILABLE, false);
        properties.put(ServiceProperties.UNAVAILABLE_CAUSE, "no such interface");

        remember(context.registerService(CoMiniport.class, new WireNic(wire), properties));

        is(ADAPTERS, Status.CRITICAL, adapter + ": no backend carries it: no such interface");
    }

    @Test
    public void aCriticalCheckDemotesTheBackendUnderCalls_andItComesBackWhenAllIsWell() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(2);
        final ServiceRegistration<CoMiniport> b = nic(1);
        client.load(VCS);
        awaitActive(a);
        final ServiceRegistration<HealthCheck> check = watch("(" + Constants.SERVICE_ID + "=" + id(a) + ")");

        verdict.set(new Result(Status.CRITICAL, "too hot"));
        awaitActive(b);
        assertLast(Cause.DEMOTED, Outcome.SWAPPED);
        assertThat(lastSwap().moved()).isEqualTo(VCS);
        assertThat(demotion(a)).contains("health check 'thermometer': too hot");

        verdict.set(new Result(Status.OK, "cool"));
        awaitActive(a);
        assertThat(demotion(a)).isEmpty();
        check.unregister();
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void whatACheckSaysIsForgottenWithIt() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(2);
        final ServiceRegistration<CoMiniport> b = nic(1);
        client.load(VCS);
        awaitActive(a);
        verdict.set(new Result(Status.CRITICAL, "too hot"));
        final ServiceRegistration<HealthCheck> check =
                watch("(&(" + ServiceProperties.ADAPTER + "=" + adapter + ")(" + Constants.SERVICE_RANKING + "=2))");
        awaitActive(b);

        check.unregister();

        awaitActive(a);
        assertThat(demotion(a)).isEmpty();
        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(Thread.getAllStackTraces().keySet())
                        .extracting(Thread::getName)
                        .noneMatch(name -> name.startsWith("condis-health")));
        client.everythingOnceAndInOrder(wire);
    }

    @Test
    public void theOnlyBackendGoesOnThoughItIsDemoted() throws Exception {
        final ServiceRegistration<CoMiniport> a = nic(1);
        client.load(VCS);
        awaitActive(a);
        verdict.set(new Result(Status.CRITICAL, "too hot"));
        final ServiceRegistration<HealthCheck> check = watch("(" + ServiceProperties.ADAPTER + "=" + adapter + ")");

        await().atMost(SimulatedNics.PATIENCE)
                .untilAsserted(() -> assertThat(demotion(a)).isPresent());
        client.passes();
        assertThat(why().active()).hasValue(id(a));
        is(ADAPTERS, Status.WARN, "the active backend is demoted");
        check.unregister();
        client.everythingOnceAndInOrder(wire);
    }
}
