// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * The frames that an interface's old handle has taken since just before the new one was opened beside it. What the new one has heard too is in here:
 * a frame is known by its time stamp, which is the same at both, and by how it begins, and counted where several are alike; so the order in
 * which the kernel hands frames to either handle does not matter. Used by one thread after the other: that of the old handle has ended before another looks.
 */
final class FrameCut {

    /** Most frames of one moment that are remembered; the kernel's ring of the new handle is hardly longer. */
    static final int MOST_FRAMES = 1 << 17;

    /** A frame that is so much later than the last one that the old handle has taken comes after all that both have heard. */
    static final long HORIZON_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** The new handle may capture more of a frame. */
    private static final int DIGESTED_BYTES = 256;

    private static final int SPREAD = 31;

    private final Map<Frame, Integer> taken = new LinkedHashMap<>();
    private long newest = Long.MIN_VALUE;
    private boolean over;

    /** What two handles know the same frame by. */
    private record Frame(long epochNanos, long digest) {
        static Frame of(final byte[] frame, final long epochNanos) {
            long digest = 0;
            for (int i = 0; i < Math.min(frame.length, DIGESTED_BYTES); i++) {
                digest = digest * SPREAD + frame[i];
            }
            return new Frame(epochNanos, digest);
        }
    }

    /** The old handle has taken a frame. */
    void take(final byte[] frame, final long epochNanos) {
        taken.merge(Frame.of(frame, epochNanos), 1, Integer::sum);
        newest = Math.max(newest, epochNanos);
        if (taken.size() > MOST_FRAMES) {
            final Iterator<Frame> oldest = taken.keySet().iterator();
            oldest.next();
            oldest.remove();
        }
    }

    /**
     * The new handle has taken a frame.
     *
     * @return whether it is one that the old handle had taken; another like it will not be taken for it
     */
    boolean wasTaken(final byte[] frame, final long epochNanos) {
        over = taken.isEmpty() || epochNanos > newest + HORIZON_NANOS;
        if (over) {
            return false;
        }
        final Frame same = Frame.of(frame, epochNanos);
        final boolean known = taken.containsKey(same);
        taken.computeIfPresent(same, (twin, times) -> times > 1 ? times - 1 : null);
        return known;
    }

    /** Whether whatever the new handle takes from now on is new. */
    boolean isOver() {
        return over;
    }
}
