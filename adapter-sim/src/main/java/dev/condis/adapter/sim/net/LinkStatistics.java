// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

/**
 * What one direction of a link did so far. At rest {@code offered + duplicated = delivered + lost + outage}.
 *
 * @param offered PDUs that went onto the link
 * @param delivered PDUs that came out at its end
 * @param lost PDUs that the link lost by chance
 * @param duplicated additional copies made
 * @param reordered PDUs held back so that others overtook them
 * @param corrupted PDUs with a flipped bit
 * @param outage PDUs that were on the link when it went down
 * @param congestion PDUs that the switch dropped before the link because its queue was full
 * @param octets octets of the offered PDUs
 */
public record LinkStatistics(
        long offered,
        long delivered,
        long lost,
        long duplicated,
        long reordered,
        long corrupted,
        long outage,
        long congestion,
        long octets) {}
