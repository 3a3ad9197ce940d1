// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which frames a handle has taken that was opened beside another. */
class FrameCutTest {
    private final FrameCut cut = new FrameCut();

    private static byte[] frame(final int number) {
        return new byte[] {(byte) number};
    }

    /** The new handle hears everything from some frame on, the old one everything up to some later one. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void eachFrameIsTakenOnceWhateverItsOrder(final long seed) {
        final Random random = new Random(seed);
        final List<Integer> byOld =
                new ArrayList<>(IntStream.range(0, 80).boxed().toList());
        final List<Integer> byNew =
                new ArrayList<>(IntStream.range(40, 120).boxed().toList());
        Collections.shuffle(byOld, random);
        Collections.shuffle(byNew, random);
        byOld.forEach(number -> cut.take(frame(number), number / 3));
        final List<Integer> taken = new ArrayList<>(byOld);
        byNew.stream()
                .filter(number -> !cut.wasTaken(frame(number), number / 3))
                .forEach(taken::add);
        assertThat(taken)
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 120).boxed().toList());
    }

    @Test
    void framesThatAreAlikeAreCounted() {
        cut.take(frame(1), 7);
        cut.take(frame(1), 7);
        assertThat(cut.wasTaken(frame(1), 7)).isTrue();
        assertThat(cut.wasTaken(frame(2), 7)).isFalse();
        assertThat(cut.wasTaken(frame(1), 7)).isTrue();
        assertThat(cut.isOver()).isFalse();
        assertThat(cut.wasTaken(frame(1), 7)).isFalse();
        assertThat(cut.isOver()).isTrue();
    }

    @Test
    void isOverWhenWhatComesIsFarLater() {
        cut.take(frame(1), 7);
        assertThat(cut.wasTaken(frame(2), 7 + FrameCut.HORIZON_NANOS)).isFalse();
        assertThat(cut.isOver()).isFalse();
        assertThat(cut.wasTaken(frame(2), 8 + FrameCut.HORIZON_NANOS)).isFalse();
        assertThat(cut.isOver()).isTrue();
    }

    @Test
    void theNewHandleMayCaptureMoreOfAFrame() {
        cut.take(new byte[300], 7);
        assertThat(cut.wasTaken(new byte[9000], 7)).isTrue();
    }

    @Test
    void forgetsTheOldestOfTooMany() {
        for (int i = 0; i <= FrameCut.MOST_FRAMES; i++) {
            cut.take(frame(1), i);
        }
        assertThat(cut.wasTaken(frame(1), 0)).isFalse();
        assertThat(cut.wasTaken(frame(1), 1)).isTrue();
    }
}
