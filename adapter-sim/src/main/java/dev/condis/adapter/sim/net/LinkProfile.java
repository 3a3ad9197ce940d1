// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.time.Duration;
import java.util.Objects;

/**
 * What the link between a NIC and the switch does to a PDU; both directions are alike, with random sequences of their
 * own. Probabilities are per PDU, 0 to 1.
 *
 * @param bitsPerSecond rate; 0 takes no time to send. A PDU takes {@link SimMedium#wireBits} / rate, rounded up to a
 *     nanosecond
 * @param latency from the last bit sent to the arrival
 * @param jitter added to the latency, uniform between zero and this
 * @param loss the PDU uses the link and never arrives
 * @param duplication the PDU arrives twice
 * @param reordering the PDU is held back by {@code reorderDelay}, so that later ones overtake it; without it order is
 *     kept whatever the jitter
 * @param reorderDelay how long a reordered PDU is held back
 * @param corruption one bit is flipped and the PDU is marked as damaged, as a failed CRC would
 * @param queueCapacity how many PDUs wait in the switch for the link, and how many may be on their way on it
 * @param dropWhenFull true: the switch drops what does not fit in the queue and counts it; false: it holds back the
 *     senders, nothing is lost
 * @param impairSignaling false: loss, duplication, reordering and corruption spare the signaling channel VPI 0/VCI 5,
 *     as an assured link layer below signaling would
 */
public record LinkProfile(
        long bitsPerSecond,
        Duration latency,
        Duration jitter,
        double loss,
        double duplication,
        double reordering,
        Duration reorderDelay,
        double corruption,
        int queueCapacity,
        boolean dropWhenFull,
        boolean impairSignaling) {

    /** PDUs that wait for a link, unless told otherwise. */
    public static final int DEFAULT_QUEUE_CAPACITY = 4096;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a value is out of range
     */
    public LinkProfile {
        requireNotNegative(bitsPerSecond, "bitsPerSecond");
        requireNotNegative(latency.toNanos(), "latency");
        requireNotNegative(jitter.toNanos(), "jitter");
        requireNotNegative(reorderDelay.toNanos(), "reorderDelay");
        requireProbability(loss, "loss");
        requireProbability(duplication, "duplication");
        requireProbability(reordering, "reordering");
        requireProbability(corruption, "corruption");
        if (queueCapacity < 1) {
            throw new IllegalArgumentException("queueCapacity must be positive: " + queueCapacity);
        }
    }

    /**
     * A link that is infinitely fast and loses nothing.
     *
     * @return the profile to start from
     */
    public static LinkProfile ideal() {
        return new LinkProfile(
                0,
                Duration.ZERO,
                Duration.ZERO,
                0,
                0,
                0,
                Duration.ofMillis(1),
                0,
                DEFAULT_QUEUE_CAPACITY,
                false,
                false);
    }

    /**
     * This profile with another rate.
     *
     * @param newBitsPerSecond bits per second, 0 for unlimited
     * @return a new profile
     */
    public LinkProfile withRate(long newBitsPerSecond) {
        return new LinkProfile(
                newBitsPerSecond,
                latency,
                jitter,
                loss,
                duplication,
                reordering,
                reorderDelay,
                corruption,
                queueCapacity,
                dropWhenFull,
                impairSignaling);
    }

    /**
     * This profile with another latency and jitter.
     *
     * @param newLatency fixed part
     * @param newJitter largest random addition
     * @return a new profile
     */
    public LinkProfile withLatency(Duration newLatency, Duration newJitter) {
        return new LinkProfile(
                bitsPerSecond,
                newLatency,
                newJitter,
                loss,
                duplication,
                reordering,
                reorderDelay,
                corruption,
                queueCapacity,
                dropWhenFull,
                impairSignaling);
    }

    /**
     * This profile with another loss.
     *
     * @param probability 0 to 1
     * @return a new profile
     */
    public LinkProfile withLoss(double probability) {
        return new LinkProfile(
                bitsPerSecond,
                latency,
                jitter,
                probability,
                duplication,
                reordering,
                reorderDelay,
                corruption,
                queueCapacity,
                dropWhenFull,
                impairSignaling);
    }

    /**
     * This profile with another duplication.
     *
     * @param probability 0 to 1
     * @return a new profile
     */
    public LinkProfile withDuplication(double probability) {
        return new LinkProfile(
                bitsPerSecond,
                latency,
                jitter,
                loss,
                probability,
                reordering,
                reorderDelay,
                corruption,
                queueCapacity,
                dropWhenFull,
                impairSignaling);
    }

    /**
     * This profile with another reordering.
     *
     * @param probability 0 to 1
     * @param delay how long a reordered PDU is held back
     * @return a new profile
     */
    public LinkProfile withReordering(double probability, Duration delay) {
        return new LinkProfile(
                bitsPerSecond,
                latency,
                jitter,
                loss,
                duplication,
                probability,
                delay,
                corruption,
                queueCapacity,
                dropWhenFull,
                impairSignaling);
    }

    /**
     * This profile with another corruption.
     *
     * @param probability 0 to 1
     * @return a new profile
     */
    public LinkProfile withCorruption(double probability) {
        return new LinkProfile(
                bitsPerSecond,
                latency,
                jitter,
                loss,
                duplication,
                reordering,
                reorderDelay,
                probability,
                queueCapacity,
                dropWhenFull,
                impairSignaling);
    }

    /**
     * This profile with another queue.
     *
     * @param capacity PDUs, positive
     * @param drop what does not fit is dropped instead of holding back the senders
     * @return a new profile
     */
    public LinkProfile withQueue(int capacity, boolean drop) {
        return new LinkProfile(
                bitsPerSecond,
                latency,
                jitter,
                loss,
                duplication,
                reordering,
                reorderDelay,
                corruption,
                capacity,
                drop,
                impairSignaling);
    }

    /**
     * This profile with impairments that meet the signaling channel as well.
     *
     * @param impair true if signaling is not spared
     * @return a new profile
     */
    public LinkProfile withImpairedSignaling(boolean impair) {
        return new LinkProfile(
                bitsPerSecond,
                latency,
                jitter,
                loss,
                duplication,
                reordering,
                reorderDelay,
                corruption,
                queueCapacity,
                dropWhenFull,
                impair);
    }

    private static void requireNotNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " must not be negative: " + value);
        }
    }

    private static void requireProbability(double value, String name) {
        Objects.requireNonNull(name);
        if (!(value >= 0 && value <= 1)) {
            throw new IllegalArgumentException(name + " must be between 0 and 1: " + value);
        }
    }
}
