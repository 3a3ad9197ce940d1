// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * What a miniport needs to activate a VC, {@code CO_MEDIA_PARAMETERS}.
 *
 * @param flags how the VC is used
 * @param receivePriority priority of received PDUs, 0 is the lowest
 * @param receiveSizeHint expected length of received PDUs in bytes, 0 when unknown
 * @param specific what the VC is on the medium, for example a VPI and VCI or a VLAN
 */
public record MediaParameters(
        Set<Flag> flags, int receivePriority, int receiveSizeHint, Optional<SpecificParameters> specific) {
    /** How a VC is used. */
    public enum Flag {
        /** Stamp received PDUs. */
        RECEIVE_TIME_INDICATION(0x1),
        /** Stamp sent PDUs; ignored where the medium cannot. */
        USE_TIME_STAMPS(0x2),
        /** The VC transmits. */
        TRANSMIT_VC(0x4),
        /** The VC receives. */
        RECEIVE_VC(0x8),
        /** Indicate damaged PDUs instead of dropping them. */
        INDICATE_ERRED_PACKETS(0x10),
        /** Complete sends only after transmission. */
        INDICATE_END_OF_TX(0x20),
        /** Reserve resources, do not activate yet. */
        RESERVE_RESOURCES_VC(0x40),
        /** The miniport may round the flow down and must report it (rule R82). */
        ROUND_DOWN_FLOW(0x80),
        /** The miniport may round the flow up and must report it (rule R82). */
        ROUND_UP_FLOW(0x100);

        private final int bit;

        Flag(final int bit) {
            this.bit = bit;
        }

        /**
         * The bit of {@code CO_MEDIA_PARAMETERS.Flags}.
         *
         * @return the bit
         */
        public int bit() {
            return bit;
        }
    }

    /** Copies the flags and checks the ranges. */
    public MediaParameters {
        flags = Set.copyOf(flags);
        Objects.requireNonNull(specific, "specific");
        if (receivePriority < 0) {
            throw new IllegalArgumentException("receivePriority is negative: " + receivePriority);
        }
        if (receiveSizeHint < 0) {
            throw new IllegalArgumentException("receiveSizeHint is negative: " + receiveSizeHint);
        }
    }

    /**
     * A VC that sends and receives.
     *
     * @param specific what the VC is on the medium
     * @return the parameters
     */
    public static MediaParameters duplex(final SpecificParameters specific) {
        return new MediaParameters(Set.of(Flag.TRANSMIT_VC, Flag.RECEIVE_VC), 0, 0, Optional.of(specific));
    }
}
