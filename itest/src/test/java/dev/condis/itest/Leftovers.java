// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.itest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.condis.api.callmgr.CallManager;
import dev.condis.api.miniport.CoMiniport;
import dev.condis.api.miniport.MiniportCallManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/** Finds what a stopped driver left behind. */
final class Leftovers {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Set<String> threadsBefore = threads();

    /** Threads of adapters and call managers; the core's own come and go with its work. */
    private static Set<String> threads() {
        final Set<String> names = new TreeSet<>();
        for (final Thread thread : Thread.getAllStackTraces().keySet()) {
            if (thread.getName().startsWith("condis-sim") || thread.getName().startsWith("condis-pcap")) {
                names.add(thread.getName());
            }
        }
        return names;
    }

    static List<ServiceReference<?>> drivers(final BundleContext context) throws Exception {
        final List<ServiceReference<?>> found = new ArrayList<>();
        for (final Class<?> type : List.of(CoMiniport.class, MiniportCallManager.class, CallManager.class)) {
            final ServiceReference<?>[] references = context.getAllServiceReferences(type.getName(), null);
            if (references != null) {
                found.addAll(Arrays.asList(references));
            }
        }
        return found;
    }

    void assertNoThreads() {
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(threads()).as("threads").isSubsetOf(threadsBefore));
    }

    /** No thread, no registered service, no service in use of a bundle that was stopped. */
    void assertNoneOf(final Bundle stopped) {
        assertNoThreads();
        assertThat(stopped.getRegisteredServices())
                .as("services of %s", stopped)
                .isNull();
        assertThat(stopped.getServicesInUse())
                .as("services in use by %s", stopped)
                .isNull();
    }
}
