// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.callmgr.pppoe;

import dev.condis.api.pppoe.PppoeTag;
import java.util.List;
import java.util.Optional;

/**
 * One packet of PPPoE discovery, without addresses. Source: RFC 2516, sections 4 and 5.
 *
 * @param code what it is
 * @param sessionId 0..65535; 0 in all but PADS and PADT
 * @param tags its tags in their order
 */
record DiscoveryPacket(Code code, int sessionId, List<PppoeTag> tags) {
    /** The EtherType of discovery. */
    static final int ETHER_TYPE = 0x8863;

    /** The largest session id that can be given away; 65535 is reserved. */
    static final int LAST_SESSION_ID = 65_534;

    /** The kinds of packets. */
    enum Code {
        /** PPPoE Active Discovery Initiation: a host looks for access concentrators. */
        PADI(0x09),
        /** Offer: an access concentrator answers. */
        PADO(0x07),
        /** Request: the host asks one of them for a session. */
        PADR(0x19),
        /** Session-confirmation: the access concentrator gives or refuses it. */
        PADS(0x65),
        /** Terminate: either side has ended the session. */
        PADT(0xa7);

        private final int octet;

        Code(final int octet) {
            this.octet = octet;
        }

        int octet() {
            return octet;
        }

        static Optional<Code> of(final int octet) {
            for (final Code code : VALUES) {
                if (code.octet == octet) {
                    return Optional.of(code);
                }
            }
            return Optional.empty();
        }

        private static final Code[] VALUES = values();
    }

    DiscoveryPacket {
        tags = List.copyOf(tags);
    }

    static DiscoveryPacket of(final Code code, final List<PppoeTag> tags) {
        return new DiscoveryPacket(code, 0, tags);
    }

    /** The first tag of a type. */
    Optional<PppoeTag> tag(final int type) {
        return PppoeTag.first(tags, type);
    }

    /** The text of the first tag of a type, empty text if there is none. */
    String text(final int type) {
        return tag(type).map(PppoeTag::text).orElse("");
    }

    /** The first error of the three kinds that RFC 2516 knows. */
    Optional<PppoeTag> error() {
        return tags.stream()
                .filter(tag -> tag.type() >= PppoeTag.SERVICE_NAME_ERROR && tag.type() <= PppoeTag.GENERIC_ERROR)
                .findFirst();
    }
}
