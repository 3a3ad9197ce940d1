// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

/**
 * What a switch did so far.
 *
 * @param forwarded PDUs put into the queue of a link; a copy counts
 * @param unroutable PDUs with a label without a circuit, or for an address that nobody has
 * @param damaged frames dropped because of a damaged check sequence (Ethernet)
 * @param signaling signaling messages understood
 * @param malformed octets on the signaling channel that are no message
 * @param activeCalls switched circuits that carry data now
 */
public record SwitchStatistics(
        long forwarded, long unroutable, long damaged, long signaling, long malformed, int activeCalls) {}
