// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim.net;

import java.nio.ByteBuffer;

/**
 * A PDU inside the network, pooled. Confined to the network's thread; a driver may use one only inside the callback that
 * hands it over.
 */
public final class WirePdu {

    private static final int SMALL = 2048;
    private static final int ADDRESS_OCTETS = 6;

    /** Next PDU of the list or pool it is in. */
    WirePdu next;

    /** Previous PDU of the list it is in. */
    WirePdu previous;

    /** When it arrives, nanoseconds of the network's time. */
    long arrival;

    private byte[] octets = new byte[SMALL];
    private int length;
    private int label;
    private boolean damaged;

    WirePdu() {}

    /**
     * The label on the link it is on (ATM).
     *
     * @return packed VPI/VCI, see {@link AtmLabel#packed}
     */
    public int label() {
        return label;
    }

    /**
     * Sets the label (ATM).
     *
     * @param packed VPI/VCI as {@link AtmLabel#packed} gives it
     */
    public void label(int packed) {
        label = packed;
    }

    /**
     * How long it is.
     *
     * @return octets
     */
    public int length() {
        return length;
    }

    /**
     * Whether the link damaged it, as a failed CRC shows.
     *
     * @return true if a bit is not as it was sent
     */
    public boolean isDamaged() {
        return damaged;
    }

    /**
     * One octet.
     *
     * @param index 0 to length - 1
     * @return its value, 0 to 255
     */
    public int octet(int index) {
        return octets[index] & 0xFF;
    }

    /**
     * Six octets as an address.
     *
     * @param index of the first
     * @return the address in the low 48 bits
     */
    public long address(int index) {
        long value = 0;
        for (int i = 0; i < ADDRESS_OCTETS; i++) {
            value = value << 8 | octets[index + i] & 0xFF;
        }
        return value;
    }

    /**
     * Copies octets out.
     *
     * @param from first octet
     * @param target where to; its position does not change
     * @param targetIndex absolute index in the target
     * @param count how many
     */
    public void copyTo(int from, ByteBuffer target, int targetIndex, int count) {
        target.put(targetIndex, octets, from, count);
    }

    /**
     * Copies all octets out.
     *
     * @return a new array
     */
    public byte[] toBytes() {
        byte[] copy = new byte[length];
        System.arraycopy(octets, 0, copy, 0, length);
        return copy;
    }

    /**
     * Adds octets at the end.
     *
     * @param source where they are
     * @param offset of the first
     * @param count how many
     */
    public void append(byte[] source, int offset, int count) {
        ensure(count);
        System.arraycopy(source, offset, octets, length, count);
        length += count;
    }

    /**
     * Adds octets at the end.
     *
     * @param source where they are; its position does not change
     * @param index absolute index of the first
     * @param count how many
     */
    public void append(ByteBuffer source, int index, int count) {
        ensure(count);
        source.get(index, octets, length, count);
        length += count;
    }

    byte[] array() {
        return octets;
    }

    void flipBit(int bit) {
        octets[bit >>> 3] ^= (byte) (1 << (bit & 7));
        damaged = true;
    }

    void copyFrom(WirePdu other) {
        clear();
        append(other.octets, 0, other.length);
        label = other.label;
        damaged = other.damaged;
        arrival = other.arrival;
    }

    void clear() {
        length = 0;
        label = 0;
        damaged = false;
    }

    private void ensure(int more) {
        if (length + more > octets.length) {
            byte[] larger = new byte[Math.max(length + more, octets.length * 2)];
            System.arraycopy(octets, 0, larger, 0, length);
            octets = larger;
        }
    }
}
