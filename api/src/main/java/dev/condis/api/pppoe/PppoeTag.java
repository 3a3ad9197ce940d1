// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.pppoe;

import dev.condis.api.Octets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * One tag of PPPoE discovery: type (2 octets), length (2), value. Source: RFC 2516, appendix A; RFC 4638, section 3.
 *
 * @param type 0..65535, one of the constants or a number that nobody here knows
 * @param value at most 65535 octets
 */
public record PppoeTag(int type, Octets value) {
    /** Ends a list, has no value; need not be there. */
    public static final int END_OF_LIST = 0x0000;
    /** A service, UTF-8; empty for any. */
    public static final int SERVICE_NAME = 0x0101;
    /** The name of an access concentrator, UTF-8. */
    public static final int AC_NAME = 0x0102;
    /** Octets by which a host knows its own; the access concentrator hands them back. */
    public static final int HOST_UNIQ = 0x0103;
    /** Octets by which an access concentrator knows that it has made an offer; the host hands them back. */
    public static final int AC_COOKIE = 0x0104;
    /** Vendor (4 octets, the last three its number) and what that vendor likes. */
    public static final int VENDOR_SPECIFIC = 0x0105;
    /** Octets by which a relay knows a session; both sides hand them back. */
    public static final int RELAY_SESSION_ID = 0x0110;
    /** The largest PPP payload (2 octets), larger than {@link PppoeParameters#DEFAULT_MAX_PAYLOAD} (RFC 4638). */
    public static final int PPP_MAX_PAYLOAD = 0x0120;
    /** The service is refused; the value says why, UTF-8. */
    public static final int SERVICE_NAME_ERROR = 0x0201;
    /** The access concentrator cannot do it now; the value says why, UTF-8. */
    public static final int AC_SYSTEM_ERROR = 0x0202;
    /** Any other error, which cannot be repaired; the value says why, UTF-8. */
    public static final int GENERIC_ERROR = 0x0203;

    /** Most tags of a list that is read. */
    public static final int MAX_TAGS = 256;

    private static final int HEADER = 4;
    private static final int MAX_U16 = 0xffff;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if the type is no 16-bit number or the value is too long
     */
    public PppoeTag {
        Objects.requireNonNull(value, "value");
        if (type < 0 || type > MAX_U16 || value.length() > MAX_U16) {
            throw new IllegalArgumentException("a tag has a type of 16 bits and at most 65535 octets: 0x"
                    + Integer.toHexString(type) + ", " + value.length() + " octets");
        }
    }

    /**
     * Makes a tag with a text.
     *
     * @param type the type
     * @param text the value, written in UTF-8
     * @return the tag
     */
    public static PppoeTag ofText(final int type, final String text) {
        return new PppoeTag(type, Octets.ofText(text));
    }

    /**
     * Reads a list of tags: up to {@link #END_OF_LIST}, or to the end of the octets. Duplicates and unknown tags stay as they are.
     *
     * @param octets hold the list
     * @param from index of the first octet
     * @param to index after the last octet
     * @return the tags; empty if one of them reaches past the end, or there are more than {@link #MAX_TAGS}
     */
    public static Optional<List<PppoeTag>> read(final byte[] octets, final int from, final int to) {
        Objects.checkFromToIndex(from, to, octets.length);
        final List<PppoeTag> tags = new ArrayList<>();
        int at = from;
        while (at < to) {
            if (to - at < HEADER || tags.size() == MAX_TAGS) {
                return Optional.empty();
            }
            final int type = u16(octets, at);
            final int length = u16(octets, at + 2);
            at += HEADER;
            if (type == END_OF_LIST) {
                return Optional.of(List.copyOf(tags));
            }
            if (length > to - at) {
                return Optional.empty();
            }
            tags.add(new PppoeTag(type, Octets.of(Arrays.copyOfRange(octets, at, at + length))));
            at += length;
        }
        return Optional.of(List.copyOf(tags));
    }

    /**
     * How many octets {@link #write} needs.
     *
     * @param tags the tags
     * @return the length in octets
     */
    public static int length(final List<PppoeTag> tags) {
        return tags.stream().mapToInt(tag -> HEADER + tag.value.length()).sum();
    }

    /**
     * Writes a list of tags, without {@link #END_OF_LIST}.
     *
     * @param tags the tags
     * @return their octets
     */
    public static byte[] write(final List<PppoeTag> tags) {
        final byte[] octets = new byte[length(tags)];
        int at = 0;
        for (final PppoeTag tag : tags) {
            putU16(octets, at, tag.type);
            putU16(octets, at + 2, tag.value.length());
            System.arraycopy(tag.value.toByteArray(), 0, octets, at + HEADER, tag.value.length());
            at += HEADER + tag.value.length();
        }
        return octets;
    }

    /**
     * The first tag of a type.
     *
     * @param tags where to look
     * @param type the type
     * @return the tag, empty if there is none
     */
    public static Optional<PppoeTag> first(final List<PppoeTag> tags, final int type) {
        return tags.stream().filter(tag -> tag.type == type).findFirst();
    }

    private static int u16(final byte[] octets, final int at) {
        return (octets[at] & 0xff) << 8 | octets[at + 1] & 0xff;
    }

    private static void putU16(final byte[] octets, final int at, final int value) {
        octets[at] = (byte) (value >>> 8);
        octets[at + 1] = (byte) value;
    }

    /**
     * The value as text.
     *
     * @return the value read as UTF-8; malformed octets are replaced
     */
    public String text() {
        return value.toText();
    }

    private static String name(final int type) {
        return switch (type) {
            case SERVICE_NAME -> "Service-Name";
            case AC_NAME -> "AC-Name";
            case HOST_UNIQ -> "Host-Uniq";
            case AC_COOKIE -> "AC-Cookie";
            case VENDOR_SPECIFIC -> "Vendor-Specific";
            case RELAY_SESSION_ID -> "Relay-Session-Id";
            case PPP_MAX_PAYLOAD -> "PPP-Max-Payload";
            case SERVICE_NAME_ERROR -> "Service-Name-Error";
            case AC_SYSTEM_ERROR -> "AC-System-Error";
            case GENERIC_ERROR -> "Generic-Error";
            default -> String.format("tag 0x%04x", type);
        };
    }

    private boolean isText() {
        return type == SERVICE_NAME || type == AC_NAME || type >= SERVICE_NAME_ERROR && type <= GENERIC_ERROR;
    }

    @Override
    public String toString() {
        return name(type) + " " + (isText() ? "'" + text() + "'" : value);
    }
}
