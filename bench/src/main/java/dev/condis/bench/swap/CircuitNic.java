// Copyright the Condis authors.
// SPDX-License-Identifier: Apache-2.0
package dev.condis.bench.swap;

import dev.condis.api.nbl.NetBufferList;

/** A NIC as an ordinary service: circuits can be opened on it. */
public interface CircuitNic {
    /**
     * How many circuits there are.
     *
     * @return the number of circuits, which have the numbers from 0 on
     */
    int circuits();

    /**
     * Opens a circuit at this NIC.
     *
     * @param number of the circuit
     * @return the circuit
     */
    Circuit open(int number);

    /** A circuit at one NIC. */
    interface Circuit {
        /**
         * Sends a PDU.
         *
         * @param nbl the PDU; the NIC frees it when it is on the wire
         * @return {@code false} when the circuit is closed, or the NIC is halted; the caller has the PDU still
         */
        boolean send(NetBufferList nbl);

        /** Closes the circuit; what was sent before is transmitted before. */
        void close();
    }
}
