// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.adapter.sim;

import dev.condis.adapter.sim.net.WirePdu;
import java.nio.ByteBuffer;

/** How the PDUs of one VC look on the wire. Immutable. */
interface Circuit {

    /** Writes a VC's PDU, which lies between position and limit: a label or the header of a frame before it. False if it cannot be one. */
    boolean write(WirePdu pdu, ByteBuffer data);

    /** Octets that a wire PDU has more than the VC's PDU. */
    int headerLength();

    /** Octets of the VC's PDU in a wire PDU of this circuit; negative if it is none. */
    int payloadLength(WirePdu pdu);

    /** Copies the VC's PDU out of a wire PDU of this circuit; the target's position does not change. */
    default void read(WirePdu pdu, ByteBuffer target, int length) {
        pdu.copyTo(headerLength(), target, 0, length);
    }
}
