// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.media;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A circuit on Ethernet: the layers that every frame of it carries, from the outside in.
 *
 * <p>Textual form: the layers' forms ({@link FlowLayer}) separated by {@code /}:
 *
 * <ul>
 *   <li>{@code vlan:100}: everything in one VLAN; {@code svlan:200/vlan:7}: the same with two tags (QinQ);
 *   <li>{@code mpls:501/mpls:701}: one label-switched path, the whole label stack from the top to its bottom;
 *   <li>{@code vlan:2474/vlan:3704/pppoe:3847}: one PPPoE session within two VLAN tags;
 *   <li>{@code peer:02-00-00-00-00-01/type:0x88b6}: one protocol with one station;
 *   <li>{@code stations:0x8863}, {@code vlan:7/stations:0x8863}: one protocol with every station, for signaling.
 * </ul>
 *
 * <p>Order: tags, then at most one peer, then at most one of: a type; the stations of a protocol, without a peer; a PPPoE session; a label stack, which one UDP layer
 * may precede; a PPP protocol.
 *
 * <p><b>What a PDU of such a VC is.</b> Everything that follows the layers which name the flow, so that sending a PDU makes
 * the very bytes from which receiving takes it:
 *
 * <ul>
 *   <li>innermost layer is a tag or the peer: the PDU begins with the two octets of the EtherType (or 802.3 length) that
 *       follow the tag (or the addresses), so that any protocol fits into the circuit;
 *   <li>a type: the PDU is what follows the EtherType; for {@code type:llc} it begins with the LLC header and has the
 *       length that the 802.3 length field says;
 *   <li>the stations of a protocol: the address of the receiver (6 octets), that of the sender (6), then what follows the EtherType. Of what
 *       is sent the adapter replaces the sender by itself; what is received is for this station or for a group, never for another;
 *   <li>a label stack: what follows the entry with the bottom-of-stack bit;
 *   <li>a PPPoE session: what follows the PPPoE header, beginning with the PPP protocol number, of the length that the
 *       header says;
 *   <li>a PPP protocol: what follows the protocol number.
 * </ul>
 *
 * <p>Where several flows fit one frame, the frame belongs to the one that says most: more tags before fewer, then a label
 * stack or session before a type, a type before the stations of a protocol, these before none, a peer before none.
 *
 * @param layers the layers from the outside in, at least one
 */
public record EthernetFlow(List<FlowLayer> layers) implements MediaFlow {

    /** Parameter type of this kind of flow in call parameters; Condis' own, not a number of the DDI. */
    public static final int PARAM_TYPE = 0x0C0D_0001;

    /** Most layers a flow can have. */
    public static final int MAX_LAYERS = 40;

    private static final int FIRST_UNRESERVED_LABEL = 16;
    private static final int RESERVED_SESSION = 65535;

    /**
     * Checks the order of the layers.
     *
     * @throws IllegalArgumentException if there is no layer, there are too many, or they cannot follow each other
     */
    public EthernetFlow {
        layers = List.copyOf(layers);
        if (layers.isEmpty() || layers.size() > MAX_LAYERS) {
            throw new IllegalArgumentException("a flow has 1.." + MAX_LAYERS + " layers: " + layers.size());
        }
        for (int i = 0; i < layers.size(); i++) {
            final Optional<String> broken = orderProblem(layers, i);
            if (broken.isPresent()) {
                throw new IllegalArgumentException(broken.get());
            }
        }
    }

    private static Optional<String> orderProblem(final List<FlowLayer> layers, final int at) {
        final FlowLayer.Kind kind = layers.get(at).kind();
        if (at > 0 && !kind.mayFollow(layers.get(at - 1).kind())) {
            return Optional.of(
                    kind.word() + " cannot follow " + layers.get(at - 1).kind().word());
        }
        if (kind == FlowLayer.Kind.UDP
                && (at + 1 == layers.size() || layers.get(at + 1).kind() != FlowLayer.Kind.MPLS)) {
            return Optional.of("udp is followed by mpls");
        }
        if (kind == FlowLayer.Kind.STATIONS && at > 0 && layers.get(at - 1).kind() == FlowLayer.Kind.PEER) {
            return Optional.of("stations are every peer: write peer and type for one");
        }
        final boolean carrier =
                at > 0 && layers.get(at - 1).kind() == FlowLayer.Kind.MPLS && kind != FlowLayer.Kind.MPLS;
        return carrier ? Optional.of("nothing follows the label stack") : Optional.empty();
    }

    /**
     * Makes a flow.
     *
     * @param layers from the outside in
     * @return the flow
     * @throws IllegalArgumentException if they cannot follow each other
     */
    public static EthernetFlow of(final FlowLayer... layers) {
        return new EthernetFlow(List.of(layers));
    }

    /**
     * Names everything in one VLAN.
     *
     * @param id VLAN id, 0..4094
     * @return the flow with one 802.1Q tag
     */
    public static EthernetFlow vlan(final int id) {
        return of(new FlowLayer(FlowLayer.Kind.VLAN, id));
    }

    /**
     * Names one protocol with one station.
     *
     * @param peer the other station
     * @param etherType EtherType 0x0600..0xffff, or {@link FlowLayer#LLC}
     * @return the flow
     */
    public static EthernetFlow peer(final MacAddress peer, final int etherType) {
        return of(new FlowLayer(FlowLayer.Kind.PEER, peer.value()), new FlowLayer(FlowLayer.Kind.TYPE, etherType));
    }

    /**
     * Names one protocol with every station.
     *
     * @param etherType EtherType 0x0600..0xffff other than a tag's
     * @return the flow
     */
    public static EthernetFlow stations(final int etherType) {
        return of(new FlowLayer(FlowLayer.Kind.STATIONS, etherType));
    }

    /**
     * The tags with which the flow begins.
     *
     * @return the layers before the first that is no tag, from the outside in
     */
    public List<FlowLayer> tags() {
        return layers.stream().takeWhile(layer -> layer.kind().isTag()).toList();
    }

    /**
     * Reads the textual form.
     *
     * @param text such as {@code svlan:200/vlan:7}
     * @return the flow
     * @throws FlowSyntaxException if {@code text} is not one; names the place and the rule
     */
    public static EthernetFlow parse(final String text) {
        Objects.requireNonNull(text, "text");
        final List<FlowLayer> layers = new ArrayList<>();
        final List<Integer> starts = new ArrayList<>();
        int from = 0;
        while (from <= text.length()) {
            final int slash = text.indexOf('/', from);
            final int to = slash < 0 ? text.length() : slash;
            if (layers.size() == MAX_LAYERS) {
                throw new FlowSyntaxException(text, from, "a flow has at most " + MAX_LAYERS + " layers");
            }
            layers.add(FlowLayer.parse(text, from, to));
            starts.add(from);
            from = to + 1;
        }
        for (int i = 0; i < layers.size(); i++) {
            final Optional<String> broken = orderProblem(layers, i);
            if (broken.isPresent()) {
                throw new FlowSyntaxException(text, starts.get(i), broken.get());
            }
        }
        return new EthernetFlow(layers);
    }

    @Override
    public String text() {
        return layers.stream().map(FlowLayer::text).collect(Collectors.joining("/"));
    }

    @Override
    public int paramType() {
        return PARAM_TYPE;
    }

    /**
     * Returns the innermost layer.
     *
     * @return the last of {@link #layers()}
     */
    public FlowLayer innermost() {
        return layers.get(layers.size() - 1);
    }

    /**
     * Returns the station this flow is with.
     *
     * @return the peer layer's address; empty if the flow has no peer layer
     */
    public Optional<MacAddress> peer() {
        return layers.stream()
                .filter(layer -> layer.kind() == FlowLayer.Kind.PEER)
                .map(layer -> new MacAddress(layer.value()))
                .findFirst();
    }

    /**
     * {@inheritDoc}
     *
     * <p>VLAN ids are 1..4094 (IEEE 802.1Q), labels 16..1048575 (RFC 3032), session ids 1..65534 with the peer named
     * (RFC 2516); the layers {@code udp} and {@code ppp} exist for receiving only.
     */
    @Override
    public List<String> sendProblems() {
        final List<String> problems = new ArrayList<>();
        for (final FlowLayer layer : layers) {
            sendProblem(layer).ifPresent(problems::add);
        }
        return List.copyOf(problems);
    }

    private Optional<String> sendProblem(final FlowLayer layer) {
        final long value = layer.value();
        return switch (layer.kind()) {
            case VLAN, SVLAN, VLAN9100 -> problemIf(value == 0, "VLAN id 0 is a priority tag, no VLAN (1..4094)");
            case PEER -> problemIf(value == 0, "the all-zero address is no station");
            case UDP -> Optional.of("MPLS over UDP can be received only");
            case MPLS -> problemIf(value < FIRST_UNRESERVED_LABEL, "label " + value + " is reserved (16..1048575)");
            case PPP -> Optional.of("PPP on a link of its own can be received only");
            case PPPOE -> pppoeProblem(value);
            case TYPE, STATIONS -> Optional.empty();
        };
    }

    private Optional<String> pppoeProblem(final long session) {
        if (session == RESERVED_SESSION) {
            return Optional.of("PPPoE session id 65535 is reserved (1..65534)");
        }
        final Optional<MacAddress> peer = peer();
        if (peer.isEmpty()) {
            return Optional.of("a PPPoE session is between two stations: a peer layer is missing before it");
        }
        return problemIf(peer.get().isGroup(), "a PPPoE session is between two stations: the peer is a group address");
    }

    private static Optional<String> problemIf(final boolean problem, final String text) {
        return problem ? Optional.of(text) : Optional.empty();
    }

    /** Returns the textual form. */
    @Override
    public String toString() {
        return text();
    }
}
