// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.WirePdu;

/** How the PDUs of one VC look on the wire. Immutable. */
interface Circuit {

    /** Writes what stands before the PDU: a label, or the header of a frame. */
    void begin(WirePdu pdu, int payloadLength);

    /** Octets of the wire PDU before the VC's PDU. */
    int headerLength();

    /** Octets of the VC's PDU in a wire PDU of this circuit; negative if it is none. */
    int payloadLength(WirePdu pdu);
}
