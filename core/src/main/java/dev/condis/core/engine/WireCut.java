// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.core.engine;

import dev.condis.api.nbl.NetBufferList;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The frames of one VC that moves between two backends on one wire, each of which hears every frame: what the one before has delivered and the next
 * one has not heard yet, and what the next one has heard and the one before has not delivered. A frame that both have had is in neither.
 * <p>
 * A frame is known by its time stamp and a digest of how it begins, and counted where several are alike. In which order frames come from either
 * backend does not matter: a kernel with several processors hands them over in another order than that of their stamps, and not even
 * to each handle in the same one.
 * <p>
 * Of each frame that the backend before delivers from the beginning on, the next one must not have heard before; so it is asked for everything that it
 * has heard ({@link dev.condis.api.miniport.CoMiniport#flushReceives()}) after the beginning and before the VC is active there.
 * <p>
 * Thread safe; its lock is a leaf. Thread level: any.
 */
final class WireCut {
    private static final Logger LOG = LoggerFactory.getLogger(WireCut.class);

    /** Most frames that the next backend may be behind. */
    static final int MOST_AHEAD = 1 << 16;

    /** A frame that is so much later than the last one that the backend before has delivered comes after all that both had heard. */
    static final long HORIZON_NANOS = TimeUnit.SECONDS.toNanos(1);

    /** Two handles may cut frames at different lengths. */
    private static final int DIGESTED_BYTES = 256;

    private final Object lock = new Object();
    private final String vc;
    private final Map<Frame, Integer> ahead = new LinkedHashMap<>();
    private final Set<Waiting> waiting = new LinkedHashSet<>();
    private final Map<Frame, Deque<Waiting>> waitingByFrame = new HashMap<>();
    private long newestDelivered = Long.MIN_VALUE;
    private long newestHeard = Long.MIN_VALUE;
    private boolean forgot;

    /** What two handles know the same frame by. */
    private record Frame(long nanos, long digest) {
        static Frame of(final NetBufferList nbl) {
            return new Frame(nbl.timestampNanos(), digest(nbl.data()));
        }

        private static long digest(final ByteBuffer data) {
            final int end = data.position() + Math.min(DIGESTED_BYTES, data.remaining());
            int at = data.position();
            long digest = 0;
            for (; at + Long.BYTES <= end; at += Long.BYTES) {
                digest = mix(digest ^ data.getLong(at));
            }
            for (; at < end; at++) {
                digest = mix(digest ^ data.get(at));
            }
            return digest;
        }

        /** The finalizer of SplitMix64: a bijection, so that what differs in one word differs. */
        private static long mix(final long word) {
            final long first = (word + 0x9e3779b97f4a7c15L ^ word >>> 30) * 0xbf58476d1ce4e5b9L;
            final long second = (first ^ first >>> 27) * 0x94d049bb133111ebL;
            return second ^ second >>> 31;
        }
    }

    /** A frame, an NBL of its own, that waits until it is known whether the backend before delivers it. Each is another one. */
    static final class Waiting {
        private final Frame frame;
        private final BackendVc at;
        private final NetBufferList nbl;
        private final int flags;

        private Waiting(final Frame frame, final BackendVc at, final NetBufferList nbl, final int flags) {
            this.frame = frame;
            this.at = at;
            this.nbl = nbl;
            this.flags = flags;
        }

        NetBufferList nbl() {
            return nbl;
        }

        int flags() {
            return flags;
        }

        /** Its backend has the buffer back. */
        void drop() {
            at.drop(nbl, flags);
        }
    }

    /** Whose frames these are, for the log. */
    WireCut(final String vc) {
        this.vc = vc;
    }

    /**
     * The backend before delivers a chain.
     *
     * @return what waits for nothing any more: the caller drops it, without a lock
     */
    List<Waiting> delivered(final NetBufferList nbls) {
        final List<Waiting> twins = new ArrayList<>(1);
        synchronized (lock) {
            for (NetBufferList nbl = nbls; nbl != null; nbl = nbl.next()) {
                final Frame frame = Frame.of(nbl);
                newestDelivered = Math.max(newestDelivered, frame.nanos());
                takeWaiting(frame).ifPresentOrElse(twins::add, () -> goAhead(frame));
            }
        }
        return twins;
    }

    /** Lock held. */
    private Optional<Waiting> takeWaiting(final Frame frame) {
        final Deque<Waiting> alike = waitingByFrame.getOrDefault(frame, new ArrayDeque<>(0));
        final Optional<Waiting> first = Optional.ofNullable(alike.poll());
        first.ifPresent(waiting::remove);
        if (alike.isEmpty()) {
            waitingByFrame.remove(frame);
        }
        return first;
    }

    /** Lock held. */
    private void goAhead(final Frame frame) {
        ahead.merge(frame, 1, Integer::sum);
        if (ahead.size() > MOST_AHEAD) {
            final Iterator<Frame> oldest = ahead.keySet().iterator();
            oldest.next();
            oldest.remove();
            if (!forgot) {
                forgot = true;
                LOG.warn("{}: the next backend is {} frames behind; it may deliver some a second time", vc, MOST_AHEAD);
            }
        }
    }

    /**
     * The next backend has heard a frame.
     *
     * @param nbl a chain of one
     * @return whether the backend before has delivered it: it is not delivered again, nor will another like it be taken for it
     */
    boolean wasDelivered(final NetBufferList nbl) {
        synchronized (lock) {
            return takeAhead(Frame.of(nbl));
        }
    }

    /** Lock held. */
    private boolean takeAhead(final Frame frame) {
        newestHeard = Math.max(newestHeard, frame.nanos());
        final boolean known = ahead.containsKey(frame);
        ahead.computeIfPresent(frame, (same, times) -> times > 1 ? times - 1 : null);
        return known;
    }

    /**
     * The next backend has heard a frame, which waits unless the backend before has delivered it.
     *
     * @param at the VC at the next backend
     * @param nbl a chain of one
     * @return whether it waits; otherwise the caller drops it, without a lock
     */
    boolean hold(final BackendVc at, final NetBufferList nbl, final int flags) {
        final Frame frame = Frame.of(nbl);
        synchronized (lock) {
            if (takeAhead(frame)) {
                return false;
            }
            final Waiting held = new Waiting(frame, at, nbl, flags);
            waiting.add(held);
            waitingByFrame.computeIfAbsent(frame, first -> new ArrayDeque<>(1)).add(held);
            return true;
        }
    }

    /** Takes out the frame that has waited longest. */
    Optional<Waiting> poll() {
        synchronized (lock) {
            final Optional<Waiting> longest = waiting.stream().findFirst();
            longest.ifPresent(next -> {
                // of those that are alike it was the first to come
                takeWaiting(next.frame);
            });
            return longest;
        }
    }

    /** Whether whatever the next backend hears from now on is new, once the backend before has said its last. */
    boolean isOver() {
        synchronized (lock) {
            return waiting.isEmpty() && (ahead.isEmpty() || newestHeard > newestDelivered + HORIZON_NANOS);
        }
    }
}
