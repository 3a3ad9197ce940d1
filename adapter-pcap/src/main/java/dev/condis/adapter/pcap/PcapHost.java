// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * What an adapter needs from outside.
 *
 * @param epochNanos the clock, nanoseconds since 1970
 * @param status is told what becomes of the link
 * @param linkProbe knows the state of interfaces
 * @param backend the way to the wire
 */
record PcapHost(LongSupplier epochNanos, LinkStatus status, LinkProbe linkProbe, FrameBackend backend) {

    /** Checks that nothing is missing. */
    PcapHost {
        Objects.requireNonNull(epochNanos, "epochNanos");
        Objects.requireNonNull(status, "status");
        Objects.requireNonNull(linkProbe, "linkProbe");
        Objects.requireNonNull(backend, "backend");
    }

    /** The way to the wire that every adapter takes for which nobody has chosen another one: pcap4j. */
    PcapHost(final LongSupplier epochNanos, final LinkStatus status, final LinkProbe linkProbe) {
        this(epochNanos, status, linkProbe, new Pcap4jBackend());
    }
}
