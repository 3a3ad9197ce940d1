// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.ServiceProperties;
import dev.condis.api.client.CoClient;
import dev.condis.api.management.NdisLibrary;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.example.HelloClient;
import dev.condis.example.LoopbackMiniport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Hashtable;
import java.util.Map;
import javax.inject.Inject;
import org.junit.Test;
import org.junit.runner.RunWith;
import org.ops4j.pax.exam.Configuration;
import org.ops4j.pax.exam.Option;
import org.ops4j.pax.exam.junit.PaxExam;
import org.ops4j.pax.exam.spi.reactors.ExamReactorStrategy;
import org.ops4j.pax.exam.spi.reactors.PerClass;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ConfigurationAdmin;

/** The README's client and adapter work as they stand there. */
@RunWith(PaxExam.class)
@ExamReactorStrategy(PerClass.class)
public class ReadmeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @Inject
    private BundleContext context;

    @Inject
    private ConfigurationAdmin configurations;

    @Inject
    private NdisLibrary library;

    @Configuration
    public Option[] framework() {
        return new Option[] {Container.product(), Container.property("condis.itest.basedir")};
    }

    @Test
    public void theClientHearsItselfThroughTheAdapter() throws Exception {
        final var pvc = configurations.createFactoryConfiguration("dev.condis.callmgr.pvc", "?");
        pvc.update(new Hashtable<>(Map.of("open", true)));
        final HelloClient client = new HelloClient();
        final ServiceRegistration<CoMiniport> adapter = context.registerService(
                CoMiniport.class,
                new LoopbackMiniport(),
                new Hashtable<>(Map.of(ServiceProperties.ADAPTER, "loop0", ServiceProperties.MEDIUM, "ETHERNET")));
        final ServiceRegistration<CoClient> registration = context.registerService(
                CoClient.class,
                client,
                new Hashtable<>(Map.of(ServiceProperties.ADAPTER_TARGET, "(condis.adapter=loop0)")));

        await().atMost(PATIENCE).untilAsserted(() -> assertThat(client.heard).containsExactly("hello, wire"));

        registration.unregister();
        adapter.unregister();
        pvc.delete();
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(library.adapters()).isEmpty());
        assertThat(library.violations()).as("what the verifier has found").isEmpty();
    }

    @Test
    public void theReadmeShowsThemToTheLetter() throws IOException {
        final Path base = Path.of(System.getProperty("condis.itest.basedir"));
        final String readme = Files.readString(base.resolve("../README.md"));
        for (final Class<?> example : new Class<?>[] {HelloClient.class, LoopbackMiniport.class}) {
            final String source = Files.readString(
                    base.resolve("src/test/java").resolve(example.getName().replace('.', '/') + ".java"));
            final String body = source.substring(source.indexOf("public final class"));
            assertThat(readme).as(example.getSimpleName()).contains("```java\n" + body + "```");
        }
    }
}
