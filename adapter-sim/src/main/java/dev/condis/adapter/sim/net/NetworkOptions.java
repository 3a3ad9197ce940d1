// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.util.Objects;

/**
 * How a simulated network is made.
 *
 * @param name its name
 * @param medium what all its links are
 * @param seed of everything random; each direction of each link draws from a sequence of its own, so that it does not
 *     depend on the order in which NICs are attached
 * @param firstVci first VCI that a switched circuit can get on a link, with VPI 0
 * @param lastVci last one
 */
public record NetworkOptions(String name, SimMedium medium, long seed, int firstVci, int lastVci) {

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the range of VCIs is empty or meets the reserved ones
     */
    public NetworkOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(medium, "medium");
        if (firstVci < AtmLabel.FIRST_USER_VCI || lastVci < firstVci || lastVci > AtmLabel.MAX_VCI) {
            throw new IllegalArgumentException("no range of VCIs: " + firstVci + ".." + lastVci);
        }
    }

    /**
     * A network with every VCI a user can have.
     *
     * @param name its name
     * @param medium what its links are
     * @param seed of everything random
     * @return the options
     */
    public static NetworkOptions of(String name, SimMedium medium, long seed) {
        return new NetworkOptions(name, medium, seed, AtmLabel.FIRST_USER_VCI, AtmLabel.MAX_VCI);
    }

    /**
     * These options with fewer circuits to give.
     *
     * @param first first VCI
     * @param last last VCI
     * @return new options
     */
    public NetworkOptions withVcis(int first, int last) {
        return new NetworkOptions(name, medium, seed, first, last);
    }
}
