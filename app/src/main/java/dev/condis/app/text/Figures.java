// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app.text;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Numbers and times as people read them. */
public final class Figures {
    private static final DateTimeFormatter UTC = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSSSSS", Locale.ROOT)
            .withZone(ZoneOffset.UTC);
    private static final double NANOS = 1e9;

    private Figures() {}

    /**
     * A count, its digits in groups of three.
     *
     * @param value the count
     * @return for example {@code 1,234,567}
     */
    public static String count(final long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /**
     * A time span in seconds.
     *
     * @param duration the time span
     * @return for example {@code 1.250 s}
     */
    public static String seconds(final Duration duration) {
        return String.format(Locale.ROOT, "%.3f s", duration.toNanos() / NANOS);
    }

    /**
     * A short time span.
     *
     * @param duration the time span
     * @return in microseconds, for example {@code 1,250 us}
     */
    public static String micros(final Duration duration) {
        return count(duration.toNanos() / 1_000) + " us";
    }

    /**
     * How often something happened.
     *
     * @param events how many times
     * @param duration in which time
     * @return for example {@code 81,920 /s}; {@code -} when no time passed
     */
    public static String rate(final long events, final Duration duration) {
        return duration.isZero() ? "-" : count(Math.round(events * NANOS / duration.toNanos())) + " /s";
    }

    /**
     * A throughput.
     *
     * @param bytes how many bytes
     * @param duration in which time
     * @return in megabits per second, for example {@code 812.4 Mbit/s}; {@code -} when no time passed
     */
    public static String throughput(final long bytes, final Duration duration) {
        return duration.isZero()
                ? "-"
                : String.format(Locale.ROOT, "%.1f Mbit/s", bytes * 8 * NANOS / duration.toNanos() / 1e6);
    }

    /**
     * A moment.
     *
     * @param epochNanos nanoseconds since 1970-01-01T00:00Z
     * @return UTC to the microsecond, for example {@code 2024-05-01 12:30:00.000001}
     */
    public static String moment(final long epochNanos) {
        return UTC.format(Instant.ofEpochSecond(
                Math.floorDiv(epochNanos, 1_000_000_000L), Math.floorMod(epochNanos, 1_000_000_000L)));
    }
}
