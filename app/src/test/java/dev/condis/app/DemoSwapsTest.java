// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DemoSwapsTest {

    @Test
    void percentilesAreGapsThatWereSeen() {
        final List<Duration> gaps = IntStream.rangeClosed(1, 200)
                .mapToObj(i -> Duration.ofNanos(i * 1_000L))
                .toList();

        assertThat(DemoSwaps.percentile(gaps, 50)).isEqualTo("100 us");
        assertThat(DemoSwaps.percentile(gaps, 99)).isEqualTo("198 us");
        assertThat(DemoSwaps.percentile(gaps, 100)).isEqualTo("200 us");
        assertThat(DemoSwaps.percentile(gaps.subList(0, 1), 50)).isEqualTo("1 us");
        assertThat(DemoSwaps.percentile(List.of(), 50)).isEqualTo("-");
    }
}
