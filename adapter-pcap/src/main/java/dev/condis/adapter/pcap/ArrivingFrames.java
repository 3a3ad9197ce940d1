// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * The frames of a handle that was opened beside another: they wait until that has taken its last, so that the kernel's ring does not run over meanwhile,
 * and then go on without those that the other has taken. Frames are given by the capture thread of the handle, and let go by whoever closes the other.
 */
final class ArrivingFrames {
    private static final long WAIT_NANOS = 1_000_000;

    private final FrameCut cut;
    private final long mostOctets;
    private final Deque<Captured> waiting = new ArrayDeque<>();
    private long octets;
    private volatile boolean released;

    private record Captured(byte[] frame, int wireLength, long epochNanos) {}

    /**
     * Waits for the other handle.
     *
     * @param cut what that takes; it has ended before {@link #release}
     * @param mostOctets how much may wait; beyond that frames are left in the kernel's ring
     */
    ArrivingFrames(final FrameCut cut, final long mostOctets) {
        this.cut = cut;
        this.mostOctets = mostOctets;
    }

    /**
     * A frame of this handle. Capture thread only.
     *
     * @param stopping whether the handle is to be closed, so that nothing is waited for any more
     * @param next takes it, when its turn has come, if the other handle has not taken it
     */
    void frame(
            final byte[] frame,
            final int wireLength,
            final long epochNanos,
            final BooleanSupplier stopping,
            final FrameSink next) {
        while (isFull() && !stopping.getAsBoolean()) {
            LockSupport.parkNanos(this, WAIT_NANOS);
        }
        final Captured captured = new Captured(frame, wireLength, epochNanos);
        if (!waits(captured)) {
            passOn(captured, next);
        }
    }

    private synchronized boolean waits(final Captured captured) {
        if (!released) {
            waiting.add(captured);
            octets += captured.frame().length;
        }
        return !released;
    }

    private synchronized boolean isFull() {
        return !released && octets > mostOctets;
    }

    /**
     * The other handle has taken its last: what waits goes on, and what comes meanwhile waits behind it, so that the kernel's ring does not have to
     * hold that.
     *
     * @param next takes it
     */
    void release(final FrameSink next) {
        for (Optional<Captured> first = first(); first.isPresent(); first = first()) {
            passOn(first.get(), next);
        }
    }

    /** The next one that waits; when there is none, none will any more. */
    private synchronized Optional<Captured> first() {
        final Optional<Captured> first = Optional.ofNullable(waiting.poll());
        first.ifPresentOrElse(captured -> octets -= captured.frame().length, () -> released = true);
        return first;
    }

    private void passOn(final Captured captured, final FrameSink next) {
        if (!cut.wasTaken(captured.frame(), captured.epochNanos())) {
            next.frame(captured.frame(), captured.wireLength(), captured.epochNanos());
        }
    }

    /** Whether the other handle is of no importance any more. Capture thread only. */
    boolean isOver() {
        return released && cut.isOver();
    }
}
