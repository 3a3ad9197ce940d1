// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.EnumSet;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The parameters of a call, {@code CO_CALL_PARAMETERS}. Immutable: whoever changes them hands back another value with
 * {@link Flag#CALL_PARAMETERS_CHANGED} set (rules R120, R132, R143).
 *
 * @param flags what is asked for, or what was changed
 * @param callManager what the call manager uses to set the call up
 * @param media what the miniport uses to activate the VC
 */
public record CallParameters(
        Set<Flag> flags, Optional<CallManagerParameters> callManager, Optional<MediaParameters> media) {
    /** Flags of a call. */
    public enum Flag {
        /** The call is on a permanent circuit. */
        PERMANENT_VC(0x1),
        /** The party that hands the parameters back has changed them. */
        CALL_PARAMETERS_CHANGED(0x2),
        /** Asks for the parameters in force. */
        QUERY_CALL_PARAMETERS(0x4),
        /** The VC is a broadcast VC. */
        BROADCAST_VC(0x8),
        /** The call is point-to-multipoint. */
        MULTIPOINT_VC(0x10);

        private final int bit;

        Flag(final int bit) {
            this.bit = bit;
        }

        /**
         * The bit of {@code CO_CALL_PARAMETERS.Flags}.
         *
         * @return the bit
         */
        public int bit() {
            return bit;
        }
    }

    /** Copies the flags and checks that nothing is missing. */
    public CallParameters {
        flags = Set.copyOf(flags);
        Objects.requireNonNull(callManager, "callManager");
        Objects.requireNonNull(media, "media");
    }

    /**
     * A best-effort call.
     *
     * @return the parameters
     */
    public static CallParameters bestEffort() {
        return new CallParameters(Set.of(), Optional.of(CallManagerParameters.bestEffort()), Optional.empty());
    }

    /**
     * A call with parameters for the call manager.
     *
     * @param callManager the parameters
     * @return the parameters of the call
     */
    public static CallParameters of(final CallManagerParameters callManager) {
        return new CallParameters(Set.of(), Optional.of(callManager), Optional.empty());
    }

    /**
     * A call on the permanent circuit that the media parameters name.
     *
     * @param media the circuit
     * @return the parameters of the call
     */
    public static CallParameters permanent(final MediaParameters media) {
        return new CallParameters(Set.of(Flag.PERMANENT_VC), Optional.empty(), Optional.of(media));
    }

    /**
     * Tells whether a flag is set.
     *
     * @param flag the flag
     * @return {@code true} when it is set
     */
    public boolean has(final Flag flag) {
        return flags.contains(flag);
    }

    /**
     * These parameters with one more flag.
     *
     * @param flag the flag
     * @return the parameters
     */
    public CallParameters with(final Flag flag) {
        final Set<Flag> more = EnumSet.of(flag);
        more.addAll(flags);
        return new CallParameters(more, callManager, media);
    }

    /**
     * These parameters without a flag.
     *
     * @param flag the flag
     * @return the parameters
     */
    public CallParameters without(final Flag flag) {
        final Set<Flag> fewer = EnumSet.noneOf(Flag.class);
        fewer.addAll(flags);
        fewer.remove(flag);
        return new CallParameters(fewer, callManager, media);
    }

    /**
     * These parameters with other media parameters.
     *
     * @param other the media parameters
     * @return the parameters
     */
    public CallParameters withMedia(final MediaParameters other) {
        return new CallParameters(flags, callManager, Optional.of(other));
    }

    /**
     * These parameters with other call manager parameters.
     *
     * @param other the call manager parameters
     * @return the parameters
     */
    public CallParameters withCallManager(final CallManagerParameters other) {
        return new CallParameters(flags, Optional.of(other), media);
    }
}
