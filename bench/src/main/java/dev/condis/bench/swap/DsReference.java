// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Hashtable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import org.apache.felix.framework.FrameworkFactory;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.framework.launch.Framework;

/**
 * A dynamic reference of Declarative Services, in a framework with Felix SCR: a better NIC is registered, so that the component is bound to it;
 * then the one before is unregistered and halted.
 */
final class DsReference implements Contender {
    private static final String PACKAGE = CallingComponent.class.getPackageName();
    private static final String COMPONENT = "OSGI-INF/calling.xml";
    private static final String DESCRIPTION =
            """
            <scr:component xmlns:scr="http://www.osgi.org/xmlns/scr/v1.3.0" name="calling" immediate="true">
              <implementation class="%1$s.CallingComponent"/>
              <service><provide interface="%1$s.CallingComponent"/></service>
              <reference name="nic" interface="%1$s.CircuitNic" cardinality="1..1" policy="dynamic"
                  policy-option="greedy" bind="bind" unbind="unbind"/>
            </scr:component>
            """
                    .formatted(PACKAGE);
    private static final List<String> SCR_BUNDLES = List.of(
            "org.osgi.util.function", "org.osgi.util.promise", "org.osgi.service.component", "org.apache.felix.scr");

    private final FarEnd farEnd;
    private final Duration transit;
    private final Path cache;
    private final Framework framework;
    private final CallingComponent component;
    private int ranking;
    private Registered active;

    private record Registered(Nic nic, ServiceRegistration<CircuitNic> registration) {
        void end() {
            registration.unregister();
            nic.halt();
        }
    }

    DsReference(final FarEnd farEnd, final Duration transit) throws IOException, BundleException {
        this.farEnd = farEnd;
        this.transit = transit;
        cache = Files.createTempDirectory("condis-bench");
        framework = new FrameworkFactory()
                .newFramework(Map.of(
                        Constants.FRAMEWORK_STORAGE,
                        cache.toString(),
                        Constants.FRAMEWORK_STORAGE_CLEAN,
                        Constants.FRAMEWORK_STORAGE_CLEAN_ONFIRSTINIT,
                        Constants.FRAMEWORK_SYSTEMPACKAGES_EXTRA,
                        PACKAGE));
        framework.start();
        final List<Bundle> bundles = new ArrayList<>();
        for (final String name : SCR_BUNDLES) {
            try (InputStream jar = DsReference.class.getResourceAsStream("/bundles/" + name + ".jar")) {
                bundles.add(framework.getBundleContext().installBundle(name, jar));
            }
        }
        bundles.add(framework.getBundleContext().installBundle("calling", componentBundle()));
        for (final Bundle bundle : bundles) {
            bundle.start();
        }
        active = register();
        final BundleContext context = framework.getBundleContext();
        final ServiceReference<CallingComponent> found = context.getServiceReference(CallingComponent.class);
        if (found == null) {
            throw new IllegalStateException("Declarative Services has not made the component");
        }
        component = context.getService(found);
    }

    private static InputStream componentBundle() throws IOException {
        final Manifest manifest = new Manifest();
        final Attributes headers = manifest.getMainAttributes();
        headers.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        headers.putValue(Constants.BUNDLE_MANIFESTVERSION, "2");
        headers.putValue(Constants.BUNDLE_SYMBOLICNAME, "calling");
        headers.putValue(Constants.IMPORT_PACKAGE, PACKAGE);
        headers.putValue("Service-Component", COMPONENT);
        final ByteArrayOutputStream content = new ByteArrayOutputStream();
        try (JarOutputStream jar = new JarOutputStream(content, manifest)) {
            jar.putNextEntry(new JarEntry(COMPONENT));
            jar.write(DESCRIPTION.getBytes(StandardCharsets.UTF_8));
            jar.closeEntry();
        }
        return new ByteArrayInputStream(content.toByteArray());
    }

    private Registered register() {
        ranking++;
        final Nic nic = new Nic(transit, DsReference::lose);
        return new Registered(
                nic,
                framework
                        .getBundleContext()
                        .registerService(
                                CircuitNic.class,
                                new NicService(nic),
                                new Hashtable<>(Map.of(Constants.SERVICE_RANKING, ranking))));
    }

    /** Nobody hears of it. The pool gets it back, so that the run can go on. */
    private static void lose(final NetBufferList nbl) {
        nbl.freeChain();
    }

    @Override
    public String title() {
        return "DS reference";
    }

    @Override
    public boolean send(final int circuit, final NetBufferList nbl) {
        return component.send(circuit, nbl);
    }

    @Override
    public long failed() {
        return 0;
    }

    @Override
    public Map<String, Duration> replace() {
        final Map<String, Duration> steps = new LinkedHashMap<>();
        final long began = System.nanoTime();
        final Registered next = register();
        final long bound = System.nanoTime();
        active.end();
        active = next;
        steps.put("bind, unbind", Duration.ofNanos(bound - began));
        steps.put("unregister, halt", Duration.ofNanos(System.nanoTime() - bound));
        return steps;
    }

    @Override
    public void close() {
        try {
            active.end();
            framework.stop();
            framework.waitForStop(0);
            try (Stream<Path> files = Files.walk(cache)) {
                for (final Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        } catch (final BundleException e) {
            throw new IllegalStateException(e);
        } catch (final IOException e) {
            throw new UncheckedIOException(e);
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private final class NicService implements CircuitNic {
        private final Nic nic;

        NicService(final Nic nic) {
            this.nic = nic;
        }

        @Override
        public int circuits() {
            return farEnd.size();
        }

        @Override
        public Circuit open(final int number) {
            final Nic.Port port = nic.open(farEnd.circuit(number), NetBufferList::freeChain);
            return new Circuit() {
                @Override
                public boolean send(final NetBufferList nbl) {
                    return port.send(nbl);
                }

                @Override
                public void close() {
                    port.close(() -> {});
                }
            };
        }
    }
}
