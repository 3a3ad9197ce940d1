// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.LinkProfile;
import dev.condis.api.media.MacAddress;
import java.util.Objects;

/**
 * How a simulated NIC is made.
 *
 * @param address its address on the network
 * @param link what its link does
 * @param receiveBuffers NBLs for received PDUs of up to 2048 octets
 * @param largeReceiveBuffers NBLs for longer ones, and for short ones when the others are out
 * @param asyncCompletions activations and deactivations complete in a later turn of the network instead of on return
 * @param copyWhenExhausted a PDU for which no NBL is left is indicated with {@code RECEIVE_RESOURCES} instead of being
 *     dropped and counted
 */
public record SimNicOptions(
        MacAddress address,
        LinkProfile link,
        int receiveBuffers,
        int largeReceiveBuffers,
        boolean asyncCompletions,
        boolean copyWhenExhausted) {

    /** NBLs for short PDUs, unless told otherwise. */
    public static final int DEFAULT_RECEIVE_BUFFERS = 4096;

    /** NBLs for long PDUs, unless told otherwise. */
    public static final int DEFAULT_LARGE_RECEIVE_BUFFERS = 64;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if there are no buffers
     */
    public SimNicOptions {
        Objects.requireNonNull(address, "address");
        Objects.requireNonNull(link, "link");
        if (receiveBuffers < 1 || largeReceiveBuffers < 1) {
            throw new IllegalArgumentException(
                    "a NIC needs receive buffers: " + receiveBuffers + ", " + largeReceiveBuffers);
        }
    }

    /**
     * A NIC on an ideal link that completes everything at once.
     *
     * @param address its address
     * @return the options to start from
     */
    public static SimNicOptions of(MacAddress address) {
        return new SimNicOptions(
                address, LinkProfile.ideal(), DEFAULT_RECEIVE_BUFFERS, DEFAULT_LARGE_RECEIVE_BUFFERS, false, false);
    }

    /**
     * These options with another link.
     *
     * @param profile what the link does
     * @return new options
     */
    public SimNicOptions withLink(LinkProfile profile) {
        return new SimNicOptions(
                address, profile, receiveBuffers, largeReceiveBuffers, asyncCompletions, copyWhenExhausted);
    }

    /**
     * These options with other receive buffers.
     *
     * @param small NBLs for PDUs of up to 2048 octets
     * @param large NBLs for longer ones
     * @param copy indicate with {@code RECEIVE_RESOURCES} when all are out
     * @return new options
     */
    public SimNicOptions withReceiveBuffers(int small, int large, boolean copy) {
        return new SimNicOptions(address, link, small, large, asyncCompletions, copy);
    }

    /**
     * These options with completions in a later turn, or at once.
     *
     * @param async true for a later turn
     * @return new options
     */
    public SimNicOptions withAsyncCompletions(boolean async) {
        return new SimNicOptions(address, link, receiveBuffers, largeReceiveBuffers, async, copyWhenExhausted);
    }
}
