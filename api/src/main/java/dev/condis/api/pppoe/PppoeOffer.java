// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.api.pppoe;

import dev.condis.api.Octets;
import dev.condis.api.media.EthernetFlow;
import dev.condis.api.media.FlowSyntaxException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * What an access concentrator has answered to {@link dev.condis.api.oid.Oid#PPPOE_DISCOVER}: one PADO (RFC 2516, section 5.2).
 *
 * <p>On its way in an answer each offer is two fields with a length (2 octets, big-endian) before them: the textual form of the station, and the tags.
 *
 * @param station VLAN tags and address of the access concentrator, fit for the media parameters of a call to it
 * @param tags the tags of the PADO
 */
public record PppoeOffer(EthernetFlow station, List<PppoeTag> tags) {
    private static final int LENGTH = 2;

    /** Copies the tags. */
    public PppoeOffer {
        Objects.requireNonNull(station, "station");
        tags = List.copyOf(tags);
    }

    /**
     * The name of the access concentrator.
     *
     * @return the name; empty if the offer lacks it
     */
    public String acName() {
        return PppoeTag.first(tags, PppoeTag.AC_NAME).map(PppoeTag::text).orElse("");
    }

    /**
     * The services that it offers.
     *
     * @return the names in their order; an empty one stands for any service
     */
    public List<String> services() {
        return tags.stream()
                .filter(tag -> tag.type() == PppoeTag.SERVICE_NAME)
                .map(PppoeTag::text)
                .toList();
    }

    /**
     * Writes offers one after the other, as many as fit.
     *
     * @param offers the offers
     * @param maxOctets most octets
     * @return the octets of the first ones
     */
    public static Octets write(final List<PppoeOffer> offers, final int maxOctets) {
        final ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (final PppoeOffer offer : offers) {
            final byte[] text = offer.station.text().getBytes(StandardCharsets.US_ASCII);
            final byte[] list = PppoeTag.write(offer.tags);
            if (out.size() + 2 * LENGTH + text.length + list.length > maxOctets) {
                break;
            }
            put(out, text);
            put(out, list);
        }
        return Octets.of(out.toByteArray());
    }

    private static void put(final ByteArrayOutputStream out, final byte[] field) {
        out.write(field.length >>> 8);
        out.write(field.length);
        out.writeBytes(field);
    }

    /**
     * Reads offers back.
     *
     * @param octets the information of an answer
     * @return the offers; empty if the octets are none
     */
    public static Optional<List<PppoeOffer>> read(final Octets octets) {
        final byte[] in = octets.toByteArray();
        final List<PppoeOffer> offers = new ArrayList<>();
        int at = 0;
        while (at < in.length) {
            final int text = field(in, at);
            final int list = text < 0 ? text : field(in, text);
            final Optional<PppoeOffer> offer = list < 0 ? Optional.empty() : offer(in, at, text, list);
            if (offer.isEmpty()) {
                return Optional.empty();
            }
            offers.add(offer.get());
            at = list;
        }
        return Optional.of(List.copyOf(offers));
    }

    /** Where the field that begins here ends; negative if it reaches past the octets. */
    private static int field(final byte[] in, final int at) {
        if (in.length - at < LENGTH) {
            return -1;
        }
        final int end = at + LENGTH + ((in[at] & 0xff) << 8 | in[at + 1] & 0xff);
        return end <= in.length ? end : -1;
    }

    private static Optional<PppoeOffer> offer(final byte[] in, final int at, final int text, final int list) {
        try {
            final EthernetFlow station = EthernetFlow.parse(
                    new String(Arrays.copyOfRange(in, at + LENGTH, text), StandardCharsets.US_ASCII));
            return PppoeTag.read(in, text + LENGTH, list).map(tags -> new PppoeOffer(station, tags));
        } catch (final FlowSyntaxException e) {
            return Optional.empty();
        }
    }
}
