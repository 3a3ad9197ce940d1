// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.media.MacAddress;
import dev.condis.api.status.LinkState;
import java.util.Optional;
import java.util.OptionalInt;

/** What the system knows of an interface beside its frames. Thread safe; does not block for long. */
interface LinkProbe {

    /** Nothing is known. */
    LinkProbe UNKNOWN = new LinkProbe() {
        @Override
        public LinkState state(final String name) {
            return new LinkState(LinkState.MediaConnectState.UNKNOWN, 0, 0);
        }

        @Override
        public long crcErrors(final String name) {
            return 0;
        }
    };

    /**
     * The state of an interface's link at this moment.
     *
     * @param name name of the interface
     * @return the state; a speed that is not known is 0
     */
    LinkState state(String name);

    /**
     * How many frames an interface has received with a wrong checksum since it exists; they are seen in no capture.
     *
     * @param name name of the interface
     * @return the number, 0 when it is not known
     */
    long crcErrors(String name);

    /**
     * How long the frames of an interface may be at this moment.
     *
     * @param name name of the interface
     * @return octets after the Ethernet header, {@code MTU}; empty when it is not known
     */
    default OptionalInt mtu(final String name) {
        return OptionalInt.empty();
    }

    /**
     * What an interface has counted since it exists.
     *
     * @param name name of the interface
     * @return the counts, 0 where nothing is known
     */
    default InterfaceCounts counts(final String name) {
        return InterfaceCounts.NONE;
    }

    /**
     * What the interface counts by itself, whoever listens on it.
     *
     * @param received frames received
     * @param dropped frames received and dropped before any protocol saw them
     * @param errors frames received damaged
     * @param missed frames that the interface had no room for
     */
    record InterfaceCounts(long received, long dropped, long errors, long missed) {
        static final InterfaceCounts NONE = new InterfaceCounts(0, 0, 0, 0);

        /** What has happened since; 0 where an interface has begun anew. */
        InterfaceCounts since(final InterfaceCounts before) {
            return new InterfaceCounts(
                    Math.max(0, received - before.received),
                    Math.max(0, dropped - before.dropped),
                    Math.max(0, errors - before.errors),
                    Math.max(0, missed - before.missed));
        }
    }

    /**
     * The station address of an interface at this moment.
     *
     * @param name name of the interface
     * @return the address; empty when it has none, or it is not known
     */
    default Optional<MacAddress> address(final String name) {
        return Optional.empty();
    }

    /**
     * What the frames of an interface are taken from. Whoever listens there hears each of them with the same time stamp.
     *
     * @param name name of the interface
     * @return a text that is the same for one interface of this machine only, whatever it is called; empty when it is not known
     */
    default Optional<String> wire(final String name) {
        return Optional.empty();
    }
}
