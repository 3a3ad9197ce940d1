// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.Optional;
import org.pcap4j.core.Pcaps;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether libpcap can be used in this process. Asked once: a class whose static initializer failed for want of the native
 * library stays unusable until its bundle is refreshed, and so does the answer.
 */
final class Libpcap {

    private static final Logger LOG = LoggerFactory.getLogger(Libpcap.class);

    private record Probe(String version, String cause) {}

    private static final class Holder {
        static final Probe PROBE = probe();

        private static Probe probe() {
            try {
                return new Probe(Pcaps.libVersion(), "");
            } catch (LinkageError e) {
                LOG.debug("libpcap cannot be loaded", e);
                return new Probe("", "libpcap is missing (Debian: apt-get install libpcap0.8): " + rootMessage(e));
            }
        }

        private static String rootMessage(final Throwable error) {
            Throwable root = error;
            while (root.getCause() != null) {
                root = root.getCause();
            }
            final String message = String.valueOf(root.getMessage());
            final int line = message.indexOf('\n');
            return line < 0 ? message : message.substring(0, line);
        }
    }

    private Libpcap() {}

    /** Why libpcap cannot be used; empty if it can. */
    static Optional<String> unavailabilityCause() {
        return Optional.of(Holder.PROBE.cause()).filter(cause -> !cause.isEmpty());
    }

    /** The library's own version text; empty if it cannot be used. */
    static String version() {
        return Holder.PROBE.version();
    }
}
