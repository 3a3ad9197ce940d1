// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.status.LinkState;
import java.util.Optional;

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
     * What the frames of an interface are taken from. Whoever listens there hears each of them with the same time stamp.
     *
     * @param name name of the interface
     * @return a text that is the same for one interface of this machine only, whatever it is called; empty when it is not known
     */
    default Optional<String> wire(final String name) {
        return Optional.empty();
    }
}
