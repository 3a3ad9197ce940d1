// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * When the frames of a recording are due: as long after each other as they were captured, or a fraction of it. What was held up (a pause, a client without
 * room) is not made up for: the rest comes later by as much. Confined to one thread.
 */
final class Pace {

    /** Being late by less is made up for, by more not. */
    private static final long HELD_UP_NANOS = 100_000_000;
    /** Stamps that go back by less come from frames that overtook each other, by more from a clock that was set. */
    private static final long REORDERED_NANOS = 1_000_000_000;

    private static final long LONGEST_WAIT_NANOS = 100_000_000;
    private static final double MOST_NANOS = Long.MAX_VALUE / 4.0;

    private final double speed;
    private final LongSupplier nanoTime;
    private final LongConsumer park;
    private OptionalLong latest = OptionalLong.empty();
    private long due;

    /**
     * Makes the pace of one replay.
     *
     * @param speed how many times as fast as it was captured, more than 0
     * @param nanoTime a clock that is never set, nanoseconds
     * @param park waits for about so many nanoseconds, or less
     */
    Pace(final double speed, final LongSupplier nanoTime, final LongConsumer park) {
        this.speed = speed;
        this.nanoTime = nanoTime;
        this.park = park;
    }

    /** That of the machine's clock. */
    static Pace of(final double speed) {
        return new Pace(speed, System::nanoTime, LockSupport::parkNanos);
    }

    /**
     * Waits until a frame is due.
     *
     * @param stamp when it was captured, nanoseconds since 1970
     * @param stopped ends the waiting
     */
    void await(final long stamp, final BooleanSupplier stopped) {
        long now = nanoTime.getAsLong();
        if (latest.isEmpty()) {
            due = now;
        } else {
            final long next = due + after(stamp - latest.getAsLong());
            due = now - next > HELD_UP_NANOS ? now : next;
        }
        latest = OptionalLong.of(newest(stamp));
        while (due - now > 0 && !stopped.getAsBoolean()) {
            park.accept(Math.min(due - now, LONGEST_WAIT_NANOS));
            now = nanoTime.getAsLong();
        }
    }

    private long after(final long gap) {
        return gap <= 0 ? 0 : (long) Math.min(gap / speed, MOST_NANOS);
    }

    private long newest(final long stamp) {
        final long before = latest.orElse(stamp);
        return before > stamp && before - stamp < REORDERED_NANOS ? before : stamp;
    }
}
