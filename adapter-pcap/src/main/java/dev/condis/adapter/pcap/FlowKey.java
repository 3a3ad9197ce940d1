// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.AtmConnection;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowLayer;
import dev.condis.api.media.MediaFlow;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A flow as a few words, for looking frames up without allocation: a thread fills its own scratch key and probes a map with
 * it. A key that is in a map is a {@link #copy()} and is never changed.
 */
@SuppressWarnings("EnumOrdinal") // a key lives no longer than the classes it was made with
final class FlowKey {

    private static final int KIND_SHIFT = 56;
    private static final long VALUE_MASK = (1L << KIND_SHIFT) - 1;
    private static final int ATM = 0x7f;
    private static final FlowLayer.Kind[] KINDS = FlowLayer.Kind.values();

    private long[] words;
    private int length;

    FlowKey() {
        this(new long[EthernetFlow.MAX_LAYERS], 0);
    }

    private FlowKey(final long[] words, final int length) {
        this.words = words;
        this.length = length;
    }

    static FlowKey of(final MediaFlow flow) {
        final FlowKey key = new FlowKey();
        if (flow instanceof AtmConnection atm) {
            key.addAtm(atm.vpi(), atm.vci());
        } else {
            ((EthernetFlow) flow).layers().forEach(layer -> key.add(layer.kind(), layer.value()));
        }
        return key.copy();
    }

    static long word(final FlowLayer.Kind kind, final long value) {
        return (long) kind.ordinal() << KIND_SHIFT | value;
    }

    /** The bit of a kind in {@link #kindMask()}. */
    static int bit(final FlowLayer.Kind kind) {
        return 1 << kind.ordinal();
    }

    FlowKey clear() {
        length = 0;
        return this;
    }

    FlowKey add(final FlowLayer.Kind kind, final long value) {
        words[length++] = word(kind, value);
        return this;
    }

    FlowKey addWords(final long[] source, final int count) {
        System.arraycopy(source, 0, words, length, count);
        length += count;
        return this;
    }

    FlowKey addAtm(final int vpi, final int vci) {
        words[length++] = (long) ATM << KIND_SHIFT | (long) vpi << 16 | vci;
        return this;
    }

    int length() {
        return length;
    }

    FlowKey copy() {
        return new FlowKey(Arrays.copyOf(words, length), length);
    }

    MediaFlow toFlow() {
        if (words[0] >>> KIND_SHIFT == ATM) {
            return new AtmConnection((int) (words[0] & VALUE_MASK) >>> 16, (int) words[0] & 0xffff);
        }
        final List<FlowLayer> layers = new ArrayList<>(length);
        for (int i = 0; i < length; i++) {
            layers.add(new FlowLayer(KINDS[(int) (words[i] >>> KIND_SHIFT)], words[i] & VALUE_MASK));
        }
        return new EthernetFlow(layers);
    }

    /** Which kinds of layer the flow has, one bit each; no bit for an ATM connection. */
    int kindMask() {
        int mask = 0;
        for (int i = 0; i < length; i++) {
            final int kind = (int) (words[i] >>> KIND_SHIFT);
            mask |= kind == ATM ? 0 : 1 << kind;
        }
        return mask;
    }

    /** How many VLAN tags the flow has. */
    int tagCount() {
        int tags = 0;
        for (int i = 0; i < length; i++) {
            final int kind = (int) (words[i] >>> KIND_SHIFT);
            tags += kind != ATM && KINDS[kind].isTag() ? 1 : 0;
        }
        return tags;
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof FlowKey key
                && key.length == length
                && Arrays.equals(words, 0, length, key.words, 0, length);
    }

    @Override
    public int hashCode() {
        long hash = length;
        for (int i = 0; i < length; i++) {
            hash = (hash ^ words[i]) * 0x9E37_79B9_7F4A_7C15L;
            hash ^= hash >>> 32;
        }
        return (int) hash;
    }

    @Override
    public String toString() {
        return length == 0 ? "(no flow)" : toFlow().text();
    }
}
