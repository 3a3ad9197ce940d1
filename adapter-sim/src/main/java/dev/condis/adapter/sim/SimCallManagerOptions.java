// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import java.time.Duration;
import java.util.Objects;

/**
 * How a signaling engine works.
 *
 * @param signalingTimeout how long the network may take to answer a message; it is asked twice
 * @param answerTimeout how long the called party may take to answer
 * @param activateBeforeOffer incoming calls: activate the VC before the client is asked, or after it accepted (C4)
 * @param reuseVcs keep the VCs of incoming calls for further calls to the same client (R114) instead of deleting them
 */
public record SimCallManagerOptions(
        Duration signalingTimeout, Duration answerTimeout, boolean activateBeforeOffer, boolean reuseVcs) {

    /** Checks that nothing is missing. */
    public SimCallManagerOptions {
        Objects.requireNonNull(signalingTimeout, "signalingTimeout");
        Objects.requireNonNull(answerTimeout, "answerTimeout");
    }

    /**
     * 4 s as T303 of Q.2931 has; 50 s to answer, so that a call is given up here before the core gives up waiting for it (its
     * default is a minute); activation after acceptance, VCs deleted after each call.
     *
     * @return the options to start from
     */
    public static SimCallManagerOptions defaults() {
        return new SimCallManagerOptions(Duration.ofSeconds(4), Duration.ofSeconds(50), false, false);
    }

    /**
     * These options with activation before or after acceptance.
     *
     * @param before true for before
     * @return new options
     */
    public SimCallManagerOptions withActivationBeforeOffer(boolean before) {
        return new SimCallManagerOptions(signalingTimeout, answerTimeout, before, reuseVcs);
    }

    /**
     * These options with or without reuse of VCs.
     *
     * @param reuse true to keep VCs
     * @return new options
     */
    public SimCallManagerOptions withReusedVcs(boolean reuse) {
        return new SimCallManagerOptions(signalingTimeout, answerTimeout, activateBeforeOffer, reuse);
    }
}
