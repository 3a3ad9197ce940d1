// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import dev.condis.api.Sap;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * A wildcard over flows, for use as a SAP: which circuits a client wants to be offered as incoming calls.
 *
 * <p>Textual form:
 *
 * <ul>
 *   <li>{@code *}: every flow;
 *   <li>layers as in {@link EthernetFlow}, where {@code *} stands for any value: {@code vlan:*}, {@code pppoe:*},
 *       {@code vlan:100/pppoe:*}. It matches a flow in which these layers follow one another anywhere: {@code pppoe:*} is
 *       every session, within VLANs or not; {@code vlan:100} is all that is in VLAN 100;
 *   <li>a leading {@code /} means that nothing is outside the first of them, a trailing {@code /} that nothing is inside
 *       the last: {@code /vlan:*}{@code /} is every flow named by one tag alone;
 *   <li>{@code atm:*}, {@code atm:0/*}, {@code atm:0/100}: ATM connections.
 * </ul>
 *
 * <p>Of two patterns that match, the more specific one ({@link #specificity()}) should get the call.
 */
public final class FlowPattern {

    /** The pattern that matches every flow. */
    public static final FlowPattern ANY = parse("*");

    private static final String WILDCARD = "*";

    private record Element(FlowLayer.Kind kind, OptionalLong value) {
        boolean matches(final FlowLayer layer) {
            return layer.kind() == kind && (value.isEmpty() || value.getAsLong() == layer.value());
        }
    }

    private enum Medium {
        ANY,
        ETHERNET,
        ATM
    }

    private final String text;
    private final Medium medium;
    private final boolean fromOutermost;
    private final boolean toInnermost;
    private final List<Element> elements;
    private final OptionalLong vpi;
    private final OptionalLong vci;

    private FlowPattern(final String text, final Medium medium, final OptionalLong vpi, final OptionalLong vci) {
        this.text = text;
        this.medium = medium;
        this.fromOutermost = false;
        this.toInnermost = false;
        this.elements = List.of();
        this.vpi = vpi;
        this.vci = vci;
    }

    private FlowPattern(
            final String text, final boolean fromOutermost, final boolean toInnermost, final List<Element> elements) {
        this.text = text;
        this.medium = Medium.ETHERNET;
        this.fromOutermost = fromOutermost;
        this.toInnermost = toInnermost;
        this.elements = List.copyOf(elements);
        this.vpi = OptionalLong.empty();
        this.vci = OptionalLong.empty();
    }

    /**
     * Reads the textual form.
     *
     * @param text such as {@code *}, {@code vlan:*}, {@code /vlan:5/}, {@code atm:0/*}
     * @return the pattern
     * @throws FlowSyntaxException if {@code text} is not one; names the place and the rule
     */
    public static FlowPattern parse(final String text) {
        Objects.requireNonNull(text, "text");
        if (text.equals(WILDCARD)) {
            return new FlowPattern(text, Medium.ANY, OptionalLong.empty(), OptionalLong.empty());
        }
        return text.startsWith(AtmConnection.PREFIX) ? parseAtm(text) : parseLayers(text);
    }

    /**
     * Makes the pattern that matches one flow and no other.
     *
     * @param flow the flow
     * @return the pattern
     */
    public static FlowPattern exactly(final MediaFlow flow) {
        return flow instanceof AtmConnection ? parse(flow.text()) : parse('/' + flow.text() + '/');
    }

    private static FlowPattern parseAtm(final String text) {
        final int from = AtmConnection.PREFIX.length();
        if (text.substring(from).equals(WILDCARD)) {
            return new FlowPattern(text, Medium.ATM, OptionalLong.empty(), OptionalLong.empty());
        }
        final int slash = text.indexOf('/', from);
        if (slash < 0) {
            throw new FlowSyntaxException(text, text.length(), "a pattern of ATM connections is atm:* or atm:VPI/VCI");
        }
        return new FlowPattern(
                text,
                Medium.ATM,
                numberOrAny(text, from, slash, AtmConnection.MAX_VPI, "VPI"),
                numberOrAny(text, slash + 1, text.length(), AtmConnection.MAX_VCI, "VCI"));
    }

    private static OptionalLong numberOrAny(
            final String text, final int from, final int to, final int high, final String what) {
        return text.substring(from, to).equals(WILDCARD)
                ? OptionalLong.empty()
                : OptionalLong.of(FlowText.number(text, from, to, 0, high, what));
    }

    private static FlowPattern parseLayers(final String text) {
        final boolean fromOutermost = text.startsWith("/");
        final boolean toInnermost = text.endsWith("/") && text.length() > 1;
        final int end = toInnermost ? text.length() - 1 : text.length();
        final List<Element> elements = new ArrayList<>();
        int from = fromOutermost ? 1 : 0;
        while (from <= end) {
            final int slash = text.indexOf('/', from);
            final int to = slash < 0 || slash > end ? end : slash;
            if (elements.size() == EthernetFlow.MAX_LAYERS) {
                throw new FlowSyntaxException(
                        text, from, "a pattern has at most " + EthernetFlow.MAX_LAYERS + " layers");
            }
            elements.add(element(text, from, to));
            from = to + 1;
        }
        return new FlowPattern(text, fromOutermost, toInnermost, elements);
    }

    private static Element element(final String text, final int from, final int to) {
        final FlowLayer.Kind kind = FlowLayer.kindAt(text, from, to);
        final int value = from + kind.word().length() + 1;
        return text.substring(value, to).equals(WILDCARD)
                ? new Element(kind, OptionalLong.empty())
                : new Element(
                        kind, OptionalLong.of(FlowLayer.parse(text, from, to).value()));
    }

    /**
     * Tells whether a flow is one of those meant. Allocates nothing.
     *
     * @param flow the flow
     * @return whether it matches
     */
    public boolean matches(final MediaFlow flow) {
        if (medium == Medium.ANY) {
            return true;
        }
        if (flow instanceof AtmConnection connection) {
            return medium == Medium.ATM && fits(vpi, connection.vpi()) && fits(vci, connection.vci());
        }
        return medium == Medium.ETHERNET && matchesLayers(((EthernetFlow) flow).layers());
    }

    private static boolean fits(final OptionalLong wanted, final int value) {
        return wanted.isEmpty() || wanted.getAsLong() == value;
    }

    private boolean matchesLayers(final List<FlowLayer> layers) {
        final int last = layers.size() - elements.size();
        for (int at = toInnermost ? Math.max(last, 0) : 0; at <= last; at++) {
            if (matchesAt(layers, at)) {
                return true;
            }
            if (fromOutermost) {
                return false;
            }
        }
        return false;
    }

    private boolean matchesAt(final List<FlowLayer> layers, final int at) {
        if (fromOutermost && at > 0) {
            return false;
        }
        for (int i = 0; i < elements.size(); i++) {
            if (!elements.get(i).matches(layers.get(at + i))) {
                return false;
            }
        }
        return true;
    }

    /**
     * Says how much the pattern demands, to choose between several that match.
     *
     * @return larger for the more specific pattern: more layers first, then more values given, then more ends fixed
     */
    public int specificity() {
        final int values =
                (int) elements.stream().filter(e -> e.value().isPresent()).count()
                        + (vpi.isPresent() ? 1 : 0)
                        + (vci.isPresent() ? 1 : 0);
        final int depth = medium == Medium.ATM ? 1 : elements.size();
        return (depth << 16) + (values << 4) + (fromOutermost ? 1 : 0) + (toInnermost ? 1 : 0);
    }

    /**
     * Returns the kinds of layer that a flow must have to match, a cheap test before {@link #matches}.
     *
     * @return the kinds; empty for {@code *} and for patterns of ATM connections
     */
    public Set<FlowLayer.Kind> requiredKinds() {
        final EnumSet<FlowLayer.Kind> kinds = EnumSet.noneOf(FlowLayer.Kind.class);
        elements.forEach(e -> kinds.add(e.kind()));
        return Set.copyOf(kinds);
    }

    /**
     * Tells whether only ATM connections can match.
     *
     * @return whether this is a pattern of ATM connections
     */
    public boolean isAtmOnly() {
        return medium == Medium.ATM;
    }

    /**
     * Wraps the pattern for registration by a client.
     *
     * @return a SAP of type {@link Sap#PVC} that holds the textual form
     */
    public Sap toSap() {
        return Sap.pvc(text);
    }

    /**
     * Reads a SAP back.
     *
     * @param sap the SAP
     * @return the pattern; empty if the SAP's type is not {@link Sap#PVC}
     * @throws FlowSyntaxException if the type is {@link Sap#PVC} and the address is no pattern
     */
    public static Optional<FlowPattern> fromSap(final Sap sap) {
        return sap.type() == Sap.PVC ? Optional.of(parse(sap.address().toText())) : Optional.empty();
    }

    @Override
    public boolean equals(final Object other) {
        return other instanceof FlowPattern pattern && pattern.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns the textual form as it was read. */
    @Override
    public String toString() {
        return text;
    }
}
