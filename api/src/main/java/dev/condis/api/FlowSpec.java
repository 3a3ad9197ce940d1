// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.util.Objects;

/**
 * Traffic in one direction, {@code FLOWSPEC}. A value of {@link #UNSPECIFIED} leaves the choice to call manager and miniport.
 *
 * @param tokenRate sustained rate in bytes per second
 * @param tokenBucketSize burst in bytes
 * @param peakBandwidth peak rate in bytes per second
 * @param latency tolerated delay in microseconds
 * @param delayVariation tolerated variation of the delay in microseconds
 * @param serviceType what the network promises
 * @param maxSduSize longest PDU in bytes
 * @param minimumPolicedSize PDUs shorter than this count as this many bytes
 */
public record FlowSpec(
        long tokenRate,
        long tokenBucketSize,
        long peakBandwidth,
        long latency,
        long delayVariation,
        ServiceType serviceType,
        long maxSduSize,
        long minimumPolicedSize) {
    /** "Not specified": the DDI's all-ones {@code QOS_NOT_SPECIFIED}. */
    public static final long UNSPECIFIED = 0xFFFF_FFFFL;

    /** What the network promises, {@code SERVICETYPE}. */
    public enum ServiceType {
        /** No traffic in this direction. */
        NOTRAFFIC,
        /** Best effort. */
        BESTEFFORT,
        /** Controlled load. */
        CONTROLLEDLOAD,
        /** Guaranteed. */
        GUARANTEED
    }

    /** Checks the ranges: every number is an unsigned 32-bit value. */
    public FlowSpec {
        unsigned32("tokenRate", tokenRate);
        unsigned32("tokenBucketSize", tokenBucketSize);
        unsigned32("peakBandwidth", peakBandwidth);
        unsigned32("latency", latency);
        unsigned32("delayVariation", delayVariation);
        Objects.requireNonNull(serviceType, "serviceType");
        unsigned32("maxSduSize", maxSduSize);
        unsigned32("minimumPolicedSize", minimumPolicedSize);
    }

    /**
     * Best effort, nothing specified.
     *
     * @return the flow specification
     */
    public static FlowSpec bestEffort() {
        return new FlowSpec(
                UNSPECIFIED,
                UNSPECIFIED,
                UNSPECIFIED,
                UNSPECIFIED,
                UNSPECIFIED,
                ServiceType.BESTEFFORT,
                UNSPECIFIED,
                UNSPECIFIED);
    }

    /**
     * A guaranteed rate.
     *
     * @param bytesPerSecond token rate and peak bandwidth in bytes per second
     * @param maxSduSize longest PDU in bytes
     * @return the flow specification
     */
    public static FlowSpec guaranteed(final long bytesPerSecond, final long maxSduSize) {
        return new FlowSpec(
                bytesPerSecond,
                UNSPECIFIED,
                bytesPerSecond,
                UNSPECIFIED,
                UNSPECIFIED,
                ServiceType.GUARANTEED,
                maxSduSize,
                UNSPECIFIED);
    }

    /**
     * This flow at another rate.
     *
     * @param bytesPerSecond token rate and peak bandwidth in bytes per second
     * @return the changed flow specification
     */
    public FlowSpec withRate(final long bytesPerSecond) {
        return new FlowSpec(
                bytesPerSecond,
                tokenBucketSize,
                bytesPerSecond,
                latency,
                delayVariation,
                serviceType,
                maxSduSize,
                minimumPolicedSize);
    }

    private static void unsigned32(final String name, final long value) {
        if (value < 0 || value > UNSPECIFIED) {
            throw new IllegalArgumentException(name + " is not an unsigned 32-bit number: " + value);
        }
    }
}
