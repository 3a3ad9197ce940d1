// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable string of octets: the variable part of SAPs, parameters and close data. */
public final class Octets {
    /** No octets. */
    public static final Octets EMPTY = new Octets(new byte[0]);

    private final byte[] octets;

    private Octets(final byte[] octets) {
        this.octets = octets;
    }

    /**
     * Copies octets.
     *
     * @param octets the octets
     * @return an immutable copy
     */
    public static Octets of(final byte... octets) {
        return octets.length == 0 ? EMPTY : new Octets(octets.clone());
    }

    /**
     * The UTF-8 octets of a text.
     *
     * @param text the text
     * @return its octets
     */
    public static Octets ofText(final String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * How many octets there are.
     *
     * @return the length in octets
     */
    public int length() {
        return octets.length;
    }

    /**
     * A copy of the octets.
     *
     * @return a new array
     */
    public byte[] toByteArray() {
        return octets.clone();
    }

    /**
     * The octets read as UTF-8.
     *
     * @return the text; malformed input is replaced as {@link String#String(byte[], java.nio.charset.Charset)} does
     */
    public String toText() {
        return new String(octets, StandardCharsets.UTF_8);
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof Octets that && Arrays.equals(octets, that.octets);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(octets);
    }

    @Override
    public String toString() {
        return HexFormat.of().formatHex(octets);
    }
}
