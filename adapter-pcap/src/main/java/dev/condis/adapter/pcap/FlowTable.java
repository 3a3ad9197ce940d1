// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.FlowLayer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.function.Predicate;

/**
 * Who takes which flow. Two kinds of entry: <em>wanted</em> flows, which somebody named, take every frame that they fit and no
 * other wanted flow fits better; <em>discovered</em> flows take the frames of which they are the
 * {@linkplain FrameParser#canonical canonical} flow. A flow is in the table once.
 *
 * <p>Changed by any thread; looked up by the capture thread through its {@link Probe}, without lock or allocation.
 */
final class FlowTable {

    private static final int INNER_KINDS = 8;
    /** Beside the inner kinds: an EtherType. */
    private static final int TYPE_SHAPE = INNER_KINDS - 2;
    /** Beside the inner kinds: the stations of an EtherType. */
    private static final int STATIONS_SHAPE = INNER_KINDS - 1;

    private final ConcurrentHashMap<FlowKey, FlowReceiver> wanted = new ConcurrentHashMap<>();
    private final ConcurrentHashMap<FlowKey, FlowReceiver> discovered = new ConcurrentHashMap<>();
    /** How many wanted flows have a number of tags, a peer or none, and a kind of innermost layer: most lookups need no map. */
    private final AtomicIntegerArray shapes = new AtomicIntegerArray((FrameParser.MAX_TAGS + 1) * 2 * INNER_KINDS);

    /**
     * Takes a wanted flow.
     *
     * @return whether it was free
     */
    synchronized boolean want(final FlowKey key, final FlowReceiver receiver) {
        if (discovered.containsKey(key) || wanted.putIfAbsent(key, receiver) != null) {
            return false;
        }
        shapes.incrementAndGet(shapeOf(key));
        return true;
    }

    /**
     * Takes a discovered flow.
     *
     * @return whether it was free
     */
    synchronized boolean discover(final FlowKey key, final FlowReceiver receiver) {
        return !wanted.containsKey(key) && discovered.putIfAbsent(key, receiver) == null;
    }

    /**
     * Puts another receiver in the place of a discovered flow's.
     *
     * @return whether the flow was that receiver's
     */
    boolean replace(final FlowKey key, final FlowReceiver receiver, final FlowReceiver successor) {
        return discovered.replace(key, receiver, successor);
    }

    /** Frees a flow if the receiver has it. */
    synchronized void release(final FlowKey key, final FlowReceiver receiver) {
        if (wanted.remove(key, receiver)) {
            shapes.decrementAndGet(shapeOf(key));
        } else {
            discovered.remove(key, receiver);
        }
    }

    /** Frees those discovered flows whose receiver fits. */
    void releaseDiscovered(final Predicate<FlowReceiver> which) {
        discovered.values().removeIf(which);
    }

    boolean isWanted(final FlowKey key) {
        return wanted.containsKey(key);
    }

    /** Whom the end of the capture concerns: everybody in the table at this moment. */
    List<FlowReceiver> receivers() {
        final List<FlowReceiver> all = new ArrayList<>(wanted.values());
        all.addAll(discovered.values());
        return all;
    }

    int size() {
        return wanted.size() + discovered.size();
    }

    private static int shape(final int tags, final boolean peer, final int inner) {
        return (tags * 2 + (peer ? 1 : 0)) * INNER_KINDS + inner;
    }

    private static int shapeOf(final FlowKey key) {
        boolean peer = false;
        int inner = FrameParser.Inner.NONE.index();
        final int mask = key.kindMask();
        for (final FlowLayer.Kind kind : FlowLayer.Kind.values()) {
            final boolean present = (mask & FlowKey.bit(kind)) != 0;
            if (present && kind == FlowLayer.Kind.PEER) {
                peer = true;
            } else if (present && !kind.isTag()) {
                inner = innerShape(mask, kind);
            }
        }
        if (mask == 0) {
            return shape(0, false, FrameParser.Inner.ATM.index());
        }
        return shape(Math.min(key.tagCount(), FrameParser.MAX_TAGS), peer, inner);
    }

    private static int innerShape(final int mask, final FlowLayer.Kind kind) {
        return switch (kind) {
            case UDP, MPLS ->
                (mask & FlowKey.bit(FlowLayer.Kind.UDP)) != 0
                        ? FrameParser.Inner.UDP_MPLS.index()
                        : FrameParser.Inner.MPLS.index();
            case PPPOE -> FrameParser.Inner.PPPOE.index();
            case PPP -> FrameParser.Inner.PPP.index();
            case STATIONS -> STATIONS_SHAPE;
            default -> TYPE_SHAPE;
        };
    }

    /** Lookups of one thread. The results hold until its next lookup. */
    final class Probe {
        private final FlowKey key = new FlowKey();
        private final FlowKey canonical = new FlowKey();
        private int from;
        private int to;
        private int depth;

        /**
         * Finds the wanted flow that fits a frame best.
         *
         * @return its receiver, or {@code null} if none fits; then {@link #depth()} is 0
         */
        FlowReceiver wanted(final FrameParser frame) {
            depth = 0;
            if (wanted.isEmpty()) {
                return miss();
            }
            FlowReceiver found = whole(frame);
            for (int tags = frame.tagCount(); found == null && tags >= 0; tags--) {
                found = outer(frame, tags);
            }
            return found;
        }

        private FlowReceiver miss() {
            final FlowReceiver nobody = null;
            return nobody;
        }

        /** The flows that name the frame down to its label stack, session or type. */
        private FlowReceiver whole(final FrameParser frame) {
            FlowReceiver found = null;
            final boolean peer = frame.source() != FrameParser.NO_SOURCE;
            if (frame.inner() != FrameParser.Inner.NONE && !frame.isEvidence()) {
                found = peer ? inner(frame, true) : null;
                found = found == null ? inner(frame, false) : found;
            }
            if (found == null && frame.type() != FrameParser.NO_TYPE) {
                found = peer ? type(frame, true) : null;
                found = found == null ? type(frame, false) : found;
                found = found == null ? stations(frame) : found;
            }
            return found;
        }

        private FlowReceiver inner(final FrameParser frame, final boolean peer) {
            if (shapes.getOpaque(shape(frame.tagCount(), peer, frame.inner().index())) == 0) {
                return miss();
            }
            return get(frame.addInner(start(frame, frame.tagCount(), peer)), frame.innerPayload(), frame.innerEnd());
        }

        private FlowReceiver type(final FrameParser frame, final boolean peer) {
            if (shapes.getOpaque(shape(frame.tagCount(), peer, TYPE_SHAPE)) == 0) {
                return miss();
            }
            final FlowKey probe = start(frame, frame.tagCount(), peer).add(FlowLayer.Kind.TYPE, frame.type());
            return get(probe, frame.typePayload(), frame.typeEnd());
        }

        private FlowReceiver stations(final FrameParser frame) {
            if (!frame.hasStations() || shapes.getOpaque(shape(frame.tagCount(), false, STATIONS_SHAPE)) == 0) {
                return miss();
            }
            final FlowKey probe = start(frame, frame.tagCount(), false).add(FlowLayer.Kind.STATIONS, frame.type());
            return get(probe, frame.typePayload(), frame.typeEnd());
        }

        /** The flows that name a number of tags, with or without the peer, and nothing inside. */
        private FlowReceiver outer(final FrameParser frame, final int tags) {
            FlowReceiver found = null;
            final int none = FrameParser.Inner.NONE.index();
            if (frame.source() != FrameParser.NO_SOURCE && shapes.getOpaque(shape(tags, true, none)) != 0) {
                found = get(start(frame, tags, true), frame.typeFieldAfter(tags), frame.end());
            }
            if (found == null && tags > 0 && shapes.getOpaque(shape(tags, false, none)) != 0) {
                found = get(start(frame, tags, false), frame.typeFieldAfter(tags), frame.end());
            }
            return found;
        }

        private FlowKey start(final FrameParser frame, final int tags, final boolean peer) {
            frame.addTags(key.clear(), tags);
            return peer ? key.add(FlowLayer.Kind.PEER, frame.source()) : key;
        }

        private FlowReceiver get(final FlowKey probe, final int pduFrom, final int pduTo) {
            final FlowReceiver found = wanted.get(probe);
            if (found != null) {
                from = pduFrom;
                to = pduTo;
                depth = probe.length();
            }
            return found;
        }

        /** Names the canonical flow of a frame; its length is 0 if the frame is damaged. */
        FlowKey canonical(final FrameParser frame) {
            return frame.canonical(canonical);
        }

        /** Finds the receiver of the discovered flow that {@link #canonical} named last, or {@code null}. */
        FlowReceiver discovered() {
            return discovered.get(canonical);
        }

        int from() {
            return from;
        }

        int to() {
            return to;
        }

        /** Layers of the flow found. */
        int depth() {
            return depth;
        }
    }
}
