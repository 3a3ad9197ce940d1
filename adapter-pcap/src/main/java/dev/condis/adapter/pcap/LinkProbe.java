// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.pcap;

import dev.condis.api.status.LinkState;

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
}
