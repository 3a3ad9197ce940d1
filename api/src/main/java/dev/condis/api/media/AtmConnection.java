// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A virtual channel connection on an ATM link. Textual form {@code atm:VPI/VCI}, such as {@code atm:0/100}.
 *
 * @param vpi virtual path identifier, 0..4095 (a user-network interface has 0..255)
 * @param vci virtual channel identifier, 0..65535
 */
public record AtmConnection(int vpi, int vci) implements MediaFlow, Comparable<AtmConnection> {

    /** Parameter type of this kind of flow: {@code ATM_MEDIA_SPECIFIC}. */
    public static final int PARAM_TYPE = 1;

    /** Largest VPI of a network-network interface. */
    public static final int MAX_VPI = 4095;

    /** Largest VCI. */
    public static final int MAX_VCI = 65535;

    static final String PREFIX = "atm:";

    /** VCIs below this one are reserved on every path, for signaling, operation and maintenance (ITU-T I.361). */
    private static final int FIRST_ASSIGNABLE_VCI = 16;

    private static final int SIGNALING_VCI = 5;

    private static final int MAX_UNI_VPI = 255;

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if {@code vpi} or {@code vci} is out of range
     */
    public AtmConnection {
        if (vpi < 0 || vpi > MAX_VPI) {
            throw new IllegalArgumentException("VPI 0..4095: " + vpi);
        }
        if (vci < 0 || vci > MAX_VCI) {
            throw new IllegalArgumentException("VCI 0..65535: " + vci);
        }
    }

    /**
     * Reads the textual form.
     *
     * @param text {@code atm:VPI/VCI}, decimal or hexadecimal with {@code 0x}
     * @return the connection
     * @throws FlowSyntaxException if {@code text} is not one; names the place and the rule
     */
    public static AtmConnection parse(final String text) {
        Objects.requireNonNull(text, "text");
        if (!text.startsWith(PREFIX)) {
            throw new FlowSyntaxException(text, 0, "an ATM connection begins with atm:");
        }
        final int slash = text.indexOf('/', PREFIX.length());
        if (slash < 0) {
            throw new FlowSyntaxException(text, text.length(), "an ATM connection is atm:VPI/VCI");
        }
        return new AtmConnection(
                FlowText.number(text, PREFIX.length(), slash, 0, MAX_VPI, "VPI"),
                FlowText.number(text, slash + 1, text.length(), 0, MAX_VCI, "VCI"));
    }

    @Override
    public String text() {
        return PREFIX + vpi + '/' + vci;
    }

    @Override
    public int paramType() {
        return PARAM_TYPE;
    }

    /**
     * {@inheritDoc}
     *
     * <p>Reserved are: VPI above 255 (no user-network interface has it) and VCI below 16 except 5, the signaling channel.
     */
    @Override
    public List<String> sendProblems() {
        final List<String> problems = new ArrayList<>(2);
        if (vpi > MAX_UNI_VPI) {
            problems.add("VPI " + vpi + " does not exist at a user-network interface (0..255)");
        }
        if (vci < FIRST_ASSIGNABLE_VCI && vci != SIGNALING_VCI) {
            problems.add("VCI " + vci + " is reserved (connections have 16..65535, signaling 5)");
        }
        return List.copyOf(problems);
    }

    @Override
    public int compareTo(final AtmConnection other) {
        return vpi != other.vpi ? Integer.compare(vpi, other.vpi) : Integer.compare(vci, other.vci);
    }

    /** Returns the textual form. */
    @Override
    public String toString() {
        return text();
    }
}
