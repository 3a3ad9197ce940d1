// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MediaFlow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Which flow a frame belongs to, found in what tshark says of it: nothing here looks at an octet. Where tshark goes on reading and the adapter does not,
 * there is a rule, and each is one method: {@link #isDamaged}.
 */
final class TsharkFlow {
    private static final int MOST_LAYERS = 16;
    private static final int RESERVED_VLAN = 4095;
    private static final int FIRST_TYPE = 0x0600;
    private static final int MOST_LENGTH = 1500;
    private static final int MPLS_PORT = 6635;
    private static final int PADS = 0x65;
    private static final int PADT = 0xa7;
    private static final int PPP_OF_LABELS = 0x0281;
    private static final int TYPE_OF_MULTICAST_LABELS = 0x8848;
    /** No type field was found. */
    private static final int NONE = -1;
    /** There is one, and tshark does not tell it. */
    private static final int UNTOLD = -2;
    /** Types whose headers are read: tags, labels, PPPoE. */
    private static final Set<Long> HEADERS = Set.of(0x8100L, 0x88a8L, 0x9100L, 0x8847L, 0x8863L, 0x8864L);

    private final Pdml.Frame frame;
    private final int captured;
    private final List<String> tags = new ArrayList<>();
    private final List<String> labels = new ArrayList<>();
    private Optional<String> inner = Optional.empty();
    private Optional<String> station = Optional.empty();
    private long type = NONE;
    private int typeAt;
    private int from;
    private int to;
    private boolean damaged;
    private boolean evidence;
    private boolean discovered;
    private boolean bottom;
    private boolean inDatagram;

    /**
     * What a frame is.
     *
     * @param flow the flow; empty if the frame is damaged
     * @param octets the length of the PDU; negative for a frame that only tells that the flow is there
     */
    record Found(Optional<String> flow, int octets) {}

    private TsharkFlow(final Pdml.Frame frame, final int captured) {
        this.frame = frame;
        this.captured = captured;
        to = captured;
    }

    /**
     * Finds the flow of a frame.
     *
     * @param snapshotLength the most octets of a frame that are in the file, as it says itself: libpcap leaves out what is more, Wireshark does not
     */
    static Found of(final Pdml.Frame frame, final int snapshotLength) {
        return new TsharkFlow(frame, Math.min(frame.captured(), snapshotLength)).find();
    }

    private Found find() {
        for (final Pdml.Protocol protocol : frame.headers()) {
            if (damaged || inner.isPresent() || !read(protocol)) {
                break;
            }
        }
        if (isDamaged()) {
            return new Found(Optional.empty(), 0);
        }
        if (inner.isEmpty() && !tags.isEmpty()) {
            // the PDU of a VLAN begins with the type or length field, and has the padding of an 802.3 frame
            return new Found(flow(), captured - typeAt);
        }
        return new Found(flow(), evidence ? -1 : to - from);
    }

    /** Reads a header; false for what is no header of a flow. */
    private boolean read(final Pdml.Protocol protocol) {
        return switch (protocol.name()) {
            case "eth" -> ethernet(protocol);
            case "vlan" -> tag(protocol);
            case "ieee8021ad" -> serviceTags(protocol);
            case "mpls" -> label(protocol);
            case "pppoes" -> session(protocol);
            case "pppoed" -> discovery(protocol);
            case "ip", "ipv6" -> true;
            case "udp" -> udp(protocol);
            case "ppp" -> ppp(protocol);
            case "chdlc" -> ciscoHdlc(protocol);
            case "atm" -> atm(protocol);
            default -> false;
        };
    }

    private boolean ethernet(final Pdml.Protocol eth) {
        station = eth.first("eth.src").map(source -> source.show().replace(':', '-'));
        typeOrLength(Stream.of("eth.type", "eth.len", "eth.invalid_lentype"), eth);
        return true;
    }

    /** Neither a type nor a length: the frame ended before it, or it is one of the numbers that are neither. */
    private void typeOrLength(final Stream<String> names, final Pdml.Protocol protocol) {
        final Optional<Pdml.Field> field =
                names.flatMap(name -> protocol.first(name).stream()).findFirst();
        damaged |= field.isEmpty();
        field.ifPresent(found -> {
            from = found.end();
            typeAt = found.at();
            final long value = found.number();
            damaged |= value < FIRST_TYPE && (value > MOST_LENGTH || from + value > frame.onWire());
            type = value < FIRST_TYPE ? 0 : value;
            to = value < FIRST_TYPE ? Math.min(to, from + (int) value) : to;
        });
    }

    private boolean tag(final Pdml.Protocol vlan) {
        final Optional<Pdml.Field> id = vlan.first("vlan.id");
        damaged |= id.isEmpty() || id.get().number() == RESERVED_VLAN;
        if (!damaged) {
            tags.add((type == 0x9100 ? "vlan9100:" : "vlan:") + id.get().number());
            typeOrLength(Stream.of("vlan.etype", "vlan.len"), vlan);
        }
        return true;
    }

    /** Of service tags tshark does not tell the type that follows them: it is at the end of the header. */
    private boolean serviceTags(final Pdml.Protocol tag) {
        final List<Pdml.Field> ids = Stream.of("ieee8021ad.svid", "ieee8021ad.cvid", "ieee8021ad.id")
                .flatMap(name -> tag.all(name).stream())
                .toList();
        damaged |= ids.isEmpty() || ids.stream().anyMatch(id -> id.number() == RESERVED_VLAN);
        ids.forEach(id -> {
            tags.add("svlan:" + id.number());
            typeAt = id.at() + 2;
            from = typeAt + 2;
        });
        type = UNTOLD;
        damaged |= from > captured;
        return true;
    }

    /** What goes to many stations has labels of another kind (RFC 5332), which name no flow here: it is a protocol like any other. */
    private boolean label(final Pdml.Protocol mpls) {
        if (type == TYPE_OF_MULTICAST_LABELS) {
            return false;
        }
        final Optional<Pdml.Field> label = mpls.first("mpls.label");
        damaged |= label.isEmpty() || bottom;
        label.ifPresent(found -> {
            labels.add("mpls:" + found.number());
            bottom = mpls.number("mpls.bottom") == 1;
            from = mpls.at() + 4;
            inner = bottom ? Optional.of(String.join("/", labels)) : Optional.empty();
        });
        return true;
    }

    private boolean udp(final Pdml.Protocol udp) {
        inDatagram = udp.first("udp.dstport")
                .filter(port -> port.number() == MPLS_PORT)
                .isPresent();
        return inDatagram;
    }

    private boolean isSession(final Pdml.Protocol pppoe) {
        final Optional<Pdml.Field> length = pppoe.first("pppoe.payload_length");
        return length.isPresent()
                && pppoe.number("pppoe.version") == 1
                && pppoe.number("pppoe.type") == 1
                && length.get().end() + length.get().number() <= frame.onWire();
    }

    private boolean session(final Pdml.Protocol pppoe) {
        damaged |= !isSession(pppoe) || pppoe.number("pppoe.code") != 0 || pppoe.number("pppoe.session_id") == 0;
        if (!damaged) {
            final Pdml.Field length = pppoe.first("pppoe.payload_length").orElseThrow();
            from = length.end();
            to = Math.min(to, from + (int) length.number());
            inner = Optional.of("pppoe:" + pppoe.number("pppoe.session_id"));
        }
        return true;
    }

    private boolean discovery(final Pdml.Protocol pppoe) {
        discovered = true;
        damaged |= !isSession(pppoe);
        if (!damaged) {
            final long code = pppoe.number("pppoe.code");
            final long id = pppoe.number("pppoe.session_id");
            evidence = (code == PADS || code == PADT) && id != 0;
            inner = evidence ? Optional.of("pppoe:" + id) : Optional.empty();
        }
        return false;
    }

    /** After the address octet comes control octet 3; what has another one is to be discarded (RFC 1662, 3.1). */
    private boolean ppp(final Pdml.Protocol ppp) {
        final Optional<Pdml.Field> protocol = ppp.first("ppp.protocol");
        damaged |= protocol.isEmpty();
        damaged |= ppp.first("ppp.control").filter(c -> c.number() != 3).isPresent();
        protocol.ifPresent(found -> {
            from = found.end();
            inner = found.number() == PPP_OF_LABELS
                    ? Optional.empty()
                    : Optional.of(String.format("ppp:0x%04x", found.number()));
        });
        return true;
    }

    private boolean ciscoHdlc(final Pdml.Protocol hdlc) {
        final Optional<Pdml.Field> protocol = hdlc.first("chdlc.protocol");
        damaged |= protocol.isEmpty() || protocol.get().number() < FIRST_TYPE;
        protocol.ifPresent(found -> {
            from = found.end();
            type = found.number();
        });
        return true;
    }

    private boolean atm(final Pdml.Protocol atm) {
        inner = atm.first("atm.vpi").map(vpi -> "atm:" + vpi.number() + "/" + atm.number("atm.vci"));
        damaged |= inner.isEmpty();
        return true;
    }

    /**
     * A header was cut, or says what cannot be; there are too many; a stack has no bottom, unless it is only what a datagram seemed to carry; or tshark found
     * nothing of what the last type field says that follows.
     */
    private boolean isDamaged() {
        final boolean noBottom = !labels.isEmpty() && !bottom;
        return damaged
                || tags.size() > MOST_LAYERS
                || labels.size() > MOST_LAYERS
                || noBottom && !inDatagram
                || inner.isEmpty() && (type == NONE || !discovered && HEADERS.contains(type));
    }

    private Optional<String> flow() {
        return Optional.of(MediaFlow.parse(name()).text());
    }

    private String name() {
        final List<String> layers = new ArrayList<>(tags);
        if (inner.isPresent()) {
            layers.add((inDatagram && bottom ? "udp:" + MPLS_PORT + "/" : "") + inner.get());
        } else if (tags.isEmpty()) {
            station.ifPresent(source -> layers.add("peer:" + source));
            layers.add(type == 0 ? "type:llc" : String.format("type:0x%04x", type));
        }
        return String.join("/", layers);
    }
}
