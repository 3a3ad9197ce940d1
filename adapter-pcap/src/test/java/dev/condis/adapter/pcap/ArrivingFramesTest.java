// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ArrivingFramesTest {
    private static final int MOST_OCTETS = 1000;

    private final FrameCut cut = new FrameCut();
    private final ArrivingFrames arriving = new ArrivingFrames(cut, MOST_OCTETS);
    private final List<Integer> passed = Collections.synchronizedList(new ArrayList<>());

    private void hear(final int number) {
        arriving.frame(new byte[] {(byte) number}, 1, number, () -> false, this::pass);
    }

    private void pass(final byte[] frame, final int wireLength, final long epochNanos) {
        passed.add((int) frame[0]);
    }

    @Test
    void whatTheOtherHasTakenDoesNotComeAgain_andTheRestComesInOrder() {
        cut.take(new byte[] {1}, 1);
        cut.take(new byte[] {3}, 3);
        hear(1);
        hear(2);
        assertThat(passed).isEmpty();

        arriving.release(this::pass);
        hear(3);
        hear(4);

        assertThat(passed).containsExactly(2, 4);
        assertThat(arriving.isOver()).isTrue();
    }

    @Test
    void whatComesWhileOthersGoOnWaitsBehindThem_andTheCaptureThreadGoesOnReading() {
        hear(1);
        hear(2);

        arriving.release((frame, wireLength, epochNanos) -> {
            if (frame[0] == 1) {
                assertThat(CompletableFuture.runAsync(() -> hear(3)).orTimeout(10, TimeUnit.SECONDS))
                        .succeedsWithin(20, TimeUnit.SECONDS);
            }
            pass(frame, wireLength, epochNanos);
        });
        hear(4);

        assertThat(passed).containsExactly(1, 2, 3, 4);
    }

    @Test
    void theCaptureThreadWaitsWhenThereIsNoRoom_untilTheOthersHaveGoneOn() {
        arriving.frame(new byte[MOST_OCTETS + 1], MOST_OCTETS + 1, 1, () -> false, this::pass);
        final CompletableFuture<Void> heard = CompletableFuture.runAsync(() -> hear(2));
        assertThat(heard).isNotDone();

        arriving.release(this::pass);

        assertThat(heard).succeedsWithin(10, TimeUnit.SECONDS);
        assertThat(passed).containsExactly(0, 2);
    }
}
