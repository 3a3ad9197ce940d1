// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

/** Reading of the parts that the textual forms share. */
final class FlowText {

    private static final int MOST_DIGITS = 9;

    private FlowText() {}

    /**
     * Reads a number, decimal or hexadecimal with {@code 0x}, that fills {@code from..to} of the input.
     *
     * @throws FlowSyntaxException if it is none or out of range
     */
    static int number(
            final String input, final int from, final int to, final int low, final int high, final String what) {
        final boolean hex = input.startsWith("0x", from) && from + 2 <= to;
        final int start = hex ? from + 2 : from;
        if (start >= to) {
            throw new FlowSyntaxException(input, start, what + " is missing, " + low + ".." + high);
        }
        if (to - start > MOST_DIGITS) {
            throw new FlowSyntaxException(input, start, what + " is out of range " + low + ".." + high);
        }
        final int radix = hex ? 16 : 10;
        long value = 0;
        for (int at = start; at < to; at++) {
            final char c = input.charAt(at);
            final int digit = c < 128 ? Character.digit(c, radix) : -1;
            if (digit < 0) {
                throw new FlowSyntaxException(input, at, what + " is a number, decimal or hexadecimal with 0x");
            }
            value = value * radix + digit;
        }
        if (value < low || value > high) {
            throw new FlowSyntaxException(input, from, what + " is out of range " + low + ".." + high);
        }
        return (int) value;
    }
}
