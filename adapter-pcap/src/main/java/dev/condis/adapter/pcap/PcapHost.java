// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.function.LongSupplier;

/**
 * What an adapter needs from outside.
 *
 * @param epochNanos the clock, nanoseconds since 1970
 * @param status is told what becomes of the link
 * @param linkProbe knows the state of interfaces
 */
record PcapHost(LongSupplier epochNanos, LinkStatus status, LinkProbe linkProbe) {}
