// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import java.util.Arrays;
import java.util.stream.LongStream;

/** How long nothing came, for each VC in each replacement. Every value is kept, so that the percentiles are exact. */
final class Silences {
    private static final double MILLI = 1_000_000;

    private long[] nanos = {};

    void add(final long... more) {
        nanos = LongStream.concat(LongStream.of(nanos), LongStream.of(more)).toArray();
    }

    /** In milliseconds; not a number when there is no value. */
    double percentile(final double share) {
        if (nanos.length == 0) {
            return Double.NaN;
        }
        final long[] sorted = nanos.clone();
        Arrays.sort(sorted);
        final int rank = (int) Math.ceil(share * sorted.length);
        return sorted[Math.max(0, rank - 1)] / MILLI;
    }

    String row() {
        return "%10.3f %10.3f %10.3f".formatted(percentile(0.5), percentile(0.99), percentile(1));
    }
}
