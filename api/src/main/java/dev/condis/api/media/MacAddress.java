// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import java.util.Objects;

/**
 * A 48-bit IEEE 802 station address.
 *
 * <p>Textual form: six two-digit hexadecimal octets, {@code 02-00-00-00-00-01}; colons are read as well.
 *
 * @param value the address, first octet on the wire in bits 47..40
 */
public record MacAddress(long value) implements Comparable<MacAddress> {

    /** The address of all stations, {@code ff-ff-ff-ff-ff-ff}. */
    public static final MacAddress BROADCAST = new MacAddress(0xffff_ffff_ffffL);

    private static final int OCTETS = 6;
    private static final int TEXT_LENGTH = 17;
    private static final char[] HEX = "0123456789abcdef".toCharArray();

    /**
     * Checks the range.
     *
     * @throws IllegalArgumentException if {@code value} needs more than 48 bits
     */
    public MacAddress {
        if (value < 0 || value > 0xffff_ffff_ffffL) {
            throw new IllegalArgumentException("a MAC address has 48 bits: 0x" + Long.toHexString(value));
        }
    }

    /**
     * Reads the textual form.
     *
     * @param text six hexadecimal octets of two digits, separated by {@code -} or by {@code :}
     * @return the address
     * @throws FlowSyntaxException if {@code text} is not an address; names the place and the rule
     */
    public static MacAddress parse(final String text) {
        Objects.requireNonNull(text, "text");
        return parse(text, 0, text.length());
    }

    static MacAddress parse(final String input, final int from, final int to) {
        if (to - from != TEXT_LENGTH) {
            throw new FlowSyntaxException(input, from, "a MAC address is six octets of two hexadecimal digits");
        }
        final char separator = input.charAt(from + 2);
        if (separator != '-' && separator != ':') {
            throw new FlowSyntaxException(input, from + 2, "the octets of a MAC address are separated by - or :");
        }
        long value = 0;
        for (int at = from; at < to; at++) {
            final char c = input.charAt(at);
            if ((at - from) % 3 == 2) {
                if (c != separator) {
                    throw new FlowSyntaxException(input, at, "one kind of separator throughout a MAC address");
                }
                continue;
            }
            value = value << 4 | digit(input, at, c);
        }
        return new MacAddress(value);
    }

    private static int digit(final String input, final int at, final char c) {
        final int digit = c < 128 ? Character.digit(c, 16) : -1;
        if (digit < 0) {
            throw new FlowSyntaxException(input, at, "a MAC address has hexadecimal digits");
        }
        return digit;
    }

    /**
     * Reads an address from the wire.
     *
     * @param bytes holds the six octets
     * @param offset index of the first of them
     * @return the address
     * @throws IndexOutOfBoundsException if fewer than six octets follow
     */
    public static MacAddress of(final byte[] bytes, final int offset) {
        Objects.checkFromIndexSize(offset, OCTETS, bytes.length);
        long value = 0;
        for (int i = 0; i < OCTETS; i++) {
            value = value << 8 | bytes[offset + i] & 0xff;
        }
        return new MacAddress(value);
    }

    /**
     * Writes the six octets in the order of the wire.
     *
     * @param bytes receives the octets
     * @param offset index of the first of them
     * @throws IndexOutOfBoundsException if there is no room for six octets
     */
    public void copyTo(final byte[] bytes, final int offset) {
        Objects.checkFromIndexSize(offset, OCTETS, bytes.length);
        for (int i = 0; i < OCTETS; i++) {
            bytes[offset + i] = (byte) (value >>> 8 * (OCTETS - 1 - i));
        }
    }

    /**
     * Tells group addresses, the broadcast address among them, from those of one station.
     *
     * @return whether the group bit is set
     */
    public boolean isGroup() {
        return (value >>> 40 & 1) != 0;
    }

    @Override
    public int compareTo(final MacAddress other) {
        return Long.compare(value, other.value);
    }

    /** Returns the textual form with hyphens and lower-case digits. */
    @Override
    public String toString() {
        final char[] text = new char[TEXT_LENGTH];
        for (int i = 0; i < OCTETS; i++) {
            final int octet = (int) (value >>> 8 * (OCTETS - 1 - i)) & 0xff;
            text[3 * i] = HEX[octet >>> 4];
            text[3 * i + 1] = HEX[octet & 15];
            if (i < OCTETS - 1) {
                text[3 * i + 2] = '-';
            }
        }
        return new String(text);
    }
}
