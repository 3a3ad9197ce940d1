// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import dev.condis.api.media.MacAddress;
import java.util.Objects;

/**
 * A permanent circuit through the switch: what comes in with the one label on the one link goes out with the other label
 * on the other link, in both directions. It may name NICs that are not there yet.
 *
 * @param nicA one NIC
 * @param labelA the label on its link
 * @param nicB the other NIC
 * @param labelB the label on its link
 */
public record PermanentCircuit(MacAddress nicA, AtmLabel labelA, MacAddress nicB, AtmLabel labelB) {

    /** Checks that nothing is missing. */
    public PermanentCircuit {
        Objects.requireNonNull(nicA, "nicA");
        Objects.requireNonNull(labelA, "labelA");
        Objects.requireNonNull(nicB, "nicB");
        Objects.requireNonNull(labelB, "labelB");
    }
}
