// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.condis.api.nbl.NetBufferList;
import dev.condis.api.nbl.NetBufferListPool;
import org.junit.jupiter.api.Test;

/** What two backends on one wire have heard of a VC; how it is used is in {@link SwapTest}. */
class WireCutTest {
    private static final int LONG = 1500;

    private final NetBufferListPool pool = new NetBufferListPool("cut", 4, LONG);
    private final WireCut cut = new WireCut("vc");

    private NetBufferList frame(final long nanos, final byte... octets) {
        final NetBufferList nbl = pool.allocate().fill(octets);
        nbl.setTimestampNanos(nanos);
        return nbl;
    }

    private void deliver(final long nanos, final byte... octets) {
        final NetBufferList frame = frame(nanos, octets);
        assertThat(cut.delivered(frame)).isEmpty();
        frame.freeChain();
    }

    private boolean wasDelivered(final long nanos, final byte... octets) {
        final NetBufferList frame = frame(nanos, octets);
        final boolean known = cut.wasDelivered(frame);
        frame.freeChain();
        return known;
    }

    @Test
    void isOverWhenBothHaveHadEverything() {
        assertThat(cut.isOver()).isTrue();
        deliver(1, (byte) 1);
        assertThat(cut.isOver()).isFalse();
        assertThat(wasDelivered(1, (byte) 1)).isTrue();
        assertThat(cut.isOver()).isTrue();
        assertThat(wasDelivered(1, (byte) 1)).as("once").isFalse();
    }

    @Test
    void isOverWhenWhatComesIsFarLaterThanWhatWasDelivered() {
        deliver(1, (byte) 1);
        assertThat(wasDelivered(1 + WireCut.HORIZON_NANOS, (byte) 2)).isFalse();
        assertThat(cut.isOver()).isFalse();
        assertThat(wasDelivered(2 + WireCut.HORIZON_NANOS, (byte) 2)).isFalse();
        assertThat(cut.isOver()).isTrue();
    }

    /** Handles that cut long frames at different lengths, and the padding of a short one. */
    @Test
    void looksAtTheBeginningOfAFrameAndAtAllOfAShortOne() {
        deliver(1, new byte[LONG]);
        final byte[] other = new byte[LONG / 2];
        other[300] = 1;
        assertThat(wasDelivered(1, other)).isTrue();
        deliver(2, new byte[11]);
        final byte[] last = new byte[11];
        last[10] = 1;
        assertThat(wasDelivered(2, last)).isFalse();
    }

    @Test
    void forgetsTheOldestOfTooMany() {
        for (int i = 0; i <= WireCut.MOST_AHEAD; i++) {
            deliver(i, (byte) 1);
        }
        assertThat(wasDelivered(0, (byte) 1)).isFalse();
        assertThat(wasDelivered(1, (byte) 1)).isTrue();
        assertThat(wasDelivered(WireCut.MOST_AHEAD, (byte) 1)).isTrue();
    }
}
